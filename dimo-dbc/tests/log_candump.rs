//! `candump -L` text: every form of a line, every way to be malformed, and back to text.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

use dimo_dbc::log::{Field, LineError, candump};
use dimo_types::{CanId, Frame, FrameError, FrameKind, Timestamp};
use proptest::prelude::*;

#[track_caller]
fn frame(line: &str) -> Frame {
    candump::parse_line(line.as_bytes()).unwrap().unwrap().frame
}

#[track_caller]
fn reason(line: &str) -> LineError {
    candump::parse_line(line.as_bytes()).unwrap_err()
}

/// The reason for a line whose last word is `text`.
#[track_caller]
fn reason_of(text: &str) -> LineError {
    reason(&format!("(1.000000) can0 {text}"))
}

fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

#[test]
fn a_standard_frame_is_read_with_its_channel() {
    let entry = candump::parse_line(b"(1700000000.123456) vcan1 1DB#EEC0C3EA00F7619B").unwrap().unwrap();
    let data = [0xEE, 0xC0, 0xC3, 0xEA, 0x00, 0xF7, 0x61, 0x9B];
    let id = CanId::standard(0x1DB).unwrap();
    assert_eq!(entry.channel, "vcan1");
    assert_eq!(entry.frame, Frame::classic(at(1_700_000_000_123_456), id, &data).unwrap());
}

#[test]
fn eight_digits_make_an_extended_identifier_even_when_it_is_small() {
    assert_eq!(frame("(1.0) can0 00000123#").id(), CanId::extended(0x123).unwrap());
    assert_eq!(frame("(1.0) can0 1FFFFFFF#").id(), CanId::extended(0x1FFF_FFFF).unwrap());
}

#[test]
fn digits_may_be_of_either_case() {
    assert_eq!(frame("(1.0) can0 7ff#aBcD"), frame("(1.0) can0 7FF#ABCD"));
}

#[test]
fn a_time_may_have_any_number_of_decimals_and_those_beyond_the_microsecond_are_dropped() {
    for (text, micros) in [
        ("12", 12_000_000),
        ("12.", 12_000_000),
        ("12.5", 12_500_000),
        ("0000000012.000001", 12_000_001),
        ("12.123456789", 12_123_456),
        ("0", 0),
        ("253402300799.999999", Timestamp::MAX.as_micros()),
    ] {
        assert_eq!(frame(&format!("({text}) can0 123#")).time(), at(micros), "{text}");
    }
}

#[test]
fn a_can_fd_frame_has_flags_and_a_length_that_can_fd_can_say() {
    let fd = frame("(1.0) can0 1DB##1000102030405060708090A0B");
    assert_eq!((fd.kind(), fd.data().len()), (FrameKind::Fd, 12));
    assert_eq!(fd.data().last(), Some(&0x0B));
    assert_eq!(frame(&format!("(1.0) can0 18FF0001##3{}", "5A".repeat(64))).data(), [0x5A; 64]);
    assert!(frame("(1.0) can0 1DB##0").data().is_empty());
}

#[test]
fn a_remote_request_has_a_length_and_no_data() {
    for (text, len) in [("R", 0), ("R0", 0), ("R4", 4), ("R8", 8), ("R8_F", 8)] {
        let remote = frame(&format!("(1.0) can0 123#{text}"));
        assert_eq!(
            (remote.kind(), remote.length(), remote.data()),
            (FrameKind::Remote, len, &[][..]),
            "{text}"
        );
    }
}

#[test]
fn bit_29_of_eight_digits_makes_an_error_frame() {
    let error = frame("(1.0) can0 20000080#0000000000000000");
    assert_eq!((error.kind(), error.id()), (FrameKind::Error, CanId::extended(0x80).unwrap()));
    assert!(!error.is_data());
    assert_eq!(frame("(1.0) can0 3FFFFFFF#").kind(), FrameKind::Error);
}

