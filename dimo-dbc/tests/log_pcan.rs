//! PEAK `.trc` text: every version, events that are no frame, and malformed lines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use dimo_dbc::log::{Field, LineError, LogFormat, pcan};
use dimo_types::{CanId, Frame, FrameError, FrameKind, Timestamp};
use proptest::prelude::*;

fn read(log: &str) -> Vec<Result<Frame, LineError>> {
    let mut parser = pcan::Parser::new();
    log.lines()
        .filter_map(|line| parser.parse_line(line.as_bytes()).transpose())
        .map(|entry| entry.map(|entry| entry.frame))
        .collect()
}

#[track_caller]
fn frames(log: &str) -> Vec<Frame> {
    read(log).into_iter().map(Result::unwrap).collect()
}

const V2_1: &str = ";$FILEVERSION=2.1\n;$STARTTIME=42209.4\n;$COLUMNS=N,O,T,B,I,d,R,L,D\n";

#[track_caller]
fn reason(line: &str) -> LineError {
    match read(&format!("{V2_1}{line}"))[..] {
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

fn error(micros: u64, data: &[u8]) -> Frame {
    Frame::error(at(micros), extended(0), data).unwrap()
}

#[test]
fn version_1_0_has_no_header_and_no_bus() {
    let log = ";##########\n;   C:\\Trace.trc\n;   Start time: 1.2.2003\n;\n\
        \x20    1)      1841 0001  8 00 00 00 00 00 00 00 FF \n\
        \x20    2)      1842 0008  4  ERROR 00 19 08 08\n\
        \x20    3)      1843 FFFFFFFF  4 00 00 00 04 ------BUSLIGHT\n\
        \x20    4)      1844 18EFC034  3  RTR\n";
    assert_eq!(
        frames(log),
        [
            Frame::classic(at(1_841_000), standard(1), &[0, 0, 0, 0, 0, 0, 0, 0xFF]).unwrap(),
            error(1_842_000, &[0x00, 0x19, 0x08, 0x08]),
            Frame::remote(at(1_844_000), extended(0x18EF_C034), 3).unwrap(),
        ]
    );
}

#[test]
fn version_1_1_has_directions_and_tenths() {
    let log = ";$FILEVERSION=1.1\n;$STARTTIME=37704.5364870833\n;\n\
        \x20    1)      1841.2  Rx         0001  2  AB cd \n\
        \x20    2)      1842.9  Tx     00000001  0 \n\
        \x20    3)      1843.0  Warng  FFFFFFFF  4  00 00 00 08  BUSHEAVY \n\
        \x20    4)      1844.0  Error      0008  4  00 19 08 08\n\
        \x20    5)      1845.0  Rx         0100  8  RTR\n";
    assert_eq!(
        frames(log),
        [
            Frame::classic(at(1_841_200), standard(1), &[0xAB, 0xCD]).unwrap(),
            Frame::classic(at(1_842_900), extended(1), &[]).unwrap(),
            error(1_844_000, &[0x00, 0x19, 0x08, 0x08]),
            Frame::remote(at(1_845_000), standard(0x100), 8).unwrap(),
        ]
    );
}

#[test]
fn versions_1_2_and_1_3_have_a_bus() {
    for (version, reserved) in [("1.2", ""), ("1.3", "-")] {
        let mut parser = pcan::Parser::new();
        assert_eq!(parser.parse_line(format!(";$FILEVERSION={version}\r").as_bytes()), Ok(None));
        let line = format!("1) 1059.900 2  Rx  0300 {reserved} 3 00 04 FF");
        let entry = parser.parse_line(line.as_bytes()).unwrap().unwrap();
        assert_eq!(entry.channel, "2", "{version}");
        assert_eq!(entry.frame, Frame::classic(at(1_059_900), standard(0x300), &[0, 4, 0xFF]).unwrap());
    }
}

#[test]
fn version_2_0_names_its_columns_and_leaves_identifiers_out() {
    let log = ";$FILEVERSION=2.0\n;$STARTTIME=42209.4075997106\n;$COLUMNS=N,O,T,I,d,l,D\n;\n\
        \x20     1      1059.900 DT     0300 Rx 3  00 04 FF \n\
        \x20     2      1283.231 FB     0367 Rx 12 00 01 02 03 04 05 06 07 08 09 0A 0B\n\
        \x20     3      1283.400 RR     0400 Rx 4 \n\
        \x20     4      1283.500 ST          Rx    00 00 00 08\n\
        \x20     5      1283.600 ER          Rx 5  04 00 02 00 00\n\
        \x20     6      1283.700 EC          Rx 2  02 02\n\
        \x20     7      1283.800 EV User-defined event\n";
    let data: Vec<u8> = (0..12).collect();
    assert_eq!(
        frames(log),
        [
            Frame::classic(at(1_059_900), standard(0x300), &[0, 4, 0xFF]).unwrap(),
            Frame::fd(at(1_283_231), standard(0x367), &data).unwrap(),
            Frame::remote(at(1_283_400), standard(0x400), 4).unwrap(),
            error(1_283_600, &[0x04, 0, 0x02, 0, 0]),
        ]
    );
}

#[test]
fn version_2_1_states_length_codes() {
    for (code, len) in [(0, 0), (8, 8), (9, 12), (10, 16), (11, 20), (12, 24), (13, 32), (14, 48), (15, 64)] {
        let log = format!("{V2_1}1 0.001 FD 1 18EFC034 Tx - {code} {}\n", "5A ".repeat(len));
        let expected = Frame::fd(at(1), extended(0x18EF_C034), &vec![0x5A; len]).unwrap();
        assert_eq!(frames(&log), [expected], "{code}");
    }
    let log = format!("{V2_1}1 0.0 ER 1 - Rx - 1 04\n2 0.0 ST 1 - Rx - 4 00 00 00 00\n3 0.0 EV - text\n");
    assert_eq!(frames(&log), [error(0, &[0x04])]);
    let log = format!("{V2_1}1 0.0 DT 1 0001 Rx - 15 1 2 3 4 5 6 7 8");
    assert_eq!(frames(&log)[0].data().len(), 8);
}

#[test]
fn comments_in_an_older_encoding_are_comments() {
    let mut parser = pcan::Parser::new();
    assert_eq!(parser.parse_line(b";   C:\\Ger\xE4te\\trace.trc"), Ok(None));
    assert_eq!(parser.parse_line(b"1) 1 0001 1 \xE4"), Err(LineError::NotUtf8));
}

#[test]
fn a_malformed_line_says_why() {
    let missing = |field| LineError::Missing { field };
    let invalid = |field| LineError::Invalid { field };
    for (line, expected) in [
        ("1", missing(Field::Time)),
        ("1 x DT 1 0001 Rx - 0", invalid(Field::Time)),
        ("1 -1.0 DT 1 0001 Rx - 0", invalid(Field::Time)),
        ("1 999999999999999.0 DT 1 0001 Rx - 0", LineError::TimeRange),
        ("1 1.0 DT 1", missing(Field::Id)),
        ("1 1.0 DT 1 00G1 Rx - 0", invalid(Field::Id)),
        ("1 1.0 DT 1 0800 Rx - 0", LineError::IdRange { id: 0x800 }),
        ("1 1.0 DT 1 20000000 Rx - 0", LineError::IdRange { id: 0x2000_0000 }),
        ("1 1.0 DT 1 0001 Up - 0", invalid(Field::Direction)),
        ("1 1.0 DT 1 0001 Rx -", missing(Field::Length)),
        ("1 1.0 DT 1 0001 Rx - 16", invalid(Field::Length)),
        ("1 1.0 FD 1 0001 Rx - 16", invalid(Field::Length)),
        ("1 1.0 DT 1 0001 Rx - 2 11", missing(Field::Data)),
        ("1 1.0 DT 1 0001 Rx - 2 11 111", invalid(Field::Data)),
        ("1 1.0 XX 1 0001 Rx - 0", LineError::UnknownEvent),
        (";$COLUMNS=N,O,D,I", invalid(Field::Header)),
        (";$COLUMNS=N,O,X,D", invalid(Field::Header)),
        (";$COLUMNS=N,O,T,D", invalid(Field::Header)),
        (";$FILEVERSION=3.0", invalid(Field::Header)),
    ] {
        assert_eq!(reason(line), expected, "{line}");
    }
    assert_eq!(read("1) 1 0001"), [Err(missing(Field::Length))]);
    assert_eq!(read(";$FILEVERSION=1.1\n1) 1 Up 0001 0"), [Err(invalid(Field::Direction))]);
    assert_eq!(read(";$FILEVERSION=2.1\n1 1.0 DT 1 0001 Rx - 0"), [Err(LineError::NoHeader)]);
    let long = ";$FILEVERSION=2.0\n;$COLUMNS=N,O,T,I,d,l,D\n1 1.0 DT 0001 Rx 9 1 2 3 4 5 6 7 8 9";
    assert_eq!(read(long), [Err(LineError::Length(FrameError::Length { len: 9 }))]);
}

#[test]
fn the_format_is_known_by_extension_or_by_content() {
    assert_eq!(LogFormat::from_extension("TRC"), Some(LogFormat::Pcan));
    assert_eq!(LogFormat::detect(V2_1.as_bytes()), Some(LogFormat::Pcan));
    assert_eq!(LogFormat::detect(b";###########\n; C:\\Trace.trc\n"), Some(LogFormat::Pcan));
    let mut parser = LogFormat::Pcan.parser();
    let entry = parser.parse_line(b"1) 1 0001 0").unwrap().unwrap();
    assert_eq!((entry.frame.kind(), entry.channel), (FrameKind::Classic, "1"));
}

proptest! {
    #[test]
    fn no_words_are_fatal(
        header in ";[$](FILEVERSION=[12][.][0-3]|COLUMNS=([NOTBIdRlLSA],){0,13}D)",
        words in prop::collection::vec("[0-9]{1,9}[.)]?[0-9]{0,4}|Rx|Tx|Warng|Error|RTR|ERROR|DT|FD|ER|RR|ST|-|[0-9A-F]{2,8}", 0..30),
    ) {
        let _ = read(&format!("{header}\n{}", words.join(" ")));
    }

    #[test]
    fn no_bytes_are_fatal(line in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = pcan::Parser::new().parse_line(&line);
    }
}
