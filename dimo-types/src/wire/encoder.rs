//! `dimo.v1` without a heap: readings go in as they come, the message comes out in columns.

mod chain;
mod dictionary;
mod error;
mod field;
mod kind;
mod leaf;
mod memory;
mod movement;
mod part;
mod seal;
mod slot;
mod sort;
mod varint;

pub use dictionary::write_dictionary;
pub use error::{PushError, SealError};
#[cfg(feature = "proto")]
pub(crate) use leaf::salt;
#[cfg(feature = "proto")]
pub(crate) use memory::EncoderHeap;
pub use memory::{EncoderMemory, EncoderMemoryMut};

use chain::{Block, Blocks, Chain};
use field::Message;
use kind::Kind;
use slot::{ColumnSlot, NONE, Place, SignalSlot, TimelineSlot};
use varint::zigzag;

use crate::{Address, BatchParts, Raw, Reading, RecordId, SignalValue, TokenId};

/// What a batch says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    /// The id by which the backend acknowledges it and knows a repeat.
    pub id: RecordId,
    /// The device's wallet.
    pub device: Address,
    /// The vehicle that the device is paired with, if any.
    pub vehicle: Option<TokenId>,
    /// keccak256 of the encoded dictionary.
    pub dictionary_hash: [u8; 32],
}

/// Makes `dimo.v1.TelemetryBatch` messages of readings as they come, in memory of the caller's.
///
/// What it writes is what `encode_batch` (feature `proto`) deflates, byte for byte. Values and times are packed when they
/// are pushed, so a reading costs a byte or two of memory, and what stays of a batch until it is sealed is about as large as
/// the message.
///
/// Readings should come by time, and those of one frame by their index in the dictionary: then signals that always come
/// together share their times in the message. In another order nothing is lost but bytes.
///
/// - **Getters**: [`len`](Self::len), [`is_empty`](Self::is_empty), [`size_bound`](Self::size_bound), [`leaves`](Self::leaves),
///   [`leaf`](Self::leaf)
/// - **Commands**: [`push`](Self::push), [`seal`](Self::seal), [`clear`](Self::clear)
///
/// # Example: a device that sends whenever 512 bytes are full
///
/// ```
/// use dimo_types::wire::{BatchEncoder, BatchHeader, EncoderMemory, PushError};
/// use dimo_types::{Address, BatchParts, Raw, Reading, RecordId, Scale, SignalIndex, SignalValue, Timestamp};
/// let mut memory = EncoderMemory::<2, 4, 32>::new(); // two signals; 1.4 KB
/// let mut encoder = BatchEncoder::new(memory.as_mut(), 512);
/// let mut out = [0; 512];
/// let mut sent = 0;
///
/// for frame in 0..2_000 {
///     let value = SignalValue::Scaled { raw: Raw::Signed(frame * frame), scale: Scale::IDENTITY };
///     let time = Timestamp::from_millis(1_700_000_000_000 + 10 * frame as u64)?;
///     let reading = Reading { time, signal: SignalIndex(1), value };
///     if let Err(PushError::Full { .. }) = encoder.push(&reading) {
///         let header = BatchHeader {
///             id: RecordId::new(time, [7; 16]), // from the random source
///             device: Address::ZERO,
///             vehicle: None,
///             dictionary_hash: [0; 32],
///         };
///         let message = encoder.seal(&header, &BatchParts::default(), &mut out)?;
///         sent += message.len(); // deflate it, queue it
///         encoder.push(&reading)?;
///     }
/// }
/// assert!(sent > 3_000 && !encoder.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BatchEncoder<'m> {
    signals: &'m mut [SignalSlot],
    columns: &'m mut [ColumnSlot],
    timelines: &'m mut [TimelineSlot],
    order: &'m mut [Place],
    blocks: Blocks<'m>,
    budget: usize,
    /// So many more bytes of small readings certainly fit into the budget and the memory.
    credit: usize,
    state: State,
}

