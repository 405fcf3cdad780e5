//! [`BatchColumn`]: readings of one signal as they travelled, for whoever stores columns.

use alloc::string::String;
use alloc::vec::Vec;

use super::column::{Head, location};
use super::v1;
use crate::{Location, Raw, Scale, SignalIndex, SignalValue, Timestamp};

/// Readings of one signal, one after the other. A signal whose values are of several kinds, or came in several ways, has
/// several columns; together they have all its readings.
///
/// # Example: a backend that stores columns
///
/// ```
/// use dimo_types::wire::{ColumnValues, DecodeLimits, batch_message, decode_message};
/// # use dimo_types::{Address, Batch, Raw, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// # let dictionary = [SignalInfo { name: "Engine.Rpm", unit: Unit::RevolutionPerMinute, scale: Scale::IDENTITY }];
/// # let reading = |ms, raw| Reading {
/// #     time: Timestamp::from_millis(ms).unwrap(),
/// #     signal: SignalIndex(0),
/// #     value: SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY },
/// # };
/// # let readings = vec![reading(10, 800), reading(20, 810)];
/// # let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, dictionary, readings).unwrap();
/// let received = decode_message(&batch_message(&batch), &DecodeLimits::default())?;
/// let column = received.columns().next().unwrap();
/// assert_eq!(column.times(), [Timestamp::from_millis(10)?, Timestamp::from_millis(20)?]);
/// assert_eq!(column.values(), ColumnValues::Raw(&[800, 810])); // the scale is in the dictionary
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchColumn<'a> {
    signal: SignalIndex,
    times: &'a [Timestamp],
    values: ColumnValues<'a>,
}

impl<'a> BatchColumn<'a> {
    /// Which signal of the dictionary.
    #[must_use]
    pub const fn signal(&self) -> SignalIndex {
        self.signal
    }

    /// When each value was read, in the order in which they came.
    #[must_use]
    pub const fn times(&self) -> &'a [Timestamp] {
        self.times
    }

    /// As many values as times.
    #[must_use]
    pub const fn values(&self) -> ColumnValues<'a> {
        self.values
    }
}

/// The values of a [`BatchColumn`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ColumnValues<'a> {
    /// Raw integers; the dictionary has their scale.
    Raw(&'a [i64]),
    /// Raw integers of unsigned signals of 64 bits; the dictionary has their scale.
    UnsignedRaw(&'a [u64]),
    /// Physical values.
    Float(&'a [f64]),
    /// Texts.
    Text(&'a [String]),
    /// States.
    State(&'a [bool]),
    /// Positions.
    Location(&'a [Location]),
}

impl<'a> ColumnValues<'a> {
    /// The value at `place`, raw integers with `scale`.
    #[inline]
    pub(super) fn get(self, place: usize, scale: Scale) -> Option<SignalValue<'a>> {
        Some(match self {
            Self::Raw(raws) => SignalValue::Scaled { raw: Raw::Signed(*raws.get(place)?), scale },
            Self::UnsignedRaw(raws) => SignalValue::Scaled { raw: Raw::Unsigned(*raws.get(place)?), scale },
            Self::Float(values) => SignalValue::Float(*values.get(place)?),
            Self::Text(texts) => SignalValue::Text(texts.get(place)?),
            Self::State(states) => SignalValue::Bool(*states.get(place)?),
            Self::Location(places) => SignalValue::Location(*places.get(place)?),
        })
    }
}

/// Values that do not stand in the message as they are: raw integers are distances there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lists {
    raws: Vec<i64>,
    unsigned: Vec<u64>,
    locations: Vec<Location>,
}

impl Lists {
    /// The lists of a checked message whose columns are of these kinds and lengths.
    pub(super) fn of(
        message: &v1::TelemetryBatch,
        columns: impl Iterator<Item = (v1::Kind, usize)> + Clone,
    ) -> Self {
        let mut lists = Self::default();
        let len = |kind| columns.clone().filter(|column| column.0 == kind).map(|column| column.1).sum();
        lists.raws.reserve_exact(len(v1::Kind::Raw));
        lists.unsigned.reserve_exact(len(v1::Kind::UnsignedRaw));
        lists.locations = message.locations.iter().filter_map(location).collect();
        let (mut firsts, mut steps) = (message.raw_firsts.iter(), message.raw_steps.as_slice());
        let raws = columns.filter(|(kind, _)| matches!(kind, v1::Kind::Raw | v1::Kind::UnsignedRaw));
        for (kind, len) in raws {
            let Some(first) = firsts.next() else { break };
            let (own, rest) = steps.split_at_checked(len.saturating_sub(1)).unwrap_or_default();
            let mut last = *first;
            let further = own.iter().map(|step| {
                last = last.wrapping_add(*step);
                last
            });
            if kind == v1::Kind::Raw {
                lists.raws.push(*first);
                lists.raws.extend(further);
            } else {
                lists.unsigned.push(first.cast_unsigned());
                lists.unsigned.extend(further.map(i64::cast_unsigned));
            }
            steps = rest;
        }
        lists
    }
}

/// What is left of the lists of values while columns take theirs, in order.
pub(super) struct Rest<'a> {
    raws: &'a [i64],
    unsigned: &'a [u64],
    floats: &'a [f64],
    texts: &'a [String],
    states: &'a [bool],
    locations: &'a [Location],
}

impl<'a> Rest<'a> {
    /// All values of a checked message.
    pub(super) fn of(message: &'a v1::TelemetryBatch, lists: &'a Lists) -> Self {
        Self {
            raws: &lists.raws,
            unsigned: &lists.unsigned,
            floats: &message.floats,
            texts: &message.texts,
            states: &message.states,
            locations: &lists.locations,
        }
    }

    /// The next column, which has these times.
    pub(super) fn next(&mut self, head: &Head, times: &'a [Timestamp]) -> Option<BatchColumn<'a>> {
        let len = times.len();
        let values = match head.kind {
            v1::Kind::Raw => ColumnValues::Raw(take(&mut self.raws, len)?),
            v1::Kind::UnsignedRaw => ColumnValues::UnsignedRaw(take(&mut self.unsigned, len)?),
            v1::Kind::Float => ColumnValues::Float(take(&mut self.floats, len)?),
            v1::Kind::Text => ColumnValues::Text(take(&mut self.texts, len)?),
            v1::Kind::State => ColumnValues::State(take(&mut self.states, len)?),
            v1::Kind::Location => ColumnValues::Location(take(&mut self.locations, len)?),
            v1::Kind::Unspecified => return None,
        };
        Some(BatchColumn { signal: head.signal, times, values })
    }
}

fn take<'a, T>(list: &mut &'a [T], len: usize) -> Option<&'a [T]> {
    let (own, rest) = list.split_at_checked(len)?;
    *list = rest;
    Some(own)
}
