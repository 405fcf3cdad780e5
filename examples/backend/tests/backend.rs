//! What a backend takes, what it refuses, and what it counts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers over constants")]

use backend::contract::{ACKNOWLEDGED, DICTIONARY_WANTED, Word, topic};
use backend::{Backend, Event, Output, Refused, Registry};
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OVERHEAD, OpeningCounter, Reservation, ServerKey, SessionAction, SessionRequest,
};
use dimo_crypto::{SoftwareKey, blocking::DeviceSigner as _};
use dimo_types::wire::{StreamMessage, batch_message, encode_dictionary};
use dimo_types::{
    Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit,
};

const SERVER: [u8; 32] = [9; 32];
const RECIPIENT: Address = Address::new([0xBE; 20]);
const SPEED: SignalInfo<'static> =
    SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY };

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// As good as random, and another for each number.
fn random(number: u64) -> [u8; 32] {
    dimo_crypto::keccak256(&number.to_le_bytes())
}

/// A device with its session.
struct Device {
    wallet: SoftwareKey,
    session: DeviceSession,
}

impl Device {
    /// Opens its session number `counter`; what it sends for that.
    fn open(secret: u8, counter: u64) -> (Self, Vec<u8>) {
        let mut wallet = SoftwareKey::from_bytes([secret; 32]).unwrap();
        let request = SessionRequest {
            device: wallet.address(),
            server: ServerKey::from_bytes(SERVER).public_key(),
            recipient: RECIPIENT,
            counter: OpeningCounter::new(counter).unwrap(),
            not_after: Timestamp::MAX,
        };
        let ephemeral = Ephemeral::from_bytes(random(counter)).unwrap();
        let mut session = DeviceSession::new(request, ephemeral, Reservation::NONE).unwrap();
        while let Some(action) = session.poll_action() {
            match action {
                SessionAction::Persist(reservation) => session.handle_persisted(reservation).unwrap(),
                SessionAction::Sign(opening) => {
                    session.handle_signature(&wallet.sign(&opening).unwrap()).unwrap();
                }
                _ => unreachable!("there are no others"),
            }
        }
        let opening = session.opening().unwrap().to_vec();
        (Self { wallet, session }, opening)
    }

    fn address(&self) -> Address {
        self.wallet.address()
    }

    fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let mut record = vec![0; plaintext.len() + OVERHEAD];
        self.session.seal(plaintext, &mut record).unwrap();
        record
    }

    fn dictionary(&mut self) -> Vec<u8> {
        self.seal(&StreamMessage::Dictionary { payload: encode_dictionary(&[SPEED]) }.encode())
    }

    fn batch(&mut self, number: u8) -> Vec<u8> {
        let address = self.address();
        self.batch_of(address, number)
    }

    fn batch_of(&mut self, device: Address, number: u8) -> Vec<u8> {
        let value = SignalValue::Float(88.5);
        let readings = vec![Reading { time: now(), signal: SignalIndex(0), value }];
        let id = RecordId::new(now(), [number; 16]);
        let batch = Batch::new(id, device, None, vec![SPEED], readings).unwrap();
        self.seal(&StreamMessage::of_batch(&batch_message(&batch)).encode())
    }

    /// What a command that came down says.
    fn opened(&mut self, output: &Output) -> Vec<u8> {
        let Output::Publish { payload, .. } = output else { panic!("{output:?} is nothing to send") };
        self.session.open_in_place(&mut payload.clone()).unwrap().plaintext.to_vec()
    }
}

/// A backend that knows one device, with an open session.
struct World {
    backend: Backend,
    device: Device,
}

impl World {
    fn new() -> Self {
        let (device, opening) = Device::open(1, 1);
        let registry = Registry::default().with(device.address());
        let backend = Backend::new(ServerKey::from_bytes(SERVER), RECIPIENT, registry);
        let mut world = Self { backend, device };
        let outputs = world.send(Word::Session, &opening);
        let [Output::Publish { payload: reply, .. }, Output::Event(Event::Session { .. })] = &outputs[..]
        else {
            panic!("{outputs:?}")
        };
        world.device.session.handle_reply(reply).unwrap();
        world
    }

