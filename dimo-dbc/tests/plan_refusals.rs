//! A plan that something happened to is refused with a reason, and never decodes into a panic.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use std::sync::LazyLock;

use dimo_dbc::{Flaw, Mapping, Plan, PlanError, Section, Selection, Table, compile};
use proptest::prelude::*;
use util::{WORLD, blob, check_integers, database};

/// The world with a mapping, so that every table of the plan has entries.
fn full_blob() -> Vec<u8> {
    static BLOB: LazyLock<Vec<u8>> = LazyLock::new(compile_full_blob);
    BLOB.clone()
}

fn compile_full_blob() -> Vec<u8> {
    let mapping = "[[signal]]\ndbc = \"Gear\"\nvss = \"powertrainTransmissionCurrentGear\"\nvalues = { 0 = 0, 1 = 1, 15 = -1 }\n
        [[signal]]\ndbc = \"Selector\"\nvss = \"powertrainType\"\nvalues = { 0 = \"COMBUSTION\", 1 = \"ELECTRIC\" }\n";
    compile(&database(WORLD), &Selection::all(), Some(&Mapping::parse(mapping).unwrap())).unwrap()
}

fn crc32(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize()
}

/// Makes the checksums of a changed blob right again, as someone hostile would.
fn reseal(blob: &mut [u8]) {
    let device = u32::from_le_bytes(blob[8..12].try_into().unwrap()) as usize;
    if device < 36 || device > blob.len() {
        return;
    }
    let (device, names) = blob.split_at_mut(device);
    let checksum = crc32(&[&device[..12], &device[16..]]);
    device[12..16].copy_from_slice(&checksum.to_le_bytes());
    if names.len() >= 24 {
        names[16..20].copy_from_slice(&checksum.to_le_bytes());
        let checksum = crc32(&[&names[..12], &names[16..]]);
        names[12..16].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Uses everything that a plan offers.
fn exercise(plan: &Plan<'_>) {
    for id in plan.ids() {
        for data in [&[][..], &[0; 3], &[0xFF; 8], &[1; 64]] {
            let samples = plan.decode_bytes(id, data).unwrap();
            check_integers(plan, id, data);
            for integer in plan.integers_bytes(id, data).unwrap() {
                let _ = integer.fixed_point();
            }
            let missing = samples.missing().map_or(0, |missing| missing.signals);
            assert!(usize::from(missing) + samples.clone().count() <= plan.signal_count());
            for sample in samples {
                let _ = (
                    sample.value(),
                    sample.physical(),
                    plan.signal_name(sample.signal),
                    plan.limits(sample.signal),
                );
                if let dimo_dbc::RawSample::Integer(raw) = sample.raw {
                    let _ = plan.label(sample.signal, raw);
                }
            }
        }
    }
}

#[test]
fn a_changed_byte_anywhere_is_refused() {
    let blob = full_blob();
    exercise(&Plan::from_bytes(&blob).unwrap());
    for at in 0..blob.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut changed = blob.clone();
            changed[at] ^= change;
            assert!(Plan::from_bytes(&changed).is_err(), "byte {at} ^ {change:#x}");
        }
    }
}

#[test]
fn a_plan_cut_off_anywhere_is_refused_except_between_its_sections() {
    let blob = full_blob();
    let device = Plan::from_bytes(&blob).unwrap().device_bytes();
    for length in 0..blob.len() {
        assert_eq!(Plan::from_bytes(&blob[..length]).is_ok(), length == device, "{length}");
    }
}

#[test]
fn a_device_section_alone_is_checked_in_the_same_way() {
    let blob = full_blob();
    let device = Plan::from_bytes(&blob).unwrap().device_bytes();
    exercise(&Plan::from_device_section(&blob[..device]).unwrap());
    let followed = Plan::from_device_section(&blob).unwrap_err();
    assert_eq!(
        followed,
        PlanError::Length { section: Section::Device, stated: device as u64, actual: blob.len() }
    );
    for at in 0..device {
        let mut changed = blob[..device].to_vec();
        changed[at] ^= 0x10;
        assert_eq!(
            Plan::from_device_section(&changed).unwrap_err(),
            Plan::from_bytes(&changed).unwrap_err(),
            "byte {at}"
        );
    }
}

#[test]
fn a_plan_with_something_behind_it_is_refused() {
    let mut blob = full_blob();
    blob.push(0);
    let length = Plan::from_bytes(&blob).unwrap_err();
    assert!(matches!(length, PlanError::Length { section: Section::Names, .. }), "{length:?}");
}

