//! [`Mapping`]: what the service says, in the network's names and units.

use std::collections::BTreeMap;

use dimo_types::{
    Location, Privilege, Reading, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit, VssSignal,
};

use crate::api::VehicleData;

#[cfg(test)]
mod tests;

/// How far ahead of us the service's clock may be, in microseconds. What comes from further is not believed.
const SKEW_US: i64 = 60_000_000;

/// Values that the car measures together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Drive,
    Charge,
    Body,
    Climate,
}

/// In what the service counts.
#[derive(Clone, Copy)]
enum Counted {
    In(Unit<'static>),
    /// 0 to 1 where the network wants percent.
    Fraction,
    /// A state or a position: there is nothing to convert.
    AsItIs,
}

/// One signal: where it comes from and what the network calls it.
struct Source {
    name: &'static str,
    group: Group,
    counted: Counted,
    value: fn(&VehicleData) -> Option<SignalValue<'static>>,
}

macro_rules! number {
    ($name:literal, $group:ident, $counted:expr, $state:ident.$field:ident) => {
        Source {
            name: $name,
            group: Group::$group,
            counted: $counted,
            value: |data| Some(SignalValue::Float(data.$state.as_ref()?.$field?)),
        }
    };
}

const MILES: Counted = Counted::In(Unit::Mile);
const PSI: Counted = Counted::In(Unit::Psi);

const SOURCES: &[Source] = &[
    number!("speed", Drive, Counted::In(Unit::MilePerHour), drive_state.speed),
    number!("currentLocationHeading", Drive, Counted::In(Unit::Degree), drive_state.heading),
    Source {
        name: "currentLocationCoordinates",
        group: Group::Drive,
        counted: Counted::AsItIs,
        value: |data| {
            let drive = data.drive_state.as_ref()?;
            Location::new(drive.latitude?, drive.longitude?).ok().map(SignalValue::Location)
        },
    },
    number!(
        "powertrainTractionBatteryStateOfChargeCurrent",
        Charge,
        Counted::Fraction,
        charge_state.battery_level
    ),
    number!(
        "powertrainTractionBatteryChargingChargeLimit",
        Charge,
        Counted::Fraction,
        charge_state.charge_limit
    ),
    number!("powertrainTractionBatteryRange", Charge, MILES, charge_state.battery_range),
    number!(
        "powertrainTractionBatteryChargingPower",
        Charge,
        Counted::In(Unit::Kilowatt),
        charge_state.charger_power
    ),
    Source {
        name: "powertrainTractionBatteryChargingIsCharging",
        group: Group::Charge,
        counted: Counted::AsItIs,
        value: |data| {
            let state = data.charge_state.as_ref()?.charging_state.as_deref()?;
            Some(SignalValue::Bool(state == "Charging"))
        },
    },
    number!("powertrainTransmissionTravelledDistance", Body, MILES, vehicle_state.odometer),
    number!("chassisAxleRow1WheelLeftTirePressure", Body, PSI, vehicle_state.tire_front_left),
    number!("chassisAxleRow1WheelRightTirePressure", Body, PSI, vehicle_state.tire_front_right),
    number!("chassisAxleRow2WheelLeftTirePressure", Body, PSI, vehicle_state.tire_rear_left),
    number!("chassisAxleRow2WheelRightTirePressure", Body, PSI, vehicle_state.tire_rear_right),
    number!("exteriorAirTemperature", Climate, Counted::In(Unit::Fahrenheit), climate_state.outside_temp),
];

/// One signal, ready to be applied.
struct Column {
    source: &'static Source,
    vss: &'static VssSignal,
    conversion: Scale,
}

/// Turns answers into readings and remembers what was sent.
pub(crate) struct Mapping {
    columns: Vec<Column>,
    latest: BTreeMap<Group, Timestamp>,
}

impl Mapping {
    /// A mapping that has sent nothing yet. A signal that the network does not know, or whose unit cannot be converted, is
    /// no part of it.
    pub(crate) fn new() -> Self {
        let column = |source: &'static Source| {
            let vss = VssSignal::by_name(source.name)?;
            let conversion = match source.counted {
                Counted::In(unit) => unit.conversion_to(vss.unit)?,
                Counted::Fraction => Scale { factor: 100.0, offset: 0.0 },
                Counted::AsItIs => Scale::IDENTITY,
            };
            Some(Column { source, vss, conversion })
        };
        Self { columns: SOURCES.iter().filter_map(column).collect(), latest: BTreeMap::new() }
    }

    /// The signals, in the order of their indexes.
    pub(crate) fn dictionary(&self) -> Vec<SignalInfo<'static>> {
        let info = |column: &Column| SignalInfo {
            name: column.vss.name,
            unit: column.vss.unit,
            scale: Scale::IDENTITY,
        };
        self.columns.iter().map(info).collect()
    }

    /// What a reading tells about its owner.
    pub(crate) fn privilege(&self, signal: SignalIndex) -> Option<Privilege> {
        self.columns.get(usize::from(signal.0)).map(|column| column.vss.privilege)
    }

    /// What is new in `data`: values that the car measured since the last time, and that the service has.
    pub(crate) fn readings(&mut self, now: Timestamp, data: &VehicleData) -> Vec<Reading<'static>> {
        let fresh = self.fresh_groups(now, data);
        let mut readings = Vec::new();
        for (index, column) in (0..).zip(&self.columns) {
            let Some(time) = fresh.get(&column.source.group) else { continue };
            let Some(value) = (column.source.value)(data) else { continue };
            readings.push(Reading { time: *time, signal: SignalIndex(index), value: column.convert(value) });
        }
        self.latest.extend(fresh);
        readings
    }

    fn fresh_groups(&self, now: Timestamp, data: &VehicleData) -> BTreeMap<Group, Timestamp> {
        let millis = [
            (Group::Drive, data.drive_state.as_ref().and_then(|state| state.timestamp)),
            (Group::Charge, data.charge_state.as_ref().and_then(|state| state.timestamp)),
            (Group::Body, data.vehicle_state.as_ref().and_then(|state| state.timestamp)),
            (Group::Climate, data.climate_state.as_ref().and_then(|state| state.timestamp)),
        ];
        let timed = millis
            .into_iter()
            .filter_map(|(group, millis)| Some((group, Timestamp::from_millis(millis?).ok()?)));
        let is_new =
            |group: &Group, time: Timestamp| self.latest.get(group).is_none_or(|latest| time > *latest);
        timed.filter(|(group, time)| is_new(group, *time) && time.micros_since(now) <= SKEW_US).collect()
    }
}

impl Column {
    fn convert(&self, value: SignalValue<'static>) -> SignalValue<'static> {
        match value {
            SignalValue::Float(number) => SignalValue::Float(self.conversion.apply(number)),
            other => other,
        }
    }
}
