//! What the standard library of a computer can do for a device: clocks, waiting, sockets, power, a watchdog and flash in a file.
//!
//! For gateways, simulations and tests.

mod clock;
mod delay;
#[cfg(unix)]
mod flash;
mod power;
mod stream;
mod watchdog;

pub use clock::{StdClock, StdMonotonic};
pub use delay::StdDelay;
#[cfg(unix)]
pub use flash::{FileFlash, FileFlashError};
pub use power::{SysfsError, SysfsPower};
pub use stream::StdStream;
pub use watchdog::{FileWatchdog, FileWatchdogError};
