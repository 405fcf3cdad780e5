//! [`Recorder`]: frames become readings of the plan, and the readings that are kept go into batches.

use dimo_crypto::keccak256;
use dimo_dbc::Plan;
use dimo_dbc::logger::Logger;
use dimo_types::wire::{BatchEncoder, BatchHeader, ZlibEncoder, write_dictionary};
use dimo_types::{
    Address, ApproximateTrack, Disclosed, Disclosure, Frame, Location, Reading, RecordId, Scale, SignalClass,
    SignalDictionary as _, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit,
};

use crate::batcher::Batcher;
use crate::memory::{BATCH, DEFLATE, DICTIONARY, ITEM, Memory, SIGNALS};
use crate::sharing::Sharing;
use crate::stream;

/// Behind the signals of the plan: where the vehicle is, and roughly where it is.
const POSITIONS: [SignalInfo<'static>; 2] =
    [position("currentLocationCoordinates"), position(ApproximateTrack::SIGNAL)];

const fn position(name: &'static str) -> SignalInfo<'static> {
    SignalInfo { name, unit: Unit::None, scale: Scale::IDENTITY }
}

/// For so long it is not looked at what time has made of the grants, in microseconds: a reading behind the end of one is withheld anyway.
const LOOK: u64 = 250_000;

/// What becomes of frames, all of it without waiting.
pub(crate) struct Recorder<'m> {
    plan: Option<&'m Plan<'static>>,
    logger: Logger<'m>,
    pub(crate) batcher: Batcher<'m>,
    /// What the catalogue says of each signal.
    classes: [Option<SignalClass>; SIGNALS],
    /// What may be kept, and when that was looked at, with the number of the change.
    disclosure: Option<Disclosure>,
    looked: Option<(Timestamp, u32)>,
    track: ApproximateTrack,
}

impl<'m> Recorder<'m> {
    /// For this device and plan. `seed` is random.
    pub(crate) fn new(
        memory: Buffers<'m>,
        device: Address,
        plan: Option<&'m Plan<'static>>,
        seed: [u8; 16],
    ) -> Self {
        let Buffers { encoder, zlib, plain, item } = memory;
        let plan = plan.filter(|plan| is_short(plan));
        let id = RecordId::from_bytes([0; 20]);
        let dictionary = write_dictionary(entries(plan), plain.as_mut_slice()).unwrap_or_default();
        let dictionary_hash = keccak256(dictionary);
        let header = BatchHeader { id, device, vehicle: None, dictionary_hash };
        let batcher = Batcher::new(encoder, zlib, plain, item, header, seed);
        let mut classes = [None; SIGNALS];
        let names = entries(plan).map(|signal| SignalClass::by_name(signal.name));
        classes.iter_mut().zip(names).for_each(|(to, class)| *to = class);
        // No signal has a rule of its own: all readings are kept that may be.
        let (logger, track) = (Logger::new(&mut []), ApproximateTrack::new());
        Self { plan, logger, batcher, classes, disclosure: None, looked: None, track }
    }

    /// Frames that were seen.
    pub(crate) const fn frames(&self) -> u64 {
        self.logger.statistics().frames
    }

    /// The message with the dictionary, in `out`. `None` for one that is too long: then nobody can read the batches.
    pub(crate) fn dictionary<'o>(&mut self, out: &'o mut [u8]) -> Option<&'o [u8]> {
        let Batcher { plain, zlib, .. } = &mut self.batcher;
        let plain = write_dictionary(entries(self.plan), plain.as_mut_slice()).ok()?;
        stream::write(stream::Kind::Dictionary, out, |room| zlib.encode(plain, DEFLATE, room).ok())
    }

    /// Looks what may be kept, seldom unless something has changed.
    pub(crate) fn follow(&mut self, sharing: &Sharing, time: Timestamp) {
        let is_current = |(looked, changes): (Timestamp, u32)| {
            changes == sharing.changes() && looked.as_micros().abs_diff(time.as_micros()) < LOOK
        };
        if !self.looked.is_some_and(is_current) {
            self.disclosure = sharing.disclosure(time);
            self.batcher.header.vehicle = sharing.vehicle();
            self.looked = Some((time, sharing.changes()));
        }
    }

    /// Takes a frame, which carries the time of day.
    pub(crate) fn frame(&mut self, frame: &Frame) {
        let Self { plan: Some(plan), logger, batcher, classes, disclosure, track, .. } = self else { return };
        logger.handle_frame(plan, frame, |reading| {
            let Some(disclosure) = disclosure else { return };
            let class = classes.get(usize::from(reading.signal.0)).copied().flatten();
            if let Disclosed::Shown(reading) = disclosure.classified(class, &reading, track) {
                batcher.keep(&reading);
            }
        });
    }

    /// Takes a position.
    pub(crate) fn position(&mut self, time: Timestamp, position: Location) {
        let signals = self.plan.map_or(0, |plan| plan.signal_count());
        let Ok(index) = u16::try_from(signals) else { return };
        let Some(disclosure) = &self.disclosure else { return };
        let class = self.classes.get(signals).copied().flatten();
        let value = SignalValue::Location(position);
        let reading = Reading { time, signal: SignalIndex(index), value };
        match disclosure.classified(class, &reading, &mut self.track) {
            Disclosed::Shown(reading) => self.batcher.keep(&reading),
            Disclosed::Rounded(reading) => {
                self.batcher.keep(&Reading { signal: SignalIndex(index + 1), ..reading });
            }
            _ => {}
        }
    }
}

/// Whether a device has room for all signals of a plan, and for what it says of them: for who chooses them.
#[must_use]
pub fn has_room_for(plan: &Plan<'_>) -> bool {
    is_short(plan) && write_dictionary(entries(Some(plan)), &mut [0; DICTIONARY]).is_ok()
}

/// Whether there is room for all signals of a plan, and the positions.
fn is_short(plan: &Plan<'_>) -> bool {
    plan.signal_count() + POSITIONS.len() <= SIGNALS
}

/// The dictionary: the signals of the plan, and the positions.
fn entries<'p>(plan: Option<&'p Plan<'p>>) -> impl Iterator<Item = SignalInfo<'p>> + Clone {
    let of_plan = plan.into_iter().flat_map(|plan| {
        let signals = u16::try_from(plan.signal_count()).unwrap_or(0);
        (0..signals).filter_map(move |index| plan.signal(SignalIndex(index)))
    });
    of_plan.chain(POSITIONS)
}

/// The memory of a recorder.
pub(crate) struct Buffers<'m> {
    encoder: BatchEncoder<'m>,
    zlib: &'m mut ZlibEncoder,
    plain: &'m mut [u8; DICTIONARY],
    item: &'m mut [u8; ITEM],
}

/// The memory of the connection to the broker.
pub(crate) struct Messages<'m> {
    pub(crate) sealed: &'m mut [u8],
    pub(crate) received: &'m mut [u8],
    pub(crate) sent: &'m mut [u8],
}

/// Gives everybody a part of the memory.
pub(crate) fn divide(memory: &mut Memory) -> (Buffers<'_>, Messages<'_>) {
    let Memory { encoder, zlib, plain, item, sealed, received, sent } = memory;
    let encoder = BatchEncoder::new(encoder.as_mut(), BATCH);
    (Buffers { encoder, zlib, plain, item }, Messages { sealed, received, sent })
}
