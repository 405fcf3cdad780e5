//! Whatever an SE05x, or somebody in its place, says on the bus.

use dimo_hal::blocking::SecureElement;
use dimo_hal::secure_element::{CounterId, Curve, KeyPolicy};
use dimo_hal::{BlockingSe05x, KeySlot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};

/// A bus that reads out bytes and fails at their end.
struct Bus(std::vec::IntoIter<u8>);

impl ErrorType for Bus {
    type Error = ErrorKind;
}

impl I2c for Bus {
    fn transaction(&mut self, _: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        for operation in operations {
            if let Operation::Read(into) = operation {
                for byte in into.iter_mut() {
                    *byte = self.0.next().ok_or(ErrorKind::Bus)?;
                }
            }
        }
        Ok(())
    }
}

struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

/// The first byte says whether the others are what is read, or blocks that get their length and CRC here: control byte, length,
/// information.
pub(crate) fn se05x(bytes: &[u8]) {
    let Some((mode, bytes)) = bytes.split_first() else { return };
    let said = if mode & 1 == 0 { bytes.to_vec() } else { blocks(bytes) };
    let mut driver = BlockingSe05x::new(Bus(said.into_iter()), NoDelay).with_counters(1, 2);
    let slot = KeySlot(9);
    for call in 0..6 {
        let first = mode >> 1;
        let _ = match first.wrapping_add(call) % 6 {
            0 => driver.public_key(slot).map(drop),
            1 => driver.sign_prehash(slot, &[7; 32]).map(drop),
            2 => driver.generate(slot, Curve::Secp256k1, KeyPolicy::Permanent).map(drop),
            3 => driver.random(&mut [0; 200]),
            4 => driver.advance_counter_to(CounterId(1), 9).map(drop),
            _ => driver.attributes(slot).map(drop),
        };
    }
}

fn blocks(mut bytes: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    while let [control, len, rest @ ..] = bytes {
        let (information, rest) = rest.split_at(usize::from(*len).min(rest.len()).min(254));
        let start = said.len();
        // At most 254.
        said.extend_from_slice(&[0xA5, *control, information.len() as u8]);
        said.extend_from_slice(information);
        let sum = checksum(said.get(start..).unwrap_or_default());
        said.extend_from_slice(&sum);
        bytes = rest;
    }
    said
}

/// CRC-16/X-25.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut sum = 0xFFFFu16;
    for byte in bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ if sum & 1 == 1 { 0x8408 } else { 0 };
        }
    }
    (!sum).to_le_bytes()
}
