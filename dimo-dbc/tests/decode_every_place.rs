//! Every place a signal can have, against bits taken one by one.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use core::fmt::Write;

use dimo_dbc::Plan;
use util::{blob, check_integers, integer, plan, standard};

/// Where a signal is, as DBC files state it.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    size: usize,
    motorola: bool,
    signed: bool,
}

impl Place {
    /// Its value, bit by bit; `None` when it leaves a frame of `data`'s length.
    fn value(self, data: &[u8]) -> Option<i128> {
        let (mut bit, mut value) = (self.start, 0i128);
        for step in 0..self.size {
            let is_set = i128::from(data.get(bit / 8)? >> (bit % 8) & 1);
            if self.motorola {
                value = value << 1 | is_set;
                // Down in the byte, then on at the top of the next.
                bit = if bit % 8 == 0 { bit + 15 } else { bit - 1 };
            } else {
                value |= is_set << step;
                bit += 1;
            }
        }
        let is_negative = self.signed && value >> (self.size - 1) == 1;
        Some(if is_negative { value - (1 << self.size) } else { value })
    }
}

/// One message with a signal at every place of `starts` x `sizes` that a frame of `bytes` has.
fn all_places(starts: usize, sizes: &[usize], bytes: usize) -> (String, Vec<Place>) {
    let mut text = format!("BO_ 1 All: {bytes} X\n");
    let mut places = Vec::new();
    for (motorola, signed) in [(false, false), (false, true), (true, false), (true, true)] {
        for start in 0..starts {
            for &size in sizes {
                let place = Place { start, size, motorola, signed };
                if place.value(&vec![0; bytes]).is_none() {
                    continue;
                }
                let (order, sign) = (if motorola { 0 } else { 1 }, if signed { '-' } else { '+' });
                let name = places.len();
                writeln!(text, " SG_ S{name} : {start}|{size}@{order}{sign} (1,0) [0|0] \"\" X").unwrap();
                places.push(place);
            }
        }
    }
    (text, places)
}

fn payloads(bytes: usize) -> impl Iterator<Item = Vec<u8>> {
    // Multiplicative noise, and the edges.
    let noise = move |seed: u64| {
        (0..bytes as u64)
            .map(move |at| ((seed + at).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
            .collect()
    };
    [vec![0; bytes], vec![0xFF; bytes], vec![0x80; bytes]]
        .into_iter()
        .chain((1..6).map(move |seed| noise(seed * 977)))
}

#[track_caller]
fn check(plan: &Plan<'_>, places: &[Place], data: &[u8]) {
    let samples = plan.decode_bytes(standard(1), data).unwrap();
    assert!(samples.missing().is_none());
    let mut count = 0;
    for (sample, place) in samples.zip(places) {
        assert_eq!(Some(integer(sample.raw)), place.value(data), "{place:?} in {data:02x?}");
        count += 1;
    }
    assert_eq!(count, places.len());
    check_integers(plan, standard(1), data);
}

#[test]
fn every_start_bit_and_size_in_a_classic_frame_is_what_its_bits_say() {
    let sizes: Vec<usize> = (1..=64).collect();
    let (text, places) = all_places(64, &sizes, 8);
    // 64 places of one bit, 63 of two ..., in both orders and with both signs.
    assert_eq!(places.len(), 4 * 64 * 65 / 2);
    let blob = blob(&text);
    let plan = plan(&blob);
    payloads(8).for_each(|data| check(&plan, &places, &data));
}

#[test]
fn every_start_bit_in_a_long_frame_is_what_its_bits_say() {
    let (text, places) = all_places(512, &[1, 7, 8, 9, 31, 32, 33, 56, 57, 58, 63, 64], 64);
    let blob = blob(&text);
    let plan = plan(&blob);
    payloads(64).for_each(|data| check(&plan, &places, &data));
}

#[test]
fn a_short_frame_gives_exactly_the_places_that_fit() {
    let (text, places) = all_places(64, &[1, 3, 8, 12, 17, 33, 64], 8);
    let blob = blob(&text);
    let plan = plan(&blob);
    for length in 0..=8 {
        let data = vec![0xA5; length];
        let samples = plan.decode_bytes(standard(1), &data).unwrap();
        let missing = samples.missing().map_or(0, |missing| usize::from(missing.signals));
        let fitting: Vec<_> = places.iter().filter_map(|place| place.value(&data)).collect();
        assert_eq!(samples.map(|sample| integer(sample.raw)).collect::<Vec<_>>(), fitting);
        assert_eq!(missing, places.len() - fitting.len());
        check_integers(&plan, standard(1), &data);
    }
}
