//! One module for each matter that is measured.

#[cfg(feature = "anchors")]
pub mod anchors;
pub mod calibration;
pub mod crypto;
pub mod dbc;
pub mod deflate;
pub mod drive;
pub mod pairing;
pub mod telemetry;
