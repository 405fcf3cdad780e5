//! The table that the example makes of batches as files.
#![cfg(all(feature = "std", feature = "proto"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

#[expect(dead_code, reason = "its main is for the command line")]
#[path = "../examples/telemetry_decode.rs"]
mod telemetry_decode;
mod util;

use std::fs;
use std::io;
use std::path::Path;

use dimo_types::wire::{dictionary_hash, encode_batch, encode_dictionary};
use dimo_types::{Batch, Location, SignalInfo, SignalValue, Unit};
use miniz_oxide::inflate::decompress_to_vec_zlib;
use telemetry_decode::{Failure, run};
use tempfile::TempDir;
use util::{ID, QUARTER, START_US, batch_of, device, dictionary, reading, rpm, tiny};

fn name_of(dictionary: &[SignalInfo<'_>]) -> String {
    let hash: String = dictionary_hash(dictionary).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("dictionary-{hash}.pb")
}

/// A folder with these batches, and the dictionary of the first as it is.
fn folder_of(batches: &[Batch<'_>]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, batch) in batches.iter().enumerate() {
        fs::write(folder.path().join(format!("{number:06}.pb.z")), encode_batch(batch)).unwrap();
    }
    let dictionary = batches[0].dictionary();
    let plain = decompress_to_vec_zlib(&encode_dictionary(dictionary)).unwrap();
    fs::write(folder.path().join(name_of(dictionary)), plain).unwrap();
    folder
}

fn table(folder: &Path) -> Result<String, String> {
    let mut table = Vec::new();
    run(folder, &mut table).map_err(|failure| failure.to_string())?;
    Ok(String::from_utf8(table).unwrap())
}

#[test]
fn batches_are_read_in_their_order() {
    let folder = folder_of(&[tiny(), batch_of(vec![rpm(7, i64::MAX)])]);
    let other = [SignalInfo { name: "other", unit: Unit::None, scale: QUARTER }];
    let third = Batch::new(ID, device(), None, other, vec![reading(9, 0, SignalValue::Bool(true))]).unwrap();
    fs::write(folder.path().join("000010.pb.z"), encode_batch(&third)).unwrap();
    fs::write(folder.path().join(name_of(&other)), encode_dictionary(&other)).unwrap();
    fs::write(folder.path().join("notes.txt"), "nothing of ours").unwrap();
    fs::write(folder.path().join("1.pb.z"), "nothing of ours").unwrap();
    let row = |micros: u64, rest: &str| format!("{},{rest}\n", START_US + micros);
    let expected = [
        "timestamp_us,signal,value\n".to_owned(),
        row(0, "Engine.Rpm,1023.5"),
        row(0, "speed,50.5"),
        row(10_000, "Engine.Rpm,1024.5"),
        row(10_000, "speed,50.5"),
        row(20_100, "Engine.Rpm,1022.5"),
        row(20_100, "speed,-0"),
        row(7, "Engine.Rpm,2305843009213694000"),
        row(9, "other,1"),
    ];
    assert_eq!(table(folder.path()).unwrap(), expected.concat());
}

#[test]
fn odd_names_and_values_are_written_as_the_virtual_dongle_does() {
    let names = ["comma,", "quote\"", "line\nbreak"];
    let dictionary = names.map(|name| SignalInfo { name, unit: Unit::None, scale: QUARTER });
    let place = Location { latitude: 1.5, longitude: -2.0, altitude: None, hdop: None, heading: None };
    let readings = vec![
        reading(0, 0, SignalValue::Text("a,b")),
        reading(0, 1, SignalValue::Float(1e21)),
        reading(0, 2, SignalValue::Location(place)),
    ];
    let folder = folder_of(&[Batch::new(ID, device(), None, dictionary, readings).unwrap()]);
    let expected = format!(
        "timestamp_us,signal,value\n{START_US},\"comma,\",\"a,b\"\n{START_US},\"quote\"\"\",1000000000000000000000\n\
         {START_US},\"line\nbreak\",\"{:?}\"\n",
        SignalValue::Location(place),
    );
    assert_eq!(table(folder.path()).unwrap(), expected);
}

#[test]
fn a_folder_without_batches_is_an_empty_table() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(table(folder.path()).unwrap(), "timestamp_us,signal,value\n");
    assert!(matches!(run(&folder.path().join("nowhere"), io::sink()), Err(Failure::File { .. })));
}

#[test]
fn what_is_unreadable_is_named() {
    let folder = folder_of(&[tiny()]);
    let told = |says: &str| {
        let failure = table(folder.path()).unwrap_err();
        assert!(failure.contains(says), "{failure}");
    };
    let (batch, words) = (folder.path().join("000000.pb.z"), folder.path().join(name_of(&dictionary())));
    fs::write(&words, b"\x0a\x00").unwrap();
    told("another hash than its name");
    fs::write(&words, b"\x0a").unwrap();
    told("no message of dimo.v1");
    fs::remove_file(&words).unwrap();
    told(&name_of(&dictionary()));
    fs::write(&batch, b"no zlib").unwrap();
    told("000000.pb.z: no whole zlib stream");
    fs::write(&batch, vec![0; (8 << 20) + 1]).unwrap();
    told("longer than");
}

#[test]
fn an_output_that_closes_is_an_error_and_no_panic() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = folder_of(&[tiny()]);
    let refused = run(folder.path(), Closed);
    assert!(matches!(refused, Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe));
}
