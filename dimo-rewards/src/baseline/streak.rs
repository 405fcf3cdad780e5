//! [`Streak`]: for how many weeks a vehicle has been connected.

/// Whether a vehicle was connected in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "it was or it was not")]
pub enum Connected {
    /// It was, and earned.
    Yes,
    /// It was not, or did not qualify.
    No,
}

/// A vehicle's weeks of connection, kept from week to week (DIP-2).
///
/// A week of connection counts one up. Missed weeks only pause the count, but every third in a row takes it to where the level
/// below began.
///
/// # Example: three missed weeks cost a level
///
/// ```
/// use dimo_rewards::baseline::{Connected, Streak};
/// let mut streak = Streak { connected: 21, missed: 0 };
/// assert_eq!(streak.level().points, 2_000);
/// for _ in 0..3 {
///     streak = streak.after(Connected::No);
/// }
/// assert_eq!(streak, Streak { connected: 4, missed: 3 });
/// assert_eq!(streak.after(Connected::Yes), Streak { connected: 5, missed: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Streak {
    /// Weeks connected, less what missed weeks took.
    pub connected: u32,
    /// Weeks missed in a row since.
    pub missed: u32,
}

impl Streak {
    /// Every so many missed weeks in a row cost a level.
    pub const MISSED_PER_LEVEL: u32 = 3;

    /// The streak after one more week.
    #[must_use]
    pub fn after(self, connected: Connected) -> Self {
        match connected {
            Connected::Yes => Self { connected: self.connected.saturating_add(1), missed: 0 },
            Connected::No => self.after_missing(),
        }
    }

    fn after_missing(self) -> Self {
        let missed = self.missed.saturating_add(1);
        let falls = missed.is_multiple_of(Self::MISSED_PER_LEVEL);
        Self { connected: if falls { self.level().below().min_weeks } else { self.connected }, missed }
    }

    /// The level that its weeks of connection reach.
    #[must_use]
    pub fn level(self) -> Level {
        let reached = |level: &Level| level.min_weeks <= self.connected;
        Level::LIVE.into_iter().rev().find(reached).unwrap_or(Level::FIRST)
    }
}

/// A level of loyalty, and the points it gives in each week of connection (DIP-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Level {
    /// 1 to 4.
    pub number: u8,
    /// The weeks of connection it takes.
    pub min_weeks: u32,
    /// What it gives in a week of connection.
    pub points: u32,
}

impl Level {
    const FIRST: Self = Self { number: 1, min_weeks: 0, points: 0 };

    /// Every level, lowest first. Level 3 takes 21 weeks in the service's source, and 20 in its README.
    pub const LIVE: [Self; 4] = [
        Self::FIRST,
        Self { number: 2, min_weeks: 4, points: 1_000 },
        Self { number: 3, min_weeks: 21, points: 2_000 },
        Self { number: 4, min_weeks: 36, points: 3_000 },
    ];

    /// The level below; below the first is the first.
    #[must_use]
    pub fn below(self) -> Self {
        Self::LIVE.into_iter().rev().find(|level| level.number < self.number).unwrap_or(Self::FIRST)
    }
}
