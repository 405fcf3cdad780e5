//! Verification: who signed a message, and [`Verified`], the proof that it was who should.

use core::fmt;
use core::ops::Deref;

use dimo_types::Address;
use thiserror::Error;

use crate::{K256Verifier, Signature, Verifiable, Verifier};

/// The account that signed `message`. [`Verifier::recover`] of [`K256Verifier`].
///
/// Every signature recovers to *some* account: the answer means nothing until it is compared with the one expected,
/// which [`verify`] does.
///
/// # Errors
///
/// [`RecoverError::NoKey`] when no key at all can have made this signature.
pub fn recover<V: Verifiable + ?Sized>(message: &V, signature: &Signature) -> Result<Address, RecoverError> {
    K256Verifier.recover(message, signature)
}

/// Checks that `expected` signed `message`, and marks the message as verified. [`Verifier::verify`] of [`K256Verifier`].
///
/// # Errors
///
/// See [`VerifyError`]. Keep a copy of, or pass a reference to, a message that is needed after a refusal.
///
/// # Example: a backend that takes readings from one device
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::{ReceivedTelemetry, SoftwareKey, Verified, VerifyError, hazmat, verify};
///
/// fn store(readings: Verified<ReceivedTelemetry<'_>>) -> usize {
///     readings.0.len()
/// }
///
/// let mut device = SoftwareKey::from_bytes([7; 32])?;
/// let mut stranger = SoftwareKey::from_bytes([9; 32])?;
/// let encoded = hazmat::gen1_telemetry(b"{\"timestamp\":1709656316768}")?;
///
/// let received = ReceivedTelemetry(encoded.as_bytes());
/// let verified = verify(received, &device.sign(&encoded)?, device.address())?;
/// assert_eq!(store(verified), 27);
///
/// let forged = verify(received, &stranger.sign(&encoded)?, device.address());
/// let (expected, recovered) = (device.address(), stranger.address());
/// assert_eq!(forged, Err(VerifyError::WrongSigner { expected, recovered }));
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn verify<V: Verifiable>(
    message: V,
    signature: &Signature,
    expected: Address,
) -> Result<Verified<V>, VerifyError> {
    K256Verifier.verify(message, signature, expected)
}

/// A message whose signer was checked. Only verification makes one: a function that takes it cannot be handed anything else.
///
/// `By` says what vouches for it: the signature itself ([`ByKey`]), or the contract that is the signer's account, as a node of
/// the chain reported it ([`ByContract`]). `Verified<T>` alone is the first, so a function that takes it never takes the second.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Verified<T, By = ByKey> {
    message: T,
    signer: Address,
    by: By,
}

/// What vouches for a [`Verified`] message: the key of its signer. Whoever has the bytes can check it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ByKey;

/// What vouches for a [`Verified`] message: the contract that is its signer's account (ERC-1271), as a node reported it. It is
/// as true as the node is honest, and was true at the block that the node was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ByContract;

impl<T> Verified<T> {
    /// For verifiers alone.
    pub(crate) const fn by_key(message: T, signer: Address) -> Self {
        Self { message, signer, by: ByKey }
    }
}

#[cfg(feature = "alloc")]
impl<T> Verified<T, ByContract> {
    /// For the reader of a contract's answer alone.
    pub(crate) const fn by_contract(message: T, signer: Address) -> Self {
        Self { message, signer, by: ByContract }
    }
}

impl<T, By> Verified<T, By> {
    /// Who signed it.
    #[must_use]
    pub const fn signer(&self) -> Address {
        self.signer
    }

    /// The message alone.
    pub fn into_inner(self) -> T {
        self.message
    }
}

impl<T, By> Deref for Verified<T, By> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.message
    }
}

impl<T: fmt::Debug, By: fmt::Debug> fmt::Debug for Verified<T, By> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Verified");
        shown.field("message", &self.message).field("signer", &self.signer).field("by", &self.by).finish()
    }
}

/// Why a signature has no signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// r is the x of no point, or the key would be the point at infinity: the bytes were damaged or made up.
    #[error("no key can have made this signature")]
    NoKey,
}

/// Why a message is not from whom it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// No key at all can have made this signature.
    #[error(transparent)]
    Unrecoverable(#[from] RecoverError),
    /// Somebody else signed, or the message was changed: then `recovered` is an account that nobody has.
    #[error("signed by {recovered}, not by {expected}")]
    WrongSigner {
        /// Who should have signed.
        expected: Address,
        /// Who did, if the message is unchanged.
        recovered: Address,
    },
}