/// What is known of the batch as a whole.
#[derive(Clone, Copy, Debug)]
struct State {
    readings: u32,
    columns: usize,
    timelines: usize,
    earliest: u64,
    /// The latest first time of a timeline.
    last_first: u64,
    /// The time of the last reading.
    now: u64,
    /// The time of the last reading that did not take the shortest way, and the first of the timelines that began with it.
    turned: u64,
    born: usize,
}

impl State {
    const EMPTY: Self = Self {
        readings: 0,
        columns: 0,
        timelines: 0,
        earliest: u64::MAX,
        last_first: 0,
        now: 0,
        turned: u64::MAX,
        born: 0,
    };
}

/// The header and the heads of all lists, at most.
const FIXED_BYTES: usize = 208;
/// What a reading can add to the size, at most: its value, unless that is a text, its time, and a column and a timeline of its own.
const READING_BYTES: usize = 96;
/// What one adds at most that goes on as its signal did: two varints, its value and the step of its time. It takes two blocks at most.
const GOING_BYTES: usize = 20;

impl<'m> BatchEncoder<'m> {
    /// The smallest budget in which a reading has room, unless it is a text.
    pub const MIN_BUDGET: usize = FIXED_BYTES + READING_BYTES + 16;

    /// An empty encoder in `memory`, for the dictionary that `memory` has entries for. A message will not be larger than
    /// `budget` bytes before deflate, the parts beside its readings not counted. With a budget below [`Self::MIN_BUDGET`] it takes
    /// no reading at all.
    #[must_use]
    pub fn new(memory: EncoderMemoryMut<'m>, budget: usize) -> Self {
        let EncoderMemoryMut { signals, columns, timelines, order, blocks } = memory;
        let blocks = Blocks::new(blocks);
        let mut encoder =
            Self { signals, columns, timelines, order, blocks, budget, credit: 0, state: State::EMPTY };
        encoder.clear();
        encoder
    }

