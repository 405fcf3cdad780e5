//! [`Receiver`]: the opening half of a direction.

use super::chain::{Chain, generation};
use super::error::RecordError;
use super::number::SequenceNumber;
use super::record::{RecordHeader, SessionId, Stage, open};
use super::window::{ReplayWindow, Stale};

/// How many generations of records may be lost in a row. It bounds what a forged number can make the receiver compute.
pub const MAX_SKIP: u64 = 16;

/// A record that was opened.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<'r> {
    /// Its number.
    pub sequence: SequenceNumber,
    /// Which keys it was sealed with.
    pub stage: Stage,
    /// What was sealed, in the place where it was.
    pub plaintext: &'r mut [u8],
}

/// Opens each record once, in any order within the window. What it refuses changes nothing.
pub(super) struct Receiver {
    base: Option<Chain>,
    upgraded: Option<Chain>,
    /// The lowest number that came with upgraded keys: no honest record of the base stage lies above it.
    lowest_upgraded: Option<u64>,
    window: ReplayWindow,
    first: SequenceNumber,
    session: SessionId,
}

impl Receiver {
    pub(super) fn new(base: Chain, first: SequenceNumber, session: SessionId) -> Self {
        let window = ReplayWindow::default();
        Self { base: Some(base), upgraded: None, lowest_upgraded: None, window, first, session }
    }

    /// From now on records of the upgraded stage may come, beside those of the base stage that are on the way.
    pub(super) fn upgrade(&mut self, mut chain: Chain) {
        chain.advance_to(self.generation_of(self.window.floor()));
        self.upgraded = Some(chain);
    }

