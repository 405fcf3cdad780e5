//! Batches as files to a table: `telemetry_decode DIR` reads `NNNNNN.pb.z` (a zlib stream of one `TelemetryBatch` each) in
//! order, with the dictionaries that they name from `dictionary-HASH.pb` (a `Dictionary`, plain or as a zlib stream; HASH is its
//! keccak256 in lower-case hexadecimal), and prints `timestamp_us,signal,value`. Nothing else in DIR is read.
//!
//! Exit code 0, also when nobody wants more output; 1 when something is unreadable, 2 for a wrong call. One batch and one
//! dictionary are in memory at a time.

use std::borrow::Cow;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dimo_types::wire::{
    BindError, DecodeError, DecodeLimits, DecodedBatch, Dictionary, decode_batch, decode_dictionary,
};
use dimo_types::{Reading, SignalDictionary as _, SignalValue};
use thiserror::Error;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: telemetry_decode DIR");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder), BufWriter::with_capacity(1 << 16, io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("telemetry_decode: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why there is no table, or not all of it.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Content { path: PathBuf, source: DecodeError },
    #[error("{}: its bytes have another hash than its name", path.display())]
    OtherHash { path: PathBuf },
    #[error("{}: {source}", path.display())]
    Bind { path: PathBuf, source: BindError },
    #[error("the table cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Writes the table of the batches in `folder` to `output`.
pub(crate) fn run(folder: &Path, mut output: impl Write) -> Result<(), Failure> {
    let limits = DecodeLimits::default();
    writeln!(output, "timestamp_us,signal,value")?;
    let mut known: Option<Dictionary> = None;
    for number in numbers(folder)? {
        let path = folder.join(format!("{number:06}.pb.z"));
        let decoded = decode_batch(&read(&path, &limits)?, &limits);
        let batch = decoded.map_err(|source| Failure::Content { path: path.clone(), source })?;
        let dictionary = match known.take() {
            Some(last) if last.hash() == batch.dictionary_hash() => last,
            _ => dictionary(folder, &batch, &limits)?,
        };
        let dictionary = known.insert(dictionary);
        let bound = batch.to_batch(dictionary);
        for reading in bound.map_err(|source| Failure::Bind { path, source })?.readings() {
            row(&mut output, dictionary, reading)?;
        }
    }
    Ok(output.flush()?)
}

/// The numbers of the batches, in order.
fn numbers(folder: &Path) -> Result<Vec<u32>, Failure> {
    let failed = |source| Failure::File { path: folder.to_owned(), source };
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let digits = name.to_str().and_then(|name| name.strip_suffix(".pb.z"));
        let digits = digits.filter(|digits| digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit()));
        numbers.extend(digits.and_then(|digits| digits.parse::<u32>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// A file that is not larger than a message may be.
fn read(path: &Path, limits: &DecodeLimits) -> Result<Vec<u8>, Failure> {
    let limit = limits.inflated_bytes;
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > limit {
        return Err(Failure::Content { path: path.to_owned(), source: DecodeError::TooLarge { limit } });
    }
    Ok(bytes)
}

/// The dictionary that a batch names.
fn dictionary(folder: &Path, batch: &DecodedBatch, limits: &DecodeLimits) -> Result<Dictionary, Failure> {
    let hash = batch.dictionary_hash();
    let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join(format!("dictionary-{name}.pb"));
    let bytes = read(&path, limits)?;
    // Nothing that is not zlib passes for it, since it has a checksum.
    let decoded = match decode_dictionary(&bytes, limits) {
        Err(DecodeError::NotZlib) => Dictionary::decode(&bytes, limits),
        zlib => zlib,
    };
    match decoded {
        Ok(dictionary) if dictionary.hash() == hash => Ok(dictionary),
        Ok(_) => Err(Failure::OtherHash { path }),
        Err(source) => Err(Failure::Content { path, source }),
    }
}

/// Numbers are written as the shortest text that reads back as the same number, states as 1 and 0.
fn row(output: &mut impl Write, dictionary: &Dictionary, reading: &Reading<'_>) -> io::Result<()> {
    let name = dictionary.signal(reading.signal).map_or("", |entry| entry.name);
    let mut write =
        |value: &dyn Display| writeln!(output, "{},{},{value}", reading.time.as_micros(), quoted(name));
    match (reading.value.as_f64(), reading.value) {
        (Some(number), _) => write(&number),
        (None, SignalValue::Text(text)) => write(&quoted(text)),
        (None, other) => write(&quoted(&format!("{other:?}"))),
    }
}

/// A field as it is, or in quotation marks where a comma or a line's end would cut it (RFC 4180).
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\"")).into()
    } else {
        field.into()
    }
}
