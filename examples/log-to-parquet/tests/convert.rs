//! The program on files of our own, read back by the reader of the `parquet` package.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn run(words: &[OsString]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_log-to-parquet")).args(words).output().unwrap()
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dimo-dbc/tests/data").join(name)
}

/// Time, message, signal and value, as `world.decoded.csv` has them.
type Values = Vec<(i64, String, String, f64)>;

fn read(file: &Path, values: &mut Values) -> usize {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    let message = reader.schema().metadata()["message"].clone();
    let mut rows = 0;
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        rows += batch.num_rows();
        let times = batch.column(0).as_primitive::<TimestampMicrosecondType>();
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()).skip(1) {
            for (time, value) in times.values().iter().zip(column.as_primitive::<Float64Type>()) {
                if let Some(value) = value {
                    values.push((*time, message.clone(), field.name().clone(), value));
                }
            }
        }
    }
    rows
}

/// What cantools reads in the log.
fn expected() -> Values {
    let row = |line: &str| {
        let [time, _, message, signal, _, value] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("six columns");
        };
        let (seconds, fraction) = time.split_once('.').unwrap();
        let micros = format!("{seconds}{fraction:0<6}").parse().unwrap();
        (micros, message.to_owned(), signal.to_owned(), value.parse().unwrap())
    };
    sorted(include_str!("../../../dimo-dbc/tests/data/world.decoded.csv").lines().skip(1).map(row).collect())
}

fn sorted(mut values: Values) -> Values {
    values.sort_by(|one, other| one.partial_cmp(other).unwrap());
    values
}

#[test]
fn the_files_hold_what_cantools_reads_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&[
        data("world.dbc").into(),
        data("world.log").into(),
        OsString::from("-o"),
        folder.path().into(),
    ]);
    assert!(output.status.success(), "{output:?}");
    let list = String::from_utf8(output.stdout).unwrap();
    let (mut values, mut files) = (Values::new(), 0);
    for line in list.lines() {
        let (rows, file) = line.split_once('\t').unwrap();
        assert_eq!(read(Path::new(file), &mut values), rows.parse::<usize>().unwrap());
        files += 1;
    }
    assert_eq!(sorted(values), expected());
    assert_eq!(files, 8);
    assert!(list.contains("00000128_Nested.parquet"), "{list}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "2 malformed lines, 4 frames not decoded\n");
}

#[test]
fn other_words_are_refused() {
    for words in [&["a.dbc", "b.log"][..], &["a.dbc", "-o", "c"], &["a", "b", "c", "-o", "d"], &["--fast"]] {
        let output = run(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(!output.status.success() && output.stderr.starts_with(b"log-to-parquet: "), "{output:?}");
    }
}
