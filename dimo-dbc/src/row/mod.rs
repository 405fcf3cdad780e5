//! [`RowDecoder`]: whole frames to rows of doubles, at the speed of generated code.

mod buffer;
mod frame;
mod lanes;
mod layout;
mod plain;
mod targets;
mod turned;
mod variant;
mod vectors;

use core::fmt;

use dimo_types::CanId;

use crate::Plan;
pub use crate::row::buffer::{Row, RowBuffer};
pub use crate::row::frame::BusFrame;
pub(crate) use crate::row::lanes::Cut;
use crate::row::lanes::{Lanes, WIDTH};
use crate::row::layout::Tables;
pub(crate) use crate::row::plain::Plain;
use crate::row::targets::{NODE, NOWHERE, Target, Targets};
pub(crate) use crate::row::turned::Turned;
pub(crate) use crate::row::variant::{Slot, Variant, Way, odd_value};
pub(crate) use crate::row::vectors::{Vectors, Work};

/// Decodes every signal of a frame at once, as doubles: the same values as [`Plan::decode`], many times as fast.
///
/// It makes tables of its own from a plan, some 30 bytes a signal and more for multiplexed ones, and so needs a heap; a
/// microcontroller uses the plan itself. With `std` it uses AVX-512 where the processor has it, whatever the program was built for;
/// other vector instructions come with `-C target-cpu`.
///
/// # Example: one buffer for all frames
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{Plan, RowDecoder, Selection, compile, import};
/// use dimo_types::{CanId, Frame, Timestamp};
/// let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n SG_ Rpm : 16|16@1+ (1,0) [0|0] \"rpm\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let decoder = RowDecoder::new(Plan::from_bytes(&blob).unwrap());
/// let mut buffer = decoder.buffer();
///
/// let frame = Frame::classic(Timestamp::EPOCH, CanId::standard(291).unwrap(), &[0x10, 0x27, 0xE8, 3]).unwrap();
/// let row = decoder.decode(&frame, &mut buffer).unwrap();
/// assert_eq!(row.values(), [100.0, 1000.0]);
///
/// let unknown = Frame::classic(Timestamp::EPOCH, CanId::standard(292).unwrap(), &[]).unwrap();
/// assert!(decoder.decode(&unknown, &mut buffer).is_none());
/// # }
/// ```
#[derive(Clone)]
pub struct RowDecoder<'p> {
    pub(crate) plan: Plan<'p>,
    pub(crate) tables: Tables,
    targets: Targets,
    widest: usize,
    pub(crate) vectors: Vectors,
}

