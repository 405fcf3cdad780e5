//! [`Cloud`]: a backend at a broker, on a thread of its own. [`Observer`]: who keeps what comes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use dimo_types::{Address, Timestamp};
use rumqttc::{Client, Connection, Event as MqttEvent, MqttOptions, Packet, Publish, QoS};

use crate::{Backend, Event, Output, contract};

/// Messages that wait to be sent, at most. What has no room is not sent: a device sends again what is not acknowledged.
const WAITING: usize = 1_024;
/// After a failure the broker is tried again so much later.
const PAUSE: Duration = Duration::from_millis(200);

/// Who keeps what comes of messages.
pub trait Observer: Send + 'static {
    /// Something has come. With `Ok` a batch counts as stored and is acknowledged, and a session is answered.
    ///
    /// # Errors
    ///
    /// Why it could not be kept. Nothing is answered then, and the device tries again.
    fn event(&mut self, event: &Event, backend: &Backend) -> Result<(), String>;

    /// What a device is to be told now that this has happened: commands, each with its kind.
    fn commands(&mut self, _: &Event) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// A message, before anything is made of it.
    fn message(&mut self, _topic: &str, _payload: &[u8]) {}
}

/// A backend that listens.
#[expect(missing_debug_implementations, reason = "a client of the broker has none")]
pub struct Cloud<O> {
    client: Client,
    shared: Arc<Shared<O>>,
}

#[derive(Debug)]
struct Shared<O> {
    state: Mutex<State<O>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<O> {
    backend: Backend,
    observer: O,
    is_listening: bool,
}

impl<O: Observer> Cloud<O> {
    /// Connects, and again whenever the connection is lost. It listens for as long as the program runs.
    #[must_use]
    pub fn start(options: MqttOptions, backend: Backend, observer: O) -> Self {
        let (client, connection) = Client::new(options, WAITING);
        let state = Mutex::new(State { backend, observer, is_listening: false });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let cloud = Self { client: client.clone(), shared: Arc::clone(&shared) };
        thread::spawn(move || shared.carry(&client, connection));
        cloud
    }

    /// Has a device do something: the kind of a command, and its body.
    ///
    /// # Errors
    ///
    /// The device has no session, or there is no room for the message.
    pub fn command(&self, device: Address, command: &[u8]) -> Result<(), String> {
        let sealed = self.shared.lock().backend.command(now(), device, command);
        let sealed = sealed.ok_or_else(|| format!("{device} has no session"))?;
        publish(&self.client, sealed)
    }

    /// Looks at what there is now, or changes it.
    pub fn look<T>(&self, look: impl FnOnce(&mut Backend, &mut O) -> T) -> T {
        let mut state = self.shared.lock();
        let State { backend, observer, .. } = &mut *state;
        look(backend, observer)
    }

    /// Waits until it listens at the broker.
    ///
    /// # Errors
    ///
    /// It does not within `patience`.
    pub fn listening(&self, patience: Duration) -> Result<(), String> {
        self.shared.wait("broker", patience, |state| state.is_listening.then_some(()))
    }

    /// Waits until there is something to find.
    ///
    /// # Errors
    ///
    /// There is not within `patience`: it names `what` was looked for.
    pub fn wait<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&O) -> Option<T>,
    ) -> Result<T, String> {
        self.shared.wait(what, patience, |state| find(&state.observer))
    }
}

impl<O: Observer> Shared<O> {
    fn carry(&self, client: &Client, mut connection: Connection) {
        for event in connection.iter() {
            match event {
                // A broker that began anew has forgotten what was subscribed. The queue is empty with a new connection, so that there is room.
                Ok(MqttEvent::Incoming(Packet::ConnAck(_))) => {
                    let _ = client.try_subscribe(contract::SUBSCRIPTION, QoS::AtLeastOnce);
                }
                Ok(MqttEvent::Incoming(Packet::SubAck(_))) => self.lock().is_listening = true,
                Ok(MqttEvent::Incoming(Packet::Publish(message))) => self.lock().take(client, &message),
                Ok(_) => continue,
                Err(_) => {
                    self.lock().is_listening = false;
                    thread::sleep(PAUSE);
                }
            }
            self.changed.notify_all();
        }
    }

    fn wait<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&State<O>) -> Option<T>,
    ) -> Result<T, String> {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            if let Some(found) = find(&state) {
                return Ok(found);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("the backend has seen no {what} within {} s", patience.as_secs()));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Observer> State<O> {
    /// First everything is kept, then it is answered.
    fn take(&mut self, client: &Client, message: &Publish) {
        self.observer.message(&message.topic, &message.payload);
        // Without randomness nothing is taken: the device sends it again.
        let Ok(random) = random() else { return };
        let outputs = self.backend.handle(now(), &message.topic, &message.payload, random);
        let mut kept = outputs.iter().filter_map(Output::event);
        if kept.any(|event| self.observer.event(event, &self.backend).is_err()) {
            return;
        }
        for output in outputs {
            let answers = match &output {
                Output::Event(event) => self.answers(event),
                Output::Publish { .. } => vec![output],
            };
            for answer in answers {
                let _ = publish(client, answer);
            }
        }
    }

    fn answers(&mut self, event: &Event) -> Vec<Output> {
        let acknowledgement = self.backend.acknowledge(now(), event);
        let commands = self.observer.commands(event);
        let device = event.device();
        let told = commands.iter().filter_map(|it| self.backend.command(now(), device?, it));
        acknowledgement.into_iter().chain(told).collect()
    }
}

/// Never waits, since who receives is who sends.
fn publish(client: &Client, output: Output) -> Result<(), String> {
    let Output::Publish { topic, payload } = output else { return Ok(()) };
    client.try_publish(topic, QoS::AtLeastOnce, false, payload).map_err(|error| error.to_string())
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let micros = u64::try_from(now.as_micros()).ok();
    micros.and_then(|micros| Timestamp::from_micros(micros).ok()).unwrap_or(Timestamp::EPOCH)
}

fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map(|()| bytes)
}
