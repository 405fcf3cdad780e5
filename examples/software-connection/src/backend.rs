//! [`Backend`]: takes each form, verifies before it decodes, and keeps what it decoded, form by form.

use std::collections::BTreeMap;

use dimo_crypto::{ReceivedTelemetry, Signature, TelemetryBatchSeal, verify};
use dimo_types::wire::{
    CloudEventLimits, DecodeLimits, Dictionary, Gen1Limits, Gen1Payload, ReceivedCloudEvent, ReceivedValue,
    SignedMessage, decode_batch, decode_dictionary,
};
use dimo_types::{Address, Did, SignalDictionary as _, SignalValue, Timestamp};

use crate::books::Books;
use crate::connection::Sent;
use crate::registry::{TokenRegistry, vehicle_did};
use crate::report::{Checked, hold, reason};

/// The forms, in the order in which their readings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Protobuf,
    Gen1,
    CloudEvent,
}

/// When, what, and its value. A position is two of them, a state is 1 or 0.
pub(crate) type Readings = BTreeMap<(Timestamp, String), f64>;

/// Who has a say in whether a message is taken.
#[derive(Clone, Copy)]
pub(crate) struct Authorities<'a> {
    pub(crate) registry: &'a TokenRegistry,
    pub(crate) books: &'a Books,
}

/// A backend and what it took.
#[derive(Default)]
pub(crate) struct Backend {
    dictionary: Option<Dictionary>,
    received: BTreeMap<Form, Readings>,
    /// Readings that came a second time in one form.
    pub(crate) repeated: u64,
}

impl Backend {
    /// What was decoded from one form.
    pub(crate) fn readings(&self, form: Form) -> Option<&Readings> {
        self.received.get(&form)
    }

    /// Takes the message that a session begins with.
    pub(crate) fn take_dictionary(&mut self, message: &[u8]) -> Checked {
        let SignedMessage::Dictionary { payload } = SignedMessage::decode(message).map_err(reason)? else {
            return Err("no dictionary".to_owned());
        };
        self.dictionary = Some(decode_dictionary(&payload, &DecodeLimits::default()).map_err(reason)?);
        Ok(())
    }

    /// Takes one batch in each form; `now` is the server's clock.
    pub(crate) fn take(&mut self, sent: &Sent, now: Timestamp, who: Authorities<'_>) -> Checked {
        let protobuf = self.protobuf(&sent.protobuf, who)?;
        self.keep(Form::Protobuf, protobuf);
        self.keep(Form::Gen1, gen1(&sent.gen1, who)?);
        self.keep(Form::CloudEvent, cloud_event(&sent.cloud_event, now, who)?);
        Ok(())
    }

    fn keep(&mut self, form: Form, readings: Vec<((Timestamp, String), f64)>) {
        let kept = self.received.entry(form).or_default();
        for (key, value) in readings {
            self.repeated += u64::from(kept.insert(key, value).is_some());
        }
    }

    fn protobuf(&self, message: &[u8], who: Authorities<'_>) -> Checked<Vec<((Timestamp, String), f64)>> {
        let SignedMessage::Batch { payload, signature } = SignedMessage::decode(message).map_err(reason)?
        else {
            return Err("no batch".to_owned());
        };
        let batch = decode_batch(&payload, &DecodeLimits::default()).map_err(reason)?;
        let device = batch.device();
        admit(device, who)?;
        let signature = Signature::from_bytes(&signature).map_err(reason)?;
        verify(TelemetryBatchSeal { device, payload: &payload }, &signature, device).map_err(reason)?;
        let dictionary = self.dictionary.as_ref().ok_or("the dictionary was never received")?;
        let batch = batch.to_batch(dictionary).map_err(reason)?;
        let mut flat = Vec::new();
        for reading in batch.readings() {
            let info = batch.dictionary().signal(reading.signal).ok_or("a signal outside the dictionary")?;
            let mut push = |name: &str, value| flat.push(((reading.time, name.to_owned()), value));
            match reading.value {
                SignalValue::Location(place) => {
                    push("latitude", place.latitude);
                    push("longitude", place.longitude);
                }
                value => push(info.name, value.as_f64().ok_or("a text, where there are none")?),
            }
        }
        Ok(flat)
    }
}

