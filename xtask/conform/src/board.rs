//! [`Board`]: what is judged.

use dimo_crypto::SoftwareKey;
use dimo_hal::factory_info::DeviceInfo;
use dimo_hal::gnss::{Fix, FixQuality};
use dimo_hal::mock::{MockFactoryInfo, MockGnss, MockImu, MockPower, MockVehiclePort, MockWatchdog};
use dimo_hal::power::PowerConfig;
use dimo_hal::power_manager::{Part, WakeSource, WakeSources};
use dimo_hal::vehicle_port::{PortBus, TransceiverMode};
use dimo_hal::watchdog;
use dimo_hal::{BlockingAsync, KeySlot, SoftwareSecureElement, blocking};
use dimo_types::{ApprovedGeography, Country, Timestamp};

use crate::images::Loader;
use crate::parts::{self, Found};
use crate::vehicle::Transmitter;

/// The parts a board is composed of. A part that has a suite is given as the run of it, so that a board may have any implementation.
pub(crate) struct Board {
    pub(crate) power: PowerConfig,
    pub(crate) power_manager: fn() -> Found,
    pub(crate) vehicle_port: fn() -> Found,
    /// Not every board has one.
    pub(crate) motion_sensor: Option<fn() -> Found>,
    pub(crate) watchdog: fn() -> Found,
    pub(crate) factory_info: fn() -> Found,
    pub(crate) geography: ApprovedGeography<'static>,
    /// Not every board has one.
    pub(crate) position: Option<fn() -> Found>,
    pub(crate) element: fn() -> SoftwareSecureElement,
    /// The private key of slot 0, where the board has a way to read it.
    pub(crate) debug_port: Option<fn() -> [u8; 32]>,
    pub(crate) transmitter: fn() -> Transmitter,
    pub(crate) loader: Loader,
}

/// A name, and what composes the board.
type Named = (&'static str, fn() -> Board);

/// The boards by their names that are composed here; `firmware` is measured in QEMU.
pub(crate) const BOARDS: [Named; 2] = [("host", host), ("bad", bad)];

/// A country outside the approved regions, which the bad board approves.
pub(crate) const OUTSIDE: [u8; 2] = *b"JP";

impl Board {
    pub(crate) fn named(name: &str) -> Option<Self> {
        BOARDS.iter().find(|(known, _)| *known == name).map(|(_, compose)| compose())
    }
}

/// This machine: our logic over mocks, a key in memory.
fn host() -> Board {
    Board {
        power: PowerConfig::TWELVE_VOLT,
        power_manager: || wakes_by(WakeSources::ALL),
        vehicle_port: || parts::vehicle_port(BlockingAsync::new(MockVehiclePort::default())),
        motion_sensor: Some(|| {
            parts::motion_sensor(BlockingAsync::new(MockImu::default()), |imu| imu.get_mut().push(300))
        }),
        watchdog: || parts::watchdog(BlockingAsync::new(MockWatchdog::default())),
        factory_info: || labelled(core::array::from_fn(|place| place as u8)),
        geography: ApprovedGeography::DIP4,
        position: Some(in_detroit),
        element: || SoftwareSecureElement::new([0x5A; 32]),
        debug_port: None,
        transmitter: Transmitter::guarded,
        loader: Loader::Verifying,
    }
}

/// Each thing wrong that a check can find.
fn bad() -> Board {
    Board {
        power: drains(),
        power_manager: || wakes_by(WakeSource::Ignition.into()),
        vehicle_port: starts_driving,
        motion_sensor: None,
        watchdog: || parts::watchdog(BlockingAsync::new(Impatient(MockWatchdog::default()))),
        factory_info: || labelled([0; 16]),
        geography: approves_outside(),
        position: None,
        element: with_key,
        debug_port: Some(|| KEY),
        transmitter: Transmitter::bare,
        loader: Loader::Anything,
    }
}

/// A board with these wake sources.
fn wakes_by(sources: WakeSources) -> Found {
    let manager = BlockingAsync::new(MockPower::new(sources));
    parts::power_manager(manager, 12_700, &[Part::Gnss, Part::Modem, Part::Transceivers], |manager| {
        manager.get_mut().happen(WakeSource::Ignition);
    })
}

/// What the factory wrote, with this secret.
fn labelled(secret: [u8; 16]) -> Found {
    let made = Timestamp::from_secs(1_780_000_000).map_err(|error| error.to_string())?;
    let info = DeviceInfo::new("60d4af69-86e8", [2; 16], 3, made, None).ok_or("a serial number")?;
    parts::factory_info(BlockingAsync::new(MockFactoryInfo::new(info, secret)))
}

/// A receiver that searches for a while and then drives off slowly.
fn in_detroit() -> Found {
    let place = (423_310_000, -830_460_000);
    let start = Fix {
        time: Timestamp::from_secs(1_800_000_000).ok(),
        latitude_e7: place.0,
        longitude_e7: place.1,
        altitude_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
        hdop_x100: None,
        satellites: Some(9),
        quality: FixQuality::ThreeD,
    };
    parts::position(BlockingAsync::new(MockGnss::new(start, 20, (100, 100))), place)
}

/// No cut-out, and half a year awake before it sleeps.
fn drains() -> PowerConfig {
    let half_a_year = 180 * 86_400_000;
    PowerConfig {
        cut_out_mv: 0,
        sleep_after_ms: half_a_year,
        awake_max_ms: half_a_year,
        ..PowerConfig::TWELVE_VOLT
    }
}

/// The transceiver drives the bus as soon as there is power.
fn starts_driving() -> Found {
    use blocking::VehiclePort as _;
    let mut port = MockVehiclePort::default();
    port.set_mode(PortBus::Can, TransceiverMode::Normal).map_err(|error| error.to_string())?;
    parts::vehicle_port(BlockingAsync::new(port))
}

/// A watchdog that bites after half the time.
struct Impatient(MockWatchdog);

impl watchdog::ErrorType for Impatient {
    type Error = <MockWatchdog as watchdog::ErrorType>::Error;
}

impl blocking::Watchdog for Impatient {
    fn start(&mut self, timeout: core::time::Duration) -> Result<core::time::Duration, Self::Error> {
        self.0.start(timeout / 2)
    }

    fn feed(&mut self) -> Result<(), Self::Error> {
        self.0.feed()
    }
}

fn approves_outside() -> ApprovedGeography<'static> {
    let outside: Vec<Country> = Country::new(OUTSIDE).into_iter().collect();
    ApprovedGeography::DIP4.with(outside.leak())
}

/// The key of the bad board: every piece of it has the same one, and its debug port shows it.
const KEY: [u8; 32] = [7; 32];

fn with_key() -> SoftwareSecureElement {
    let element = || SoftwareSecureElement::new([0x5A; 32]);
    let key = SoftwareKey::from_bytes(KEY).ok();
    key.and_then(|key| element().with_key(KeySlot(0), key).ok()).unwrap_or_else(element)
}
