//! [`Connection`]: the synthetic device. A key of its own, readings in batches, each batch signed in three forms.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Gen1Telemetry, SoftwareKey, TelemetryBatchSeal, keccak256};
use dimo_types::wire::{
    CloudEvent, CloudEventContent, CloudEventHeader, Gen1Device, Gen1Envelope, SignedMessage, encode_batch,
    encode_dictionary,
};
use dimo_types::{Address, Batch, Reading, RecordId, SignalInfo, Timestamp};

use crate::registry::{Synthetic, synthetic_did, vehicle_did};
use crate::report::{Checked, reason};

/// What stands in Gen 1 messages for the software of a device.
const SOFTWARE: &str = concat!("software-connection ", env!("CARGO_PKG_VERSION"));

/// The connection licence, which the ingest server knows the sender by.
pub(crate) const LICENCE: Address = Address::new([0xC1; 20]);

/// One batch as it goes out in each form.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) gen1: Vec<u8>,
    pub(crate) protobuf: Vec<u8>,
    pub(crate) cloud_event: String,
}

/// A minted software connection that sends.
pub(crate) struct Connection {
    key: SoftwareKey,
    pub(crate) synthetic: Synthetic,
    dictionary: Vec<SignalInfo<'static>>,
    records: u64,
}

impl Connection {
    /// The connection with this key and this NFT, which names its signals by `dictionary`.
    pub(crate) fn new(key: SoftwareKey, synthetic: Synthetic, dictionary: Vec<SignalInfo<'static>>) -> Self {
        Self { key, synthetic, dictionary, records: 0 }
    }

    /// What a session begins with: the signals by index.
    pub(crate) fn dictionary_message(&self) -> Vec<u8> {
        SignedMessage::Dictionary { payload: encode_dictionary(&self.dictionary) }.encode()
    }

    /// Makes one batch of `readings` and signs it in each form.
    pub(crate) fn send(&mut self, now: Timestamp, readings: Vec<Reading<'static>>) -> Checked<Sent> {
        let (device, vehicle) = (self.key.address(), Some(self.synthetic.vehicle));
        let id = self.next_id(now);
        let batch = Batch::new(id, device, vehicle, self.dictionary.clone(), readings);
        let batch = batch.map_err(|rejected| reason(rejected.reason))?;
        Ok(Sent {
            gen1: self.gen1(now, &batch)?,
            protobuf: self.protobuf(&batch)?,
            cloud_event: self.cloud_event(now, &batch)?,
        })
    }

    fn gen1(&mut self, now: Timestamp, batch: &Batch<'_>) -> Checked<Vec<u8>> {
        let device = Gen1Device { software_version: Some(SOFTWARE), ..Gen1Device::new(now) };
        let envelope = Gen1Envelope::status(batch, &device).map_err(reason)?;
        let signature = self.key.sign(&Gen1Telemetry::new(envelope.data())).map_err(reason)?;
        Ok(envelope.sign_with(signature.to_bytes()).to_payload())
    }

    fn protobuf(&mut self, batch: &Batch<'_>) -> Checked<Vec<u8>> {
        let payload = encode_batch(batch);
        let seal = TelemetryBatchSeal { device: self.key.address(), payload: &payload };
        let signature = self.key.sign(&seal).map_err(reason)?.to_bytes();
        Ok(SignedMessage::Batch { payload, signature }.encode())
    }

    fn cloud_event(&mut self, now: Timestamp, batch: &Batch<'_>) -> Checked<String> {
        let header = CloudEventHeader {
            id: batch.id(),
            time: now,
            source: LICENCE,
            producer: synthetic_did(self.synthetic.node),
            subject: vehicle_did(self.synthetic.vehicle),
        };
        let content = CloudEventContent { batch: Some(batch), ..CloudEventContent::default() };
        let event = CloudEvent::new(&header, &content).map_err(reason)?;
        let signature = self.key.sign(&Gen1Telemetry::new(event.data())).map_err(reason)?;
        Ok(event.sign_with(signature.to_bytes()).to_json())
    }

    /// An id that no other record of this key has: a hash of its address and a counter stands in for the random source.
    fn next_id(&mut self, now: Timestamp) -> RecordId {
        self.records += 1;
        let mut seed = self.key.address().as_bytes().to_vec();
        seed.extend(self.records.to_be_bytes());
        let hash = keccak256(&seed);
        RecordId::new(now, hash.first_chunk().copied().unwrap_or_default())
    }
}
