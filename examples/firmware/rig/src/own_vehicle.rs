//! The vehicle of the main job, for who has no log of another one.

#![allow(dead_code, reason = "a mapping and more, which the main job uses")]

#[path = "../../../virtual-dongle/src/vehicle/mod.rs"]
mod vehicle;

pub(crate) use vehicle::{DBC, drive};
