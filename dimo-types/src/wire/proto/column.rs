//! Columns: what each is, and its part of the lists of values.

use alloc::string::{String, ToString};
use core::slice;

use super::{ColumnFault, DecodeError, v1};
use crate::{Location, Raw, Reading, Scale, SignalIndex, SignalValue};

/// The kind of a column that can hold `value`.
pub(super) const fn kind_of(value: &SignalValue<'_>) -> v1::Kind {
    match value {
        SignalValue::Scaled { raw: Raw::Signed(_), .. } => v1::Kind::Raw,
        SignalValue::Scaled { raw: Raw::Unsigned(_), .. } => v1::Kind::UnsignedRaw,
        SignalValue::Float(_) => v1::Kind::Float,
        SignalValue::Text(_) => v1::Kind::Text,
        SignalValue::Bool(_) => v1::Kind::State,
        SignalValue::Location(_) => v1::Kind::Location,
    }
}

/// Appends the values of one column, all of one kind, to the lists of `message`.
pub(super) fn push_values(message: &mut v1::TelemetryBatch, column: &[&Reading<'_>]) {
    let mut last_raw = None;
    for reading in column {
        match reading.value {
            SignalValue::Scaled { raw, .. } => push_raw(message, &mut last_raw, bits(raw)),
            SignalValue::Float(value) => message.floats.push(value),
            SignalValue::Text(text) => message.texts.push(text.to_string()),
            SignalValue::Bool(on) => message.states.push(on),
            SignalValue::Location(place) => message.locations.push(v1::Location {
                latitude: Some(place.latitude),
                longitude: Some(place.longitude),
                altitude: place.altitude,
                hdop: place.hdop,
                heading: place.heading,
            }),
        }
    }
}

fn push_raw(message: &mut v1::TelemetryBatch, last: &mut Option<i64>, raw: i64) {
    match last.replace(raw) {
        None => message.raw_firsts.push(raw),
        Some(last) => message.raw_steps.push(raw.wrapping_sub(last)),
    }
}

/// The 64 bits of a raw integer.
const fn bits(raw: Raw) -> i64 {
    match raw {
        Raw::Signed(raw) => raw,
        Raw::Unsigned(raw) => raw.cast_signed(),
    }
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) signal: SignalIndex,
    pub(super) timeline: i64,
    pub(super) kind: v1::Kind,
}

/// The heads of a message's columns. The three lists are of one length.
pub(super) fn heads(message: &v1::TelemetryBatch) -> impl Iterator<Item = Result<Head, ColumnFault>> {
    let (mut next_signal, mut timeline) = (0i64, 0i64);
    let lists = message.column_signals.iter().zip(&message.column_timelines).zip(&message.column_kinds);
    lists.map(move |((signal_step, timeline_step), kind)| {
        let signal = next_signal + i64::from(*signal_step);
        let index = u16::try_from(signal).map_err(|_| ColumnFault::Signal { signal })?;
        next_signal = signal + 1;
        timeline = timeline.saturating_add(*timeline_step);
        let known = v1::Kind::try_from(*kind).ok().filter(|kind| *kind != v1::Kind::Unspecified);
        let kind = known.ok_or(ColumnFault::Kind { kind: *kind })?;
        Ok(Head { signal: SignalIndex(index), timeline, kind })
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

fn location(place: &v1::Location) -> Option<Location> {
    Some(Location {
        latitude: place.latitude?,
        longitude: place.longitude?,
        altitude: place.altitude,
        hdop: place.hdop,
        heading: place.heading,
    })
}
