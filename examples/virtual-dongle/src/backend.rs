//! The backend: knows the public addresses of devices and their providers, trusts nothing else.

use std::collections::HashMap;

use dimo_crypto::{ReceivedTelemetry, Signature, TelemetryBatchSeal, verify};
use dimo_rewards::{Economy, Name, Refusal};
use dimo_types::Address;
use dimo_types::wire::{
    DecodeLimits, Dictionary, Gen1Limits, Gen1Payload, SignedMessage, decode_batch, decode_dictionary,
};
use thiserror::Error;

/// Why a message was not taken. Nothing of a refused message is kept.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    #[error("unreadable: {0}")]
    Unreadable(String),
    #[error("no device {0} is known")]
    UnknownDevice(String),
    #[error("the provider is not in good standing: {0}")]
    Standing(#[from] Refusal),
    #[error("not signed by {device}: {reason}")]
    Signature { device: Address, reason: String },
    #[error("the dictionary of this batch was never received")]
    NoDictionary,
}

/// What was counted at the door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) signatures_verified: u64,
    pub(crate) signatures_failed: u64,
}

/// A backend that verifies before it decodes.
#[derive(Debug, Default)]
pub(crate) struct Backend {
    providers: HashMap<Address, Name>,
    dictionaries: HashMap<[u8; 32], Dictionary>,
    tally: Tally,
}

impl Backend {
    /// Learns that `device` was made by `provider`.
    pub(crate) fn register(&mut self, device: Address, provider: Name) {
        self.providers.insert(device, provider);
    }

    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// Takes a Gen 1 payload; the number of its signals.
    pub(crate) fn receive_gen1(&mut self, payload: &[u8], economy: &Economy) -> Result<u64, Refused> {
        let payload = Gen1Payload::parse(payload, &Gen1Limits::default()).map_err(unreadable)?;
        let subject = payload.subject().unwrap_or_default();
        let device =
            subject.to_ascii_lowercase().parse().map_err(|_| Refused::UnknownDevice(subject.to_owned()))?;
        self.admit(device, economy)?;
        let signature = payload.signature().unwrap_or_default().parse::<Signature>();
        let verified = signature.map_err(|error| error.to_string()).and_then(|signature| {
            verify(ReceivedTelemetry(payload.data_bytes()), &signature, device)
                .map_err(|error| error.to_string())
        });
        self.count(device, verified.map(drop))?;
        Ok(payload.signals().map_err(unreadable)?.len() as u64)
    }

    /// Takes a message of the binary stream; the number of its readings.
    pub(crate) fn receive(&mut self, message: &[u8], economy: &Economy) -> Result<u64, Refused> {
        match SignedMessage::decode(message).map_err(unreadable)? {
            SignedMessage::Dictionary { payload } => {
                let dictionary = decode_dictionary(&payload, &DecodeLimits::default()).map_err(unreadable)?;
                self.dictionaries.insert(*dictionary.hash(), dictionary);
                Ok(0)
            }
            SignedMessage::Batch { payload, signature } => self.receive_batch(&payload, &signature, economy),
            _ => Err(Refused::Unreadable("a message of a later version".to_owned())),
        }
    }

    fn receive_batch(
        &mut self,
        payload: &[u8],
        signature: &[u8; 65],
        economy: &Economy,
    ) -> Result<u64, Refused> {
        let batch = decode_batch(payload, &DecodeLimits::default()).map_err(unreadable)?;
        let device = batch.device();
        self.admit(device, economy)?;
        let verified =
            Signature::from_bytes(signature).map_err(|error| error.to_string()).and_then(|signature| {
                verify(TelemetryBatchSeal { device, payload }, &signature, device)
                    .map_err(|error| error.to_string())
            });
        self.count(device, verified.map(drop))?;
        let dictionary = self.dictionaries.get(batch.dictionary_hash()).ok_or(Refused::NoDictionary)?;
        Ok(batch.to_batch(dictionary).map_err(unreadable)?.readings().len() as u64)
    }

    /// Licence and stake are looked up at every message (DIP-4, Licenses & Staking: the protocol checks both).
    fn admit(&self, device: Address, economy: &Economy) -> Result<(), Refused> {
        let provider =
            self.providers.get(&device).ok_or_else(|| Refused::UnknownDevice(device.to_string()))?;
        Ok(economy.standing(provider).require()?)
    }

