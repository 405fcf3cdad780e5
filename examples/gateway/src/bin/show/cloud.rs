//! [`Cloud`]: the backend at the broker, with a certificate of its own.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use backend::{Backend, Event, Output, contract};
use gateway::enrol::Identity;
use gateway::uplink::{Destination, options};
use gateway::{Failed, now, random};
use rumqttc::{Client, Event as MqttEvent, Packet, QoS};

/// A backend that listens.
pub(crate) struct Cloud {
    state: Arc<(Mutex<State>, Condvar)>,
}

pub(crate) struct State {
    backend: Backend,
    pub(crate) events: Vec<Event>,
    /// What came, with its topic.
    pub(crate) messages: Vec<(String, Vec<u8>)>,
    is_listening: bool,
}

const PATIENCE: Duration = Duration::from_secs(15);

impl Cloud {
    pub(crate) fn start(
        destination: &Destination,
        identity: &Identity,
        backend: Backend,
    ) -> Result<Self, Failed> {
        let (client, mut connection) = Client::new(options("backend", destination, Some(identity)), 256);
        let state = State { backend, events: Vec::new(), messages: Vec::new(), is_listening: false };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let subscribed = client.subscribe(contract::SUBSCRIPTION, QoS::AtLeastOnce);
        subscribed.map_err(|error| Failed::at("the backend", error))?;
        let (answers, shared) = (client, Arc::clone(&state));
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
                        let random = random().unwrap_or([0; 32]);
                        for output in state.backend.handle(now(), &publish.topic, &publish.payload, random) {
                            match output {
                                Output::Publish { topic, payload } => {
                                    let _ = answers.try_publish(topic, QoS::AtLeastOnce, false, payload);
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
        let cloud = Self { state };
        cloud.wait("nothing at all", |state| state.is_listening.then_some(()))?;
        Ok(cloud)
    }

    /// Waits until there is something to find.
    pub(crate) fn wait<T>(&self, what: &str, mut find: impl FnMut(&State) -> Option<T>) -> Result<T, Failed> {
        let until = Instant::now() + PATIENCE;
        let mut state = lock(&self.state.0);
        loop {
            if let Some(found) = find(&state) {
                return Ok(found);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failed(format!("the backend has seen no {what}")));
            }
            state = self.state.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What is there now.
    pub(crate) fn look<T>(&self, what: impl FnOnce(&State) -> T) -> T {
        what(&lock(&self.state.0))
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
