//! [`Gen1Network`]: position and serving cell, for the map of coverage.

use alloc::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::error::Gen1EncodeError;
use super::lenient::{millis, or_default};
use crate::{Location, Timestamp};

/// The `data` of a network message. Fields that are `None` are left out.
///
/// # Example: a device with a fix and a modem
///
/// ```
/// use dimo_types::{Address, Location, RecordId, Timestamp};
/// use dimo_types::wire::{Gen1Cell, Gen1Envelope, Gen1Network, Gen1Sender};
/// let time = Timestamp::from_secs(1_700_000_000)?;
/// let mut network = Gen1Network::new(time).at(&Location::new(52.5, 13.25)?);
/// network.satellites = Some(11);
/// network.radio.details = Gen1Cell { network: Some(26201), ..Gen1Cell::default() };
/// let sender = Gen1Sender { id: RecordId::from_bytes([7; 20]), device: Address::ZERO, vehicle: None };
/// let envelope = Gen1Envelope::network(&sender, &network)?;
/// assert_eq!(
///     envelope.data().as_str(),
///     r#"{"timestamp":1700000000000,"latitude":52.5,"longitude":13.25,"nsat":11,"cell":{"details":{"plmn":26201}}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gen1Network<'a> {
    /// When the message is made, in the message to the millisecond.
    #[serde(rename = "timestamp", with = "millis")]
    pub time: Timestamp,
    /// Horizontal dilution of precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hdop: Option<f64>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// How many satellites the fix is made of.
    #[serde(rename = "nsat", skip_serializing_if = "Option::is_none")]
    pub satellites: Option<u32>,
    /// Metres above the ellipsoid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altitude: Option<f64>,
    /// The mobile network.
    #[serde(rename = "cell", default, deserialize_with = "or_default")]
    pub radio: Gen1Radio<'a>,
}

/// How a device is connected to the mobile network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gen1Radio<'a> {
    /// What the modem says of the cell.
    #[serde(default, deserialize_with = "or_default")]
    pub details: Gen1Cell<'a>,
    /// The device's address in the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<Cow<'a, str>>,
}

/// The serving cell of a modem and those in sight, in the words of the modem's QMI interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gen1Cell<'a> {
    /// Mobile country code and network code, as digits: 26201.
    #[serde(rename = "plmn", skip_serializing_if = "Option::is_none")]
    pub network: Option<u32>,
    /// The cell's number in that network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_cell_id: Option<u64>,
    /// The area that the cell belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_area_code: Option<u32>,
    /// The physical number of the serving cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving_cell_id: Option<u32>,
    /// The channel, with its band, as the modem writes it.
    #[serde(rename = "eutra_absolute_rf_channel_number", skip_serializing_if = "Option::is_none")]
    pub channel: Option<Cow<'a, str>>,
    /// Whether the modem is idle, as it writes it.
    #[serde(rename = "ue_in_idle", skip_serializing_if = "Option::is_none")]
    pub idle: Option<Cow<'a, str>>,
    /// The first cell in sight.
    #[serde(rename = "cell_[0]", skip_serializing_if = "Option::is_none")]
    pub first: Option<Gen1CellSignal<'a>>,
    /// The second cell in sight.
    #[serde(rename = "cell_[1]", skip_serializing_if = "Option::is_none")]
    pub second: Option<Gen1CellSignal<'a>>,
    /// The third cell in sight.
    #[serde(rename = "cell_[2]", skip_serializing_if = "Option::is_none")]
    pub third: Option<Gen1CellSignal<'a>>,
}

/// How well a cell is received, as the modem writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gen1CellSignal<'a> {
    /// The physical number of the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_cell_id: Option<u32>,
    /// All power received, with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rssi: Option<Cow<'a, str>>,
    /// Power of the reference signal, with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rsrp: Option<Cow<'a, str>>,
    /// Quality of the reference signal, with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rsrq: Option<Cow<'a, str>>,
}

impl Gen1Network<'_> {
    /// A message that says nothing but the time.
    #[must_use]
    pub fn new(time: Timestamp) -> Self {
        Self {
            time,
            hdop: None,
            latitude: None,
            longitude: None,
            satellites: None,
            altitude: None,
            radio: Gen1Radio::default(),
        }
    }

    /// With the position of `place`. The form has no word for its heading.
    #[must_use]
    pub fn at(self, place: &Location) -> Self {
        Self {
            hdop: place.hdop,
            latitude: Some(place.latitude),
            longitude: Some(place.longitude),
            altitude: place.altitude,
            ..self
        }
    }

    /// The position; `None` when it is not there or not on the globe.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        let place = Location::new(self.latitude?, self.longitude?).ok()?;
        Some(Location { altitude: self.altitude, hdop: self.hdop, ..place })
    }

    pub(super) fn check(&self) -> Result<(), Gen1EncodeError> {
        let numbers = [
            ("hdop", self.hdop),
            ("latitude", self.latitude),
            ("longitude", self.longitude),
            ("altitude", self.altitude),
        ];
        match numbers.into_iter().find(|(_, number)| number.is_some_and(|number| !number.is_finite())) {
            Some((field, _)) => Err(Gen1EncodeError::Number { field }),
            None => Ok(()),
        }
    }
}
