//! [`payloads`]: a batch in the network's present form, JSON that the wallet has signed.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Gen1Telemetry, keccak256};
use dimo_types::wire::{Gen1Device, Gen1Envelope};
use dimo_types::{Batch, Reading, RecordId, Timestamp};

use crate::Failed;
use crate::enrol::DeviceWallet;

/// One message with all of a batch, compressed, in memory.
///
/// # Errors
///
/// When a value has no place in JSON, or the wallet fails.
pub fn payload(wallet: &mut DeviceWallet, batch: &Batch<'_>) -> Result<Vec<u8>, Failed> {
    let time = batch.last_time().unwrap_or(Timestamp::EPOCH);
    let device = Gen1Device { software_version: Some(env!("CARGO_PKG_VERSION")), ..Gen1Device::new(time) };
    let envelope = Gen1Envelope::status(batch, &device).map_err(|error| Failed::at("today's form", error))?;
    let signature =
        wallet.sign(&Gen1Telemetry::new(envelope.data())).map_err(|error| Failed::at("the wallet", error))?;
    Ok(envelope.sign_with(signature.to_bytes()).to_payload())
}

/// The readings of a batch that JSON has numbers for, in as many messages as it takes for each to have at most so many bytes. The same batch makes the same messages,
/// so that whoever gets one twice knows it by its id.
///
/// # Errors
///
/// As [`payload`]; and when a single reading is longer than that.
pub fn payloads(wallet: &mut DeviceWallet, batch: &Batch<'_>, most: usize) -> Result<Vec<Vec<u8>>, Failed> {
    let finite: Vec<_> = batch.readings().iter().copied().filter(is_finite).collect();
    let mut payloads = Vec::new();
    if !finite.is_empty() {
        split(wallet, batch, &finite, most, &mut payloads)?;
    }
    Ok(payloads)
}

/// JSON has no numbers that are not finite.
#[must_use]
pub fn is_finite(reading: &Reading<'_>) -> bool {
    reading.value.as_f64().is_none_or(f64::is_finite)
}

fn split<'b>(
    wallet: &mut DeviceWallet,
    whole: &Batch<'b>,
    readings: &[Reading<'b>],
    most: usize,
    payloads: &mut Vec<Vec<u8>>,
) -> Result<(), Failed> {
    let id = part_id(whole.id(), payloads.len());
    let (device, dictionary) = (whole.device(), whole.dictionary().to_vec());
    let part = Batch::new(id, device, whole.vehicle(), dictionary, readings.to_vec());
    let part = part.map_err(|rejected| Failed::at("a part of a batch", rejected.reason))?;
    let payload = payload(wallet, &part)?;
    if payload.len() <= most {
        payloads.push(payload);
        return Ok(());
    }
    if readings.len() < 2 {
        return Err(Failed::at("today's form", "a reading that is longer than a message"));
    }
    let (first, second) = readings.split_at(readings.len() / 2);
    split(wallet, whole, first, most, payloads)?;
    split(wallet, whole, second, most, payloads)
}

/// The first part has the id of the batch, the others have ids that follow from it.
fn part_id(batch: RecordId, part: usize) -> RecordId {
    let Some(number) = u32::try_from(part).ok().filter(|part| *part > 0) else { return batch };
    let hash = keccak256(&[batch.as_bytes().as_slice(), &number.to_be_bytes()].concat());
    let mut bytes = *batch.as_bytes();
    // The time of the batch stands before what is random.
    bytes.iter_mut().skip(4).zip(hash).for_each(|(to, from)| *to = from);
    RecordId::from_bytes(bytes)
}
