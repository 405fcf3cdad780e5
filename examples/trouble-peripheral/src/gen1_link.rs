//! [`Gen1Link`]: the Gen 1 profile over one link.

use dimo_pairing::gatt::{Characteristic, LinkSecurity};
use dimo_pairing::gen1::{Action, AttError, Gen1, Read};
use dimo_types::Timestamp;

use crate::{Board, Vehicle};

/// Drives a [`Gen1`].
pub struct Gen1Link {
    gen1: Gen1,
}

/// What the Bluetooth stack is to do.
#[derive(PartialEq, Eq)]
pub(crate) enum Bonds {
    Keep,
    Forget,
}

impl Gen1Link {
    /// Over this machine.
    pub fn new(gen1: Gen1) -> Self {
        Self { gen1 }
    }

    pub(crate) fn gen1(&self) -> &Gen1 {
        &self.gen1
    }

    pub(crate) fn connected(&mut self) {
        self.gen1.handle_connected();
    }

    pub(crate) fn disconnected(&mut self) {
        self.gen1.handle_disconnected();
    }

    pub(crate) fn secured(&mut self, security: LinkSecurity) {
        self.gen1.handle_security(security);
    }

    pub(crate) fn read(
        &mut self,
        now: Timestamp,
        what: &Characteristic,
        offset: u16,
    ) -> Result<Read<'_>, AttError> {
        self.gen1.read(now, what, offset)
    }

    pub(crate) fn written(
        &mut self,
        now: Timestamp,
        what: &Characteristic,
        value: &[u8],
    ) -> Result<(), AttError> {
        self.gen1.write(now, what, value)
    }

    /// Whatever is due at `now`, and everything that is wanted.
    pub(crate) fn settle<B: Board>(&mut self, now: Timestamp, vehicle: &mut Vehicle, board: &mut B) -> Bonds {
        let mut bonds = Bonds::Keep;
        vehicle.answer(now, &mut self.gen1);
        while let Some(action) = self.gen1.poll_action() {
            match vehicle.take(now, action) {
                Some(Action::Sign { job, message }) => {
                    let _ = self.gen1.handle_signature(job, board.sign_gen1(&message));
                }
                Some(Action::ForgetBonds) => bonds = Bonds::Forget,
                Some(Action::SetWifi(credentials)) => {
                    self.gen1.set_wifi_status(Some(credentials.network().clone()));
                }
                Some(Action::HoldAwake(time)) => log::info!("awake for {} s", time.as_secs()),
                _ => {}
            }
        }
        bonds
    }

    /// Ends what has had its time. A held read is answered before, by reading again.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        while let Some(expiry) = self.gen1.handle_timeout(now) {
            log::info!("gen1: {expiry:?}");
        }
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.gen1.poll_timeout()
    }
}
