//! [`World`]: everything around the program, and [`Gateway`], the program as a process.

pub(crate) mod adapter;
pub(crate) mod listener;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use backend::cloud::Cloud;
use backend::{Backend, Event, Registry, Seen, sharing};
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::ServerKey;
use dimo_crypto::{Registry as Chain, SharingConsent, SoftwareKey};
use dimo_dbc::Plan;
use dimo_dbc::log::{LogItem, LogReader};
use dimo_pairing::UploadedConsent;
use dimo_types::{
    Address, Frame, FrameKind, Grant, Privilege, SharingPolicy, SignalDictionary as _, SignalValue, Timestamp,
};
use gateway::enrol::Identity;
use gateway::uplink::{Destination, options};
use gateway::{drive, now, random};
use serde_json::{Value, json};

use crate::authority::{self, Authority};
use crate::broker::Broker;
use crate::own_vehicle;
use listener::Listener;

/// A program that says nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// The token of the device's vehicle.
const VEHICLE: u64 = 1337;

/// The values of each signal, in their order.
pub(crate) type Values = BTreeMap<String, Vec<String>>;

/// How fast the log is replayed.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// As it was recorded.
    Recorded,
    /// As fast as it is taken.
    Fast,
}

/// The program.
pub(crate) fn gateway() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gateway"))
}

/// An empty folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) authority: Authority,
    broker: Broker,
    cloud: Cloud<Seen>,
    pub(crate) device: Address,
    destination: Destination,
    server: String,
    recipient: Address,
    dbc: PathBuf,
    log: PathBuf,
    runs: Cell<usize>,
}

impl World {
    /// With a log of so many frames, and a device that the backend knows.
    pub(crate) fn new(name: &str, frames: usize) -> Self {
        let folder = folder(name);
        let [dbc, log] = own_vehicle::write(&folder).unwrap();
        let lines = fs::read(&log).unwrap();
        let lines: Vec<&[u8]> = lines.split_inclusive(|byte| *byte == b'\n').take(frames).collect();
        fs::write(&log, lines.concat()).unwrap();
        let authority = Authority::start().unwrap();
        let broker = Broker::start(&folder, &authority).unwrap();
        let key = ServerKey::from_bytes(random().unwrap());
        let recipient = Address::new([0xBE; 20]);
        let destination = Destination {
            broker: broker.address,
            authority: authority.certificate.clone(),
            server: key.public_key(),
            recipient,
        };
        let server = key.public_key().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let (certificate, secret) = authority.issue("backend").unwrap();
        let not_after = time::OffsetDateTime::now_utc() + time::Duration::days(1);
        let identity = Identity { certificate, key: secret, not_after };
        let device = make_device(&folder.join("device"));
        let backend = Backend::new(key, recipient, Registry::default().with(device));
        let cloud = Cloud::start(options("backend", &destination, Some(&identity)), backend, Seen::default());
        cloud.listening(PATIENCE).unwrap();
        Self {
            folder,
            authority,
            broker,
            cloud,
            device,
            destination,
            server,
            recipient,
            dbc,
            log,
            runs: Cell::new(0),
        }
    }

    /// Somebody else who listens at the broker.
    pub(crate) fn listener(&self, topic: &str) -> Listener {
        let (certificate, key) = self.authority.issue("listener").unwrap();
        let not_after = time::OffsetDateTime::now_utc() + time::Duration::days(1);
        let identity = Identity { certificate, key, not_after };
        Listener::start(options("listener", &self.destination, Some(&identity)), topic)
    }

    pub(crate) fn broker_port(&self) -> u16 {
        self.broker.address.port()
    }

    /// Where nobody listens: it was free a moment ago.
    pub(crate) fn port_of_nobody(&self) -> u16 {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
    }

