//! [`ColumnDecoder`]: many frames at once to columns of doubles, one for each signal of a message.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::{CanId, Scale, SignalIndex, Timestamp};

use crate::Plan;
use crate::field::Field;
use crate::row::{BusFrame, Cut, RowDecoder, Slot, Variant, Way, little, odd_value};

/// Frames that are sorted at a time: what is kept of them meanwhile stays in the cache of a core.
const BLOCK: usize = 1 << 16;
/// Set in the key of a frame that is too short for all signals of its table.
const SHORT: u32 = 1 << 31;
/// The key of a frame that is not decoded.
const NOWHERE: u32 = SHORT - 1;

/// Decodes many frames into columns: the same values as [`Plan::decode`] gives frame by frame, several times as fast as
/// [`RowDecoder`] where a message comes often.
///
/// It sorts frames by message, and by what the switches of the message select, and then takes one signal out of all of them
/// at a time. The columns collect what is decoded until [`ColumnDecoder::clear`], which keeps their memory. Give it some
/// ten thousand frames a call; few frames are better decoded by the row.
///
/// # Example: one signal of a log
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{ColumnDecoder, Plan, Selection, compile, import};
/// use dimo_types::{CanId, Frame, Timestamp};
/// let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n SG_ Rpm : 16|16@1+ (1,0) [0|0] \"rpm\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let mut decoder = ColumnDecoder::new(Plan::from_bytes(&blob).unwrap());
///
/// let id = CanId::standard(291).unwrap();
/// let frame = |second, data: &[u8]| Frame::classic(Timestamp::from_secs(second).unwrap(), id, data).unwrap();
/// decoder.decode(&[frame(1, &[0x10, 0x27, 0xE8, 3]), frame(2, &[0x20, 0x4E])]);
///
/// let table = decoder.tables().next().unwrap();
/// assert_eq!(table.id(), id);
/// assert_eq!(table.times().len(), 2);
/// let [speed, rpm] = table.columns() else { panic!("two signals") };
/// assert_eq!(speed.values(), [100.0, 200.0]);
/// assert_eq!((rpm.values()[0], rpm.missing()), (1000.0, &[1][..])); // the second frame is too short
/// # }
/// ```
#[derive(Clone)]
pub struct ColumnDecoder<'p> {
    rows: RowDecoder<'p>,
    /// One for each variant of a message.
    tables: Vec<MessageTable>,
    block: Block,
}

impl<'p> ColumnDecoder<'p> {
    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let rows = RowDecoder::new(plan);
        let tables = rows.tables.variants.iter().map(|variant| MessageTable::new(&rows, variant)).collect();
        Self { rows, tables, block: Block::default() }
    }

    /// Decodes `frames` and adds them to the columns, each table in the order of the frames.
    ///
    /// Unknown identifiers, remote and error frames are skipped. Returns how many frames were not.
    pub fn decode<F: BusFrame>(&mut self, frames: &[F]) -> usize {
        let mut decoded = 0;
        for frames in frames.chunks(BLOCK) {
            decoded += self.block.sort(&self.rows, frames);
            for (number, table) in self.tables.iter_mut().enumerate() {
                let Some(part) = self.block.part(number) else { continue };
                if let Some(variant) = self.rows.tables.variants.get(number) {
                    table.extend(&self.rows, variant, frames, &part);
                }
            }
        }
        decoded
    }

    /// The tables that hold something, in the order of the plan's messages.
    pub fn tables(&self) -> impl Iterator<Item = &MessageTable> {
        self.tables.iter().filter(|table| !table.times.is_empty())
    }

    /// Empties the tables; their memory is used again.
    pub fn clear(&mut self) {
        for table in self.tables.iter_mut().filter(|table| !table.times.is_empty()) {
            table.times.clear();
            for column in &mut table.columns {
                column.values.clear();
                column.missing.clear();
            }
        }
    }
}

impl fmt::Debug for ColumnDecoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnDecoder").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// What the frames of one message held. A message with switches has a table for each set of signals that they select.
#[derive(Clone, Debug)]
pub struct MessageTable {
    id: CanId,
    signals: Vec<SignalIndex>,
    times: Vec<Timestamp>,
    columns: Vec<Column>,
}

impl MessageTable {
    fn new(rows: &RowDecoder<'_>, variant: &Variant) -> Self {
        let signals = rows.signals(variant).to_vec();
        let columns = vec![Column::default(); signals.len()];
        Self { id: variant.id, signals, times: Vec::new(), columns }
    }

    /// The identifier of the message.
    #[must_use]
    pub const fn id(&self) -> CanId {
        self.id
    }

