//! [`Upload`]: what a phone is sending piece by piece.

use sha2::{Digest as _, Sha256};

use crate::{Chunk, Refusal, UploadKind, UploadPlan};

/// An upload as far as it has come. It outlives links and sessions, not a restart.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    plan: UploadPlan,
    next: u32,
    hash: Sha256,
}

/// The longest of each kind, in bytes (SPEC.md, Uploads).
const fn limit(kind: UploadKind) -> u32 {
    match kind {
        UploadKind::FirmwareImage => 16 << 20,
        _ => 64 << 10,
    }
}

impl Upload {
    pub(super) fn new(plan: UploadPlan) -> Self {
        Self { plan, next: 0, hash: Sha256::new() }
    }

    /// Whether an upload of this plan may begin.
    pub(super) const fn check(plan: &UploadPlan) -> Result<(), Refusal> {
        if plan.length > limit(plan.kind) { Err(Refusal::TooLong) } else { Ok(()) }
    }

    pub(super) const fn plan(&self) -> &UploadPlan {
        &self.plan
    }

    /// The offset of the byte that comes next.
    pub(super) const fn next(&self) -> u32 {
        self.next
    }

    /// Whether `chunk` is the one that comes next.
    pub(super) fn expects(&self, chunk: &Chunk<'_>) -> Result<(), Refusal> {
        let wrong = Refusal::WrongOffset { next: self.next };
        if chunk.offset() != self.next {
            return Err(wrong);
        }
        let end = u32::try_from(chunk.bytes().len()).ok().and_then(|len| self.next.checked_add(len)).ok_or(wrong)?;
        if end <= self.plan.length { Ok(()) } else { Err(Refusal::TooLong) }
    }

    /// Counts `chunk`, which has been written.
    pub(super) fn wrote(&mut self, chunk: &Chunk<'_>) {
        self.hash.update(chunk.bytes());
        self.next = self.next.saturating_add(u32::try_from(chunk.bytes().len()).unwrap_or(u32::MAX));
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
