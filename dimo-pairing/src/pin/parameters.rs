//! [`PinParameters`]: how a device's PIN is derived.

use core::ops::RangeInclusive;

use thiserror::Error;

/// Bytes of [`PinParameters`] in a message or a record.
pub const PIN_PARAMETERS_LEN: usize = 4 + 1 + SALT_MAX;

const SALT_MIN: usize = 16;
const SALT_MAX: usize = 32;

/// How a device's PIN is derived: a salt of its own and a number of iterations. No secret: the device tells them to every phone that asks.
///
/// # Example: a device that wants its phones to spin for an hour
///
/// ```
/// use dimo_pairing::{PinParameters, PinParametersError};
/// let iterations = 2_000_000_000;
/// let refused = PinParameters::new(b"salt of a device", iterations).unwrap_err();
/// assert_eq!(refused, PinParametersError::Iterations { got: iterations });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinParameters {
    salt: [u8; SALT_MAX],
    /// From 16 to 32.
    salt_len: u8,
    iterations: u32,
}

impl PinParameters {
    /// Iterations that are taken: fewer slow nobody down who tries PINs on a stolen record, more keep a phone busy for too long.
    pub const ITERATIONS: RangeInclusive<u32> = 10_000..=1_000_000;

    /// Iterations to begin with: 600,000 hashes, tenths of a second on a phone.
    pub const RECOMMENDED_ITERATIONS: u32 = 100_000;

    /// Parameters of a device: 16 to 32 random bytes, drawn for this device alone, and iterations within
    /// [`ITERATIONS`](Self::ITERATIONS).
    ///
    /// # Errors
    ///
    /// [`PinParametersError::Salt`], [`PinParametersError::Iterations`].
    pub fn new(salt: &[u8], iterations: u32) -> Result<Self, PinParametersError> {
        let refused = PinParametersError::Salt { len: salt.len() };
        let salt_len = u8::try_from(salt.len()).map_err(|_| refused)?;
        let mut padded = [0; SALT_MAX];
        let room = padded.get_mut(..salt.len()).filter(|room| room.len() >= SALT_MIN).ok_or(refused)?;
        room.copy_from_slice(salt);
        if !Self::ITERATIONS.contains(&iterations) {
            return Err(PinParametersError::Iterations { got: iterations });
        }
        Ok(Self { salt: padded, salt_len, iterations })
    }

    /// The salt, 16 to 32 bytes.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        self.salt.get(..usize::from(self.salt_len)).unwrap_or(&self.salt)
    }

    /// The iterations, within [`ITERATIONS`](Self::ITERATIONS).
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The iterations in four bytes, big-endian, the length of the salt in one, the salt filled up with zeros to 32.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PIN_PARAMETERS_LEN] {
        let mut bytes = [0; PIN_PARAMETERS_LEN];
        let fields = self.iterations.to_be_bytes().into_iter().chain([self.salt_len]).chain(self.salt);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// The inverse of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    ///
    /// [`PinParametersError`].
    pub fn from_bytes(bytes: &[u8; PIN_PARAMETERS_LEN]) -> Result<Self, PinParametersError> {
        let [i0, i1, i2, i3, salt_len, padded @ ..] = bytes;
        let len = usize::from(*salt_len);
        let (salt, padding) = padded.split_at_checked(len).ok_or(PinParametersError::Salt { len })?;
        let parameters = Self::new(salt, u32::from_be_bytes([*i0, *i1, *i2, *i3]))?;
        if padding.iter().all(|byte| *byte == 0) { Ok(parameters) } else { Err(PinParametersError::Padding) }
    }

    /// Parameters as quick as tests with many cases need them.
    #[cfg(test)]
    pub(super) fn quick(salt: [u8; SALT_MAX]) -> Self {
        Self { salt, salt_len: SALT_MAX as u8, iterations: 2 }
    }
}

/// Why parameters are refused. From a message: what answers is no device to pair with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PinParametersError {
    /// The salt is too short to be its own device's alone, or too long. Draw 16 bytes.
    #[error("a salt has 16 to 32 bytes, not {len}")]
    Salt {
        /// Bytes of the salt.
        len: usize,
    },
    /// The iterations are outside [`PinParameters::ITERATIONS`].
    #[error("iterations are 10,000 to 1,000,000, not {got}")]
    Iterations {
        /// The iterations asked for.
        got: u32,
    },
    /// Something stands behind the salt where zeros belong.
    #[error("there are bytes behind the salt")]
    Padding,
}
