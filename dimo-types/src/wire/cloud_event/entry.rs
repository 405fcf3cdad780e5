//! One reading as entries of `data.signals`: the catalogue's name, its unit, and the kind of value that the server wants.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::fault::IngestFault;
use super::header::rfc3339;
use super::json::is_list_of_texts;
use crate::{
    Conversion, Location, Reading, SignalInfo, SignalValue, Timestamp, Unit, VssDataType, VssKind, VssSignal,
};

/// An entry of `data.signals`.
#[derive(Serialize)]
pub(super) struct SignalEntry<'a> {
    pub(super) name: &'static str,
    #[serde(serialize_with = "rfc3339")]
    pub(super) timestamp: Timestamp,
    value: Value<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(f64),
    Text(Cow<'a, str>),
    Position {
        latitude: f64,
        longitude: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        hdop: Option<f64>,
    },
}

/// What the server has no field for in a position travels as signals of their own.
const HEADING: &str = "currentLocationHeading";
const ALTITUDE: &str = "currentLocationAltitude";

/// What each signal of a dictionary is to the network, looked up once.
pub(super) struct Columns<'a> {
    columns: Vec<Column<'a>>,
}

struct Column<'a> {
    name: &'a str,
    unit: Unit<'a>,
    vss: Option<&'static VssSignal>,
    /// From the dictionary's unit to the catalogue's.
    conversion: Option<Conversion>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(dictionary: &'a [SignalInfo<'_>]) -> Self {
        let column = |signal: &'a SignalInfo<'_>| {
            let vss = VssSignal::by_name(signal.name);
            Column {
                name: signal.name,
                unit: signal.unit,
                vss,
                conversion: vss.and_then(|vss| conversion(signal.unit, vss.unit)),
            }
        };
        Self { columns: dictionary.iter().map(column).collect() }
    }

    /// The entries of `reading`: one, or up to three for a position.
    pub(super) fn entries<'v>(
        &self,
        position: usize,
        reading: &Reading<'v>,
        newest: Timestamp,
    ) -> Result<[Option<SignalEntry<'v>>; 3], IngestFault> {
        // A batch has an entry for each of its readings.
        let Some(column) = self.columns.get(usize::from(reading.signal.0)) else {
            return Ok([const { None }; 3]);
        };
        let name = || String::from(column.name);
        let vss = column.vss.ok_or_else(|| IngestFault::UnknownSignal { position, name: name() })?;
        if reading.time > newest {
            return Err(IngestFault::Future { position, name: name(), time: reading.time });
        }
        let entry = |name, value| Some(SignalEntry { name, timestamp: reading.time, value });
        let value = match (vss.kind, reading.value) {
            (VssKind::Number, value) => Value::Number(column.number(position, value)?),
            (VssKind::Text, SignalValue::Text(text)) => Value::Text(column.text(position, vss, text)?),
            (VssKind::Text, _) => return Err(IngestFault::NotAText { position, name: name() }),
            (VssKind::Location, SignalValue::Location(place)) => {
                column.check_place(position, &place)?;
                let (latitude, longitude) = (place.latitude, place.longitude);
                return Ok([
                    entry(vss.name, Value::Position { latitude, longitude, hdop: place.hdop }),
                    place.altitude.and_then(|altitude| entry(ALTITUDE, Value::Number(altitude))),
                    place.heading.and_then(|heading| entry(HEADING, Value::Number(heading))),
                ]);
            }
            (VssKind::Location, _) => return Err(IngestFault::NotALocation { position, name: name() }),
        };
        Ok([entry(vss.name, value), None, None])
    }
}

impl Column<'_> {
    /// A number in the catalogue's unit; a state is 0 or 1, a text the number that it spells.
    fn number(&self, position: usize, value: SignalValue<'_>) -> Result<f64, IngestFault> {
        let name = || String::from(self.name);
        let number = match value {
            SignalValue::Text(text) => text.parse().ok(),
            _ => value.as_f64(),
        };
        let number = number.ok_or_else(|| IngestFault::NotANumber { position, name: name() })?;
        let number = match (value, self.conversion) {
            (SignalValue::Bool(_), _) => number,
            (_, Some(conversion)) => conversion.apply(number),
            (_, None) => return Err(self.wrong_unit(position)),
        };
        if number.is_finite() { Ok(number) } else { Err(IngestFault::NoValue { position, name: name() }) }
    }

    /// A text; a list in the form `P00BD,P0456` of older devices becomes the JSON array that readers expect.
    fn text<'v>(&self, position: usize, vss: &VssSignal, text: &'v str) -> Result<Cow<'v, str>, IngestFault> {
        if vss.data_type != VssDataType::StringArray {
            return Ok(Cow::Borrowed(text));
        }
        if text.trim_start().starts_with('[') {
            return match is_list_of_texts(text) {
                true => Ok(Cow::Borrowed(text)),
                false => Err(IngestFault::NotAList { position, name: self.name.into() }),
            };
        }
        let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        // A list of texts has a JSON form.
        Ok(Cow::Owned(serde_json::to_string(&items).unwrap_or_default()))
    }

    fn check_place(&self, position: usize, place: &Location) -> Result<(), IngestFault> {
        let name = String::from(self.name);
        if [place.altitude, place.hdop, place.heading].into_iter().flatten().any(|value| !value.is_finite()) {
            return Err(IngestFault::NoValue { position, name });
        }
        if Location::new(place.latitude, place.longitude).is_err() {
            return Err(IngestFault::OffGlobe { position, name });
        }
        if place.latitude == 0.0 && place.longitude == 0.0 {
            return Err(IngestFault::Origin { position, name });
        }
        Ok(())
    }

    fn wrong_unit(&self, position: usize) -> IngestFault {
        IngestFault::Unit {
            position,
            name: self.name.into(),
            from: self.unit.symbol().into(),
            to: self.vss.map_or("", |vss| vss.unit.symbol()),
        }
    }
}

/// From one unit to the other; where the catalogue has none, any will do, such as the name of what is counted.
fn conversion(from: Unit<'_>, to: Unit<'_>) -> Option<Conversion> {
    if to == Unit::None { Some(Conversion::IDENTITY) } else { from.exact_conversion_to(to) }
}
