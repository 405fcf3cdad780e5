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

use alloc::vec::Vec;
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
pub(crate) use crate::row::vectors::Vectors;

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
    /// Of each variant, close together.
    needed_bytes: Vec<u8>,
    widest: usize,
    pub(crate) vectors: Vectors,
}

impl<'p> RowDecoder<'p> {
    /// Instead of the packed identifier of a frame that is not decoded: no frame has it.
    pub(crate) const NO_ID: u32 = u32::MAX;

    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let (tables, targets) = Tables::new(&plan);
        let widest = tables.variants.iter().map(|variant| variant.signals.len()).max().unwrap_or(0);
        let needed_bytes = tables.variants.iter().map(|variant| variant.needed_bytes).collect();
        Self {
            plan,
            targets: Targets::new(&plan, &targets),
            tables,
            needed_bytes,
            widest,
            vectors: Vectors::find(),
        }
    }

    /// The frame length that holds all signals of each variant.
    pub(crate) fn needed_bytes(&self) -> &[u8] {
        &self.needed_bytes
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
            _ => self.other(frame.id(), variant, length, bytes, buffer),
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