    /// Has the device know its owner, who shares all with the backend. A device that nobody has told so records nothing.
    pub(crate) fn share(&self) {
        fs::write(self.folder.join("silence.log"), "").unwrap();
        let silence = json!({ "kind": "log", "file": self.folder.join("silence.log"), "pace": "fast" });
        let mut gateway = self.start(&self.settings(silence));
        self.wait_for_sessions(1);
        let mut owner = SoftwareKey::from_bytes([0x0E; 32]).unwrap();
        let told = sharing::owner(&Chain::POLYGON, VEHICLE.into(), owner.public_key().address());
        assert_eq!(self.command(&told)[..2], [sharing::OWNER, 1]);
        let consented = sharing::consent(&self.consent(&mut owner));
        assert_eq!(self.command(&consented)[..2], [sharing::CONSENT, 1]);
        gateway.kill();
    }

    /// All of the vehicle for the backend, of all times, as its owner signs it.
    fn consent(&self, owner: &mut SoftwareKey) -> Vec<u8> {
        let privileges = Privilege::ALL.into_iter().collect();
        let (from, until) = (Timestamp::EPOCH, Timestamp::MAX);
        let grants = [Grant { recipient: self.recipient, privileges, from, until }];
        let policy = SharingPolicy::new(VEHICLE.into(), now().as_secs(), &grants).unwrap();
        let consent = SharingConsent { registry: Chain::POLYGON, device: self.device, policy };
        let signature = owner.sign(&consent).unwrap();
        UploadedConsent { consent, signature }.write(&mut [0; 512]).unwrap().to_vec()
    }

    /// Starts the program on the log.
    pub(crate) fn replay(&self, pace: Pace, port: u16) -> Gateway {
        let pace = match pace {
            Pace::Recorded => "recorded",
            Pace::Fast => "fast",
        };
        let mut settings = self.settings(json!({ "kind": "log", "file": self.log, "pace": pace }));
        settings["broker"]["port"] = port.into();
        self.start(&settings)
    }

    /// Settings of this world, on this bus.
    pub(crate) fn settings(&self, bus: Value) -> Value {
        json!({
            "folder": self.folder.join("device"),
            "bus": bus,
            "dbc": self.dbc,
            "country": "DE",
            "broker": { "host": "localhost", "port": self.broker_port(), "authorities": self.folder.join("ca.pem") },
            "authority": { "url": self.authority.url, "name": authority::NAME, "client_id": "gateway" },
            "backend": { "server": self.server, "recipient": self.recipient.to_string() },
        })
    }

    /// Starts the program.
    pub(crate) fn start(&self, settings: &Value) -> Gateway {
        self.runs.set(self.runs.get() + 1);
        let file = self.folder.join(format!("settings-{}.json", self.runs.get()));
        fs::write(&file, settings.to_string()).unwrap();
        Gateway::start(&file)
    }

    /// The frames of the log that a device records.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        let items = LogReader::open(&self.log).unwrap().map(Result::unwrap);
        let frames = items.filter_map(|item| match item {
            LogItem::Frame(frame) => Some(frame),
            _ => None,
        });
        frames.filter(|frame| frame.kind() == FrameKind::Classic && frame.is_data()).collect()
    }

    /// What a host decodes of them.
    pub(crate) fn decoded(&self) -> Values {
        let blob = drive::plan(&self.dbc).unwrap();
        let plan = Plan::from_bytes(&blob).unwrap();
        let mut values = Values::new();
        for frame in self.frames() {
            for sample in plan.decode(&frame).into_iter().flatten() {
                let reading = sample.reading(frame.time());
                let name = plan.signal(reading.signal).unwrap().name.to_owned();
                let value = match reading.value {
                    SignalValue::Text(text) => text.to_owned(),
                    other => other.as_f64().map_or_else(|| format!("{other:?}"), |number| number.to_string()),
                };
                values.entry(name).or_default().push(value);
            }
        }
        values
    }

    /// What the backend has.
    pub(crate) fn received(&self) -> Values {
        values(&self.cloud.events())
    }

    pub(crate) fn events<T>(&self, mut of: impl FnMut(&Event) -> Option<T>) -> Vec<T> {
        self.cloud.events().iter().filter_map(&mut of).collect()
    }

    pub(crate) fn wait_until(&self, what: &str, mut is_there: impl FnMut(&Values) -> bool) {
        self.cloud.wait(what, PATIENCE, |seen| is_there(&values(&seen.events)).then_some(())).unwrap();
    }
}