    pub(super) fn open<'r>(&mut self, record: &'r mut [u8]) -> Result<Opened<'r>, RecordError> {
        let RecordHeader { session, stage, sequence } = RecordHeader::parse(record)?;
        if session != self.session {
            return Err(RecordError::OtherSession { session });
        }
        self.check_number(sequence)?;
        let generation = generation(sequence, self.first);
        let keys = self
            .chain(stage, sequence)?
            .keys(generation)
            .ok_or(RecordError::TooOld { sequence, floor: self.floor() })?;
        let plaintext = open(&keys, record)?;

        // It is genuine: only now anything changes.
        self.window.mark(sequence);
        let chain = match stage {
            Stage::Base => &mut self.base,
            Stage::Upgraded => {
                let lowest = self.lowest_upgraded.get_or_insert(sequence.get());
                *lowest = sequence.get().min(*lowest);
                &mut self.upgraded
            }
        };
        if let Some(chain) = chain {
            chain.remember(generation, keys);
        }
        self.erase_old_keys();
        Ok(Opened { sequence, stage, plaintext })
    }

    /// Before anything is computed.
    fn check_number(&self, sequence: SequenceNumber) -> Result<(), RecordError> {
        if sequence < self.first {
            return Err(RecordError::TooOld { sequence, floor: self.floor() });
        }
        self.window.check(sequence).map_err(|stale| match stale {
            Stale::Seen => RecordError::Replayed { sequence },
            Stale::Old => RecordError::TooOld { sequence, floor: self.floor() },
        })?;
        let newest = self.window.highest().map_or(0, |highest| generation(highest, self.first));
        if generation(sequence, self.first) > newest.saturating_add(MAX_SKIP) {
            return Err(RecordError::TooFarAhead { sequence });
        }
        Ok(())
    }

    fn chain(&self, stage: Stage, sequence: SequenceNumber) -> Result<&Chain, RecordError> {
        match stage {
            Stage::Base if self.lowest_upgraded.is_some_and(|lowest| lowest < sequence.get()) => None,
            Stage::Base => self.base.as_ref(),
            Stage::Upgraded => self.upgraded.as_ref(),
        }
        .ok_or(RecordError::NoKeys { stage })
    }

    /// What the window has moved past cannot be received, so that its keys are good for nothing but theft.
    fn erase_old_keys(&mut self) {
        let floor = self.floor();
        let generation = self.generation_of(floor);
        if self.lowest_upgraded.is_some_and(|lowest| lowest <= floor) {
            self.base = None;
        }
        for chain in [&mut self.base, &mut self.upgraded].into_iter().flatten() {
            chain.advance_to(generation);
        }
    }

    fn floor(&self) -> u64 {
        self.window.floor().max(self.first.get())
    }

    fn generation_of(&self, number: u64) -> u64 {
        SequenceNumber::new(number).map_or(0, |number| generation(number, self.first))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kdf::Secret;
    use super::super::number::OpeningCounter;
    use super::super::record::{OVERHEAD, places};
    use super::super::sender::Sender;
    use super::*;

    const FIRST: u64 = 5000;

    fn number(number: u64) -> SequenceNumber {
        SequenceNumber::new(number).unwrap()
    }

    fn session() -> SessionId {
        SessionId::new(OpeningCounter::new(1).unwrap())
    }

    fn chain(stage: Stage) -> Chain {
        Chain::new(Secret::new([if stage == Stage::Base { 7 } else { 8 }; 32]))
    }

    fn receiver() -> Receiver {
        Receiver::new(chain(Stage::Base), number(FIRST), session())
    }

    /// Opens an empty record with that many before it.
    fn receive(receiver: &mut Receiver, stage: Stage, at: u64) -> Result<SequenceNumber, RecordError> {
        let mut record = [0; OVERHEAD];
        let sequence = number(FIRST + at);
        Sender::new(chain(stage), number(FIRST), session(), stage)
            .seal(sequence, places(&mut record, 0).unwrap())
            .unwrap();
        receiver.open(&mut record).map(|opened| opened.sequence)
    }

    fn has_keys(chain: &Option<Chain>, generation: u64) -> bool {
        chain.as_ref().is_some_and(|chain| chain.keys(generation).is_some())
    }

    #[test]
    fn keys_are_erased_when_the_window_has_moved_past_them_and_not_before() {
        let mut receiver = receiver();
        receiver.upgrade(chain(Stage::Upgraded));
        // The lowest number that can still come is the last of generation 0, then the first of generation 1.
        receive(&mut receiver, Stage::Base, 1023 + 63).unwrap();
        assert!(has_keys(&receiver.base, 0) && has_keys(&receiver.upgraded, 0));
        receive(&mut receiver, Stage::Base, 1023).unwrap();
        receive(&mut receiver, Stage::Base, 1024 + 63).unwrap();
        assert!(!has_keys(&receiver.base, 0) && !has_keys(&receiver.upgraded, 0));
        assert!(has_keys(&receiver.base, 1) && has_keys(&receiver.upgraded, 1));
    }

    #[test]
    fn base_keys_are_erased_when_no_record_can_need_them() {
        let mut receiver = receiver();
        receiver.upgrade(chain(Stage::Upgraded));
        receive(&mut receiver, Stage::Upgraded, 70).unwrap();
        receive(&mut receiver, Stage::Upgraded, 66).unwrap();
        receive(&mut receiver, Stage::Upgraded, 66 + 62).unwrap();
        assert!(receiver.base.is_some(), "number 65 may come");
        assert_eq!(receive(&mut receiver, Stage::Base, 65), Ok(number(FIRST + 65)));
        assert_eq!(
            receive(&mut receiver, Stage::Base, 67),
            Err(RecordError::NoKeys { stage: Stage::Base }),
            "above the upgrade"
        );
        receive(&mut receiver, Stage::Upgraded, 66 + 63).unwrap();
        assert!(receiver.base.is_none());
    }

    #[test]
    fn an_upgrade_begins_with_the_generations_that_can_still_come() {
        let mut receiver = receiver();
        receive(&mut receiver, Stage::Base, 5 * 1024 + 63).unwrap();
        receiver.upgrade(chain(Stage::Upgraded));
        assert!(!has_keys(&receiver.upgraded, 4) && has_keys(&receiver.upgraded, 5));
    }

    #[test]
    fn a_refused_record_changes_nothing() {
        let mut receiver = receiver();
        receive(&mut receiver, Stage::Base, 3).unwrap();
        let window = receiver.window;
        let forged = RecordHeader { session: session(), stage: Stage::Base, sequence: number(FIRST + 9000) };
        let mut record = [0; OVERHEAD];
        record[..8].copy_from_slice(&forged.to_bytes());
        assert!(matches!(receiver.open(&mut record), Err(RecordError::Forged { .. })));
        assert_eq!(receiver.window, window);
        assert!(has_keys(&receiver.base, 0));
        assert_eq!(receive(&mut receiver, Stage::Base, 4), Ok(number(FIRST + 4)));
    }
}