#[test]
fn a_raw_length_code_and_a_direction_are_read_over() {
    let plain = frame("(1.0) can0 123#0011223344556677");
    for tail in ["_9", "_f", "_F", " R", " T", "_B T"] {
        assert_eq!(frame(&format!("(1.0) can0 123#0011223344556677{tail}")), plain, "{tail}");
    }
}

#[test]
fn blank_lines_are_no_entries_and_no_errors() {
    for line in ["", " ", "\t", "\r"] {
        assert_eq!(candump::parse_line(line.as_bytes()), Ok(None), "{line:?}");
    }
}

#[test]
fn white_space_around_the_parts_does_not_matter() {
    // candump pads interface names to the longest one.
    assert_eq!(frame(" (1.0)   can0\t123#01 \r"), frame("(1.0) can0 123#01"));
}

#[test]
fn a_malformed_time_is_named() {
    let invalid = LineError::Invalid { field: Field::Time };
    for time in [
        "1.0", "(1.0", "()", "(.5)", "(a)", "(1.0a)", "(-1.0)", "(+1.0)", "(1,5)", "(1.0.0)", "( 1.0)",
        "(1.0)x",
    ] {
        assert_eq!(reason(&format!("{time} can0 123#")), invalid, "{time}");
    }
    assert_eq!(reason("hello"), invalid);
    for time in ["253402300800", "18446744073709551616", "99999999999999999999999999.5"] {
        assert_eq!(reason(&format!("({time}) can0 123#")), LineError::TimeRange, "{time}");
    }
}

#[test]
fn a_line_that_was_cut_off_says_what_is_missing() {
    assert_eq!(reason("(1.0)"), LineError::Missing { field: Field::Channel });
    assert_eq!(reason("(1.0) can0"), LineError::Missing { field: Field::Id });
    assert_eq!(reason("(1.0) can0 123"), LineError::Missing { field: Field::Separator });
    assert_eq!(reason("(1.0) can0 123##"), LineError::Missing { field: Field::Flags });
    assert_eq!(reason("(1.0) can0 123#001"), LineError::OddDigits { digits: 3 });
}

#[test]
fn an_identifier_has_three_or_eight_digits_and_a_range() {
    for (id, digits) in [("", 0), ("1", 1), ("12", 2), ("1234", 4), ("1234567", 7), ("123456789", 9)] {
        assert_eq!(reason_of(&format!("{id}#00")), LineError::IdDigits { digits }, "{id}");
    }
    assert_eq!(reason_of("800#00"), LineError::IdRange { id: 0x800 });
    assert_eq!(reason_of("40000000#00"), LineError::IdRange { id: 0x4000_0000 });
    assert_eq!(reason_of("80000000#00"), LineError::IdRange { id: 0x8000_0000 });
    for id in ["12G", "+12", "0x1", "-1234567", "ä1"] {
        assert_eq!(reason_of(&format!("{id}#00")), LineError::Invalid { field: Field::Id }, "{id}");
    }
}

#[test]
fn data_is_pairs_of_hexadecimal_digits_and_fits_its_frame() {
    let invalid = LineError::Invalid { field: Field::Data };
    for data in ["GG", "0 ", "11.22", "+1", "r", "ää", "11 "] {
        let line = reason_of(&format!("123#{data}22"));
        assert!(
            line == invalid || line == LineError::Trailing || line == LineError::OddDigits { digits: 1 },
            "{data}: {line}"
        );
    }
    assert_eq!(reason_of("123#0G"), invalid);
    assert_eq!(reason_of("123#00112233445566778"), LineError::OddDigits { digits: 17 });
    assert_eq!(reason_of("123#001122334455667788"), LineError::Length(FrameError::Length { len: 9 }));
    assert_eq!(reason_of("20000080#001122334455667788"), LineError::Length(FrameError::Length { len: 9 }));
    assert_eq!(reason_of("123##0001122334455667788"), LineError::Length(FrameError::Length { len: 9 }));
    let too_long = format!("123##0{}", "00".repeat(65));
    assert_eq!(reason_of(&too_long), LineError::Length(FrameError::Length { len: 65 }));
}

