//! [`RowDecoder`]: whole frames to rows of doubles, at the speed of generated code.

mod lanes;
mod layout;

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::{CanId, Frame, SignalIndex, Timestamp};

use crate::Plan;
use crate::plan::layout::SignalEntry;
pub(crate) use crate::row::lanes::Cut;
use crate::row::lanes::{Lanes, WIDTH};
use crate::row::layout::{NODE, NOWHERE, Tables, Target};
pub(crate) use crate::row::layout::{Slot, Variant, Way, odd_value};

/// A received frame, in whatever form a program keeps it. [`Frame`] is one; a program with millions of classic frames
/// may have a smaller one.
///
/// # Example: 24 bytes for a classic frame
///
/// ```
/// use dimo_dbc::BusFrame;
/// use dimo_types::{CanId, Timestamp};
///
/// struct Classic { time: Timestamp, id: CanId, length: u8, data: [u8; 8] }
///
/// impl BusFrame for Classic {
///     fn time(&self) -> Timestamp { self.time }
///     fn id(&self) -> CanId { self.id }
///     fn length(&self) -> u8 { self.length }
///     fn bytes(&self) -> &[u8] { &self.data }
/// }
/// # let frame = Classic { time: Timestamp::EPOCH, id: CanId::standard(1).unwrap(), length: 1, data: [7, 0, 0, 0, 0, 0, 0, 0] };
/// # assert_eq!((frame.time(), frame.id(), frame.length()), (Timestamp::EPOCH, CanId::standard(1).unwrap(), 1));
/// # assert!(frame.is_data() && core::mem::size_of::<Classic>() == 24);
/// ```
pub trait BusFrame {
    /// When it was received.
    fn time(&self) -> Timestamp;
    /// Its identifier.
    fn id(&self) -> CanId;
    /// How many bytes it has, 0 to 64.
    fn length(&self) -> u8;
    /// Its bytes. Those behind [`BusFrame::length`], if any, must be zero; eight and more are read fastest.
    fn bytes(&self) -> &[u8];
    /// Whether it carries data: remote and error frames do not, and are never decoded.
    fn is_data(&self) -> bool {
        true
    }
}

impl BusFrame for Frame {
    fn time(&self) -> Timestamp {
        Frame::time(self)
    }
    fn id(&self) -> CanId {
        Frame::id(self)
    }
    fn length(&self) -> u8 {
        Frame::length(self)
    }
    fn bytes(&self) -> &[u8] {
        self.padded()
    }
    fn is_data(&self) -> bool {
        Frame::is_data(self)
    }
}

/// Decodes every signal of a frame at once, as doubles: the same values as [`Plan::decode`], many times as fast.
///
/// It makes tables of its own from a plan, some 30 bytes a signal and more for multiplexed ones, and so needs a heap; a
/// microcontroller uses the plan itself. Vector instructions pay: build with `-C target-cpu` set to what the program runs on.
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
    /// By standard identifier.
    standard: Vec<Target>,
    /// By extended identifier: a power of two of places, at most half of them taken.
    extended: Vec<(u32, Target)>,
    widest: usize,
}

