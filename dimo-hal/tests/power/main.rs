//! The power machine: what it guarantees, one by one, and over weeks of simulated vehicles.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod bench;
mod config;
mod guarantees;
mod weeks;
