//! Hardware that exists in memory only, and faults in front of any hardware, for the tests of whoever builds on the traits.

mod bus;
mod faults;

pub use bus::{MockBus, MockBusError};
pub use faults::{Fault, FaultyCan};