    /// How many readings it has.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.state.readings
    }

    /// Whether it has no reading.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.state.readings == 0
    }

    /// A size, in bytes, that the message has at most if it is sealed now and has no parts beside its readings.
    #[must_use]
    pub fn size_bound(&self) -> usize {
        self.bound_from(self.state.earliest)
    }

    /// The bound for a batch that begins at `earliest`.
    #[inline(never)]
    fn bound_from(&self, earliest: u64) -> usize {
        let state = &self.state;
        // Distances between neighbours are at most twice as large as what they are between.
        let signal = varint::len(4 * self.signals.len() as u64);
        let timeline = varint::len(4 * state.timelines as u64);
        // As long as that of all readings that may come before this is asked again: no 16 bytes of credit let one in.
        let count = varint::len(u64::from(state.readings) + (self.budget / 16) as u64);
        let first = varint::len(2 * state.last_first.saturating_sub(earliest));
        let (columns, timelines) =
            (state.columns * (signal + timeline + 1 + count), state.timelines * (count + first));
        FIXED_BYTES + self.blocks.bytes() + columns + timelines
    }

    /// Takes one reading.
    ///
    /// # Errors
    ///
    /// [`PushError`]; the encoder is as it was.
    pub fn push(&mut self, reading: &Reading<'_>) -> Result<(), PushError> {
        let Some(SignalSlot { column, .. }) = self.signals.get(usize::from(reading.signal.0)) else {
            return Err(PushError::UnknownSignal { signal: reading.signal, entries: self.signals.len() });
        };
        let (column, time) = (*column, reading.time.as_micros());
        if !self.append_raw(column, time, &reading.value) {
            self.push_otherwise(column, reading)?;
        }
        self.state.now = time;
        self.state.readings += 1;
        Ok(())
    }

    /// Writes the message into `out` and gives the part of it that is written. The encoder is empty then.
    ///
    /// # Errors
    ///
    /// [`SealError`]; the batch is still there.
    pub fn seal<'o>(
        &mut self,
        header: &BatchHeader,
        parts: &BatchParts<'_>,
        out: &'o mut [u8],
    ) -> Result<&'o [u8], SealError> {
        let sealed = self.sort(header);
        let len = fill(out, |message| sealed.write(message, parts))?;
        self.clear();
        Ok(out.get(..len).unwrap_or_default())
    }

    /// How many leaves the batch has: one for each signal with a reading, and one for `parts`, if there are any.
    ///
    /// A leaf is what a device signs of a batch by a Merkle tree (`dimo_crypto::merkle`), so that each signal can be shown to a
    /// third party without the others.
    #[must_use]
    pub fn leaves(&mut self, header: &BatchHeader, parts: &BatchParts<'_>) -> u32 {
        self.sort(header).leaves(parts)
    }

    /// Writes the leaf of this index, counted from 0, into `out` and gives the part of it that is written; an empty one when
    /// there is no such leaf. The batch stays as it is: seal it when its leaves are hashed.
    ///
    /// A leaf is a `TelemetryBatch` message of its own, with the header of the batch (its start, too), the readings of one
    /// signal, and nothing of the others; the last one has the parts beside the readings. Signals are in the order of the
    /// message. In front of it stands its salt, if the batch has a [leaf seed](BatchParts::leaf_seed).
    ///
    /// # Errors
    ///
    /// [`SealError`] when `out` is too small.
    pub fn leaf<'o>(
        &mut self,
        index: u32,
        header: &BatchHeader,
        parts: &BatchParts<'_>,
        out: &'o mut [u8],
    ) -> Result<&'o [u8], SealError> {
        let sealed = self.sort(header);
        let len = fill(out, |message| sealed.leaf(message, index, parts))?;
        Ok(out.get(..len).unwrap_or_default())
    }

    /// Gives everything its place in the message.
    fn sort<'s>(&'s mut self, header: &'s BatchHeader) -> seal::Sealed<'s, 'm> {
        let order = self.order.get_mut(..self.state.columns).unwrap_or_default();
        let timelines = self.timelines.get_mut(..self.state.timelines).unwrap_or_default();
        seal::sort(order, self.columns, timelines, self.signals);
        seal::Sealed {
            header,
            start_us: if self.state.readings == 0 { 0 } else { self.state.earliest },
            columns: self.columns,
            order,
            timelines,
            blocks: &self.blocks,
        }
    }

    /// Forgets all readings.
    pub fn clear(&mut self) {
        self.signals.fill(SignalSlot::EMPTY);
        self.blocks.clear();
        (self.state, self.credit) = (State::EMPTY, 0);
    }

    /// What nearly every reading is: a raw integer that goes on as its signal did, not before the reading before it, when there is
    /// room for sure. False for any other, and nothing is changed.
    #[inline(always)]
    fn append_raw(&mut self, column: u32, time: u64, value: &SignalValue<'_>) -> bool {
        let SignalValue::Scaled { raw, .. } = value else { return false };
        let (kind, raw) = match raw {
            Raw::Signed(raw) => (Kind::Raw, *raw),
            Raw::Unsigned(raw) => (Kind::UnsignedRaw, raw.cast_signed()),
        };
        if time < self.state.now {
            return false;
        }
        let Some(credit) = self.credit.checked_sub(GOING_BYTES) else { return false };
        let Some((blocks, column)) = self.go_on(column, kind, time) else { return false };
        push_raw(blocks, column, raw);
        self.credit = credit;
        true
    }

    /// Takes a reading of any sort.
    #[inline(never)]
    fn push_otherwise(&mut self, column: u32, reading: &Reading<'_>) -> Result<(), PushError> {
        let (time, kind) = (reading.time.as_micros(), Kind::of(&reading.value));
        // Timelines that began at an earlier time, or before a step back, are not shared with what begins now.
        let goes_on = time == self.state.turned && time >= self.state.now;
        let born = if goes_on { self.state.born } else { self.state.timelines };
        if time < self.state.earliest {
            self.step_back(time, &reading.value)?;
        }
        if self.credit < GOING_BYTES && self.renew_credit() && self.goes_on(column, kind, time) {
            self.credit -= GOING_BYTES;
        } else {
            self.make_room(&reading.value)?;
        }
        match self.go_on(column, kind, time) {
            Some((blocks, column)) => push_value(blocks, column, &reading.value),
            None => self.turn(column, kind, reading, born)?,
        }
        if time < self.state.earliest {
            // What was sure to fit was so for the start before.
            (self.state.earliest, self.credit) = (time, 0);
        }
        (self.state.turned, self.state.born) = (time, born);
        Ok(())
    }

    /// Sees that whatever the reading needs is there, but for a column or a timeline of its own.
    fn make_room(&mut self, value: &SignalValue<'_>) -> Result<(), PushError> {
        let text = text_len(value);
        // A position takes up to 50 bytes: three pieces; a time and a number one each.
        let pieces = if matches!(value, SignalValue::Location(_) | SignalValue::Text(_)) { 4 } else { 2 };
        if pieces == 2
            && let Some(credit) = self.credit.checked_sub(2 * READING_BYTES)
        {
            self.credit = credit;
            return Ok(());
        }
        if !self.blocks.can_take(text, pieces) {
            return Err(self.full());
        }
        let left = self.budget.checked_sub(self.size_bound() + text + READING_BYTES);
        let left = left.ok_or(self.full())?;
        let blocks = self.blocks.left().saturating_sub(text / Block::BYTES + pieces);
        self.credit = left.min(blocks / 2 * GOING_BYTES);
        Ok(())
    }

    /// Counts anew what is sure to fit; whether a reading does that goes on.
    #[cold]
    #[inline(never)]
    fn renew_credit(&mut self) -> bool {
        let left = self.budget.saturating_sub(self.size_bound());
        self.credit = left.min(self.blocks.left() / 2 * GOING_BYTES);
        self.credit >= GOING_BYTES
    }

    /// Sees that the batch fits when it begins at `time`, before all others: the first times of all timelines grow.
    #[cold]
    #[inline(never)]
    fn step_back(&mut self, time: u64, value: &SignalValue<'_>) -> Result<(), PushError> {
        let bound = self.bound_from(time) + text_len(value) + READING_BYTES;
        if bound > self.budget { Err(self.full()) } else { Ok(()) }
    }

    const fn full(&self) -> PushError {
        PushError::Full { readings: self.state.readings }
    }

    /// Whether a raw integer goes on as its signal did.
    fn goes_on(&self, column: u32, kind: Kind, time: u64) -> bool {
        let Some(column) = self.columns.get(column as usize).filter(|column| column.kind == kind) else {
            return false;
        };
        let is_next = |line: &TimelineSlot| {
            line.count == column.count || line.count == column.count + 1 && line.last == time
        };
        let line = self.timelines.get(column.timeline as usize);
        matches!(kind, Kind::Raw | Kind::UnsignedRaw) && line.is_some_and(is_next)
    }

    /// Appends a time to a column that has this kind, and whose timeline goes on with it; `None` for any other. The value remains to
    /// be pushed.
    #[inline(always)]
    fn go_on(&mut self, column: u32, kind: Kind, time: u64) -> Option<(&mut Blocks<'m>, &mut ColumnSlot)> {
        let column = self.columns.get_mut(column as usize)?;
        let timeline = self.timelines.get_mut(column.timeline as usize)?;
        if column.kind != kind {
            return None;
        }
        if column.count == timeline.count {
            step(&mut self.blocks, timeline, time);
        } else if column.count + 1 != timeline.count || timeline.last != time {
            return None;
        }
        column.count += 1;
        Some((&mut self.blocks, column))
    }

    /// Appends a reading that does not go on as its signal did: to a column of its own, or with times of its own.
    #[cold]
    #[inline(never)]
    fn turn(&mut self, column: u32, kind: Kind, reading: &Reading<'_>, born: usize) -> Result<(), PushError> {
        let time = reading.time.as_micros();
        let column = match self.columns.get(column as usize) {
            Some(known) if known.kind == kind => {
                self.leave_timeline(column, time, born, text_len(&reading.value))?;
                column
            }
            _ => self.begin_column(reading.signal.0, kind, time, born)?,
        };
        if let Some(column) = self.columns.get_mut(column as usize) {
            push_value(&mut self.blocks, column, &reading.value);
        }
        Ok(())
    }

    /// Gives a column a timeline of its own, which begins as the one it had: or that of a column that left at the same place
    /// for the same time.
    #[cold]
    fn leave_timeline(&mut self, place: u32, time: u64, born: usize, text: usize) -> Result<(), PushError> {
        let (full, bound) = (self.full(), self.size_bound());
        let column = self.columns.get_mut(place as usize).ok_or(full)?;
        let parent = column.timeline;
        let old = self.timelines.get(parent as usize).copied().ok_or(full)?;
        let count = column.count;
        let lines = self.timelines.get(..self.state.timelines).unwrap_or_default().iter().enumerate();
        let mut sisters = lines.skip(born);
        let sister = sisters.find(|(_, line)| {
            line.parent == parent && line.common == count && line.count == count + 1 && line.last == time
        });
        if let Some((sister, _)) = sister {
            (column.timeline, column.count) = (sister as u32, count + 1);
            return Ok(());
        }
        // What is copied and the value that comes after it, each with a piece that is not full, and a time.
        if !self.blocks.can_take(old.steps.len() as usize + text, 8) {
            return Err(full);
        }
        self.credit = 0;
        if bound + old.steps.len() as usize + text + READING_BYTES > self.budget {
            return Err(full);
        }
        let index = self.state.timelines;
        let Some(slot) = self.timelines.get_mut(index) else { return Err(full) };
        let mut line = beginning(&mut self.blocks, &old, count);
        (line.parent, line.common) = (parent, count);
        step(&mut self.blocks, &mut line, time);
        *slot = line;
        self.state.timelines += 1;
        (column.timeline, column.count) = (index as u32, count + 1);
        Ok(())
    }

    /// A column for the further readings of `signal`, on a timeline that began just now or begins now.
    #[cold]
    fn begin_column(&mut self, signal: u16, kind: Kind, time: u64, born: usize) -> Result<u32, PushError> {
        let full = self.full();
        let (index, lines) = (self.state.columns, self.state.timelines);
        if index >= self.columns.len().min(self.order.len()) {
            return Err(full);
        }
        let born = self.timelines.get(..lines).unwrap_or_default().iter().enumerate().skip(born);
        let mut fresh = born.filter(|(_, line)| line.parent == NONE && line.count == 1 && line.last == time);
        let timeline = match fresh.next() {
            Some((timeline, _)) => timeline,
            None => {
                let slot = self.timelines.get_mut(lines).ok_or(full)?;
                *slot = TimelineSlot { first: time, last: time, count: 1, ..TimelineSlot::EMPTY };
                self.state.timelines += 1;
                self.state.last_first = self.state.last_first.max(time);
                lines
            }
        };
        let column = ColumnSlot { count: 1, timeline: timeline as u32, signal, kind, ..ColumnSlot::EMPTY };
        *self.columns.get_mut(index).ok_or(full)? = column;
        let slot = self.signals.get_mut(usize::from(signal)).ok_or(full)?;
        slot.column = index as u32;
        if slot.first == NONE {
            slot.first = index as u32;
        }
        self.state.columns += 1;
        Ok(index as u32)
    }
}

