//! The message: its fields in the order of their numbers.

use super::chain::{Blocks, Chain};
use super::field::{Full, Message};
use super::kind::Kind;
use super::slot::{ColumnSlot, NONE, Place, SignalSlot, TimelineSlot};
use super::sort::sort_by_key;
use super::varint::{self, zigzag};
use super::{BatchHeader, part};
use crate::BatchParts;

/// What a batch is made of, ready to be written.
pub(super) struct Sealed<'s, 'm> {
    pub(super) header: &'s BatchHeader,
    pub(super) start_us: u64,
    pub(super) columns: &'s [ColumnSlot],
    /// Which column and which timeline stands where in the message.
    pub(super) order: &'s [Place],
    pub(super) timelines: &'s [TimelineSlot],
    pub(super) blocks: &'s Blocks<'m>,
}

/// Gives columns and timelines their places: timelines in the order of the signals that have them, columns that share a
/// timeline together, since deflate finds like beside like, and those of one signal one after the other, because a reader
/// joins them so.
pub(super) fn sort(
    order: &mut [Place],
    columns: &[ColumnSlot],
    timelines: &mut [TimelineSlot],
    signals: &[SignalSlot],
) {
    let columns = columns.get(..order.len()).unwrap_or(columns);
    let signal = |column: u32| columns.get(column as usize).map_or(0, |column| column.signal);
    order_by_signal(order, columns, signals);
    rank_timelines(order, columns, timelines);
    let rank_of_first = |signal: u16| {
        let first = signals.get(usize::from(signal)).and_then(|slot| columns.get(slot.first as usize));
        first.and_then(|column| timelines.get(column.timeline as usize)).map_or(0, |timeline| timeline.rank)
    };
    let (mut last, mut is_sorted) = (0, true);
    for place in order.iter_mut() {
        // What stands for a timeline is none yet: it is the rank of the first timeline of the signal.
        place.timeline = rank_of_first(signal(place.column));
        is_sorted &= last <= place.timeline;
        last = place.timeline;
    }
    // Signals of one message mostly follow one another.
    if !is_sorted {
        sort_by_key(order, |place| (place.timeline, signal(place.column), place.column));
    }
    for (index, timeline) in (0..).zip(timelines.iter()) {
        if let Some(place) = order.get_mut(timeline.rank as usize) {
            place.timeline = index;
        }
    }
}

/// The columns in the order of their signals, those of one signal in the order in which they began.
fn order_by_signal(order: &mut [Place], columns: &[ColumnSlot], signals: &[SignalSlot]) {
    let mut places = order.iter_mut();
    for (signal, slot) in (0u16..).zip(signals) {
        let mut index = slot.first;
        // Nearly every signal has one column, and a signal without a reading none.
        while let Some(column) = columns.get(index as usize) {
            if column.signal == signal
                && let Some(place) = places.next()
            {
                *place = Place { column: index, timeline: 0 };
            }
            if index == slot.column {
                break;
            }
            index += 1;
        }
    }
}

/// Numbers the timelines as the columns in `order` come upon them.
fn rank_timelines(order: &[Place], columns: &[ColumnSlot], timelines: &mut [TimelineSlot]) {
    for timeline in timelines.iter_mut() {
        timeline.rank = NONE;
    }
    let mut next = 0;
    for place in order {
        let column = columns.get(place.column as usize);
        match column.and_then(|column| timelines.get_mut(column.timeline as usize)) {
            Some(timeline) if timeline.rank == NONE => {
                timeline.rank = next;
                next += 1;
            }
            _ => {}
        }
    }
}

impl Sealed<'_, '_> {
    pub(super) fn write(&self, message: &mut Message<'_>, parts: &BatchParts<'_>) -> Result<(), Full> {
        self.header(message)?;
        self.timelines(message)?;
        self.heads(message)?;
        self.all_values(message, self.in_order())?;
        part::write(message, parts)?;
        self.shorts(message)?;
        parts.leaf_seed.map_or(Ok(()), |seed| message.bytes(22, &seed))?;
        part::write_movement(message, parts)
    }

    pub(super) fn header(&self, message: &mut Message<'_>) -> Result<(), Full> {
        message.bytes(1, self.header.id.as_bytes())?;
        message.bytes(2, self.header.device.as_bytes())?;
        if let Some(vehicle) = &self.header.vehicle {
            let number = vehicle.as_be_bytes();
            let zeros = number.iter().take_while(|byte| **byte == 0).count();
            message.bytes(3, number.get(zeros..).unwrap_or_default())?;
        }
        message.bytes(4, &self.header.dictionary_hash)?;
        message.unsigned(5, self.start_us)
    }