fn gen1(payload: &[u8], who: Authorities<'_>) -> Checked<Vec<((Timestamp, String), f64)>> {
    let payload = Gen1Payload::parse(payload, &Gen1Limits::default()).map_err(reason)?;
    let device = payload.subject().ok_or("no subject")?.to_ascii_lowercase().parse().map_err(reason)?;
    admit(device, who)?;
    check_data(payload.data_bytes(), payload.signature(), device)?;
    let signals = payload.signals().map_err(reason)?;
    let flat = signals.iter().map(|signal| {
        let time = signal.time.ok_or("a signal without a time")?;
        Ok(((time, signal.name.to_string()), signal.value.as_f64().ok_or("no number")?))
    });
    flat.collect()
}

/// As the ingest server does, and the signature too, which that server only stores.
fn cloud_event(json: &str, now: Timestamp, who: Authorities<'_>) -> Checked<Vec<((Timestamp, String), f64)>> {
    let event = ReceivedCloudEvent::parse(json.as_bytes(), &CloudEventLimits::default()).map_err(reason)?;
    let faults = event.ingest_faults(now);
    hold(faults.is_empty(), || format!("the ingest server would object: {faults:?}"))?;
    let producer: Did = event.producer().ok_or("no producer")?.parse().map_err(reason)?;
    let synthetic = who.registry.by_did(producer).ok_or("no such producer")?;
    let subject: Did = event.subject().ok_or("no subject")?.parse().map_err(reason)?;
    hold(subject == vehicle_did(synthetic.vehicle), || format!("{producer} is not paired with {subject}"))?;
    admit(synthetic.address, who)?;
    check_data(event.data_bytes().ok_or("no data")?, event.signature(), synthetic.address)?;
    let mut flat = Vec::new();
    for signal in event.data().map_err(reason)?.signals {
        let time = signal.time().ok_or("a signal without a time")?;
        let mut push = |name: &str, value: Option<f64>| {
            flat.push(((time, name.to_owned()), value.ok_or("no number")?));
            Ok::<(), &str>(())
        };
        match signal.value {
            ReceivedValue::Position { latitude, longitude, .. } => {
                push("latitude", latitude)?;
                push("longitude", longitude)?;
            }
            ref value => push(&signal.name, value.as_f64())?,
        }
    }
    Ok(flat)
}

/// A connection that exists, of a provider in good standing: looked up at every message.
fn admit(device: Address, who: Authorities<'_>) -> Checked {
    who.registry.by_address(device).ok_or_else(|| format!("no connection {device}"))?;
    who.books.economy.standing(&who.books.provider).require().map_err(reason)
}

/// Both JSON forms are signed over the bytes of `data`.
fn check_data(data: &[u8], signature: Option<&str>, device: Address) -> Checked {
    let signature: Signature = signature.unwrap_or_default().parse().map_err(reason)?;
    verify(ReceivedTelemetry(data), &signature, device).map(drop).map_err(reason)
}

#[cfg(test)]
mod tests {
    use dimo_crypto::SoftwareKey;
    use dimo_crypto::blocking::DeviceSigner as _;
    use dimo_crypto::{BurnSynthetic, MintVehicleAndSynthetic};
    use dimo_types::TokenId;

    use super::*;
    use crate::connection::Connection;
    use crate::mapping::Mapping;
    use crate::owner::Owner;
    use crate::registry::{REGISTRY, Synthetic};

    const KEY: [u8; 32] = [0x51; 32];

    /// One minted connection of a licensed provider, and a batch of one reading.
    struct World {
        registry: TokenRegistry,
        books: Books,
        backend: Backend,
        synthetic: Synthetic,
        now: Timestamp,
    }