/// Bytes of a text; none of any other value.
const fn text_len(value: &SignalValue<'_>) -> usize {
    match value {
        SignalValue::Text(text) => text.len(),
        _ => 0,
    }
}

/// Appends a raw integer to its column. There is room for it.
#[inline(always)]
fn push_raw(blocks: &mut Blocks<'_>, column: &mut ColumnSlot, raw: i64) {
    blocks.push_varint(&mut column.values, zigzag(raw.wrapping_sub(column.last_raw)));
    column.last_raw = raw;
}

/// Appends a value of any kind to its column, whose first one always comes this way. There is room for it.
fn push_value(blocks: &mut Blocks<'_>, column: &mut ColumnSlot, value: &SignalValue<'_>) {
    match value {
        SignalValue::Scaled { raw: Raw::Signed(raw), .. } => push_raw(blocks, column, *raw),
        SignalValue::Scaled { raw: Raw::Unsigned(raw), .. } => push_raw(blocks, column, raw.cast_signed()),
        _ => return push_other(blocks, &mut column.values, value),
    }
    if column.first_len == 0 {
        // A varint has at most ten bytes.
        column.first_len = column.values.len() as u8;
    }
}

/// Appends a value that is no raw integer.
#[inline(never)]
fn push_other(blocks: &mut Blocks<'_>, values: &mut Chain, value: &SignalValue<'_>) {
    match value {
        SignalValue::Scaled { .. } => {}
        SignalValue::Float(value) => blocks.push(values, &value.to_le_bytes()),
        SignalValue::Bool(on) => blocks.push(values, &[u8::from(*on)]),
        SignalValue::Text(text) => {
            push_head(blocks, values, 15, text.len());
            blocks.push(values, text.as_bytes());
        }
        SignalValue::Location(place) => {
            let mut fields = [0; 5 * 9];
            let mut message = Message::into(&mut fields);
            // Five doubles with their keys are 45 bytes.
            let written = part::location(&mut message, place).map(|()| message.len);
            let fields = fields.get(..written.unwrap_or_default()).unwrap_or_default();
            push_head(blocks, values, 17, fields.len());
            blocks.push(values, fields);
        }
    }
}

