//! What [`ZlibEncoder`] writes, read back by another's decoder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_types::wire::{ZlibEncodeError, ZlibEncoder, ZlibOptions, ZlibOptionsError};
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use proptest::prelude::*;

const WINDOWS: [usize; 5] = [256, 512, 1024, 2048, 4096];

fn every_option() -> impl Iterator<Item = ZlibOptions> {
    (0..=9).flat_map(|level| WINDOWS.map(|window| ZlibOptions::new(level, window).unwrap()))
}

fn encode(encoder: &mut ZlibEncoder, input: &[u8], options: ZlibOptions) -> Vec<u8> {
    let mut out = vec![0xA5; ZlibEncoder::bound(input.len())];
    let len = encoder.encode(input, options, &mut out).unwrap();
    assert!(out[len..].iter().all(|byte| *byte == 0xA5) || options.level() > 0);
    out.truncate(len);
    out
}

#[track_caller]
fn assert_read_back(stream: &[u8], input: &[u8], options: ZlibOptions) {
    let read = decompress_to_vec_zlib(stream).map_err(|error| format!("{options:?}: {error}")).unwrap();
    assert!(read == input, "{options:?}: {} bytes became {} others", input.len(), read.len());
}

/// Numbers that look random.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (self.0 >> 33) % limit
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }
}

/// Columns as a batch has them: small deltas, runs of zeros, counters, some noise, ids.
fn columns(len: usize) -> Vec<u8> {
    let mut noise = Noise(7);
    let mut bytes = noise.bytes(40);
    while bytes.len() < len {
        let count = 20 + noise.below(300) as usize;
        match noise.below(5) {
            0 => bytes.extend(vec![0; count]),
            1 => bytes.extend((0..count).map(|_| noise.below(4) as u8)),
            2 => bytes.extend((0..count).flat_map(|_| [0xA0 | noise.below(8) as u8, 0x9C, 0x01])),
            3 => bytes.extend([2, 2, 2, 29].into_iter().cycle().take(count)),
            _ => bytes.extend(noise.bytes(count / 4)),
        }
    }
    bytes.truncate(len);
    bytes
}

fn text(len: usize) -> Vec<u8> {
    let words = ["speed", "powertrainType", "the", "of", "battery", "0x2A", "temperature", "\n"];
    let mut noise = Noise(3);
    let mut text = String::new();
    while text.len() < len {
        text += words[noise.below(words.len() as u64) as usize];
        text += " ";
    }
    text.into_bytes()[..len].to_vec()
}

/// `count` different bytes, the rarest once, the next once, then each as often as the two before together, in no order.
fn fibonacci(count: usize) -> Vec<u8> {
    let (mut one, mut other) = (1, 1);
    let mut bytes = Vec::new();
    for byte in 0..count {
        bytes.extend(vec![byte as u8 * 9; one]);
        (one, other) = (other, one + other);
    }
    let mut noise = Noise(11);
    for index in (1..bytes.len()).rev() {
        bytes.swap(index, noise.below(index as u64 + 1) as usize);
    }
    bytes
}

/// The same 300 bytes twice, the second time so much later.
fn repeated(distance: usize) -> Vec<u8> {
    let mut bytes = Noise(5).bytes(distance);
    bytes.extend_from_within(..300.min(distance));
    bytes
}

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("one byte", vec![7]),
        ("two bytes", vec![7, 7]),
        ("three bytes", vec![7, 7, 7]),
        ("a match of 258", vec![1; 259]),
        ("a match of 259", vec![1; 260]),
        ("a long run", vec![0; 70_000]),
        ("two bytes in turn", [1, 2].into_iter().cycle().take(5000).collect()),
        ("every byte", (0..=255).collect()),
        ("every byte, again and again", (0..=255u8).cycle().take(9000).collect()),
        ("noise", Noise(1).bytes(10_000)),
        ("noise of more than one stored block", Noise(2).bytes(70_000)),
        (
            "noise, then a run, then noise",
            [Noise(3).bytes(3000), vec![0; 3000], Noise(4).bytes(3000)].concat(),
        ),
        ("text", text(20_000)),
        ("columns", columns(5000)),
        ("long columns", columns(90_000)),
        ("bytes whose codes would be long", fibonacci(22)),
        ("at the edge of 256", repeated(256)),
        ("at the edge of 4096", repeated(4096)),
        ("beyond the edge of 4096", repeated(4097)),
        ("four bytes a time", (0..3000u32).flat_map(|n| (n * n).to_le_bytes()).collect()),
    ]
}

