//! [`PinParameters`]: how a device's PIN is derived.

use core::ops::RangeInclusive;

use thiserror::Error;

/// Bytes of [`PinParameters`] in a message or a record.
pub const PIN_PARAMETERS_LEN: usize = 20;

/// How a device's PIN is derived: a salt of its own and a number of iterations. No secret: the device tells them to every phone that asks.
///
/// # Example: a device that wants its phones to spin for an hour
///
/// ```
/// use dimo_pairing::{PinParameters, PinParametersError};
/// let refused = PinParameters::new(*b"salt of a device", 2_000_000_000);
/// assert_eq!(refused, Err(PinParametersError::Iterations { got: 2_000_000_000 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinParameters {
    salt: [u8; 16],
    iterations: u32,
}

impl PinParameters {
    /// Iterations that are taken: fewer slow nobody down who tries PINs on a stolen record, more keep a phone busy for too long.
    pub const ITERATIONS: RangeInclusive<u32> = 10_000..=1_000_000;

    /// Iterations to begin with: 600,000 hashes, tenths of a second on a phone.
    pub const RECOMMENDED_ITERATIONS: u32 = 100_000;

    /// Parameters of a device: 16 random bytes, drawn for this device alone, and iterations within [`ITERATIONS`](Self::ITERATIONS).
    ///
    /// # Errors
    ///
    /// [`PinParametersError::Iterations`].
    pub fn new(salt: [u8; 16], iterations: u32) -> Result<Self, PinParametersError> {
        if Self::ITERATIONS.contains(&iterations) {
            Ok(Self { salt, iterations })
        } else {
            Err(PinParametersError::Iterations { got: iterations })
        }
    }

    /// The salt.
    #[must_use]
    pub const fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The iterations, within [`ITERATIONS`](Self::ITERATIONS).
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The iterations in four bytes, big-endian, and the salt.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PIN_PARAMETERS_LEN] {
        let mut bytes = [0; PIN_PARAMETERS_LEN];
        let fields = self.iterations.to_be_bytes().into_iter().chain(self.salt);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// The inverse of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    ///
    /// [`PinParametersError::Iterations`].
    pub fn from_bytes(bytes: &[u8; PIN_PARAMETERS_LEN]) -> Result<Self, PinParametersError> {
        let [i0, i1, i2, i3, salt @ ..] = *bytes;
        Self::new(salt, u32::from_be_bytes([i0, i1, i2, i3]))
    }

    /// Parameters as quick as tests with many cases need them.
    #[cfg(test)]
    pub(super) const fn quick(salt: [u8; 16]) -> Self {
        Self { salt, iterations: 2 }
    }
}

/// Why parameters are refused. From a message: what answers is no device to pair with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PinParametersError {
    /// The iterations are outside [`PinParameters::ITERATIONS`].
    #[error("iterations are 10,000 to 1,000,000, not {got}")]
    Iterations {
        /// The iterations asked for.
        got: u32,
    },
}
