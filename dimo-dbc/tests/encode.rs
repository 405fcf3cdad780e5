//! Values into frames, and back.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use core::fmt::Write;

use dimo_dbc::EncodeError;
use dimo_types::{FrameKind, Raw, Timestamp};
use proptest::prelude::*;
use util::{WORLD, blob, database, integer, plan, raws, standard};

#[test]
fn a_frame_of_the_world_is_encoded_and_decoded() {
    let world = database(WORLD);
    let drive = world.message("Drive").unwrap();
    let mut encoder = drive.encoder().unwrap();
    encoder.set("Speed", 88.5).unwrap().set("Rpm", 1500.0).unwrap().set("Torque", -120.0).unwrap();
    encoder.set("Gear", 3.0).unwrap().set("Coolant", -40.0).unwrap();
    let frame = encoder.frame(Timestamp::EPOCH).unwrap();
    assert_eq!((frame.kind(), frame.length()), (FrameKind::Classic, 8));
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let values: Vec<f64> = plan.decode(&frame).unwrap().map(|sample| sample.physical()).take(5).collect();
    assert_eq!(values, [88.5, 1500.0, -120.0, 3.0, -40.0]);
}

#[test]
fn switches_are_set_with_the_signals_they_select() {
    let world = database(WORLD);
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let mut encoder = world.message("Nested").unwrap().encoder().unwrap();
    encoder.set("Deep", 513.0).unwrap();
    assert_eq!(encoder.bytes(), [1, 3, 0, 4, 2, 0, 0, 0]);
    let frame = encoder.frame(Timestamp::EPOCH).unwrap();
    assert_eq!(raws(&plan, plan.decode(&frame).unwrap())["Deep"], "513");
    // A switch that stands at another value that selects keeps it.
    let mut encoder = world.message("Nested").unwrap().encoder().unwrap();
    encoder.set("Outer", 11.0).unwrap().set("Inner", 7.0).unwrap().set("Deep", 1.0).unwrap();
    assert_eq!(encoder.bytes(), [11, 7, 0, 0, 2, 0, 0, 0]);
}

#[test]
fn what_cannot_be_in_one_frame_is_refused_and_changes_nothing() {
    let world = database(WORLD);
    let mut encoder = world.message("Nested").unwrap().encoder().unwrap();
    encoder.set("Wide", 7.0).unwrap();
    let before = encoder.bytes().to_vec();
    let refused = EncodeError::Switch { signal: "Inner".into(), switch: "Outer".into(), value: 2 };
    assert_eq!(encoder.set("Inner", 3.0).unwrap_err(), refused);
    assert_eq!(encoder.set("Deep", 3.0).unwrap_err(), refused);
    assert!(matches!(encoder.set("Outer", 1.0).unwrap_err(), EncodeError::Switch { .. }));
    assert_eq!(encoder.bytes(), before);
    encoder.set("Wide", 8.0).unwrap();
}

#[test]
fn values_out_of_range_are_refused() {
    let world = database(WORLD);
    let mut encoder = world.message("Drive").unwrap().encoder().unwrap();
    let out_of_range = |result: Result<&mut dimo_dbc::MessageEncoder<'_>, EncodeError>| {
        matches!(result.unwrap_err(), EncodeError::OutOfRange { .. })
    };
    assert!(out_of_range(encoder.set("Speed", 250.01)), "the limits of the file");
    assert!(out_of_range(encoder.set("Speed", f64::NAN)));
    assert!(out_of_range(encoder.set("Torque", 924.0)), "twelve signed bits");
    assert!(encoder.set("Torque", 923.5).is_ok());
    assert!(out_of_range(encoder.set_raw("Gear", Raw::Signed(16))));
    assert!(out_of_range(encoder.set_raw("Gear", Raw::Signed(-1))));
    assert!(encoder.set_raw("Speed", Raw::Signed(65535)).is_ok(), "raw values are not bound by the limits");
    assert!(matches!(encoder.set("Nothing", 0.0).unwrap_err(), EncodeError::UnknownSignal { .. }));
    assert!(matches!(
        world.message("VECTOR__INDEPENDENT_SIG_MSG").unwrap().encoder(),
        Err(EncodeError::NoFrame { .. })
    ));
}

