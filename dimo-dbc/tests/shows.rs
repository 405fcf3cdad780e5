//! The examples `dbc_check`, `dbc_compile` and `dbc_decode` on files of our own, as a person runs them.
#![cfg(feature = "import")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[path = "../examples/dbc_check.rs"]
#[allow(dead_code, reason = "its main is not run here")]
mod dbc_check;
#[path = "../examples/dbc_compile.rs"]
#[allow(dead_code, reason = "its main is not run here")]
mod dbc_compile;
#[path = "../examples/dbc_decode.rs"]
#[allow(dead_code, reason = "its main is not run here")]
mod dbc_decode;

const WORLD_CSV: &str = include_str!("data/world.decoded.csv");

fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A file that is there for one test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn word(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn words(words: &[&str]) -> impl Iterator<Item = OsString> {
    words.iter().map(OsString::from).collect::<Vec<_>>().into_iter()
}

/// What it prints, and whether all files were read.
fn check(arguments: &[&str]) -> (String, bool) {
    let mut out = Vec::new();
    let success = dbc_check::check(words(arguments), &mut out).unwrap();
    (String::from_utf8(out).unwrap(), success)
}

/// CSV and summary.
fn decode(arguments: &[&str]) -> (String, String) {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    dbc_decode::decode(words(arguments), &mut out, &mut notes).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap())
}

/// The sizes it prints, and what it remarks.
fn compile(arguments: &[&str]) -> (String, String) {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    dbc_compile::write_plan(words(arguments), &mut out, &mut notes).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap())
}

/// The header and those rows of the world's CSV that `keep` wants.
fn rows(keep: impl Fn(&str) -> bool) -> String {
    let lines = WORLD_CSV.lines().enumerate().filter(|(at, line)| *at == 0 || keep(line));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

#[test]
fn a_check_counts_every_entry_of_a_file() {
    let world = data("world.dbc");
    assert_eq!(check(&[&world]), (format!("ok\t9\t26\t{world}\n"), true));
}

#[test]
fn a_check_counts_what_is_there_twice_and_what_no_message_has() {
    let text = "BO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n\
                BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX\n SG_ Lost : 0|8@1+ (1,0) [0|0] \"\" X\n";
    let file = Scratch::new("twice.dbc", text);
    assert_eq!(check(&[file.word()]), (format!("ok\t3\t4\t{}\n", file.word()), true));
}

#[test]
fn a_check_says_where_a_file_is_wrong_and_goes_on() {
    let broken = Scratch::new("broken.dbc", "BO_ 5 M: 8 X\n SG_ A : 0|8@1 (1,0) [0|0] \"\" X\n");
    let (absent, world) = (data("absent.dbc"), data("world.dbc"));
    let (said, success) = check(&[broken.word(), &absent, &world]);
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split('\t').collect()).collect();
    assert!(!success);
    assert_eq!(lines[0], ["error", "2:16", "expected `+` or `-`", broken.word()]);
    assert_eq!((lines[1][0], lines[1][1], lines[1][3]), ("error", "0:0", absent.as_str()));
    assert_eq!(lines[2], ["ok", "9", "26", world.as_str()]);
}

#[test]
fn a_check_with_lint_adds_indented_findings() {
    let world = data("world.dbc");
    let expected = format!("ok\t9\t26\t{world}\n  line 19: Drive.Flags shares bits with Torque\n");
    assert_eq!(check(&["--lint", &world]), (expected.clone(), true));
    assert_eq!(check(&[&world, "--lint"]), (expected, true));
}

#[test]
fn a_check_of_nothing_or_with_an_unknown_option_is_refused() {
    for arguments in [&[][..], &["--lint"], &["--strict", "file.dbc"]] {
        assert!(dbc_check::check(words(arguments), &mut Vec::new()).is_err(), "{arguments:?}");
    }
}

#[test]
fn a_log_decodes_to_what_cantools_reads_in_it() {
    let (csv, summary) = decode(&[&data("world.dbc"), &data("world.log")]);
    assert_eq!(csv, WORLD_CSV);
    let expected = "2 malformed lines\n  line 15: the time cannot be read\n  line 16: an odd number of data digits (3)\n\
                    2 frames with 2 unknown ids\n  129: 1\n  00000129: 1\n2 frames too short for all their signals\n";
    assert_eq!(summary, expected);
}