    fn timelines(&self, message: &mut Message<'_>) -> Result<(), Full> {
        list(message, 6, self.lines().map(|timeline| u64::from(timeline.count)))?;
        // No time is as late as 2^63 microseconds.
        let after = |time: u64| time.wrapping_sub(self.start_us).cast_signed();
        list(message, 7, self.lines().map(|timeline| zigzag(after(timeline.first))))?;
        self.chains(message, 8, self.lines().map(|timeline| (timeline.steps, 0..timeline.steps.len())))
    }

    fn heads(&self, message: &mut Message<'_>) -> Result<(), Full> {
        let signals = self.in_order().scan(0, |next, column| Some(distance(next, column.signal.into(), 1)));
        list(message, 9, signals)?;
        let timelines = self.in_order().scan(0, |last, column| {
            Some(distance(last, self.line(column).map_or(0, |line| line.rank.into()), 0))
        });
        list(message, 10, timelines)?;
        list(message, 11, self.in_order().map(|column| column.kind as u64))
    }

    /// The lists of values of `columns`.
    pub(super) fn all_values<'c>(
        &self,
        message: &mut Message<'_>,
        columns: impl Iterator<Item = &'c ColumnSlot> + Clone,
    ) -> Result<(), Full> {
        let of = |kind: Kind| columns.clone().filter(move |column| column.kind == kind);
        let whole = |column: &ColumnSlot| (column.values, 0..column.values.len());
        let raws = || columns.clone().filter(|column| column.kind.is_raw());
        self.chains(message, 12, raws().map(|column| (column.values, 0..u32::from(column.first_len))))?;
        let further = |column: &ColumnSlot| (column.values, column.first_len.into()..column.values.len());
        self.chains(message, 13, raws().map(further))?;
        self.chains(message, 14, of(Kind::Float).map(whole))?;
        self.fields(message, of(Kind::Text))?;
        self.chains(message, 16, of(Kind::State).map(whole))?;
        self.fields(message, of(Kind::Location))
    }

    /// Values of which each is a field.
    fn fields<'c>(
        &self,
        message: &mut Message<'_>,
        mut columns: impl Iterator<Item = &'c ColumnSlot>,
    ) -> Result<(), Full> {
        columns
            .try_for_each(|column| self.blocks.pieces(column.values).try_for_each(|piece| message.raw(piece)))
    }

    /// How many of the last times of its timeline each column lacks; nothing when none lacks any.
    fn shorts(&self, message: &mut Message<'_>) -> Result<(), Full> {
        let whole = |column| self.line(column).map_or(0, |line| line.count);
        let lacks = || self.in_order().map(|column| u64::from(whole(column).saturating_sub(column.count)));
        if lacks().all(|lack| lack == 0) {
            return Ok(());
        }
        list(message, 21, lacks())
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = &ColumnSlot> + Clone {
        self.order.iter().filter_map(|place| self.columns.get(place.column as usize))
    }

    /// The timelines in the order of the message.
    fn lines(&self) -> impl Iterator<Item = &TimelineSlot> + Clone {
        let places = self.order.iter().take(self.timelines.len());
        places.filter_map(|place| self.timelines.get(place.timeline as usize))
    }

    pub(super) fn line(&self, column: &ColumnSlot) -> Option<&TimelineSlot> {
        self.timelines.get(column.timeline as usize)
    }

    /// A list whose parts lie in chains: of each, the bytes of a range.
    pub(super) fn chains(
        &self,
        message: &mut Message<'_>,
        number: u32,
        chains: impl Iterator<Item = (Chain, core::ops::Range<u32>)> + Clone,
    ) -> Result<(), Full> {
        let len = chains.clone().map(|(_, range)| range.len()).sum();
        if len > 0 {
            message.head(number, len)?;
        }
        for (chain, range) in chains {
            let (mut skip, mut left) = (range.start as usize, range.len());
            for piece in self.blocks.pieces(chain) {
                let part = piece.get(skip..(skip + left).min(piece.len())).unwrap_or_default();
                message.raw(part)?;
                (skip, left) = (skip.saturating_sub(piece.len()), left - part.len());
                if left == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The zigzag distance of `value` from `expected`, which becomes `value` and `gap` more.
fn distance(expected: &mut i64, value: i64, gap: i64) -> u64 {
    let distance = value - *expected;
    *expected = value + gap;
    zigzag(distance)
}

/// A list of varints.
pub(super) fn list(
    message: &mut Message<'_>,
    number: u32,
    values: impl Iterator<Item = u64> + Clone,
) -> Result<(), Full> {
    let len = values.clone().map(varint::len).sum();
    if len > 0 {
        message.head(number, len)?;
    }
    for value in values {
        message.varint(value)?;
    }
    Ok(())
}
