//! Handshakes, as the device answers them.

use dimo_types::Timestamp;

use super::stage::{Proof, Session, Stage};
use super::Device;
use crate::checksum::crc32;
use crate::clock::Moment;
use crate::handshake::{CHOICE_LEN, Offer, choice};
use crate::limits::after;
use crate::memory::Granted;
use crate::wire::PacketBuffer;
use crate::{
    Basis, Handshake, NoiseKey, PACKET_MAX, PreSharedKey, PublicKey, ReceiveError, Refusal, Side, Slot, Transport,
    Versions,
};

/// With whom, and by what, a handshake is begun.
struct Means {
    secret: PreSharedKey,
    /// The phone's key and what it was granted, where it resumes.
    known: Option<(PublicKey, Granted, Slot)>,
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
        match Offer::parse(basis, message) {
            Some(offer) => {
                self.begin(now, &offer).unwrap_or_else(|refusal| self.refuse_outside(refusal));
            }
            None => self.finish(now, basis, message)?,
        }
        self.heard = Some(checksum);
        Ok(())
    }

    /// The first message.
    fn begin(&mut self, now: Timestamp, offer: &Offer<'_>) -> Result<(), Refusal> {
        let unsupported = Refusal::UnsupportedVersion(Versions::SUPPORTED);
        let version = Versions::SUPPORTED.highest_common(offer.versions).ok_or(unsupported)?;
        let means = self.means(now, offer)?;
        let ephemeral = self.seed.as_mut().ok_or(Refusal::HandshakeFailed)?.draw();
        let mut state = offer
            .handshake(Side::Device, self.setup.key.clone(), NoiseKey::from_bytes(*ephemeral), &means)
            .map_err(|_| Refusal::HandshakeFailed)?;
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        match state.read(offer.noise, &mut buffer) {
            Ok([]) => {}
            _ => return Err(Refusal::HandshakeFailed),
        }
        let choice: [u8; CHOICE_LEN] = choice(version, Versions::SUPPORTED);
        let answer = state.write(&choice, &mut buffer).map_err(|_| Refusal::HandshakeFailed)?;
        self.wire.send(&[&[offer.basis.byte()], answer]);
        self.stage = match means.known {
            None => Stage::Handshake { state, basis: offer.basis, until: after(now, self.limits.handshake) },
            Some((_, granted, slot)) => {
                let transport = state.finish().map_err(|_| Refusal::HandshakeFailed)?;
                let until = after(now, self.limits.idle);
                Stage::Session(Session { transport, proof: None, granted: Some((granted, slot)), until })
            }
        };
        Ok(())
    }

    /// The secret on which the handshake rests, if it may be begun now.
    fn means(&mut self, now: Timestamp, offer: &Offer<'_>) -> Result<Means, Refusal> {
        match offer.basis {
            Basis::Slot => self.known(now, offer.slot),
            Basis::Label | Basis::Pin if self.presence(now).is_none() => Err(Refusal::NotPresent),
            Basis::Label => {
                let secret = self.setup.label.clone().ok_or(Refusal::NotHere)?;
                Ok(Means { secret, known: None })
            }
            Basis::Pin => {
                let secret = self.pin_secret().ok_or(Refusal::HandshakeFailed)?;
                Ok(Means { secret, known: None })
            }
        }
    }

    /// A phone that is remembered in `slot`.
    fn known(&self, now: Timestamp, slot: Slot) -> Result<Means, Refusal> {
        let remembered = self.memory.slot(slot).ok_or(Refusal::HandshakeFailed)?;
        let secret = PreSharedKey::from_bytes(*remembered.secret);
        Ok(Means { secret, known: Some((remembered.phone, remembered.granted, slot)) })
    }

    /// The third message.
    fn finish(&mut self, now: Timestamp, basis: Basis, message: &[u8]) -> Result<(), ReceiveError> {
        let Stage::Handshake { state, .. } = &mut self.stage else { return Err(ReceiveError::NotDue) };
        todo!()
    }
}
