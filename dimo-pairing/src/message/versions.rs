//! [`Versions`]: which versions of the protocol a side speaks.

use core::fmt;

/// The version of the protocol that this crate speaks.
pub const VERSION: u8 = 1;

/// A range of versions of the protocol, from the lowest to the highest spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions {
    lowest: u8,
    highest: u8,
}

impl Versions {
    /// What this crate speaks.
    pub const SUPPORTED: Self = Self { lowest: VERSION, highest: VERSION };

    /// A range; `None` when `lowest` is above `highest`.
    #[must_use]
    pub const fn new(lowest: u8, highest: u8) -> Option<Self> {
        if lowest <= highest { Some(Self { lowest, highest }) } else { None }
    }

    /// The lowest version spoken.
    #[must_use]
    pub const fn lowest(self) -> u8 {
        self.lowest
    }

    /// The highest version spoken.
    #[must_use]
    pub const fn highest(self) -> u8 {
        self.highest
    }

    /// Whether `version` is among them.
    #[must_use]
    pub const fn contains(self, version: u8) -> bool {
        self.lowest <= version && version <= self.highest
    }

    /// The highest version that both speak; `None` where there is none.
    ///
    /// # Example: a phone that speaks more than the device
    ///
    /// ```
    /// use dimo_pairing::Versions;
    /// let phone = Versions::new(1, 3).unwrap();
    /// assert_eq!(phone.highest_common(Versions::new(1, 2).unwrap()), Some(2));
    /// assert_eq!(phone.highest_common(Versions::new(4, 5).unwrap()), None);
    /// ```
    #[must_use]
    pub const fn highest_common(self, other: Self) -> Option<u8> {
        let highest = if self.highest < other.highest { self.highest } else { other.highest };
        if self.contains(highest) && other.contains(highest) { Some(highest) } else { None }
    }
}

/// `1 to 2`.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.lowest, self.highest)
    }
}
