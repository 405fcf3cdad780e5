//! The messages as values of the library, and back. Fields have the names of the schema, and its order.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use apache_avro::types::Value;
use prost::Message;

use super::census::malformed;
use super::{AvroWriteError, movement};
use crate::Batch;
use crate::wire::proto::batch_message;
use crate::wire::{DecodeError, v1};

/// A record of these fields.
pub(super) fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn fixed(bytes: Vec<u8>) -> Value {
    Value::Fixed(bytes.len(), bytes)
}

/// A value of the type `["null", …]`.
pub(super) fn nullable(value: Option<Value>) -> Value {
    match value {
        None => Value::Union(0, Box::new(Value::Null)),
        Some(value) => Value::Union(1, Box::new(value)),
    }
}

pub(super) fn list<T>(items: Vec<T>, value: impl Fn(T) -> Value) -> Value {
    Value::Array(items.into_iter().map(value).collect())
}

/// The record of a batch.
pub(super) fn of(batch: &Batch<'_>) -> Result<Value, AvroWriteError> {
    // One encoder makes the columns for all forms; its message is read back here.
    let message = v1::TelemetryBatch::decode(batch_message(batch).as_slice());
    message.map(of_batch).map_err(|_| AvroWriteError::Refused)
}

fn of_batch(batch: v1::TelemetryBatch) -> Value {
    record([
        ("id", fixed(batch.id)),
        ("device", fixed(batch.device)),
        ("vehicle", nullable(batch.vehicle.map(Value::Bytes))),
        ("dictionary_hash", fixed(batch.dictionary_hash)),
        ("start_us", unsigned(batch.start_us)),
        ("timeline_lengths", list(batch.timeline_lengths, unsigned)),
        ("timeline_firsts_us", list(batch.timeline_firsts_us, Value::Long)),
        ("timeline_steps_us", list(batch.timeline_steps_us, Value::Long)),
        ("column_signals", list(batch.column_signals, Value::Int)),
        ("column_timelines", list(batch.column_timelines, Value::Long)),
        ("column_kinds", list(batch.column_kinds, Value::Int)),
        ("raw_firsts", list(batch.raw_firsts, Value::Long)),
        ("raw_steps", list(batch.raw_steps, Value::Long)),
        ("floats", list(batch.floats, Value::Double)),
        ("texts", list(batch.texts, Value::String)),
        ("states", list(batch.states, Value::Boolean)),
        ("locations", list(batch.locations, of_location)),
        ("events", list(batch.events, of_event)),
        ("trouble_codes", list(batch.trouble_codes, of_report)),
        ("fingerprint", nullable(batch.fingerprint.map(of_fingerprint))),
        ("column_shorts", list(batch.column_shorts, unsigned)),
        ("leaf_seed", nullable(batch.leaf_seed.map(Value::Bytes))),
        ("movement", nullable(batch.movement.map(movement::of))),
    ])
}

/// The 64 bits of an unsigned integer. Only a duration needs all of them: times end in the year 9999.
pub(super) fn unsigned(value: u64) -> Value {
    Value::Long(value.cast_signed())
}

fn of_event(event: v1::Event) -> Value {
    record([
        ("name", Value::String(event.name)),
        ("time_us", unsigned(event.time_us)),
        ("duration_ns", nullable(event.duration_ns.map(unsigned))),
        ("metadata", nullable(event.metadata.map(Value::String))),
        ("tags", list(event.tags, Value::String)),
    ])
}

fn of_report(report: v1::TroubleReport) -> Value {
    record([("time_us", unsigned(report.time_us)), ("codes", Value::Bytes(report.codes))])
}

fn of_fingerprint(fingerprint: v1::Fingerprint) -> Value {
    record([
        ("time_us", unsigned(fingerprint.time_us)),
        ("vehicle_number", Value::String(fingerprint.vehicle_number)),
        ("protocol", nullable(fingerprint.protocol.map(|number| Value::Long(number.into())))),
        ("odometer_km", nullable(fingerprint.odometer_km.map(Value::Double))),
        ("software_version", Value::String(fingerprint.software_version)),
    ])
}

pub(super) fn of_location(place: v1::Location) -> Value {
    let number = |value: Option<f64>| nullable(value.map(Value::Double));
    record([
        ("latitude", number(place.latitude)),
        ("longitude", number(place.longitude)),
        ("altitude", number(place.altitude)),
        ("hdop", number(place.hdop)),
        ("heading", number(place.heading)),
    ])
}

pub(super) fn of_dictionary(dictionary: v1::Dictionary) -> Value {
    record([("signals", list(dictionary.signals, of_signal))])
}

fn of_signal(signal: v1::Signal) -> Value {
    record([
        ("name", Value::String(signal.name)),
        ("unit", Value::String(signal.unit)),
        ("factor", nullable(signal.factor.map(Value::Double))),
        ("offset", nullable(signal.offset.map(Value::Double))),
    ])
}

