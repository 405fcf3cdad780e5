//! The same readings in the forms that one would take otherwise.

use std::io::Write;
use std::sync::LazyLock;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use dimo_types::wire::{ZlibEncoder, ZlibOptions};
use dimo_types::{Batch, Raw, SignalValue};
use flate2::Compression;
use flate2::write::GzEncoder;
use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};
use prost::Message;
use serde::{Deserialize, Serialize};

/// A signal of today's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonRow<'a> {
    timestamp: u64,
    name: &'a str,
    value: f64,
}

pub fn json_rows<'a>(batch: &'a Batch<'_>) -> Vec<JsonRow<'a>> {
    let names = batch.dictionary();
    let rows = batch.readings().iter().map(|reading| JsonRow {
        timestamp: reading.time.as_millis(),
        name: names[usize::from(reading.signal.0)].name,
        value: reading.value.as_f64().expect("every signal is a number"),
    });
    rows.collect()
}

pub fn json(rows: &[JsonRow<'_>]) -> Vec<u8> {
    serde_json::to_vec(rows).expect("they are numbers")
}

pub fn read_json(bytes: &[u8]) -> Vec<JsonRow<'_>> {
    serde_json::from_slice(bytes).expect("written above")
}

/// A reading as a message of its own.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
pub struct Row {
    #[prost(uint64, tag = "1")]
    time_us: u64,
    #[prost(uint32, tag = "2")]
    signal: u32,
    #[prost(sint64, optional, tag = "3")]
    raw: Option<i64>,
    #[prost(double, optional, tag = "4")]
    number: Option<f64>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Rows {
    #[prost(message, repeated, tag = "1")]
    rows: Vec<Row>,
}

pub fn rows(batch: &Batch<'_>) -> Rows {
    let rows = batch.readings().iter().map(|reading| {
        let (raw, number) = match reading.value {
            SignalValue::Scaled { raw: Raw::Signed(raw), .. } => (Some(raw), None),
            SignalValue::Scaled { raw: Raw::Unsigned(raw), .. } => (Some(raw.cast_signed()), None),
            value => (None, value.as_f64()),
        };
        Row { time_us: reading.time.as_micros(), signal: reading.signal.0.into(), raw, number }
    });
    Rows { rows: rows.collect() }
}

pub fn protobuf(rows: &Rows) -> Vec<u8> {
    rows.encode_to_vec()
}

pub fn read_protobuf(bytes: &[u8]) -> Rows {
    Rows::decode(bytes).expect("written above")
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let schema = r#"{"type": "array", "items": {"type": "record", "name": "AvroRow", "fields": [
        {"name": "time_us", "type": "long"},
        {"name": "signal", "type": "int"},
        {"name": "raw", "type": ["null", "long"]},
        {"name": "number", "type": ["null", "double"]}
    ]}}"#;
    Schema::parse_str(schema).expect("a schema")
});

/// A row as Avro's types have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AvroRow {
    time_us: i64,
    signal: i32,
    raw: Option<i64>,
    number: Option<f64>,
}

pub fn avro_rows(rows: &Rows) -> Vec<AvroRow> {
    let rows = rows.rows.iter().map(|row| AvroRow {
        time_us: row.time_us.cast_signed(),
        signal: row.signal.cast_signed(),
        raw: row.raw,
        number: row.number,
    });
    rows.collect()
}

pub fn avro(rows: &Vec<AvroRow>) -> Vec<u8> {
    let writer = GenericDatumWriter::builder(&SCHEMA).build().expect("a schema");
    writer.write_ser_to_vec(rows).expect("rows of the schema")
}

pub fn read_avro(mut bytes: &[u8]) -> Vec<AvroRow> {
    let reader = GenericDatumReader::builder(&SCHEMA).build().expect("a schema");
    reader.read_deser(&mut bytes).expect("written above")
}

/// The readings of one signal, as a codec of columns takes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    times: Vec<u64>,
    raws: Vec<i64>,
    numbers: Vec<f64>,
}

pub fn columns(batch: &Batch<'_>) -> Vec<Column> {
    let mut columns = vec![Column::default(); batch.dictionary().len()];
    for reading in batch.readings() {
        let column = &mut columns[usize::from(reading.signal.0)];
        column.times.push(reading.time.as_micros());
        match reading.value {
            SignalValue::Scaled { raw: Raw::Signed(raw), .. } => column.raws.push(raw),
            SignalValue::Scaled { raw: Raw::Unsigned(raw), .. } => column.raws.push(raw.cast_signed()),
            value => column.numbers.push(value.as_f64().expect("every signal is a number")),
        }
    }
    columns.retain(|column| !column.times.is_empty());
    columns
}

pub fn pco(columns: &[Column]) -> Vec<[Vec<u8>; 3]> {
    let config = ChunkConfig::default();
    let columns = columns.iter().map(|column| {
        let times = simple_compress(&column.times, &config).expect("numbers");
        // An empty list takes no bytes, since which of the two it is would stand elsewhere.
        let raws = (!column.raws.is_empty()).then(|| simple_compress(&column.raws, &config));
        let numbers = (!column.numbers.is_empty()).then(|| simple_compress(&column.numbers, &config));
        [
            times,
            raws.transpose().expect("numbers").unwrap_or_default(),
            numbers.transpose().expect("numbers").unwrap_or_default(),
        ]
    });
    columns.collect()
}

pub fn read_pco(columns: &[[Vec<u8>; 3]]) -> Vec<Column> {
    fn read<T: pco::data_types::Number>(bytes: &[u8]) -> Vec<T> {
        if bytes.is_empty() { Vec::new() } else { simple_decompress(bytes).expect("written above") }
    }
    let columns = columns.iter().map(|[times, raws, numbers]| Column {
        times: read(times),
        raws: read(raws),
        numbers: read(numbers),
    });
    columns.collect()
}

/// As today's devices pack.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector takes everything")
}

/// As a device deflates, with a window of so many bytes.
pub fn deflate_on_device(bytes: &[u8], window: usize) -> usize {
    let options = ZlibOptions::new(ZlibOptions::DEFAULT.level(), window).expect("a window");
    let mut out = vec![0; ZlibEncoder::bound(bytes.len())];
    ZlibEncoder::new().encode(bytes, options, &mut out).expect("room")
}

/// As ours is deflated by a host.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 9)
}

/// The characters of base64 for so many bytes.
pub const fn base64(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}
