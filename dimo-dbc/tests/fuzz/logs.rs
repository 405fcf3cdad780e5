//! Log readers: the same frames however the bytes arrive, and the writer's lines come back.

use std::io::BufReader;

use dimo_dbc::log::{LogFormat, LogItem, LogReader, candump as text};
use dimo_types::FrameKind;

pub(crate) fn candump(bytes: &[u8]) {
    read(bytes, LogFormat::Candump);
}

pub(crate) fn asc(bytes: &[u8]) {
    read(bytes, LogFormat::Asc);
}

pub(crate) fn savvycan(bytes: &[u8]) {
    read(bytes, LogFormat::SavvyCan);
}

pub(crate) fn pcan(bytes: &[u8]) {
    read(bytes, LogFormat::Pcan);
}

fn read(bytes: &[u8], format: LogFormat) {
    let _ = LogFormat::detect(bytes);
    let whole: Vec<LogItem> = LogReader::new(bytes, format).map(Result::unwrap).collect();
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(whole.len() <= lines);
    let in_pieces: Vec<LogItem> =
        LogReader::new(BufReader::with_capacity(7, bytes), format).map(Result::unwrap).collect();
    assert_eq!(whole, in_pieces);
    for item in whole {
        match item {
            LogItem::Frame(frame) => {
                let line = text::Line { channel: "can0", frame: &frame }.to_string();
                let again = text::parse_line(line.as_bytes()).unwrap().unwrap();
                assert_eq!((again.channel, again.frame.data()), ("can0", frame.data()), "{line}");
                // An error frame's identifier may not fit beside its mark; all else comes back as it was.
                if frame.kind() != FrameKind::Error {
                    assert_eq!(again.frame, frame, "{line}");
                }
            }
            LogItem::Malformed(line) => {
                assert!((1..=lines as u64).contains(&line.line) && !line.to_string().is_empty())
            }
            other => panic!("{other:?}"),
        }
    }
}
