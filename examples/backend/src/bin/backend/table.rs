//! Parquet files of readings.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;

use crate::entry::{Cell, Entry, Row};
use crate::openings::sync_folder;

/// Entries that are made a piece of the table at a time.
const PIECE: usize = 1_024;

/// One row for each reading. A batch without readings has one row with nothing behind its id.
fn schema() -> Schema {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Schema::new(vec![
        Field::new("device", DataType::Utf8, false),
        Field::new("batch", DataType::Utf8, true),
        Field::new("time", time, true),
        Field::new("signal", DataType::Utf8, true),
        Field::new("unit", DataType::Utf8, true),
        Field::new("number", DataType::Float64, true),
        Field::new("text", DataType::Utf8, true),
        Field::new("latitude", DataType::Float64, true),
        Field::new("longitude", DataType::Float64, true),
    ])
}

/// Writes the table of these entries; a power cut leaves the whole file or none.
pub(crate) fn write(path: &Path, entries: &[Entry]) -> Result<()> {
    let part = path.with_extension("part");
    let schema = Arc::new(schema());
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(&part)?;
    let mut writer = ArrowWriter::try_new(file.try_clone()?, Arc::clone(&schema), Some(properties))?;
    for piece in entries.chunks(PIECE) {
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns(piece))?)?;
    }
    writer.close()?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    Ok(sync_folder(path)?)
}

fn columns(entries: &[Entry]) -> Vec<ArrayRef> {
    let rows: Vec<(&Entry, Option<&Row>)> = entries.iter().flat_map(rows).collect();
    let of_entry = |of: fn(&Entry) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(|(entry, _)| of(entry)).collect::<StringArray>())
    };
    let text = |of: fn(&Row) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, row)| of((*row)?)).collect::<StringArray>())
    };
    let number = |of: fn(&Cell) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, row)| of(&(*row)?.value)).collect::<Float64Array>())
    };
    let times = rows.iter().map(|(_, row)| row.map(|row| row.time)).collect::<TimestampMicrosecondArray>();
    vec![
        of_entry(|entry| Some(&entry.device)),
        of_entry(|entry| entry.batch.as_deref()),
        Arc::new(times.with_timezone("UTC")),
        text(|row| Some(&row.signal)),
        text(|row| Some(&row.unit)),
        number(Cell::number),
        text(|row| row.value.text()),
        number(|cell| cell.position().map(|[latitude, _]| latitude)),
        number(|cell| cell.position().map(|[_, longitude]| longitude)),
    ]
}

fn rows(entry: &Entry) -> Vec<(&Entry, Option<&Row>)> {
    if entry.readings.is_empty() {
        return vec![(entry, None)];
    }
    entry.readings.iter().map(|row| (entry, Some(row))).collect()
}

/// The batches that a file has in it, each with its device.
pub(crate) fn batches(path: &Path) -> Result<BTreeSet<(String, String)>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let columns = ProjectionMask::columns(reader.parquet_schema(), ["device", "batch"]);
    let mut batches = BTreeSet::new();
    for piece in reader.with_projection(columns).build()? {
        let piece = piece?;
        let of = |name: &str| piece.column_by_name(name)?.as_any().downcast_ref::<StringArray>();
        let (Some(devices), Some(ids)) = (of("device"), of("batch")) else { continue };
        let both = devices.iter().zip(ids).filter_map(|(device, id)| Some((device?, id?)));
        batches.extend(both.map(|(device, id)| (device.to_owned(), id.to_owned())));
    }
    Ok(batches)
}
