//! A backend for devices of these crates: what comes over a broker is verified before it is decoded, refused with a reason that is counted, and acknowledged
//! when it is stored.
//!
//! [`Backend`] has no socket and no clock: messages and the time are arguments, and what is to be sent comes back. [`contract`] names the topics and what goes
//! over them; the programs beside this library carry them.

mod backend;
pub mod contract;
mod counts;
mod device;
mod event;
mod reading;
mod refused;
mod registry;
pub mod sharing;

pub use backend::{Backend, Output};
pub use counts::Counts;
pub use event::Event;
pub use reading::{NamedReading, Value};
pub use refused::Refused;
pub use registry::{Registry, RegistryError};
