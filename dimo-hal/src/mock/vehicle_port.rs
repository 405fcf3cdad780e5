//! [`MockVehiclePort`]: a connector in memory.

use crate::blocking::VehiclePort;
use crate::vehicle_port::{Error, ErrorKind, ErrorType, PortBus, TransceiverMode};

/// A connector with a CAN and a K-line, on a supply of 12.6 V.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MockVehiclePort {
    modes: [TransceiverMode; 2],
    drove_from_standby: bool,
}

const BUSES: [PortBus; 2] = [PortBus::Can, PortBus::KLine];

impl Default for MockVehiclePort {
    fn default() -> Self {
        Self { modes: [TransceiverMode::Standby; 2], drove_from_standby: false }
    }
}

impl MockVehiclePort {
    /// Whether a bus ever went from standby to driving at once.
    #[must_use]
    pub const fn drove_from_standby(&self) -> bool {
        self.drove_from_standby
    }

    fn place(&mut self, bus: PortBus) -> Result<&mut TransceiverMode, MockVehiclePortError> {
        let place = BUSES.iter().position(|known| *known == bus);
        let mode = place.and_then(|place| self.modes.get_mut(place));
        mode.ok_or(MockVehiclePortError(ErrorKind::NoSuchBus))
    }
}

impl ErrorType for MockVehiclePort {
    type Error = MockVehiclePortError;
}

impl VehiclePort for MockVehiclePort {
    fn buses(&self) -> &[PortBus] {
        &BUSES
    }

    fn mode(&mut self, bus: PortBus) -> Result<TransceiverMode, MockVehiclePortError> {
        self.place(bus).copied()
    }

    fn set_mode(&mut self, bus: PortBus, mode: TransceiverMode) -> Result<(), MockVehiclePortError> {
        let before = core::mem::replace(self.place(bus)?, mode);
        self.drove_from_standby |= before == TransceiverMode::Standby && mode == TransceiverMode::Normal;
        Ok(())
    }

    fn supply_mv(&mut self) -> Result<Option<u32>, MockVehiclePortError> {
        Ok(Some(12_600))
    }
}

/// Why a [`MockVehiclePort`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockVehiclePortError(pub ErrorKind);

impl Error for MockVehiclePortError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
