//! Which message a J1939 identifier belongs to.
#![cfg(feature = "import")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

mod util;

use dimo_dbc::{IdMatching, Plan, RowDecoder, Selection, compile};
use dimo_types::{CanId, Frame, Timestamp};
use proptest::prelude::*;

/// A database with these extended identifiers; the names count from `M0`, the signals of each are as many as said.
fn text(messages: &[(u32, usize)]) -> String {
    let mut text = String::new();
    for (at, (id, signals)) in messages.iter().enumerate() {
        text += &format!("BO_ {} M{at}: 8 X\n", id | 0x8000_0000);
        for signal in 0..*signals {
            text += &format!(" SG_ S{signal} : {signal}|1@1+ (1,0) [0|0] \"\" X\n");
        }
    }
    text
}

fn extended(id: u32) -> CanId {
    CanId::extended(id).unwrap()
}

/// What the standard says a parameter group is (SAE J1939-21, 5.1.2), written down as it stands there.
fn group(id: u32) -> u32 {
    let (format, specific, pages) = ((id >> 16) & 0xFF, (id >> 8) & 0xFF, (id >> 24) & 3);
    pages * 65536 + format * 256 + if format < 240 { 0 } else { specific }
}

#[test]
fn a_message_with_exactly_the_identifier_goes_first() {
    let blob = util::blob(&text(&[(0x18F0_04FE, 1), (0x18F0_0403, 1)]));
    let plan = util::plan(&blob).with_matching(IdMatching::J1939);
    let name = |id| plan.message_name(extended(id));
    assert_eq!(name(0x18F0_0403), Some("M1"));
    assert_eq!(name(0x18F0_0404), Some("M0"));
    assert_eq!(name(0x08F0_0403), Some("M0"));
}

#[test]
fn of_several_messages_of_a_group_the_first_of_the_file_is_meant() {
    // By identifier the last stands first in the plan; the one without signals has no place of its own.
    let blob = util::blob(&text(&[(0x1C00_00FE, 0), (0x1800_00FE, 2), (0x0000_00FE, 1)]));
    let plan = util::plan(&blob).with_matching(IdMatching::J1939);
    assert_eq!(plan.message_name(extended(0x0C00_1234)), Some("M0"));
    assert_eq!(plan.decode_bytes(extended(0x0C00_1234), &[0]).unwrap().count(), 0);
}

#[test]
fn rows_match_the_identifiers_that_the_plan_matches() {
    let blob = util::blob(&text(&[(0x18F0_04FE, 2), (0x18EF_0101, 1)]));
    for (matching, count) in [(IdMatching::Exact, None), (IdMatching::J1939, Some(2))] {
        let plan = util::plan(&blob).with_matching(matching);
        let rows = RowDecoder::new(plan);
        let frame = Frame::classic(Timestamp::EPOCH, extended(0x0CF0_0433), &[3]).unwrap();
        let row = rows.decode(&frame, &mut rows.buffer()).map(|row| row.values().to_vec());
        assert_eq!(row, count.map(|count| vec![1.0; count]), "{matching:?}");
        assert_eq!(plan.decode(&frame).map(Iterator::count), count);
    }
}

#[test]
fn a_selection_adds_no_samples_to_frames_of_another_message_of_the_group() {
    // The second and the last share no group with the selected one.
    let messages = [(0x18EF_0101, 1), (0x18F0_04FE, 1), (0x18EF_0202, 1), (0x18EF_0303, 1), (0x18FE_CAFE, 1)];
    let database = util::database(&text(&messages));
    let blob = compile(&database, &Selection::names(["M2.S0"]), None).unwrap();
    let plan = util::plan(&blob).with_matching(IdMatching::J1939);
    let samples = |id| plan.decode_bytes(extended(id), &[1]).map(Iterator::count);
    assert_eq!((plan.message_count(), plan.signal_count()), (3, 1));
    assert_eq!(samples(0x18EF_0202), Some(1));
    assert_eq!([samples(0x18EF_0101), samples(0x18EF_0303), samples(0x18EF_0404)], [Some(0); 3]);
    assert_eq!([samples(0x18F0_04FE), samples(0x18FE_CAFE)], [None; 2]);
}

#[test]
fn groups_match_only_when_asked_for() {
    let blob = util::blob(&text(&[(0x18F0_04FE, 1)]));
    let plan = util::plan(&blob);
    assert_eq!(plan.message_name(extended(0x18F0_0400)), None);
    let plan = plan.with_matching(IdMatching::J1939);
    assert_eq!(plan.message_name(extended(0x18F0_0400)), Some("M0"));
    assert_eq!(plan.with_matching(IdMatching::Exact).message_name(extended(0x18F0_0400)), None);
}

#[test]
fn a_standard_identifier_is_of_no_group() {
    let blob = util::blob(&text(&[(0x0000_01FE, 1)]));
    let plan = util::plan(&blob).with_matching(IdMatching::J1939);
    assert_eq!(plan.message_name(util::standard(0x155)), None);
    assert_eq!(plan.message_name(extended(0x155)), Some("M0"));
}

/// Identifiers that often have something in common.
fn id() -> impl Strategy<Value = u32> {
    let byte = prop_oneof![Just(0_u32), Just(0xEF), Just(0xF0), Just(0xFE), 0..=0xFF_u32];
    let low = prop_oneof![Just(0_u32), Just(0xFE), 0..=0xFF_u32];
    (0..0x20_u32, byte, low.clone(), low)
        .prop_map(|(top, format, specific, source)| top << 24 | format << 16 | specific << 8 | source)
}

fn found(plan: &Plan<'_>, id: u32) -> Option<String> {
    plan.message_name(extended(id)).map(Into::into)
}

proptest! {
    #[test]
    fn every_identifier_finds_what_a_search_through_the_file_finds(
        messages in proptest::collection::vec((id(), 1..3_usize), 0..40),
        asked in proptest::collection::vec(id(), 1..40),
    ) {
        let blob = util::blob(&text(&messages));
        let plan = util::plan(&blob).with_matching(IdMatching::J1939);
        for id in asked.iter().chain(messages.iter().map(|(id, _)| id)) {
            let exactly = messages.iter().position(|(message, _)| message == id);
            let first = messages.iter().position(|(message, _)| group(*message) == group(*id));
            let expected = exactly.or(first).map(|at| format!("M{at}"));
            prop_assert_eq!(found(&plan, *id), expected, "{:08X}", id);
        }
    }
}