    /// Which signals it has, in DBC order.
    #[must_use]
    pub fn signals(&self) -> &[SignalIndex] {
        &self.signals
    }

    /// When each frame was received.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The column of each signal of [`MessageTable::signals`].
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn extend<F: BusFrame>(
        &mut self,
        rows: &RowDecoder<'_>,
        variant: &Variant,
        frames: &[F],
        part: &Part<'_>,
    ) {
        let first_row = self.times.len();
        self.times.extend_from_slice(part.times);
        if variant.way == Way::Plan {
            self.extend_with_plan(&rows.plan, frames, part, first_row);
            return;
        }
        for (slot, column) in rows.slots(variant).iter().zip(&mut self.columns) {
            column.extend(&rows.plan, slot, frames, part);
            if !part.short.is_empty() {
                column.cut_off(slot, frames, part, first_row);
            }
        }
    }

    /// Frame by frame, for messages with too many switches to have a table for each of their states.
    fn extend_with_plan<F: BusFrame>(
        &mut self,
        plan: &Plan<'_>,
        frames: &[F],
        part: &Part<'_>,
        first_row: usize,
    ) {
        for (offset, frame) in part.frames(frames).enumerate() {
            let row = first_row + offset;
            let bytes = frame.bytes().get(..usize::from(frame.length())).unwrap_or(frame.bytes());
            for sample in plan.decode_bytes(frame.id(), bytes).into_iter().flatten() {
                let at = self.signals.binary_search(&sample.signal).ok();
                if let Some(column) = at.and_then(|at| self.columns.get_mut(at)) {
                    column.values.push(sample.physical());
                }
            }
            for column in &mut self.columns {
                if column.values.len() == row {
                    column.values.push(f64::NAN);
                    column.missing.push(row_number(row));
                }
            }
        }
    }
}

/// The values of one signal, a row for each frame of its table.
#[derive(Clone, Debug, Default)]
pub struct Column {
    values: Vec<f64>,
    missing: Vec<u32>,
}

impl Column {
    /// The physical values, the same as [`Sample::physical`](crate::Sample::physical); NaN in the rows of
    /// [`Column::missing`].
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The rows in which the signal is not there, ascending: the frame was too short for it, or a mapping's value table
    /// does not list its raw value. Other rows may be NaN too, where a float signal is.
    #[must_use]
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    fn extend<F: BusFrame>(&mut self, plan: &Plan<'_>, slot: &Slot, frames: &[F], part: &Part<'_>) {
        let field = slot.entry.field;
        let is_plain = field.is_integer() && !field.is_unsigned64() && !field.has(Field::LOOKUP);
        match Cut::of(field).filter(|_| is_plain) {
            Some(cut) if cut.base == 0 => {
                self.extend_plain(cut, plan.scale(slot.entry.scale), part.words.iter().copied());
            }
            Some(cut) => {
                // An iterator of known length: one that filters would check for room at every value.
                let word = |index: &u32| match frames.get(*index as usize) {
                    Some(frame) => little(frame.bytes(), cut.base),
                    None => 0,
                };
                let words = part.order.iter().map(word);
                self.extend_plain(cut, plan.scale(slot.entry.scale), words);
            }
            None => self.extend_odd(plan, slot, part.frames(frames)),
        }
    }

    /// One vector loop, without what this signal does not need.
    fn extend_plain(&mut self, cut: Cut, Scale { factor, offset }: Scale, words: impl Iterator<Item = u64>) {
        let is_identity = factor == 1.0 && offset == 0.0;
        let values = &mut self.values;
        match (cut.is_motorola(), is_identity) {
            (false, false) => values.extend(words.map(|word| cut.integer(word) as f64 * factor + offset)),
            (false, true) => values.extend(words.map(|word| cut.integer(word) as f64)),
            (true, false) => {
                values.extend(words.map(|word| cut.integer(word.swap_bytes()) as f64 * factor + offset));
            }
            (true, true) => values.extend(words.map(|word| cut.integer(word.swap_bytes()) as f64)),
        }
    }

    fn extend_odd<'f, F: BusFrame + 'f>(
        &mut self,
        plan: &Plan<'_>,
        slot: &Slot,
        frames: impl Iterator<Item = &'f F>,
    ) {
        for frame in frames {
            let value = odd_value(plan, &slot.entry, frame.bytes());
            if value.is_none() {
                self.missing.push(row_number(self.values.len()));
            }
            self.values.push(value.unwrap_or(f64::NAN));
        }
    }

