//! [`Verifier`]: whose arithmetic checks a signature.

use dimo_types::Address;

use crate::message::sealed::Sealed;
use crate::{Digest, RecoverError, Signature, Verifiable, Verified, VerifyError, hazmat};

/// An implementation of secp256k1 that checks signatures; all of them come to the same verdicts.
///
/// A backend passes the one it wants as a value. The trait is sealed, because what a verifier says becomes a [`Verified`].
///
/// # Example: code that does not care which
///
/// ```
/// use dimo_crypto::{Address, K256Verifier, ReceivedTelemetry, Signature, Verified, VerifyError, Verifier};
/// fn admit<'a>(
///     verifier: &impl Verifier, data: &'a [u8], signature: &Signature, device: Address,
/// ) -> Result<Verified<ReceivedTelemetry<'a>>, VerifyError> {
///     verifier.verify(ReceivedTelemetry(data), signature, device)
/// }
/// let signature = "0xed107d9e947ce3208f2a349fe9de841295252ed3157a6a6c3725c5b2fd47ccaf\
///     1407ba498f09a872ce409d3434162512f7d0b08fbc0561f407015b39953bb6d61c";
/// let device = "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61".parse()?;
/// admit(&K256Verifier, br#"{"timestamp":1709656316768}"#, &signature.parse()?, device)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub trait Verifier: Sealed {
    /// The account whose key signed `digest`. Means nothing until it is compared with the one expected.
    ///
    /// # Errors
    ///
    /// [`RecoverError::NoKey`] when no key at all can have made this signature.
    fn recover_digest(&self, digest: &Digest, signature: &Signature) -> Result<Address, RecoverError>;

    /// The account that signed `message`. Means nothing until it is compared with the one expected, as
    /// [`verify`](Self::verify) does.
    ///
    /// # Errors
    ///
    /// [`RecoverError::NoKey`] when no key at all can have made this signature.
    fn recover<V: Verifiable + ?Sized>(
        &self,
        message: &V,
        signature: &Signature,
    ) -> Result<Address, RecoverError> {
        self.recover_digest(&message.signed_digest(), signature)
    }

    /// Checks that `expected` signed `message`, and marks the message as verified.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    fn verify<V: Verifiable>(
        &self,
        message: V,
        signature: &Signature,
        expected: Address,
    ) -> Result<Verified<V>, VerifyError> {
        let recovered = self.recover(&message, signature)?;
        if recovered == expected {
            Ok(Verified::by_key(message, recovered))
        } else {
            Err(VerifyError::WrongSigner { expected, recovered })
        }
    }
}

impl<T: Verifier + ?Sized> Verifier for &T {
    fn recover_digest(&self, digest: &Digest, signature: &Signature) -> Result<Address, RecoverError> {
        (**self).recover_digest(digest, signature)
    }
}

/// Checks signatures with the `k256` crate: pure Rust, on a device too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct K256Verifier;

impl Sealed for K256Verifier {}

impl Verifier for K256Verifier {
    fn recover_digest(&self, digest: &Digest, signature: &Signature) -> Result<Address, RecoverError> {
        hazmat::recover_public_key(digest, signature).map(|key| key.address())
    }
}

/// Checks signatures with libsecp256k1 (in C), about twice as fast on a server: for backends that have a C compiler.
#[cfg(feature = "libsecp256k1")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LibSecp256k1Verifier;

#[cfg(feature = "libsecp256k1")]
impl Sealed for LibSecp256k1Verifier {}

#[cfg(feature = "libsecp256k1")]
impl Verifier for LibSecp256k1Verifier {
    fn recover_digest(&self, digest: &Digest, signature: &Signature) -> Result<Address, RecoverError> {
        use secp256k1::Message;
        use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};

        let recovery_id = if signature.v() == 28 { RecoveryId::One } else { RecoveryId::Zero };
        RecoverableSignature::from_compact(&signature.r_and_s(), recovery_id)
            .and_then(|signature| signature.recover(Message::from_digest(*digest.as_bytes())))
            .map_err(|_| RecoverError::NoKey)
            .map(|key| crate::public_key::address_of(&key.serialize_uncompressed()))
    }
}
