//! What others do for a device, and what becomes of it.

use dimo_crypto::Signature;
use dimo_crypto::pairing::PairingProof;
use dimo_types::Timestamp;

use super::exchange::{Step, Stored, Work};
use super::stage::Session;
use super::{Device, upload};
use crate::limits::after;
use crate::{
    Action, Answer, Expiry, JobError, JobId, Limits, Percent, RecordKey, Refusal, Request, RequestId,
    SignRequest, SigningFailed, Slot, StorageFailed, Welcome,
};

// ---- what to do
impl Device {
    /// What somebody else must do for it, each once. The result of each must come back, or the news that there is none: records are stored
    /// one at a time, each after the outcome of the one before.
    pub fn poll_action(&mut self) -> Option<Action<'_>> {
        if let Some((job, request)) = self.proof_to_sign() {
            return Some(Action::Sign { job, request });
        }
        if let Some(key) = self.saver.due() {
            let job = self.new_job();
            self.saver.begin(job, key);
            return Some(Action::Store { job, record: self.memory.record(key) });
        }
        self.hand_out_work()
    }

    fn proof_to_sign(&mut self) -> Option<(JobId, SignRequest)> {
        let device = self.setup.identity.address;
        let session = self.stage.session_mut()?;
        let proof = session.proof.as_mut().filter(|proof| !proof.handed_out)?;
        proof.handed_out = true;
        let request = PairingProof { handshake_hash: *session.transport.hash(), device };
        Some((proof.job, SignRequest::Proof(request)))
    }

    fn hand_out_work(&mut self) -> Option<Action<'_>> {
        let limit = self.limits.hold_awake_secs;
        let work = self.exchange.work_mut().filter(|work| !work.handed_out)?;
        let (job, step) = (work.job, work.step);
        work.handed_out = true;
        let request = self.exchange.request()?;
        match (step, request) {
            (Step::Sign, request) => Some(Action::Sign { job, request: SignRequest::of(&request)? }),
            (Step::Perform, Request::HoldAwake { seconds }) => {
                Some(Action::Perform { job, request: Request::HoldAwake { seconds: seconds.min(limit) } })
            }
            (Step::Perform, request) => Some(Action::Perform { job, request }),
            // The storage is at work; what follows is handed out then.
            (Step::StoreThenSign | Step::StoreThenPerform | Step::StoreThenAnswer(_), _) => None,
        }
    }
}

// ---- results
impl Device {
    /// The wallet has signed what [`Action::Sign`] asked for, or could not.
    ///
    /// The signature is sent as it is: the wallet has checked it, and the phone will.
    ///
    /// # Errors
    ///
    /// [`JobError`] when nobody waits for it any more. Nothing is to be done then.
    pub fn handle_signature(
        &mut self,
        now: Timestamp,
        job: JobId,
        outcome: Result<Signature, SigningFailed>,
    ) -> Result<(), JobError> {
        if self.stage.session().and_then(|session| session.proof).is_some_and(|proof| proof.job == job) {
            self.prove(now, outcome);
            return Ok(());
        }
        let request = self.working_at(job, Step::Sign)?;
        let answer = match (request, outcome) {
            (_, Err(SigningFailed)) => Answer::Refused(Refusal::SigningFailed),
            (Request::Claim(_), Ok(signature)) => Answer::ClaimProof(signature),
            (Request::Pair(_), Ok(signature)) => Answer::PairProof(signature),
            (_, Ok(signature)) => Answer::UnpairProof(signature),
        };
        self.exchange.finish(&answer);
        self.send_answered();
        Ok(())
    }

    /// Sends the device's proof, which opens the session, or ends it.
    fn prove(&mut self, now: Timestamp, outcome: Result<Signature, SigningFailed>) {
        let until = after(now, self.limits.ungranted);
        if let Some(session) = self.stage.session_mut() {
            session.proof = None;
            if session.granted.is_none() {
                session.until = until;
            }
        }
        match outcome {
            Ok(signature) => {
                let address = self.setup.identity.address;
                self.reply(RequestId::NONE, &Answer::Proof { address, signature });
            }
            Err(SigningFailed) => {
                self.reply(RequestId::NONE, &Answer::Refused(Refusal::SigningFailed));
                self.end_session();
            }
        }
    }