impl World {
    /// Sends a command over the session that was opened last, and waits for what the device reports of it.
    pub(crate) fn command(&self, command: &[u8]) -> Vec<u8> {
        let reports = |events: &[Event]| {
            let reports = events.iter().filter_map(|event| match event {
                Event::Report { bytes, .. } => Some(bytes.clone()),
                _ => None,
            });
            reports.collect::<Vec<_>>()
        };
        let before = reports(&self.cloud.events()).len();
        self.cloud.command(self.device, command).unwrap();
        let report = self.cloud.wait("report", PATIENCE, |seen| reports(&seen.events).get(before).cloned());
        report.unwrap()
    }

    /// Waits until so many sessions were opened.
    pub(crate) fn wait_for_sessions(&self, count: usize) {
        let is_session = |event: &&Event| matches!(event, Event::Session { .. });
        let opened = self.cloud.wait("session", PATIENCE, |seen| {
            (seen.events.iter().filter(is_session).count() >= count).then_some(())
        });
        opened.unwrap();
    }
}

/// How many there are.
pub(crate) fn count(values: &Values) -> usize {
    values.values().map(Vec::len).sum()
}

fn values(events: &[Event]) -> Values {
    let mut values = Values::new();
    for event in events {
        let Event::Batch { readings, .. } = event else { continue };
        for reading in readings {
            values.entry(reading.name.clone()).or_default().push(reading.value.to_string());
        }
    }
    values
}

/// The key of a device, as the program keeps it.
fn make_device(folder: &Path) -> Address {
    fs::create_dir_all(folder).unwrap();
    let secret: [u8; 32] = random().unwrap();
    let file = folder.join("device.key");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).unwrap();
    file.write_all(&secret).unwrap();
    SoftwareKey::from_bytes(secret).unwrap().public_key().address()
}

/// The program, and what it has said.
pub(crate) struct Gateway {
    process: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Gateway {
    fn start(settings: &Path) -> Self {
        let mut command = gateway();
        command.arg("--config").arg(settings).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
        });
        Self { process, lines, said: Vec::new() }
    }

    /// Waits until it has said so many lines that begin with this word.
    pub(crate) fn wait_for(&mut self, count: usize, word: &str) {
        while self.count(word) < count {
            self.hear(word);
        }
    }

    /// Waits until it has said a line that begins with the first word, behind that one with the second, and so on.
    pub(crate) fn wait_for_in_turn(&mut self, words: &[&str]) {
        let mut place = 0;
        for word in words {
            loop {
                let found =
                    self.said.iter().skip(place).position(|line| line.split('\t').next() == Some(word));
                if let Some(found) = found {
                    place += found + 1;
                    break;
                }
                self.hear(word);
            }
        }
    }

    fn hear(&mut self, wanted: &str) {
        let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
            panic!("no {wanted}; it has said:\n{}", self.said.join("\n"));
        };
        self.said.push(line);
    }

    /// SIGKILL. What it had said before is heard.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.said.extend(self.lines.iter());
    }

    /// Whether it has said a line that begins so.
    pub(crate) fn said(&self, beginning: &str) -> bool {
        self.said.iter().any(|line| line.starts_with(beginning))
    }

    /// Waits until it ends by itself.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    pub(crate) fn count(&self, word: &str) -> usize {
        self.said.iter().filter(|line| line.split('\t').next() == Some(word)).count()
    }

    /// Readings in the batches that it has put into its queue, as far as it came to say so.
    pub(crate) fn readings_queued(&self) -> usize {
        let last = self.said.iter().rev().find_map(|line| line.strip_prefix("queued\t"));
        last.and_then(|line| line.rsplit('\t').next()).map_or(0, |readings| readings.parse().unwrap())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
