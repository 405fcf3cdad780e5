//! [`Pin`] and what is made of it: pairing with a device whose label shows eight digits and no QR code.
//!
//! The phone makes [`ProverSecrets`] of the digits that a person typed, the device holds a [`PinRecord`] and never the PIN; the exchange
//! between them is [`spake2plus`](crate::spake2plus).

use core::fmt;
use core::str::FromStr;

use thiserror::Error;
use zeroize::Zeroizing;

mod parameters;
mod record;
#[cfg(test)]
mod tests;

pub use parameters::{PIN_PARAMETERS_LEN, PinParameters, PinParametersError};
pub use record::{PIN_RECORD_LEN, PinRecord, PinRecordError};

use crate::spake2plus::{DERIVED_LEN, Names, ProverSecrets};

/// Digits of a PIN.
pub const PIN_LEN: usize = 8;

/// The context of an exchange by PIN.
pub const PIN_CONTEXT: &[u8] = b"DIMO-PAIR/1 PIN";

/// What both sides of an exchange by PIN call it and themselves.
pub const PIN_NAMES: Names<'static> = Names { context: PIN_CONTEXT, prover: b"phone", verifier: b"device" };

/// The eight decimal digits that a device without a QR code shows on its label. Wipes itself on drop and does not show itself.
///
/// None is refused for being easy to guess: whoever makes devices draws each PIN at random, all hundred million alike, and a rule against
/// some of them would only tell a guesser what to leave out. What holds guesses off is that a device counts them.
///
/// # Example: as a person typed it
///
/// ```
/// use dimo_pairing::{Pin, PinError};
/// let pin: Pin = "04711337".parse()?;
/// assert_eq!(format!("{pin:?}"), "Pin");
/// assert_eq!("4711337".parse::<Pin>().unwrap_err(), PinError::Length { got: 7 });
/// assert_eq!("0471 337".parse::<Pin>().unwrap_err(), PinError::NotADigit { at: 4 });
/// # Ok::<(), PinError>(())
/// ```
pub struct Pin(Zeroizing<[u8; PIN_LEN]>);

impl Pin {
    /// The secrets of the phone's side. Slow on purpose: `iterations` of [`PinParameters`], six hashes each.
    ///
    /// `w0s ‖ w1s` of RFC 9383, 3.2, is PBKDF2-HMAC-SHA256 over the eight digits in ASCII, 80 bytes. The names of the two sides are the same
    /// in every exchange by PIN, so they are left to the transcript; the salt is what tells one device from another.
    #[must_use]
    pub fn secrets(&self, parameters: &PinParameters) -> ProverSecrets {
        derive(&self.0[..], parameters.salt(), parameters.iterations())
    }
}

fn derive(password: &[u8], salt: &[u8], iterations: u32) -> ProverSecrets {
    let mut derived = Zeroizing::new([0; DERIVED_LEN]);
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, iterations, &mut derived[..]);
    ProverSecrets::from_derived(&derived)
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let digits = <[u8; PIN_LEN]>::try_from(text.as_bytes()).map(Zeroizing::new);
        let digits = digits.map_err(|_| PinError::Length { got: text.len() })?;
        match digits.iter().position(|digit| !digit.is_ascii_digit()) {
            Some(at) => Err(PinError::NotADigit { at }),
            None => Ok(Self(digits)),
        }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

/// Why a text is not a PIN: it was mistyped. What stands in it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PinError {
    /// It is not eight bytes long.
    #[error("a PIN has 8 digits, not {got}")]
    Length {
        /// Bytes of the text.
        got: usize,
    },
    /// One of them is not a digit from 0 to 9.
    #[error("what stands at {at} is not a digit")]
    NotADigit {
        /// Where the first of them stands, from 0.
        at: usize,
    },
}