    /// The storage has taken what [`Action::Store`] asked for, so that it is there after a reset, or has not. What was not taken is
    /// asked for again after a pause.
    ///
    /// # Errors
    ///
    /// [`JobError`] when nobody waits for it. Nothing is to be done then.
    pub fn handle_stored(
        &mut self,
        now: Timestamp,
        job: JobId,
        outcome: Result<(), StorageFailed>,
    ) -> Result<(), JobError> {
        if !self.saver.waits_for(job) {
            return Err(JobError::Stale { job });
        }
        match outcome {
            Ok(()) => {
                self.saver.stored();
                if self.saver.is_done() {
                    self.go_on_stored(now);
                }
            }
            Err(StorageFailed) => {
                self.saver.failed(now);
                self.give_up_unstored();
            }
        }
        Ok(())
    }

    /// Everything is stored: what waited for that goes on.
    fn go_on_stored(&mut self, now: Timestamp) {
        #[cfg(feature = "pin")]
        self.send_pin_answer();
        let until = after(now, self.limits.job);
        let Some(work) = self.exchange.work_mut() else { return };
        match work.step {
            Step::StoreThenSign => {
                work.step = Step::Sign;
                work.handed_out = false;
                work.until = until;
            }
            Step::StoreThenPerform => {
                work.step = Step::Perform;
                work.handed_out = false;
                work.until = until;
            }
            Step::StoreThenAnswer(stored) => self.answer_stored(stored),
            Step::Sign | Step::Perform => {}
        }
    }

    fn answer_stored(&mut self, stored: Stored) {
        let answer = match stored {
            Stored::Welcome(slot) => {
                self.welcome(slot).map_or(Answer::Refused(Refusal::NoGrant), Answer::Welcome)
            }
            Stored::Revoked => Answer::Revoked,
            Stored::Forgotten => Answer::Forgotten,
        };
        self.exchange.finish(&answer);
        self.send_answered();
        self.end_if_revoked(Step::StoreThenAnswer(stored));
    }

    /// A phone that has revoked itself has its answer now: its session is over. One whose grant failed may try again.
    fn end_if_revoked(&mut self, step: Step) {
        let revoked =
            |session: &Session| session.granted.is_none() && self.exchange.is_of(session.transport.peer());
        let granting = matches!(step, Step::StoreThenAnswer(Stored::Welcome(_)));
        if !granting && self.stage.session().is_some_and(revoked) {
            self.end_session();
        }
    }

    /// What was granted by `slot`, with its secret: only while the session that it was granted in lasts. Another phone may have come meanwhile.
    fn welcome(&self, slot: Slot) -> Option<Welcome> {
        let session = self.stage.session().filter(|session| self.exchange.is_of(session.transport.peer()))?;
        let (granted, _) = session.granted.filter(|(_, own)| *own == slot)?;
        let secret = self.memory.slot(slot)?.secret.clone();
        Some(Welcome { role: granted.role, expires: granted.expires, slot, secret })
    }

    /// The storage failed: what rested on it is refused.
    fn give_up_unstored(&mut self) {
        #[cfg(feature = "pin")]
        self.give_up_pin();
        let Some(work) = self.exchange.work() else { return };
        let step = work.step;
        self.take_back(step);
        if matches!(step, Step::StoreThenSign | Step::StoreThenPerform | Step::StoreThenAnswer(_)) {
            self.exchange.finish(&Answer::Refused(Refusal::StorageFailed));
            self.send_answered();
            self.end_if_revoked(step);
        }
    }

    /// A grant that was not stored is none.
    fn take_back(&mut self, step: Step) {
        let Step::StoreThenAnswer(Stored::Welcome(slot)) = step else { return };
        self.memory.forget(slot);
        self.saver.touch_later(RecordKey::Slot(slot));
        if let Some(session) = self.stage.session_mut() {
            session.granted.take_if(|(_, own)| *own == slot);
        }
    }