#[test]
fn long_messages_become_fd_frames_and_floats_keep_their_bits() {
    let world = database(WORLD);
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let mut encoder = world.message("Long").unwrap().encoder().unwrap();
    encoder
        .set_raw("NineBytes", Raw::Unsigned(u64::MAX - 1))
        .unwrap()
        .set_raw("NineBytesBig", Raw::Signed(-5))
        .unwrap();
    let frame = encoder.frame(Timestamp::EPOCH).unwrap();
    assert_eq!((frame.kind(), frame.length()), (FrameKind::Fd, 64));
    let raws = raws(&plan, plan.decode(&frame).unwrap());
    assert_eq!((raws["NineBytes"].as_str(), raws["NineBytesBig"].as_str()), ("18446744073709551614", "-5"));
    let mut encoder = world.message("Floats").unwrap().encoder().unwrap();
    encoder.set("Single", 0.5).unwrap().set("SingleBig", -3.0).unwrap();
    let values: Vec<f64> =
        plan.decode_bytes(standard(294), encoder.bytes()).unwrap().map(|sample| sample.physical()).collect();
    assert_eq!(values, [0.5, -3.0]);
}

/// A signal that fits into its message of 64 bytes, and a raw value that fits into it.
fn signals() -> impl Strategy<Value = (String, i128)> {
    (0usize..512, 1usize..=64, any::<bool>(), any::<bool>(), any::<u64>()).prop_filter_map(
        "leaves the frame",
        |(start, size, motorola, signed, noise)| {
            let last = if motorola { (start / 8) * 8 + 7 - start % 8 } else { start } + size;
            let low = noise & (u64::MAX >> (64 - size));
            let is_negative = signed && low >> (size - 1) & 1 == 1;
            let raw = i128::from(low) - if is_negative { 1 << size } else { 0 };
            let (order, sign) = (if motorola { 0 } else { 1 }, if signed { '-' } else { '+' });
            (last <= 512).then(|| (format!("{start}|{size}@{order}{sign}"), raw))
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_encoded_is_decoded((place, raw) in signals(), (other, _) in signals()) {
        let mut text = String::from("BO_ 1 M: 64 X\n");
        for (name, place) in [("A", &place), ("B", &other)] {
            writeln!(text, " SG_ {name} : {place} (1,0) [0|0] \"\" X").unwrap();
        }
        let database = database(&text);
        let mut encoder = database.messages[0].encoder().unwrap();
        let of = |raw| i64::try_from(raw).map_or_else(|_| Raw::Unsigned(raw as u64), Raw::Signed);
        // What was there before does not show through.
        if place.ends_with('-') {
            encoder.set_raw("A", Raw::Signed(-1)).unwrap();
        }
        encoder.set_raw("A", of(raw)).unwrap();
        let blob = blob(&text);
        let plan = plan(&blob);
        let sample = plan.decode_bytes(standard(1), encoder.bytes()).unwrap().next().unwrap();
        prop_assert_eq!(integer(sample.raw), raw);
    }

    #[test]
    fn a_physical_value_comes_back_within_half_a_step(steps in 0u16..=10_000, off in -0.49f64..0.49) {
        let text = "BO_ 1 M: 8 X\n SG_ S : 3|14@1+ (0.1,-40) [0|0] \"\" X\n";
        let (database, blob) = (database(text), blob(text));
        let value = (f64::from(steps) + off).max(0.0) * 0.1 - 40.0;
        let mut encoder = database.messages[0].encoder().unwrap();
        encoder.set("S", value).unwrap();
        let plan = plan(&blob);
        let sample = plan.decode_bytes(standard(1), encoder.bytes()).unwrap().next().unwrap();
        prop_assert!((sample.physical() - value).abs() <= 0.05 + 1e-9);
    }
}
