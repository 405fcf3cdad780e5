//! The rules of the ingest server over a message that exists already.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str::FromStr;
use std::collections::HashSet;

use super::fault::IngestFault;
use super::header::CloudEventHeader;
use super::json::{escaped_by_go, is_identifier, is_json, is_list_of_texts, moment, quoted_len};
use super::received::ReceivedCloudEvent;
use super::received_data::{ReceivedData, ReceivedEvent, ReceivedSignal, ReceivedValue};
use super::{CloudEvent, CloudEventDataError};
use crate::{Did, Location, Timestamp, VehicleEventName, VehicleNumber, VssDataType, VssKind, VssSignal};

/// The most bytes of everything but the data.
const HEADER_BYTES: usize = 8192;

impl ReceivedCloudEvent {
    /// Every breach of the default module's rules, with the server's clock at `now`; empty when it would take all of it.
    /// At most three an entry, so the limits bound them too.
    ///
    /// Attestations have other rules: this is for what devices and their makers send.
    #[must_use]
    pub fn ingest_faults(&self, now: Timestamp) -> Vec<IngestFault> {
        let mut faults = Vec::new();
        self.check_header(&mut faults);
        match self.data() {
            Ok(data) => check_data(&data, now, &mut faults),
            Err(CloudEventDataError::Base64) => faults.push(IngestFault::NoContent),
            Err(error) => faults.push(IngestFault::Shape { reason: error.to_string() }),
        }
        faults
    }

    fn check_header(&self, faults: &mut Vec<IngestFault>) {
        for (field, text) in self.header_texts() {
            // The server puts its own in the place of `source` and `type`; the others have rules of their own.
            let free = ["source", "type", "time", "signature", "datacontenttype"].contains(&field);
            // Empty is absent to it.
            if !free && !text.is_empty() && !is_identifier(text) {
                faults.push(IngestFault::Characters { field });
            }
        }
        if let Some(found) =
            self.content_type().filter(|found| !["", CloudEvent::CONTENT_TYPE].contains(found))
        {
            faults.push(IngestFault::ContentType { found: found.into() });
        }
        if self.time().is_some_and(|time| moment(time).is_none()) {
            faults.push(IngestFault::EventTime);
        }
        let bytes = self.header_bytes();
        if bytes > HEADER_BYTES {
            faults.push(IngestFault::HeaderTooLarge { bytes });
        }
        self.check_dids(faults);
    }

    fn check_dids(&self, faults: &mut Vec<IngestFault>) {
        let did = |text: Option<&str>| match Did::parse_or_legacy(text?) {
            Ok(did @ Did::Erc721 { .. }) => Some(did),
            _ => None,
        };
        let producer = did(self.producer());
        if producer.is_none() {
            faults.push(IngestFault::Producer);
        }
        // An absent subject is the producer to the server.
        match did(self.subject().filter(|subject| !subject.is_empty()).or(self.producer())) {
            None => faults.push(IngestFault::Subject),
            subject if subject == producer => faults.push(IngestFault::SubjectIsProducer),
            _ => {}
        }
    }

    /// How long the header is in the server's JSON, defaults left out.
    fn header_bytes(&self) -> usize {
        let texts = self.header_texts().map(|(field, text)| field.len() + 4 + quoted_len(text));
        let extras = self
            .extras()
            .iter()
            .map(|(field, json)| quoted_len(field) + 2 + json.len() + escaped_by_go(json));
        1 + texts.sum::<usize>() + extras.sum::<usize>()
    }
}

fn check_data(data: &ReceivedData<'_>, now: Timestamp, faults: &mut Vec<IngestFault>) {
    if data.vin.is_none() && data.signals.is_empty() && data.events.is_empty() {
        faults.push(IngestFault::NoContent);
    }
    if let Some(Err(error)) = data.vin.as_deref().map(VehicleNumber::as_reported) {
        faults.push(IngestFault::VehicleNumber(error));
    }
    let newest = now.checked_add_micros(CloudEventHeader::SKEW_US).unwrap_or(Timestamp::MAX);
    let mut seen = HashSet::with_capacity(data.signals.len());
    for (position, signal) in data.signals.iter().enumerate() {
        faults.extend(check_value(position, signal));
        let Some(text) = signal.timestamp.as_deref() else {
            faults.push(IngestFault::NoSignalTime { position });
            continue;
        };
        let (Some(moment), Some(time)) = (moment(text), signal.time()) else {
            faults.push(IngestFault::PartTime { list: "signal", position });
            continue;
        };
        let name = || String::from(signal.name.as_ref());
        if time > newest {
            faults.push(IngestFault::Future { position, name: name(), time });
        }
        // To the nanosecond, as the server compares.
        if !seen.insert((moment, signal.name.as_ref())) {
            faults.push(IngestFault::DuplicateSignal { position, name: name() });
        }
    }
    for (position, event) in data.events.iter().enumerate() {
        faults.extend(check_event(position, event));
    }
}

fn check_value(position: usize, signal: &ReceivedSignal<'_>) -> Option<IngestFault> {
    let name = || String::from(signal.name.as_ref());
    if matches!(&signal.value, ReceivedValue::Number(_)) && signal.value.as_f64().is_none() {
        return Some(IngestFault::NumberTooLarge { position, name: name() });
    }
    let Some(vss) = VssSignal::by_name(&signal.name) else {
        return Some(IngestFault::UnknownSignal { position, name: name() });
    };
    match (vss.kind, &signal.value) {
        (_, ReceivedValue::Null) => Some(IngestFault::NoValue { position, name: name() }),
        (VssKind::Number, value) => {
            value.as_f64().is_none().then(|| IngestFault::NotANumber { position, name: name() })
        }
        (VssKind::Text, ReceivedValue::Text(text)) => {
            let no_list = vss.data_type == VssDataType::StringArray && !is_list_of_texts(text);
            no_list.then(|| IngestFault::NotAList { position, name: name() })
        }
        (VssKind::Text, _) => Some(IngestFault::NotAText { position, name: name() }),
        (VssKind::Location, ReceivedValue::Position { latitude, longitude, .. }) => {
            match (latitude.unwrap_or(0.0), longitude.unwrap_or(0.0)) {
                (0.0, 0.0) => Some(IngestFault::Origin { position, name: name() }),
                (north, east) => Location::new(north, east)
                    .is_err()
                    .then(|| IngestFault::OffGlobe { position, name: name() }),
            }
        }
        (VssKind::Location, _) => Some(IngestFault::NotALocation { position, name: name() }),
    }
}

fn check_event(position: usize, event: &ReceivedEvent<'_>) -> Option<IngestFault> {
    match event.timestamp {
        None => return Some(IngestFault::NoEventTime { position }),
        Some(_) if event.time().is_none() => {
            return Some(IngestFault::PartTime { list: "event", position });
        }
        Some(_) => {}
    }
    if VehicleEventName::from_str(&event.name).is_err() {
        return Some(IngestFault::UnknownEvent { position, name: event.name.as_ref().into() });
    }
    // An empty text is absent to the server.
    if event.metadata.as_deref().is_some_and(|text| !text.is_empty() && !is_json(text)) {
        return Some(IngestFault::Metadata { position });
    }
    let tag = event.tags.iter().find(|tag| tag.to_lowercase() != ***tag)?;
    Some(IngestFault::Tag { position, tag: Cow::clone(tag).into_owned() })
}
