//! [`Item`] and its [`ItemId`].

use core::fmt;

use dimo_types::Priority;

/// The number of an item: rising, and unique in the life of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(super) u64);

impl ItemId {
    /// An id that was stored or acknowledged elsewhere.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An item as it was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item<'q> {
    /// Its number.
    pub id: ItemId,
    /// What it is worth.
    pub priority: Priority,
    /// What is in it.
    pub bytes: &'q [u8],
}
