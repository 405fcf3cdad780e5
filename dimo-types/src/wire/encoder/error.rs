//! Why the encoder does not take a reading, or does not seal.

use thiserror::Error;

use crate::SignalIndex;

/// Why a reading was not taken. Nothing has changed: after [`Full`](Self::Full), seal and push it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError {
    /// With it, the batch would be larger than the budget or than the encoder's memory. An empty encoder
    /// refuses only what it can never take: a text that is longer than the budget or the memory, and everything when the budget is
    /// below [`MIN_BUDGET`](super::BatchEncoder::MIN_BUDGET) or the memory has no column or less than four blocks.
    #[error("the batch is full with {readings} readings")]
    Full {
        /// How many readings it has.
        readings: u32,
    },
    /// It is of a signal that the dictionary does not have: the encoder was made for another dictionary.
    #[error("the dictionary has {entries} entries and no signal {}", signal.0)]
    UnknownSignal {
        /// The signal it names.
        signal: SignalIndex,
        /// How many entries the dictionary has.
        entries: usize,
    },
}

/// Why a batch was not written. It is still in the encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The buffer is too small. One of `bytes` is large enough.
    #[error("the buffer is too small, {bytes} bytes are enough")]
    BufferTooSmall {
        /// A length that is enough.
        bytes: usize,
    },
}
