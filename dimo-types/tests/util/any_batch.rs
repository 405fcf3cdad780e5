//! Batches of everything that a batch can hold, for property tests.

use dimo_types::{
    Address, Batch, Location, Raw, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp,
    TokenId, Unit,
};
use proptest::prelude::*;

use super::START_US;
use super::any_beside::{Beside, any_beside};

/// What a batch is made of; the batch borrows from it.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    id: [u8; 20],
    device: [u8; 20],
    vehicle: Option<[u8; 32]>,
    entries: Vec<(String, String, f64, f64)>,
    /// The signal is the rest of the division of the number by how many there are.
    readings: Vec<(Timestamp, usize, Value)>,
    beside: Beside,
}

/// A value without its scale, which the dictionary gives.
#[derive(Clone, Debug)]
enum Value {
    Raw(Raw),
    Float(f64),
    Text(String),
    Bool(bool),
    Location(Location),
}

impl Parts {
    /// One reading of each kind of value, and one of each part.
    pub(crate) fn one_of_each() -> Self {
        let place = Location { altitude: Some(-0.0), ..Location::new(52.5, 13.4).unwrap() };
        let values = [
            Value::Raw(Raw::Signed(-1)),
            Value::Raw(Raw::Unsigned(u64::MAX)),
            Value::Float(f64::NAN),
            Value::Text("😀".to_owned()),
            Value::Bool(true),
            Value::Location(place),
        ];
        let reading = |value| (Timestamp::EPOCH, 0, value);
        Self {
            id: [1; 20],
            device: [2; 20],
            vehicle: None,
            entries: vec![("a".to_owned(), "km".to_owned(), 1.0, 0.0)],
            readings: values.map(reading).into(),
            beside: Beside::one_of_each(),
        }
    }

    /// Calls `look` with the batch.
    pub(crate) fn with_batch(&self, look: impl FnOnce(&Batch<'_>)) {
        let dictionary: Vec<_> = self
            .entries
            .iter()
            .map(|(name, unit, factor, offset)| SignalInfo {
                name,
                unit: Unit::parse(unit),
                scale: Scale { factor: *factor, offset: *offset },
            })
            .collect();
        let readings = self.readings.iter().map(|(time, index, value)| {
            let place = index % dictionary.len();
            let value = match value {
                Value::Raw(raw) => SignalValue::Scaled { raw: *raw, scale: dictionary[place].scale },
                Value::Float(value) => SignalValue::Float(*value),
                Value::Text(text) => SignalValue::Text(text),
                Value::Bool(on) => SignalValue::Bool(*on),
                Value::Location(location) => SignalValue::Location(*location),
            };
            Reading { time: *time, signal: SignalIndex(place as u16), value }
        });
        let readings = readings.collect();
        let (id, device) = (RecordId::from_bytes(self.id), Address::new(self.device));
        let vehicle = self.vehicle.map(TokenId::from_be_bytes);
        self.beside.with(Batch::new(id, device, vehicle, dictionary, readings).unwrap(), look);
    }
}

pub(crate) fn any_parts() -> impl Strategy<Value = Parts> {
    let entry = (".{0,5}", ".{0,3}", any_float(), any_float());
    let reading = (any_time(), any::<usize>(), any_value());
    (
        any::<[u8; 20]>(),
        any::<[u8; 20]>(),
        proptest::option::of(any::<[u8; 32]>()),
        proptest::collection::vec(entry, 1..6),
        proptest::collection::vec(reading, 0..60),
        any_beside(),
    )
        .prop_map(|(id, device, vehicle, entries, readings, beside)| Parts {
            id,
            device,
            vehicle,
            entries,
            readings,
            beside,
        })
}

pub(crate) fn any_float() -> impl Strategy<Value = f64> {
    // Every bit pattern, signalling NaN included.
    prop_oneof![any::<u64>().prop_map(f64::from_bits), Just(0.0), Just(-0.0), Just(f64::NAN), Just(1.0)]
}

pub(crate) fn any_location() -> impl Strategy<Value = Location> {
    let some = || proptest::option::of(any_float());
    (any_float(), any_float(), some(), some(), some()).prop_map(
        |(latitude, longitude, altitude, hdop, heading)| Location {
            latitude,
            longitude,
            altitude,
            hdop,
            heading,
        },
    )
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|raw| Value::Raw(Raw::Signed(raw))),
        (-3i64..3).prop_map(|raw| Value::Raw(Raw::Signed(raw))),
        any::<u64>().prop_map(|raw| Value::Raw(Raw::Unsigned(raw))),
        any_float().prop_map(Value::Float),
        ".{0,3}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        any_location().prop_map(Value::Location),
    ]
}

pub(crate) fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![0..=Timestamp::MAX.as_micros(), START_US..START_US + 5]
        .prop_map(|micros| Timestamp::from_micros(micros).unwrap())
}
