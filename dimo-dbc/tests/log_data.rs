//! Real recordings, where they are at hand: every frame is read, and `candump` text comes back byte for byte.
#![cfg(feature = "std")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use std::path::{Path, PathBuf};

use dimo_dbc::log::{LogItem, LogReader, candump};
use dimo_types::Frame;

/// The recordings, or `None` with a loud word on a machine that has none.
fn recordings() -> Option<PathBuf> {
    let data = std::env::var_os("DIMO_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let folder = data.join("can");
    if !folder.is_dir() {
        eprintln!("not run: needs ../shared/data");
        return None;
    }
    Some(folder)
}

#[track_caller]
fn frames(path: &Path) -> Vec<Frame> {
    let items = LogReader::open(path).unwrap().map(Result::unwrap);
    items
        .map(|item| match item {
            LogItem::Frame(frame) => frame,
            other => panic!("{}: {other:?}", path.display()),
        })
        .collect()
}

#[test]
fn every_frame_of_real_candump_logs_is_read_and_written_back() {
    let Some(folder) = recordings() else { return };
    for (name, count) in [
        ("leaf24_ZE0_stock.log", 59_966),
        ("leaf62_ZE1_2.log", 25_832),
        ("bmw_i3_ptcan_startcharge.log", 79_045),
        ("css_asammdf_basics.log", 150_411),
        ("css_17BD1DB7_nissan_uds.log", 2_010),
        ("kia_eniro.log", 16_897),
    ] {
        let path = folder.join(name);
        let frames = frames(&path);
        assert_eq!(frames.len(), count, "{name}");
        let text = std::fs::read_to_string(&path).unwrap();
        for (line, frame) in text.lines().zip(&frames) {
            let channel = candump::parse_line(line.as_bytes()).unwrap().unwrap().channel;
            assert_eq!(candump::Line { channel, frame }.to_string(), line, "{name}");
        }
    }
}

#[test]
fn every_frame_of_a_real_asc_log_is_read() {
    let Some(folder) = recordings() else { return };
    let frames = frames(&folder.join("pythoncan_issue_1256.asc"));
    assert_eq!(frames.len(), 1_457);
    assert!(frames.iter().all(Frame::is_data));
}
