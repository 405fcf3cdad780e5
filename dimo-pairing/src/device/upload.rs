//! [`Upload`]: what a phone is sending piece by piece.

use sha2::{Digest as _, Sha256};

use crate::{Answer, Chunk, Refusal, Request, UploadPlan};

/// An upload as far as it has come. It outlives links and sessions, not a restart.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    plan: UploadPlan,
    next: u32,
    hash: Sha256,
}

impl Upload {
    pub(super) fn new(plan: UploadPlan) -> Self {
        Self { plan, next: 0, hash: Sha256::new() }
    }

    /// Whether an upload of this plan may begin.
    pub(super) const fn check(plan: &UploadPlan) -> Result<(), Refusal> {
        if plan.length > plan.kind.length_max() { Err(Refusal::TooLong) } else { Ok(()) }
    }

    pub(super) const fn plan(&self) -> &UploadPlan {
        &self.plan
    }

    /// The offset of the byte that comes next.
    pub(super) const fn next(&self) -> u32 {
        self.next
    }

    /// Whether `chunk` is the one that comes next.
    pub(super) fn expects(&self, offset: u32, chunk: &Chunk<'_>) -> Result<(), Refusal> {
        if offset != self.next {
            return Err(Refusal::WrongOffset { next: self.next });
        }
        if self.after(chunk) <= self.plan.length { Ok(()) } else { Err(Refusal::TooLong) }
    }

    /// The offset behind `chunk`.
    fn after(&self, chunk: &Chunk<'_>) -> u32 {
        self.next.saturating_add(u32::try_from(chunk.bytes().len()).unwrap_or(u32::MAX))
    }

    /// Counts `chunk`, which has been written.
    pub(super) fn wrote(&mut self, chunk: &Chunk<'_>) {
        self.hash.update(chunk.bytes());
        self.next = self.after(chunk);
    }

    /// Whether all of it is there.
    pub(super) const fn is_whole(&self) -> bool {
        self.next == self.plan.length
    }

    /// Whether its hash is the one announced.
    pub(super) fn is_right(&self) -> bool {
        self.hash.clone().finalize()[..] == self.plan.sha256
    }
}

/// Keeps count of what the maker has done of an upload. The answer that says where it goes on is the device's own, whatever the maker
/// wrote into his; `None` where it is the maker's.
pub(super) fn account(
    upload: &mut Option<Upload>,
    request: &Request<'_>,
    answer: &Answer<'_>,
) -> Option<Answer<'static>> {
    match (request, answer) {
        (Request::BeginUpload(plan), Answer::UploadBegun { .. }) => {
            *upload = Some(Upload::new(*plan));
            Some(Answer::UploadBegun { next: 0 })
        }
        (Request::UploadChunk { bytes, .. }, Answer::ChunkTaken { .. }) => {
            let upload = upload.as_mut()?;
            upload.wrote(bytes);
            Some(Answer::ChunkTaken { next: upload.next() })
        }
        // Finished, or refused for good: the next upload begins anew.
        (
            Request::FinishUpload,
            Answer::Uploaded | Answer::Refused(Refusal::Rejected | Refusal::WrongHash),
        ) => {
            *upload = None;
            None
        }
        _ => None,
    }
}
