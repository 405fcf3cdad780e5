//! [`Cloud`]: the backend at the broker, which also commands.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use backend::{Backend, Event, Output, contract};
use dimo_types::Address;
use gateway::enrol::Identity;
use gateway::uplink::{Destination, options};
use gateway::{now, random};
use rumqttc::{Client, Event as MqttEvent, Packet, QoS};

/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Cloud {
    shared: Arc<(Mutex<State>, Condvar)>,
    client: Client,
}

struct State {
    backend: Backend,
    events: Vec<Event>,
    is_listening: bool,
}

impl Cloud {
    pub(crate) fn start(destination: &Destination, identity: &Identity, backend: Backend) -> Self {
        let (client, mut connection) = Client::new(options("backend", destination, Some(identity)), 256);
        let state = State { backend, events: Vec::new(), is_listening: false };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        client.subscribe(contract::SUBSCRIPTION, QoS::AtLeastOnce).unwrap();
        let cloud = Self { shared, client };
        let (answers, shared) = (cloud.client.clone(), Arc::clone(&cloud.shared));
        thread::spawn(move || {
            for event in connection.iter() {
                let mut state = lock(&shared.0);
                match event {
                    Ok(MqttEvent::Incoming(Packet::SubAck(_))) => state.is_listening = true,
                    Ok(MqttEvent::Incoming(Packet::Publish(publish))) => {
                        let outputs =
                            state.backend.handle(now(), &publish.topic, &publish.payload, random().unwrap());
                        outputs.into_iter().for_each(|output| take(&answers, &mut state, output));
                    }
                    Ok(_) => continue,
                    // The broker has ended with the test.
                    Err(_) => break,
                }
                shared.1.notify_all();
            }
        });
        cloud.wait("broker", |state| state.is_listening.then_some(()));
        cloud
    }

    /// Sends a command in the session that the device has open.
    pub(crate) fn command(&self, device: Address, command: &[u8]) {
        let mut state = lock(&self.shared.0);
        let output = state.backend.command(now(), device, command).unwrap();
        take(&self.client, &mut state, output);
    }

    /// What came, from the first to the last.
    pub(crate) fn look<T>(&self, what: impl FnOnce(&[Event]) -> T) -> T {
        what(&lock(&self.shared.0).events)
    }

    /// Waits until there is something to find in what came.
    pub(crate) fn wait_for<T>(&self, what: &str, mut find: impl FnMut(&[Event]) -> Option<T>) -> T {
        self.wait(what, |state| find(&state.events))
    }

    fn wait<T>(&self, what: &str, mut find: impl FnMut(&State) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut state = lock(&self.shared.0);
        loop {
            if let Some(found) = find(&state) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the backend has seen no {what}");
            state = self.shared.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn take(client: &Client, state: &mut State, output: Output) {
    match output {
        Output::Publish { topic, payload } => {
            client.try_publish(topic, QoS::AtLeastOnce, false, payload).unwrap();
        }
        Output::Event(event) => state.events.push(event),
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
