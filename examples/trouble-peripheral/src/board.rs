//! [`Board`]: the answers to what the pairing protocol asks for. What a maker replaces.

use dimo_crypto::blocking::DeviceSigner;
use dimo_pairing::{Action, Device, SigningFailed};

use dimo_types::VehicleNumber;

use crate::Vehicle;

/// The parts of a device that the machines do not have: a wallet and a vehicle.
pub struct Board<W> {
    /// Signs. On a board, the secure element.
    pub wallet: W,
    /// Is asked. On a board, the CAN bus.
    pub vehicle: Vehicle,
}

impl<W: DeviceSigner> Board<W> {
    /// Does everything that `device` wants done.
    pub(crate) fn carry_out(&mut self, device: &mut Device) {
        while let Some(action) = device.poll_action() {
            // A job that nobody waits for any more is nothing to act upon.
            let _ = match action {
                Action::Sign { job, request } => {
                    let signature = request.sign_blocking(&mut self.wallet).map_err(|_| SigningFailed);
                    device.handle_signature(job, signature)
                }
                Action::ReadVin { job } => device.handle_vin(job, Ok(VehicleNumber::Vin(self.vehicle.vin))),
                _ => Ok(()),
            };
        }
    }
}
