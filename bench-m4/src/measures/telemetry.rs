//! Readings to a `dimo.v1.TelemetryBatch` as they come, and the message when it is sealed.

use core::cell::RefCell;
use core::hint::black_box;

use dimo_types::wire::{BatchEncoder, BatchHeader, EncoderMemory};
use dimo_types::{
    Address, BatchParts, Raw, Reading, RecordId, Scale, SignalIndex, SignalValue, Timestamp, TokenId,
};

use crate::{Bench, Random};

/// As many as a device has of a busy bus in a second or two.
const READINGS: usize = 4000;
const SIGNALS: u16 = 32;
/// Room for the largest message.
const OUT: usize = 32_768;

/// In what order readings come.
const MIXES: [(&str, fn(&mut Bus, usize)); 3] =
    [("frames", Bus::frame_of_eight), ("singles", Bus::single), ("changes", Bus::change)];

pub fn run(bench: &mut dyn Bench) {
    let mut memory = EncoderMemory::<{ SIGNALS as usize }, 96, 1024>::new();
    let mut out = [0; OUT];
    for (name, mix) in MIXES {
        let mut bus = Bus::new();
        (0..READINGS).for_each(|number| mix(&mut bus, number));
        let readings = &bus.readings;
        let encoder = RefCell::new(BatchEncoder::new(memory.as_mut(), OUT));
        let around = bench.instructions(&mut || {
            for reading in black_box(readings) {
                black_box(reading);
            }
        });
        let push = bench.instructions(&mut || {
            let mut encoder = encoder.borrow_mut();
            for reading in black_box(readings) {
                encoder.push(reading).expect("room for all");
            }
        });
        let mut len = 0;
        let seal = bench.instructions(&mut || {
            let header = black_box(header());
            let sealed =
                encoder.borrow_mut().seal(&header, &BatchParts::default(), &mut out).map(<[u8]>::len);
            len = sealed.expect("room for all");
        });
        let sum = out.iter().take(len).fold(0u32, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
        let instructions = push.saturating_sub(around);
        bench.print(format_args!(
            "telemetry {name}: push={instructions} seal={seal} x-readings={READINGS} x-bytes={len} x-sum={sum:08x}"
        ));
    }
}

/// What a batch says of itself.
pub fn header() -> BatchHeader {
    BatchHeader {
        id: RecordId::from_bytes([7; 20]),
        device: Address::new([0x5A; 20]),
        vehicle: Some(TokenId::from(1337)),
        dictionary_hash: [3; 32],
    }
}

/// A bus whose signals do what those of vehicles do: some stand still, some count, some tremble.
struct Bus {
    random: Random,
    micros: u64,
    raws: [i64; SIGNALS as usize],
    signal: u16,
    readings: [Reading<'static>; READINGS],
}

impl Bus {
    fn new() -> Self {
        let value = SignalValue::Bool(false);
        let empty = Reading { time: Timestamp::EPOCH, signal: SignalIndex(0), value };
        let micros = 1_700_000_000_000_000;
        Self {
            random: Random::new(5),
            micros,
            raws: [0; SIGNALS as usize],
            signal: 0,
            readings: [empty; READINGS],
        }
    }

    /// Four messages of eight signals, ten milliseconds apart, each when its turn is.
    fn frame_of_eight(&mut self, number: usize) {
        if number % 8 == 0 {
            self.wait(2500);
        }
        self.take((number % usize::from(SIGNALS)) as u16, number);
    }

    /// Each signal at a time of its own, as sensors are polled.
    fn single(&mut self, number: usize) {
        self.wait(1000);
        self.take((number % usize::from(SIGNALS)) as u16, number);
    }

    /// Of each frame the signals that have changed, as a logger with a dead band keeps them.
    fn change(&mut self, number: usize) {
        self.signal += 1 + (self.random.next() % 4) as u16;
        if self.signal >= SIGNALS {
            self.signal %= 4;
            self.wait(100_000);
        }
        self.take(self.signal, number);
    }

    /// Some time, and a few microseconds more or less.
    fn wait(&mut self, micros: u64) {
        self.micros += micros + self.random.next() % 16;
    }

    fn take(&mut self, signal: u16, number: usize) {
        let step = match signal % 4 {
            0 => 0,
            1 => 1,
            2 => (self.random.next() % 9) as i64 - 4,
            _ => (self.random.next() % 900) as i64 - 450,
        };
        let raw = &mut self.raws[usize::from(signal)];
        *raw += step;
        let value = SignalValue::Scaled { raw: Raw::Signed(*raw), scale: Scale::IDENTITY };
        let time = Timestamp::from_micros(self.micros).expect("in range");
        self.readings[number] = Reading { time, signal: SignalIndex(signal), value };
    }
}
