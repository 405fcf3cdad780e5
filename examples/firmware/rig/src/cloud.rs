//! [`Cloud`]: the backend of `examples/backend` at the broker.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use backend::{Backend, Event, Output, contract};
use dimo_types::{Address, Timestamp};
use rumqttc::{Client, Event as MqttEvent, MqttOptions, Packet, QoS};

/// A backend that listens.
pub(crate) struct Cloud {
    client: Client,
    state: Arc<(Mutex<State>, Condvar)>,
}

struct State {
    backend: Backend,
    events: Vec<Event>,
    /// What came over the broker, for who wants to send it again.
    messages: Vec<(String, Vec<u8>)>,
    is_listening: bool,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Cloud {
    pub(crate) fn start(broker: SocketAddr, backend: Backend) -> Result<Self, String> {
        let mut options = MqttOptions::new("backend", broker.ip().to_string(), broker.port());
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut connection) = Client::new(options, 64);
        let (events, messages) = (Vec::new(), Vec::new());
        let state = State { backend, events, messages, is_listening: false };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        client.subscribe(contract::SUBSCRIPTION, QoS::AtLeastOnce).map_err(|error| error.to_string())?;
        let (handler, shared) = (client.clone(), Arc::clone(&state));
        thread::spawn(move || {
            for event in connection.iter() {
                let Ok(event) = event else {
                    thread::sleep(Duration::from_millis(100));
                    continue;
                };
                let mut state = lock(&shared.0);
                match event {
                    MqttEvent::Incoming(Packet::SubAck(_)) => state.is_listening = true,
                    MqttEvent::Incoming(Packet::Publish(publish)) => {
                        let outputs = state.backend.handle(now(), &publish.topic, &publish.payload, random());
                        for output in outputs {
                            match output {
                                Output::Publish { topic, payload } => {
                                    let _ = handler.try_publish(topic, QoS::AtLeastOnce, false, payload);
                                }
                                Output::Event(event) => state.events.push(event),
                            }
                        }
                        state.messages.push((publish.topic, publish.payload.to_vec()));
                    }
                    _ => continue,
                }
                shared.1.notify_all();
            }
        });
        let cloud = Self { client, state };
        cloud.wait("listening", PATIENCE, |state| state.is_listening.then_some(()))?;
        Ok(cloud)
    }

    /// Has a device do something.
    pub(crate) fn command(&self, device: Address, command: &[u8]) -> Result<(), String> {
        let sealed = lock(&self.state.0).backend.command(now(), device, command);
        match sealed {
            Some(Output::Publish { topic, payload }) => self
                .client
                .publish(topic, QoS::AtLeastOnce, false, payload)
                .map_err(|error| error.to_string()),
            _ => Err("the device has no session".to_owned()),
        }
    }

    /// Takes the first event that `find` finds; what came before it is forgotten, but for batches.
    pub(crate) fn event<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&Event) -> Option<T>,
    ) -> Result<T, String> {
        let mut seen = 0;
        self.wait(what, patience, |state| {
            let found = state.events.iter().skip(seen).find_map(&mut find);
            seen = state.events.len();
            found
        })
    }

    /// All events until now.
    pub(crate) fn events(&self) -> Vec<Event> {
        lock(&self.state.0).events.clone()
    }

    /// Forgets what happened, but for the sessions.
    pub(crate) fn forget(&self) {
        lock(&self.state.0).events.retain(|event| matches!(event, Event::Session { .. }));
    }

    /// Forgets what was reported.
    pub(crate) fn forget_reports(&self) {
        lock(&self.state.0).events.retain(|event| !matches!(event, Event::Report { .. }));
    }

    fn wait<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<T, String> {
        let until = Instant::now() + patience;
        let mut state = lock(&self.state.0);
        loop {
            if let Some(found) = find(&mut state) {
                return Ok(found);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("the backend has seen no {what} within {} s", patience.as_secs()));
            }
            let waited = self.state.1.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis())
        .ok()
        .and_then(|millis| Timestamp::from_millis(millis).ok())
        .unwrap_or(Timestamp::EPOCH)
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    // Without randomness there is no reply, and the session goes on without it.
    let _ = getrandom::fill(&mut bytes);
    bytes
}
