//! Verification: who signed a message, and [`Verified`], the proof that it was who should.

use core::fmt;
use core::ops::Deref;

use dimo_types::Address;
use thiserror::Error;

use crate::{Message, Signature, hazmat};

/// The account that signed `message`.
///
/// Every signature recovers to *some* account: the answer means nothing until it is compared with the one expected,
/// which [`verify`] does.
///
/// # Errors
///
/// [`RecoverError::NoKey`] when no key at all can have made this signature.
pub fn recover<M: Message + ?Sized>(message: &M, signature: &Signature) -> Result<Address, RecoverError> {
    hazmat::recover_public_key(&message.digest(), signature).map(|key| key.address())
}

/// Checks that `expected` signed `message`, and marks the message as verified.
///
/// # Errors
///
/// See [`VerifyError`]. Keep a copy of, or pass a reference to, a message that is needed after a refusal.
///
/// # Example: a backend that takes readings from one device
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::{Gen1Telemetry, SoftwareKey, Verified, VerifyError, blocking::DeviceSigner, verify};
///
/// fn store(readings: Verified<Gen1Telemetry<'_>>) -> usize {
///     readings.0.len()
/// }
///
/// let mut device = SoftwareKey::from_bytes([7; 32])?;
/// let mut stranger = SoftwareKey::from_bytes([9; 32])?;
/// let data = Gen1Telemetry(b"{\"timestamp\":1709656316768}");
///
/// let verified = verify(data, &device.sign(&data)?, device.address())?;
/// assert_eq!(store(verified), 27);
///
/// let forged = verify(data, &stranger.sign(&data)?, device.address());
/// let (expected, recovered) = (device.address(), stranger.address());
/// assert_eq!(forged, Err(VerifyError::WrongSigner { expected, recovered }));
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn verify<M: Message>(
    message: M,
    signature: &Signature,
    expected: Address,
) -> Result<Verified<M>, VerifyError> {
    let recovered = recover(&message, signature)?;
    if recovered == expected {
        Ok(Verified { message, signer: recovered })
    } else {
        Err(VerifyError::WrongSigner { expected, recovered })
    }
}

/// A message whose signer was checked. Only [`verify`] makes one: a function that takes it cannot be handed anything else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Verified<T> {
    message: T,
    signer: Address,
}

impl<T> Verified<T> {
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

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.message
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("message", &self.message).field("signer", &self.signer).finish()
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
