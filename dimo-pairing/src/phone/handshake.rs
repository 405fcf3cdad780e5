//! Handshakes, as the phone begins them.

use dimo_types::{Address, Timestamp};

use super::event::Pending;
use super::stage::Stage;
use super::waiting::Waiting;
use super::{Failure, Phone};
use crate::handshake::{Offer, accepted};
use crate::wire::PacketBuffer;
use crate::{
    Basis, NoiseKey, PACKET_MAX, PreSharedKey, PublicKey, Refusal, Resumption, Side, Slot, Versions,
};

/// By what a phone begins.
#[derive(Debug)]
#[non_exhaustive]
pub enum Opening {
    /// By the secret of the label.
    Label(PreSharedKey),
    /// By what an earlier session left.
    Resume(Resumption),
    /// By the PIN.
    #[cfg(feature = "pin")]
    Pin(crate::Pin),
}

impl Phone {
    pub(super) fn begin(&mut self, now: Timestamp, opening: Opening) {
        match opening {
            Opening::Label(secret) => self.offer(now, Basis::Label, &secret, None),
            Opening::Resume(resumption) => {
                if self.expected.is_some_and(|expected| expected != resumption.address()) {
                    let (expected, actual) = (self.expected, Some(resumption.address()));
                    self.event = Pending::Impostor { expected, actual };
                    return;
                }
                self.offer(now, Basis::Slot, &resumption.pre_shared_key(), Some(&resumption));
            }
            #[cfg(feature = "pin")]
            Opening::Pin(pin) => self.begin_pin(now, pin),
        }
    }

    /// Sends the first message.
    pub(super) fn offer(
        &mut self,
        now: Timestamp,
        basis: Basis,
        secret: &PreSharedKey,
        resumption: Option<&Resumption>,
    ) {
        self.waiting = Some(Waiting::for_handshake(now));
        let offered = Versions::SUPPORTED;
        let slot = resumption.map_or(Slot::new(0), |resumption| resumption.slot);
        let offer = Offer { basis, versions: offered, slot };
        let peer: Option<PublicKey> = resumption.map(|resumption| resumption.device);
        let Some(ephemeral) = self.seed.as_mut().map(|seed| NoiseKey::from_bytes(*seed.draw())) else {
            return self.fail(Failure::Handshake);
        };
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        let begun =
            offer.handshake(Side::Phone, self.key.clone(), ephemeral, peer, secret).and_then(|mut state| {
                let (header, len) = offer.header();
                let noise = state.write(&[], &mut buffer)?;
                self.wire.send(&[header.get(..len).unwrap_or_default(), noise]);
                Ok(state)
            });
        let resumes: Option<Address> = resumption.map(Resumption::address);
        match begun {
            Ok(state) => self.stage = Stage::Offered { state, resumes, offered, basis },
            Err(_) => self.fail(Failure::Handshake),
        }
    }

    /// The device's message of a handshake. One that nobody waits for was sent again, and is ignored.
    pub(super) fn handle_handshake(&mut self, now: Timestamp, basis: Basis, message: &[u8]) {
        if !matches!(&self.stage, Stage::Offered { basis: offered, .. } if *offered == basis) {
            return;
        }
        if let Err(failure) = self.read_second(now, message) {
            self.fail(failure);
        }
    }

    fn read_second(&mut self, now: Timestamp, message: &[u8]) -> Result<(), Failure> {
        let Stage::Offered { mut state, resumes, offered, basis } =
            core::mem::replace(&mut self.stage, Stage::Apart)
        else {
            return Ok(());
        };
        let failed = |_| Failure::Handshake;
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        let choice = state.read(message, &mut buffer).map_err(failed)?;
        accepted(choice, offered).ok_or(Failure::Downgraded)?;
        if let Some(device) = resumes {
            let transport = state.finish().map_err(failed)?;
            self.stage = Stage::Open { transport, device };
            self.waiting = None;
            self.event = Pending::Resumed(device);
            return Ok(());
        }
        let third = state.write(&[], &mut buffer).map_err(failed)?;
        self.wire.send(&[&[basis.byte()], third]);
        self.stage = Stage::Unproven(state.finish().map_err(failed)?);
        if let Some(waiting) = &mut self.waiting {
            waiting.live(now);
        }
        Ok(())
    }

    /// A refusal that no session protects: it ends a handshake, and nothing else.
    pub(super) fn handle_refusal(&mut self, refusal: Refusal) {
        if self.stage.transport().is_none() && self.waiting.take().is_some() {
            self.stage = Stage::Apart;
            self.event = Pending::Refused(refusal);
        }
    }
}
