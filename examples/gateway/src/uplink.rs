//! [`Uplink`]: a connection to the broker over mutual TLS, a session with the backend in it, and the network's present form beside it.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use backend::contract::{ACKNOWLEDGED, Word, topic};
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OVERHEAD, OpeningCounter, Reservation, ServerPublicKey, SessionAction,
    SessionRequest,
};
use dimo_types::wire::{StreamMessage, encode_dictionary};
use dimo_types::{Address, Batch, RecordId, SignalInfo, Timestamp};
use rumqttc::{Client, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};

use crate::enrol::{DeviceWallet, Identity};
use crate::outbox::Outbox;
use crate::{Failed, gen1, random};

/// Whom a device sends to.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The broker, by the name in its certificate.
    pub broker: SocketAddr,
    /// The certificate that the broker's leads to, as PEM.
    pub authority: String,
    /// The key that sessions are opened to.
    pub server: ServerPublicKey,
    /// Who may read them.
    pub recipient: Address,
}

/// The broker answers by then, or never.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that is up.
pub struct Uplink {
    client: Client,
    incoming: Receiver<(String, Vec<u8>)>,
    device: Address,
    session: Option<DeviceSession>,
}

/// What a client says to the broker: who it is by its certificate, and nothing without it.
#[must_use]
pub fn options(name: &str, destination: &Destination, identity: Option<&Identity>) -> MqttOptions {
    // rustls takes the one that was installed first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut options = MqttOptions::new(name, "localhost", destination.broker.port());
    options.set_max_packet_size(1 << 20, 1 << 20);
    options.set_transport(Transport::Tls(TlsConfiguration::Simple {
        ca: destination.authority.clone().into_bytes(),
        alpn: None,
        client_auth: identity.map(|it| (it.certificate.clone().into_bytes(), it.key.clone().into_bytes())),
    }));
    options
}

