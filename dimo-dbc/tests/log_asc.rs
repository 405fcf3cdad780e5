//! Vector `.asc` text: header, frames of every kind, events that are none, and malformed lines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use dimo_dbc::log::{Field, LineError, asc};
use dimo_types::{CanId, Frame, FrameError, FrameKind, Timestamp};
use proptest::prelude::*;

/// What a parser makes of the lines of a log: frames, or the reason against a line.
fn read(log: &str) -> Vec<Result<Frame, LineError>> {
    let mut parser = asc::Parser::new();
    log.lines()
        .filter_map(|line| parser.parse_line(line.as_bytes()).transpose())
        .map(|entry| entry.map(|entry| entry.frame))
        .collect()
}

#[track_caller]
fn frame(line: &str) -> Frame {
    match read(line)[..] {
        [Ok(frame)] => frame,
        ref other => panic!("{line}: {other:?}"),
    }
}

#[track_caller]
fn reason(line: &str) -> LineError {
    match read(line)[..] {
        [Err(reason)] => reason,
        ref other => panic!("{line}: {other:?}"),
    }
}

fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn standard(id: u16) -> CanId {
    CanId::standard(id).unwrap()
}

fn extended(id: u32) -> CanId {
    CanId::extended(id).unwrap()
}

#[test]
fn a_whole_log_gives_its_frames_and_nothing_else() {
    let log = "\
date Sat Mar 14 08:00:00.000 am 2026
base hex  timestamps absolute
internal events logged
// version 10.0.1
Begin Triggerblock Sat Mar 14 08:00:00.000 am 2026
   0.000000 Start of measurement
   0.015991 CAN 1 Status:chip status error active
   0.019968 1  64              Rx   d 4 64 00 00 FF  Length = 0 BitCount = 0 ID = 100

   1.015991 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%
   1.500000 EngineRunning := 1
   2.000000 2  18F00503x       Tx   d 2 AB cd
   2.100000 1  J1939TP FEE3p 6  0 0   -   Rx   d 23 A0 0F
   2.500000 1  ErrorFrame     Flags = 0xe    CodeExt = 0x20a2
End TriggerBlock
";
    assert_eq!(
        read(log),
        [
            Ok(Frame::classic(at(19_968), standard(0x64), &[0x64, 0, 0, 0xFF]).unwrap()),
            Ok(Frame::classic(at(2_000_000), extended(0x18F0_0503), &[0xAB, 0xCD]).unwrap()),
            Ok(Frame::error(at(2_500_000), extended(0), &[]).unwrap()),
        ]
    );
}

#[test]
fn the_channel_is_that_of_the_log() {
    let mut parser = asc::Parser::new();
    assert_eq!(parser.parse_line(b"0.1 2 64 Rx d 0").unwrap().unwrap().channel, "2");
    assert_eq!(parser.parse_line(b"0.1 CANFD 3 Rx 64 0 0 0 0").unwrap().unwrap().channel, "3");
}

#[test]
fn base_dec_makes_identifiers_and_data_decimal() {
    let log = "base dec timestamps absolute\n0.1 1 100 Rx d 2 10 255\n0.2 1 418382099x TxRq d 0";
    assert_eq!(
        read(log),
        [
            Ok(Frame::classic(at(100_000), standard(100), &[10, 255]).unwrap()),
            Ok(Frame::classic(at(200_000), extended(418_382_099), &[]).unwrap()),
        ]
    );
    assert_eq!(read("base dec\n0.1 1 100 Rx d 1 256"), [Err(LineError::Invalid { field: Field::Data })]);
}

#[test]
fn relative_times_add_up_over_every_line_that_has_one() {
    let log = "base hex timestamps relative\n\
        0.5 1 64 Rx d 0\n0.25 1 Statistic: D 0\n0.25 1 nonsense Rx d 0\n0.1 1 64 Rx d 0";
    let times: Vec<_> = read(log).into_iter().flatten().map(|frame| frame.time().as_micros()).collect();
    assert_eq!(times, [500_000, 1_100_000]);
}

#[test]
fn absolute_times_may_run_backwards() {
    let times: Vec<_> =
        read("0.5 1 64 Rx d 0\n0.1 1 64 Rx d 0").into_iter().flatten().map(|f| f.time()).collect();
    assert_eq!(times, [at(500_000), at(100_000)]);
}

#[test]
fn a_remote_request_may_leave_its_length_out() {
    for (tail, len) in [("r", 0), ("r 4", 4), ("r Length = 1704000 BitCount = 145", 0), ("r 8 Length = 0", 8)]
    {
        let remote = frame(&format!("0.1 1 100 Tx {tail}"));
        assert_eq!((remote.kind(), remote.length()), (FrameKind::Remote, len), "{tail}");
    }
}

#[test]
fn length_codes_above_eight_mean_eight_bytes() {
    assert_eq!(frame("0.1 1 100 Rx d f 01 02 03 04 05 06 07 08").data().len(), 8);
    assert_eq!(frame("base dec\n0.1 1 100 Rx d 15 1 2 3 4 5 6 7 8").data().len(), 8);
}

