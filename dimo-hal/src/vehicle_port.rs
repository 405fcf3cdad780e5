//! The diagnostic connector of the vehicle: [`VehiclePort`].

mod gpio;

use crate::power::PowerState;
use crate::twin::error_type;

pub use gpio::{GpioPort, GpioPortError};

error_type!("a vehicle port");

/// Why a vehicle port failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The device has no transceiver for this bus.
    NoSuchBus,
    /// The transceiver cannot be held from driving the bus: it has no silent mode.
    NoListenOnly,
    /// A pin or a chip does not obey.
    Pin,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::NoSuchBus, Self::NoListenOnly, Self::Pin, Self::Other];
}

/// A bus of the connector, with its pins by SAE J1962.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortBus {
    /// CAN of ISO 15765-4: pins 6 and 14.
    Can,
    /// A second CAN: pins 3 and 11, by many makers.
    SecondCan,
    /// SAE J2411, single-wire CAN: pin 1.
    SingleWireCan,
    /// ISO 9141-2 and ISO 14230, the K-line: pin 7.
    KLine,
}

/// What a transceiver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three modes that transceivers have in common")]
pub enum TransceiverMode {
    /// Off but for its wake-up; it draws microamperes.
    Standby,
    /// It receives and cannot drive the bus, whatever the controller does.
    ListenOnly,
    /// It receives and drives.
    Normal,
}

/// The connector between device and vehicle.
///
/// # Contract for makers
///
/// - Every bus starts in [`TransceiverMode::Standby`], and goes back to it when the device loses its power or is reset.
/// - In [`TransceiverMode::ListenOnly`] hardware keeps the transceiver from driving the bus. Where it cannot, the mode is refused.
/// - No bus is terminated: the vehicle has its resistors, a third one disturbs it.
/// - Pins that carry no bus of this device stay open.
///
/// # Contract for callers
///
/// - Bring a bus up in listen-only mode first: wrong bit timing in normal mode makes error frames that the vehicle sees. [`follow`] does so, where the transceiver has that mode.
/// - Cancel safety: a dropped future leaves the bus in the mode before or the new one.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait VehiclePort: ErrorType {
    /// The buses that the device has a transceiver for.
    fn buses(&self) -> &[PortBus];

    /// What the transceiver of a bus does, as read back where the hardware allows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchBus`]; [`ErrorKind::Pin`], also while the mode is unknown.
    async fn mode(&mut self, bus: PortBus) -> Result<TransceiverMode, Self::Error>;

    /// Puts the transceiver of a bus into a mode.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchBus`], [`ErrorKind::NoListenOnly`], [`ErrorKind::Pin`]; after the last, the mode is unknown.
    async fn set_mode(&mut self, bus: PortBus, mode: TransceiverMode) -> Result<(), Self::Error>;

    /// The voltage at pin 16 in mV, where the device measures it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pin`].
    async fn supply_mv(&mut self) -> Result<Option<u32>, Self::Error>;
}

/// Lets every bus follow the power state: silent while the device listens, driving only while it is active, in standby while it sleeps. A bus goes from
/// standby to driving by way of silence, where its transceiver has a listen-only mode. One whose mode is unknown after [`ErrorKind::Pin`] is set anew.
///
/// # Errors
///
/// Those of [`VehiclePort::set_mode`]; the buses before it have followed.
pub async fn follow<P: VehiclePort>(port: &mut P, state: PowerState) -> Result<(), P::Error> {
    let wanted = match state {
        PowerState::Active => TransceiverMode::Normal,
        PowerState::Listen => TransceiverMode::ListenOnly,
        PowerState::Sleep | PowerState::Hibernate => TransceiverMode::Standby,
    };
    let mut place = 0;
    while let Some(bus) = port.buses().get(place).copied() {
        let mode = match port.mode(bus).await {
            Ok(mode) => Some(mode),
            Err(error) if error.kind() == ErrorKind::Pin => None,
            Err(error) => return Err(error),
        };
        let awake = mode.is_some_and(|mode| mode != TransceiverMode::Standby);
        if !awake && wanted == TransceiverMode::Normal {
            match port.set_mode(bus, TransceiverMode::ListenOnly).await {
                // Active needs no silence; a transceiver without it drives at once.
                Err(error) if error.kind() != ErrorKind::NoListenOnly => return Err(error),
                _ => {}
            }
        }
        if mode != Some(wanted) {
            port.set_mode(bus, wanted).await?;
        }
        place += 1;
    }
    Ok(())
}
