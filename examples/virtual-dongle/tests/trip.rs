//! The virtual dongle as a user runs it: the binary, its exit code, its output folder.

#![expect(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dimo_types::SignalDictionary as _;
use dimo_types::wire::{DecodeLimits, Dictionary, decode_batch};
use serde_json::Value;
use tempfile::TempDir;

/// A vehicle with one multiplexed message, one FD message and one with an extended id.
const DBC: &str = r#"VERSION ""
BU_: Dongle
BO_ 256 Motion: 8 Dongle
 SG_ Mode M : 0|8@1+ (1,0) [0|3] "" Dongle
 SG_ Speed m0 : 15|16@0+ (0.01,0) [0|300] "mph" Dongle
 SG_ Torque m1 : 8|16@1- (0.5,-10) [0|0] "Nm" Dongle
BO_ 2566844693 Wide: 8 Dongle
 SG_ Counter : 0|64@1+ (1,0) [0|0] "" Dongle
BO_ 512 Long: 64 Dongle
 SG_ Last : 504|8@1+ (1,0) [0|0] "" Dongle
"#;

/// A folder with our DBC and a log of these lines.
struct Garage {
    folder: TempDir,
}

impl Garage {
    fn with_log(lines: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("car.dbc"), DBC).unwrap();
        fs::write(folder.path().join("drive.log"), lines.join("\n")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, more: &[&str]) -> Output {
        let dongle = Command::new(env!("CARGO_BIN_EXE_virtual-dongle"))
            .current_dir(self.folder.path())
            .args(["--dbc", "car.dbc", "--log", "drive.log", "--out", "trip"])
            .args(more)
            .output();
        dongle.unwrap()
    }

    fn summary(&self) -> Value {
        summary(&self.path("trip"))
    }

    fn signals(&self) -> String {
        fs::read_to_string(self.path("trip/signals.csv")).unwrap()
    }
}

