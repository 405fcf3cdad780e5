//! A count of what a message holds, before any of it is allocated: some messages are small on the wire and large in memory.

use alloc::string::String;
use core::mem::size_of;
use core::ops::Range;

use super::column::Head;
use super::rows::Bound;
use super::unknown::Unknown;
use super::{DecodeError, DecodeLimits, v1};
use crate::{GnssFix, Reading, Timestamp, TroubleReport, VehicleEvent};

/// What a growing list may take for each element: it doubles, and while it moves the old half lives beside the new.
const fn in_list<T>() -> usize {
    3 * size_of::<T>()
}

/// A reading in the batch, and once more as much for sorting.
const READING: usize = 2 * size_of::<Reading<'static>>();

const EVENT: usize = in_list::<v1::Event>() + 2 * in_list::<VehicleEvent<'static>>();
const TROUBLE_REPORT: usize = in_list::<v1::TroubleReport>() + 2 * in_list::<TroubleReport<'static>>();

/// What is known of a message: the highest number of its fields, and which of them are messages.
struct Shape {
    last: u64,
    inner: &'static [(u64, &'static Shape)],
}

const fn flat(last: u64) -> Shape {
    Shape { last, inner: &[] }
}

const LOCATION: Shape = flat(5);
const FIX: Shape = Shape { last: 4, inner: &[(2, &LOCATION)] };
const MOVEMENT: Shape = Shape { last: 4, inner: &[(1, &FIX), (2, &flat(2)), (3, &flat(5)), (4, &flat(5))] };
const BATCH: Shape = Shape {
    last: 23,
    inner: &[(17, &LOCATION), (18, &flat(5)), (19, &flat(2)), (20, &flat(5)), (23, &MOVEMENT)],
};

/// The fields of an encoded batch that a later version of the schema added, to the batch or to a message in it.
pub(super) fn unknown_fields(message: &[u8], unknown: &mut Unknown) -> Result<(), DecodeError> {
    each_field(message, |number, field| {
        if number > BATCH.last {
            unknown.field(number);
        } else if let Some(shape) = BATCH.inner(number)
            && let Field::Bytes(message) = field
            && !shape.knows(message)?
        {
            unknown.field_within(number);
        }
        Ok(())
    })
}

impl Shape {
    fn inner(&self, number: u64) -> Option<&'static Self> {
        self.inner.iter().find_map(|(inner, shape)| (*inner == number).then_some(*shape))
    }

    /// Whether every field of `message` is known, and of the messages in it. Nothing nests deeper than its shape.
    fn knows(&self, message: &[u8]) -> Result<bool, DecodeError> {
        let mut known = true;
        each_field(message, |number, field| {
            known &= number <= self.last;
            if let (Some(shape), Field::Bytes(message)) = (self.inner(number), field) {
                known &= shape.knows(message)?;
            }
            Ok(())
        })?;
        Ok(known)
    }
}

/// Refuses an encoded batch that would take more memory than allowed.
pub(super) fn check_batch(message: &[u8], limits: &DecodeLimits) -> Result<(), DecodeError> {
    let mut budget = Budget { left: limits.memory_bytes, limit: limits.memory_bytes };
    each_field(message, |number, field| match number {
        // Timelines and their times, columns and their values.
        6 => budget.take(field.varints(), in_list::<u64>() + size_of::<Range<usize>>()),
        7 | 8 => budget.take(field.varints(), in_list::<i64>() + size_of::<Timestamp>()),
        9..=11 => budget.take(field.varints(), in_list::<i64>() + size_of::<Head>() + size_of::<Bound<'_>>()),
        12 | 13 | 16 => budget.take(field.varints(), in_list::<i64>() + READING),
        14 => budget.take(field.fixed64s(), in_list::<f64>() + READING),
        15 => budget.take(1, in_list::<String>() + field.len() + READING),
        17 => budget.take(1, in_list::<v1::Location>() + READING),
        // An empty tag takes two bytes of the message and a string.
        18 => budget.take(1, EVENT + field.len().saturating_mul(in_list::<String>())),
        19 => budget.take(1, TROUBLE_REPORT + 3 * field.len()),
        20 => budget.take(1, 2 * field.len()),
        21 => budget.take(field.varints(), in_list::<u64>()),
        // An empty entry takes two bytes of the message.
        23 => budget.take(field.len().div_ceil(2), in_list::<v1::Fix>() + in_list::<GnssFix>()),
        _ => Ok(()),
    })
}

/// Refuses an encoded dictionary with more entries than indexes, or that would take more memory than allowed.
pub(super) fn check_dictionary(message: &[u8], limits: &DecodeLimits) -> Result<(), DecodeError> {
    let mut budget = Budget { left: limits.memory_bytes, limit: limits.memory_bytes };
    let mut entries = 0usize;
    each_field(message, |number, field| {
        if number == 1 {
            entries += 1;
            if entries > 1 << 16 {
                return Err(DecodeError::TooManySignals);
            }
            budget.take(1, in_list::<v1::Signal>() + 2 * field.len())?;
        }
        Ok(())
    })
}

/// Memory that may still be taken.
struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    fn take(&mut self, count: usize, each: usize) -> Result<(), DecodeError> {
        let left = self.left.checked_sub(count.saturating_mul(each));
        self.left = left.ok_or(DecodeError::TooMuchMemory { limit: self.limit })?;
        Ok(())
    }
}

/// The content of one field.
#[derive(Clone, Copy)]
enum Field<'a> {
    Varint,
    Fixed64,
    Fixed32,
    Bytes(&'a [u8]),
}

impl Field<'_> {
    /// How many integers it has, single or packed.
    fn varints(self) -> usize {
        match self {
            Self::Bytes(packed) => packed.iter().filter(|byte| **byte < 0x80).count(),
            _ => 1,
        }
    }

    /// How many doubles it has, single or packed.
    fn fixed64s(self) -> usize {
        match self {
            Self::Bytes(packed) => packed.len() / 8,
            _ => 1,
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }
}

/// Calls `visit` with number and content of each field of `message`.
fn each_field<'a>(
    mut message: &'a [u8],
    mut visit: impl FnMut(u64, Field<'a>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    while !message.is_empty() {
        let (number, field, rest) = split_field(message).ok_or_else(cut)?;
        visit(number, field)?;
        message = rest;
    }
    Ok(())
}

fn cut() -> DecodeError {
    DecodeError::Malformed { reason: "a field is cut off or of an unknown wire type".into() }
}

fn split_field(message: &[u8]) -> Option<(u64, Field<'_>, &[u8])> {
    let (key, rest) = split_varint(message)?;
    let (field, rest) = match key & 7 {
        0 => (Field::Varint, split_varint(rest)?.1),
        1 => (Field::Fixed64, rest.get(8..)?),
        2 => {
            let (len, rest) = split_varint(rest)?;
            let (bytes, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
            (Field::Bytes(bytes), rest)
        }
        5 => (Field::Fixed32, rest.get(4..)?),
        _ => return None,
    };
    Some((key >> 3, field, rest))
}

fn split_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let len = bytes.iter().take(10).position(|byte| *byte < 0x80)? + 1;
    let (varint, rest) = bytes.split_at_checked(len)?;
    Some((varint.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7F)), rest))
}
