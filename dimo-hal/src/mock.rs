//! Hardware that exists in memory only, and faults in front of any hardware, for the tests of whoever builds on the traits.

#[cfg(feature = "alloc")]
mod ble_link;
#[cfg(all(feature = "boot", feature = "alloc"))]
mod boot;
mod bus;
mod delay;
mod factory_info;
mod faults;
mod faulty;
mod faulty_flash;
#[cfg(feature = "alloc")]
mod flash;
mod gnss;
mod imu;
mod modem;
mod monotonic;
#[cfg(feature = "alloc")]
mod pin;
mod power;
#[cfg(feature = "alloc")]
pub mod scenario;
#[cfg(feature = "alloc")]
mod supply;
#[cfg(feature = "alloc")]
mod sweep;
mod vehicle_port;
mod watchdog;

#[cfg(feature = "alloc")]
pub use ble_link::{MockBleLink, MockBleLinkError};
#[cfg(all(feature = "boot", feature = "alloc"))]
pub use boot::{MockBootControl, MockBootError};
pub use bus::{MockBus, MockBusError};
pub use delay::MockDelay;
pub use factory_info::{MockBlank, MockFactoryInfo};
pub use faults::{Fault, FaultyCan};
pub use faulty::{CallFault, FaultError, Faulty, dropped_after};
#[cfg(feature = "alloc")]
pub use flash::{MockFlash, MockFlashError};
pub use gnss::{MockGnss, MockGnssError};
pub use imu::MockImu;
pub use modem::{MockModem, MockModemError};
pub use monotonic::MockMonotonic;
#[cfg(feature = "alloc")]
pub use pin::MockPin;
pub use power::{MockPower, MockPowerError};
#[cfg(feature = "alloc")]
pub use supply::{CutModel, Supply};
#[cfg(feature = "alloc")]
pub use sweep::{Run, Scenario, Tally, sweep_chains, sweep_single, undisturbed};
pub use vehicle_port::{MockVehiclePort, MockVehiclePortError};
pub use watchdog::{MockWatchdog, MockWatchdogError};
