//! Columns back to readings in canonical order.
//!
//! Readings are large, and there are several for each time of a timeline: so times are sorted, and readings are written once,
//! where they belong.

use alloc::vec::Vec;

use super::BatchColumn;
use crate::{Reading, Scale, SignalIndex, Timestamp};

/// A column with what is known of it beside its values.
pub(super) struct Bound<'a> {
    pub(super) column: BatchColumn<'a>,
    pub(super) timeline: i64,
    /// Its place in the message.
    pub(super) rank: usize,
    pub(super) scale: Scale,
}

impl<'a> Bound<'a> {
    /// What says which columns have the same times.
    fn times(&self) -> (i64, usize) {
        (self.timeline, self.column.times().len())
    }

    fn signal(&self) -> SignalIndex {
        self.column.signal()
    }

    #[inline]
    fn reading(&self, time: Timestamp, place: usize) -> Option<Reading<'a>> {
        let value = self.column.values().get(place, self.scale)?;
        Some(Reading { time, signal: self.signal(), value })
    }
}

/// Columns that have the same times: all of them, so that no time is looked at for a column that does not have it.
type Together<'c, 'a> = &'c [Bound<'a>];

/// One time of columns.
struct Moment<'c, 'a> {
    time: Timestamp,
    place: usize,
    columns: Together<'c, 'a>,
}

/// The `count` readings of all columns, by time, then by signal; those of one signal at one time in the order of the message.
pub(super) fn readings<'a>(mut columns: Vec<Bound<'a>>, count: usize) -> Vec<Reading<'a>> {
    columns.sort_by_key(|bound| (bound.times(), bound.signal()));
    let mut moments: Vec<Moment<'_, 'a>> = Vec::new();
    for together in columns.chunk_by(|a, b| a.times() == b.times()) {
        let times = together.first().map_or(&[][..], |bound| bound.column.times());
        let of_these = |(place, time): (usize, &Timestamp)| Moment { time: *time, place, columns: together };
        moments.extend(times.iter().enumerate().map(of_these));
    }
    moments.sort_by_key(|moment| moment.time);
    let mut readings = Vec::with_capacity(count);
    for at_once in moments.chunk_by(|a, b| a.time == b.time) {
        if at_once.is_sorted_by(|a, b| is_before(a.columns, b.columns)) {
            for Moment { time, place, columns } in at_once {
                readings.extend(columns.iter().filter_map(|bound| bound.reading(*time, *place)));
            }
        } else {
            interleave(at_once, &mut readings);
        }
    }
    readings
}

/// Whether all signals of some columns come before all of others.
fn is_before(some: Together<'_, '_>, others: Together<'_, '_>) -> bool {
    some.last().zip(others.first()).is_some_and(|(last, first)| last.signal() < first.signal())
}

/// Appends the readings of one time, signal by signal.
#[cold]
fn interleave<'a>(at_once: &[Moment<'_, 'a>], readings: &mut Vec<Reading<'a>>) {
    let places = at_once
        .iter()
        .flat_map(|moment| moment.columns.iter().map(move |bound| (bound, moment.time, moment.place)));
    let mut sorted = Vec::with_capacity(at_once.iter().map(|moment| moment.columns.len()).sum());
    sorted.extend(places);
    sorted.sort_unstable_by_key(|(bound, _, place): &(&Bound<'_>, _, usize)| {
        (bound.signal(), bound.rank, *place)
    });
    readings.extend(sorted.into_iter().filter_map(|(bound, time, place)| bound.reading(time, place)));
}
