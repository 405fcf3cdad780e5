//! [`Version`]: what a release is called in front of people, its number.

use dimo_pairing::{NonEmptyText, Text, TextError};

/// Decimal digits of the longest number.
const DIGITS: usize = 20;

/// The number of a release, in decimal digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    digits: [u8; DIGITS],
    first: usize,
}

impl Version {
    pub(crate) fn of(seq: u64) -> Self {
        let mut digits = [b'0'; DIGITS];
        let (mut rest, mut first) = (seq, DIGITS);
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0'.saturating_add((rest % 10).to_le_bytes()[0]);
            (rest, first) = (rest / 10, place);
            if rest == 0 {
                break;
            }
        }
        Self { digits, first }
    }

    fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.first..).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> Result<Text<32>, TextError> {
        Text::from_bytes(self.as_bytes())
    }

    pub(crate) fn non_empty_text(&self) -> Result<NonEmptyText<32>, TextError> {
        NonEmptyText::from_bytes(self.as_bytes())
    }
}
