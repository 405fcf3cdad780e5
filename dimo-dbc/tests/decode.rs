//! What frames say, in the world of `tests/data/world.dbc`.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_dbc::{Plan, RawSample};
use dimo_types::{CanId, Frame, Raw, Scale, SignalDictionary, SignalIndex, SignalValue, Timestamp, Unit};
use util::{WORLD, blob, names, plan, raws, standard};

fn nested() -> CanId {
    CanId::extended(0x128).unwrap()
}

#[test]
fn cantools_and_we_decode_the_same() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let mut compared = 0;
    for line in include_str!("data/world.golden.csv").lines().skip(1) {
        let [id, data, signal, raw, value] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let number = u32::from_str_radix(id, 16).unwrap();
        let id =
            if id.len() == 8 { CanId::extended(number) } else { CanId::standard(number as u16) }.unwrap();
        let data: Vec<u8> =
            (0..data.len()).step_by(2).map(|at| u8::from_str_radix(&data[at..at + 2], 16).unwrap()).collect();
        let mut samples = plan.decode_bytes(id, &data).unwrap();
        let sample = samples.find(|sample| plan.signal_name(sample.signal).unwrap().signal == signal);
        let sample = sample.unwrap_or_else(|| panic!("{line}: not decoded"));
        match sample.raw {
            RawSample::Integer(ours) => assert_eq!(ours.to_string(), raw, "{line}"),
            RawSample::Float(ours) => {
                assert!(ours == raw.parse::<f64>().unwrap() || ours.is_nan() && raw == "nan", "{line}")
            }
            other => panic!("{other:?}"),
        }
        let value: f64 = value.parse().unwrap();
        assert!(sample.physical() == value || value.is_nan() && sample.physical().is_nan(), "{line}");
        compared += 1;
    }
    assert!(compared > 250, "{compared}");
}

#[test]
fn samples_come_in_dbc_order_and_overlapping_signals_all_come() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let samples = plan.decode_bytes(standard(291), &[0; 8]).unwrap();
    assert_eq!(names(&plan, samples.clone()), ["Speed", "Rpm", "Torque", "Gear", "Coolant", "Flags"]);
    let indices: Vec<u16> = samples.map(|sample| sample.signal.0).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_multiplexed_signal_is_there_only_when_its_switch_selects_it() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let page =
        |selector| names(&plan, plan.decode_bytes(standard(296), &[selector, 1, 2, 3, 4, 5, 6, 7]).unwrap());
    assert_eq!(page(0), ["Selector", "Always", "Cell0"]);
    assert_eq!(page(1), ["Selector", "Always", "Cell1", "Temperature"]);
    assert_eq!(page(0xF1), page(1), "the switch has four bits");
    assert_eq!(page(2), ["Selector", "Always"]);
}

#[test]
fn nested_switches_and_ranges_of_values_select() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let nested =
        |outer, inner| names(&plan, plan.decode_bytes(nested(), &[outer, inner, 0, 0, 0, 0, 0, 0]).unwrap());
    assert_eq!(nested(0, 3), ["Outer"]);
    assert_eq!(nested(1, 3), ["Outer", "Inner", "Deep"]);
    assert_eq!(nested(11, 5), ["Outer", "Inner", "Deep"]);
    assert_eq!(nested(12, 7), ["Outer", "Inner", "Deep"]);
    assert_eq!(nested(12, 6), ["Outer", "Inner"]);
    assert_eq!(nested(13, 7), ["Outer"]);
    assert_eq!(nested(2, 3), ["Outer", "Wide"]);
    assert_eq!(nested(199, 3), ["Outer"]);
    assert_eq!(nested(255, 3), ["Outer", "Wide"]);
}

#[test]
fn an_unknown_id_is_not_a_known_message_without_active_signals() {
    let blob = blob(
        "BO_ 5 Only: 8 X\n SG_ M M : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ A m1 : 8|8@1+ (1,0) [0|0] \"\" X\nBO_ 6 None: 8 X\n",
    );
    let plan = plan(&blob);
    assert!(plan.decode_bytes(standard(7), &[0; 8]).is_none());
    assert_eq!(plan.decode_bytes(standard(6), &[0; 8]).unwrap().count(), 0);
    assert_eq!(plan.decode_bytes(standard(5), &[0; 8]).unwrap().count(), 1);
}

#[test]
fn standard_and_extended_identifiers_are_never_mixed_up() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    assert!(plan.decode_bytes(CanId::extended(291).unwrap(), &[0; 8]).is_none());
    assert!(
        plan.decode_bytes(standard(0x128), &[0; 8])
            .is_some_and(|samples| names(&plan, samples)[0] == "Selector")
    );
    assert!(plan.decode_bytes(nested(), &[0; 8]).is_some_and(|samples| names(&plan, samples)[0] == "Outer"));
}

#[test]
fn the_pseudo_message_for_lost_signals_matches_no_frame() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    assert!(plan.decode_bytes(CanId::extended(0).unwrap(), &[0; 8]).is_none());
    assert_eq!(plan.message_count(), util::database(WORLD).messages.len() - 1);
}

#[test]
fn remote_and_error_frames_hold_no_samples() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let id = standard(291);
    assert!(plan.decode(&Frame::remote(Timestamp::EPOCH, id, 8).unwrap()).is_none());
    assert!(plan.decode(&Frame::error(Timestamp::EPOCH, id, &[0; 8]).unwrap()).is_none());
    assert!(plan.decode(&Frame::classic(Timestamp::EPOCH, id, &[0; 8]).unwrap()).is_some());
}

