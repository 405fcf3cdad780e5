//! A vehicle of our own, so that the dongle has something to ride in on any machine.
//!
//! It is a mild hybrid that never existed, on a road that does not exist. [`DBC`] describes its bus and exercises a
//! decoder: both byte orders, signed and float signals, two multiplexed messages, extended identifiers, a CAN FD frame,
//! value tables. [`MAPPING`] gives most of its signals their VSS names. [`drive`] drives it: a cold start in town, a
//! motorway, a country road and the town again, from a simple physical model. The same seed gives the same log.

mod battery;
mod bus;
mod car;
mod driver;
mod engine;
mod gearbox;
mod obd;
mod random;
mod recorder;
mod route;

use dimo_dbc::{EncodeError, ImportError};
use dimo_types::FrameError;
use thiserror::Error;

use bus::Bus;
use car::Car;
use recorder::Recorder;

/// The vehicle's bus, as a DBC file.
pub(crate) const DBC: &str = include_str!("vehicle.dbc");
/// Which of its signals are which VSS signals, as a mapping file.
pub(crate) const MAPPING: &str = include_str!("mapping.toml");

/// Drives for some thirteen minutes from 2026-03-14T08:00:00Z and returns the log, `candump -L` text. Some frames are
/// lost, some lines are malformed.
pub(crate) fn drive(seed: u64) -> Result<Vec<u8>, DriveError> {
    let database = dimo_dbc::import(DBC.as_bytes())?;
    let mut car = Car::on_a_cold_morning(seed);
    let mut bus = Bus::new(&database, seed);
    let mut recorder = Recorder::new(seed);
    while !car.is_left_alone() {
        car.step();
        for frame in bus.frames(&car)? {
            recorder.record(&frame)?;
        }
    }
    Ok(recorder.into_log())
}

/// The model and [`DBC`] do not fit each other.
#[derive(Debug, Error)]
pub(crate) enum DriveError {
    #[error("vehicle.dbc:{0}")]
    Dbc(#[from] ImportError),
    #[error("vehicle.dbc has no message {name}")]
    NoMessage { name: &'static str },
    #[error("vehicle.dbc: {0}")]
    Value(#[from] EncodeError),
    #[error(transparent)]
    Frame(#[from] FrameError),
}

#[cfg(test)]
mod tests;
