//! [`Backend`]: from a message to what it means and what is to be answered.

use std::collections::HashMap;
use std::io::Read as _;

use dimo_crypto::session::{
    AcceptError, Ephemeral, LastOpening, OVERHEAD, RecordError, Server, ServerKey, SignedOpening,
};
use dimo_crypto::{ReceivedTelemetry, Signature, verify};
use dimo_types::wire::{
    DecodeLimits, DecodedBatch, Dictionary, Gen1Limits, Gen1Payload, StreamMessage, decode_batch,
    decode_dictionary, decode_message,
};
use dimo_types::{Address, RecordId, Timestamp};

use crate::contract::{self, ACKNOWLEDGED, DICTIONARY_WANTED, Word};
use crate::counts::Counts;
use crate::device::Device;
use crate::event::Event;
use crate::reading;
use crate::refused::Refused;
use crate::registry::Registry;

/// A backend: messages in, events and answers out. Nothing of a refused message is kept, and no batch is acknowledged before the caller has stored it.
#[derive(Debug)]
pub struct Backend {
    key: ServerKey,
    recipient: Address,
    registry: Registry,
    devices: HashMap<Address, Device>,
    dictionaries: HashMap<[u8; 32], Dictionary>,
    counts: Counts,
}

/// What a message comes to.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever carries messages has to know all of them")]
pub enum Output {
    /// Send this.
    Publish {
        /// Over which topic.
        topic: String,
        /// What.
        payload: Vec<u8>,
    },
    /// This happened.
    Event(Event),
}

impl Output {
    /// What happened, if this says so.
    #[must_use]
    pub const fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Publish { .. } => None,
        }
    }
}

type Outputs = Result<Vec<Output>, Refused>;

impl Backend {
    /// A backend with the key that devices open their sessions to, for the account that receives.
    #[must_use]
    pub fn new(key: ServerKey, recipient: Address, registry: Registry) -> Self {
        let (devices, dictionaries, counts) = (HashMap::new(), HashMap::new(), Counts::default());
        Self { key, recipient, registry, devices, dictionaries, counts }
    }

    /// What was taken and what was not.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The chain says something else now.
    pub fn set_registry(&mut self, registry: Registry) {
        self.registry = registry;
    }

    /// Takes a message. `random` is 32 fresh random bytes, for the reply to an opening.
    pub fn handle(&mut self, now: Timestamp, topic: &str, payload: &[u8], random: [u8; 32]) -> Vec<Output> {
        let Some((device, word)) = contract::parse(topic) else {
            return self.refuse(Refused::Topic, None);
        };
        let outputs = match word {
            Word::Session => self.open(now, device, payload, random),
            Word::Record => self.record(now, device, payload),
            Word::Report => self.report(now, device, payload),
            Word::Gen1 => self.gen1(device, payload),
            // Our own, which the broker sends back.
            Word::Reply | Word::Down => Ok(Vec::new()),
        };
        outputs.unwrap_or_else(|reason| self.refuse(reason, Some(device)))
    }

    /// Seals a command for a device: its kind and its body. `None` without a session.
    pub fn command(&mut self, now: Timestamp, device: Address, command: &[u8]) -> Option<Output> {
        let session = self.devices.get_mut(&device)?.session.as_mut()?;
        let mut payload = vec![0; command.len() + OVERHEAD];
        session.seal(now, command, &mut payload).ok()?;
        Some(Output::Publish { topic: contract::topic(device, Word::Down), payload })
    }

    /// A new batch is stored: what tells its device so. `None` for other events, and without a session; the device sends the batch again then.
    pub fn acknowledge(&mut self, now: Timestamp, event: &Event) -> Option<Output> {
        let Event::Batch { device, id, readings, .. } = event else { return None };
        self.remember(*device, *id);
        self.counts.batches += 1;
        self.counts.readings += readings.len() as u64;
        self.stored(now, *device, *id)
    }

    fn stored(&mut self, now: Timestamp, device: Address, id: RecordId) -> Option<Output> {
        self.command(now, device, &[&[ACKNOWLEDGED], id.as_bytes().as_slice()].concat())
    }

    /// A batch is stored since before this backend began.
    pub fn remember(&mut self, device: Address, id: RecordId) {
        self.devices.entry(device).or_default().stored.insert(id);
    }

    /// Whether a batch is stored.
    #[must_use]
    pub fn is_stored(&self, device: Address, id: RecordId) -> bool {
        self.devices.get(&device).is_some_and(|device| device.stored.contains(&id))
    }

    /// The latest opening of a device, which has to outlive the backend: with it nothing that was sent before is taken again.
    #[must_use]
    pub fn last_opening(&self, device: Address) -> LastOpening {
        self.devices.get(&device).map_or(LastOpening::NONE, |device| device.last_opening)
    }

    /// The latest opening of a device before this backend began.
    pub fn remember_opening(&mut self, device: Address, last: LastOpening) {
        self.devices.entry(device).or_default().last_opening = last;
    }

    fn refuse(&mut self, reason: Refused, device: Option<Address>) -> Vec<Output> {
        *self.counts.refused.entry(reason).or_default() += 1;
        vec![Output::Event(Event::Refused { reason, device })]
    }