#[test]
fn a_frame_and_its_bytes_decode_the_same_whatever_their_length() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    for length in [0, 1, 3, 5, 8, 12, 24, 48, 64] {
        for id in plan.ids() {
            let data = vec![0x5A; length];
            let frame = Frame::fd(Timestamp::EPOCH, id, &data).unwrap();
            let (whole, bytes) = (plan.decode(&frame).unwrap(), plan.decode_bytes(id, &data).unwrap());
            assert_eq!(whole.missing(), bytes.missing());
            let of = |samples: dimo_dbc::Samples<'_, '_>| {
                samples.map(|sample| format!("{sample:?}")).collect::<Vec<_>>()
            };
            assert_eq!(of(whole), of(bytes), "{id} {length}");
        }
    }
}

#[test]
fn what_a_short_frame_lacks_is_said() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let samples = plan.decode_bytes(standard(291), &[1, 2, 3, 4]).unwrap();
    let missing = samples.missing().unwrap();
    assert_eq!((missing.signals, missing.frame_bytes, missing.needed_bytes), (4, 4, 8));
    assert_eq!(names(&plan, samples), ["Speed", "Rpm"]);
    // A switch that selects nothing more: what it does not select is not missing.
    let samples = plan.decode_bytes(standard(296), &[1, 0, 0]).unwrap();
    assert_eq!(samples.missing().unwrap().signals, 2, "Always and Temperature");
    assert_eq!(names(&plan, samples), ["Selector", "Cell1"]);
    // Without the switch nobody knows, so every multiplexed signal counts.
    assert_eq!(plan.decode_bytes(nested(), &[]).unwrap().missing().unwrap().signals, 4);
    assert_eq!(
        plan.decode_bytes(nested(), &[1]).unwrap().missing().unwrap().signals,
        2,
        "Inner, and Deep behind it"
    );
}

#[test]
fn a_signal_behind_the_declared_length_decodes_when_the_frame_has_it() {
    let blob = blob("BO_ 5 Short: 2 X\n SG_ Behind : 24|8@1+ (1,0) [0|0] \"\" X\n");
    let plan = plan(&blob);
    assert_eq!(plan.declared_bytes(standard(5)), Some(2));
    assert_eq!(plan.decode_bytes(standard(5), &[0; 2]).unwrap().count(), 0);
    let samples = plan.decode_bytes(standard(5), &[0, 0, 0, 9]).unwrap();
    assert_eq!(raws(&plan, samples)["Behind"], "9");
}

#[test]
fn an_unsigned_64_bit_integer_is_exact() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let first = |id, data: &[u8]| plan.decode_bytes(standard(id), data).unwrap().next().unwrap();
    let uptime = first(292, &[0xFF; 8]);
    assert_eq!(uptime.raw, RawSample::Integer(Raw::Unsigned(u64::MAX)));
    let drift = first(293, &[0x80, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(drift.raw, RawSample::Integer(Raw::Signed(i64::MIN + 1)));
}

#[test]
fn values_keep_their_raw_integer_and_floats_are_physical() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let speed = plan.decode_bytes(standard(291), &[0x10, 0x27, 0, 0, 0, 0, 0, 0]).unwrap().next().unwrap();
    let scale = Scale { factor: 0.01, offset: 0.0 };
    assert_eq!(speed.value(), SignalValue::Scaled { raw: Raw::Signed(10_000), scale });
    assert_eq!(speed.reading(Timestamp::EPOCH).value.as_f64(), Some(100.0));
    let data = [0, 0, 0, 0, 0x3F, 0x80, 0, 0];
    let single = plan.decode_bytes(standard(294), &data).unwrap().nth(1).unwrap();
    assert_eq!((single.raw, single.value()), (RawSample::Float(1.0), SignalValue::Float(3.0)));
}

#[test]
fn names_units_limits_and_labels_are_those_of_the_file() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let (speed, gear, coolant) = (SignalIndex(0), SignalIndex(3), SignalIndex(4));
    let info = plan.signal(speed).unwrap();
    assert_eq!((info.name, info.unit, info.scale.factor), ("Drive.Speed", Unit::KilometrePerHour, 0.01));
    let name = plan.signal_name(gear).unwrap();
    assert_eq!((name.full, name.message, name.signal, name.vss), ("Drive.Gear", "Drive", "Gear", None));
    assert_eq!(plan.message_name(standard(291)), Some("Drive"));
    assert_eq!(plan.signal_unit(coolant), Some("degC"));
    assert_eq!(plan.limits(coolant), Some((-40.0, 215.0)));
    assert_eq!(plan.label(gear, Raw::Signed(15)), Some("Reverse"));
    assert_eq!(plan.label(gear, Raw::Signed(2)), None);
    assert_eq!(plan.label(coolant, Raw::Signed(-128)), Some("not available"));
    assert_eq!(
        plan.signals_of(standard(296)).unwrap().map(|signal| signal.0).collect::<Vec<_>>(),
        [11, 12, 13, 14, 15]
    );
    assert!(plan.signal(SignalIndex(plan.signal_count() as u16)).is_none());
}

#[test]
fn without_the_names_section_everything_decodes_and_nothing_has_a_name() {
    let blob = blob(WORLD);
    let whole = plan(&blob);
    assert_eq!(whole.device_bytes() + whole.names_bytes(), blob.len());
    let device = &blob[..whole.device_bytes()];
    let bare = Plan::from_bytes(device).unwrap();
    assert_eq!((bare.names_bytes(), bare.signal_count()), (0, whole.signal_count()));
    for id in bare.ids() {
        let (bare, whole) =
            (bare.decode_bytes(id, &[1; 64]).unwrap(), whole.decode_bytes(id, &[1; 64]).unwrap());
        assert!(bare.zip(whole).all(|(bare, whole)| bare.value() == whole.value()));
    }
    assert!(bare.signal(SignalIndex(0)).is_none());
    assert!(bare.message_name(standard(291)).is_none());
}
