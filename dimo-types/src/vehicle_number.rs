//! The number a vehicle goes by: a [`Vin`], or the [`ChassisNumber`] of the Japanese market; [`VehicleNumber`] is either.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::{Vin, VinError};

/// The chassis number of a vehicle for the Japanese market, which has no VIN: a model code of 2 to 7 letters and
/// digits, a hyphen that may be missing, and a serial number of 5 to 7 digits. This is the form that the live network
/// takes.
///
/// # Example: a Prius for Japan
///
/// ```
/// use dimo_types::{ChassisNumber, VehicleNumberError};
/// let prius: ChassisNumber = "ZVW30-1234567".parse()?;
/// assert_eq!(prius.as_str(), "ZVW30-1234567");
/// assert!("ZVW30-12".parse::<ChassisNumber>().is_err());
/// # Ok::<(), VehicleNumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChassisNumber([u8; Self::MAX_LEN]);

impl ChassisNumber {
    /// The longest, in characters.
    pub const MAX_LEN: usize = 15;

    /// The number as it was given, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

/// Whether `model` and `serial` have the forms and lengths of the parts of a chassis number.
fn is_chassis(model: &str, serial: &str) -> bool {
    (2..=7).contains(&model.len())
        && model.bytes().all(|b| b.is_ascii_alphanumeric())
        && (5..=7).contains(&serial.len())
        && serial.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for ChassisNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ChassisNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChassisNumber({self})")
    }
}

/// Model code, hyphen or none, serial number; letters of either case.
impl FromStr for ChassisNumber {
    type Err = VehicleNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = match text.split_once('-') {
            Some((model, serial)) => is_chassis(model, serial),
            // Without a hyphen, any split that gives both parts their form will do.
            None => (5..=7).any(|digits| {
                text.len()
                    .checked_sub(digits)
                    .and_then(|middle| text.split_at_checked(middle))
                    .is_some_and(|(model, serial)| is_chassis(model, serial))
            }),
        };
        let mut number = [0; Self::MAX_LEN];
        match number.get_mut(..text.len()) {
            Some(place) if legal => place.copy_from_slice(text.as_bytes()),
            _ => return Err(VehicleNumberError::Chassis),
        }
        number.make_ascii_uppercase();
        let [first, second, ..] = number;
        if first == second && number.iter().all(|b| *b == first || *b == 0) {
            return Err(VehicleNumberError::Chassis);
        }
        Ok(Self(number))
    }
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(ChassisNumber, "a chassis number like ZVW30-1234567");

/// The number a vehicle goes by: a VIN, or a chassis number where there is none.
///
/// # Example: what a control unit answered
///
/// ```
/// use dimo_types::{VehicleNumber, VehicleNumberError, VinError};
/// assert!(matches!("1HGBH41JXMN109186".parse()?, VehicleNumber::Vin(_)));
/// assert!(matches!("ZVW30-1234567".parse()?, VehicleNumber::Chassis(_)));
/// let silent = "00000000000000000".parse::<VehicleNumber>();
/// assert_eq!(silent, Err(VehicleNumberError::Vin(VinError::Placeholder)));
/// # Ok::<(), VehicleNumberError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VehicleNumber {
    /// A VIN.
    Vin(Vin),
    /// A chassis number of the Japanese market.
    Chassis(ChassisNumber),
}

impl VehicleNumber {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Vin(vin) => vin.as_str(),
            Self::Chassis(number) => number.as_str(),
        }
    }

    /// A number as a vehicle or the network reports it, the check digit of a VIN not verified: see [`Vin::as_reported`].
    ///
    /// # Errors
    ///
    /// [`VehicleNumberError`] when it is neither.
    pub fn as_reported(text: &str) -> Result<Self, VehicleNumberError> {
        match text.parse() {
            Ok(number) => Ok(Self::Chassis(number)),
            Err(_) => Ok(Self::Vin(Vin::as_reported(text)?)),
        }
    }
}

impl fmt::Display for VehicleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A chassis number if it has the form of one, else a VIN with a verified check digit. No text has both forms.
impl FromStr for VehicleNumber {
    type Err = VehicleNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(number) => Ok(Self::Chassis(number)),
            Err(_) => Ok(Self::Vin(text.parse()?)),
        }
    }
}

/// Why a text is no [`VehicleNumber`] or no [`ChassisNumber`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VehicleNumberError {
    /// It has not the form of a chassis number, and is no VIN for this reason.
    #[error(transparent)]
    Vin(#[from] VinError),
    /// It has not the form of a chassis number, or is a placeholder of one character.
    #[error("a chassis number is written like ZVW30-1234567")]
    Chassis,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(VehicleNumber, "a VIN or a chassis number");