    fn send(&mut self, word: Word, payload: &[u8]) -> Vec<Output> {
        let topic = topic(self.device.address(), word);
        self.backend.handle(now(), &topic, payload, random(0))
    }

    /// Sends a batch that is new, and has it stored: what comes of it, and what the device hears.
    fn store(&mut self, batch: &[u8]) -> (Event, Output) {
        let outputs = self.send(Word::Record, batch);
        let [Output::Event(event @ Event::Batch { .. })] = &outputs[..] else { panic!("{outputs:?}") };
        (event.clone(), self.backend.acknowledge(now(), event).unwrap())
    }

    fn assert_refused(&mut self, reason: Refused, word: Word, payload: &[u8]) {
        let before = self.backend.counts().refused_for(reason);
        let device = Some(self.device.address());
        let outputs = self.send(word, payload);
        assert_eq!(outputs, [Output::Event(Event::Refused { reason, device })]);
        assert_eq!(self.backend.counts().refused_for(reason), before + 1);
    }
}

#[test]
fn a_batch_is_decoded_and_acknowledged_by_its_id() {
    let mut world = World::new();
    let dictionary = world.device.dictionary();
    world.send(Word::Record, &dictionary);
    let batch = world.device.batch(1);
    let (event, answer) = world.store(&batch);
    let Event::Batch { id, readings, .. } = event else { panic!("{event:?}") };
    assert_eq!((readings[0].name.as_str(), readings[0].value.to_string().as_str()), ("speed", "88.5"));
    let said = world.device.opened(&answer);
    assert_eq!(said, [&[ACKNOWLEDGED], id.as_bytes().as_slice()].concat());
}

#[test]
fn a_batch_that_comes_again_is_acknowledged_again_and_counted_as_no_attack() {
    let mut world = World::new();
    let dictionary = world.device.dictionary();
    world.send(Word::Record, &dictionary);
    let batch = world.device.batch(1);
    world.store(&batch);
    for _ in 0..2 {
        let batch = world.device.batch(1);
        assert_eq!(world.send(Word::Record, &batch).len(), 2);
    }
    let counts = world.backend.counts();
    assert_eq!((counts.batches, counts.duplicates, counts.refused.len()), (1, 2, 0));
}

#[test]
fn a_batch_that_could_not_be_stored_is_not_acknowledged_and_is_new_when_it_comes_again() {
    let mut world = World::new();
    let dictionary = world.device.dictionary();
    world.send(Word::Record, &dictionary);
    for _ in 0..2 {
        let batch = world.device.batch(1);
        assert!(matches!(world.send(Word::Record, &batch)[..], [Output::Event(Event::Batch { .. })]));
    }
    assert_eq!((world.backend.counts().batches, world.backend.counts().duplicates), (0, 0));
}

#[test]
fn a_backend_that_begins_anew_takes_no_batch_twice_and_no_opening_again() {
    let mut world = World::new();
    let device = world.device.address();
    let last = world.backend.last_opening(device);
    let (_, opening) = Device::open(1, 1);
    world.backend = Backend::new(ServerKey::from_bytes(SERVER), RECIPIENT, Registry::default().with(device));
    world.backend.remember_opening(device, last);
    world.backend.remember(device, RecordId::new(now(), [1; 16]));
    world.assert_refused(Refused::OldOpening, Word::Session, &opening);
    let (mut again, opening) = Device::open(1, 2);
    world.send(Word::Session, &opening);
    let dictionary = again.dictionary();
    world.send(Word::Record, &dictionary);
    let batch = again.batch(1);
    assert!(matches!(world.send(Word::Record, &batch)[..], [Output::Event(Event::Duplicate { .. }), _]));
}

#[test]
fn a_dictionary_that_is_missing_is_asked_for_and_the_batch_is_not_acknowledged() {
    let mut world = World::new();
    let batch = world.device.batch(1);
    let outputs = world.send(Word::Record, &batch);
    let [wanted, Output::Event(Event::NoDictionary { .. })] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!(world.device.opened(wanted)[0], DICTIONARY_WANTED);
    assert_eq!(world.backend.counts().batches, 0);
}

