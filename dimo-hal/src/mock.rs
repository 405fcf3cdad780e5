//! Hardware that exists in memory only, and faults in front of any hardware, for the tests of whoever builds on the traits.

#[cfg(all(feature = "boot", feature = "alloc"))]
mod boot;
mod bus;
mod delay;
mod faults;
#[cfg(feature = "alloc")]
mod flash;
mod modem;
mod monotonic;
mod power;
#[cfg(feature = "alloc")]
pub mod scenario;
#[cfg(feature = "alloc")]
mod supply;
#[cfg(feature = "alloc")]
mod sweep;
mod watchdog;

#[cfg(all(feature = "boot", feature = "alloc"))]
pub use boot::{MockBootControl, MockBootError};
pub use bus::{MockBus, MockBusError};
pub use delay::MockDelay;
pub use faults::{Fault, FaultyCan};
#[cfg(feature = "alloc")]
pub use flash::{MockFlash, MockFlashError};
pub use modem::{MockModem, MockModemError};
pub use monotonic::MockMonotonic;
pub use power::{MockPower, MockPowerError};
#[cfg(feature = "alloc")]
pub use supply::{CutModel, Supply};
#[cfg(feature = "alloc")]
pub use sweep::{Run, Scenario, Tally, sweep_chains, sweep_single, undisturbed};
pub use watchdog::{MockWatchdog, MockWatchdogError};
