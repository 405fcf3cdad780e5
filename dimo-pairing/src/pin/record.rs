//! [`PinRecord`]: what a device holds instead of its PIN.

use core::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{PIN_PARAMETERS_LEN, Pin, PinParameters, PinParametersError};
use crate::spake2plus::{Registration, SHARE_LEN, SecretError};

/// Bytes of a [`PinRecord`] in storage.
pub const PIN_RECORD_LEN: usize = 1 + PIN_PARAMETERS_LEN + 32 + SHARE_LEN;

const VERSION: u8 = 1;

/// What a device holds instead of its PIN: enough to check that a phone knows it.
///
/// Keep it as a secret all the same. Whoever reads it can pass for the device before a phone, and can try all hundred million PINs; the
/// iterations make each try slow, no more than that. Does not show itself, and wipes on drop what is secret in it.
///
/// # Example: from the factory to an exchange
///
/// ```
/// use dimo_pairing::spake2plus::{Ephemeral, Prover, Verifier};
/// use dimo_pairing::{PIN_NAMES, Pin, PinParameters, PinRecord};
/// # let (salt, phone_random, device_random) = ([3; 16], [1; 48], [2; 48]);
/// // In the factory, where label and device are made:
/// let pin: Pin = "04711337".parse()?;
/// # let iterations = 10_000;
/// # /* the example is no slower than it must be
/// let iterations = PinParameters::RECOMMENDED_ITERATIONS;
/// # */
/// let stored = PinRecord::enrol(&pin, PinParameters::new(salt, iterations)?).to_bytes();
///
/// // The phone has asked the device for its parameters, and a person for the PIN:
/// let record = PinRecord::from_bytes(&stored[..])?;
/// let parameters = PinParameters::from_bytes(&record.parameters().to_bytes())?;
/// let (phone, share_p) = Prover::begin(&pin.secrets(&parameters), Ephemeral::from_random(phone_random)?);
///
/// // The device, having counted an attempt:
/// let once = Ephemeral::from_random(device_random)?;
/// let (device, share_v, confirm_v) = Verifier::respond(record.registration(), once, &PIN_NAMES, &share_p)?;
///
/// let (confirm_p, phone_key) = phone.finish(&PIN_NAMES, &share_v, &confirm_v)?;
/// assert_eq!(device.verify(&confirm_p)?.as_bytes(), phone_key.as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PinRecord {
    parameters: PinParameters,
    registration: Registration,
}

impl PinRecord {
    /// The record of a device with this PIN: made in the factory, or by the device itself when it is given its PIN there. As slow as
    /// [`Pin::secrets`].
    #[must_use]
    pub fn enrol(pin: &Pin, parameters: PinParameters) -> Self {
        Self { parameters, registration: pin.secrets(&parameters).registration() }
    }

    /// How the PIN is derived: what a phone is told.
    #[must_use]
    pub const fn parameters(&self) -> &PinParameters {
        &self.parameters
    }

    /// What the exchange needs of it.
    #[must_use]
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The record for storage: 118 bytes, the version, 1, in one, the parameters in 20, `w0` in 32, `L` in 65.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; PIN_RECORD_LEN]> {
        let (w0, l) = (self.registration.w0(), self.registration.l());
        let fields = [VERSION].into_iter().chain(self.parameters.to_bytes());
        let fields = fields.chain(w0.iter().copied()).chain(l.iter().copied());
        let mut bytes = Zeroizing::new([0; PIN_RECORD_LEN]);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// The inverse of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    ///
    /// [`PinRecordError`]. The device has no PIN then: it says so, and pairs by nothing else in its place.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PinRecordError> {
        let wrong = PinRecordError::Length { got: bytes.len() };
        let (version, rest) = bytes.split_first().ok_or(wrong)?;
        if *version != VERSION {
            return Err(PinRecordError::Version { got: *version });
        }
        let (parameters, rest) = rest.split_first_chunk().ok_or(wrong)?;
        let (w0, l) = rest.split_first_chunk().ok_or(wrong)?;
        let l = l.try_into().map_err(|_| wrong)?;
        let parameters = PinParameters::from_bytes(parameters)?;
        Ok(Self { parameters, registration: Registration::from_parts(w0, l)? })
    }
}

impl fmt::Debug for PinRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinRecord").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// Why bytes are not a record: they were changed since they were written, or written by something newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PinRecordError {
    /// Too few or too many bytes.
    #[error("a record has {PIN_RECORD_LEN} bytes, not {got}")]
    Length {
        /// Bytes there are.
        got: usize,
    },
    /// Written in a version that is not known here.
    #[error("version {got} of a record is not known")]
    Version {
        /// The version they begin with.
        got: u8,
    },
    /// The parameters are none that a phone takes.
    #[error("parameters: {0}")]
    Parameters(#[from] PinParametersError),
    /// The secrets are none of the group.
    #[error("secrets: {0}")]
    Secrets(#[from] SecretError),
}
