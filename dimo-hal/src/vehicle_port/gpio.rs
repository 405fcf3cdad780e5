//! [`GpioPort`]: one CAN transceiver with a standby pin and a silent pin.

use embedded_hal::digital::{OutputPin, PinState};

use super::{Error, ErrorKind, ErrorType, PortBus, TransceiverMode};
use crate::blocking::VehiclePort;

/// One CAN transceiver such as the TCAN1044 or the TJA1051: a standby pin, and a silent pin where it has one. Both are active high.
///
/// # Example: a transceiver that is brought up in silence
///
/// ```
/// # #[cfg(feature = "dev")] {
/// use dimo_hal::blocking::VehiclePort;
/// use dimo_hal::mock::MockPin;
/// use dimo_hal::vehicle_port::{GpioPort, PortBus, TransceiverMode};
///
/// let (standby, silent) = (MockPin::default(), MockPin::default());
/// let mut port = GpioPort::new(standby.clone(), Some(silent.clone()))?;
/// port.set_mode(PortBus::Can, TransceiverMode::ListenOnly)?;
/// assert!(!standby.is_high() && silent.is_high());
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GpioPort<B, L> {
    standby: B,
    silent: Option<L>,
    /// `None` after a pin did not obey: it is somewhere between two modes.
    mode: Option<TransceiverMode>,
}

impl<B: OutputPin, L: OutputPin> GpioPort<B, L> {
    /// Over these pins, in standby.
    ///
    /// # Errors
    ///
    /// [`GpioPortError::Pin`].
    pub fn new(standby: B, silent: Option<L>) -> Result<Self, GpioPortError> {
        let mut port = Self { standby, silent, mode: None };
        port.apply(TransceiverMode::Standby)?;
        Ok(port)
    }

    fn apply(&mut self, mode: TransceiverMode) -> Result<(), GpioPortError> {
        let pin = |_| GpioPortError::Pin;
        self.mode = None;
        let quiet = PinState::from(mode != TransceiverMode::Normal);
        // What must be silent is so before it leaves standby, and it stands by before it may drive.
        if mode == TransceiverMode::Standby {
            self.standby.set_high().map_err(pin)?;
        }
        if let Some(silent) = &mut self.silent {
            silent.set_state(quiet).map_err(|_| GpioPortError::Pin)?;
        }
        if mode != TransceiverMode::Standby {
            self.standby.set_low().map_err(pin)?;
        }
        self.mode = Some(mode);
        Ok(())
    }

    fn check(bus: PortBus) -> Result<(), GpioPortError> {
        if bus == PortBus::Can { Ok(()) } else { Err(GpioPortError::NoSuchBus) }
    }
}

impl<B, L> ErrorType for GpioPort<B, L> {
    type Error = GpioPortError;
}

impl<B: OutputPin, L: OutputPin> VehiclePort for GpioPort<B, L> {
    fn buses(&self) -> &[PortBus] {
        &[PortBus::Can]
    }

    fn mode(&mut self, bus: PortBus) -> Result<TransceiverMode, GpioPortError> {
        Self::check(bus)?;
        self.mode.ok_or(GpioPortError::Pin)
    }

    fn set_mode(&mut self, bus: PortBus, mode: TransceiverMode) -> Result<(), GpioPortError> {
        Self::check(bus)?;
        if mode == TransceiverMode::ListenOnly && self.silent.is_none() {
            return Err(GpioPortError::NoListenOnly);
        }
        self.apply(mode)
    }

    fn supply_mv(&mut self) -> Result<Option<u32>, GpioPortError> {
        Ok(None)
    }
}

/// Why a [`GpioPort`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpioPortError {
    /// A pin does not obey, or did not when the mode was last set: the mode is unknown until it is set again.
    #[error("a pin does not obey")]
    Pin,
    /// There is one bus, CAN at pins 6 and 14.
    #[error("there is no transceiver for this bus")]
    NoSuchBus,
    /// The transceiver has no silent pin.
    #[error("the transceiver has no silent pin")]
    NoListenOnly,
}

impl Error for GpioPortError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Pin => ErrorKind::Pin,
            Self::NoSuchBus => ErrorKind::NoSuchBus,
            Self::NoListenOnly => ErrorKind::NoListenOnly,
        }
    }
}
