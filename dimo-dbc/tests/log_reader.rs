//! The streaming reader: line numbers, endless lines, formats, and errors of the source.
#![cfg(feature = "std")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use std::io::{self, BufReader, Read};

use dimo_dbc::log::{LineError, LogFormat, LogItem, LogReader, MAX_LINE_LEN};

/// The line numbers and reasons of malformed lines, and the number of frames.
fn outcome(reader: LogReader<impl io::BufRead>) -> (usize, Vec<(u64, LineError)>) {
    let (mut frames, mut malformed) = (0, Vec::new());
    for item in reader {
        match item.unwrap() {
            LogItem::Frame(_) => frames += 1,
            LogItem::Malformed(line) => malformed.push((line.line, line.reason)),
            other => panic!("{other:?}"),
        }
    }
    (frames, malformed)
}

fn read(log: &[u8]) -> (usize, Vec<(u64, LineError)>) {
    outcome(LogReader::new(log, LogFormat::Candump))
}

#[test]
fn malformed_lines_are_counted_from_one_with_blank_lines_included() {
    let log = b"(1.0) can0 123#00\n\nnonsense\r\n   \n(2.0) can0 123#0\n(3.0) can0 123#00";
    let (frames, malformed) = read(log);
    assert_eq!(frames, 2);
    assert_eq!(malformed.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn both_line_ends_and_a_byte_order_mark_are_read() {
    assert_eq!(read(b"\xEF\xBB\xBF(1.0) can0 123#00\r\n(2.0) can0 123#00\n(3.0) can0 123#00\r"), (3, vec![]));
}

#[test]
fn a_reader_keeps_its_place_when_it_is_boxed() {
    let mut reader = LogReader::new(
        &b"Time Stamp,ID,Extended,Bus,LEN\n1,123,false,0,0\n2,123,false,0,0"[..],
        LogFormat::SavvyCan,
    );
    assert!(matches!(reader.next(), Some(Ok(LogItem::Frame(_)))));
    let boxed = reader.boxed();
    assert_eq!(boxed.line_number(), 2);
    assert_eq!(outcome(boxed), (1, vec![]));
}

#[test]
fn the_time_is_at_hand_as_the_log_writes_it() {
    let log = "\u{FEFF}  (1.5) can0 1DB#00\nbroken\n\n(0002.000) can0 1DB#R\n";
    let mut reader = LogReader::new(log.as_bytes(), LogFormat::Candump).boxed();
    let mut times = vec![reader.time_text().to_string()];
    while reader.next().is_some() {
        times.push(reader.time_text().into());
    }
    assert_eq!(times, ["", "1.5", "", "0002.000"]);
    assert_eq!(reader.time_text(), "");
}

#[test]
fn an_empty_log_has_no_lines() {
    assert_eq!(read(b""), (0, vec![]));
    assert_eq!(read(b"\n\n"), (0, vec![]));
}

#[test]
fn a_line_of_the_greatest_length_is_read_and_a_longer_one_is_not() {
    let frame = "(1.0) can0 123#00";
    for (len, line_end, fits) in [
        (MAX_LINE_LEN, "\n", true),
        (MAX_LINE_LEN, "\r\n", true),
        (MAX_LINE_LEN, "", true),
        (MAX_LINE_LEN + 1, "\n", false),
        (MAX_LINE_LEN + 1, "\r\n", false),
        (MAX_LINE_LEN + 1, "", false),
        (3 * MAX_LINE_LEN, "\n", false),
    ] {
        let padding = " ".repeat(len - frame.len());
        let log = format!("{padding}{frame}{line_end}\n{frame}\n");
        let too_long = (1, LineError::TooLong { limit: MAX_LINE_LEN });
        let (frames, malformed) = read(log.as_bytes());
        // Without a line end the line feed that follows ends the line.
        assert_eq!(
            (frames, malformed),
            if fits { (2, vec![]) } else { (1, vec![too_long]) },
            "{len} {line_end:?}"
        );
    }
}

#[test]
fn a_huge_line_does_not_grow_memory() {
    let huge = io::repeat(b'x').take(64 << 20).chain(&b"\n(1.0) can0 123#00\n"[..]);
    let (frames, malformed) = outcome(LogReader::new(BufReader::new(huge), LogFormat::Candump));
    assert_eq!((frames, malformed), (1, vec![(1, LineError::TooLong { limit: MAX_LINE_LEN })]));
}

#[test]
fn the_reader_says_how_far_it_is() {
    let log = b"(1.0) can0 123#00\r\n(2.0) can0 123#00\n";
    let mut reader = LogReader::new(&log[..], LogFormat::Candump);
    assert_eq!((reader.line_number(), reader.bytes_read()), (0, 0));
    reader.next();
    assert_eq!((reader.line_number(), reader.bytes_read()), (1, 19));
    reader.next();
    assert!(reader.next().is_none());
    assert_eq!((reader.line_number(), reader.bytes_read()), (2, log.len() as u64));
}

/// A source that fails behind its text.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("unplugged"));
        }
        self.0.read(buffer)
    }
}

#[test]
fn an_error_of_the_source_ends_the_log_after_what_was_read() {
    let source = BufReader::new(Failing(b"(1.0) can0 123#00\n(2.0) can0 1"));
    let mut reader = LogReader::new(source, LogFormat::Candump);
    assert!(matches!(reader.next(), Some(Ok(LogItem::Frame(_)))));
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!((error.after_line, error.source.to_string()), (1, "unplugged".into()));
    assert!(reader.next().is_none());
}

#[test]
fn the_format_is_known_by_extension_or_by_content() {
    assert_eq!(LogFormat::from_extension("ASC"), Some(LogFormat::Asc));
    assert_eq!(LogFormat::from_extension("csv"), Some(LogFormat::SavvyCan));
    assert_eq!(LogFormat::from_extension("log"), None);
    assert_eq!(LogFormat::detect(b"\n  (1.0) can0 123#00"), Some(LogFormat::Candump));
    assert_eq!(LogFormat::detect(b"date Sat Mar 14\nbase hex"), Some(LogFormat::Asc));
    assert_eq!(LogFormat::detect(b"time stamp,ID,Extended"), Some(LogFormat::SavvyCan));
    assert_eq!(LogFormat::detect(b""), None);
}

#[test]
fn a_file_is_opened_whatever_it_is_called() {
    let folder = std::env::temp_dir().join(format!("dimo-dbc-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("drive.log", "Time Stamp,ID,Extended,Dir,Bus,LEN,D1\n1,123,false,Rx,0,1,00\n"),
        ("drive.txt", "\u{FEFF}base hex timestamps absolute\n0.1 1 64 Rx d 0\n"),
        ("drive.asc", "0.1 1 64 Rx d 0\n"),
        ("drive", "(1.0) can0 123#00\n"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        assert_eq!(outcome(LogReader::open(&path).unwrap()), (1, vec![]), "{name}");
    }
    let missing = LogReader::open(folder.join("missing.log")).unwrap_err();
    assert_eq!(missing.source.kind(), io::ErrorKind::NotFound);
    assert!(LogReader::open(&folder).is_err(), "a folder is no log");
    std::fs::remove_dir_all(&folder).unwrap();
}
