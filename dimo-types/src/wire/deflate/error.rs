//! What an encoder and its options refuse.

use thiserror::Error;

/// Why nothing was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ZlibEncodeError {
    /// The stream is longer than the buffer, which holds nothing of use now. One of `enough` bytes, which is
    /// [`ZlibEncoder::bound`](super::ZlibEncoder::bound) of the input, is never too small.
    #[error("the stream does not fit {given} bytes; {enough} are surely enough")]
    OutputTooSmall {
        /// Bytes of the buffer.
        given: usize,
        /// Bytes that are enough for this input whatever it holds.
        enough: usize,
    },
}

/// Why options are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ZlibOptionsError {
    /// There are ten levels, 0 to 9.
    #[error("level {level} is not one of 0 to 9")]
    Level {
        /// What was asked for.
        level: u8,
    },
    /// A window has 256, 512, 1024, 2048 or 4096 bytes.
    #[error("a window of {window} bytes is not a power of two from 256 to 4096")]
    Window {
        /// What was asked for, in bytes.
        window: usize,
    },
}
