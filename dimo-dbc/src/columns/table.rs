//! [`MessageTable`] and [`Column`]: what many frames of one message held.

use alloc::vec;
use alloc::vec::Vec;

use dimo_types::{CanId, SignalIndex, Timestamp};

use crate::Plan;
use crate::columns::part::Part;
use crate::columns::shape::Shape;
use crate::row::{BusFrame, Plain, RowDecoder, Slot, Variant, Way, Work, odd_value};

/// What the frames of one message held. A message with switches has a table for each set of signals that they select.
#[derive(Clone, Debug)]
pub struct MessageTable {
    id: CanId,
    signals: Vec<SignalIndex>,
    times: Vec<Timestamp>,
    columns: Vec<Column>,
}

impl MessageTable {
    pub(crate) fn new(variant: &Variant) -> Self {
        let signals = variant.signals.to_vec();
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

    pub(crate) fn clear(&mut self) {
        self.times.clear();
        for column in &mut self.columns {
            column.rows = 0;
            column.missing.clear();
        }
    }

    /// Adds the frames of a part; `windows` is room for what is read of them.
    pub(crate) fn extend<F: BusFrame>(
        &mut self,
        rows: &RowDecoder<'_>,
        (variant, shape): (&Variant, &Shape),
        frames: &[F],
        part: &Part,
        windows: &mut Vec<u64>,
    ) {
        let first_row = self.times.len();
        self.times.extend_from_slice(&part.times);
        if variant.way == Way::Plan {
            self.extend_with_plan(&rows.plan, frames, part);
            return;
        }
        for group in &shape.groups {
            let windows = part.windows(frames, group.base, windows);
            let columns = self.columns.as_mut_slice();
            rows.vectors.run(Fill { signals: &group.signals, windows, rows: part.times.len(), columns });
        }
        for place in &shape.odd {
            if let (Some(slot), Some(column)) = (variant.slots.get(*place), self.columns.get_mut(*place)) {
                part.map(frames, |frame| odd_value(&rows.plan, &slot.entry, frame.bytes()))
                    .for_each(|value| column.push(value));
            }
        }
        if !part.short.is_empty() {
            for (slot, column) in variant.slots.iter().zip(&mut self.columns) {
                column.cut_off(slot, part.short(frames), first_row);
            }
        }
    }

    /// Frame by frame, for messages with too many switches to have a table for each of their states.
    fn extend_with_plan<F: BusFrame>(&mut self, plan: &Plan<'_>, frames: &[F], part: &Part) {
        for frame in part.map(frames, Some).flatten() {
            let bytes = frame.bytes().get(..usize::from(frame.length())).unwrap_or(frame.bytes());
            let mut samples = plan.decode_bytes(frame.id(), bytes).into_iter().flatten().peekable();
            for (signal, column) in self.signals.iter().zip(&mut self.columns) {
                let sample = samples.next_if(|sample| sample.signal == *signal);
                column.push(sample.map(|sample| sample.physical()));
            }
        }
    }
}

/// The signals of a message that come out of the same windows.
struct Fill<'a> {
    signals: &'a [(usize, Plain)],
    windows: &'a [u64],
    rows: usize,
    columns: &'a mut [Column],
}

impl Work for Fill<'_> {
    #[inline(always)]
    fn run(self) {
        for (place, signal) in self.signals {
            if let Some(column) = self.columns.get_mut(*place) {
                signal.fill(self.windows, column.room(self.windows.len()));
                column.rows += self.rows;
            }
        }
    }
}

/// The values of one signal, a row for each frame of its table.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Those of the rows, and behind them room.
    values: Vec<f64>,
    rows: usize,
    missing: Vec<u32>,
}

impl Column {
    /// The physical values, the same as [`Sample::physical`](crate::Sample::physical); NaN in the rows of
    /// [`Column::missing`].
    #[must_use]
    pub fn values(&self) -> &[f64] {
        self.values.get(..self.rows).unwrap_or_default()
    }

    /// The rows in which the signal is not there, ascending: the frame was too short for it, or a mapping's value table
    /// does not list its raw value. Other rows may be NaN too, where a float signal is.
    #[must_use]
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    /// That many places behind the rows. They hold anything.
    fn room(&mut self, count: usize) -> &mut [f64] {
        let end = self.rows + count;
        if self.values.len() < end {
            self.values.resize(end.max(2 * self.values.len()), 0.0);
        }
        self.values.get_mut(self.rows..end).unwrap_or_default()
    }

    fn push(&mut self, value: Option<f64>) {
        if value.is_none() {
            self.missing.push(row_number(self.rows));
        }
        self.room(1).fill(value.unwrap_or(f64::NAN));
        self.rows += 1;
    }

    /// Takes back what short frames do not hold.
    fn cut_off<'f, F: BusFrame + 'f>(
        &mut self,
        slot: &Slot,
        short: impl Iterator<Item = (usize, &'f F)>,
        first_row: usize,
    ) {
        let before = self.missing.len();
        for (row, frame) in short {
            if frame.length() < slot.needed_bytes {
                if let Some(value) = self.values.get_mut(first_row + row) {
                    *value = f64::NAN;
                }
                self.missing.push(row_number(first_row + row));
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