    fn count(&mut self, device: Address, verified: Result<(), String>) -> Result<(), Refused> {
        match verified {
            Ok(()) => {
                self.tally.signatures_verified += 1;
                Ok(())
            }
            Err(reason) => {
                self.tally.signatures_failed += 1;
                Err(Refused::Signature { device, reason })
            }
        }
    }
}

fn unreadable(error: impl std::fmt::Display) -> Refused {
    Refused::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use dimo_types::{Reading, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, TokenId, Unit};

    use super::*;
    use crate::device::{Sent, Uplink};
    use crate::economy::Books;
    use crate::factory;

    /// A known device of a licensed provider, and one batch of one reading.
    struct World {
        backend: Backend,
        books: Books,
        dictionary: Vec<u8>,
        sent: Sent,
    }

    impl World {
        fn before_the_stake() -> Self {
            let wallet = factory::wallet().unwrap();
            let books = Books::open().unwrap();
            let mut backend = Backend::default();
            backend.register(wallet.address(), books.maker.clone());
            let info = SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY };
            let mut uplink = Uplink::new(wallet, TokenId::from(7), vec![info]);
            let (time, value) = (Timestamp::from_secs(1_700_000_000).unwrap(), SignalValue::Float(88.5));
            let sent = uplink.send(vec![Reading { time, signal: SignalIndex(0), value }]).unwrap();
            Self { backend, books, dictionary: uplink.dictionary_message(), sent }
        }

        fn in_good_standing() -> Self {
            let mut world = Self::before_the_stake();
            world.books.stake().unwrap();
            world.backend.receive(&world.dictionary, &world.books.economy).unwrap();
            world
        }

        fn gen1(&mut self) -> Result<u64, Refused> {
            self.backend.receive_gen1(&self.sent.gen1, &self.books.economy)
        }

        fn protobuf(&mut self) -> Result<u64, Refused> {
            self.backend.receive(&self.sent.protobuf, &self.books.economy)
        }
    }

    #[test]
    fn data_of_a_provider_in_good_standing_are_verified_and_decoded_in_both_forms() {
        let mut world = World::in_good_standing();
        assert_eq!((world.gen1().unwrap(), world.protobuf().unwrap()), (1, 1));
        assert_eq!(world.backend.tally(), Tally { signatures_verified: 2, signatures_failed: 0 });
    }

    #[test]
    fn data_of_a_licensed_provider_without_a_stake_are_refused() {
        let mut world = World::before_the_stake();
        assert!(matches!(world.gen1(), Err(Refused::Standing(Refusal::StakeShort { .. }))));
        assert!(matches!(world.protobuf(), Err(Refused::Standing(Refusal::StakeShort { .. }))));
        assert_eq!(world.backend.tally(), Tally::default());
    }

    #[test]
    fn data_of_a_suspended_provider_are_refused_from_that_moment() {
        let mut world = World::in_good_standing();
        world.protobuf().unwrap();
        let maker = world.books.maker.clone();
        world.books.economy.integrations().suspend(&maker).unwrap();
        assert!(matches!(world.protobuf(), Err(Refused::Standing(_))));
    }

    #[test]
    fn a_device_that_nobody_registered_is_a_stranger() {
        let mut world = World::in_good_standing();
        world.backend.providers.clear();
        assert!(matches!(world.gen1(), Err(Refused::UnknownDevice(_))));
        assert!(matches!(world.protobuf(), Err(Refused::UnknownDevice(_))));
    }

    #[test]
    fn a_batch_with_a_changed_signature_is_refused_and_counted() {
        let mut world = World::in_good_standing();
        let SignedMessage::Batch { payload, mut signature } =
            SignedMessage::decode(&world.sent.protobuf).unwrap()
        else {
            panic!("a batch was sent");
        };
        signature[10] ^= 1;
        world.sent.protobuf = SignedMessage::Batch { payload, signature }.encode();
        assert!(matches!(world.protobuf(), Err(Refused::Signature { .. })));
        assert_eq!(world.backend.tally(), Tally { signatures_verified: 0, signatures_failed: 1 });
    }

    #[test]
    fn a_batch_without_its_dictionary_is_refused() {
        let mut world = World::in_good_standing();
        world.backend.dictionaries.clear();
        assert!(matches!(world.protobuf(), Err(Refused::NoDictionary)));
    }
}
