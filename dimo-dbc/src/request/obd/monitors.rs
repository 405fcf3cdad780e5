//! Monitors and readiness: mode 01, parameter 01.

use crate::request::answer::{AnswerError, Request, RequestBytes, array};
use crate::request::obd::CurrentData;

/// Mode 01, parameter 01: the lamp, the number of codes, and which monitors have run since codes were cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadMonitors;

impl ReadMonitors {
    const DATA: CurrentData = CurrentData { pid: 0x01 };
}

impl Request for ReadMonitors {
    type Answer<'a> = Monitors;

    fn bytes(&self) -> RequestBytes {
        Self::DATA.bytes()
    }

    fn answer(&self, message: &[u8]) -> Result<Monitors, AnswerError> {
        Ok(Monitors::from_bytes(array(Self::DATA.answer(message)?, 2)?))
    }
}

/// The malfunction indicator lamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one bit")]
pub enum Lamp {
    /// Dark.
    Off,
    /// Lit.
    On,
}

/// How the engine ignites, which decides what monitors it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one bit")]
pub enum Ignition {
    /// By spark: petrol, gas.
    Spark,
    /// By compression: diesel.
    Compression,
}

/// How far a monitor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "two bits, one of which only counts with the other")]
pub enum MonitorState {
    /// The vehicle does not have it.
    Absent,
    /// It has not run to its end since codes were cleared.
    Incomplete,
    /// It has.
    Complete,
}

/// What a vehicle checks about itself (SAE J1979).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Monitor {
    /// Misfires, all engines.
    Misfire,
    /// Fuel system, all engines.
    FuelSystem,
    /// Components, all engines.
    Components,
    /// Catalyst, spark ignition.
    Catalyst,
    /// Heated catalyst, spark ignition.
    HeatedCatalyst,
    /// Evaporative system, spark ignition.
    EvaporativeSystem,
    /// Secondary air, spark ignition.
    SecondaryAir,
    /// Gasoline particulate filter, spark ignition; the refrigerant of the air conditioning on older vehicles.
    GasolineParticulateFilter,
    /// Oxygen sensor, spark ignition.
    OxygenSensor,
    /// Heater of the oxygen sensor, spark ignition.
    OxygenSensorHeater,
    /// Exhaust gas recirculation or variable valve timing, all engines.
    ExhaustGasRecirculation,
    /// Hydrocarbon catalyst, compression ignition.
    HydrocarbonCatalyst,
    /// Nitrogen oxide aftertreatment, compression ignition.
    NitrogenOxides,
    /// Boost pressure, compression ignition.
    BoostPressure,
    /// Exhaust gas sensor, compression ignition.
    ExhaustGasSensor,
    /// Particulate filter, compression ignition.
    ParticulateFilter,
}

impl Monitor {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Misfire,
        Self::FuelSystem,
        Self::Components,
        Self::Catalyst,
        Self::HeatedCatalyst,
        Self::EvaporativeSystem,
        Self::SecondaryAir,
        Self::GasolineParticulateFilter,
        Self::OxygenSensor,
        Self::OxygenSensorHeater,
        Self::ExhaustGasRecirculation,
        Self::HydrocarbonCatalyst,
        Self::NitrogenOxides,
        Self::BoostPressure,
        Self::ExhaustGasSensor,
        Self::ParticulateFilter,
    ];

    /// Where its two bits lie; `None` when such an engine has no such monitor.
    const fn place(self, ignition: Ignition) -> Option<Place> {
        Some(match (self, ignition) {
            (Self::Misfire, _) => Place::Continuous(0),
            (Self::FuelSystem, _) => Place::Continuous(1),
            (Self::Components, _) => Place::Continuous(2),
            (Self::Catalyst, Ignition::Spark) | (Self::HydrocarbonCatalyst, Ignition::Compression) => {
                Place::Once(0)
            }
            (Self::HeatedCatalyst, Ignition::Spark) | (Self::NitrogenOxides, Ignition::Compression) => {
                Place::Once(1)
            }
            (Self::EvaporativeSystem, Ignition::Spark) => Place::Once(2),
            (Self::SecondaryAir, Ignition::Spark) | (Self::BoostPressure, Ignition::Compression) => {
                Place::Once(3)
            }
            (Self::GasolineParticulateFilter, Ignition::Spark) => Place::Once(4),
            (Self::OxygenSensor, Ignition::Spark) | (Self::ExhaustGasSensor, Ignition::Compression) => {
                Place::Once(5)
            }
            (Self::OxygenSensorHeater, Ignition::Spark)
            | (Self::ParticulateFilter, Ignition::Compression) => Place::Once(6),
            (Self::ExhaustGasRecirculation, _) => Place::Once(7),
            _ => return None,
        })
    }
}

/// Where the bits of a monitor lie.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the second byte: there at this bit, incomplete four bits above.
    Continuous(u8),
    /// There at this bit of the third byte, incomplete at the same one of the fourth.
    Once(u8),
}

/// The answer to [`ReadMonitors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Monitors([u8; 4]);

impl Monitors {
    /// From the four data bytes of the parameter, A to D.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Whether the malfunction indicator lamp is lit.
    #[must_use]
    pub const fn lamp(&self) -> Lamp {
        let [a, ..] = self.0;
        if a & 0x80 == 0 { Lamp::Off } else { Lamp::On }
    }

    /// How many codes this unit has stored, 0 to 127.
    #[must_use]
    pub const fn code_count(&self) -> u8 {
        let [a, ..] = self.0;
        a & 0x7F
    }

    /// How the engine ignites.
    #[must_use]
    pub const fn ignition(&self) -> Ignition {
        let [_, b, ..] = self.0;
        if b & 0x08 == 0 { Ignition::Spark } else { Ignition::Compression }
    }

    /// How far a monitor is.
    #[must_use]
    pub const fn state(&self, monitor: Monitor) -> MonitorState {
        let [_, b, c, d] = self.0;
        let (there, incomplete) = match monitor.place(self.ignition()) {
            Some(Place::Continuous(bit)) => (b >> bit & 1, b >> (bit + 4) & 1),
            Some(Place::Once(bit)) => (c >> bit & 1, d >> bit & 1),
            None => (0, 0),
        };
        match (there, incomplete) {
            (0, _) => MonitorState::Absent,
            (_, 0) => MonitorState::Complete,
            _ => MonitorState::Incomplete,
        }
    }

    /// The monitors that the vehicle has, with how far they are.
    pub fn iter(&self) -> impl Iterator<Item = (Monitor, MonitorState)> + use<> {
        let monitors = *self;
        Monitor::ALL
            .into_iter()
            .map(move |monitor| (monitor, monitors.state(monitor)))
            .filter(|(_, state)| *state != MonitorState::Absent)
    }
}