#[test]
fn a_newer_plan_says_that_it_is_newer() {
    let mut blob = full_blob();
    blob[4] = 2;
    assert_eq!(Plan::from_bytes(&blob).unwrap_err(), PlanError::Newer { version: 2, supported: 1 });
}

#[test]
fn the_names_of_another_plan_are_refused() {
    let (one, other) = (blob(WORLD), blob("BO_ 5 M: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n"));
    let device = Plan::from_bytes(&one).unwrap().device_bytes();
    let names = Plan::from_bytes(&other).unwrap().device_bytes();
    let mixed = [&one[..device], &other[names..]].concat();
    assert!(matches!(Plan::from_bytes(&mixed), Err(PlanError::OtherPlan { .. })));
}

/// Where the tables of signals and of scales begin, as `PLAN.md` says it.
fn tables(blob: &[u8]) -> (usize, usize) {
    let count = |at: usize| usize::from(u16::from_le_bytes([blob[at], blob[at + 1]]));
    let signals = 36 + count(16) * 10;
    (signals, signals + count(18) * 7 + count(22) * 6 + count(24) * 12)
}

#[track_caller]
fn refused(at: usize, byte: u8, table: Table, flaw: Flaw) {
    let mut blob = full_blob();
    blob[at] = byte;
    reseal(&mut blob);
    let error = Plan::from_bytes(&blob).unwrap_err();
    assert!(
        matches!(error, PlanError::Entry { table: in_table, flaw: found, .. } if in_table == table && found == flaw),
        "{error}"
    );
}

#[test]
fn a_decimal_scale_that_stands_for_no_exact_double_is_refused() {
    let (_, scales) = tables(&full_blob());
    for (offset, byte) in [(7, 23), (7, 255), (6, 0x40), (14, 0xC0), (15, 1)] {
        refused(scales + offset, byte, Table::Scales, Flaw::Reserved);
    }
    refused(30, 200, Table::Header, Flaw::Reference);
}

#[test]
fn a_narrow_field_that_is_not_narrow_is_refused() {
    let blob = full_blob();
    let (signals, _) = tables(&blob);
    let flags = blob[signals + 2];
    assert_eq!(flags & 0x80, 0x80, "the first signal has 16 bits");
    // Float, wide, with a value table, behind byte 60, shifted too far.
    for flag in [0x10, 0x20, 0x40] {
        refused(signals + 2, flags | flag, Table::Signals, Flaw::Field);
    }
    refused(signals, blob[signals] | 0x3F, Table::Signals, Flaw::Field);
    refused(signals + 2, flags | 0x03, Table::Signals, Flaw::Field);
    refused(signals + 1, blob[signals + 1] | 0x0F, Table::Signals, Flaw::Field);
}

#[test]
fn an_empty_database_is_a_plan_that_knows_nothing() {
    let blob = blob("");
    let plan = Plan::from_bytes(&blob).unwrap();
    assert_eq!((plan.message_count(), plan.signal_count(), plan.device_bytes()), (0, 0, 36));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn hostile_changes_with_right_checksums_never_panic(
        changes in proptest::collection::vec((0usize..1 << 16, any::<u8>()), 1..4),
    ) {
        let mut blob = full_blob();
        for (at, byte) in changes {
            let at = at % blob.len();
            blob[at] = byte;
        }
        reseal(&mut blob);
        if let Ok(plan) = Plan::from_bytes(&blob) {
            exercise(&plan);
        }
    }

    #[test]
    fn bytes_of_any_kind_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), resealed: bool) {
        let mut bytes = [&b"DPLN\x01\0\0\0"[..], &bytes].concat();
        if resealed && bytes.len() > 16 {
            let length = bytes.len() as u32;
            bytes[8..12].copy_from_slice(&length.to_le_bytes());
            reseal(&mut bytes);
        }
        if let Ok(plan) = Plan::from_bytes(&bytes) {
            exercise(&plan);
        }
    }
}

#[test]
fn every_16_bit_number_in_the_device_section_is_either_refused_or_harmless() {
    let blob = full_blob();
    let device = Plan::from_bytes(&blob).unwrap().device_bytes();
    let mut accepted = 0;
    for at in (16..device).step_by(2) {
        for value in [0u16, 1, 2, 0x7F, 0xFF, 0x100, 0x3F40, 0xFFFF] {
            let mut changed = blob.clone();
            changed[at..at + 2].copy_from_slice(&value.to_le_bytes());
            reseal(&mut changed);
            if let Ok(plan) = Plan::from_bytes(&changed) {
                exercise(&plan);
                accepted += 1;
            }
        }
    }
    assert!(accepted > 0);
}
