//! [`Gen1Fingerprint`]: which vehicle a device found itself in.

use alloc::borrow::Cow;
use alloc::string::ToString;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Gen1State;
use super::error::Gen1EncodeError;
use super::lenient::{millis, or_default};
use crate::{CanProtocol, Fingerprint, Timestamp, VehicleNumber, VehicleNumberError};

/// The `data` of a fingerprint, sent once a start.
///
/// # Example: what a device learnt of its vehicle
///
/// ```
/// use dimo_types::{Address, CanProtocol, Fingerprint, RecordId, Timestamp};
/// use dimo_types::wire::{Gen1Envelope, Gen1Fingerprint, Gen1Limits, Gen1Payload, Gen1Sender, Gen1State};
/// let found = Fingerprint {
///     time: Timestamp::from_secs(1_700_000_000)?,
///     vehicle: "1HGBH41JXMN109186".parse()?,
///     protocol: Some(CanProtocol::Can11Bit500),
///     odometer_km: None,
///     software_version: "1.0.0",
/// };
/// let sender = Gen1Sender { id: RecordId::from_bytes([7; 20]), device: Address::ZERO, vehicle: None };
/// let envelope = Gen1Envelope::fingerprint(&sender, &Gen1Fingerprint::new(&found, Gen1State::default()))?;
/// let signed = envelope.sign_with([0x1b; 65]); // made over envelope.data()
///
/// let received = Gen1Payload::parse(&signed.to_payload(), &Gen1Limits::default())?;
/// assert_eq!(received.fingerprint()?.fingerprint()?, found);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gen1Fingerprint<'a> {
    /// When the vehicle answered, in the message to the millisecond.
    #[serde(rename = "timestamp", with = "millis")]
    pub time: Timestamp,
    /// The device.
    #[serde(default, deserialize_with = "or_default")]
    pub device: Gen1State<'a>,
    /// The VIN or chassis number, as received.
    #[serde(default, deserialize_with = "or_default")]
    pub vin: Cow<'a, str>,
    /// The protocol on which the vehicle answered: `6` or `06`; empty or `00` for none.
    #[serde(default, deserialize_with = "or_default")]
    pub protocol: Cow<'a, str>,
    /// The odometer, in kilometres.
    #[serde(rename = "odometer", skip_serializing_if = "Option::is_none")]
    pub odometer_km: Option<f64>,
    /// Version of the device's software.
    #[serde(rename = "softwareVersion", default, deserialize_with = "or_default")]
    pub software_version: Cow<'a, str>,
}

impl<'a> Gen1Fingerprint<'a> {
    /// `found` by a device in this state.
    #[must_use]
    pub fn new(found: &Fingerprint<'a>, device: Gen1State<'a>) -> Self {
        let protocol = found.protocol.map(|protocol| protocol.number().to_string());
        Self {
            time: found.time,
            device,
            vin: found.vehicle.as_str().to_string().into(),
            protocol: protocol.unwrap_or_default().into(),
            odometer_km: found.odometer_km,
            software_version: found.software_version.into(),
        }
    }

    /// What it says, with the vehicle's number checked as one that [a vehicle reports](VehicleNumber::as_reported).
    ///
    /// # Errors
    ///
    /// [`Gen1FingerprintError`] when the number is none, or the protocol is not known here.
    pub fn fingerprint(&self) -> Result<Fingerprint<'_>, Gen1FingerprintError> {
        let protocol = match self.protocol.as_ref() {
            "" | "0" | "00" => None,
            text => Some(CanProtocol::from_network(text).ok_or(Gen1FingerprintError::Protocol)?),
        };
        Ok(Fingerprint {
            time: self.time,
            vehicle: VehicleNumber::as_reported(&self.vin)?,
            protocol,
            odometer_km: self.odometer_km,
            software_version: &self.software_version,
        })
    }

    pub(super) fn check(&self) -> Result<(), Gen1EncodeError> {
        self.device.check()?;
        match self.odometer_km {
            Some(km) if !km.is_finite() => Err(Gen1EncodeError::Number { field: "odometer" }),
            _ => Ok(()),
        }
    }
}

/// Why a received fingerprint says nothing of a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gen1FingerprintError {
    /// `vin` is no number of a vehicle; `00000000000000000` is what a device sends that could not read it.
    #[error("the vehicle's number is none")]
    Vehicle(#[from] VehicleNumberError),
    /// `protocol` names none of the four: the vehicle was asked in another way.
    #[error("the protocol is not known")]
    Protocol,
}