    impl World {
        fn new() -> Self {
            let now = Timestamp::from_secs(1_700_000_000).unwrap();
            let mut books = Books::open(now).unwrap();
            books.stake(now).unwrap();
            let (mut key, mut owner) =
                (SoftwareKey::from_bytes(KEY).unwrap(), Owner::of_the_vehicle().unwrap());
            let connection = MintVehicleAndSynthetic { registry: REGISTRY, connection: TokenId::from(1) };
            let by_connection = key.sign(&connection).unwrap();
            let vehicle = owner.vehicle();
            let by_owner = owner.sign_vehicle(&vehicle).unwrap();
            let mut registry = TokenRegistry::default();
            let synthetic =
                registry.mint_both(&vehicle, &by_owner, connection, &by_connection, key.address()).unwrap();
            let mut backend = Backend::default();
            let dictionary = Mapping::new().dictionary();
            let connection = Connection::new(key, synthetic, dictionary);
            backend.take_dictionary(&connection.dictionary_message()).unwrap();
            Self { registry, books, backend, synthetic, now }
        }

        fn sent_by(&self, key: [u8; 32]) -> Sent {
            let key = SoftwareKey::from_bytes(key).unwrap();
            let mut mapping = Mapping::new();
            let json = r#"{"climate_state":{"timestamp":1699999999000,"outside_temp":50.0}}"#;
            let readings = mapping.readings(self.now, &serde_json::from_str(json).unwrap());
            Connection::new(key, self.synthetic, mapping.dictionary()).send(self.now, readings).unwrap()
        }

        fn take(&mut self, sent: &Sent) -> Checked {
            let who = Authorities { registry: &self.registry, books: &self.books };
            self.backend.take(sent, self.now, who)
        }

        fn taken(&self, form: Form) -> usize {
            self.backend.readings(form).map_or(0, Readings::len)
        }
    }

    #[test]
    fn a_batch_of_the_connection_is_taken_in_each_form() {
        let mut world = World::new();
        let sent = world.sent_by(KEY);
        world.take(&sent).unwrap();
        assert_eq!([Form::Protobuf, Form::Gen1, Form::CloudEvent].map(|form| world.taken(form)), [1, 1, 1]);
        assert_eq!(world.backend.repeated, 0);
        world.take(&sent).unwrap();
        assert_eq!(world.backend.repeated, 3);
    }

    #[test]
    fn a_stranger_who_names_the_connection_is_refused_in_each_form() {
        let mut world = World::new();
        let (ours, theirs) = (world.sent_by(KEY), world.sent_by([0x52; 32]));
        let forged = [
            Sent { protobuf: theirs.protobuf, ..world.sent_by(KEY) },
            Sent { gen1: theirs.gen1, ..world.sent_by(KEY) },
            Sent { cloud_event: theirs.cloud_event, ..world.sent_by(KEY) },
            Sent { cloud_event: ours.cloud_event.replace("10", "11"), ..world.sent_by(KEY) },
        ];
        for sent in &forged {
            world.take(sent).unwrap_err();
        }
        assert_eq!(world.taken(Form::CloudEvent), 0);
    }

    #[test]
    fn a_burned_connection_and_a_suspended_provider_are_refused() {
        let mut world = World::new();
        let sent = world.sent_by(KEY);
        let provider = world.books.provider.clone();
        let now = world.books.economy.now();
        world.books.economy.integrations().suspend(now, &provider).unwrap();
        world.take(&sent).unwrap_err();
        world.books.economy.integrations().reinstate(now, &provider).unwrap();
        world.take(&sent).unwrap();
        let Synthetic { node, vehicle, .. } = world.synthetic;
        let burn = BurnSynthetic { registry: REGISTRY, vehicle_node: vehicle, synthetic_node: node };
        let by_owner = Owner::of_the_vehicle().unwrap().sign_burn(&burn).unwrap();
        world.registry.burn(burn, &by_owner).unwrap();
        world.take(&sent).unwrap_err();
    }
}
