//! Bytes on the wire.

use std::error::Error;

use dimo_crypto::session::{OPENING_LEN, OVERHEAD, REPLY_LEN};
use dimo_types::wire::{
    Gen1Device, Gen1Envelope, StreamMessage, batch_message, encode_batch, encode_dictionary,
};
use dimo_types::{Batch, Timestamp};

use crate::case::{Case, RATES};
use crate::forms;

/// Bytes of one form at each rate.
type Sizes = [usize; 2];

/// The forms of the payload, today's first.
const FORMS: [&str; 9] = [
    "JSON, gzip, base64: today",
    "JSON, gzip",
    "protobuf rows, deflate",
    "Avro rows, deflate",
    "pco, a column a signal",
    "ours, before deflate",
    "ours",
    "ours, deflated on a device, window of 4 KB",
    "ours, deflated on a device, window of 2 KB",
];
/// Where ours stands among them.
const OURS: usize = 6;
/// How many times as large as with a whole window it may be with a device's.
const MOST_ON_DEVICE: f64 = 1.2;

/// Prints both tables of a case. Whether its floors hold.
pub fn print(case: &Case) -> Result<bool, Box<dyn Error>> {
    let readings: Sizes =
        [0, 1].map(|rate| case.rates[rate].iter().map(|batch| batch.readings().len()).sum::<usize>());
    println!("{}: {} signals", case.name, case.signals);
    println!(
        "payload, bytes a reading (and how many times smaller than today's){:>15}{:>24}",
        RATES[0], RATES[1]
    );
    let (mut payload, mut whole) = ([[0; 2]; FORMS.len()], Whole::default());
    for (rate, batches) in case.rates.iter().enumerate() {
        for batch in batches {
            for (sum, size) in payload.iter_mut().zip(payloads(batch)?) {
                sum[rate] += size;
            }
            whole.add(rate, batch)?;
        }
    }
    let each = |sizes: Sizes, rate: usize| sizes[rate] as f64 / readings[rate] as f64;
    let today = payload[0];
    for (name, sizes) in FORMS.iter().zip(payload) {
        let cell = |rate: usize| {
            let ratio = today[rate] as f64 / sizes[rate] as f64;
            format!("{:>12.3} ={ratio:>7.1} x", each(sizes, rate))
        };
        println!("{name:<60}{}{}", cell(0), cell(1));
    }
    let ours = payload[OURS];
    let mut holds = true;
    let more = |sizes: Sizes, rate: usize| sizes[rate] as f64 / ours[rate] as f64;
    for (name, sizes) in FORMS.iter().zip(payload).skip(OURS + 1) {
        let most = more(sizes, 0).max(more(sizes, 1));
        holds &=
            verdict(name, most <= MOST_ON_DEVICE, &format!("at most {MOST_ON_DEVICE} of the whole window's"));
    }
    if let Some(most) = case.floors.payload {
        for rate in 0..2 {
            holds &= verdict(RATES[rate], each(ours, rate) <= most[rate], &format!("at most {}", most[rate]));
        }
    }
    holds &= whole.print(case, readings);
    println!();
    Ok(holds)
}

fn verdict(what: &str, holds: bool, floor: &str) -> bool {
    println!("  floor, {what}: {floor}: {}", if holds { "holds" } else { "MISSED" });
    holds
}

fn payloads(batch: &Batch<'_>) -> Result<[usize; FORMS.len()], Box<dyn Error>> {
    let json = forms::gzip(envelope(batch)?.data_bytes()).len();
    let rows = forms::rows(batch);
    let protobuf = forms::deflate(&forms::protobuf(&rows)).len();
    let avro = forms::deflate(&forms::avro(&forms::avro_rows(&rows))).len();
    let pco = forms::pco(&forms::columns(batch)).iter().flatten().map(Vec::len).sum();
    let (message, deflated) = (batch_message(batch), encode_batch(batch).len());
    let on_device = |window| forms::deflate_on_device(&message, window);
    let plain = message.len();
    Ok([forms::base64(json), json, protobuf, avro, pco, plain, deflated, on_device(4096), on_device(2048)])
}

fn envelope(batch: &Batch<'_>) -> Result<Gen1Envelope, Box<dyn Error>> {
    let device = Gen1Device {
        software_version: Some("1.0.0"),
        hardware_version: Some("1.0"),
        serial: Some("4e5d5b1c-0000"),
        ..Gen1Device::new(batch.last_time().unwrap_or(Timestamp::EPOCH))
    };
    Ok(Gen1Envelope::status(batch, &device)?)
}

/// Whole messages as sent.
#[derive(Default)]
struct Whole {
    /// Today's: the envelope with its signature, compressed.
    today: Sizes,
    /// Ours: batches in sealed records.
    ours: Sizes,
    /// What a session begins with: the opening, the answer to it, and the dictionary.
    session: usize,
    batches: Sizes,
}

impl Whole {
    fn add(&mut self, rate: usize, batch: &Batch<'_>) -> Result<(), Box<dyn Error>> {
        self.today[rate] += envelope(batch)?.sign_with([0x1B; 65]).to_payload().len();
        self.ours[rate] += record(&StreamMessage::of_batch(&batch_message(batch)));
        self.batches[rate] += 1;
        let dictionary =
            record(&StreamMessage::Dictionary { payload: encode_dictionary(batch.dictionary()) });
        self.session = OPENING_LEN + REPLY_LEN + dictionary;
        Ok(())
    }

    /// Whether the floor holds for this drive as one session.
    fn print(&self, case: &Case, readings: Sizes) -> bool {
        println!("\nwhole messages, bytes a reading{:>50}{:>24}", RATES[0], RATES[1]);
        let line = |name: &str, sizes: [f64; 2]| {
            let cell = |rate: usize| {
                let ratio = self.today[rate] as f64 / sizes[rate];
                format!("{:>12.3} ={ratio:>7.1} x", sizes[rate] / readings[rate] as f64)
            };
            println!("{name:<60}{}{}", cell(0), cell(1));
        };
        line("Gen 1 as sent, signed", self.today.map(|bytes| bytes as f64));
        let session = self.session as f64;
        let drive = self.ours.map(|bytes| bytes as f64 + session);
        // An hour has 180 batches of 20 s.
        let hour = [0, 1].map(|rate| self.ours[rate] as f64 + session * self.batches[rate] as f64 / 180.0);
        line("ours, sealed; this drive is the session", drive);
        line("ours, sealed; the share of a session of one hour", hour);
        println!("  a session begins with {} bytes; {} batches", self.session, self.batches[0]);
        let Some(least) = case.floors.whole else { return true };
        let mut holds = true;
        for rate in 0..2 {
            let ratio = self.today[rate] as f64 / drive[rate];
            holds &= verdict(RATES[rate], ratio >= least[rate], &format!("{} x smaller", least[rate]));
        }
        holds
    }
}

/// Bytes of a sealed record with one message of the stream.
fn record(message: &StreamMessage) -> usize {
    message.encode().len() + OVERHEAD
}