#[test]
fn flags_lengths_and_raw_length_codes_are_checked() {
    assert_eq!(reason_of("123##G00"), LineError::Invalid { field: Field::Flags });
    assert_eq!(reason_of("123##ä"), LineError::Invalid { field: Field::Flags });
    for remote in ["R9", "R12", "RR", "R-1"] {
        assert_eq!(
            reason_of(&format!("123#{remote}")),
            LineError::Invalid { field: Field::Length },
            "{remote}"
        );
    }
    for tail in ["0011_9", "0011223344556677_8", "0011223344556677_", "0011223344556677_99", "R4_9"] {
        assert_eq!(reason_of(&format!("123#{tail}")), LineError::Invalid { field: Field::RawDlc }, "{tail}");
    }
}

#[test]
fn an_error_frame_is_neither_remote_nor_can_fd() {
    assert_eq!(reason_of("20000080#R"), LineError::Invalid { field: Field::Data });
    assert_eq!(reason_of("20000080##000"), LineError::Invalid { field: Field::Data });
}

#[test]
fn text_behind_the_frame_is_not_read_over() {
    for tail in ["X", "r", "RT", "R T", "T x", "0102"] {
        assert_eq!(reason_of(&format!("123#00 {tail}")), LineError::Trailing, "{tail}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(candump::parse_line(b"(1.0) can\xFF 123#00"), Err(LineError::NotUtf8));
}

#[test]
fn an_error_frame_is_written_with_its_flag_and_a_remote_request_with_its_length() {
    for line in [
        "(1.000000) can0 20000080#0011",
        "(1.000000) can0 123#R",
        "(1.000000) can0 18FF0001#R3",
        "(1700000000.123456) can0 1DB##0AABB",
        "(0.000007) can0 7FF#",
    ] {
        let frame = frame(line);
        assert_eq!(candump::Line { channel: "can0", frame: &frame }.to_string(), line);
    }
}

fn any_id() -> impl Strategy<Value = CanId> {
    prop_oneof![
        (0..=0x7FFu16).prop_map(|id| CanId::standard(id).unwrap()),
        (0..=0x1FFF_FFFFu32).prop_map(|id| CanId::extended(id).unwrap()),
    ]
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let time = (0..=Timestamp::MAX.as_micros()).prop_map(at);
    let fd_len = prop::sample::select(vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64]);
    (time, any_id(), prop::collection::vec(any::<u8>(), 64), 0..=8usize, fd_len, 0..4).prop_map(
        |(time, id, data, len, fd_len, kind)| {
            match kind {
                0 => Frame::classic(time, id, &data[..len]),
                1 => Frame::fd(time, id, &data[..fd_len]),
                2 => Frame::remote(time, id, u8::try_from(len).unwrap()),
                // Logs know error frames by 8 digits only.
                _ => Frame::error(time, CanId::extended(id.number()).unwrap(), &data[..len]),
            }
            .unwrap()
        },
    )
}

proptest! {
    #[test]
    fn every_frame_reads_back_as_it_was_written(frame in any_frame(), channel in "[a-z]{1,8}[0-9]{1,2}") {
        let line = candump::Line { channel: &channel, frame: &frame }.to_string();
        let entry = candump::parse_line(line.as_bytes()).unwrap().unwrap();
        prop_assert_eq!(entry.channel, channel);
        prop_assert_eq!(entry.frame, frame);
    }

    #[test]
    fn no_bytes_are_fatal(line in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = candump::parse_line(&line);
    }

    #[test]
    fn a_line_with_one_byte_changed_is_read_or_refused_and_never_fatal(
        frame in any_frame(), place in any::<prop::sample::Index>(), byte: u8,
    ) {
        let mut line = candump::Line { channel: "can0", frame: &frame }.to_string().into_bytes();
        let place = place.index(line.len());
        line[place] = byte;
        let _ = candump::parse_line(&line);
    }
}