#[test]
fn timestamps_are_those_of_the_log_in_every_format() {
    let header = "timestamp,id,message,signal,raw,value\n";
    let asc = Scratch::new(
        "times.asc",
        "date Sat Mar 14 08:00:00.000 am 2026\nbase hex  timestamps relative\n   1.5 1  127 Rx d 8 00 00 00 00 00 00 F8 3F\n\
         \x20  0.250000 1  127 Rx d 8 00 00 00 00 00 00 F8 3F\n",
    );
    let expected = format!("{header}1.5,127,Double,Value,1.5,0.75\n0.250000,127,Double,Value,1.5,0.75\n");
    assert_eq!(decode(&[&data("world.dbc"), asc.word()]).0, expected);
    let csv = Scratch::new(
        "times.csv",
        "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n166064000,00000127,false,Rx,0,8,00,00,00,00,00,00,F8,3F,\n",
    );
    let expected = format!("{header}166064000,127,Double,Value,1.5,0.75\n");
    assert_eq!(decode(&[&data("world.dbc"), csv.word()]).0, expected);
}

#[test]
fn a_list_of_names_restricts_the_rows() {
    let names = Scratch::new(
        "names.txt",
        "# what we want\n\nDrive.Rpm # of the engine\r\nAlways\n  Nested.Deep\nVECTOR__INDEPENDENT_SIG_MSG.Lost\nPage.Rpm\n",
    );
    let (csv, summary) = decode(&["--select", names.word(), &data("world.dbc"), &data("world.log")]);
    let wanted = [",Drive,Rpm,", ",Page,Always,", ",Nested,Deep,"];
    assert_eq!(csv, rows(|row| wanted.iter().any(|name| row.contains(name))));
    assert_eq!(csv.lines().count(), 6);
    assert!(summary.starts_with("no signal is named Page.Rpm\n"), "{summary}");
}

#[test]
fn a_plan_alone_gives_the_same_rows_as_the_file_it_is_from() {
    let (plan, names) =
        (Scratch::new("world.plan", ""), Scratch::new("plan_names.txt", "Gear\nDrive.Speed\nCell1\n"));
    let (dbc, log) = (data("world.dbc"), data("world.log"));

    let (sizes, notes) = compile(&[&dbc, "-o", plan.word()]);
    let bytes = std::fs::read(&plan.0).unwrap();
    let numbers: Vec<usize> = sizes.trim_end().split('\t').map(|number| number.parse().unwrap()).collect();
    assert_eq!((numbers[0], numbers[1] + numbers[2]), (25, bytes.len()));
    assert!(notes.is_empty(), "{notes}");
    assert_eq!(decode(&["--plan", plan.word(), &log]).0, WORLD_CSV);

    let (sizes, _) = compile(&["-o", plan.word(), "--select", names.word(), &dbc]);
    assert!(sizes.starts_with("3\t"), "{sizes}");
    let (selected, _) = decode(&[&dbc, &log, "--select", names.word()]);
    assert_eq!(selected.lines().count(), 5);
    assert_eq!(decode(&["--plan", plan.word(), &log]).0, selected);

    // What a device stores has no names to print.
    std::fs::write(&plan.0, &bytes[..numbers[1]]).unwrap();
    let refused = dbc_decode::decode(words(&["--plan", plan.word(), &log]), &mut Vec::new(), &mut Vec::new());
    assert_eq!(refused.unwrap_err().to_string(), "the plan has no names section");
}

#[test]
fn groups_of_j1939_match_whoever_sends_them() {
    let text = "BO_ 2364540158 EEC1: 8 X\n SG_ Speed : 24|16@1+ (0.125,0) [0|0] \"rpm\" X\n\
                BO_ 2348810494 TSC1: 8 X\n SG_ Limit : 0|8@1+ (1,-125) [0|0] \"%\" X\n\
                BO_ 291 Plain: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n";
    let dbc = Scratch::new("j1939.dbc", text);
    let log = Scratch::new(
        "j1939.log",
        "(1.0) can0 0CF00400#FFFFFF6813FFFFFF\n(2.0) can0 18F0043D#FFFFFF0000FFFFFF\n(3.0) can0 0C000B03#7D\n(4.0) can0 0CF00500#00\n\
         (5.0) can0 123#01\n(6.0) can0 00000123#02\n(7.0) can0 1C000B03#FF\n(8.0) can0 0D000B03#FF\n",
    );
    let (csv, summary) = decode(&["--pgn", dbc.word(), log.word()]);
    let expected = "timestamp,id,message,signal,raw,value\n1.0,0CF00400,EEC1,Speed,4968,621\n2.0,18F0043D,EEC1,Speed,0,0\n\
                    3.0,0C000B03,TSC1,Limit,125,0\n5.0,123,Plain,A,1,1\n6.0,00000123,TSC1,Limit,2,-123\n7.0,1C000B03,TSC1,Limit,255,130\n";
    assert_eq!(csv, expected);
    assert!(summary.contains("2 frames with 2 unknown ids"), "{summary}");
    assert_eq!(decode(&[dbc.word(), log.word()]).0.lines().count(), 2);
}
