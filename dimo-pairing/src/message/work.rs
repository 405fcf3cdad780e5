//! [`Percent`] and [`SleepHold`]: small numbers with bounds.

/// A share of the whole, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// A share; `None` above 100.
    #[must_use]
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= 100 { Some(Self(percent)) } else { None }
    }

    /// `done` of `whole`, rounded down; of nothing, everything is done.
    ///
    /// # Example: an upload on its way
    ///
    /// ```
    /// use dimo_pairing::Percent;
    /// assert_eq!(Percent::of(2_000, 3_000).get(), 66);
    /// assert_eq!(Percent::of(0, 0).get(), 100);
    /// ```
    #[must_use]
    pub const fn of(done: u32, whole: u32) -> Self {
        if done >= whole {
            return Self(100);
        }
        // Below 100, because `done` is below `whole`.
        Self((done as u64 * 100 / whole as u64) as u8)
    }

    /// The number, 0 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// For how long a device stays awake for a phone: at most 900 s.
///
/// # Example: a phone that asks for an hour
///
/// ```
/// use dimo_pairing::SleepHold;
/// assert_eq!(SleepHold::for_request(3_600).seconds(), 900);
/// assert_eq!(SleepHold::for_request(60).seconds(), 60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SleepHold(u16);

impl SleepHold {
    /// The longest, 900 s.
    pub const MAX: Self = Self(900);

    /// That many seconds; `None` above 900.
    #[must_use]
    pub const fn new(seconds: u16) -> Option<Self> {
        if seconds <= Self::MAX.0 { Some(Self(seconds)) } else { None }
    }

    /// What a phone gets that asks for `seconds`: as much, or [`SleepHold::MAX`].
    #[must_use]
    pub const fn for_request(seconds: u16) -> Self {
        if seconds <= Self::MAX.0 { Self(seconds) } else { Self::MAX }
    }

    /// The seconds, 0 to 900.
    #[must_use]
    pub const fn seconds(self) -> u16 {
        self.0
    }
}
