//! Phones: the pairing protocol of `dimo-pairing` over a real Bluetooth stack, for any board whose controller speaks HCI.
//!
//! A [`Radio`] is the device as phones see it. The application tells it what happens at the vehicle ([`Radio::open_window`] and its
//! neighbours), and joins [`Radio::run`] with its other futures: it advertises, serves one phone at a time, has the wallet sign, stores what
//! has to be stored, and hands every request of a phone that it may make to the application's [`Handler`]: the VIN, trouble codes, Wi-Fi, and
//! files in pieces.
//!
//! Links are not trusted and no bond is asked for: what protects a session is the protocol itself, from the phone's app to this program.
//!
//! ```text
//! radio.run(serial(reader, writer), Parts { wallet, storage, handler, events }).await
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod document;
mod firmware;
mod handler;
mod jobs;
mod link;
mod memory;
mod radio;
mod serial;
mod table;

pub use document::Document;
pub use firmware::{Firmware, Updates};
pub use handler::{Event, Handler};
pub use memory::{LoadError, THINGS, load};
pub use radio::{Parts, Radio, Stopped};
pub use serial::serial;

/// The time since the start, which is all that the protocol asks for.
fn now() -> dimo_types::Timestamp {
    dimo_hal::clock::Uptime::from_micros(embassy_time::Instant::now().as_micros()).as_timestamp()
}