fn summary(out: &Path) -> Value {
    serde_json::from_slice(&fs::read(out.join("summary.json")).unwrap()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_reading_of_a_log_is_in_the_csv_in_log_order() {
    let garage = Garage::with_log(&[
        "(1700000000.000001) can0 100#0010680000000000",
        "(1700000000.000001) can0 100#01F6FF0000000000",
        "(1700000000.5) can0 18FEF115#FFFFFFFFFFFFFFFF",
        "(1700000001) can1 100#00",
        "(1700000000.9) can0 0F1#00",
    ]);
    assert!(garage.run(&[]).status.success());
    let expected = "timestamp_us,signal,value\n\
        1700000000000001,Motion.Mode,0\n\
        1700000000000001,Motion.Speed,42\n\
        1700000000000001,Motion.Mode,1\n\
        1700000000000001,Motion.Torque,-15\n\
        1700000000500000,Wide.Counter,18446744073709552000\n\
        1700000001000000,Motion.Mode,0\n";
    assert_eq!(garage.signals(), expected);
    let summary = garage.summary();
    let number = |name: &str| summary[name].as_f64().unwrap();
    assert_eq!([number("frames"), number("decoded_frames"), number("unknown_frames")], [5.0, 4.0, 1.0]);
    assert_eq!([number("samples"), number("signals"), number("signals_cut_short")], [6.0, 4.0, 1.0]);
    assert_eq!([number("frames_back_in_time"), number("log_seconds")], [1.0, 0.999_999]);
}

#[test]
fn remote_and_error_frames_are_neither_data_nor_malformed() {
    let garage = Garage::with_log(&[
        "(1.0) can0 100#R",
        "(1.1) can0 100#R8",
        "(1.2) can0 20000004#0000000000000000",
        "(1.3) can0 200##100",
    ]);
    assert!(garage.run(&[]).status.success());
    let summary = garage.summary();
    assert_eq!(
        [&summary["frames"], &summary["remote_or_error_frames"], &summary["malformed_lines"]],
        [1, 3, 0]
    );
}

#[test]
fn malformed_lines_are_counted_and_the_first_twenty_listed_with_their_numbers() {
    let mut lines = vec!["(1.0) can0 100#0000000000000000"; 2];
    lines.extend(["no frame at all"; 25]);
    let garage = Garage::with_log(&lines);
    let output = garage.run(&[]);
    assert!(output.status.success());
    assert_eq!(garage.summary()["malformed_lines"], 25);
    let listed: Vec<_> = stderr(&output).lines().map(str::to_owned).collect();
    assert_eq!(listed.len(), 21);
    assert!(listed[0].starts_with("drive.log:3: ") && listed[19].starts_with("drive.log:22: "), "{listed:?}");
    assert_eq!(listed[20], "drive.log: 5 more malformed lines");
}

#[test]
fn an_interval_keeps_one_reading_per_signal_and_the_first_counts() {
    let lines: Vec<_> = (0..30).map(|i| format!("({}.{}00) can0 100#02", i / 10, i % 10)).collect();
    let garage = Garage::with_log(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(garage.run(&["--interval-ms", "1000"]).status.success());
    let times: Vec<_> =
        garage.signals().lines().skip(1).map(|row| row.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(times, ["0", "1000000", "2000000"]);
}

#[test]
fn a_mapping_gives_a_signal_its_vss_name_and_unit() {
    let garage = Garage::with_log(&["(1.0) can0 100#002710"]);
    fs::write(garage.path("map.toml"), "[[signal]]\ndbc = \"Motion.Speed\"\nvss = \"speed\"\n").unwrap();
    let output = garage.run(&["--mapping", "map.toml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let row = garage.signals().lines().last().unwrap().to_owned();
    let (name, value) = row.rsplit_once(',').unwrap();
    assert_eq!(name, "1000000,speed");
    assert!((value.parse::<f64>().unwrap() - 160.9344).abs() < 1e-9, "{value}");
}

#[test]
fn an_unreadable_dbc_ends_with_file_line_and_reason_and_leaves_nothing() {
    let garage = Garage::with_log(&["(1.0) can0 100#00"]);
    fs::write(garage.path("car.dbc"), "VERSION \"\"\nBO_ 1 A: 8 X\n SG_ S : what is this\n").unwrap();
    let output = garage.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("car.dbc:3:"), "{}", stderr(&output));
    let left: Vec<_> =
        fs::read_dir(garage.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_log_that_is_not_there_leaves_nothing_either() {
    let garage = Garage::with_log(&[]);
    fs::remove_file(garage.path("drive.log")).unwrap();
    let output = garage.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("drive.log: "), "{}", stderr(&output));
    assert!(!garage.path("trip").exists());
}

#[test]
fn wire_bytes_are_the_bytes_of_what_was_sent() {
    let garage = Garage::with_log(&["(1.0) can0 100#0010680000000000", "(30.0) can0 100#0010690000000000"]);
    assert!(garage.run(&[]).status.success());
    let files = |suffix: &str| -> Vec<Vec<u8>> {
        let entries = fs::read_dir(garage.path("trip/batches")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let paths = paths.filter(|path| path.to_string_lossy().ends_with(suffix));
        paths.map(|path| fs::read(path).unwrap()).collect()
    };
    let len = |files: &[Vec<u8>]| files.iter().map(Vec::len).sum::<usize>();
    let summary = garage.summary();
    let bytes = |kind: &str, form: &str| summary[kind][form].as_u64().unwrap() as usize;
    let (gen1, batches, dictionaries) = (files(".gen1.json"), files(".pb.z"), files(".pb"));
    assert_eq!((gen1.len(), batches.len(), dictionaries.len()), (2, 2, 1));
    assert_eq!(bytes("wire_bytes", "gen1"), len(&gen1));
    // What a session adds: its opening and 24 bytes a record, a few more for each message's kind.
    let sent = len(&batches) + len(&dictionaries);
    assert!((sent..sent + 600).contains(&bytes("wire_bytes", "protobuf")), "{summary}");
    for form in ["gen1", "json_gzip", "protobuf", "avro"] {
        assert!(bytes("payload_bytes", form) < bytes("wire_bytes", form), "{form}: {summary}");
    }
    assert!(bytes("wire_bytes", "json_gzip") < bytes("wire_bytes", "gen1"));
    assert_eq!(summary["left_out_of_gen1"], 0);
    // Two openings of sessions, and each batch as JSON in two ways.
    assert_eq!(
        [&summary["batches"], &summary["signatures_verified"], &summary["signatures_failed"]],
        [2, 6, 0]
    );
}

#[test]
fn batches_and_dictionary_are_read_with_nothing_else() {
    let garage = Garage::with_log(&["(1.0) can0 100#0010680000000000", "(30.0) can0 100#0010690000000000"]);
    assert!(garage.run(&[]).status.success());
    let limits = DecodeLimits::default();
    let mut rows: Vec<String> = Vec::new();
    for number in 1..=2 {
        let bytes = fs::read(garage.path(&format!("trip/batches/{number:06}.pb.z"))).unwrap();
        let batch = decode_batch(&bytes, &limits).unwrap();
        let hash: String = batch.dictionary_hash().iter().map(|byte| format!("{byte:02x}")).collect();
        let dictionary = fs::read(garage.path(&format!("trip/batches/dictionary-{hash}.pb"))).unwrap();
        let dictionary = Dictionary::decode(&dictionary, &limits).unwrap();
        for reading in batch.to_batch(&dictionary).unwrap().readings() {
            let name = dictionary.signal(reading.signal).unwrap().name;
            let value = reading.value.as_f64().unwrap();
            rows.push(format!("{},{name},{value}", reading.time.as_micros()));
        }
    }
    let mut expected: Vec<_> = garage.signals().lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}

#[test]
fn without_arguments_our_own_vehicle_drives_and_the_report_is_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_virtual-dongle")).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let out = folder.path().join("target/trip");
    let summary = summary(&out);
    assert!(summary["log_seconds"].as_f64().unwrap() >= 600.0);
    assert!(summary["malformed_lines"].as_u64().unwrap() > 0);
    assert_eq!(summary["signatures_failed"], 0);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("src=") && !page.contains("href="));
    let statement = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(statement.contains("24 months closed"), "{statement}");
    let rebate = statement.lines().find(|line| line.starts_with("provider:")).unwrap();
    assert!(rebate.ends_with("35.0"), "{rebate}");
}