impl<'p> RowDecoder<'p> {
    /// Standard identifiers are less than this.
    pub(crate) const STANDARD: usize = Targets::STANDARD;

    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let (tables, targets) = Tables::new(&plan);
        let widest = tables.variants.iter().map(|variant| variant.signals.len()).max().unwrap_or(0);
        Self { plan, targets: Targets::new(&plan, &targets), tables, widest, vectors: Vectors::find() }
    }

    /// Whether all frames of `id` have the variant with this number.
    pub(crate) fn is_only_variant(&self, id: CanId, number: u32) -> bool {
        self.targets.of(id.packed()) == number
    }

    /// A buffer that is wide enough for every row.
    #[must_use]
    pub fn buffer(&self) -> RowBuffer {
        RowBuffer::new(self.widest)
    }

    /// The signals in `frame`; `None` for an unknown identifier, and for remote and error frames.
    ///
    /// The buffer may come from another decoder: it grows when it has to.
    #[inline]
    #[must_use]
    pub fn decode<'r>(&'r self, frame: &impl BusFrame, buffer: &'r mut RowBuffer) -> Option<Row<'r>> {
        if !frame.is_data() {
            return None;
        }
        let (length, bytes) = (frame.length(), frame.bytes());
        let number = self.variant_number(frame.id().packed(), length, || bytes)?;
        let variant = self.tables.variants.get(number as usize)?;
        // What most frames need; the rest is in functions of its own, so that it costs them nothing.
        match bytes.first_chunk() {
            Some(word) if length >= variant.simple_from => {
                self.simple(variant, u64::from_le_bytes(*word), buffer)
            }
            Some(word) if length >= variant.patched_from => {
                self.patched(variant, u64::from_le_bytes(*word), buffer)
            }
            _ => self.other(frame.id(), variant, length, bytes, buffer),
        }
    }

    /// Decodes one frame after the other and hands over each row with its frame, as [`RowDecoder::decode`] does it for one, and
    /// faster where frames come out of a large memory: those ahead are fetched while others are decoded (with `std` on x86-64).
    ///
    /// # Example: the highest speed in a recording
    ///
    /// ```
    /// # #[cfg(feature = "import")] {
    /// # use dimo_dbc::{Plan, RowDecoder, Selection, compile, import};
    /// # use dimo_types::{CanId, Frame, Timestamp};
    /// # let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n";
    /// # let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
    /// # let decoder = RowDecoder::new(Plan::from_bytes(&blob).unwrap());
    /// # let id = CanId::standard(291).unwrap();
    /// # let frames = [[0x10, 0x27], [0x20, 0x4E]].map(|data| Frame::classic(Timestamp::EPOCH, id, &data).unwrap());
    /// let mut highest = 0.0;
    /// decoder.decode_each(&frames, &mut decoder.buffer(), |_, row| highest = row.values()[0].max(highest));
    /// assert_eq!(highest, 200.0);
    /// # }
    /// ```
    #[inline]
    pub fn decode_each<F: BusFrame>(
        &self,
        frames: &[F],
        buffer: &mut RowBuffer,
        mut take: impl FnMut(&F, Row<'_>),
    ) {
        for (number, frame) in frames.iter().enumerate() {
            fetch_ahead(frames, number);
            if let Some(row) = self.decode(frame, buffer) {
                take(frame, row);
            }
        }
    }

    /// The number of the variant of a frame with that packed identifier; `None` for an unknown one.
    #[inline]
    pub(crate) fn variant_number<'f>(
        &self,
        id: u32,
        length: u8,
        bytes: impl FnOnce() -> &'f [u8],
    ) -> Option<u32> {
        let target = self.targets.of(id);
        if target & NODE == 0 {
            return Some(target);
        }
        (target != NOWHERE).then(|| self.descend(target, length, bytes()))
    }

    /// Follows the switches to a variant.
    #[inline(never)]
    fn descend(&self, mut target: Target, length: u8, bytes: &[u8]) -> Target {
        while target & NODE != 0 {
            let Some(node) = self.tables.nodes.get((target & !NODE) as usize) else { return NOWHERE };
            target = node.target(node.cut.bits(little(bytes, node.cut.base)), length);
        }
        target
    }

    /// The row of a frame whose signals all lie in its first eight bytes.
    #[inline(always)]
    fn simple<'r>(&'r self, variant: &'r Variant, word: u64, buffer: &'r mut RowBuffer) -> Option<Row<'r>> {
        let lanes = &*variant.lanes;
        let values = buffer.room(lanes.len())?;
        self.vectors.of_word(lanes, word, values);
        Some(Row { signals: &variant.signals, values })
    }

    /// Signals in the first eight bytes, some of which no lane can take.
    #[inline(never)]
    fn patched<'r>(&'r self, variant: &'r Variant, word: u64, buffer: &'r mut RowBuffer) -> Option<Row<'r>> {
        let values = buffer.room(variant.lanes.len())?;
        self.vectors.of_word(&variant.lanes, word, values);
        for odd in &variant.odd {
            if let (Some(to), Some(plain)) = (values.as_flattened_mut().get_mut(odd.place), odd.plain) {
                *to = plain.value(word);
            }
        }
        Some(Row { signals: &variant.signals, values })
    }

    /// The row of any frame.
    #[inline(never)]
    fn other<'r>(
        &'r self,
        id: CanId,
        variant: &'r Variant,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        let lanes = &*variant.lanes;
        let values = buffer.room(lanes.len())?;
        if variant.way == Way::Word {
            let word = little(bytes, 0);
            lanes.iter().zip(values).for_each(|(lanes, to)| lanes.of_word(word, to));
        } else {
            of_bytes(lanes, bytes, values);
        }
        if length < variant.needed_bytes || variant.is_special {
            return self.special(id, variant, length, bytes, buffer);
        }
        Some(Row { signals: &variant.signals, values: buffer.values.get(..lanes.len())? })
    }

    /// The row of a frame of which lanes do not give all: where they have put what they gave.
    #[inline(never)]
    fn special<'r>(
        &'r self,
        id: CanId,
        variant: &'r Variant,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        if variant.way == Way::Plan {
            return self.with_plan(id, length, bytes, buffer);
        }
        let values = buffer.values.as_flattened_mut();
        for odd in &variant.odd {
            let value = match odd.plain {
                Some(plain) => Some(plain.value(little(bytes, plain.base()))),
                None => {
                    variant.slots.get(odd.place).and_then(|slot| odd_value(&self.plan, &slot.entry, bytes))
                }
            };
            if let (Some(to), Some(value)) = (values.get_mut(odd.place), value) {
                *to = value;
            }
        }
        if length < variant.needed_bytes || variant.has_lookups {
            return self.with_gaps(variant, length, bytes, buffer);
        }
        let values = buffer.values.get(..variant.lanes.len())?;
        Some(Row { signals: &variant.signals, values })
    }

    /// The row of a frame that does not have all signals of its variant.
    #[cold]
    fn with_gaps<'r>(
        &'r self,
        variant: &'r Variant,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        let values = buffer.values.as_flattened_mut();
        buffer.signals.clear();
        for (place, (slot, signal)) in variant.slots.iter().zip(&variant.signals).enumerate() {
            let there = length >= slot.needed_bytes && slot.is_delivered(&self.plan, bytes);
            if there && let Some(value) = values.get(place).copied() {
                if let Some(to) = values.get_mut(buffer.signals.len()) {
                    *to = value;
                }
                buffer.signals.push(*signal);
            }
        }
        buffer.row()
    }

    #[cold]
    fn with_plan<'r>(
        &'r self,
        id: CanId,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        let bytes = bytes.get(..usize::from(length)).unwrap_or(bytes);
        buffer.signals.clear();
        for sample in self.plan.decode_bytes(id, bytes)? {
            let place = buffer.signals.len();
            if buffer.values.len() * WIDTH == place {
                buffer.values.push([0.0; WIDTH]);
            }
            if let Some(to) = buffer.values.as_flattened_mut().get_mut(place) {
                *to = sample.physical();
            }
            buffer.signals.push(sample.signal);
        }
        buffer.row()
    }
}

