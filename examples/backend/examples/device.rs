//! A device for tests of the program `backend`: a session, a dictionary, and batches over a broker, with a key of software.
//!
//! | command | what it does |
//! |---|---|
//! | `device address SECRET` | prints its address |
//! | `device send BROKER SERVER RECIPIENT SECRET COUNTER FIRST COUNT` | sends so many batches, prints `sent` for each reading and `acknowledged` for each batch, and sends again what is not acknowledged within seconds; exit 1 when that is in vain |
//! | `device wrong BROKER SERVER RECIPIENT SECRET COUNTER` | sends what a backend has to refuse: a replay, a changed record, its opening again, bytes over a topic of nobody |
//! | `device open BROKER SERVER RECIPIENT SECRET COUNTER` | prints `refused` when no reply comes to its opening, else `open` |

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use backend::contract::{ACKNOWLEDGED, DICTIONARY_WANTED, Word, topic};
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OVERHEAD, OpeningCounter, Reservation, ServerPublicKey, SessionAction,
    SessionRequest,
};
use dimo_crypto::{SoftwareKey, keccak256};
use dimo_types::wire::{StreamMessage, batch_message, encode_dictionary};
use dimo_types::{
    Address, Batch, Location, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit,
};
use rumqttc::{Client, Event, MqttOptions, Packet, QoS};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A reply to an opening comes by then.
const REPLY: Duration = Duration::from_secs(3);
/// So long nothing may be acknowledged before it is sent again, and so often.
const SILENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;
/// Readings of a batch, three signals in turn.
const READINGS: u64 = 30;

const DICTIONARY: [SignalInfo<'static>; 3] = [
    SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY },
    SignalInfo { name: "gear\tand more", unit: Unit::None, scale: Scale::IDENTITY },
    SignalInfo { name: "currentLocationCoordinates", unit: Unit::None, scale: Scale::IDENTITY },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("device: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Outcome<bool> {
    match arguments {
        ["address", secret] => {
            println!("{}", wallet(secret)?.address());
            Ok(true)
        }
        ["send", broker, server, recipient, secret, counter, first, count] => {
            let mut device = Device::open(broker, server, recipient, secret, counter)?;
            device.send(first.parse()?, count.parse()?)
        }
        ["wrong", broker, server, recipient, secret, counter] => {
            Device::open(broker, server, recipient, secret, counter)?.send_what_is_wrong()
        }
        ["open", broker, server, recipient, secret, counter] => {
            let is_open = Device::open(broker, server, recipient, secret, counter).is_ok();
            println!("{}", if is_open { "open" } else { "refused" });
            Ok(true)
        }
        _ => Err("no such command".into()),
    }
}

fn wallet(secret: &str) -> Outcome<SoftwareKey> {
    Ok(SoftwareKey::from_bytes([secret.parse()?; 32])?)
}

/// A device with its session open.
struct Device {
    address: Address,
    session: DeviceSession,
    opening: Vec<u8>,
    client: Client,
    /// What came down.
    down: Receiver<Vec<u8>>,
}

impl Device {
    fn open(broker: &str, server: &str, recipient: &str, secret: &str, counter: &str) -> Outcome<Self> {
        let mut wallet = wallet(secret)?;
        let address = wallet.address();
        let request = SessionRequest {
            device: address,
            server: ServerPublicKey::new(hex(server)?),
            recipient: recipient.parse()?,
            counter: OpeningCounter::new(counter.parse()?).ok_or("no counter")?,
            not_after: Timestamp::MAX,
        };
        let ephemeral = Ephemeral::from_bytes(keccak256(format!("{secret} {counter}").as_bytes()))?;
        let mut session = DeviceSession::new(request, ephemeral, Reservation::NONE)?;
        while let Some(action) = session.poll_action() {
            match action {
                SessionAction::Persist(reservation) => session.handle_persisted(reservation)?,
                SessionAction::Sign(opening) => session.handle_signature(&wallet.sign(&opening)?)?,
                _ => return Err("an unknown action".into()),
            }
        }
        let opening = session.opening().ok_or("no opening")?.to_vec();
        let (client, down) = connect(broker, address)?;
        let mut device = Self { address, session, opening, client, down };
        device.publish(Word::Session, device.opening.clone())?;
        let reply = device.down.recv_timeout(REPLY).map_err(|_| "no reply")?;
        device.session.handle_reply(&reply)?;
        Ok(device)
    }

    fn publish(&self, word: Word, payload: Vec<u8>) -> Outcome<()> {
        Ok(self.client.publish(topic(self.address, word), QoS::AtLeastOnce, false, payload)?)
    }

    fn seal(&mut self, message: &StreamMessage) -> Outcome<Vec<u8>> {
        let plaintext = message.encode();
        let mut record = vec![0; plaintext.len() + OVERHEAD];
        self.session.seal(&plaintext, &mut record)?;
        Ok(record)
    }

