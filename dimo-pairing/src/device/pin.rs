//! The PIN exchange, as the device answers it (SPEC.md, The PIN).

use dimo_types::Timestamp;

use super::Device;
use super::stage::Stage;
use crate::checksum::crc32;
use crate::limits::after;
use crate::pin_packet::PinPacket;
use crate::spake2plus::{Confirmation, Share, Verifier};
use crate::{PIN_NAMES, PacketError, PreSharedKey, ReceiveError, RecordKey, Refusal, Seed};

/// Attempts in one presence window.
const PER_WINDOW: u8 = 5;
/// Attempts in a row, ever.
const IN_ALL: u8 = 100;

/// How far the exchange has come.
#[derive(Debug)]
pub(super) enum PinStage {
    /// The attempt is being counted; then this answer is sent.
    Counting { verifier: Verifier, share: Share, confirmation: Confirmation, until: Timestamp },
    /// The answer is out.
    Answered { verifier: Verifier, until: Timestamp },
    /// The phone knows the PIN: a handshake may begin by this secret.
    Confirmed { secret: PreSharedKey, until: Timestamp },
}

impl PinStage {
    pub(super) const fn until(&self) -> Timestamp {
        match self {
            Self::Counting { until, .. } | Self::Answered { until, .. } | Self::Confirmed { until, .. } => {
                *until
            }
        }
    }
}

impl Device {
    /// A message of the exchange came: `packet` whole, `message` without its first byte.
    pub(super) fn handle_pin(
        &mut self,
        now: Timestamp,
        packet: &[u8],
        message: &[u8],
    ) -> Result<(), ReceiveError> {
        let checksum = crc32(packet);
        if self.heard == Some(checksum) {
            self.wire.send_again();
            return Ok(());
        }
        let outcome = match PinPacket::parse(message).ok_or(PacketError::Malformed)? {
            PinPacket::Ask => self.tell_parameters(now),
            PinPacket::Share(share) => self.answer_share(now, share),
            PinPacket::Confirm(confirmation) => self.confirm(now, confirmation)?,
            PinPacket::Parameters(_) | PinPacket::Answer { .. } | PinPacket::Done => {
                return Err(ReceiveError::NotDue);
            }
        };
        // A refusal is not repeated: what it rested on may have changed when the same bytes come again.
        self.heard = Some(checksum).filter(|_| outcome.is_ok());
        if let Err(refusal) = outcome {
            self.refuse_outside(refusal);
        }
        Ok(())
    }

    /// Whether the PIN may be tried now.
    fn may_try(&self, now: Timestamp) -> Result<(), Refusal> {
        let window = self.window.as_ref().filter(|window| window.presence(now).is_some());
        let window = window.ok_or(Refusal::NotPresent)?;
        if self.memory.state.pin_failures >= IN_ALL {
            return Err(Refusal::PinLocked);
        }
        if window.pin_attempts >= PER_WINDOW {
            return Err(Refusal::PinAttempts);
        }
        Ok(())
    }

    fn tell_parameters(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let record = self.setup.pin.as_ref().ok_or(Refusal::Unavailable)?;
        self.may_try(now)?;
        let parameters = record.parameters().to_bytes();
        self.wire.send_pin(&PinPacket::Parameters(&parameters));
        Ok(())
    }

    /// Computes the answer to the phone's share. It goes out when the attempt is counted where a reset does not reach it.
    fn answer_share(&mut self, now: Timestamp, share: &Share) -> Result<(), Refusal> {
        let record = self.setup.pin.as_ref().ok_or(Refusal::Unavailable)?;
        self.may_try(now)?;
        let ephemeral = self.seed.as_mut().and_then(Seed::draw_scalar).ok_or(Refusal::HandshakeFailed)?;
        let answer = Verifier::respond(record.registration(), ephemeral, &PIN_NAMES, share);
        if let Some(window) = &mut self.window {
            window.pin_attempts = window.pin_attempts.saturating_add(1);
        }
        self.memory.state.pin_failures = self.memory.state.pin_failures.saturating_add(1);
        self.saver.touch(RecordKey::State);
        let (verifier, share, confirmation) = answer.map_err(|_| Refusal::HandshakeFailed)?;
        let until = after(now, self.limits.handshake);
        // What comes again before the answer is ready is answered by nothing, and not by what was sent before.
        self.wire.drop_unsent();
        self.stage = Stage::Pin(PinStage::Counting { verifier, share, confirmation, until });
        Ok(())
    }

    /// The attempt is counted: the answer goes out.
    pub(super) fn send_pin_answer(&mut self) {
        if !matches!(self.stage, Stage::Pin(PinStage::Counting { .. })) {
            return;
        }
        if let Stage::Pin(PinStage::Counting { verifier, share, confirmation, until }) =
            core::mem::replace(&mut self.stage, Stage::Stranger)
        {
            self.wire.send_pin(&PinPacket::Answer { share: &share, confirmation: &confirmation });
            self.stage = Stage::Pin(PinStage::Answered { verifier, until });
        }
    }

    /// The attempt could not be counted where it lasts: nothing is told. It counts until the next restart.
    pub(super) fn give_up_pin(&mut self) {
        if matches!(self.stage, Stage::Pin(PinStage::Counting { .. })) {
            self.end_session();
            self.refuse_outside(Refusal::StorageFailed);
        }
    }

    /// The phone's confirmation: right, or not. An error when none is due.
    fn confirm(
        &mut self,
        now: Timestamp,
        confirmation: &Confirmation,
    ) -> Result<Result<(), Refusal>, ReceiveError> {
        if !matches!(self.stage, Stage::Pin(PinStage::Answered { .. })) {
            return Err(ReceiveError::NotDue);
        }
        let Stage::Pin(PinStage::Answered { verifier, .. }) =
            core::mem::replace(&mut self.stage, Stage::Stranger)
        else {
            return Err(ReceiveError::NotDue);
        };
        let Ok(key) = verifier.verify(confirmation) else { return Ok(Err(Refusal::HandshakeFailed)) };
        self.memory.state.pin_failures = 0;
        self.saver.touch(RecordKey::State);
        if let Some(window) = &mut self.window {
            window.pin_attempts = 0;
        }
        let secret = PreSharedKey::from_bytes(*key.as_bytes());
        let until = after(now, self.limits.handshake);
        self.stage = Stage::Pin(PinStage::Confirmed { secret, until });
        self.wire.send_pin(&PinPacket::Done);
        Ok(Ok(()))
    }

    /// The secret of the exchange, for one handshake.
    pub(super) fn pin_secret(&mut self) -> Option<PreSharedKey> {
        if !matches!(self.stage, Stage::Pin(PinStage::Confirmed { .. })) {
            return None;
        }
        match core::mem::replace(&mut self.stage, Stage::Stranger) {
            Stage::Pin(PinStage::Confirmed { secret, .. }) => Some(secret),
            _ => None,
        }
    }
}
