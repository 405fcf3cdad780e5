//! [`CloudEventContent`]: what a CloudEvent carries, and the JSON of it.

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashSet;

use serde::Serialize;

use super::entry::{Columns, SignalEntry};
use super::fault::IngestFault;
use super::header::{CloudEventHeader, rfc3339};
use super::json::is_json;
use crate::wire::gen1::number::to_json;
use crate::{Batch, Tags, Timestamp, VehicleEvent, VehicleEventName, VehicleNumber};

/// What a CloudEvent carries: readings, the vehicle's number, events. At least one of them is there; the server makes an
/// event of its own of each.
///
/// # Example: readings alone
///
/// ```
/// use dimo_types::{Address, Batch, RecordId, wire::CloudEventContent};
/// let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, [], vec![]).unwrap();
/// let content = CloudEventContent { batch: Some(&batch), ..CloudEventContent::default() };
/// assert_eq!(content.vehicle_number, None);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudEventContent<'a> {
    /// Readings whose dictionary has names of the catalogue ([`VssSignal`](crate::VssSignal)).
    pub batch: Option<&'a Batch<'a>>,
    /// The number that the vehicle reports, as a fingerprint holds it.
    pub vehicle_number: Option<VehicleNumber>,
    /// What happened.
    pub events: &'a [VehicleEvent<'a>],
}

/// What becomes of a fault in one part: an end, or a note.
pub(super) type Report<'r> = &'r mut dyn FnMut(IngestFault) -> Result<(), IngestFault>;

/// The object `data` of the default module.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    vin: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals: Vec<SignalEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventEntry<'a>>,
}

#[derive(Serialize)]
struct EventEntry<'a> {
    name: VehicleEventName,
    #[serde(serialize_with = "rfc3339")]
    timestamp: Timestamp,
    #[serde(rename = "durationNs", skip_serializing_if = "Option::is_none")]
    duration_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a str>,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    tags: Tags<'a>,
}

impl<'a> Data<'a> {
    /// The parts of `content` that keep the rules; `report` hears of the others.
    pub(super) fn new(
        header: &CloudEventHeader,
        content: &'a CloudEventContent<'_>,
        report: Report<'_>,
    ) -> Result<Self, IngestFault> {
        let vin = content.vehicle_number.as_ref().map(VehicleNumber::as_str);
        let signals = signals(header, content, report)?;
        let mut events = Vec::with_capacity(content.events.len());
        for (position, event) in content.events.iter().enumerate() {
            match event_entry(position, event) {
                Ok(entry) => events.push(entry),
                Err(fault) => report(fault)?,
            }
        }
        if vin.is_none() && signals.is_empty() && events.is_empty() {
            return Err(IngestFault::NoContent);
        }
        Ok(Self { vin, signals, events })
    }

    /// The type that the server infers for the most of it.
    pub(super) const fn event_type(&self) -> &'static str {
        if !self.signals.is_empty() {
            "dimo.status"
        } else if self.vin.is_some() {
            "dimo.fingerprint"
        } else {
            "dimo.events"
        }
    }

    /// Its JSON.
    pub(super) fn to_json(&self) -> String {
        // Texts, finite numbers and lists of them have a JSON form.
        to_json(self).unwrap_or_default()
    }
}

fn signals<'a>(
    header: &CloudEventHeader,
    content: &'a CloudEventContent<'_>,
    report: Report<'_>,
) -> Result<Vec<SignalEntry<'a>>, IngestFault> {
    let Some(batch) = content.batch else { return Ok(Vec::new()) };
    let newest = header.time.checked_add_micros(CloudEventHeader::SKEW_US).unwrap_or(Timestamp::MAX);
    let columns = Columns::new(batch.dictionary());
    let mut signals: Vec<SignalEntry<'a>> = Vec::with_capacity(batch.readings().len());
    let mut seen = HashSet::with_capacity(batch.readings().len());
    for (position, reading) in batch.readings().iter().enumerate() {
        let entries = match columns.entries(position, reading, newest) {
            Ok(entries) => entries,
            Err(fault) => {
                report(fault)?;
                continue;
            }
        };
        for entry in entries.into_iter().flatten() {
            if seen.insert((entry.timestamp, entry.name)) {
                signals.push(entry);
            } else {
                report(IngestFault::DuplicateSignal { position, name: entry.name.into() })?;
            }
        }
    }
    Ok(signals)
}

fn event_entry<'a>(position: usize, event: &VehicleEvent<'a>) -> Result<EventEntry<'a>, IngestFault> {
    if event.metadata.is_some_and(|metadata| !is_json(metadata)) {
        return Err(IngestFault::Metadata { position });
    }
    if let Some(tag) = event.tags.iter().find(|tag| tag.to_lowercase() != *tag) {
        return Err(IngestFault::Tag { position, tag: tag.into() });
    }
    Ok(EventEntry {
        name: event.name,
        timestamp: event.time,
        duration_ns: event.duration_ns,
        metadata: event.metadata,
        tags: event.tags,
    })
}
