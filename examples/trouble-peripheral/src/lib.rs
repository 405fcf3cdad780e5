//! A device of the network as a Bluetooth peripheral over trouble-host: copy it to a board, and give it the controller of that
//! board and a wallet. Nothing here is of the host; what is, is in `main.rs`.
//!
//! [`Pairing`] drives the sans-IO [`Device`](dimo_pairing::Device), [`Gen1Link`] the [`Gen1`](dimo_pairing::gen1::Gen1) profile for
//! phones of today. [`run`] advertises, accepts one phone at a time, and carries bytes between the two and the air.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod board;
mod gen1_link;
mod pairing;
mod peripheral;
mod table;
mod vehicle;

pub use board::Board;
pub use gen1_link::Gen1Link;
pub use pairing::Pairing;
pub use peripheral::{Parts, run};
pub use table::Served;
pub use vehicle::Vehicle;

/// The time since the start, which is all that the machines ask for.
pub fn now() -> dimo_types::Timestamp {
    dimo_types::Timestamp::from_micros(embassy_time::Instant::now().as_micros())
        .unwrap_or(dimo_types::Timestamp::MAX)
}
