//! The parts of a batch beside its readings, and a position, as messages.

use super::field::{Full, Message};
use crate::{BatchParts, Fingerprint, Location, TroubleReport, VehicleEvent};

/// Writes all parts, by the numbers of their fields.
pub(super) fn write(message: &mut Message<'_>, parts: &BatchParts<'_>) -> Result<(), Full> {
    for happened in parts.events {
        message.message(18, |inner| event(inner, happened))?;
    }
    for answer in parts.trouble_codes {
        message.message(19, |inner| report(inner, answer))?;
    }
    if let Some(known) = &parts.fingerprint {
        message.message(20, |inner| fingerprint(inner, known))?;
    }
    Ok(())
}

fn event(message: &mut Message<'_>, event: &VehicleEvent<'_>) -> Result<(), Full> {
    message.text(1, event.name.id())?;
    message.unsigned(2, event.time.as_micros())?;
    message.optional_unsigned(3, event.duration_ns)?;
    if let Some(metadata) = event.metadata {
        message.bytes(4, metadata.as_bytes())?;
    }
    event.tags.iter().try_for_each(|tag| message.bytes(5, tag.as_bytes()))
}

fn report(message: &mut Message<'_>, report: &TroubleReport<'_>) -> Result<(), Full> {
    message.unsigned(1, report.time.as_micros())?;
    if !report.codes.is_empty() {
        message.head(2, 2 * report.codes.len())?;
    }
    report.codes.iter().try_for_each(|code| message.raw(&code.to_bytes()))
}

fn fingerprint(message: &mut Message<'_>, fingerprint: &Fingerprint<'_>) -> Result<(), Full> {
    message.unsigned(1, fingerprint.time.as_micros())?;
    message.text(2, fingerprint.vehicle.as_str())?;
    message.optional_unsigned(3, fingerprint.protocol.map(|protocol| u64::from(protocol.number())))?;
    message.optional_double(4, fingerprint.odometer_km)?;
    message.text(5, fingerprint.software_version)
}

/// The fields of a position.
pub(super) fn location(message: &mut Message<'_>, place: &Location) -> Result<(), Full> {
    let fields = [Some(place.latitude), Some(place.longitude), place.altitude, place.hdop, place.heading];
    (1..).zip(fields).try_for_each(|(number, value)| message.optional_double(number, value))
}