/// Has `write` write into `out`, and gives the length of what it wrote.
fn fill(
    out: &mut [u8],
    write: impl Fn(&mut Message<'_>) -> Result<(), field::Full>,
) -> Result<usize, SealError> {
    let mut message = Message::into(out);
    if write(&mut message).is_ok() {
        return Ok(message.len);
    }
    // Nowhere is never full.
    let bytes = Message::measure(write).unwrap_or(usize::MAX);
    Err(SealError::BufferTooSmall { bytes })
}

fn push_head(blocks: &mut Blocks<'_>, values: &mut Chain, number: u64, len: usize) {
    blocks.push_varint(values, number << 3 | 2);
    blocks.push_varint(values, len as u64);
}

/// Appends `time` to a timeline: the change of the distance from the time before.
#[inline(always)]
fn step(blocks: &mut Blocks<'_>, timeline: &mut TimelineSlot, time: u64) {
    // No time is as late as 2^58 microseconds, so no distance or change of one overflows.
    let distance = time.cast_signed() - timeline.last.cast_signed();
    blocks.push_varint(&mut timeline.steps, zigzag(distance - timeline.distance));
    (timeline.last, timeline.distance) = (time, distance);
    timeline.count += 1;
}

/// A timeline of the first `count` times of `old`, at least one.
fn beginning(blocks: &mut Blocks<'_>, old: &TimelineSlot, count: u32) -> TimelineSlot {
    let mut line = TimelineSlot { first: old.first, last: old.first, count, ..TimelineSlot::EMPTY };
    line.steps = blocks.copy_varints(old.steps, count - 1);
    for change in blocks.varints(line.steps) {
        line.distance += varint::unzigzag(change);
        line.last = line.last.wrapping_add_signed(line.distance);
    }
    line
}
