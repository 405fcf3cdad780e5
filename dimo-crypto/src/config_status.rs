//! [`ConfigStatus`]: the device's report of which configuration it runs.

use crate::Digest;
use crate::hash::Hasher;
use crate::message::{Message, sealed::Sealed};

/// The body of the HTTP request by which a device reports its configuration status, byte for byte as it is sent.
///
/// The live network hashes it without a prefix, `keccak256(body)`, and takes the signature in the header `Signature`.
///
/// **Sign only what this firmware encoded**, for the reason given at [`Gen1Telemetry`](crate::Gen1Telemetry).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConfigStatus<'a>(pub &'a [u8]);

impl Sealed for ConfigStatus<'_> {}

impl Message for ConfigStatus<'_> {
    fn digest(&self) -> Digest {
        Hasher::new().chain(self.0).finish_digest()
    }
}
