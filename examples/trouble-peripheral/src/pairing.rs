//! [`Pairing`]: the protocol of dimo-pairing over one link.

use dimo_pairing::{
    Action, Advertisement, AdvertisingFlags, Device, Expiry, FragmentBuffer, HintKey, Ignition, Mtu,
    Presence, Seed,
};
use dimo_types::Timestamp;

use crate::Board;

/// Drives a [`Device`] that has a label.
pub struct Pairing {
    device: Device,
    hint: HintKey,
}

impl Pairing {
    /// Over this machine, whose label leads to this hint key.
    pub fn new(device: Device, hint: HintKey) -> Self {
        Self { device, hint }
    }

    /// Somebody showed to be at the vehicle.
    pub fn open_window(&mut self, now: Timestamp, presence: Presence) {
        self.device.open_window(now, presence);
    }

    /// The time of day is known.
    pub fn clock(&mut self, now: Timestamp, unix: Timestamp) {
        self.device.handle_clock(now, unix);
    }

    /// The vehicle does this now.
    pub fn ignition(&mut self, ignition: Ignition) {
        self.device.handle_ignition(ignition);
    }

    /// What everybody may hear, and only who knows the label can tell from another's.
    pub(crate) fn advertisement(&self, now: Timestamp, nonce: [u8; 4]) -> Advertisement {
        let open = self.device.presence(now).is_some();
        let flags = if open { AdvertisingFlags::OPEN } else { AdvertisingFlags::NONE };
        Advertisement::with_label(flags, &self.hint, nonce)
    }

    pub(crate) fn connected(&mut self, now: Timestamp, random: [u8; 32]) {
        self.device.handle_connected(now, Mtu::MIN, Seed::from_bytes(random));
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

    /// Whatever is due at `now`, and everything that is wanted. Whether the link is to stay.
    pub(crate) fn settle<B: Board>(&mut self, now: Timestamp, board: &mut B) -> bool {
        let mut stay = true;
        while let Some(expiry) = self.device.handle_timeout(now) {
            log::info!("pairing: {expiry:?}");
            stay &= expiry != Expiry::Link;
        }
        while let Some(action) = self.device.poll_action() {
            // A job that nobody waits for any more is nothing to act upon.
            let _ = match action {
                Action::Sign { job, request } => self.device.handle_signature(now, job, board.sign(&request)),
                Action::Store { job, record } => self.device.handle_stored(now, job, board.store(&record)),
                Action::Perform { job, request } => {
                    let answer = board.perform(now, &request);
                    self.device.handle_answer(job, &answer)
                }
                _ => Ok(()),
            };
        }
        stay
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
