//! [`Vin`]: the number that identifies a vehicle everywhere but on the Japanese market.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// A vehicle identification number (ISO 3779): 17 characters, letters in upper case, without I, O and Q.
///
/// The ninth character is a check digit where the market's law makes it one. Parsing verifies it for numbers from North
/// America, that is with a first character 1 to 5 (US 49 CFR 565; Canada and Mexico likewise), unless it is the filler
/// `Z`, which vehicles built there for the European market carry. Elsewhere makers use the place freely; China's
/// standard has the digit too, but Chinese vehicles reach DIMO's regions as exports, which need not, so it is not
/// demanded of them. [`Vin::check_digit`] says how it stands for any number.
///
/// # Example: a digit misread from the windscreen
///
/// ```
/// use dimo_types::{Vin, VinError};
/// assert!("1HGBH41JXMN109186".parse::<Vin>().is_ok());
/// let misread = "1HGBH41JXMN109188".parse::<Vin>();
/// assert_eq!(misread, Err(VinError::CheckDigit { expected: '3', found: 'X' }));
/// ```
///
/// # Example: a European number, whose ninth character is not a check digit
///
/// ```
/// use dimo_types::{CheckDigit, Vin};
/// let golf: Vin = "WVWZZZ1KZAW000001".parse()?;
/// assert_eq!(golf.check_digit(), CheckDigit::None);
/// # Ok::<(), dimo_types::VinError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin([u8; Self::LEN]);

impl Vin {
    /// Its length, in characters.
    pub const LEN: usize = 17;
    /// How much each place counts in the check sum; the check digit's own place counts nothing.
    const WEIGHTS: [u32; Self::LEN] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

    /// A number as a vehicle or the network reports it: the check digit is not verified, because a control unit's
    /// wrong number is still the number it goes by. Letters of either case.
    ///
    /// # Errors
    ///
    /// As parsing, but never [`VinError::CheckDigit`].
    pub fn as_reported(text: &str) -> Result<Self, VinError> {
        let mut vin: [u8; Self::LEN] =
            text.as_bytes().try_into().map_err(|_| VinError::Length { len: text.len() })?;
        vin.make_ascii_uppercase();
        if let Some(place) = vin.iter().position(|character| value(*character).is_none()) {
            return Err(VinError::Character { place: place + 1 });
        }
        let [first, ..] = vin;
        if vin.iter().all(|character| *character == first) {
            return Err(VinError::Placeholder);
        }
        Ok(Self(vin))
    }

    /// The 17 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How the ninth character stands as a check digit.
    #[must_use]
    pub fn check_digit(&self) -> CheckDigit {
        let [.., found, _, _, _, _, _, _, _, _] = self.0;
        let sum: u32 = self
            .0
            .iter()
            .zip(Self::WEIGHTS)
            .map(|(character, weight)| value(*character).unwrap_or_default() * weight)
            .sum();
        let expected = char::from_digit(sum % 11, 10).unwrap_or('X');
        match char::from(found) {
            found if found == expected => CheckDigit::Right,
            found @ ('0'..='9' | 'X') => CheckDigit::Wrong { expected, found },
            _ => CheckDigit::None,
        }
    }

    /// Whether the law of its market makes the ninth character a check digit: North America.
    const fn needs_check_digit(&self) -> bool {
        let [first, _, _, _, _, _, _, _, ninth, ..] = self.0;
        matches!(first, b'1'..=b'5') && ninth != b'Z'
    }
}

/// What a character counts in the check sum (49 CFR 565.15); `None` for one that no VIN has.
const fn value(character: u8) -> Option<u32> {
    Some(match character {
        b'0'..=b'9' => (character - b'0') as u32,
        b'A' | b'J' => 1,
        b'B' | b'K' | b'S' => 2,
        b'C' | b'L' | b'T' => 3,
        b'D' | b'M' | b'U' => 4,
        b'E' | b'N' | b'V' => 5,
        b'F' | b'W' => 6,
        b'G' | b'P' | b'X' => 7,
        b'H' | b'Y' => 8,
        b'R' | b'Z' => 9,
        _ => return None,
    })
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vin({self})")
    }
}

/// 17 characters; letters of either case.
impl FromStr for Vin {
    type Err = VinError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let vin = Self::as_reported(text)?;
        match vin.check_digit() {
            CheckDigit::Right => Ok(vin),
            _ if !vin.needs_check_digit() => Ok(vin),
            CheckDigit::Wrong { expected, found } => Err(VinError::CheckDigit { expected, found }),
            CheckDigit::None => Err(VinError::Character { place: 9 }),
        }
    }
}

/// How the ninth character of a [`Vin`] stands as a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckDigit {
    /// It is the check digit of the others. One number in eleven is so by chance.
    Right,
    /// It could be one, and is not.
    Wrong {
        /// What the others ask for: a digit or `X`.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// A letter that no check digit is.
    None,
}

/// Why a text is no [`Vin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VinError {
    /// Not 17 characters.
    #[error("a VIN has 17 characters, not {len}")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// A character that cannot stand there: I, O, Q, punctuation; or a letter for a check digit.
    #[error("the character at place {place} cannot stand in a VIN")]
    Character {
        /// Which, from 1.
        place: usize,
    },
    /// One character 17 times: what devices send when the vehicle did not answer.
    #[error("a placeholder, not a VIN")]
    Placeholder,
    /// The check digit does not fit the other characters: one was misread or two were swapped.
    #[error("the check digit of this VIN is {expected}, not {found}")]
    CheckDigit {
        /// What the others ask for.
        expected: char,
        /// What stands there.
        found: char,
    },
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Vin, "a VIN of 17 characters");