impl fmt::Debug for RowDecoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowDecoder")
            .field("plan", &self.plan)
            .field("variants", &self.tables.variants.len())
            .finish_non_exhaustive()
    }
}

#[inline(never)]
fn of_bytes(lanes: &[Lanes], bytes: &[u8], row: &mut [[f64; WIDTH]]) {
    match bytes.first_chunk::<64>() {
        Some(bytes) => lanes.iter().zip(row).for_each(|(lanes, to)| lanes.of_frame(bytes, to)),
        None => lanes.iter().zip(row).for_each(|(lanes, to)| lanes.of_bytes(bytes, to)),
    }
}

/// The window of eight bytes at `base`, little-endian.
#[inline]
pub(crate) fn little(bytes: &[u8], base: u8) -> u64 {
    u64::from_le_bytes(crate::field::window(bytes, base))
}

/// Has the memory of a frame read that comes soon after that with this number: a loop over many frames waits for memory more than
/// for anything else, and foresees too little of it by itself.
#[inline(always)]
pub(crate) fn fetch_ahead<F: BusFrame>(frames: &[F], number: usize) {
    const AHEAD: usize = 128;
    const CACHE_LINE: usize = 64;
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    if let Some(frame) = frames.get(number + AHEAD) {
        safe_arch::prefetch_t0(frame);
        if size_of::<F>() > CACHE_LINE
            && let Some(last) = frame.bytes().last()
        {
            safe_arch::prefetch_t0(last);
        }
    }
    #[cfg(not(all(feature = "std", target_arch = "x86_64")))]
    let _ = (frames, number, AHEAD, CACHE_LINE);
}
