//! The half of the crate that a microcontroller has, alone: a kept plan, the lines of a log, and what they decode to. It needs
//! no feature and reads no DBC text, so that an interpreter gets through it too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::fmt::Write as _;

use dimo_dbc::log::candump;
use dimo_dbc::{IdMatching, Plan, RawSample};
use dimo_types::{CanId, Frame, SignalDictionary, SignalIndex, Timestamp};

/// `dbc_compile world.dbc -o world.plan`.
const PLAN: &[u8] = include_bytes!("data/world.plan");
const LOG: &str = include_str!("data/world.log");
/// By cantools: see `data/decoded.py`.
const DECODED: &str = include_str!("data/world.decoded.csv");

#[cfg(feature = "import")]
#[test]
fn the_kept_plan_is_what_the_compiler_makes() {
    use dimo_dbc::{Selection, compile, import};
    let database = import(include_bytes!("data/world.dbc")).unwrap();
    assert!(compile(&database, &Selection::all(), None).unwrap() == PLAN);
}

#[test]
fn a_log_decodes_to_what_cantools_says() {
    let plan = Plan::from_bytes(PLAN).unwrap();
    let mut rows = String::from("timestamp,id,message,signal,raw,value\n");
    for entry in LOG.lines().filter_map(|line| candump::parse_line(line.as_bytes()).ok().flatten()) {
        for sample in plan.decode(&entry.frame).into_iter().flatten() {
            let name = plan.signal_name(sample.signal).unwrap();
            let (time, id) = (entry.time, entry.frame.id());
            write!(rows, "{time},{id},{},{},", name.message, name.signal).unwrap();
            writeln!(rows, "{},{}", sample.raw, sample.physical()).unwrap();
        }
    }
    assert_eq!(rows, DECODED);
}

/// A device may have a plan at any address of its flash.
#[test]
fn a_plan_loads_at_every_address() {
    let expected = values(&Plan::from_bytes(PLAN).unwrap());
    for before in if cfg!(miri) { [1, 6].to_vec() } else { (1..8).collect() } {
        let moved = [&[0xA5; 8][..before], PLAN].concat();
        assert_eq!(values(&Plan::from_bytes(&moved[before..]).unwrap()), expected, "{before} bytes further");
    }
}

/// The bits of every value of every message in frames of several lengths, and all that the names section says.
fn values(plan: &Plan<'_>) -> Vec<(u16, u64)> {
    let mut values = Vec::new();
    for id in plan.ids() {
        for data in [&[][..], &[1, 2, 3], &[0xFF; 8], &[0x5A; 64], &[1; 65]] {
            let samples = plan.decode_bytes(id, data).unwrap();
            let missing = samples.missing().map_or(0, |missing| usize::from(missing.signals));
            assert!(missing + samples.clone().count() <= plan.signals_of(id).unwrap().count());
            for sample in samples {
                if let RawSample::Integer(raw) = sample.raw {
                    assert!(plan.label(sample.signal, raw).is_none_or(|label| !label.is_empty()));
                }
                let value = sample.physical();
                // No processor and no interpreter promises the bits of one.
                let value = if value.is_nan() { f64::NAN } else { value };
                values.push((sample.signal.0, value.to_bits()));
            }
        }
    }
    for signal in (0..plan.signal_count() as u16).map(SignalIndex) {
        assert!(plan.signal(signal).is_none_or(|info| !info.name.is_empty()));
        assert!(plan.limits(signal).is_none_or(|(least, greatest)| least <= greatest));
    }
    values
}

#[test]
fn the_device_section_alone_decodes_the_same() {
    let whole = Plan::from_bytes(PLAN).unwrap();
    let device = Plan::from_bytes(&PLAN[..whole.device_bytes()]).unwrap();
    assert_eq!((device.names_bytes(), device.signal_name(SignalIndex(0))), (0, None));
    assert_eq!(values(&device), values(&whole));
}

#[test]
fn identifiers_of_a_group_are_matched_without_their_sender() {
    let plan = Plan::from_bytes(PLAN).unwrap();
    let known = plan.ids().find(|id| id.is_extended()).unwrap();
    let other = CanId::extended(known.number() ^ 0x0400_0001).unwrap();
    let frame = Frame::classic(Timestamp::EPOCH, other, &[1, 3, 0xAB, 0xCD, 0x40]).unwrap();
    assert!(plan.decode(&frame).is_none());
    let by_group = plan.with_matching(IdMatching::J1939);
    assert!(by_group.decode(&frame).is_some_and(|samples| samples.count() > 0));
}

/// Whatever a changed plan with right checksums is taken for, it decodes without a fault.
#[test]
fn a_hostile_plan_is_refused_or_decodes() {
    let (mut refused, mut taken) = (0, 0);
    // Under an interpreter a checksum takes a while.
    let step = if cfg!(miri) { 503 } else { 1 };
    for at in (16..PLAN.len()).step_by(step) {
        for change in [0x01, 0x40, 0xFF] {
            let mut changed = PLAN.to_vec();
            changed[at] ^= change;
            seal(&mut changed);
            match Plan::from_bytes(&changed) {
                Ok(plan) => {
                    taken += 1;
                    decode_all(&plan);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 0 && taken > 0, "{refused} refused, {taken} taken");
}

fn decode_all(plan: &Plan<'_>) {
    for id in plan.ids() {
        for data in [&[7][..], &[0xC3; 8], &[0x3C; 64]] {
            for sample in plan.decode_bytes(id, data).unwrap() {
                let _ = (sample.value(), sample.physical());
            }
        }
    }
}

/// Makes the checksums right again.
fn seal(blob: &mut [u8]) {
    let device = u32::from_le_bytes(PLAN[8..12].try_into().unwrap()) as usize;
    let (device, names) = blob.split_at_mut(device);
    let checksum = crc32(&device[..12], &device[16..]);
    device[12..16].copy_from_slice(&checksum.to_le_bytes());
    names[16..20].copy_from_slice(&checksum.to_le_bytes());
    let checksum = crc32(&names[..12], &names[16..]);
    names[12..16].copy_from_slice(&checksum.to_le_bytes());
}

fn crc32(before: &[u8], behind: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(before);
    hasher.update(behind);
    hasher.finalize()
}
