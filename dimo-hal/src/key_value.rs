//! Small values under names, each replaced whole or not at all: [`KeyValue`], and [`FlashKeyValue`] over NOR flash.
//!
//! What a device keeps outlives its firmware, so a name has a version: the form of the value. A firmware reads the newest form that it
//! knows, [`load_newest`], and leaves the others: after an update it finds what the old one wrote, and after the update was taken back the old
//! one finds its own. Only when an update is confirmed are older forms removed, [`forget_older`]. What a firmware wrote during a rollback in an
//! older form is not read by the newer one, which goes on from its own.

mod flash;
mod versions;

use crate::twin::error_type;

pub use flash::{FlashKeyValue, KeyValueError};
pub use versions::{forget_older, load_newest};

error_type!("a store of values");

/// Why a store failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The value or the buffer is too short or too long.
    Length,
    /// There is no room for the value. Remove another one.
    Full,
    /// The medium failed. What was stored is still there.
    Medium,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Length, Self::Full, Self::Medium, Self::Other];
}

/// The name of a value: what it is, and in which form.
///
/// # Example: the same thing in two forms
///
/// ```
/// use dimo_hal::key_value::Key;
/// const POLICY: u8 = 3;
/// assert_ne!(Key::new(POLICY, 1), Key::new(POLICY, 2));
/// assert_eq!(Key::new(POLICY, 2).version(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    thing: u8,
    version: u8,
}

impl Key {
    /// The name of a thing in a form.
    #[must_use]
    pub const fn new(thing: u8, version: u8) -> Self {
        Self { thing, version }
    }

    /// What it is.
    #[must_use]
    pub const fn thing(self) -> u8 {
        self.thing
    }

    /// In which form.
    #[must_use]
    pub const fn version(self) -> u8 {
        self.version
    }
}

/// Small values under names.
///
/// # Contract for makers
///
/// - After a power cut during [`put`](Self::put) or [`remove`](Self::remove) the value is as before or as it was to become, and what was seen once after
///   a start stays. Other values are not touched.
/// - `Ok` means that it is stored.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped future leaves what a power cut leaves; the store stays usable.
/// - Values change seldom: each change wears the medium.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait KeyValue: ErrorType {
    /// Reads a value into a buffer and returns its length; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Length`] when the buffer is too short; [`ErrorKind::Medium`].
    async fn get(&mut self, key: Key, buffer: &mut [u8]) -> Result<Option<usize>, Self::Error>;

    /// Stores a value in the place of the one before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Full`], [`ErrorKind::Length`]; the value before is still there.
    async fn put(&mut self, key: Key, value: &[u8]) -> Result<(), Self::Error>;

    /// Removes a value. Without one it does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Medium`].
    async fn remove(&mut self, key: Key) -> Result<(), Self::Error>;
}
