//! How fast readings are written and read before deflate.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use dimo_types::Batch;
use dimo_types::wire::{
    BatchEncoder, BatchHeader, DecodeLimits, EncoderMemory, batch_message, decode_dictionary, decode_message,
    dictionary_hash, encode_dictionary,
};

use crate::case::{Case, RATES};
use crate::forms;

/// How long one side is measured before the next has its turn: shorter than what a busy machine interrupts every time.
const TURN: Duration = Duration::from_millis(4);
const ROUNDS: usize = 80;
/// What ours is to reach at least, in million readings a second.
const FLOOR: f64 = 20.0;

/// What is measured, and the fewest seconds that a batch took in a turn.
struct Side<'a> {
    name: &'static str,
    is_ours: bool,
    work: Box<dyn FnMut() + 'a>,
    best: f64,
}

fn side<'a, T>(name: &'static str, mut work: impl FnMut() -> T + 'a) -> Side<'a> {
    let work = Box::new(move || {
        black_box(work());
    });
    Side { name, is_ours: name.starts_with("ours"), work, best: f64::INFINITY }
}

/// Prints the tables of a case. Whether the floors hold.
pub fn print(case: &Case) -> Result<bool, Box<dyn Error>> {
    let mut holds = true;
    for (batches, rate) in case.rates.iter().zip(RATES) {
        // A whole batch, past the beginning of the drive.
        let Some(batch) = batches.iter().max_by_key(|batch| batch.readings().len()) else { continue };
        let readings = batch.readings().len();
        println!(
            "{}, {rate}: a batch of {readings} readings, million readings a second on one core",
            case.name
        );
        holds &= encode(batch);
        holds &= decode(batch)?;
        println!();
    }
    Ok(holds)
}

fn encode(batch: &Batch<'_>) -> bool {
    let (json, rows, columns) = (forms::json_rows(batch), forms::rows(batch), forms::columns(batch));
    let avro = forms::avro_rows(&rows);
    let mut memory = Box::new(EncoderMemory::<1024, 4096, 65536>::new());
    let mut encoder = BatchEncoder::new(memory.as_mut().as_mut(), usize::MAX);
    let mut out = vec![0; 1 << 20];
    let header = BatchHeader {
        id: batch.id(),
        device: batch.device(),
        vehicle: batch.vehicle(),
        dictionary_hash: dictionary_hash(batch.dictionary()),
    };
    compare(
        "encode",
        batch.readings().len(),
        vec![
            side("ours, reading by reading", || {
                black_box(batch)
                    .readings()
                    .iter()
                    .try_for_each(|reading| encoder.push(reading))
                    .expect("room for all");
                encoder.seal(&header, &batch.parts(), &mut out).expect("room for all").len()
            }),
            side("ours, of a batch", || batch_message(black_box(batch))),
            side("serde_json, today's rows", || forms::json(black_box(&json))),
            side("prost, rows", || forms::protobuf(black_box(&rows))),
            side("apache-avro, rows", || forms::avro(black_box(&avro))),
            side("pco, columns", || forms::pco(black_box(&columns))),
        ],
    )
}

fn decode(batch: &Batch<'_>) -> Result<bool, Box<dyn Error>> {
    let limits = DecodeLimits::default();
    let message = batch_message(batch);
    let dictionary = decode_dictionary(&encode_dictionary(batch.dictionary()), &limits)?;
    let (json, rows) = (forms::json_rows(batch), forms::rows(batch));
    let (columns, avro) = (forms::columns(batch), forms::avro_rows(&rows));
    // Whatever is measured gives back what went in.
    assert!(&decode_message(&message, &limits)?.to_batch(&dictionary)? == batch);
    let (json_bytes, protobuf_bytes) = (forms::json(&json), forms::protobuf(&rows));
    let (avro_bytes, pco_bytes) = (forms::avro(&avro), forms::pco(&columns));
    // serde_json reads a float to the last bit but one, unless told to take its time.
    assert!(forms::read_json(&json_bytes).len() == json.len());
    assert!(forms::read_protobuf(&protobuf_bytes) == rows);
    assert!(forms::read_avro(&avro_bytes) == avro);
    assert!(forms::read_pco(&pco_bytes) == columns);
    Ok(compare(
        "decode",
        batch.readings().len(),
        vec![
            side("ours, to columns", || decode_message(black_box(&message), &limits).expect("a batch")),
            side("ours, to readings in their order", || {
                let decoded = decode_message(black_box(&message), &limits).expect("a batch");
                decoded.to_batch(&dictionary).expect("its dictionary").readings().len()
            }),
            side("serde_json, today's rows", || forms::read_json(black_box(&json_bytes)).len()),
            side("prost, rows", || forms::read_protobuf(black_box(&protobuf_bytes))),
            side("apache-avro, rows", || forms::read_avro(black_box(&avro_bytes))),
            side("pco, columns", || forms::read_pco(black_box(&pco_bytes))),
        ],
    ))
}

/// Lets all sides take turns; the best turn of each counts. Whether ours is as fast as it must be.
fn compare(what: &str, readings: usize, mut sides: Vec<Side<'_>>) -> bool {
    for _ in 0..ROUNDS {
        for side in &mut sides {
            let (started, mut count) = (Instant::now(), 0);
            while started.elapsed() < TURN {
                (side.work)();
                count += 1;
            }
            side.best = side.best.min(started.elapsed().as_secs_f64() / f64::from(count));
        }
    }
    let speed = |side: &Side<'_>| readings as f64 / side.best / 1e6;
    let first = sides.first().map_or(f64::NAN, speed);
    let mut holds = true;
    for side in &sides {
        let speed = speed(side);
        let note = match side.is_ours {
            true if speed >= FLOOR => format!("  floor {FLOOR}: holds"),
            true => format!("  floor {FLOOR}: MISSED"),
            false => format!("{:>8.1} x", first / speed),
        };
        holds &= !side.is_ours || speed >= FLOOR;
        println!("  {what:<8}{:<40}{speed:>10.2}{note}", side.name);
    }
    holds
}