#[test]
fn a_can_fd_line_may_have_a_name_and_a_tail() {
    let data = "00 11 22 33 44 55 66 77 88 99 AA BB";
    for line in [
        format!("0.1 CANFD 1 Rx 1DB 1 0 9 12 {data}"),
        format!("0.1 CANFD 1 Rx 1DB BatteryStatus 1 0 9 12 {data}"),
        format!("0.1 CANFD 1 Rx 1DB BatteryStatus 1 0 9 12 {data} 102203 133 303000 e0006659 46500250"),
    ] {
        let fd = frame(&line);
        assert_eq!((fd.kind(), fd.id(), fd.data().len()), (FrameKind::Fd, standard(0x1DB), 12), "{line}");
    }
}

#[test]
fn the_flags_of_a_can_fd_line_tell_classic_and_remote_frames() {
    assert_eq!(frame("0.1 CANFD 1 Rx 64x 0 0 2 2 AB CD 0 0 0").kind(), FrameKind::Classic);
    assert_eq!(frame("0.1 CANFD 1 Rx 64 0 0 2 2 AB CD 0 0 1000").kind(), FrameKind::Fd);
    let remote = frame("0.1 CANFD 1 Rx 64 0 0 8 0 0 0 10");
    assert_eq!((remote.kind(), remote.length()), (FrameKind::Remote, 8));
    assert_eq!(frame("0.1 CANFD 1 Rx ErrorFrame Not Acknowledge error").kind(), FrameKind::Error);
}

#[test]
fn a_line_with_a_time_that_is_not_understood_is_malformed() {
    let missing = |field| LineError::Missing { field };
    let invalid = |field| LineError::Invalid { field };
    for (line, expected) in [
        ("0.1.2 1 64 Rx d 0", invalid(Field::Time)),
        ("0.1s 1 64 Rx d 0", invalid(Field::Time)),
        ("-0.1 1 64 Rx d 0", invalid(Field::Time)),
        ("999999999999.0 1 64 Rx d 0", LineError::TimeRange),
        ("0.1", missing(Field::Channel)),
        ("0.1 something else", LineError::UnknownEvent),
        ("0.1 1", missing(Field::Id)),
        ("0.1 1 EngineData Rx d 0", invalid(Field::Id)),
        ("0.1 1 800 Rx d 0", LineError::IdRange { id: 0x800 }),
        ("0.1 1 20000000x Rx d 0", LineError::IdRange { id: 0x2000_0000 }),
        ("0.1 1 64", missing(Field::Direction)),
        ("0.1 1 64 Up d 0", invalid(Field::Direction)),
        ("0.1 1 64 Rx", missing(Field::Kind)),
        ("0.1 1 64 Rx x 0", invalid(Field::Kind)),
        ("0.1 1 64 Rx d", missing(Field::Length)),
        ("0.1 1 64 Rx d 10", invalid(Field::Length)),
        ("0.1 1 64 Rx d 2 11", missing(Field::Data)),
        ("0.1 1 64 Rx d 2 11 1G", invalid(Field::Data)),
        ("0.1 1 64 Rx d 2 11 111", invalid(Field::Data)),
        ("0.1 CANFD", missing(Field::Channel)),
        ("0.1 CANFD x Rx 64 0 0 0 0", invalid(Field::Channel)),
        ("0.1 CANFD 1 Rx", missing(Field::Id)),
        ("0.1 CANFD 1 Rx 64 Name 2 0 0 0", invalid(Field::Flags)),
        ("0.1 CANFD 1 Rx 64 0 0 9", missing(Field::Length)),
        ("0.1 CANFD 1 Rx 64 0 0 9 300", invalid(Field::Length)),
        ("0.1 CANFD 1 Rx 64 0 0 9 2 11", missing(Field::Data)),
        ("0.1 CANFD 1 Rx 64 0 0 9 9 1 2 3 4 5 6 7 8 9", LineError::Length(FrameError::Length { len: 9 })),
    ] {
        assert_eq!(reason(line), expected, "{line}");
    }
}

#[test]
fn lines_without_a_time_are_metadata() {
    assert_eq!(read("// comment\nanything at all\nno internal events logged\n\nBegin TriggerBlock\n"), []);
}

proptest! {
    #[test]
    fn no_bytes_are_fatal(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4)) {
        let mut parser = asc::Parser::new();
        for line in lines {
            let _ = parser.parse_line(&line);
        }
    }

    #[test]
    fn no_words_are_fatal(
        words in prop::collection::vec("base|dec|relative|CANFD|[0-9]{1,9}[.][0-9]{0,9}|Rx|d|r|[0-9a-fx]{1,9}|1|0", 0..20),
    ) {
        let _ = asc::Parser::new().parse_line(words.join(" ").as_bytes());
    }
}