impl Uplink {
    /// Connects, and hears what comes for this device.
    ///
    /// # Errors
    ///
    /// When the broker does not let it in.
    pub fn connect(
        device: Address,
        destination: &Destination,
        identity: Option<&Identity>,
    ) -> Result<Self, Failed> {
        let (client, mut connection) = Client::new(options(&device.to_string(), destination, identity), 256);
        let (sender, incoming) = channel();
        let (ready, is_ready) = channel();
        for word in [Word::Reply, Word::Down] {
            client
                .subscribe(topic(device, word), QoS::AtLeastOnce)
                .map_err(|error| Failed::at("the broker", error))?;
        }
        thread::spawn(move || {
            for event in connection.iter() {
                let went_on = match event {
                    Ok(Event::Incoming(Packet::SubAck(_))) => {
                        // Nobody may be waiting for the second one.
                        let _ = ready.send(Ok(()));
                        true
                    }
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        sender.send((publish.topic, publish.payload.to_vec())).is_ok()
                    }
                    Ok(_) => true,
                    // It ends with the first failure: who wants another connection makes one.
                    Err(error) => {
                        let _ = ready.send(Err(error.to_string()));
                        false
                    }
                };
                if !went_on {
                    break;
                }
            }
        });
        match is_ready.recv_timeout(PATIENCE) {
            Ok(Ok(())) => Ok(Self { client, incoming, device, session: None }),
            Ok(Err(reason)) => Err(Failed::at("the broker", reason)),
            Err(_) => Err(Failed::at("the broker", "no answer")),
        }
    }

    /// Ends it.
    pub fn close(self) {
        let _ = self.client.disconnect();
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), Failed> {
        let sent = self.client.publish(topic, QoS::AtLeastOnce, false, payload);
        sent.map_err(|error| Failed::at("the broker", error))
    }

    /// Opens the `counter`-th session of this device, and tells what signals mean in it.
    ///
    /// # Errors
    ///
    /// When wallet or broker fail.
    pub fn open(
        &mut self,
        wallet: &mut DeviceWallet,
        destination: &Destination,
        counter: u64,
        dictionary: &[SignalInfo<'_>],
    ) -> Result<(), Failed> {
        let failed = |reason: &dyn std::fmt::Display| Failed::at("the session", reason);
        let request = SessionRequest {
            device: self.device,
            server: destination.server,
            recipient: destination.recipient,
            counter: OpeningCounter::new(counter).ok_or_else(|| failed(&"a counter begins at 1"))?,
            not_after: Timestamp::MAX,
        };
        let ephemeral = Ephemeral::from_bytes(random()?).map_err(|error| failed(&error))?;
        let mut session =
            DeviceSession::new(request, ephemeral, Reservation::NONE).map_err(|error| failed(&error))?;
        while let Some(action) = session.poll_action() {
            match action {
                SessionAction::Persist(reservation) => {
                    session.handle_persisted(reservation).map_err(|error| failed(&error))?;
                }
                SessionAction::Sign(opening) => {
                    let signature = wallet.sign(&opening).map_err(|error| failed(&error))?;
                    session.handle_signature(&signature).map_err(|error| failed(&error))?;
                }
                _ => return Err(failed(&"it asks for something new")),
            }
        }
        let opening = session.opening().ok_or_else(|| failed(&"it is not signed"))?.to_vec();
        self.publish(&topic(self.device, Word::Session), opening)?;
        self.session = Some(session);
        let message = StreamMessage::Dictionary { payload: encode_dictionary(dictionary) };
        self.send(&message.encode()).map(drop)
    }

    /// Seals a message and sends it; the record.
    ///
    /// # Errors
    ///
    /// When no session is open, or the broker is gone.
    pub fn send(&mut self, message: &[u8]) -> Result<Vec<u8>, Failed> {
        let session = self.session.as_mut().ok_or_else(|| Failed::at("the session", "none is open"))?;
        while let Some(SessionAction::Persist(reservation)) = session.poll_action() {
            session.handle_persisted(reservation).map_err(|error| Failed::at("the session", error))?;
        }
        let mut record = vec![0; message.len() + OVERHEAD];
        session.seal(message, &mut record).map_err(|error| Failed::at("the session", error))?;
        self.publish(&topic(self.device, Word::Record), record.clone())?;
        Ok(record)
    }

    /// Sends all that waits, and waits until the backend has it.
    ///
    /// # Errors
    ///
    /// When it does not say so in time; what it has not acknowledged stays in the outbox.
    pub fn deliver(&mut self, outbox: &mut Outbox) -> Result<usize, Failed> {
        let (mut last, mut waiting) = (None, Vec::new());
        while let Some(next) = outbox.next(last)? {
            self.send(&next.message)?;
            last = Some(next.item);
            waiting.push((next.item, next.batch));
        }
        let count = waiting.len();
        for (item, batch) in waiting {
            self.await_acknowledgement(batch)?;
            outbox.acknowledge(item)?;
        }
        Ok(count)
    }

    /// The backend acknowledges in the order in which it took them.
    fn await_acknowledgement(&mut self, batch: RecordId) -> Result<(), Failed> {
        loop {
            let came = self.incoming.recv_timeout(PATIENCE);
            let (topic, mut payload) = came.map_err(|_| Failed::at("the backend", "no acknowledgement"))?;
            let Some(session) = self.session.as_mut() else { continue };
            if topic.ends_with(Word::Reply.as_str()) {
                // One for another opening changes nothing.
                let _ = session.handle_reply(&payload);
                continue;
            }
            let Ok(opened) = session.open_in_place(&mut payload) else { continue };
            if let Some((&ACKNOWLEDGED, ids)) = opened.plaintext.split_first()
                && ids.chunks(20).any(|id| id == batch.as_bytes())
            {
                return Ok(());
            }
        }
    }

    /// Sends a batch in the network's present form: JSON, signed by the wallet, compressed. The payload.
    ///
    /// # Errors
    ///
    /// When a value has no place in JSON, or wallet or broker fail.
    pub fn send_gen1(&self, wallet: &mut DeviceWallet, batch: &Batch<'_>) -> Result<Vec<u8>, Failed> {
        let payload = gen1::payload(wallet, batch)?;
        self.publish(&topic(self.device, Word::Gen1), payload.clone())?;
        Ok(payload)
    }
}