    fn open(&mut self, now: Timestamp, address: Address, opening: &[u8], random: [u8; 32]) -> Outputs {
        self.registry.admit(address)?;
        let opening = SignedOpening::parse(opening).map_err(|_| Refused::Opening)?;
        let device = self.devices.entry(address).or_default();
        let keys = std::slice::from_ref(&self.key);
        let accepted = Server::new(keys, self.recipient).accept(now, &opening, address, device.last_opening);
        let accepted = accepted.map_err(|error| match error {
            AcceptError::OldCounter { .. } => Refused::OldOpening,
            _ => Refused::Opening,
        })?;
        device.last_opening = accepted.last_opening();
        let mut session = accepted.stored();
        let reply = Ephemeral::from_bytes(random).ok().and_then(|ephemeral| session.reply(ephemeral).ok());
        let number = session.session_id().get();
        device.session = Some(session);
        self.counts.sessions += 1;
        let topic = contract::topic(address, Word::Reply);
        let reply = reply.map(|reply| Output::Publish { topic, payload: reply.to_vec() });
        Ok(reply
            .into_iter()
            .chain([Output::Event(Event::Session { device: address, session: number })])
            .collect())
    }

    /// What a record of a device says.
    fn opened(&mut self, now: Timestamp, address: Address, record: &[u8]) -> Result<Vec<u8>, Refused> {
        self.registry.admit(address)?;
        let session = self.devices.get_mut(&address).and_then(|device| device.session.as_mut());
        let session = session.ok_or(Refused::NoSession)?;
        let mut record = record.to_vec();
        let opened = session.open_in_place(now, &mut record).map_err(|error| match error {
            RecordError::Replayed { .. } | RecordError::TooOld { .. } => Refused::Replay,
            RecordError::OtherSession { .. } | RecordError::NotOpen | RecordError::Expired => {
                Refused::NoSession
            }
            _ => Refused::Tampered,
        })?;
        Ok(opened.plaintext.to_vec())
    }

    fn record(&mut self, now: Timestamp, device: Address, record: &[u8]) -> Outputs {
        let message = self.opened(now, device, record)?;
        let limits = DecodeLimits::default();
        let batch = match StreamMessage::decode(&message).map_err(|_| Refused::Unreadable)? {
            StreamMessage::Dictionary { payload } => {
                let dictionary = decode_dictionary(&payload, &limits).map_err(|_| Refused::Unreadable)?;
                let signals = dictionary.len();
                self.dictionaries.insert(*dictionary.hash(), dictionary);
                return Ok(vec![Output::Event(Event::Dictionary { device, signals })]);
            }
            StreamMessage::Batch { payload, .. } => decode_batch(&payload, &limits),
            StreamMessage::PlainBatch { message, .. } => decode_message(&message, &limits),
            _ => return Err(Refused::Unreadable),
        };
        self.batch(now, device, &batch.map_err(|_| Refused::Unreadable)?)
    }

    /// A batch that is new is for the caller to store and to [`acknowledge`](Self::acknowledge); one that is stored is acknowledged again.
    fn batch(&mut self, now: Timestamp, device: Address, batch: &DecodedBatch) -> Outputs {
        if batch.device() != device {
            return Err(Refused::OtherDevice);
        }
        let Some(dictionary) = self.dictionaries.get(batch.dictionary_hash()) else {
            self.counts.without_dictionary += 1;
            let wanted = [&[DICTIONARY_WANTED], batch.dictionary_hash().as_slice()].concat();
            let event = Output::Event(Event::NoDictionary { device });
            return Ok(self.command(now, device, &wanted).into_iter().chain([event]).collect());
        };
        let id = batch.id();
        if self.is_stored(device, id) {
            self.counts.duplicates += 1;
            let event = Output::Event(Event::Duplicate { device, id });
            return Ok([event].into_iter().chain(self.stored(now, device, id)).collect());
        }
        let batch = batch.to_batch(dictionary).map_err(|_| Refused::Unreadable)?;
        let readings = reading::of_batch(&batch);
        let vehicle = batch.fingerprint().map(|fingerprint| fingerprint.vehicle.as_str().to_owned());
        Ok(vec![Output::Event(Event::Batch { device, id, readings, vehicle })])
    }

    fn report(&mut self, now: Timestamp, device: Address, record: &[u8]) -> Outputs {
        let bytes = self.opened(now, device, record)?;
        Ok(vec![Output::Event(Event::Report { device, bytes })])
    }

    fn gen1(&mut self, device: Address, payload: &[u8]) -> Outputs {
        self.registry.admit(device)?;
        let payload = inflated(payload).map_err(|_| Refused::Unreadable)?;
        let payload =
            Gen1Payload::parse(&payload, &Gen1Limits::default()).map_err(|_| Refused::Unreadable)?;
        let signature = payload.signature().unwrap_or_default().parse::<Signature>();
        let signature = signature.map_err(|_| Refused::Signature)?;
        verify(ReceivedTelemetry(payload.data_bytes()), &signature, device)
            .map_err(|_| Refused::Signature)?;
        let subject = payload.subject().unwrap_or_default().to_ascii_lowercase();
        if subject.parse() != Ok(device) {
            return Err(Refused::OtherDevice);
        }
        let readings = reading::of_gen1(&payload.signals().map_err(|_| Refused::Unreadable)?);
        self.counts.gen1 += 1;
        self.counts.readings += readings.len() as u64;
        Ok(vec![Output::Event(Event::Gen1 { device, readings })])
    }
}

/// A message of today's form is at most so long once it is inflated, in bytes.
const INFLATED_MAX: u64 = 16 << 20;

/// Gzip, or what it was before.
fn inflated(payload: &[u8]) -> std::io::Result<Vec<u8>> {
    if !payload.starts_with(&[0x1F, 0x8B]) {
        return Ok(payload.to_vec());
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(payload).take(INFLATED_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}