pub(super) fn to_batch(value: Value) -> Result<v1::TelemetryBatch, DecodeError> {
    let mut batch = v1::TelemetryBatch::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "id" => batch.id = bytes(value)?,
            "device" => batch.device = bytes(value)?,
            "vehicle" => batch.vehicle = present(value)?.map(bytes).transpose()?,
            "dictionary_hash" => batch.dictionary_hash = bytes(value)?,
            "start_us" => batch.start_us = bits(value)?,
            "timeline_lengths" => batch.timeline_lengths = items(value, bits)?,
            "timeline_firsts_us" => batch.timeline_firsts_us = items(value, long)?,
            "timeline_steps_us" => batch.timeline_steps_us = items(value, long)?,
            "column_signals" => batch.column_signals = items(value, int)?,
            "column_timelines" => batch.column_timelines = items(value, long)?,
            "column_kinds" => batch.column_kinds = items(value, int)?,
            "raw_firsts" => batch.raw_firsts = items(value, long)?,
            "raw_steps" => batch.raw_steps = items(value, long)?,
            "floats" => batch.floats = items(value, double)?,
            "texts" => batch.texts = items(value, text)?,
            "states" => batch.states = items(value, state)?,
            "locations" => batch.locations = items(value, to_location)?,
            "events" => batch.events = items(value, to_event)?,
            "trouble_codes" => batch.trouble_codes = items(value, to_report)?,
            "fingerprint" => batch.fingerprint = present(value)?.map(to_fingerprint).transpose()?,
            "column_shorts" => batch.column_shorts = items(value, bits)?,
            "leaf_seed" => batch.leaf_seed = present(value)?.map(bytes).transpose()?,
            "movement" => batch.movement = present(value)?.map(movement::to).transpose()?,
            _ => {}
        }
    }
    Ok(batch)
}

pub(super) fn to_location(value: Value) -> Result<v1::Location, DecodeError> {
    let mut place = v1::Location::default();
    for (name, value) in fields(value)? {
        let number = present(value)?.map(double).transpose()?;
        match name.as_str() {
            "latitude" => place.latitude = number,
            "longitude" => place.longitude = number,
            "altitude" => place.altitude = number,
            "hdop" => place.hdop = number,
            "heading" => place.heading = number,
            _ => {}
        }
    }
    Ok(place)
}

fn to_event(value: Value) -> Result<v1::Event, DecodeError> {
    let mut event = v1::Event::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "name" => event.name = text(value)?,
            "time_us" => event.time_us = bits(value)?,
            "duration_ns" => event.duration_ns = present(value)?.map(bits).transpose()?,
            "metadata" => event.metadata = present(value)?.map(text).transpose()?,
            "tags" => event.tags = items(value, text)?,
            _ => {}
        }
    }
    Ok(event)
}

fn to_report(value: Value) -> Result<v1::TroubleReport, DecodeError> {
    let mut report = v1::TroubleReport::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "time_us" => report.time_us = bits(value)?,
            "codes" => report.codes = bytes(value)?,
            _ => {}
        }
    }
    Ok(report)
}

fn to_fingerprint(value: Value) -> Result<v1::Fingerprint, DecodeError> {
    let mut fingerprint = v1::Fingerprint::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "time_us" => fingerprint.time_us = bits(value)?,
            "vehicle_number" => fingerprint.vehicle_number = text(value)?,
            "protocol" => fingerprint.protocol = present(value)?.map(number).transpose()?,
            "odometer_km" => fingerprint.odometer_km = present(value)?.map(double).transpose()?,
            "software_version" => fingerprint.software_version = text(value)?,
            _ => {}
        }
    }
    Ok(fingerprint)
}

pub(super) fn to_dictionary(value: Value) -> Result<v1::Dictionary, DecodeError> {
    let mut dictionary = v1::Dictionary::default();
    for (name, value) in fields(value)? {
        if name == "signals" {
            dictionary.signals = items(value, to_signal)?;
        }
    }
    Ok(dictionary)
}

fn to_signal(value: Value) -> Result<v1::Signal, DecodeError> {
    let mut signal = v1::Signal::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "name" => signal.name = text(value)?,
            "unit" => signal.unit = text(value)?,
            "factor" => signal.factor = present(value)?.map(double).transpose()?,
            "offset" => signal.offset = present(value)?.map(double).transpose()?,
            _ => {}
        }
    }
    Ok(signal)
}

/// The library has read or resolved every value to the type of the schema, so this is said of none.
fn other_type() -> DecodeError {
    malformed("a value is of another type than the schema's")
}

pub(super) fn fields(value: Value) -> Result<Vec<(String, Value)>, DecodeError> {
    if let Value::Record(fields) = value { Ok(fields) } else { Err(other_type()) }
}

pub(super) fn items<T>(
    value: Value,
    item: impl Fn(Value) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let Value::Array(values) = value else { return Err(other_type()) };
    let mut items = Vec::with_capacity(values.len());
    for value in values {
        items.push(item(value)?);
    }
    Ok(items)
}

/// What a value of the type `["null", …]` holds.
pub(super) fn present(value: Value) -> Result<Option<Value>, DecodeError> {
    match value {
        Value::Union(_, value) if *value == Value::Null => Ok(None),
        Value::Union(_, value) => Ok(Some(*value)),
        _ => Err(other_type()),
    }
}

fn bytes(value: Value) -> Result<Vec<u8>, DecodeError> {
    if let Value::Fixed(_, bytes) | Value::Bytes(bytes) = value { Ok(bytes) } else { Err(other_type()) }
}

pub(super) fn long(value: Value) -> Result<i64, DecodeError> {
    if let Value::Long(long) = value { Ok(long) } else { Err(other_type()) }
}

pub(super) fn bits(value: Value) -> Result<u64, DecodeError> {
    long(value).map(i64::cast_unsigned)
}

pub(super) fn number(value: Value) -> Result<u32, DecodeError> {
    u32::try_from(long(value)?).map_err(|_| malformed("a number is not from 0 to 2^32"))
}

fn int(value: Value) -> Result<i32, DecodeError> {
    if let Value::Int(int) = value { Ok(int) } else { Err(other_type()) }
}

pub(super) fn double(value: Value) -> Result<f64, DecodeError> {
    if let Value::Double(double) = value { Ok(double) } else { Err(other_type()) }
}

fn text(value: Value) -> Result<String, DecodeError> {
    if let Value::String(text) = value { Ok(text) } else { Err(other_type()) }
}

fn state(value: Value) -> Result<bool, DecodeError> {
    if let Value::Boolean(state) = value { Ok(state) } else { Err(other_type()) }
}