    /// Takes back what short frames do not hold.
    #[cold]
    fn cut_off<F: BusFrame>(&mut self, slot: &Slot, frames: &[F], part: &Part<'_>, first_row: usize) {
        let before = self.missing.len();
        for (_, place) in part.short {
            let offset = *place as usize - part.first;
            let index = part.order.get(offset).copied().unwrap_or(0);
            let Some(frame) = frames.get(index as usize) else { continue };
            if frame.length() < slot.needed_bytes {
                if let Some(value) = self.values.get_mut(first_row + offset) {
                    *value = f64::NAN;
                }
                self.missing.push(row_number(first_row + offset));
            }
        }
        if self.missing.len() > before {
            self.missing.sort_unstable();
            self.missing.dedup();
        }
    }
}

/// Rows of a table: 2^32 of them would be 32 GB of times alone.
fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// What is kept of a block of frames, sorted by table.
#[derive(Clone, Debug, Default)]
struct Block {
    /// The table of each frame.
    keys: Vec<u32>,
    /// Where the frames of each table end. While they are sorted: where the next one goes.
    ends: Vec<u32>,
    /// The first eight bytes of each frame, little-endian.
    words: Vec<u64>,
    times: Vec<Timestamp>,
    /// Which frame it is.
    order: Vec<u32>,
    /// Key and place of each short frame.
    short: Vec<(u32, u32)>,
}

/// The frames of one table in a block.
struct Part<'b> {
    words: &'b [u64],
    times: &'b [Timestamp],
    order: &'b [u32],
    short: &'b [(u32, u32)],
    /// Place of the first one in the block.
    first: usize,
}

impl Part<'_> {
    fn frames<'f, F>(&self, frames: &'f [F]) -> impl Iterator<Item = &'f F> {
        self.order.iter().filter_map(|index| frames.get(*index as usize))
    }
}

impl Block {
    /// Counting sort: the frames of a table keep their order. Returns how many frames have a table.
    fn sort<F: BusFrame>(&mut self, rows: &RowDecoder<'_>, frames: &[F]) -> usize {
        self.ends.clear();
        self.ends.resize(rows.tables.variants.len() + 1, 0);
        self.keys.clear();
        self.keys.extend(frames.iter().map(|frame| key(rows, frame)));
        for key in &self.keys {
            // Counted one further, so that summing gives beginnings.
            if let Some(count) = self.ends.get_mut((key & !SHORT) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut self.ends {
            sum += *end;
            *end = sum;
        }
        self.words.resize(frames.len(), 0);
        self.times.resize(frames.len(), Timestamp::EPOCH);
        self.order.resize(frames.len(), 0);
        self.short.clear();
        for ((index, frame), key) in (0u32..).zip(frames).zip(&self.keys) {
            if *key == NOWHERE {
                continue;
            }
            let Some(next) = self.ends.get_mut((key & !SHORT) as usize) else { continue };
            let place = *next as usize;
            if key & SHORT != 0 {
                self.short.push((key & !SHORT, *next));
            }
            *next += 1;
            if let (Some(word), Some(time), Some(order)) =
                (self.words.get_mut(place), self.times.get_mut(place), self.order.get_mut(place))
            {
                (*word, *time, *order) = (little(frame.bytes(), 0), frame.time(), index);
            }
        }
        self.short.sort_unstable();
        sum as usize
    }

    /// The frames of the table `number`; `None` when there are none.
    fn part(&self, number: usize) -> Option<Part<'_>> {
        let before = number.checked_sub(1).and_then(|before| self.ends.get(before));
        let (first, end) = (before.copied().unwrap_or(0) as usize, *self.ends.get(number)? as usize);
        let key = u32::try_from(number).ok()?;
        let shorts = self.short.partition_point(|(other, _)| *other < key);
        let short = self.short.get(shorts..).unwrap_or_default();
        let count = short.partition_point(|(other, _)| *other == key);
        (first < end).then_some(Part {
            words: self.words.get(first..end)?,
            times: self.times.get(first..end)?,
            order: self.order.get(first..end)?,
            short: short.get(..count)?,
            first,
        })
    }
}

/// The number of the table of a frame.
#[inline]
fn key<F: BusFrame>(rows: &RowDecoder<'_>, frame: &F) -> u32 {
    if !frame.is_data() {
        return NOWHERE;
    }
    match rows.variant(frame.id(), frame.length(), frame.bytes()) {
        Some((number, variant)) if frame.length() < variant.needed_bytes => number | SHORT,
        Some((number, _)) => number,
        None => NOWHERE,
    }
}
