//! [`Exchange`]: one request and its answer, which outlives the link that it came by.

use dimo_types::Timestamp;

use crate::checksum::crc32;
use crate::{Answer, JobId, MESSAGE_MAX, MessageBuffer, Percent, PublicKey, Request, RequestId, Slot};

/// A request as it came; the same one twice is done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    phone: PublicKey,
    pub(super) id: RequestId,
    checksum: u32,
}

impl Question {
    pub(super) fn new(phone: PublicKey, id: RequestId, message: &[u8]) -> Self {
        Self { phone, id, checksum: crc32(message) }
    }
}

/// What somebody else is at work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The storage; then the wallet.
    StoreThenSign,
    /// The storage; then the maker.
    StoreThenPerform,
    /// The storage; then this answer.
    StoreThenAnswer(Stored),
    /// The wallet.
    Sign,
    /// The maker.
    Perform,
}

/// What is answered when it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// What was granted, by this slot.
    Welcome(Slot),
    Revoked,
    Forgotten,
}

/// Work under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) job: JobId,
    pub(super) step: Step,
    /// Whether `poll_action` has handed it out.
    pub(super) handed_out: bool,
    /// When it is given up.
    pub(super) until: Timestamp,
    /// When the phone is told next that it goes on.
    pub(super) notice: Timestamp,
    pub(super) percent: Option<Percent>,
}

/// The last request: at first its own bytes, and those of its answer afterwards.
pub(super) struct Exchange {
    question: Option<Question>,
    work: Option<Work>,
    message: MessageBuffer,
    len: usize,
}

impl Exchange {
    pub(super) const fn new() -> Self {
        Self { question: None, work: None, message: [0; MESSAGE_MAX], len: 0 }
    }

    pub(super) const fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    pub(super) const fn work_mut(&mut self) -> Option<&mut Work> {
        self.work.as_mut()
    }

    /// Whether `question` is the last one.
    pub(super) fn is(&self, question: Question) -> bool {
        self.question == Some(question)
    }

    /// Whether it is `phone` who asked last.
    pub(super) fn is_of(&self, phone: PublicKey) -> bool {
        self.question.is_some_and(|question| question.phone == phone)
    }

    pub(super) fn id(&self) -> RequestId {
        self.question.map_or(RequestId::new(0), |question| question.id)
    }

    /// Takes the question of `message`, with work to do.
    pub(super) fn begin(&mut self, question: Question, message: &[u8], work: Work) {
        self.question = Some(question);
        self.work = Some(work);
        self.len = 0;
        if let Some(room) = self.message.get_mut(..message.len()) {
            room.copy_from_slice(message);
            self.len = message.len();
        }
        self.wipe_rest();
    }

    /// What was behind the message may be a password of an earlier one.
    fn wipe_rest(&mut self) {
        zeroize::Zeroize::zeroize(self.message.get_mut(self.len..).unwrap_or_default());
    }

    /// The request that is worked on.
    pub(super) fn request(&self) -> Option<Request<'_>> {
        self.work.as_ref()?;
        Request::parse(self.message.get(..self.len)?).ok().map(|(_, request)| request)
    }

    /// Ends with an answer to `question`.
    pub(super) fn answer(&mut self, question: Question, answer: &Answer<'_>) {
        self.work = None;
        self.question = Some(question);
        self.len = answer.emit(question.id, &mut self.message).len();
        self.wipe_rest();
    }

    /// Ends the work with an answer to the last question.
    pub(super) fn finish(&mut self, answer: &Answer<'_>) {
        if let Some(question) = self.question {
            self.answer(question, answer);
        }
    }

    /// The answer given, once there is one.
    pub(super) fn answered(&self) -> Option<&[u8]> {
        if self.work.is_some() || self.question.is_none() {
            return None;
        }
        self.message.get(..self.len)
    }

    /// Forgets the request and its answer, secrets in them too: a late result is nobody's then.
    pub(super) fn forget(&mut self) {
        self.question = None;
        self.work = None;
        zeroize::Zeroize::zeroize(&mut self.message);
        self.len = 0;
    }
}

/// Without the messages: they hold passwords and secrets.
impl core::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Exchange")
            .field("question", &self.question.map(|question| question.id))
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.forget();
    }
}
