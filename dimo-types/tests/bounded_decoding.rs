//! Hostile `dimo.v1` messages: small on the wire, large in memory, refused or taken within the limits.
#![cfg(feature = "proto")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

mod util;

use dimo_types::wire::{DecodeError, DecodeLimits, decode_batch};
use miniz_oxide::deflate::compress_to_vec_zlib;
use util::peak_is_at_most;

const LIMITS: DecodeLimits = DecodeLimits { inflated_bytes: 8 << 20, memory_bytes: 16 << 20 };
/// The limits as they are documented, and 4 MiB for the program, its threads and the message itself.
const PEAK: usize = 2 * LIMITS.inflated_bytes + LIMITS.memory_bytes + (4 << 20);

/// What stands in a message many times: one packed list of zeros, or empty elements with a key each.
#[derive(Clone, Copy, Debug)]
enum Many {
    Zeros(u8),
    Empty(u8),
}

impl Many {
    const ALL: [Self; 14] = [
        Self::Zeros(6),
        Self::Zeros(7),
        Self::Zeros(8),
        Self::Zeros(9),
        Self::Zeros(10),
        Self::Zeros(11),
        Self::Zeros(12),
        Self::Zeros(13),
        Self::Zeros(16),
        Self::Zeros(21),
        Self::Empty(15),
        Self::Empty(17),
        Self::Empty(18),
        Self::Empty(19),
    ];

    fn message(self, count: usize) -> Vec<u8> {
        let mut message = Vec::with_capacity(3 * count + 10);
        match self {
            Self::Zeros(field) => {
                prost::encoding::encode_key(
                    field.into(),
                    prost::encoding::WireType::LengthDelimited,
                    &mut message,
                );
                prost::encoding::encode_varint(count as u64, &mut message);
                message.resize(message.len() + count, 0);
            }
            Self::Empty(field) => {
                for _ in 0..count {
                    prost::encoding::encode_key(
                        field.into(),
                        prost::encoding::WireType::LengthDelimited,
                        &mut message,
                    );
                    message.push(0);
                }
            }
        }
        compress_to_vec_zlib(&message, 1)
    }
}

/// Whether a message with so many is refused for the memory it would take. None of them is a batch, but that is only found
/// when they are decoded.
fn refused(many: Many, count: usize) -> bool {
    let error = decode_batch(&many.message(count), &LIMITS).unwrap_err();
    assert!(!matches!(error, DecodeError::TooLarge { .. }), "{many:?} {count}");
    error == DecodeError::TooMuchMemory { limit: LIMITS.memory_bytes }
}

#[test]
fn a_hostile_message_takes_no_more_than_its_limits() {
    for many in Many::ALL {
        assert!(refused(many, 2_500_000), "{many:?}");
        // The most that is not refused, to a percent: what takes the most memory.
        let (mut taken, mut beyond) = (0, 2_500_000);
        while beyond - taken > beyond / 100 {
            let middle = (taken + beyond) / 2;
            if refused(many, middle) { beyond = middle } else { taken = middle }
        }
        println!("{many:?}: {taken}");
        assert!(taken > 1000, "{many:?}: {taken}");
    }
    let bomb = compress_to_vec_zlib(&vec![0; 9 << 20], 1);
    assert_eq!(decode_batch(&bomb, &LIMITS), Err(DecodeError::TooLarge { limit: LIMITS.inflated_bytes }));
    peak_is_at_most(PEAK);
}
