//! [`QueueError`] and [`PushError`].

use core::fmt::Debug;

use thiserror::Error;

/// Why a queue was not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueueError<E: Debug> {
    /// The flash failed. Try again; what was taken is still there.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// Less than four pages or more than `PAGES`, a page that does not take the longest item, or a word above 64 bytes.
    #[error("this flash is not laid out for the queue")]
    Layout,
    /// All numbers are used.
    #[error("2^32 pages were written")]
    WornOut,
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError<E: Debug> {
    /// The item is too long. Send it in parts, or do without.
    #[error("an item of {len} bytes, where {longest} fit")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The longest.
        longest: usize,
    },
    /// All pages hold items of a higher priority.
    #[error("the queue is full of items of a higher priority")]
    Full,
    /// The flash failed.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// The item could not be sealed.
    #[error("the item could not be sealed")]
    Sealing,
    /// All numbers are used.
    #[error("all numbers are used")]
    WornOut,
}

impl<E: Debug> From<QueueError<E>> for PushError<E> {
    fn from(error: QueueError<E>) -> Self {
        match error {
            QueueError::Flash(error) => Self::Flash(error),
            QueueError::Layout => Self::Full,
            QueueError::WornOut => Self::WornOut,
        }
    }
}
