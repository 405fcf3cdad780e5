//! What the tool on the host, the boot loader and the device agree on: where everything lies, what one tells the next, and whom to trust.
#![no_std]
#![forbid(unsafe_code)]

pub mod handover;
pub mod memory;
pub mod trust;

pub use handover::{Handover, Reset};
