//! [`TroubleCode`]: a diagnostic trouble code of SAE J2012.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// A diagnostic trouble code: two bytes on the bus, five characters such as `P0456` for people (SAE J2012).
///
/// # Example: a fault from the bus to the screen
///
/// ```
/// use dimo_types::TroubleCode;
/// let leak = TroubleCode::from_bytes([0x04, 0x56]).unwrap();
/// assert_eq!(leak.to_string(), "P0456");
/// assert_eq!("U0100".parse::<TroubleCode>().unwrap().to_bytes(), [0xC1, 0x00]);
/// ```
///
/// # Example: the padding of a diagnostic answer is no code
///
/// ```
/// # use dimo_types::TroubleCode;
/// assert_eq!(TroubleCode::from_bytes([0, 0]), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TroubleCode([u8; 2]);

impl TroubleCode {
    /// The code of two raw bytes; `None` for `00 00`, which pads the answers of OBD-II modes 03, 07 and 0A.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 2]) -> Option<Self> {
        match bytes {
            [0, 0] => None,
            _ => Some(Self(bytes)),
        }
    }

    /// The two raw bytes: two bits for the system, two for the first digit, four for each further digit.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0
    }

    /// The part of the vehicle it speaks of.
    #[must_use]
    pub const fn system(self) -> TroubleSystem {
        let [high, _] = self.0;
        match high >> 6 {
            0 => TroubleSystem::Powertrain,
            1 => TroubleSystem::Chassis,
            2 => TroubleSystem::Body,
            _ => TroubleSystem::Network,
        }
    }
}

/// The letter, a digit 0 to 3, and three upper-case hexadecimal digits.
impl fmt::Display for TroubleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:04X}", self.system().letter(), u16::from_be_bytes(self.0) & 0x3FFF)
    }
}

impl fmt::Debug for TroubleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TroubleCode({self})")
    }
}

/// `P0456`; letters of either case.
impl FromStr for TroubleCode {
    type Err = TroubleCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let &[letter, ref digits @ ..] = text.as_bytes() else {
            return Err(TroubleCodeError::Length { len: 0 });
        };
        if digits.len() != 4 {
            return Err(TroubleCodeError::Length { len: text.len() });
        }
        let system: u16 = match letter.to_ascii_uppercase() {
            b'P' => 0,
            b'C' => 1,
            b'B' => 2,
            b'U' => 3,
            _ => return Err(TroubleCodeError::System),
        };
        let mut bytes = [0; 2];
        base16ct::mixed::decode(digits, &mut bytes).map_err(|_| TroubleCodeError::Digit)?;
        let number = u16::from_be_bytes(bytes);
        if number > 0x3FFF {
            return Err(TroubleCodeError::Digit);
        }
        Self::from_bytes((system << 14 | number).to_be_bytes()).ok_or(TroubleCodeError::NoCode)
    }
}

/// The part of the vehicle that a code speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TroubleSystem {
    /// Engine and transmission, `P`.
    Powertrain,
    /// Brakes, steering, suspension, `C`.
    Chassis,
    /// Cabin, lights, airbags, `B`.
    Body,
    /// The buses between control units, `U`.
    Network,
}

impl TroubleSystem {
    /// The first letter of its codes.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Powertrain => 'P',
            Self::Chassis => 'C',
            Self::Body => 'B',
            Self::Network => 'U',
        }
    }
}

/// Why a text is no [`TroubleCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TroubleCodeError {
    /// Not five characters. Seven-character codes carry a UDS failure type byte behind: cut it off first.
    #[error("a trouble code has 5 characters, not {len}")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// The first letter is none of P, C, B and U.
    #[error("a trouble code begins with P, C, B or U")]
    System,
    /// The first digit is not 0 to 3, or a further one is not hexadecimal.
    #[error("a trouble code has a digit 0 to 3 and three hexadecimal digits")]
    Digit,
    /// `P0000`, which means that there is no code.
    #[error("P0000 means no trouble code")]
    NoCode,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(TroubleCode, "a trouble code like P0456");
