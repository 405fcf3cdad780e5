//! [`Integer`]: a number of up to 256 bits and its sign.

use core::fmt;
use core::str::FromStr;

use dimo_types::{TokenId, TokenIdError};
use thiserror::Error;

/// A whole number between -2^256 and 2^256, both not included: wide enough for every integer type of EIP-712.
///
/// Whether it fits `uint8` or `int256` is checked where it is encoded.
///
/// # Example: a number as texts have it
///
/// ```
/// use dimo_crypto::typed_data::{Integer, IntegerError};
/// assert_eq!("0xff".parse(), Ok(Integer::from(255)));
/// assert_eq!("-128".parse(), Ok(Integer::from(-128)));
/// assert_eq!("1.5".parse::<Integer>(), Err(IntegerError::Digits));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Integer {
    /// Zero is positive.
    sign: Sign,
    /// Big-endian.
    magnitude: [u8; 32],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sign {
    Positive,
    Negative,
}

impl Integer {
    fn new(sign: Sign, magnitude: [u8; 32]) -> Self {
        let sign = if magnitude == [0; 32] { Sign::Positive } else { sign };
        Self { sign, magnitude }
    }

    /// Whether it is in the range of `uint` of so many bits.
    pub(crate) fn fits_unsigned(&self, bits: u32) -> bool {
        self.sign == Sign::Positive && bit_len(&self.magnitude) <= bits
    }

    /// Whether it is in the range of `int` of so many bits, at least one.
    pub(crate) fn fits_signed(&self, bits: u32) -> bool {
        // The complement of a negative number -m is m - 1: the range has one number more below zero than above.
        let distance = match self.sign {
            Sign::Positive => self.magnitude,
            Sign::Negative => self.word().map(|byte| !byte),
        };
        bit_len(&distance) < bits
    }

    /// Its low 256 bits in two's complement.
    pub(crate) fn word(&self) -> [u8; 32] {
        let mut word = self.magnitude;
        if self.sign == Sign::Negative {
            let mut carry = true;
            for byte in word.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
            }
        }
        word
    }
}

/// Bits up to the highest that is set.
fn bit_len(magnitude: &[u8; 32]) -> u32 {
    let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
    let high = magnitude.get(zeros).map_or(0, |byte| u8::BITS - byte.leading_zeros());
    let whole = magnitude.iter().skip(zeros + 1).count();
    high + u8::BITS * whole as u32
}

macro_rules! from_primitive {
    ($($unsigned:ident $signed:ident),+) => { $(
        impl From<$unsigned> for Integer {
            fn from(number: $unsigned) -> Self {
                Self::new(Sign::Positive, widen(u128::from(number)))
            }
        }

        impl From<$signed> for Integer {
            fn from(number: $signed) -> Self {
                let sign = if number < 0 { Sign::Negative } else { Sign::Positive };
                Self::new(sign, widen(u128::from(number.unsigned_abs())))
            }
        }
    )+ };
}

from_primitive!(u8 i8, u16 i16, u32 i32, u64 i64, u128 i128);

fn widen(number: u128) -> [u8; 32] {
    let mut magnitude = [0; 32];
    if let Some(low) = magnitude.last_chunk_mut() {
        *low = number.to_be_bytes();
    }
    magnitude
}

impl From<TokenId> for Integer {
    fn from(id: TokenId) -> Self {
        Self::new(Sign::Positive, *id.as_be_bytes())
    }
}

/// Decimal digits, or `0x` and hexadecimal digits; `-` before them where it is negative.
impl FromStr for Integer {
    type Err = IntegerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (Sign::Negative, digits),
            None => (Sign::Positive, text),
        };
        let magnitude = digits.strip_prefix("0x").map_or_else(|| decimal(digits), hexadecimal)?;
        Ok(Self::new(sign, magnitude))
    }
}

fn decimal(digits: &str) -> Result<[u8; 32], IntegerError> {
    match digits.parse::<TokenId>() {
        Ok(magnitude) => Ok(*magnitude.as_be_bytes()),
        Err(TokenIdError::TooLarge) => Err(IntegerError::TooLarge),
        Err(_) => Err(IntegerError::Digits),
    }
}

fn hexadecimal(digits: &str) -> Result<[u8; 32], IntegerError> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(IntegerError::Digits);
    }
    let significant = digits.trim_start_matches('0').as_bytes();
    if significant.len() > 64 {
        return Err(IntegerError::TooLarge);
    }
    let mut magnitude = [0; 32];
    for (byte, pair) in magnitude.iter_mut().rev().zip(significant.rchunks(2)) {
        let digits = pair.iter().filter_map(|digit| char::from(*digit).to_digit(16));
        *byte = digits.fold(0, |byte, digit| byte * 16 + digit as u8);
    }
    Ok(magnitude)
}

/// Decimal.
impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.sign == Sign::Negative { "-" } else { "" };
        write!(f, "{sign}{}", TokenId::from_be_bytes(self.magnitude))
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Integer({self})")
    }
}

