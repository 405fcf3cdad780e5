//! [`DeltaError`].

use core::fmt::Debug;

use thiserror::Error;

/// Why a delta is not applied. What was written so far is no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeltaError<E: Debug> {
    /// The target failed: the old image ends before what is to be copied, or the flash failed.
    #[error("the target failed: {0:?}")]
    Target(E),
    /// It is no delta, or one of another version.
    #[error("no delta of this version")]
    Head,
    /// A number of more than 32 bits.
    #[error("a number of more than 32 bits")]
    Number,
    /// It is for an image of another length.
    #[error("for an image of {delta} bytes, not {image}")]
    Length {
        /// What the delta says.
        delta: u32,
        /// What the manifest says.
        image: u32,
    },
    /// It makes more than the image has.
    #[error("it goes beyond the end of the image")]
    BeyondImage,
    /// It copies from before the beginning of the old image.
    #[error("it copies from before the old image")]
    BeforeBase,
    /// An operation that does nothing: a delta could be made of them without end.
    #[error("an operation that does nothing")]
    Empty,
    /// It ends before the image is whole.
    #[error("{left} bytes of the image are missing")]
    Truncated {
        /// How many.
        left: u32,
    },
    /// There are bytes behind its end.
    #[error("there are bytes behind its end")]
    TrailingBytes,
}