#[test]
fn every_level_and_window_is_read_back_and_no_larger_than_the_bytes_as_they_are() {
    let mut encoder = ZlibEncoder::new();
    for (name, input) in inputs() {
        let stored = input.len() + 5 * input.len().div_ceil(65_535).max(1) + 6;
        assert_eq!(ZlibEncoder::bound(input.len()), stored);
        for options in every_option() {
            let stream = encode(&mut encoder, &input, options);
            assert_read_back(&stream, &input, options);
            assert!(stream.len() <= stored, "{name}, {options:?}");
            if options.level() == 0 {
                assert_eq!(stream.len(), stored, "{name}");
            }
        }
    }
}

#[test]
fn an_encoder_fits_16_kilobytes() {
    assert!(size_of::<ZlibEncoder>() <= 16 * 1024);
    assert_eq!(size_of::<ZlibEncoder>(), 16_234);
}

#[test]
fn short_inputs_have_the_bytes_that_zlib_gives_them() {
    // Made with Python's zlib: `compressobj(level, DEFLATED, bits of the window)`. It never looks at the first byte again, we do.
    let rows: [(u8, usize, &[u8], &str); 5] = [
        (6, 2048, b"", "388d030000000001"),
        (6, 2048, b"a", "388d4b040000620062"),
        (6, 2048, b"speed", "388d2b2e484d4d010006610212"),
        (9, 4096, b"!rpm rpm rpm rpm rpm", "48c7532c2ac85540c300492f072d"),
        (6, 2048, b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "388d6364c00200002a0002"),
    ];
    for (level, window, input, expected) in rows {
        let stream = encode(&mut ZlibEncoder::new(), input, ZlibOptions::new(level, window).unwrap());
        let stream: String = stream.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(stream, expected, "{input:?}");
    }
}

#[test]
fn a_block_with_a_code_of_its_own_has_these_bytes() {
    let options = ZlibOptions::new(9, 1024).unwrap();
    let stream = encode(&mut ZlibEncoder::new(), &text(300), options);
    let stream: String = stream.iter().map(|byte| format!("{byte:02x}")).collect();
    // Ours, read back in every run by miniz_oxide here and by zlib in `tests/peers/check_deflate.py`.
    assert_eq!(
        stream,
        concat!(
            "28cf6d8f410a80400845f79ec2234437e80e5d6022a316356246cded23440867c08d8fe757f38256ba124e4995a47c2d60f7f4",
            "0372be4954d2768c8529b43e7632d16cbed2ce24492f69c896dbb43dcbb81f5559350084b0c8164408f5734efe79cec2b8f92f",
            "016669c7",
        ),
    );
}

#[test]
fn the_first_byte_says_which_window_a_decoder_needs() {
    for options in every_option() {
        let stream = encode(&mut ZlibEncoder::new(), b"speed", options);
        assert_eq!(stream[0] & 15, 8);
        assert_eq!(256 << (stream[0] >> 4), options.window());
        assert_eq!((u16::from(stream[0]) << 8 | u16::from(stream[1])) % 31, 0);
        assert_eq!(stream[1] & 0x20, 0);
    }
}

#[test]
fn equal_bytes_are_found_as_far_back_as_the_window_and_no_farther() {
    let mut encoder = ZlibEncoder::new();
    for window in WINDOWS {
        for level in 1..=9 {
            let options = ZlibOptions::new(level, window).unwrap();
            let mut len = |distance| encode(&mut encoder, &repeated(distance), options).len() - distance;
            // 256 bytes are repeated at least, and every one of them costs eight bits otherwise.
            assert!(len(window) < 100, "{options:?}");
            assert!(len(window + 1) > 250, "{options:?}");
        }
    }
}

