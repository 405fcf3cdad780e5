//! The PIN exchange, as the phone leads it (SPEC.md, The PIN).

use dimo_types::Timestamp;

use super::stage::Stage;
use super::waiting::Waiting;
use super::{Failure, Phone};
use crate::pin_packet::PinPacket;
use crate::spake2plus::{Confirmation, Prover, Share};
use crate::{Basis, PIN_NAMES, Pin, PinParameters, PreSharedKey, Seed};

/// How far the exchange has come.
#[derive(Debug)]
pub(super) enum PinStage {
    /// The parameters are asked for.
    Asked(Pin),
    /// The share is out.
    Shared(Prover),
    /// The confirmation is out.
    Confirmed(PreSharedKey),
}

impl Phone {
    pub(super) fn begin_pin(&mut self, now: Timestamp, pin: Pin) {
        self.waiting = Some(Waiting::for_handshake(now));
        self.stage = Stage::Pin(PinStage::Asked(pin));
        self.wire.send_pin(&PinPacket::Ask);
    }

    /// The device's message of the exchange. One that nobody waits for was sent again, and is ignored.
    pub(super) fn handle_pin(&mut self, now: Timestamp, message: &[u8]) {
        if !matches!(self.stage, Stage::Pin(_)) {
            return;
        }
        let Stage::Pin(stage) = core::mem::replace(&mut self.stage, Stage::Apart) else { return };
        let next = match (stage, PinPacket::parse(message)) {
            (PinStage::Asked(pin), Some(PinPacket::Parameters(parameters))) => {
                self.send_share(&pin, parameters)
            }
            (PinStage::Shared(prover), Some(PinPacket::Answer { share, confirmation })) => {
                self.send_confirmation(prover, share, confirmation)
            }
            (PinStage::Confirmed(secret), Some(PinPacket::Done)) => {
                return self.offer(now, Basis::Pin, &secret, None);
            }
            (stage, _) => {
                self.stage = Stage::Pin(stage);
                return;
            }
        };
        match next {
            Some(stage) => {
                self.stage = Stage::Pin(stage);
                if let Some(waiting) = &mut self.waiting {
                    waiting.live(now);
                }
            }
            None => self.fail(Failure::Handshake),
        }
    }

    fn send_share(
        &mut self,
        pin: &Pin,
        parameters: &[u8; crate::pin::PIN_PARAMETERS_LEN],
    ) -> Option<PinStage> {
        let parameters = PinParameters::from_bytes(parameters).ok()?;
        let ephemeral = self.seed.as_mut().and_then(Seed::draw_scalar)?;
        let (prover, share) = Prover::begin(&pin.secrets(&parameters), ephemeral);
        self.wire.send_pin(&PinPacket::Share(&share));
        Some(PinStage::Shared(prover))
    }

    fn send_confirmation(
        &mut self,
        prover: Prover,
        share: &Share,
        confirmation: &Confirmation,
    ) -> Option<PinStage> {
        let (own, key) = prover.finish(&PIN_NAMES, share, confirmation).ok()?;
        self.wire.send_pin(&PinPacket::Confirm(&own));
        Some(PinStage::Confirmed(PreSharedKey::from_bytes(*key.as_bytes())))
    }
}
