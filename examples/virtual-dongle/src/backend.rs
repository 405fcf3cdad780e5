//! The backend: knows the public addresses of devices and their providers, trusts nothing else.

use std::collections::HashMap;
use std::io::Read as _;

use dimo_crypto::session::{LastOpening, Server, ServerKey, ServerSession, SignedOpening};
use dimo_crypto::{ReceivedTelemetry, Signature, verify};
use dimo_rewards::{Economy, Name, Refusal};
use dimo_types::wire::{
    AvroReadError, DecodeLimits, DecodedBatch, Dictionary, Gen1Limits, Gen1Payload, StreamMessage,
    decode_avro_batch, decode_avro_dictionary, decode_batch, decode_dictionary, decode_message,
};
use dimo_types::{Address, Timestamp};
use flate2::read::{GzDecoder, ZlibDecoder};
use thiserror::Error;

use crate::form::Form;
use crate::session::Endpoint;

/// Anyone can know it, so that every run gives the same records; a backend keeps its key where no one reads it.
const PUBLIC_KEY: [u8; 32] = *b"virtual backend: keeps no secret";
/// Who the sessions are for.
const RECIPIENT: Address = Address::new([0xBE; 20]);
/// No message is longer than this once it is inflated, in bytes.
const INFLATED_MAX: u64 = 64 << 20;

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
    #[error("the session is not opened: {0}")]
    Opening(String),
    #[error("no session is open for it")]
    NoSession,
    #[error("the record is not of its session: {0}")]
    Record(String),
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
#[derive(Default)]
pub(crate) struct Backend {
    providers: HashMap<Address, Name>,
    last_openings: HashMap<Address, LastOpening>,
    protobuf: Option<ServerSession>,
    avro: Option<ServerSession>,
    dictionaries: HashMap<[u8; 32], Dictionary>,
    tally: Tally,
    /// What the clock says.
    now: Timestamp,
}

impl Backend {
    /// Where devices send to.
    pub(crate) fn endpoint() -> Endpoint {
        Endpoint { server: ServerKey::from_bytes(PUBLIC_KEY).public_key(), recipient: RECIPIENT }
    }

    /// Learns that `device` was made by `provider`.
    pub(crate) fn register(&mut self, device: Address, provider: Name) {
        self.providers.insert(device, provider);
    }

    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// Accepts the opening of a session by `device`, in which messages of `form` will come.
    pub(crate) fn accept(
        &mut self,
        form: Form,
        opening: &[u8],
        device: Address,
        economy: &Economy,
    ) -> Result<(), Refused> {
        self.admit(device, economy)?;
        let opening = SignedOpening::parse(opening).map_err(|error| Refused::Opening(error.to_string()))?;
        let last = self.last_openings.get(&device).copied().unwrap_or(LastOpening::NONE);
        let keys = [ServerKey::from_bytes(PUBLIC_KEY)];
        let accepted = Server::new(&keys, RECIPIENT).accept(self.now, &opening, device, last);
        self.count(device, accepted.as_ref().map(drop).map_err(ToString::to_string))?;
        let accepted = accepted.map_err(|error| Refused::Opening(error.to_string()))?;
        self.last_openings.insert(device, accepted.last_opening());
        let session = match form {
            Form::Avro => &mut self.avro,
            _ => &mut self.protobuf,
        };
        *session = Some(accepted.stored());
        Ok(())
    }

    /// Takes a message; the number of its readings.
    pub(crate) fn receive(&mut self, form: Form, message: &[u8], economy: &Economy) -> Result<u64, Refused> {
        match form {
            Form::Gen1 => self.receive_json(message, economy),
            Form::JsonGzip => self.receive_json(&inflated(GzDecoder::new(message))?, economy),
            Form::Protobuf => self.receive_protobuf(message, economy),
            Form::Avro => self.receive_avro(message, economy),
        }
    }

