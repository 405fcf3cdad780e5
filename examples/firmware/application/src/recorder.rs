//! [`Recorder`]: frames become readings of the plan, and the readings that are kept go into batches.

use dimo_crypto::keccak256;
use dimo_dbc::Plan;
use dimo_dbc::logger::Logger;
use dimo_types::wire::{BatchEncoder, BatchHeader, ZlibEncoder, write_dictionary};
use dimo_types::{
    Address, Frame, Location, Reading, RecordId, Scale, SignalDictionary as _, SignalIndex, SignalInfo,
    SignalValue, Timestamp, Unit,
};

use crate::batcher::Batcher;
use crate::memory::{BATCH, DEFLATE, DICTIONARY, ITEM, Memory, SIGNALS};
use crate::stream;

/// Behind the signals of the plan: where the vehicle is.
const POSITION: SignalInfo<'static> =
    SignalInfo { name: "currentLocationCoordinates", unit: Unit::None, scale: Scale::IDENTITY };

/// What becomes of frames, all of it without waiting.
pub(crate) struct Recorder<'m> {
    plan: Option<&'m Plan<'static>>,
    logger: Logger<'m>,
    pub(crate) batcher: Batcher<'m>,
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
        let plan = plan.filter(|plan| plan.signal_count() < SIGNALS);
        let id = RecordId::from_bytes([0; 20]);
        let dictionary = write_dictionary(entries(plan), plain.as_mut_slice()).unwrap_or_default();
        let dictionary_hash = keccak256(dictionary);
        let header = BatchHeader { id, device, vehicle: None, dictionary_hash };
        let batcher = Batcher::new(encoder, zlib, plain, item, header, seed);
        // No signal has a rule of its own: all readings are kept.
        Self { plan, logger: Logger::new(&mut []), batcher }
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

    /// Takes a frame, which carries the time of day.
    pub(crate) fn frame(&mut self, frame: &Frame) {
        if let Some(plan) = self.plan {
            self.logger.handle_frame(plan, frame, |reading| self.batcher.keep(&reading));
        }
    }

    /// Takes a position.
    pub(crate) fn position(&mut self, time: Timestamp, position: Location) {
        let signals = self.plan.map_or(0, |plan| plan.signal_count());
        let Ok(index) = u16::try_from(signals) else { return };
        let value = SignalValue::Location(position);
        self.batcher.keep(&Reading { time, signal: SignalIndex(index), value });
    }
}

/// The dictionary: the signals of the plan, and the position.
fn entries<'p>(plan: Option<&'p Plan<'static>>) -> impl Iterator<Item = SignalInfo<'p>> + Clone {
    let of_plan = plan.into_iter().flat_map(|plan| {
        let signals = u16::try_from(plan.signal_count()).unwrap_or(0);
        (0..signals).filter_map(move |index| plan.signal(SignalIndex(index)))
    });
    of_plan.chain(core::iter::once(POSITION))
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
