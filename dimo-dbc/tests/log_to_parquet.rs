//! The example `log_to_parquet` on files of our own, read back by the reader of the `parquet` package.
#![cfg(all(feature = "arrow", feature = "import"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

#[path = "../examples/log_to_parquet.rs"]
#[allow(dead_code, reason = "its main is not run here")]
mod log_to_parquet;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
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
    sorted(include_str!("data/world.decoded.csv").lines().skip(1).map(row).collect())
}

fn sorted(mut values: Values) -> Values {
    values.sort_by(|one, other| one.partial_cmp(other).unwrap());
    values
}

#[test]
fn the_files_hold_what_cantools_reads_in_the_log() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("world.parquet");
    let words = [data("world.dbc").into(), data("world.log").into(), OsString::from("-o"), (&folder).into()];
    let (mut list, mut notes) = (Vec::new(), Vec::new());
    log_to_parquet::convert(words.into_iter(), &mut list, &mut notes).unwrap();
    let list = String::from_utf8(list).unwrap();
    let (mut values, mut files) = (Values::new(), 0);
    for line in list.lines() {
        let (rows, file) = line.split_once('\t').unwrap();
        assert_eq!(read(Path::new(file), &mut values), rows.parse::<usize>().unwrap());
        files += 1;
    }
    assert_eq!(sorted(values), expected());
    assert_eq!(files, 8);
    assert!(list.contains("00000128_Nested.parquet"), "{list}");
    assert_eq!(String::from_utf8(notes).unwrap(), "2 malformed lines, 4 frames not decoded\n");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn other_words_are_refused() {
    for words in [&["a.dbc", "b.log"][..], &["a.dbc", "-o", "c"], &["a", "b", "c", "-o", "d"], &["--fast"]] {
        let words = words.iter().map(OsString::from);
        assert!(log_to_parquet::convert(words, &mut Vec::new(), &mut Vec::new()).is_err());
    }
}
