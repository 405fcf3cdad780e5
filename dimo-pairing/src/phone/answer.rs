//! What a device says in a session, and what it means. The only place where a signature becomes a proof.

use dimo_crypto::pairing::PairingProof;
use dimo_crypto::{Signature, Verifiable, VerifyError, verify};
use dimo_types::{Address, Timestamp};
use zeroize::Zeroizing;

use super::event::Pending;
use super::stage::Stage;
use super::waiting::Waiting;
use super::{Failure, Phone};
use crate::{Answer, Header, MESSAGE_MAX, Request, RequestId, Resumption, Welcome};

impl Phone {
    pub(super) fn handle_sealed(&mut self, now: Timestamp, number: u32, sealed: &[u8]) {
        let Some(transport) = self.stage.transport_mut() else { return };
        let mut buffer = Zeroizing::new([0; MESSAGE_MAX]);
        // What does not open was not said by the device, or was said before.
        let Ok(message) = transport.open(number, sealed, &mut *buffer) else { return };
        match Answer::parse(message) {
            Ok((id, answer)) => self.handle_answer(now, id, answer, message),
            // What answers no request that is out is late, or of a later version.
            Err(_) => {
                let id = Header::parse(message).map_or(RequestId::NONE, |header| header.id);
                let waited_for = |waiting: &Waiting| waiting.is(id) || !waiting.is_sealed();
                if self.waiting.as_ref().is_some_and(waited_for) {
                    self.fail(Failure::WrongAnswer);
                }
            }
        }
    }

    fn handle_answer(&mut self, now: Timestamp, id: RequestId, answer: Answer<'_>, message: &[u8]) {
        if let Stage::Unproven(_) = self.stage {
            return self.handle_proof(answer);
        }
        // An answer to a request that has ended is late, not wrong.
        let Some(mut waiting) = self.waiting.take_if(|waiting| waiting.is(id)) else { return };
        if let Answer::Working { percent, seconds } = answer {
            waiting.live(now);
            self.waiting = Some(waiting);
            self.event = Pending::Working { id, percent, seconds };
            return;
        }
        let event = match waiting.request() {
            Some(request) => self.judge(&request, answer),
            None => Pending::Failed(Failure::WrongAnswer),
        };
        if let Pending::Granted(_) = event {
            self.stage.open();
        }
        self.answer_len = message.len();
        if let Some(room) = self.answer.get_mut(..message.len()) {
            room.copy_from_slice(message);
        }
        self.event = event;
    }

    /// The first message of a device: its wallet's signature over this very handshake.
    fn handle_proof(&mut self, answer: Answer<'_>) {
        let Stage::Unproven(transport) = core::mem::replace(&mut self.stage, Stage::Apart) else { return };
        self.waiting = None;
        self.event = match answer {
            Answer::Proof { address, signature } => {
                let proof = PairingProof { handshake_hash: *transport.hash(), device: address };
                let wanted = self.expected.unwrap_or(address);
                match self.check(proof, &signature, wanted) {
                    Ok(()) => {
                        self.stage = Stage::Proven { transport, device: wanted };
                        Pending::Proven(wanted)
                    }
                    Err(impostor) => impostor,
                }
            }
            Answer::Refused(refusal) => Pending::Refused(refusal),
            _ => Pending::Failed(Failure::WrongAnswer),
        };
    }

    /// What an answer to `request` means.
    fn judge(&self, request: &Request<'_>, answer: Answer<'_>) -> Pending {
        let Some(device) = self.stage.device() else { return Pending::Failed(Failure::WrongAnswer) };
        let checked = match (request, &answer) {
            (_, Answer::Refused(refusal)) => return Pending::Refused(*refusal),
            (Request::Grant(_), Answer::Welcome(welcome)) => return self.welcomed(device, welcome),
            (Request::Claim(claim), Answer::ClaimProof(signature)) => self.check(*claim, signature, device),
            (Request::Pair(pair), Answer::PairProof(signature)) => self.check(*pair, signature, device),
            (Request::Unpair(unpair), Answer::UnpairProof(signature)) => {
                self.check(*unpair, signature, device)
            }
            (Request::Identify, Answer::Identity(identity)) if identity.address != device => {
                Err(Pending::Impostor { expected: Some(device), actual: Some(identity.address) })
            }
            _ => Ok(()),
        };
        match checked {
            Ok(()) if request.answered_by(&answer) => Pending::Answered,
            Ok(()) => Pending::Failed(Failure::WrongAnswer),
            Err(impostor) => impostor,
        }
    }

    fn welcomed(&self, device: Address, welcome: &Welcome) -> Pending {
        match self.stage.transport() {
            Some(transport) => Pending::Granted(Resumption::new(
                transport.peer(),
                welcome.secret.clone(),
                welcome.slot,
                device,
                welcome.role,
                welcome.expires,
            )),
            None => Pending::Failed(Failure::WrongAnswer),
        }
    }

    /// Whether `signature` is that of `signer` over `message`.
    fn check<M: Verifiable>(
        &self,
        message: M,
        signature: &Signature,
        signer: Address,
    ) -> Result<(), Pending> {
        let impostor = |actual| Pending::Impostor { expected: Some(signer), actual };
        match verify(message, signature, signer) {
            Ok(_) => Ok(()),
            Err(VerifyError::WrongSigner { recovered, .. }) => Err(impostor(Some(recovered))),
            Err(_) => Err(impostor(None)),
        }
    }
}
