//! One module for each matter that is measured.

pub mod calibration;
pub mod dbc;
