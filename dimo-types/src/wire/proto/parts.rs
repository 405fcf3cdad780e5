//! What a batch carries beside readings, as it was received.

use alloc::vec::Vec;

use super::decode::exact;
use super::unknown::Unknown;
use super::{DecodeError, v1};
use crate::{
    Batch, CanProtocol, Fingerprint, Timestamp, TroubleCode, TroubleReport, VehicleEvent, VehicleEventName,
    VehicleNumber,
};

/// Everything of a message's parts that is not text: the text stays in the message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parts {
    /// Place in the message, name and time.
    events: Vec<(usize, VehicleEventName, Timestamp)>,
    trouble_codes: Vec<(Timestamp, Vec<TroubleCode>)>,
    fingerprint: Option<(Timestamp, VehicleNumber, Option<CanProtocol>)>,
    pub(super) leaf_seed: Option<[u8; 16]>,
}

impl Parts {
    /// The parts of `message`; `unknown` learns what there is no name for here.
    pub(super) fn check(message: &v1::TelemetryBatch, unknown: &mut Unknown) -> Result<Self, DecodeError> {
        let mut parts = Self::default();
        for (place, event) in message.events.iter().enumerate() {
            let time = time("events", place, event.time_us)?;
            match event.name.parse() {
                Ok(name) => parts.events.push((place, name, time)),
                Err(_) => unknown.event(&event.name),
            }
        }
        for (place, report) in message.trouble_codes.iter().enumerate() {
            let fault = DecodeError::TroubleCodes { position: place };
            let (pairs, rest) = report.codes.as_chunks::<2>();
            let codes: Option<Vec<_>> = pairs.iter().map(|pair| TroubleCode::from_bytes(*pair)).collect();
            let codes = codes.filter(|_| rest.is_empty()).ok_or(fault)?;
            parts.trouble_codes.push((time("trouble_codes", place, report.time_us)?, codes));
        }
        parts.fingerprint =
            message.fingerprint.as_ref().map(|found| fingerprint(found, unknown)).transpose()?;
        parts.leaf_seed = message.leaf_seed.as_deref().map(|seed| exact("leaf_seed", seed)).transpose()?;
        Ok(parts)
    }

    /// Gives `batch` the parts, with the texts of the `message` they are of.
    pub(super) fn add_to<'a>(&'a self, batch: Batch<'a>, message: &'a v1::TelemetryBatch) -> Batch<'a> {
        let events: Vec<_> = self
            .events
            .iter()
            .filter_map(|(place, name, time)| {
                let event = message.events.get(*place)?;
                Some(VehicleEvent {
                    duration_ns: event.duration_ns,
                    metadata: event.metadata.as_deref(),
                    tags: event.tags.as_slice().into(),
                    ..VehicleEvent::new(*name, *time)
                })
            })
            .collect();
        let report = |(time, codes): &'a (Timestamp, Vec<TroubleCode>)| TroubleReport { time: *time, codes };
        let trouble_codes: Vec<_> = self.trouble_codes.iter().map(report).collect();
        let fingerprint = self.fingerprint.zip(message.fingerprint.as_ref());
        let fingerprint = fingerprint.map(|((time, vehicle, protocol), found)| Fingerprint {
            time,
            vehicle,
            protocol,
            odometer_km: found.odometer_km,
            software_version: &found.software_version,
        });
        let batch = batch.with_events(events).with_trouble_codes(trouble_codes);
        let batch = match fingerprint {
            Some(fingerprint) => batch.with_fingerprint(fingerprint),
            None => batch,
        };
        match self.leaf_seed {
            Some(seed) => batch.with_leaf_seed(seed),
            None => batch,
        }
    }
}

fn fingerprint(
    found: &v1::Fingerprint,
    unknown: &mut Unknown,
) -> Result<(Timestamp, VehicleNumber, Option<CanProtocol>), DecodeError> {
    let vehicle =
        VehicleNumber::as_reported(&found.vehicle_number).map_err(|_| DecodeError::VehicleNumber)?;
    let protocol = found.protocol.and_then(|number| {
        let protocol = u8::try_from(number).ok().and_then(CanProtocol::from_number);
        if protocol.is_none() {
            unknown.protocol(number);
        }
        protocol
    });
    Ok((time("fingerprint", 0, found.time_us)?, vehicle, protocol))
}

fn time(field: &'static str, position: usize, micros: u64) -> Result<Timestamp, DecodeError> {
    Timestamp::from_micros(micros).map_err(|_| DecodeError::PartTime { field, position, micros })
}