    fn send(&mut self, first: u64, count: u64) -> Outcome<bool> {
        let mut waiting = BTreeMap::new();
        for number in first..first + count {
            let batch = batch(self.address, number)?;
            say(&batch);
            waiting.insert(batch.id().to_string(), batch_message(&batch));
        }
        self.dictionary()?;
        for _ in 0..ATTEMPTS {
            for message in waiting.values().cloned().collect::<Vec<_>>() {
                let record = self.seal(&StreamMessage::of_batch(&message))?;
                self.publish(Word::Record, record)?;
                self.take(&mut waiting, Duration::from_millis(20))?;
            }
            while !waiting.is_empty() && self.take(&mut waiting, SILENCE)? {}
            if waiting.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn dictionary(&mut self) -> Outcome<()> {
        let record = self.seal(&StreamMessage::Dictionary { payload: encode_dictionary(&DICTIONARY) })?;
        self.publish(Word::Record, record)
    }

    /// Takes what comes down, if anything does.
    fn take<T>(&mut self, waiting: &mut BTreeMap<String, T>, patience: Duration) -> Outcome<bool> {
        let mut record = match self.down.recv_timeout(patience) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return Ok(false),
            Err(gone) => return Err(gone.into()),
        };
        let said = self.session.open_in_place(&mut record)?.plaintext.to_vec();
        match said.split_first() {
            Some((&ACKNOWLEDGED, ids)) => {
                for id in ids.as_chunks().0 {
                    let id = RecordId::from_bytes(*id).to_string();
                    waiting.remove(&id);
                    println!("acknowledged\t{id}");
                }
            }
            Some((&DICTIONARY_WANTED, _)) => self.dictionary()?,
            _ => return Err("nothing that a backend says".into()),
        }
        Ok(true)
    }

    fn send_what_is_wrong(&mut self) -> Outcome<bool> {
        let message = StreamMessage::Dictionary { payload: encode_dictionary(&DICTIONARY) };
        let record = self.seal(&message)?;
        self.publish(Word::Record, record.clone())?;
        self.publish(Word::Record, record)?;
        let mut changed = self.seal(&message)?;
        if let Some(last) = changed.last_mut() {
            *last ^= 1;
        }
        self.publish(Word::Record, changed)?;
        self.publish(Word::Session, self.opening.clone())?;
        self.client.publish("dimo/v1/nobody/record", QoS::AtLeastOnce, false, "x")?;
        // The broker is to have it before this ends.
        thread::sleep(Duration::from_millis(500));
        Ok(true)
    }
}

fn connect(broker: &str, address: Address) -> Outcome<(Client, Receiver<Vec<u8>>)> {
    let (host, port) = broker.rsplit_once(':').ok_or("no broker")?;
    let mut options = MqttOptions::new(address.to_string(), host, port.parse()?);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut connection) = Client::new(options, 1_024);
    for word in [Word::Reply, Word::Down] {
        client.subscribe(topic(address, word), QoS::AtLeastOnce)?;
    }
    let (sender, down) = channel();
    thread::spawn(move || {
        for event in connection.iter() {
            match event {
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    if sender.send(message.payload.to_vec()).is_err() {
                        break;
                    }
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    });
    Ok((client, down))
}

/// A batch of readings that depend on its number alone.
fn batch(device: Address, number: u64) -> Outcome<Batch<'static>> {
    let begin = Timestamp::from_millis(1_800_000_000_000 + number * 1_000)?;
    let reading = |index: u64| -> Outcome<Reading<'static>> {
        let time = Timestamp::from_micros(begin.as_micros() + index * 10_000)?;
        let part = (number * READINGS + index) as f64;
        let (signal, value) = match index % 3 {
            0 => (0, SignalValue::Float(part / 7.0)),
            1 => (1, SignalValue::Text(if number.is_multiple_of(2) { "D\n" } else { "Ä" })),
            _ => (2, SignalValue::Location(Location::new(part / 1e3 % 90.0, part / 1e2 % 180.0)?)),
        };
        Ok(Reading { time, signal: SignalIndex(signal), value })
    };
    let readings = (0..READINGS).map(reading).collect::<Outcome<Vec<_>>>()?;
    let random = keccak256(&number.to_le_bytes());
    let id = RecordId::new(begin, *random.first_chunk().ok_or("no hash")?);
    Ok(Batch::new(id, device, None, DICTIONARY.to_vec(), readings)?)
}

/// Every reading, for who compares them: its batch, time in microseconds, signal, and what it was, in bits.
fn say(batch: &Batch<'_>) {
    for reading in batch.readings() {
        let value = match reading.value {
            SignalValue::Text(text) => {
                format!("text\t{}", text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            SignalValue::Location(place) => {
                format!("position\t{:016x} {:016x}", place.latitude.to_bits(), place.longitude.to_bits())
            }
            other => format!("number\t{:016x}", other.as_f64().unwrap_or_default().to_bits()),
        };
        let micros = reading.time.as_micros();
        println!("sent\t{}\t{micros}\t{}\t{value}", batch.id(), reading.signal.0);
    }
}

fn hex(digits: &str) -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair)?, 16)?;
    }
    Ok(bytes)
}