/// Why a text is no [`Integer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IntegerError {
    /// It is neither decimal digits nor `0x` and hexadecimal digits: a fraction, an exponent, a space, a plus sign.
    #[error("an integer is decimal digits, or 0x and hexadecimal digits")]
    Digits,
    /// 2^256 or more, or -2^256 or less.
    #[error("the number has more than 256 bits")]
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    fn power_of_two(exponent: usize) -> Integer {
        let mut magnitude = [0; 32];
        magnitude[31 - exponent / 8] = 1 << (exponent % 8);
        Integer::new(Sign::Positive, magnitude)
    }

    fn negated(number: Integer) -> Integer {
        Integer::new(Sign::Negative, number.magnitude)
    }

    fn less_one(number: Integer) -> Integer {
        let mut magnitude = number.magnitude;
        for byte in magnitude.iter_mut().rev() {
            let borrow;
            (*byte, borrow) = byte.overflowing_sub(1);
            if !borrow {
                break;
            }
        }
        Integer::new(number.sign, magnitude)
    }

    fn plus_one(number: Integer) -> Integer {
        let mut magnitude = number.magnitude;
        for byte in magnitude.iter_mut().rev() {
            let carry;
            (*byte, carry) = byte.overflowing_add(1);
            if !carry {
                break;
            }
        }
        Integer::new(number.sign, magnitude)
    }

    #[test]
    fn the_range_of_every_width_ends_exactly_where_it_should() {
        for bits in (8..=256).step_by(8) {
            let half = power_of_two(bits - 1);
            let bits = bits as u32;
            assert!(half.fits_unsigned(bits) && !half.fits_signed(bits), "{bits}");
            assert!(less_one(half).fits_signed(bits), "{bits}");
            assert!(negated(half).fits_signed(bits), "{bits}");
            assert!(!negated(plus_one(half)).fits_signed(bits), "{bits}");
            assert!(!negated(Integer::from(1)).fits_unsigned(bits), "{bits}");
            if bits < 256 {
                let above = power_of_two(bits as usize);
                assert!(!above.fits_unsigned(bits) && less_one(above).fits_unsigned(bits), "{bits}");
            }
        }
        let largest = Integer::new(Sign::Positive, [0xFF; 32]);
        assert!(
            largest.fits_unsigned(256) && !largest.fits_signed(256) && !negated(largest).fits_signed(256)
        );
    }

    #[test]
    fn there_is_one_zero() {
        for text in ["0", "-0", "0x0", "-0x0", "000", "0x000"] {
            assert_eq!(text.parse(), Ok(Integer::from(0)), "{text}");
        }
        assert_eq!(Integer::from(0).to_string(), "0");
        assert_eq!(alloc::format!("{:?}", Integer::from(-5)), "Integer(-5)");
    }

    #[test]
    fn texts_that_mean_no_integer_are_refused() {
        for text in [
            "", "-", "0x", "-0x", "0x-1", "+1", "1_0", " 1", "1 ", "1.0", "1e3", "0X1", "0xg", "ff", "--1",
            "-+1", "١",
        ] {
            assert_eq!(text.parse::<Integer>(), Err(IntegerError::Digits), "{text:?}");
        }
    }

    #[test]
    fn numbers_of_more_than_256_bits_are_refused_however_they_are_written() {
        let largest = Integer::new(Sign::Positive, [0xFF; 32]);
        assert_eq!(largest.to_string().parse(), Ok(largest));
        let above = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        let hex = String::from("0x1") + &"0".repeat(64);
        for text in [above, &(String::from("-") + above), &hex, &"9".repeat(1_000_000)] {
            assert_eq!(text.parse::<Integer>(), Err(IntegerError::TooLarge));
        }
        assert_eq!((String::from("0x") + &"0".repeat(100) + "7").parse(), Ok(Integer::from(7)));
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_is_written(number in any::<i128>()) {
            let integer = Integer::from(number);
            prop_assert_eq!(integer.to_string(), number.to_string());
            prop_assert_eq!(number.to_string().parse(), Ok(integer));
        }

        #[test]
        fn hexadecimal_digits_of_either_case_are_the_number(number in any::<u128>()) {
            prop_assert_eq!(alloc::format!("{number:#x}").parse(), Ok(Integer::from(number)));
            prop_assert_eq!(alloc::format!("0x{number:X}").parse(), Ok(Integer::from(number)));
            prop_assert_eq!(alloc::format!("-{number:#x}").parse(), Ok(negated(Integer::from(number))));
        }

        #[test]
        fn the_word_is_the_twos_complement_of_the_processor(number in any::<i128>()) {
            let high = if number < 0 { [0xFF; 16] } else { [0; 16] };
            let expected = [high, number.to_be_bytes()].concat();
            prop_assert_eq!(&Integer::from(number).word()[..], &expected[..]);
        }
    }
}
