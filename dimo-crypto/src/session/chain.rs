//! [`Chain`]: the ratchet of one direction. Each generation of keys is derived from the one before, which is then erased.

use zeroize::Zeroizing;

use super::kdf::{Secret, expand};
use super::number::SequenceNumber;

/// How many records share a key. The generation of a record follows from its number alone, so that nothing that is lost or
/// overtaken on the way makes the two sides differ.
pub const GENERATION_LEN: u64 = 1024;

/// The generation of a record in a direction whose first record is `first`.
pub(super) fn generation(number: SequenceNumber, first: SequenceNumber) -> u64 {
    number.get().saturating_sub(first.get()) / GENERATION_LEN
}

/// What seals the records of a generation.
#[derive(Clone)]
pub(super) struct RecordKeys {
    pub(super) key: Secret,
    pub(super) iv: Zeroizing<[u8; 12]>,
}

/// A chain key, of the oldest generation that is still of use, and the record keys used last.
pub(super) struct Chain {
    key: Secret,
    generation: u64,
    latest: RecordKeys,
    latest_generation: u64,
}

impl Chain {
    /// At generation 0.
    pub(super) fn new(key: Secret) -> Self {
        let latest = RecordKeys::derive(&key);
        Self { key, generation: 0, latest, latest_generation: 0 }
    }

    /// The keys of a generation; `None` when they are erased. Costs two hashes for each generation ahead.
    pub(super) fn keys(&self, generation: u64) -> Option<RecordKeys> {
        if generation == self.latest_generation {
            return Some(self.latest.clone());
        }
        self.key_at(generation).map(|key| RecordKeys::derive(&key))
    }

    /// Keeps the keys of a generation at hand, if it is the newest.
    pub(super) fn remember(&mut self, generation: u64, keys: RecordKeys) {
        if generation > self.latest_generation {
            (self.latest_generation, self.latest) = (generation, keys);
        }
    }

    /// Erases all generations before this one.
    pub(super) fn advance_to(&mut self, generation: u64) {
        if let Some(key) = self.key_at(generation)
            && generation > self.generation
        {
            if generation > self.latest_generation {
                (self.latest_generation, self.latest) = (generation, RecordKeys::derive(&key));
            }
            (self.generation, self.key) = (generation, key);
        }
    }

    fn key_at(&self, generation: u64) -> Option<Secret> {
        let steps = generation.checked_sub(self.generation)?;
        Some((0..steps).fold(self.key.clone(), |key, _| expand(&key, b"next")))
    }
}

impl RecordKeys {
    fn derive(chain_key: &Secret) -> Self {
        let mut iv = Zeroizing::new([0; 12]);
        if let Some(front) = expand(chain_key, b"iv").first_chunk() {
            *iv = *front;
        }
        Self { key: expand(chain_key, b"key"), iv }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Chain {
        Chain::new(Secret::new([7; 32]))
    }

    fn key(chain: &Chain, generation: u64) -> Option<[u8; 32]> {
        chain.keys(generation).map(|keys| *keys.key)
    }

    #[test]
    fn a_generation_has_1024_records_from_the_first_on() {
        let number = |number| SequenceNumber::new(number).unwrap();
        for (record, expected) in [(5000, 0), (6023, 0), (6024, 1), (7047, 1), (7048, 2)] {
            assert_eq!(generation(number(record), number(5000)), expected, "{record}");
        }
    }

    #[test]
    fn generations_have_the_same_keys_whichever_way_they_are_reached() {
        let (ahead, mut stepped) = (chain(), chain());
        for generation in 0..5 {
            stepped.advance_to(generation);
            assert_eq!(key(&stepped, generation), key(&ahead, generation));
            assert_ne!(key(&ahead, generation), key(&ahead, generation + 1));
        }
    }

    #[test]
    fn what_was_erased_is_gone() {
        let mut chain = chain();
        chain.advance_to(3);
        for generation in 0..3 {
            assert_eq!(key(&chain, generation), None);
        }
        // Back is no direction.
        let at_three = key(&chain, 3);
        chain.advance_to(1);
        assert_eq!((key(&chain, 1), key(&chain, 3)), (None, at_three));
    }

    #[test]
    fn remembered_keys_are_erased_with_their_generation() {
        let mut chain = chain();
        let (one, two) = (chain.keys(1).unwrap(), chain.keys(2).unwrap());
        chain.remember(2, two);
        chain.remember(1, one);
        assert_eq!(chain.latest_generation, 2, "the newest is kept");
        chain.advance_to(2);
        assert_eq!(key(&chain, 1), None);
        chain.advance_to(3);
        assert_eq!(key(&chain, 2), None);
    }
}
