//! SavvyCAN CSV: both headers, and malformed lines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use dimo_dbc::log::{Field, LineError, savvycan};
use dimo_types::{CanId, Frame, FrameError, FrameKind, Timestamp};
use proptest::prelude::*;

const HEADER: &str = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8";

fn read(log: &str) -> Vec<Result<Frame, LineError>> {
    let mut parser = savvycan::Parser::new();
    log.lines()
        .filter_map(|line| parser.parse_line(line.as_bytes()).transpose())
        .map(|entry| entry.map(|entry| entry.frame))
        .collect()
}

#[track_caller]
fn frame(row: &str) -> Frame {
    match read(&format!("{HEADER}\n{row}"))[..] {
        [Ok(frame)] => frame,
        ref other => panic!("{row}: {other:?}"),
    }
}

#[track_caller]
fn reason(row: &str) -> LineError {
    match read(&format!("{HEADER}\n{row}"))[..] {
        [Err(reason)] => reason,
        ref other => panic!("{row}: {other:?}"),
    }
}

fn expected() -> Frame {
    let time = Timestamp::from_micros(166_064_000).unwrap();
    Frame::classic(time, CanId::standard(0x21A).unwrap(), &[0xFE, 0x36, 0x12]).unwrap()
}

#[test]
fn a_row_of_today_has_a_direction() {
    assert_eq!(frame("166064000,0000021A,false,Rx,0,3,FE,36,12,00,00,00,00,00,"), expected());
    assert_eq!(frame("166064000, 21a, False, Tx, 1, 3, fe, 36, 12"), expected());
}

#[test]
fn a_row_of_older_files_has_none() {
    let log =
        "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\r\n166064000,0000021A,false,0,3,FE,36,12\r\n";
    assert_eq!(read(log), [Ok(expected())]);
}

#[test]
fn the_channel_is_the_bus() {
    let mut parser = savvycan::Parser::new();
    assert_eq!(parser.parse_line(HEADER.as_bytes()), Ok(None));
    assert_eq!(parser.parse_line(b"1,21A,false,Rx,7,0").unwrap().unwrap().channel, "7");
}

#[test]
fn an_identifier_is_extended_when_the_column_or_its_size_says_so() {
    assert_eq!(frame("1,00000123,true,Rx,0,0").id(), CanId::extended(0x123).unwrap());
    assert_eq!(frame("1,18F00503,false,Rx,0,0").id(), CanId::extended(0x18F0_0503).unwrap());
}

#[test]
fn more_than_eight_bytes_are_can_fd() {
    let fd = frame(&format!("1,123,false,Rx,0,64{}", ",5A".repeat(64)));
    assert_eq!((fd.kind(), fd.data()), (FrameKind::Fd, &[0x5A; 64][..]));
}

#[test]
fn a_row_before_any_header_is_malformed() {
    assert_eq!(read("1,123,false,Rx,0,0"), [Err(LineError::NoHeader)]);
    let odd = "Time Stamp,ID,Extended,Length\n1,123,false,Rx,0,0";
    assert_eq!(read(odd), [Err(LineError::Invalid { field: Field::Header }), Err(LineError::NoHeader)]);
}

#[test]
fn a_malformed_row_says_why() {
    let missing = |field| LineError::Missing { field };
    let invalid = |field| LineError::Invalid { field };
    for (row, expected) in [
        ("1", missing(Field::Id)),
        ("1,123", missing(Field::Extended)),
        ("1,123,false", missing(Field::Direction)),
        ("1,123,false,Rx", missing(Field::Channel)),
        ("1,123,false,Rx,0", missing(Field::Length)),
        ("1,123,false,Rx,0,2,11", missing(Field::Data)),
        ("1,123,false,Rx,0,2,11,,", missing(Field::Data)),
        ("1.5,123,false,Rx,0,0", invalid(Field::Time)),
        ("-1,123,false,Rx,0,0", invalid(Field::Time)),
        ("253402300800000000,123,false,Rx,0,0", LineError::TimeRange),
        ("1,12G,false,Rx,0,0", invalid(Field::Id)),
        ("1,20000000,true,Rx,0,0", LineError::IdRange { id: 0x2000_0000 }),
        ("1,123,maybe,Rx,0,0", invalid(Field::Extended)),
        ("1,123,false,Up,0,0", invalid(Field::Direction)),
        ("1,123,false,Rx,0,x", invalid(Field::Length)),
        ("1,123,false,Rx,0,1,GG", invalid(Field::Data)),
        ("1,123,false,Rx,0,1,100", invalid(Field::Data)),
        ("1,123,false,Rx,0,9,1,2,3,4,5,6,7,8,9", LineError::Length(FrameError::Length { len: 9 })),
    ] {
        assert_eq!(reason(row), expected, "{row}");
    }
}

proptest! {
    #[test]
    fn no_cells_are_fatal(cells in prop::collection::vec("[0-9A-Fa-f]{0,9}|true|false|Rx|Time Stamp|.", 0..80)) {
        let mut parser = savvycan::Parser::new();
        let _ = parser.parse_line(HEADER.as_bytes());
        let _ = parser.parse_line(cells.join(",").as_bytes());
    }
}