#[test]
fn a_buffer_too_small_is_refused_at_every_length_and_the_exact_one_is_enough() {
    let mut encoder = ZlibEncoder::new();
    for input in [Vec::new(), columns(700), Noise(9).bytes(700), vec![3; 700]] {
        for level in [0, 1, 6, 9] {
            let options = ZlibOptions::new(level, 512).unwrap();
            let expected = encode(&mut encoder, &input, options);
            let enough = ZlibEncoder::bound(input.len());
            let mut out = vec![0; enough];
            for given in 0..expected.len() {
                let result = encoder.encode(&input, options, &mut out[..given]);
                assert_eq!(result, Err(ZlibEncodeError::OutputTooSmall { given, enough }));
            }
            let len = encoder.encode(&input, options, &mut out[..expected.len()]).unwrap();
            assert!(out[..len] == expected);
        }
    }
}

#[test]
fn what_was_encoded_before_changes_nothing() {
    let mut used = ZlibEncoder::new();
    for (name, input) in inputs() {
        for options in [6, 9].map(|level| ZlibOptions::new(level, 2048).unwrap()) {
            let fresh = encode(&mut ZlibEncoder::new(), &input, options);
            assert!(encode(&mut used, &input, options) == fresh, "{name}, {options:?}");
        }
    }
}

#[test]
fn options_that_are_none_are_refused() {
    assert_eq!(ZlibOptions::new(10, 256), Err(ZlibOptionsError::Level { level: 10 }));
    for window in [0, 128, 255, 257, 3000, 4095, 8192, 65_536, usize::MAX] {
        assert_eq!(ZlibOptions::new(6, window), Err(ZlibOptionsError::Window { window }));
    }
}

#[test]
fn columns_become_no_larger_than_with_the_whole_window_of_miniz() {
    let (long, short, text) = (columns(20_000), columns(3000), text(20_000));
    let mut encoder = ZlibEncoder::new();
    // In text, more is far away, and its one code serves the whole of it.
    for (name, input, percents) in [
        ("long", long, [103, 98, 97, 97]),
        ("short", short, [103, 100, 100, 100]),
        ("text", text, [104, 109, 105, 105]),
    ] {
        let theirs = compress_to_vec_zlib(&input, 9).len();
        for (level, percent) in (6..=9).zip(percents) {
            let options = ZlibOptions::new(level, 4096).unwrap();
            let ours = encode(&mut encoder, &input, options).len();
            assert!(ours * 100 <= theirs * percent, "{name}, {options:?}: {ours} against {theirs}");
        }
    }
}

/// Bytes with something to find: pieces of noise, runs, and copies of what was before.
fn any_input() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| (bytes, 0, 0)),
        prop::collection::vec(0u8..4, 0..600).prop_map(|bytes| (bytes, 0, 0)),
        (any::<u8>(), 0..1000usize).prop_map(|(byte, count)| (vec![byte; count], 0, 0)),
        (1..6000usize, 1..600usize).prop_map(|(distance, length)| (Vec::new(), distance, length)),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| {
        let mut bytes = Vec::new();
        for (own, distance, length) in pieces {
            bytes.extend(own);
            for _ in 0..length {
                bytes.push(bytes.len().checked_sub(distance).map_or(0, |from| bytes[from]));
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn any_input_is_read_back_whatever_the_options(
        input in any_input(),
        level in 0u8..=9,
        window in prop::sample::select(&WINDOWS),
        room in 0usize..2000,
    ) {
        let options = ZlibOptions::new(level, window).unwrap();
        let mut encoder = ZlibEncoder::new();
        let stream = encode(&mut encoder, &input, options);
        prop_assert!(stream.len() <= ZlibEncoder::bound(input.len()));
        assert_read_back(&stream, &input, options);
        let mut out = vec![0; room];
        match encoder.encode(&input, options, &mut out) {
            Ok(len) => prop_assert!(out[..len] == stream),
            Err(_) => prop_assert!(room < stream.len()),
        }
    }
}
