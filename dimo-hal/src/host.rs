//! What the standard library of a computer can do for a device: clocks, waiting, power and a watchdog.
//!
//! For gateways, simulations and tests.

mod clock;
mod delay;
mod power;
mod watchdog;

pub use clock::{StdClock, StdMonotonic};
pub use delay::StdDelay;
pub use power::{SysfsError, SysfsPower};
pub use watchdog::{FileWatchdog, FileWatchdogError};
