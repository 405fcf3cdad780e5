//! [`Jobs`]: what the protocol has others do, one thing after the other.

use core::convert::Infallible;

use dimo_crypto::Signature;
use dimo_crypto::pairing::Role;
use dimo_hal::key_value::KeyValue;
use dimo_hal::{SecureElement, Wallet};
use dimo_pairing::{
    Action, Answer, Device, JobId, MESSAGE_MAX, MessageBuffer, Record, RecordKey, Refusal, Request,
    RequestId, SignRequest, SigningFailed,
};
use embassy_futures::select::select;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use zeroize::Zeroizing;

use crate::handler::{Event, Handler};
use crate::{Radio, memory, now};

/// Does them, beside the link: a phone may come and go meanwhile.
pub(crate) struct Jobs<'r, SE, K, H, E> {
    pub(crate) radio: &'r Radio,
    pub(crate) wallet: &'r Mutex<NoopRawMutex, Wallet<SE>>,
    pub(crate) storage: &'r mut K,
    pub(crate) handler: &'r mut H,
    pub(crate) events: &'r E,
}

/// An action that keeps nothing of the device, which goes on meanwhile.
enum Job {
    Sign(JobId, SignRequest),
    Store(JobId, Record),
    /// The length of the request, which may hold a password.
    Perform(JobId, usize),
}

/// Takes one out of the device.
fn take(device: &mut Device, request: &mut MessageBuffer) -> Option<Job> {
    match device.poll_action()? {
        Action::Sign { job, request } => Some(Job::Sign(job, request)),
        Action::Store { job, record } => Some(Job::Store(job, record)),
        Action::Perform { job, request: asked } => {
            Some(Job::Perform(job, asked.emit(RequestId::NONE, request).len()))
        }
        // Of a later version of the protocol; it times out, and the phone is told so.
        _ => None,
    }
}

impl<SE: SecureElement, K: KeyValue, H: Handler, E: Fn(Event)> Jobs<'_, SE, K, H, E> {
    /// For ever.
    pub(crate) async fn work(mut self) -> Infallible {
        let mut granted = None;
        loop {
            let mut request = Zeroizing::new([0; MESSAGE_MAX]);
            let Some(job) = self.radio.ask(|device| take(device, &mut request)) else {
                self.notice(&mut granted, |role| Event::Resumed { role });
                self.radio.work.wait().await;
                continue;
            };
            match job {
                Job::Sign(job, request) => self.sign(job, &request).await,
                Job::Store(job, record) => {
                    let outcome = memory::store(self.storage, &record).await;
                    let is_phone = matches!(record.key(), RecordKey::Slot(_)) && outcome.is_ok();
                    // A job that nobody waits for any more is nothing to act upon, here and below.
                    let _ = self.radio.tell(|device| device.handle_stored(now(), job, outcome));
                    if is_phone {
                        self.notice(&mut granted, |role| Event::Paired { role });
                    }
                }
                Job::Perform(job, len) => self.perform(job, request.get(..len).unwrap_or_default()).await,
            }
        }
    }

    /// Tells of a phone that was let in since the last look.
    fn notice(&self, before: &mut Option<Role>, event: fn(Role) -> Event) {
        let role = self.radio.ask(|device| device.role());
        if let (None, Some(role)) = (*before, role) {
            (self.events)(event(role));
        }
        *before = role;
    }

    async fn sign(&mut self, job: JobId, request: &SignRequest) {
        let signed = request.sign(&mut *self.wallet.lock().await).await;
        let outcome: Result<Signature, SigningFailed> = signed.map_err(|_| SigningFailed);
        if self.radio.tell(|device| device.handle_signature(now(), job, outcome)).is_ok() && outcome.is_ok() {
            match *request {
                SignRequest::Claim(claim) => (self.events)(Event::Claimed(claim)),
                SignRequest::Pair(pair) => (self.events)(Event::PairedWithVehicle(pair)),
                SignRequest::Unpair(unpair) => (self.events)(Event::UnpairedFromVehicle(unpair)),
                _ => {}
            }
        }
    }

    /// Has the application do it, as long as the protocol waits.
    async fn perform(&mut self, job: JobId, request: &[u8]) {
        let Ok((_, request)) = Request::parse(request) else { return };
        let radio = self.radio;
        radio.called_off.reset();
        radio.performing.set(Some(job));
        let answering = async {
            let answer = answer(radio, self.handler, &request).await;
            // One that does not belong to the request is none: the job times out.
            let _ = radio.tell(|device| device.handle_answer(job, &answer));
        };
        select(answering, radio.called_off.wait()).await;
        radio.performing.set(None);
    }
}

/// The application's answer.
async fn answer<'h, H: Handler>(radio: &Radio, handler: &'h mut H, request: &Request<'_>) -> Answer<'h> {
    let upload = radio.ask(|device| device.upload()).map(|(plan, _)| plan);
    // The protocol counts, and fills in where an upload goes on.
    let (done, outcome) = match (request, upload) {
        (Request::BeginUpload(plan), _) => (Answer::UploadBegun { next: 0 }, handler.begin(plan).await),
        (Request::UploadChunk { offset, bytes }, Some(plan)) => {
            (Answer::ChunkTaken { next: 0 }, handler.piece(plan.kind, *offset, bytes.bytes()).await)
        }
        (Request::FinishUpload, Some(plan)) => (Answer::Uploaded, handler.finish(&plan).await),
        (Request::UploadChunk { .. } | Request::FinishUpload, None) => {
            (Answer::Uploaded, Err(Refusal::StorageFailed))
        }
        _ => return handler.perform(request).await,
    };
    outcome.map_or_else(Answer::Refused, |()| done)
}