    fn receive_json(&mut self, payload: &[u8], economy: &Economy) -> Result<u64, Refused> {
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

    fn receive_protobuf(&mut self, record: &[u8], economy: &Economy) -> Result<u64, Refused> {
        let (device, message) = open(self.protobuf.as_mut(), self.now, record)?;
        self.admit(device, economy)?;
        let limits = DecodeLimits::default();
        let batch = match StreamMessage::decode(&message).map_err(unreadable)? {
            StreamMessage::Dictionary { payload } => {
                return Ok(self.keep(decode_dictionary(&payload, &limits).map_err(unreadable)?));
            }
            StreamMessage::Batch { payload, .. } => decode_batch(&payload, &limits),
            StreamMessage::PlainBatch { message, .. } => decode_message(&message, &limits),
            _ => return Err(Refused::Unreadable("a message of a later version".to_owned())),
        };
        self.take(device, &batch.map_err(unreadable)?)
    }

    fn receive_avro(&mut self, record: &[u8], economy: &Economy) -> Result<u64, Refused> {
        let (device, message) = open(self.avro.as_mut(), self.now, record)?;
        self.admit(device, economy)?;
        let (object, limits) = (inflated(ZlibDecoder::new(message.as_slice()))?, DecodeLimits::default());
        match decode_avro_batch(&object, &limits) {
            Ok(batch) => self.take(device, &batch),
            // The fingerprint of another schema: the dictionary's.
            Err(AvroReadError::UnknownSchema { .. }) => {
                Ok(self.keep(decode_avro_dictionary(&object, &limits).map_err(unreadable)?))
            }
            Err(error) => Err(unreadable(error)),
        }
    }

    fn keep(&mut self, dictionary: Dictionary) -> u64 {
        self.dictionaries.insert(*dictionary.hash(), dictionary);
        0
    }

    /// Takes a batch that came in a session of `device`.
    fn take(&mut self, device: Address, batch: &DecodedBatch) -> Result<u64, Refused> {
        if batch.device() != device {
            return Err(Refused::UnknownDevice(batch.device().to_string()));
        }
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

/// What a record of `session` says, and the device that opened the session.
fn open(
    session: Option<&mut ServerSession>,
    now: Timestamp,
    record: &[u8],
) -> Result<(Address, Vec<u8>), Refused> {
    let session = session.ok_or(Refused::NoSession)?;
    let device = session.opening().device;
    let mut record = record.to_vec();
    let opened =
        session.open_in_place(now, &mut record).map_err(|error| Refused::Record(error.to_string()))?;
    Ok((device, opened.plaintext.to_vec()))
}

/// The whole of a compressed stream, if it is not too long.
fn inflated(stream: impl std::io::Read) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    stream.take(INFLATED_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > INFLATED_MAX {
        return Err(Refused::Unreadable(format!("more than {INFLATED_MAX} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use dimo_types::{Reading, Scale, SignalIndex, SignalInfo, SignalValue, TokenId, Unit};

    use super::*;
    use crate::device::{Openings, Sent, Uplink};
    use crate::economy::Books;
    use crate::factory;

    /// A known device of a licensed provider, its sessions, and one batch of one reading.
    struct World {
        backend: Backend,
        books: Books,
        device: Address,
        openings: Openings,
        sent: Sent,
    }

    impl World {
        fn before_the_stake() -> Self {
            let wallet = factory::wallet().unwrap();
            let device = wallet.address();
            let books = Books::open().unwrap();
            let mut backend = Backend::default();
            backend.register(device, books.maker.clone());
            let info = SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY };
            let endpoint = Backend::endpoint();
            let (mut uplink, openings) =
                Uplink::open(wallet, TokenId::from(7), vec![info], endpoint).unwrap();
            let (time, value) = (Timestamp::from_secs(1_700_000_000).unwrap(), SignalValue::Float(88.5));
            let sent = uplink.send(vec![Reading { time, signal: SignalIndex(0), value }]).unwrap();
            Self { backend, books, device, openings, sent }
        }

        fn in_good_standing() -> Self {
            let mut world = Self::before_the_stake();
            world.books.stake().unwrap();
            world.open_sessions().unwrap();
            world
        }

        fn open_sessions(&mut self) -> Result<(), Refused> {
            for (form, opening, dictionary) in &self.openings.streams {
                self.backend.accept(*form, opening, self.device, &self.books.economy)?;
                self.backend.receive(*form, dictionary, &self.books.economy)?;
            }
            Ok(())
        }

        fn receive(&mut self, form: Form) -> Result<u64, Refused> {
            self.backend.receive(form, self.sent.messages.get(form), &self.books.economy)
        }
    }

    #[test]
    fn data_of_a_provider_in_good_standing_are_verified_and_decoded_in_every_form() {
        let mut world = World::in_good_standing();
        for form in Form::ALL {
            assert_eq!(world.receive(form).unwrap(), 1, "{form:?}");
        }
        // Two openings of sessions, two signed envelopes.
        assert_eq!(world.backend.tally(), Tally { signatures_verified: 4, signatures_failed: 0 });
    }

    #[test]
    fn data_of_a_licensed_provider_without_a_stake_are_refused() {
        let mut world = World::before_the_stake();
        assert!(matches!(world.open_sessions(), Err(Refused::Standing(Refusal::StakeShort { .. }))));
        assert!(matches!(world.receive(Form::Gen1), Err(Refused::Standing(Refusal::StakeShort { .. }))));
        assert!(matches!(world.receive(Form::Protobuf), Err(Refused::NoSession)));
        assert_eq!(world.backend.tally(), Tally::default());
    }

    #[test]
    fn data_of_a_suspended_provider_are_refused_from_that_moment_in_open_sessions_too() {
        let mut world = World::in_good_standing();
        let maker = world.books.maker.clone();
        let now = world.books.factory_day();
        world.books.economy.integrations().suspend(now, &maker).unwrap();
        for form in Form::ALL {
            assert!(matches!(world.receive(form), Err(Refused::Standing(_))), "{form:?}");
        }
    }

    #[test]
    fn a_device_that_nobody_registered_is_a_stranger() {
        let mut world = World::in_good_standing();
        world.backend.providers.clear();
        for form in Form::ALL {
            assert!(matches!(world.receive(form), Err(Refused::UnknownDevice(_))), "{form:?}");
        }
        assert!(matches!(world.open_sessions(), Err(Refused::UnknownDevice(_))));
    }

    #[test]
    fn an_opening_is_taken_once() {
        let mut world = World::in_good_standing();
        assert!(matches!(world.open_sessions(), Err(Refused::Signature { .. })));
        assert_eq!(world.backend.tally().signatures_failed, 1);
    }

    #[test]
    fn a_record_that_was_changed_or_comes_again_is_refused() {
        let mut world = World::in_good_standing();
        for form in [Form::Protobuf, Form::Avro] {
            let mut changed = world.sent.messages.get(form).clone();
            changed[20] ^= 1;
            let refused = world.backend.receive(form, &changed, &world.books.economy);
            assert!(matches!(refused, Err(Refused::Record(_))), "{form:?}");
            assert_eq!(world.receive(form).unwrap(), 1);
            assert!(matches!(world.receive(form), Err(Refused::Record(_))), "{form:?}");
        }
    }

    #[test]
    fn a_batch_without_its_dictionary_is_refused() {
        let mut world = World::in_good_standing();
        world.backend.dictionaries.clear();
        assert!(matches!(world.receive(Form::Protobuf), Err(Refused::NoDictionary)));
        assert!(matches!(world.receive(Form::Avro), Err(Refused::NoDictionary)));
    }
}
