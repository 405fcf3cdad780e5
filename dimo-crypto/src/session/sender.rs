//! [`Sender`]: the sealing half of a direction.

use super::chain::{Chain, generation};
use super::error::SealError;
use super::number::SequenceNumber;
use super::record::{Places, RecordHeader, SessionId, Stage, seal};

/// Seals records under numbers that its owner gives out, each once, rising.
pub(super) struct Sender {
    chain: Chain,
    first: SequenceNumber,
    session: SessionId,
    stage: Stage,
}

impl Sender {
    pub(super) const fn new(chain: Chain, first: SequenceNumber, session: SessionId, stage: Stage) -> Self {
        Self { chain, first, session, stage }
    }

    /// Erases the keys of earlier generations, and seals. On an error nothing was written.
    pub(super) fn seal(&mut self, sequence: SequenceNumber, places: Places<'_>) -> Result<(), SealError> {
        let generation = generation(sequence, self.first);
        self.chain.advance_to(generation);
        let keys = self.chain.keys(generation).ok_or(SealError::Exhausted)?;
        seal(&keys, RecordHeader { session: self.session, stage: self.stage, sequence }, places)
    }
}
