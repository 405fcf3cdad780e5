//! Plans checked, identifiers looked up, frames decoded: to integers, to fixed point, to doubles.

use core::hint::black_box;

use dimo_dbc::{Plan, RawBits};
use dimo_types::{CanId, Frame, Timestamp};

use crate::{Bench, Random};

/// Frames decoded of each plan.
const FRAMES: usize = 1000;

/// The plans that `build.rs` compiles; without bytes where the DBC file is not there.
const PLANS: [(&str, &[u8]); 4] = [
    ("world", include_bytes!(concat!(env!("OUT_DIR"), "/world"))),
    ("car", include_bytes!(concat!(env!("OUT_DIR"), "/car"))),
    ("toyota", include_bytes!(concat!(env!("OUT_DIR"), "/toyota"))),
    ("vw", include_bytes!(concat!(env!("OUT_DIR"), "/vw"))),
];

pub fn run(bench: &mut dyn Bench) {
    let mut frames = [Frame::classic(Timestamp::EPOCH, FIRST, &[]).expect("no bytes fit"); FRAMES];
    for (name, bytes) in PLANS {
        if bytes.is_empty() {
            bench.print(format_args!("dbc {name}: not run: needs ../shared/data"));
            continue;
        }
        plan(bench, name, bytes, &mut frames);
    }
}

const FIRST: CanId = CanId::standard(0).expect("11 bits");

fn plan(bench: &mut dyn Bench, name: &str, bytes: &[u8], frames: &mut [Frame; FRAMES]) {
    let mut signals = 0;
    let load = bench.instructions(&mut || {
        signals = Plan::from_device_section(black_box(bytes)).map_or(0, |plan| plan.signal_count())
    });
    let plan = Plan::from_bytes(bytes).expect("build.rs compiled it");
    fill(&plan, frames);
    let frames = &frames[..];

    let mut looked_up = Sum::default();
    let find = bench.instructions(&mut || looked_up = each(frames, |sum, frame| find(&plan, sum, frame)));
    let mut read = Sum::default();
    let read_only = bench.instructions(&mut || read = each(frames, nothing));
    let mut begun = Sum::default();
    let begin = bench.instructions(&mut || begun = each(frames, |sum, frame| begin(&plan, sum, frame)));
    let mut raws = Sum::default();
    let integers = bench.instructions(&mut || raws = each(frames, |sum, frame| integers(&plan, sum, frame)));
    let mut values = Sum::default();
    let fixed =
        bench.instructions(&mut || values = each(frames, |sum, frame| fixed_points(&plan, sum, frame)));
    let mut physical = Sum::default();
    let doubles =
        bench.instructions(&mut || physical = each(frames, |sum, frame| doubles(&plan, sum, frame)));

    let (messages, device_bytes) = (plan.message_count(), plan.device_bytes());
    bench.print(format_args!(
        "dbc {name}: x-messages={messages} x-signals={signals} x-bytes={device_bytes} x-frames={FRAMES}"
    ));
    bench.print(format_args!("dbc {name} load: instructions={load}"));
    bench.print(format_args!("dbc {name} loop: instructions={read_only} {read}"));
    bench.print(format_args!("dbc {name} find: instructions={find} {looked_up}"));
    bench.print(format_args!("dbc {name} begin: instructions={begin} {begun}"));
    bench.print(format_args!("dbc {name} integers: instructions={integers} {raws}"));
    bench.print(format_args!("dbc {name} fixed: instructions={fixed} {values}"));
    bench.print(format_args!("dbc {name} doubles: instructions={doubles} {physical}"));
}

/// Frames of the messages of `plan`, each as long as its DBC file says, with random bytes.
fn fill(plan: &Plan<'_>, frames: &mut [Frame]) {
    let mut random = Random::new(0x0D13_0D13);
    for frame in frames {
        let message = (random.next() % plan.message_count() as u64) as usize;
        let id = plan.ids().nth(message).expect("there are as many identifiers as messages");
        let mut data = [0; Frame::MAX_LEN];
        for chunk in data.chunks_mut(8) {
            chunk.copy_from_slice(&random.next().to_le_bytes());
        }
        let declared = plan.declared_bytes(id).map_or(8, usize::from);
        let length = [8, 12, 16, 20, 24, 32, 48].into_iter().find(|length| declared <= *length).unwrap_or(64);
        let length = if declared < 8 { declared } else { length };
        *frame = Frame::fd(Timestamp::EPOCH, id, &data[..length]).expect("a length of CAN FD");
    }
}

/// How many values there were, and their exclusive or.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: u32,
    xor: u64,
}

impl Sum {
    #[inline(always)]
    fn add(&mut self, bits: u64) {
        self.count += 1;
        self.xor ^= bits;
    }
}

impl core::fmt::Display for Sum {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "x-count={} x-xor={:016x}", self.count, self.xor)
    }
}

#[inline(always)]
fn each(frames: &[Frame], mut decode: impl FnMut(&mut Sum, &Frame)) -> Sum {
    let mut sum = Sum::default();
    for frame in black_box(frames) {
        decode(&mut sum, frame);
    }
    sum
}

/// What the loop itself costs.
#[inline(never)]
fn nothing(sum: &mut Sum, frame: &Frame) {
    sum.add(frame.id().packed().into());
}

#[inline(never)]
fn find(plan: &Plan<'_>, sum: &mut Sum, frame: &Frame) {
    sum.add(plan.declared_bytes(frame.id()).unwrap_or_default().into());
}

/// What comes before the first signal: the search for the message among it.
#[inline(never)]
fn begin(plan: &Plan<'_>, sum: &mut Sum, frame: &Frame) {
    let Some(mut integers) = plan.integers(frame) else { return };
    black_box(&mut integers);
    sum.count += 1;
}

#[inline(never)]
fn integers(plan: &Plan<'_>, sum: &mut Sum, frame: &Frame) {
    let Some(integers) = plan.integers(frame) else { return };
    let mut local = *sum;
    integers.for_each(|sample| local.add(bits(sample.raw)));
    *sum = local;
}

#[inline(never)]
fn fixed_points(plan: &Plan<'_>, sum: &mut Sum, frame: &Frame) {
    let Some(integers) = plan.integers(frame) else { return };
    let mut local = *sum;
    integers.for_each(|sample| {
        // Values without a fixed point count by their raw bits.
        local
            .add(sample.fixed_point().map_or_else(|_| bits(sample.raw), |fixed| fixed.value.cast_unsigned()));
    });
    *sum = local;
}

#[inline(never)]
fn doubles(plan: &Plan<'_>, sum: &mut Sum, frame: &Frame) {
    let Some(samples) = plan.decode(frame) else { return };
    let mut local = *sum;
    for sample in samples {
        // Not-a-numbers differ in their bits from machine to machine.
        let value = sample.physical();
        local.add(if value.is_nan() { 0 } else { value.to_bits() });
    }
    *sum = local;
}

#[inline(always)]
fn bits(raw: RawBits) -> u64 {
    match raw {
        RawBits::Signed(raw) => raw.cast_unsigned(),
        RawBits::Unsigned(raw) => raw,
        RawBits::Single(bits) => bits.into(),
        RawBits::Double(bits) => bits,
        _ => 0,
    }
}
