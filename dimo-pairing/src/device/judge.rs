//! What becomes of a request. The only place that decides who is told or given what.

use dimo_types::{Address, Timestamp};

use super::Device;
use super::exchange::{Question, Step, Stored};
use super::upload::Upload;
use crate::limits::after;
use crate::memory::{Granted, Memory, Remembered};
use crate::{
    Answer, Header, Ignition, KeyFingerprint, PageBuffer, PhoneEntries, PhoneEntry, ReceiveError, RecordKey,
    Refusal, Request, RequestId, Slot, UploadPlan,
};

/// What a request leads to.
pub(super) enum Verdict {
    /// Its answer is known.
    Answer(Answer<'static>),
    /// Somebody else has to do something first.
    Work(Step),
    /// The phones that the device knows.
    Phones,
}

impl Device {
    /// A message of the session came.
    pub(super) fn handle_message(&mut self, now: Timestamp, message: &[u8]) -> Result<(), ReceiveError> {
        let header = Header::parse(message).map_err(|_| crate::PacketError::Malformed)?;
        let Some(session) = self.stage.session_mut() else { return Ok(()) };
        if session.granted.is_some() {
            session.until = after(now, self.limits.idle);
        }
        let question = Question::new(session.transport.peer(), header.id, message);
        let asked_here = session.asked && self.exchange.is(question);
        if session.granted.is_none() && !header.is_grant() && !asked_here {
            // Without a grant nobody learns anything, gets an answer that waits, or takes its place.
            self.reply(header.id, &Answer::Refused(Refusal::NoGrant));
        } else if self.exchange.is(question) {
            // Asked again: nothing is done anew.
            session.asked = true;
            if self.exchange.work().is_some() {
                self.tell_working(now);
            } else {
                self.send_answered();
            }
        } else if self.exchange.work().is_some() {
            self.reply(header.id, &Answer::Refused(Refusal::Busy));
        } else {
            self.take(now, question, header, message);
        }
        Ok(())
    }

    /// Answers a new request, or begins its work.
    fn take(&mut self, now: Timestamp, question: Question, header: Header, message: &[u8]) {
        let verdict = match Request::parse(message) {
            _ if question.id == RequestId::NONE => refused(Refusal::Malformed),
            Ok((_, request)) => self.judge(now, &request).unwrap_or_else(refused),
            Err(error) => refused(error.refusal()),
        };
        if header.is_grant()
            && let Verdict::Answer(refusal) = &verdict
        {
            // Whoever is not let in takes nobody's answer away.
            return self.reply(question.id, refusal);
        }
        if let Some(session) = self.stage.session_mut() {
            session.asked = true;
        }
        match verdict {
            Verdict::Answer(answer) => self.exchange.answer(question, &answer),
            Verdict::Phones => {
                self.forget_expired(now);
                let mut buffer: PageBuffer = [0; _];
                let phones = phones(&self.memory, &mut buffer);
                self.exchange.answer(question, &Answer::Phones(phones));
            }
            Verdict::Work(step) => {
                let work = self.work(now, step);
                self.exchange.begin(question, message, work);
            }
        }
        self.send_answered();
    }