#[test]
fn a_record_that_is_sent_twice_is_a_replay() {
    let mut world = World::new();
    let dictionary = world.device.dictionary();
    world.send(Word::Record, &dictionary);
    world.assert_refused(Refused::Replay, Word::Record, &dictionary);
}

#[test]
fn an_opening_that_is_sent_twice_is_refused_and_the_session_goes_on() {
    let (_, opening) = Device::open(1, 1);
    let mut world = World::new();
    world.assert_refused(Refused::OldOpening, Word::Session, &opening);
    let dictionary = world.device.dictionary();
    assert_eq!(world.send(Word::Record, &dictionary).len(), 1);
}

#[test]
fn a_record_with_one_bit_changed_is_refused() {
    let mut world = World::new();
    let mut record = world.device.dictionary();
    *record.last_mut().unwrap() ^= 1;
    world.assert_refused(Refused::Tampered, Word::Record, &record);
}

#[test]
fn a_device_that_nobody_registered_is_a_stranger_whatever_it_signs() {
    let mut world = World::new();
    let (stranger, opening) = Device::open(2, 1);
    let outputs = world.backend.handle(now(), &topic(stranger.address(), Word::Session), &opening, random(0));
    let device = Some(stranger.address());
    assert_eq!(outputs, [Output::Event(Event::Refused { reason: Refused::Stranger, device })]);
}

#[test]
fn an_opening_by_another_key_under_the_address_of_a_device_is_refused() {
    let (_, opening) = Device::open(2, 5);
    World::new().assert_refused(Refused::Opening, Word::Session, &opening);
}

#[test]
fn a_batch_that_names_another_device_is_refused() {
    let mut world = World::new();
    let batch = world.device.batch_of(RECIPIENT, 1);
    world.assert_refused(Refused::OtherDevice, Word::Record, &batch);
}

#[test]
fn a_device_is_refused_from_the_moment_on_when_it_is_banned_or_its_provider_falls() {
    for (provider, banned, reason) in [(true, true, Refused::Banned), (false, false, Refused::Standing)] {
        let mut world = World::new();
        let device = world.device.address();
        let json = format!(
            r#"{{"providers":{{"p":{{"good_standing":{provider}}}}},"devices":{{"{device}":{{"provider":"p","banned":{banned}}}}}}}"#
        );
        world.backend.set_registry(Registry::parse(&json).unwrap());
        let dictionary = world.device.dictionary();
        world.assert_refused(reason, Word::Record, &dictionary);
    }
}

#[test]
fn a_provider_that_the_registry_does_not_list_is_in_no_good_standing() {
    let mut world = World::new();
    let device = world.device.address();
    let json = format!(r#"{{"providers":{{}},"devices":{{"{device}":{{"provider":"p"}}}}}}"#);
    world.backend.set_registry(Registry::parse(&json).unwrap());
    let dictionary = world.device.dictionary();
    world.assert_refused(Refused::Standing, Word::Record, &dictionary);
}

#[test]
fn bytes_of_no_form_are_unreadable_and_no_panic() {
    let mut world = World::new();
    let record = world.device.seal(b"no message");
    world.assert_refused(Refused::Unreadable, Word::Record, &record);
    world.assert_refused(Refused::Opening, Word::Session, b"");
    world.assert_refused(Refused::Tampered, Word::Record, b"");
    world.assert_refused(Refused::Unreadable, Word::Gen1, b"{");
    world.assert_refused(Refused::Unreadable, Word::Gen1, &[0x1F, 0x8B, 1]);
}

#[test]
fn a_topic_of_nobody_is_counted_and_our_own_are_passed_over() {
    let mut world = World::new();
    let outputs = world.backend.handle(now(), "dimo/v1/nobody/record", b"", random(0));
    assert_eq!(outputs, [Output::Event(Event::Refused { reason: Refused::Topic, device: None })]);
    assert_eq!(world.send(Word::Down, b"x"), []);
}
