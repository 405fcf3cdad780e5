//! A second of a busy bus, from frames in memory to batches in the queue: what a device does all the time it drives.

use core::hint::black_box;

use dimo_dbc::Plan;
use dimo_dbc::logger::Logger;
use dimo_hal::queue::{Plain, Queue};
use dimo_hal::wait;
use dimo_types::wire::{BatchEncoder, EncoderMemory, PushError, ZlibEncoder, ZlibOptions};
use dimo_types::{
    Address, ApproximateTrack, BatchParts, CanId, Disclosed, Disclosure, Frame, Grant, Priority, Privilege,
    Reading, SharingPolicy, SignalClass, SignalDictionary as _, SignalIndex, Timestamp,
};

use super::telemetry::header;
use crate::{Bench, RamFlash, Random};

/// Of one second, evenly: two thirds of a bus at 500 kbit/s.
const FRAMES: usize = 2000;
const APART: i64 = 500;
const NOW: Timestamp = match Timestamp::from_secs(1_790_000_000) {
    Ok(now) => now,
    Err(_) => Timestamp::EPOCH,
};
/// As the reference firmware has them.
const BATCH: usize = 1400;
const ITEM: usize = 1536;
const PAGES: usize = 24;
const SIGNALS: usize = 256;
const LEVEL: u8 = 4;
const WINDOW: usize = 2048;

/// Our own car, every signal of it.
const PLAN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/car"));

/// Who sees the readings, as a device judges each of them: a plan of a vehicle's own names needs all privileges.
fn disclosure(now: Timestamp) -> Disclosure {
    let recipient = Address::new([0xBE; 20]);
    let privileges = Privilege::ALL.into_iter().collect();
    let grants = [Grant { recipient, privileges, from: Timestamp::EPOCH, until: Timestamp::MAX }];
    let policy = SharingPolicy::new(1.into(), 1, &grants).expect("a policy");
    Disclosure::new(&policy, recipient, Some(1.into()), now).expect("a grant").for_queue()
}

/// How far frames go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    /// Readings are decoded and offered to the logger.
    Logged,
    /// Those remain that the owner shares.
    Shared,
    /// They are in batches.
    Encoded,
    /// Batches are deflated.
    Deflated,
    /// They are in the queue.
    Queued,
}

const STAGES: [(&str, Until); 5] = [
    ("logged", Until::Logged),
    ("shared", Until::Shared),
    ("encoded", Until::Encoded),
    ("deflated", Until::Deflated),
    ("queued", Until::Queued),
];

pub fn run(bench: &mut dyn Bench) {
    let plan = Plan::from_bytes(PLAN).expect("build.rs compiled it");
    let frames = frames(&plan);
    for (name, until) in STAGES {
        let mut device = Device::new(until);
        let instructions = bench.instructions(&mut || device.drive(&plan, black_box(&frames)));
        let Device { readings, batches, bytes, .. } = device;
        bench.print(format_args!(
            "drive {name}: instructions={instructions} x-frames={FRAMES} x-readings={readings} x-batches={batches} x-bytes={bytes}"
        ));
    }
}

/// What a device has for its telemetry.
struct Device {
    until: Until,
    encoder: EncoderMemory<SIGNALS, 80, 128>,
    zlib: ZlibEncoder,
    plain: [u8; BATCH],
    item: [u8; ITEM],
    flash: RamFlash<PAGES>,
    readings: u32,
    batches: u32,
    /// Of what went into the queue, or would have.
    bytes: usize,
}

impl Device {
    fn new(until: Until) -> Self {
        Self {
            until,
            encoder: EncoderMemory::new(),
            zlib: ZlibEncoder::new(),
            plain: [0; BATCH],
            item: [0; ITEM],
            flash: RamFlash::new(),
            readings: 0,
            batches: 0,
            bytes: 0,
        }
    }

    fn drive(&mut self, plan: &Plan<'_>, frames: &[Frame]) {
        let Self { until, encoder, zlib, plain, item, flash, readings, batches, bytes } = self;
        let mut encoder = BatchEncoder::new(encoder.as_mut(), BATCH);
        let mut logger = Logger::new(&mut []);
        let options = ZlibOptions::new(LEVEL, WINDOW).expect("a level and a window");
        let mut queue: Queue<_, _, PAGES, ITEM> = wait(Queue::open(flash, Plain)).expect("an empty queue");
        let mut end = |encoder: &mut BatchEncoder<'_>| {
            let message = encoder.seal(&header(), &BatchParts::default(), plain).expect("as long as a batch");
            let mut len = message.len();
            if *until >= Until::Deflated {
                len = zlib.encode(message, options, item).expect("shorter than that");
            }
            if *until >= Until::Queued {
                let message = item.get(..len).unwrap_or_default();
                let _ = wait(queue.push(Priority::Routine, message)).expect("room in the queue");
            }
            *batches += 1;
            *bytes += len;
        };
        let (disclosure, mut track) = (disclosure(NOW), ApproximateTrack::new());
        let classes: [Option<SignalClass>; SIGNALS] = core::array::from_fn(|signal| {
            let signal = plan.signal(SignalIndex(u16::try_from(signal).ok()?))?;
            SignalClass::by_name(signal.name)
        });
        for frame in frames {
            let keep = |reading: Reading<'_>| {
                *readings += 1;
                if *until < Until::Shared {
                    black_box(&reading);
                    return;
                }
                let class = classes.get(usize::from(reading.signal.0)).copied().flatten();
                let Disclosed::Shown(reading) = disclosure.classified(class, &reading, &mut track) else {
                    return;
                };
                if *until < Until::Encoded {
                    black_box(&reading);
                } else if let Err(PushError::Full { .. }) = encoder.push(&reading) {
                    end(&mut encoder);
                    encoder.push(&reading).expect("it is empty now");
                }
            };
            logger.handle_frame(plan, frame, keep);
        }
        if !encoder.is_empty() {
            end(&mut encoder);
        }
    }
}

/// Frames of all messages in turn. Of each one byte goes up or down a little, as measured values do, one counts, and the others stand still.
fn frames(plan: &Plan<'_>) -> [Frame; FRAMES] {
    const MOST: usize = 64;
    let mut random = Random::new(0x0D13_D21E);
    let none = CanId::standard(0).expect("11 bits");
    let mut messages = [(none, [0u8; 8], 8); MOST];
    let mut count = 0;
    for (message, id) in messages.iter_mut().zip(plan.ids()) {
        let len = plan.declared_bytes(id).map_or(8, usize::from).min(8);
        *message = (id, random.next().to_le_bytes(), len);
        count += 1;
    }
    let mut number = 0;
    core::array::from_fn(|_| {
        let (id, data, len) = &mut messages[number % count];
        let step = random.next();
        data[0] = data[0].wrapping_add((step % 5) as u8).wrapping_sub(2);
        data[*len - 1] = data[*len - 1].wrapping_add(u8::from(step & 0x700 == 0));
        let time = NOW.checked_add_micros(number as i64 * APART).expect("a time");
        number += 1;
        Frame::classic(time, *id, &data[..*len]).expect("eight bytes")
    })
}
