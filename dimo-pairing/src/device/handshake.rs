//! Handshakes, as the device answers them.

use dimo_types::Timestamp;

use super::Device;
use super::stage::{Proof, Session, Stage};
use crate::checksum::crc32;
use crate::clock::Moment;
use crate::handshake::{Offer, THIRD_LEN, choice};
use crate::limits::after;
use crate::memory::Granted;
use crate::wire::PacketBuffer;
use crate::{
    Basis, NoiseKey, PACKET_MAX, PacketError, PreSharedKey, PublicKey, ReceiveError, RecordKey, Refusal,
    Side, Slot, Versions,
};

/// By what a handshake is begun, and with whom where that is known.
struct Means {
    secret: PreSharedKey,
    known: Option<(PublicKey, Granted)>,
}

impl Device {
    /// A message of a handshake came: `packet` whole, `message` without its first byte.
    pub(super) fn handle_handshake(
        &mut self,
        now: Timestamp,
        basis: Basis,
        packet: &[u8],
        message: &[u8],
    ) -> Result<(), ReceiveError> {
        let checksum = crc32(packet);
        if self.heard == Some(checksum) {
            // Sent again: what it was answered by goes out again, and nothing is done anew.
            self.wire.send_again();
            return Ok(());
        }
        let outcome = match Offer::split(basis, message) {
            Some((offer, noise)) => self.begin(now, &offer, noise),
            None if message.len() == THIRD_LEN && basis != Basis::Slot => self.finish(now, basis, message)?,
            None => return Err(PacketError::Malformed.into()),
        };
        // A refusal is not repeated: what it rested on may have changed when the same bytes come again.
        self.heard = Some(checksum).filter(|_| outcome.is_ok());
        if let Err(refusal) = outcome {
            self.refuse_outside(refusal);
        }
        Ok(())
    }

    /// The first message. A handshake or a session that was there before ends only when this one is good.
    fn begin(&mut self, now: Timestamp, offer: &Offer, noise: &[u8]) -> Result<(), Refusal> {
        let version = Versions::SUPPORTED.highest_common(offer.versions).ok_or(Refusal::NoCommonVersion)?;
        let Means { secret, known } = self.means(now, offer)?;
        let ephemeral = self.seed.as_mut().ok_or(Refusal::HandshakeFailed)?.draw();
        let (own, ephemeral) = (self.setup.key.clone(), NoiseKey::from_bytes(*ephemeral));
        let peer = known.map(|(peer, _)| peer);
        let failed = |_| Refusal::HandshakeFailed;
        let mut state = offer.handshake(Side::Device, own, ephemeral, peer, &secret).map_err(failed)?;
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        state.read(noise, &mut buffer).map_err(failed)?;
        let answer = state.write(&choice(version, Versions::SUPPORTED), &mut buffer).map_err(failed)?;
        self.stage = match known {
            None => Stage::Handshake { state, basis: offer.basis, until: after(now, self.limits.handshake) },
            Some((_, granted)) => Stage::Session(Session {
                transport: state.finish().map_err(failed)?,
                proof: None,
                granted: Some((granted, offer.slot)),
                asked: false,
                // Whoever only repeats what he has heard says nothing more.
                until: after(now, self.limits.handshake),
            }),
        };
        self.wire.send(&[&[offer.basis.byte()], answer]);
        Ok(())
    }

    /// By what the phone may begin now, if by anything.
    fn means(&mut self, now: Timestamp, offer: &Offer) -> Result<Means, Refusal> {
        match offer.basis {
            Basis::Slot => self.known(now, offer.slot),
            _ if self.presence(now).is_none() => Err(Refusal::NotPresent),
            Basis::Label => {
                let secret = self.setup.label.clone().ok_or(Refusal::Unavailable)?;
                Ok(Means { secret, known: None })
            }
            #[cfg(feature = "pin")]
            Basis::Pin => {
                let secret = self.pin_secret().ok_or(Refusal::HandshakeFailed)?;
                Ok(Means { secret, known: None })
            }
            #[cfg(not(feature = "pin"))]
            Basis::Pin => Err(Refusal::Unavailable),
        }
    }

    /// A phone that is remembered in `slot`. An expiry that cannot be checked counts as passed, unless somebody is present.
    fn known(&mut self, now: Timestamp, slot: Slot) -> Result<Means, Refusal> {
        let remembered = self.memory.slot(slot).ok_or(Refusal::HandshakeFailed)?;
        let granted = remembered.granted;
        match self.clock.judge(now, granted.expires) {
            Moment::Unknown if self.presence(now).is_none() => return Err(Refusal::Expired),
            Moment::Past => {
                self.memory.forget(slot);
                self.saver.touch(RecordKey::Slot(slot));
                return Err(Refusal::Expired);
            }
            Moment::Ahead | Moment::Unknown => {}
        }
        let secret = PreSharedKey::from_bytes(*remembered.secret.as_bytes());
        Ok(Means { secret, known: Some((remembered.phone, granted)) })
    }

    /// The third message: keys are agreed, and the wallet is asked for the device's proof. An error when none is due.
    fn finish(
        &mut self,
        now: Timestamp,
        basis: Basis,
        message: &[u8],
    ) -> Result<Result<(), Refusal>, ReceiveError> {
        match &self.stage {
            Stage::Handshake { basis: begun, .. } if *begun == basis => {}
            _ => return Err(ReceiveError::NotDue),
        }
        let Stage::Handshake { mut state, .. } = core::mem::replace(&mut self.stage, Stage::Stranger) else {
            return Err(ReceiveError::NotDue);
        };
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        let read = state.read(message, &mut buffer).map(<[u8]>::is_empty);
        let Some(transport) = read.ok().filter(|empty| *empty).and_then(|_| state.finish().ok()) else {
            return Ok(Err(Refusal::HandshakeFailed));
        };
        let until = after(now, self.limits.job);
        let proof = Some(Proof { job: self.new_job(), handed_out: false, until });
        let until = after(now, self.limits.ungranted);
        self.stage = Stage::Session(Session { transport, proof, granted: None, asked: false, until });
        Ok(Ok(()))
    }
}
