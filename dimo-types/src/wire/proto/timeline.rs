//! Sequences of times: lengths, first times, and changes of the distance, each in a list of its own.

use alloc::vec::Vec;
use core::ops::Range;

use super::column::Head;
use super::{ColumnFault, DecodeError, v1};
use crate::Timestamp;

/// The timelines of a message, written out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timelines {
    times: Vec<Timestamp>,
    ranges: Vec<Range<usize>>,
}

impl Timelines {
    /// Expands the timelines of `message` after `start`.
    pub(super) fn expand(message: &v1::TelemetryBatch, start: Timestamp) -> Result<Self, DecodeError> {
        let (lengths, firsts) = (&message.timeline_lengths, &message.timeline_firsts_us);
        let (mut times, mut ranges) = (Vec::new(), Vec::with_capacity(lengths.len()));
        check_lengths(message)?;
        times.reserve_exact(firsts.len() + message.timeline_steps_us.len());
        let mut steps = message.timeline_steps_us.as_slice();
        for (timeline, (length, first)) in lengths.iter().zip(firsts).enumerate() {
            let fault = DecodeError::Timeline { timeline };
            let begin = times.len();
            let further = usize::try_from(*length).ok().and_then(|length| length.checked_sub(1));
            let (own, rest) = further.and_then(|len| steps.split_at_checked(len)).ok_or(fault.clone())?;
            expand_one(&mut times, start, *first, own).ok_or(fault)?;
            ranges.push(begin..times.len());
            steps = rest;
        }
        Ok(Self { times, ranges })
    }

    /// The times of a column, at least one.
    pub(super) fn of(&self, column: &Head) -> Result<&[Timestamp], ColumnFault> {
        let fault = ColumnFault::Timeline { timeline: column.timeline };
        let index = usize::try_from(column.timeline).map_err(|_| fault)?;
        let times = self.ranges.get(index).and_then(|range| self.times.get(range.clone())).ok_or(fault)?;
        let len = usize::try_from(column.lacks).ok().and_then(|lacks| times.len().checked_sub(lacks));
        let own = len.filter(|len| *len > 0).and_then(|len| times.get(..len));
        own.ok_or(ColumnFault::Short { lacks: column.lacks, times: times.len() })
    }
}

/// Checks that there are as many first times and steps as the lengths ask for.
fn check_lengths(message: &v1::TelemetryBatch) -> Result<(), DecodeError> {
    let expected = message.timeline_lengths.len();
    let len = message.timeline_firsts_us.len();
    if len != expected {
        return Err(DecodeError::ListLength { list: "timeline_firsts_us", len, expected });
    }
    let steps =
        message.timeline_lengths.iter().fold(0u64, |sum, len| sum.saturating_add(len.saturating_sub(1)));
    let (len, expected) = (message.timeline_steps_us.len(), usize::try_from(steps).unwrap_or(usize::MAX));
    if len != expected {
        return Err(DecodeError::ListLength { list: "timeline_steps_us", len, expected });
    }
    Ok(())
}

/// Appends one timeline, or says `None` when one of its times is no timestamp.
fn expand_one(times: &mut Vec<Timestamp>, start: Timestamp, first: i64, steps: &[i64]) -> Option<()> {
    let mut time = start.checked_add_micros(first)?;
    times.push(time);
    let mut distance = 0i64;
    for step in steps {
        distance = distance.checked_add(*step)?;
        time = time.checked_add_micros(distance)?;
        times.push(time);
    }
    Some(())
}
