//! EIP-191: [`Personal`] messages and the network's [`LoginChallenge`].

use crate::Digest;
use crate::hash::Hasher;
use crate::message::{Message, sealed::Sealed};

/// Any bytes, signed under the EIP-191 prefix `"\x19Ethereum Signed Message:\n"` and their length.
///
/// The prefix keeps them apart from telemetry, transactions and typed messages. Attestations are signed this way,
/// over the exact bytes of `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Personal<'a>(pub &'a [u8]);

impl Sealed for Personal<'_> {}

impl Message for Personal<'_> {
    fn digest(&self) -> Digest {
        eip191(self.0)
    }
}

/// The text that the network's login server asks a device to sign, before it issues a client certificate (EIP-191).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoginChallenge<'a>(pub &'a str);

impl Sealed for LoginChallenge<'_> {}

impl Message for LoginChallenge<'_> {
    fn digest(&self) -> Digest {
        eip191(self.0.as_bytes())
    }
}

fn eip191(bytes: &[u8]) -> Digest {
    let mut digits = [0; DECIMAL_LEN];
    Hasher::new()
        .chain(b"\x19Ethereum Signed Message:\n")
        .chain(decimal(bytes.len(), &mut digits))
        .chain(bytes)
        .finish_digest()
}

/// Digits of the largest `usize` of 64 bits.
const DECIMAL_LEN: usize = 20;

/// Writes `number` in decimal and returns the digits.
fn decimal(mut number: usize, digits: &mut [u8; DECIMAL_LEN]) -> &[u8] {
    let mut start = DECIMAL_LEN;
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start = place;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn lengths_are_written_in_decimal() {
        for number in [0, 1, 9, 10, 99, 100, 1_234_567, usize::MAX] {
            let mut digits = [0; DECIMAL_LEN];
            assert_eq!(decimal(number, &mut digits), number.to_string().as_bytes());
        }
    }
}
