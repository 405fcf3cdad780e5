//! [`UpdateError`].

use core::convert::Infallible;
use core::fmt::Debug;

use dimo_crypto::manifest::ChunkError;
use thiserror::Error;

use super::order::OrderRefusal;
use crate::boot::BootReason;
use crate::delta::DeltaError;

/// Why an update does not go on. `B` is the boot control's error, `K` that of the store.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum UpdateError<B: Debug, K: Debug> {
    /// The order is not followed.
    #[error(transparent)]
    Refused(#[from] OrderRefusal),
    /// What runs is on trial itself. Confirm it, or take it back, first.
    #[error("what runs is on trial itself")]
    OnTrial,
    /// The release was tried on this very directive and taken back. Report the reason; a new directive may order it again.
    #[error("the release was tried and taken back: {reason:?}")]
    TakenBack {
        /// Why.
        reason: BootReason,
    },
    /// The battery is too low to write flash, or its voltage is not known. Try again when it is charged; nothing is lost.
    #[error("the battery has {mv:?} mV, {least_mv} are needed")]
    Voltage {
        /// What it has.
        mv: Option<u32>,
        /// What is needed.
        least_mv: u32,
    },
    /// There is nothing to fetch, or not everything was fetched.
    #[error("nothing to do that for now")]
    NotNow,
    /// Another chunk is wanted. What is written is not touched.
    #[error("chunk {wanted} is wanted")]
    OtherChunkWanted {
        /// Its number.
        wanted: u32,
    },
    /// The chunk is not what was signed. Ask for it again, from elsewhere.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// The source is too slow. [Go on](super::Updater::go_on) with another one.
    #[error("the source is too slow")]
    TooSlow,
    /// The payload was signed and is no delta that makes the image. It is given up: tell whoever made it.
    #[error(transparent)]
    Delta(DeltaError<Infallible>),
    /// The boot control failed, or refused the image. After a damaged image fetching begins anew.
    #[error("boot control: {0:?}")]
    Boot(B),
    /// The store failed. Nothing was written to a slot since.
    #[error("store: {0:?}")]
    Store(K),
}
