//! A backend for devices of these crates: what comes over a broker is verified before it is decoded, refused with a reason that is counted, and acknowledged
//! when it is stored.
//!
//! [`Backend`] has no socket and no clock: messages and the time are arguments, and what is to be sent comes back. [`contract`] names the topics and what goes
//! over them. With feature `mqtt`, [`cloud::Cloud`] carries them over a broker; with feature `program` there is a program that prints and stores what comes.

mod backend;
#[cfg(feature = "mqtt")]
pub mod cloud;
pub mod contract;
mod counts;
mod device;
mod event;
pub mod polls;
mod reading;
mod refused;
mod registry;
#[cfg(feature = "mqtt")]
mod seen;
pub mod sharing;

pub use backend::{Backend, Output};
pub use counts::Counts;
pub use event::Event;
pub use reading::{NamedReading, Value};
pub use refused::Refused;
pub use registry::{Registry, RegistryError, Vehicle};
#[cfg(feature = "mqtt")]
pub use seen::Seen;
