//! [`Action`]: what the Gen 1 profile needs done by others.

use core::time::Duration;

use thiserror::Error;

use super::{Signable, WifiCredentials};
use crate::JobId;

/// What a [`Gen1`](super::Gen1) needs done, in this order. What has a [`JobId`] is answered with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "the phone waits for it"]
#[expect(clippy::large_enum_variant, reason = "there is no heap to put the text of a login on")]
pub enum Action {
    /// Delete all bonds of the Bluetooth stack, and disconnect.
    ForgetBonds,
    /// Join this network. How it went shows in [`Gen1::set_wifi_status`](super::Gen1::set_wifi_status).
    SetWifi(WifiCredentials),
    /// Stay awake this long from now, in the place of an earlier such time. What the power of the vehicle allows comes first.
    HoldAwake(Duration),
    /// Clear the trouble codes, if the ignition still is on and the engine off. How it went shows at the next reading.
    ClearTroubleCodes,
    /// Ask the vehicle for its VIN, freshly; then [`Gen1::handle_vin`](super::Gen1::handle_vin).
    ReadVin(JobId),
    /// Find out which CAN protocol the vehicle speaks; then [`Gen1::handle_protocol`](super::Gen1::handle_protocol).
    ReadProtocol(JobId),
    /// Ask the vehicle for its trouble codes, freshly; then [`Gen1::handle_trouble_codes`](super::Gen1::handle_trouble_codes).
    ReadTroubleCodes(JobId),
    /// Have the wallet sign; then [`Gen1::handle_signature`](super::Gen1::handle_signature).
    Sign {
        /// Goes back with the signature.
        job: JobId,
        /// What to sign.
        message: Signable,
    },
}

/// The vehicle was asked and did not tell. A Gen 1 phone reads the value that has stood for this since ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the vehicle did not tell")]
pub struct NotTold;

/// A result that nobody waits for: its phone is gone, or the job took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nobody waits for the result of {job:?}")]
pub struct StaleJob {
    /// The job that was named.
    pub job: JobId,
}

/// What ended because its time had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expiry {
    /// A held read: reject it with [`AttError::TooSlow`](super::AttError::TooSlow).
    HeldRead,
    /// The presence window closed: no more bonds.
    Window,
}

/// What ignition and engine do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// The ignition is off.
    IgnitionOff,
    /// The ignition is on and the engine does not turn.
    IgnitionOn,
    /// The engine turns, or an electric vehicle is ready to drive.
    Running,
}
