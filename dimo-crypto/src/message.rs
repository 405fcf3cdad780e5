//! [`Message`]: the closed list of what a device signs.

use crate::Digest;

pub(crate) mod sealed {
    /// Only this crate says what can be signed.
    pub trait Sealed {}
    impl<M: Sealed + ?Sized> Sealed for &M {}
}

/// Something a device wallet may sign.
///
/// The trait is sealed. A signer therefore signs the messages of this crate and nothing else, and the digest is always
/// computed beside the key, from typed fields: nobody can have a digest signed that came from outside.
///
/// # Example: one function for whatever there is to sign
///
/// ```
/// use dimo_crypto::{Gen1Telemetry, LoginChallenge, Message};
/// let pending: [&dyn Message; 2] = [&LoginChallenge("nonce"), &Gen1Telemetry(b"{}")];
/// assert_ne!(pending[0].digest(), pending[1].digest());
/// ```
pub trait Message: sealed::Sealed {
    /// The 32 bytes to sign.
    fn digest(&self) -> Digest;
}

impl<M: Message + ?Sized> Message for &M {
    fn digest(&self) -> Digest {
        (**self).digest()
    }
}