    /// The answer to what [`Action::Perform`] asked for, or [`Answer::Refused`] and why.
    ///
    /// # Errors
    ///
    /// [`JobError::Stale`] when nobody waits for it any more; [`JobError::WrongAnswer`] for one to another request.
    pub fn handle_answer(&mut self, job: JobId, answer: &Answer<'_>) -> Result<(), JobError> {
        let request = self.working_at(job, Step::Perform)?;
        if !request.answered_by(answer) || !answer.is_final() || self.holds_longer(&request, answer) {
            return Err(JobError::WrongAnswer { job });
        }
        match self.exchange.request().and_then(|request| upload::account(&mut self.upload, &request, answer))
        {
            Some(counted) => self.exchange.finish(&counted),
            None => self.exchange.finish(answer),
        }
        self.send_answered();
        self.end_if_revoked(Step::Perform);
        Ok(())
    }

    /// What [`Action::Perform`] asked for goes on, and may take `seconds` more. The phone is told so.
    ///
    /// # Errors
    ///
    /// [`JobError`] when nobody waits for it any more: give it up.
    pub fn handle_progress(
        &mut self,
        now: Timestamp,
        job: JobId,
        percent: Option<Percent>,
        seconds: u16,
    ) -> Result<(), JobError> {
        self.working_at(job, Step::Perform)?;
        let until = after(now, self.limits.job.max(core::time::Duration::from_secs(seconds.into())));
        if let Some(work) = self.exchange.work_mut() {
            work.until = until;
            work.percent = percent;
        }
        self.tell_working(now);
        Ok(())
    }

    /// The request that `job` works on, if it is at this step.
    fn working_at(&self, job: JobId, step: Step) -> Result<Request<'_>, JobError> {
        let stale = JobError::Stale { job };
        let work = self.exchange.work().ok_or(stale)?;
        if work.job != job || work.step != step || !work.handed_out {
            return Err(stale);
        }
        self.exchange.request().ok_or(stale)
    }
}

// ---- time
impl Device {
    /// Work that `job` is to begin at `now`.
    pub(super) fn work(&mut self, now: Timestamp, step: Step) -> Work {
        Work {
            job: self.new_job(),
            step,
            handed_out: false,
            until: after(now, self.limits.job),
            notice: after(now, Limits::FIRST_NOTICE),
            percent: None,
        }
    }

    /// Tells the phone that its work goes on, when it is time to.
    pub(super) fn notify_of_work(&mut self, now: Timestamp) {
        if self.exchange.work().is_some_and(|work| work.notice <= now && now < work.until) {
            self.tell_working(now);
        }
    }

    pub(super) fn tell_working(&mut self, now: Timestamp) {
        let idle = after(now, self.limits.idle);
        let Some(work) = self.exchange.work_mut() else { return };
        work.notice = after(now, Limits::NOTICE);
        let left = work.until.as_micros().saturating_sub(now.as_micros()) / 1_000_000;
        let seconds = u16::try_from(left).unwrap_or(u16::MAX);
        let working = Answer::Working { percent: work.percent, seconds };
        let id = self.exchange.id();
        let waits = |session: &&mut Session| session.asked && self.exchange.is_of(session.transport.peer());
        let waiting = self.stage.session_mut().filter(waits);
        if let Some(session) = waiting {
            // A phone that waits is not idle.
            session.until = session.until.max(idle);
            self.reply(id, &working);
        }
    }

    pub(super) fn expire_work(&mut self, now: Timestamp) -> Option<Expiry> {
        let work = self.exchange.work().filter(|work| work.until <= now)?;
        let (job, step) = (work.job, work.step);
        self.take_back(step);
        self.exchange.finish(&Answer::Refused(Refusal::TimedOut));
        self.send_answered();
        self.end_if_revoked(step);
        Some(Expiry::Job(job))
    }
}

impl Device {
    /// Whether a maker holds the device awake for longer than it was asked to.
    fn holds_longer(&self, request: &Request<'_>, answer: &Answer<'_>) -> bool {
        match (request, answer) {
            (Request::HoldAwake { seconds }, Answer::HeldAwake(held)) => {
                held.seconds() > *seconds.min(&self.limits.hold_awake_secs)
            }
            _ => false,
        }
    }
}
