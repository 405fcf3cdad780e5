//! [`Listener`]: somebody else at the broker, as the network's services are.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};

/// Hears all that goes over a topic.
pub(crate) struct Listener(Receiver<(String, Vec<u8>)>);

impl Listener {
    /// Returns once it listens.
    pub(crate) fn start(options: MqttOptions, topic: &str) -> Self {
        let (client, mut connection) = Client::new(options, 16);
        client.subscribe(topic, QoS::AtLeastOnce).unwrap();
        let (sender, messages) = channel();
        let (listens, is_listening) = channel();
        thread::spawn(move || {
            for event in connection.iter().map_while(Result::ok) {
                let went_on = match event {
                    Event::Incoming(Packet::SubAck(_)) => listens.send(()).is_ok(),
                    Event::Incoming(Packet::Publish(it)) => {
                        sender.send((it.topic, it.payload.to_vec())).is_ok()
                    }
                    _ => true,
                };
                if !went_on {
                    break;
                }
            }
            drop(client);
        });
        is_listening.recv_timeout(Duration::from_secs(10)).unwrap();
        Self(messages)
    }

    /// The next message, with its topic.
    pub(crate) fn hear(&self) -> (String, Vec<u8>) {
        self.0.recv_timeout(super::PATIENCE).unwrap()
    }
}
