//! [`ColumnDecoder`]: many frames at once to columns of doubles, one for each signal of a message.

mod block;
mod cursors;
mod part;
mod shape;
mod table;

use alloc::vec::Vec;
use core::fmt;

use crate::Plan;
use crate::columns::block::Block;
use crate::columns::cursors::Cursors;
use crate::columns::part::Part;
use crate::columns::shape::Shape;
pub use crate::columns::table::{Column, MessageTable};
use crate::crc::crc32;
use crate::row::{BusFrame, RowDecoder};

/// Decodes many frames into columns: the same values as [`Plan::decode`] gives frame by frame, several times as fast as
/// [`RowDecoder`] where a message comes often.
///
/// It sorts frames by message, and by what the switches of the message select, and then takes one signal out of all of them
/// at a time. Give it some ten thousand frames a call; few frames are better decoded by the row.
///
/// # Example: one signal of a log
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{ColumnDecoder, Plan, Selection, compile, import};
/// use dimo_types::{CanId, Frame, Timestamp};
/// let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n SG_ Rpm : 16|16@1+ (1,0) [0|0] \"rpm\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let decoder = ColumnDecoder::new(Plan::from_bytes(&blob).unwrap());
///
/// let id = CanId::standard(291).unwrap();
/// let frame = |second, data: &[u8]| Frame::classic(Timestamp::from_secs(second).unwrap(), id, data).unwrap();
/// let mut columns = decoder.columns();
/// decoder.decode(&[frame(1, &[0x10, 0x27, 0xE8, 3]), frame(2, &[0x20, 0x4E])], &mut columns);
///
/// let table = columns.tables().next().unwrap();
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
    shapes: Vec<Shape>,
    cursors: Cursors,
    stamp: u32,
}

impl<'p> ColumnDecoder<'p> {
    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let rows = RowDecoder::new(plan);
        let shapes: Vec<_> = rows.tables.variants.iter().map(|variant| Shape::new(&rows, variant)).collect();
        let stamp = stamp(&rows);
        let cursors = Cursors::new(&rows, &shapes);
        Self { rows, shapes, cursors, stamp }
    }

    /// Empty columns for what it decodes.
    #[must_use]
    pub fn columns(&self) -> Columns {
        let variants = self.rows.tables.variants.iter();
        Columns {
            tables: variants.map(MessageTable::new).collect(),
            block: Block::default(),
            part: Part::default(),
            windows: Vec::new(),
            stamp: self.stamp,
        }
    }

    /// Decodes `frames` and adds them to the columns, each table in the order of the frames.
    ///
    /// Unknown identifiers, remote and error frames are skipped. Returns how many frames were not. Columns of a decoder for
    /// other signals lose what they hold first.
    pub fn decode<F: BusFrame>(&self, frames: &[F], columns: &mut Columns) -> usize {
        if columns.stamp != self.stamp {
            *columns = self.columns();
        }
        let Columns { tables, block, part, windows, .. } = columns;
        let mut decoded = 0;
        for frames in frames.chunks(Block::FRAMES) {
            block.sort(&self.rows, &self.cursors, frames);
            let kinds = self.rows.tables.variants.iter().zip(&self.shapes);
            for (number, (table, kind)) in (0..).zip(tables.iter_mut().zip(kinds)) {
                if block.collect(&self.cursors, number, part) {
                    decoded += part.times.len();
                    table.extend(&self.rows, kind, frames, part, windows);
                }
            }
        }
        decoded
    }

    /// Decodes `frames` with a thread for each of `columns`, as [`ColumnDecoder::decode`] does it with one: the first columns
    /// get the first run of the frames, the next ones the next, all runs as long as each other.
    ///
    /// Starting threads takes as long as decoding some thousand frames.
    ///
    /// # Example: as many threads as the machine runs at once
    ///
    /// ```
    /// # #[cfg(feature = "import")] {
    /// # use dimo_dbc::{ColumnDecoder, Plan, Selection, compile, import};
    /// # use dimo_types::{CanId, Frame, Timestamp};
    /// # let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n";
    /// # let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
    /// # let decoder = ColumnDecoder::new(Plan::from_bytes(&blob).unwrap());
    /// # let id = CanId::standard(291).unwrap();
    /// # let frames = vec![Frame::classic(Timestamp::EPOCH, id, &[16, 39]).unwrap(); 100];
    /// let threads = std::thread::available_parallelism().map_or(1, usize::from);
    /// let mut columns = vec![decoder.columns(); threads];
    /// assert_eq!(decoder.decode_parallel(&frames, &mut columns), frames.len());
    /// let speeds = columns.iter().flat_map(|part| part.tables()).map(|table| table.columns()[0].values().len());
    /// assert_eq!(speeds.sum::<usize>(), frames.len());
    /// # }
    /// ```
    #[cfg(feature = "std")]
    pub fn decode_parallel<F: BusFrame + Sync>(&self, frames: &[F], columns: &mut [Columns]) -> usize {
        let run = frames.len().div_ceil(columns.len().max(1)).max(1);
        std::thread::scope(|scope| {
            let mut parts = frames.chunks(run).zip(columns);
            // The first part is for this thread, while the others are under way.
            let first = parts.next();
            let workers: Vec<_> =
                parts.map(|(frames, columns)| scope.spawn(|| self.decode(frames, columns))).collect();
            let decoded = first.map_or(0, |(frames, columns)| self.decode(frames, columns));
            // A worker that panicked: so does this thread, as if it had done the work itself.
            let others = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            decoded + others.sum::<usize>()
        })
    }
}

/// Tells columns of other signals apart.
fn stamp(rows: &RowDecoder<'_>) -> u32 {
    let mut bytes = Vec::new();
    for variant in &rows.tables.variants {
        bytes.extend_from_slice(&variant.id.packed().to_le_bytes());
        bytes.extend(variant.signals.iter().flat_map(|signal| signal.0.to_le_bytes()));
        bytes.extend_from_slice(&u32::MAX.to_le_bytes());
    }
    crc32(&[&bytes])
}

impl fmt::Debug for ColumnDecoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnDecoder").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// What a [`ColumnDecoder`] has decoded, until [`Columns::clear`].
#[derive(Clone)]
pub struct Columns {
    /// One for each variant of a message.
    tables: Vec<MessageTable>,
    block: Block,
    part: Part,
    windows: Vec<u64>,
    stamp: u32,
}

impl Columns {
    /// The tables that hold something, in the order of the plan's messages.
    pub fn tables(&self) -> impl Iterator<Item = &MessageTable> {
        self.tables.iter().filter(|table| !table.times().is_empty())
    }

    /// Empties the tables; their memory is used again.
    pub fn clear(&mut self) {
        self.tables.iter_mut().filter(|table| !table.times().is_empty()).for_each(MessageTable::clear);
    }
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tables()).finish()
    }
}
