//! [`Message`], the closed list of what a device signs, and [`Verifiable`], the longer list of what can be verified.

use crate::Digest;

pub(crate) mod sealed {
    /// Only this crate says what can be signed and what can be verified.
    pub trait Sealed {}
    impl<M: Sealed + ?Sized> Sealed for &M {}
}

/// Something a device wallet may sign.
///
/// The trait is sealed. A signer therefore signs the messages of this crate and nothing else, and the digest is always
/// computed beside the key, from typed fields: nobody can have a digest signed that came from outside. What was received
/// as bytes is [`Verifiable`] and no `Message`.
///
/// # Example: one function for whatever there is to sign
///
/// ```
/// use dimo_crypto::{Claim, Message, Pair, Registry};
/// use dimo_types::{Address, TokenId};
/// let (registry, device_node) = (Registry::AMOY, TokenId::from(42));
/// let claim = Claim { registry, device_node, owner: Address::new([7; 20]) };
/// let pair = Pair { registry, device_node, vehicle_node: TokenId::from(1337) };
/// let pending: [&dyn Message; 2] = [&claim, &pair];
/// assert_ne!(pending[0].digest(), pending[1].digest());
/// ```
///
/// # Example: bytes from outside are not signed
///
/// They are no message ...
///
/// ```compile_fail,E0277
/// use dimo_crypto::{ReceivedTelemetry, Signature, blocking::DeviceSigner};
/// fn answer<S: DeviceSigner>(wallet: &mut S, from_a_phone: &[u8]) -> Result<Signature, S::Error> {
///     wallet.sign(&ReceivedTelemetry(from_a_phone))
/// }
/// ```
///
/// ... and cannot be made one.
///
/// ```compile_fail,E0423
/// use dimo_crypto::{Gen1Telemetry, Signature, blocking::DeviceSigner};
/// fn answer<S: DeviceSigner>(wallet: &mut S, from_a_phone: &[u8]) -> Result<Signature, S::Error> {
///     wallet.sign(&Gen1Telemetry(from_a_phone))
/// }
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

/// Something whose signature can be checked: every [`Message`], and what is only ever received, as bytes.
///
/// The trait is sealed too, so that a backend always hashes the right bytes in the right frame.
///
/// # Example: check what a device of the live network sent
///
/// ```
/// use dimo_crypto::{Address, ReceivedTelemetry, RecoverError, Signature, Verifiable, recover};
/// fn sender(data: &[u8], signature: &Signature) -> Result<Address, RecoverError> {
///     recover(&ReceivedTelemetry(data), signature)
/// }
/// assert_eq!(ReceivedTelemetry(b"").signed_digest().as_bytes()[..4], [0xc5, 0xd2, 0x46, 0x01]);
/// ```
pub trait Verifiable: sealed::Sealed {
    /// The 32 bytes that the signature covers.
    fn signed_digest(&self) -> Digest;
}

impl<M: Message + ?Sized> Verifiable for M {
    fn signed_digest(&self) -> Digest {
        self.digest()
    }
}