impl<'p> RowDecoder<'p> {
    const STANDARD: usize = 1 << 11;

    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let (tables, targets) = Tables::new(&plan);
        let count = targets.iter().filter(|(id, _)| id.is_extended()).count();
        let widest = tables.variants.iter().map(|variant| variant.signal_count as usize).max().unwrap_or(0);
        let mut decoder = Self {
            plan,
            tables,
            standard: vec![NOWHERE; Self::STANDARD],
            extended: vec![(0, NOWHERE); (2 * count).next_power_of_two()],
            widest,
        };
        for (id, target) in targets {
            decoder.insert(id, target);
        }
        decoder
    }

    fn insert(&mut self, id: CanId, target: Target) {
        if !id.is_extended() {
            if let Some(place) = self.standard.get_mut(id.number() as usize) {
                *place = target;
            }
            return;
        }
        let first = self.place(id);
        let (wrapped, from) = self.extended.split_at_mut(first);
        let free = from.iter_mut().chain(wrapped).find(|(_, target)| *target == NOWHERE);
        if let Some(place) = free {
            *place = (id.packed(), target);
        }
    }

    /// Where the search for an extended identifier begins.
    #[inline]
    fn place(&self, id: CanId) -> usize {
        // Fibonacci hashing: the upper half of the product depends on every bit of the identifier.
        let hash = u64::from(id.packed()).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        hash as usize & (self.extended.len() - 1)
    }

    #[inline]
    fn target(&self, id: CanId) -> Target {
        match self.standard.get(id.packed() as usize) {
            Some(target) => *target,
            None => self.extended_target(id),
        }
    }

    #[inline(never)]
    fn extended_target(&self, id: CanId) -> Target {
        let exact = self.exact_target(id);
        if exact == NOWHERE { self.group_target(id) } else { exact }
    }

    #[inline]
    fn exact_target(&self, id: CanId) -> Target {
        let mut at = self.place(id);
        // Half the places are free, so that this ends.
        while let Some((other, target)) = self.extended.get(at)
            && *target != NOWHERE
        {
            if *other == id.packed() {
                return *target;
            }
            at = (at + 1) & (self.extended.len() - 1);
        }
        NOWHERE
    }

    /// Where the plan matches J1939 frames by their group: the target of the message that is meant.
    #[cold]
    fn group_target(&self, id: CanId) -> Target {
        match self.plan.find(id).and_then(|(_, message)| CanId::from_packed(message.id)) {
            Some(meant) if meant != id => self.exact_target(meant),
            _ => NOWHERE,
        }
    }

    /// The variant of a frame and its number; `None` for an unknown identifier.
    #[inline]
    pub(crate) fn variant(&self, id: CanId, length: u8, bytes: &[u8]) -> Option<(u32, &Variant)> {
        let mut target = self.target(id);
        if target & NODE != 0 {
            target = self.descend(target, length, bytes);
        }
        Some((target, self.tables.variants.get(target as usize)?))
    }

    /// Follows the switches; `NOWHERE` is a node that does not exist, and stays what it is.
    #[inline]
    fn descend(&self, mut target: Target, length: u8, bytes: &[u8]) -> Target {
        while target & NODE != 0 {
            let Some(node) = self.tables.nodes.get((target & !NODE) as usize) else { return NOWHERE };
            target = node.target(node.cut.bits(little(bytes, node.cut.base)), length);
        }
        target
    }

    /// A buffer that is wide enough for every row.
    #[must_use]
    pub fn buffer(&self) -> RowBuffer {
        let widest = self.widest;
        RowBuffer { values: vec![[0.0; WIDTH]; widest.div_ceil(WIDTH)], signals: Vec::with_capacity(widest) }
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
        self.row(frame.id(), frame.length(), frame.bytes(), buffer)
    }

    /// What most frames need; the rest is in functions of its own, so that it costs them nothing.
    #[inline(never)]
    fn row<'r>(&'r self, id: CanId, length: u8, bytes: &[u8], buffer: &'r mut RowBuffer) -> Option<Row<'r>> {
        let (_, variant) = self.variant(id, length, bytes)?;
        let (first, width) = (variant.first_lanes as usize, variant.lanes_count as usize);
        let lanes = self.tables.lanes.get(first..first + width)?;
        if buffer.values.len() < width {
            buffer.widen(width);
        }
        let row = buffer.values.get_mut(..width)?;
        if variant.way == Way::Word {
            let word = little(bytes, 0);
            lanes.iter().zip(row).for_each(|(lanes, to)| lanes.of_word(word, to));
        } else {
            of_bytes(lanes, bytes, row);
        }
        if length < variant.needed_bytes || variant.is_special {
            return self.special(id, variant, length, bytes, buffer);
        }
        Some(Row { signals: self.signals(variant), values: buffer.values.get(..width)? })
    }

    /// The row of a frame of which lanes do not give all: where they have put what they gave.
    #[inline(never)]
    fn special<'r>(
        &'r self,
        id: CanId,
        variant: &Variant,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        if variant.way == Way::Plan {
            return self.with_plan(id, length, bytes, buffer);
        }
        let values = buffer.values.as_flattened_mut();
        for (place, entry) in self.odd(variant) {
            if let (Some(to), Some(value)) = (values.get_mut(place), odd_value(&self.plan, entry, bytes)) {
                *to = value;
            }
        }
        if length < variant.needed_bytes || variant.has_lookups {
            return self.with_gaps(variant, length, bytes, buffer);
        }
        let values = buffer.values.get(..variant.lanes_count as usize)?;
        Some(Row { signals: self.signals(variant), values })
    }

    /// The signals of a variant.
    #[inline]
    pub(crate) fn signals(&self, variant: &Variant) -> &[SignalIndex] {
        let first = variant.first_signal as usize;
        self.tables.signals.get(first..first + variant.signal_count as usize).unwrap_or_default()
    }

    pub(crate) fn slots(&self, variant: &Variant) -> &[Slot] {
        let first = variant.first_signal as usize;
        self.tables.slots.get(first..first + variant.signal_count as usize).unwrap_or_default()
    }

    /// The signals of a variant that lanes cannot decode, and their places.
    fn odd(&self, variant: &Variant) -> impl Iterator<Item = (usize, &SignalEntry)> {
        let (slots, first) = (self.slots(variant), variant.first_odd as usize);
        let odd = self.tables.odd.get(first..first + variant.odd_count as usize).unwrap_or_default();
        odd.iter().filter_map(|place| slots.get(*place as usize).map(|slot| (*place as usize, &slot.entry)))
    }

    /// The row of a frame that does not have all signals of its variant.
    #[cold]
    fn with_gaps<'r>(
        &'r self,
        variant: &Variant,
        length: u8,
        bytes: &[u8],
        buffer: &'r mut RowBuffer,
    ) -> Option<Row<'r>> {
        let values = buffer.values.as_flattened_mut();
        buffer.signals.clear();
        for (place, (slot, signal)) in self.slots(variant).iter().zip(self.signals(variant)).enumerate() {
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

/// Room for one row, used again for every frame.
#[derive(Clone, Debug, Default)]
pub struct RowBuffer {
    values: Vec<[f64; WIDTH]>,
    /// Of rows that do not have all signals of their variant.
    signals: Vec<SignalIndex>,
}

impl RowBuffer {
    #[cold]
    fn widen(&mut self, width: usize) {
        self.values.resize(width, [0.0; WIDTH]);
    }

    /// The row of the signals in the buffer, with zeros behind them.
    fn row(&mut self) -> Option<Row<'_>> {
        let (count, width) = (self.signals.len(), self.signals.len().div_ceil(WIDTH));
        let values = self.values.get_mut(..width)?;
        values.as_flattened_mut().iter_mut().skip(count).for_each(|value| *value = 0.0);
        Some(Row { signals: &self.signals, values })
    }
}

/// The signals that one frame holds, in DBC order.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    signals: &'r [SignalIndex],
    values: &'r [[f64; WIDTH]],
}

impl<'r> Row<'r> {
    /// Which signals there are.
    #[inline]
    #[must_use]
    pub const fn signals(&self) -> &'r [SignalIndex] {
        self.signals
    }

    /// Their physical values, in the order of [`Row::signals`]: the same as [`Sample::physical`](crate::Sample::physical).
    #[inline]
    #[must_use]
    pub fn values(&self) -> &'r [f64] {
        self.values.as_flattened().get(..self.signals.len()).unwrap_or_default()
    }

    /// The values in eights for vector code, with zeros behind the last one.
    #[inline]
    #[must_use]
    pub const fn eights(&self) -> &'r [[f64; 8]] {
        self.values
    }

    /// Signals and values together.
    pub fn iter(&self) -> impl Iterator<Item = (SignalIndex, f64)> + use<'r> {
        self.signals.iter().copied().zip(self.values().iter().copied())
    }
}
