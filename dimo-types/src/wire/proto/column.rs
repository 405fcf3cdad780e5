//! Columns: what each is, and its part of the lists of values.

use alloc::string::String;
use core::{iter, slice};

use super::{ColumnFault, DecodeError, v1};
use crate::{Location, Raw, Scale, SignalIndex, SignalValue};

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) signal: SignalIndex,
    pub(super) timeline: i64,
    /// How many of the last times of its timeline it lacks.
    pub(super) lacks: u64,
    pub(super) kind: v1::Kind,
}

/// The heads of a message's columns, or the number of a kind that is not known. The lists are of one length, but for that
/// of `column_shorts`, which may be empty.
pub(super) fn heads(
    message: &v1::TelemetryBatch,
) -> impl Iterator<Item = Result<Result<Head, i32>, ColumnFault>> {
    let (mut next_signal, mut timeline) = (0i64, 0i64);
    let lists = message.column_signals.iter().zip(&message.column_timelines).zip(&message.column_kinds);
    let lacks = message.column_shorts.iter().copied().chain(iter::repeat(0));
    lists.zip(lacks).map(move |(((signal_step, timeline_step), kind), lacks)| {
        let signal = next_signal + i64::from(*signal_step);
        let index = u16::try_from(signal).map_err(|_| ColumnFault::Signal { signal })?;
        next_signal = signal + 1;
        timeline = timeline.saturating_add(*timeline_step);
        let known = v1::Kind::try_from(*kind).ok().filter(|kind| *kind != v1::Kind::Unspecified);
        Ok(known.map(|kind| Head { signal: SignalIndex(index), timeline, lacks, kind }).ok_or(*kind))
    })
}

/// How many values the columns take from each list.
#[derive(Default)]
pub(super) struct Tally {
    raw_columns: usize,
    raws: usize,
    floats: usize,
    texts: usize,
    states: usize,
    locations: usize,
}

impl Tally {
    /// Counts a column of `len` values, at least one.
    pub(super) const fn add(&mut self, kind: v1::Kind, len: usize) {
        let list = match kind {
            v1::Kind::Raw | v1::Kind::UnsignedRaw => {
                self.raw_columns += 1;
                &mut self.raws
            }
            v1::Kind::Float => &mut self.floats,
            v1::Kind::Text => &mut self.texts,
            v1::Kind::State => &mut self.states,
            v1::Kind::Location | v1::Kind::Unspecified => &mut self.locations,
        };
        *list = list.saturating_add(len);
    }

    /// Checks that the lists of `message` have exactly the values counted, and positions their coordinates.
    pub(super) fn check(&self, message: &v1::TelemetryBatch) -> Result<(), DecodeError> {
        let lists = [
            ("raw_firsts", message.raw_firsts.len(), self.raw_columns),
            ("raw_steps", message.raw_steps.len(), self.raws.saturating_sub(self.raw_columns)),
            ("floats", message.floats.len(), self.floats),
            ("texts", message.texts.len(), self.texts),
            ("states", message.states.len(), self.states),
            ("locations", message.locations.len(), self.locations),
        ];
        if let Some((list, len, expected)) = lists.into_iter().find(|(_, len, expected)| len != expected) {
            return Err(DecodeError::ListLength { list, len, expected });
        }
        let partial = |place: &v1::Location| place.latitude.is_none() || place.longitude.is_none();
        match message.locations.iter().position(partial) {
            Some(position) => Err(DecodeError::Coordinates { position }),
            None => Ok(()),
        }
    }
}

/// What is left of the lists of values while columns take theirs, in order.
pub(super) struct Values<'a> {
    raw_firsts: slice::Iter<'a, i64>,
    raw_steps: slice::Iter<'a, i64>,
    floats: slice::Iter<'a, f64>,
    texts: slice::Iter<'a, String>,
    states: slice::Iter<'a, bool>,
    locations: slice::Iter<'a, v1::Location>,
    last_raw: i64,
}

impl<'a> Values<'a> {
    /// All values of a checked message.
    pub(super) fn of(message: &'a v1::TelemetryBatch) -> Self {
        Self {
            raw_firsts: message.raw_firsts.iter(),
            raw_steps: message.raw_steps.iter(),
            floats: message.floats.iter(),
            texts: message.texts.iter(),
            states: message.states.iter(),
            locations: message.locations.iter(),
            last_raw: 0,
        }
    }

    /// The value at `place` of a column of `kind` whose signal has `scale`.
    pub(super) fn next(&mut self, kind: v1::Kind, place: usize, scale: Scale) -> Option<SignalValue<'a>> {
        Some(match kind {
            v1::Kind::Raw => SignalValue::Scaled { raw: Raw::Signed(self.raw(place)?), scale },
            v1::Kind::UnsignedRaw => {
                SignalValue::Scaled { raw: Raw::Unsigned(self.raw(place)?.cast_unsigned()), scale }
            }
            v1::Kind::Float => SignalValue::Float(*self.floats.next()?),
            v1::Kind::Text => SignalValue::Text(self.texts.next()?),
            v1::Kind::State => SignalValue::Bool(*self.states.next()?),
            v1::Kind::Location => SignalValue::Location(location(self.locations.next()?)?),
            v1::Kind::Unspecified => return None,
        })
    }

    fn raw(&mut self, place: usize) -> Option<i64> {
        self.last_raw = match place {
            0 => *self.raw_firsts.next()?,
            _ => self.last_raw.wrapping_add(*self.raw_steps.next()?),
        };
        Some(self.last_raw)
    }
}

pub(super) fn location(place: &v1::Location) -> Option<Location> {
    Some(Location {
        latitude: place.latitude?,
        longitude: place.longitude?,
        altitude: place.altitude,
        hdop: place.hdop,
        heading: place.heading,
    })
}