    fn judge(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Verdict, Refusal> {
        if let Request::Grant(presented) = request {
            return self
                .judge_grant(now, presented)
                .map(|slot| Verdict::Work(Step::StoreThenAnswer(Stored::Welcome(slot))));
        }
        let session = self.stage.session().ok_or(Refusal::NoGrant)?;
        let (granted, slot) = session.granted.ok_or(Refusal::NoGrant)?;
        if !request.who(self.upload.as_ref().map(|upload| upload.plan().kind)).includes(Some(granted.role)) {
            return Err(Refusal::RoleForbids);
        }
        if request.needs_presence() && self.presence(now).is_none() {
            return Err(Refusal::NotPresent);
        }
        match request {
            Request::Identify => Ok(Verdict::Answer(Answer::Identity(self.setup.identity))),
            Request::Claim(claim) => self.judge_claim(now, claim.owner, &granted),
            Request::Pair(_) | Request::Unpair(_) => self.judge_signing(now),
            Request::ClearTroubleCodes if self.ignition != Ignition::On => Err(Refusal::EngineState),
            Request::BeginUpload(plan) => self.judge_upload(*plan),
            Request::UploadChunk { offset, bytes } => {
                self.uploading()?.expects(*offset, bytes)?;
                Ok(Verdict::Work(Step::Perform))
            }
            Request::FinishUpload => self.judge_finish(),
            Request::ListPhones => Ok(Verdict::Phones),
            Request::RevokePhone(slot) => self.forget(*slot, Stored::Revoked),
            Request::ForgetMe => self.forget(slot, Stored::Forgotten),
            Request::FactoryReset => {
                self.forget_all();
                self.drop_grant();
                Ok(Verdict::Work(Step::StoreThenPerform))
            }
            _ => Ok(Verdict::Work(Step::Perform)),
        }
    }

    /// A claim is for the account that the session speaks for, and for nobody else.
    fn judge_claim(&mut self, now: Timestamp, owner: Address, granted: &Granted) -> Result<Verdict, Refusal> {
        if owner == granted.owner { self.judge_signing(now) } else { Err(Refusal::NotOwner) }
    }

    fn judge_signing(&mut self, now: Timestamp) -> Result<Verdict, Refusal> {
        if !self.allowance.take(now, &mut self.memory.state) {
            return Err(Refusal::RateLimited);
        }
        self.saver.touch(RecordKey::State);
        Ok(Verdict::Work(Step::StoreThenSign))
    }

    fn judge_upload(&mut self, plan: UploadPlan) -> Result<Verdict, Refusal> {
        Upload::check(&plan)?;
        match &self.upload {
            Some(upload) if *upload.plan() == plan => {
                Ok(Verdict::Answer(Answer::UploadBegun { next: upload.next() }))
            }
            _ => {
                // The maker may have dropped what it had, whatever it answers.
                self.upload = None;
                Ok(Verdict::Work(Step::Perform))
            }
        }
    }

    /// The upload under way.
    fn uploading(&self) -> Result<&Upload, Refusal> {
        self.upload.as_ref().ok_or(Refusal::WrongOffset { next: 0 })
    }

    fn judge_finish(&mut self) -> Result<Verdict, Refusal> {
        let upload = self.uploading()?;
        if !upload.is_whole() {
            return Err(Refusal::WrongOffset { next: upload.next() });
        }
        if !upload.is_right() {
            self.upload = None;
            return Err(Refusal::WrongHash);
        }
        Ok(Verdict::Work(Step::Perform))
    }

    fn forget(&mut self, slot: Slot, stored: Stored) -> Result<Verdict, Refusal> {
        // One that is forgotten and not stored so yet is forgotten once more, and answered when it is.
        if !self.memory.forget(slot) && !self.saver.is_storing(RecordKey::Slot(slot)) {
            return Err(Refusal::NoSuchSlot);
        }
        self.saver.touch(RecordKey::Slot(slot));
        if self.stage.session().and_then(|session| session.granted).is_some_and(|(_, own)| own == slot) {
            self.drop_grant();
        }
        Ok(Verdict::Work(Step::StoreThenAnswer(stored)))
    }
}

impl Device {
    /// The session is to end with the answer that says so.
    const fn drop_grant(&mut self) {
        if let Some(session) = self.stage.session_mut() {
            session.granted = None;
        }
    }
}

const fn refused(refusal: Refusal) -> Verdict {
    Verdict::Answer(Answer::Refused(refusal))
}

fn phones<'b>(memory: &Memory, buffer: &'b mut PageBuffer) -> PhoneEntries<'b> {
    let entry = |(slot, remembered): (Slot, &Remembered)| {
        let Granted { role, expires, .. } = remembered.granted;
        PhoneEntry { slot, role, expires, key: KeyFingerprint::of(&remembered.phone) }
    };
    PhoneEntries::of(memory.phones().map(entry), buffer)
}
