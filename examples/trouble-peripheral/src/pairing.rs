//! [`Pairing`]: the protocol of dimo-pairing over one link.

use dimo_crypto::blocking::DeviceSigner;
use dimo_pairing::{Device, FragmentBuffer, Mtu, Presence};
use dimo_types::Timestamp;

use crate::Board;

/// Drives a [`Device`].
pub struct Pairing {
    device: Device,
}

impl Pairing {
    /// Over this machine.
    pub fn new(device: Device) -> Self {
        Self { device }
    }

    /// Somebody showed to be at the vehicle.
    pub fn open_window(&mut self, now: Timestamp, presence: Presence) {
        self.device.open_window(now, presence);
    }

    pub(crate) fn connected(&mut self) {
        self.device.handle_connected(Mtu::MIN);
    }

    pub(crate) fn disconnected(&mut self) {
        self.device.handle_disconnected();
    }

    /// The phone wrote a fragment; the error is the code to reject the write with.
    pub(crate) fn written(&mut self, now: Timestamp, fragment: &[u8]) -> Result<(), u8> {
        self.device.handle_fragment(now, fragment).map_err(|error| {
            log::warn!("fragment refused: {error}");
            error.att_error()
        })
    }

    /// Whatever is due at `now`.
    pub(crate) fn settle<W: DeviceSigner>(&mut self, now: Timestamp, board: &mut Board<W>) {
        while let Some(expiry) = self.device.handle_timeout(now) {
            log::info!("pairing: {expiry:?}");
        }
        board.carry_out(&mut self.device);
    }

    /// The next fragment to notify over a link of this MTU.
    pub(crate) fn poll_transmit<'b>(&mut self, mtu: Mtu, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.device.handle_mtu(mtu);
        self.device.poll_transmit(buffer)
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.device.poll_timeout()
    }
}
