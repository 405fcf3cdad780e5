//! [`Week`]: the unit in which the network pays.

use core::fmt;

use dimo_types::{Timestamp, Wei};

/// An issuance week of the network, counted from 0, which began on Monday 31 January 2022 at 05:00 UTC.
///
/// A week has exactly seven days; there is no daylight saving in it. Its end is the beginning of the next and not part of it.
///
/// # Example: which week a reading counts for
///
/// ```
/// use dimo_rewards::baseline::Week;
/// let week = Week::of("2026-01-01T00:00:00Z".parse()?).unwrap();
/// assert_eq!(week.number(), 204);
/// assert_eq!(week.starts().to_string(), "2025-12-29T05:00:00Z");
/// assert_eq!(Week::of("2022-01-31T04:59:59Z".parse()?), None);
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u32", into = "u32")
)]
pub struct Week(u32);

impl Week {
    /// The last week that ends within the range of a [`Timestamp`], in the year 9999.
    pub const MAX: Self =
        Self(((Timestamp::MAX.as_secs() - Self::FIRST_STARTS) / Self::SECONDS as u64) as u32 - 1);
    /// The first week that the contract paid; its own weeks count from here (the service's `FIRST_AUTOMATED_WEEK`).
    pub const FIRST_AUTOMATED: Self = Self(44);
    /// The pool of a week of the contract's first year: 1,105,000 $DIMO (DIP-2).
    pub const FIRST_POOL: Wei = Wei::new(1_105_000 * Wei::PER_DIMO);
    /// Weeks in a year of the contract.
    pub const PER_YEAR: u32 = 52;
    /// What is left of the pool from one year of the contract to the next, in percent (DIP-2).
    pub const KEPT_PERCENT: u128 = 85;

    /// 2022-01-31T05:00:00Z.
    const FIRST_STARTS: u64 = 1_643_605_200;
    const SECONDS: u32 = 7 * 24 * 3600;

    /// Week `number`, or `None` beyond [`Week::MAX`].
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number > Self::MAX.0 { None } else { Some(Self(number)) }
    }

    /// The week in which `at` lies, or `None` before week 0 and after [`Week::MAX`].
    #[must_use]
    pub fn of(at: Timestamp) -> Option<Self> {
        let since = at.as_secs().checked_sub(Self::FIRST_STARTS)?;
        Self::new(u32::try_from(since / u64::from(Self::SECONDS)).ok()?)
    }

    /// The week that a job started at `at` settles: the one whose end is nearest, since such a job runs each Monday at 05:00 UTC
    /// and never to the second. `None` where there is none.
    ///
    /// # Example: a minute early is as good as on time
    ///
    /// ```
    /// use dimo_rewards::baseline::Week;
    /// assert_eq!(Week::settled_at("2022-02-07T04:58:44Z".parse()?), Week::new(0));
    /// assert_eq!(Week::settled_at("2022-02-07T05:00:02Z".parse()?), Week::new(0));
    /// # Ok::<(), dimo_types::TimestampError>(())
    /// ```
    #[must_use]
    pub fn settled_at(at: Timestamp) -> Option<Self> {
        let half = i64::from(Self::SECONDS) * 1_000_000 / 2;
        Self::of(at.checked_add_micros(-half)?)
    }

    /// The number, from 0.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Its first moment.
    #[must_use]
    pub const fn starts(self) -> Timestamp {
        Self::start_of(self.0)
    }

    /// The first moment of the week after it.
    #[must_use]
    pub const fn ends(self) -> Timestamp {
        Self::start_of(self.0 + 1)
    }

    const fn start_of(number: u32) -> Timestamp {
        match Timestamp::from_secs(Self::FIRST_STARTS + number as u64 * Self::SECONDS as u64) {
            Ok(start) => start,
            // Only beyond `Week::MAX`.
            Err(_) => Timestamp::MAX,
        }
    }

    /// The number by the contract's count, or `None` before [`Week::FIRST_AUTOMATED`].
    #[must_use]
    pub const fn contract_week(self) -> Option<u32> {
        self.0.checked_sub(Self::FIRST_AUTOMATED.0)
    }

    /// How much all vehicles together earn in it (DIP-2): [`Week::FIRST_POOL`], and from each 52 weeks of the contract to the next
    /// 85 % of that, floored to the wei each time.
    ///
    /// For the weeks before the contract, paid by hand, the service's arithmetic gives the first pool, and so does this.
    #[must_use]
    pub fn pool(self) -> Wei {
        let years = self.contract_week().unwrap_or(0) / Self::PER_YEAR;
        // The pool only falls, and 85 times the first is below 2^87.
        let kept = |pool: u128| pool * Self::KEPT_PERCENT / 100;
        Wei::new(
            (0..years)
                .try_fold(Self::FIRST_POOL.get(), |pool, _| Some(kept(pool)).filter(|_| pool > 0))
                .unwrap_or(0),
        )
    }
}

/// The number alone.
impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Week> for u32 {
    fn from(week: Week) -> Self {
        week.0
    }
}

#[cfg(feature = "serde")]
impl TryFrom<u32> for Week {
    type Error = alloc::string::String;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Self::new(number).ok_or_else(|| alloc::format!("week {number} is after the last, {}", Self::MAX))
    }
}
