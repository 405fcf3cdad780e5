//! The device's side of the uplink: readings become batches, batches become signed messages in two forms.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Gen1Telemetry, TelemetryBatchSeal, keccak256};
use dimo_types::wire::{Gen1Device, Gen1Envelope, SignedMessage, encode_batch, encode_dictionary};
use dimo_types::{Batch, Reading, RecordId, SignalInfo, Timestamp, TokenId};

use crate::error::TripError;
use crate::factory::{DeviceWallet, FIRMWARE, HARDWARE, SERIAL};

/// The same readings as they go over the wire in each form.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Today's MQTT payload.
    pub(crate) gen1: Vec<u8>,
    /// Readings that JSON cannot write because they are no finite numbers; the binary form carries them.
    pub(crate) left_out_of_gen1: u64,
    /// The signed columnar batch.
    pub(crate) protobuf: Vec<u8>,
}

/// A paired device that sends.
pub(crate) struct Uplink<'p> {
    wallet: DeviceWallet,
    vehicle: TokenId,
    dictionary: Vec<SignalInfo<'p>>,
    records: u64,
}

impl<'p> Uplink<'p> {
    /// A device that is paired with `vehicle` and names its signals by `dictionary`.
    pub(crate) fn new(wallet: DeviceWallet, vehicle: TokenId, dictionary: Vec<SignalInfo<'p>>) -> Self {
        Self { wallet, vehicle, dictionary, records: 0 }
    }

    /// What a session begins with: the signals by index. Signed batches name it by its hash.
    pub(crate) fn dictionary_message(&self) -> Vec<u8> {
        SignedMessage::Dictionary { payload: encode_dictionary(&self.dictionary) }.encode()
    }

    /// Encodes and signs one batch in both forms.
    pub(crate) fn send(&mut self, readings: Vec<Reading<'p>>) -> Result<Sent, TripError> {
        let now = readings.last().map_or(Timestamp::EPOCH, |reading| reading.time);
        let id = self.next_id(now);
        let finite = |reading: &&Reading<'p>| reading.value.as_f64().is_none_or(f64::is_finite);
        let for_gen1: Vec<_> = readings.iter().filter(finite).copied().collect();
        let left_out_of_gen1 = (readings.len() - for_gen1.len()) as u64;
        let gen1 = self.gen1(now, &self.batch(id, for_gen1)?)?;
        let protobuf = self.protobuf(&self.batch(id, readings)?)?;
        Ok(Sent { gen1, left_out_of_gen1, protobuf })
    }

    fn batch(&self, id: RecordId, readings: Vec<Reading<'p>>) -> Result<Batch<'p>, TripError> {
        let device = self.wallet.address();
        Batch::new(id, device, Some(self.vehicle), self.dictionary.clone(), readings)
            .map_err(|rejected| failed(rejected.reason))
    }

    fn gen1(&mut self, now: Timestamp, batch: &Batch<'_>) -> Result<Vec<u8>, TripError> {
        let device = Gen1Device {
            software_version: Some(FIRMWARE),
            hardware_version: Some(HARDWARE),
            serial: Some(SERIAL),
            ..Gen1Device::new(now)
        };
        let envelope = Gen1Envelope::status(batch, &device).map_err(failed)?;
        let signature = self.wallet.sign(&Gen1Telemetry::new(envelope.data())).map_err(failed)?;
        Ok(envelope.sign_with(signature.to_bytes()).to_payload())
    }

    fn protobuf(&mut self, batch: &Batch<'_>) -> Result<Vec<u8>, TripError> {
        let payload = encode_batch(batch);
        let seal = TelemetryBatchSeal { device: self.wallet.address(), payload: &payload };
        let signature = self.wallet.sign(&seal).map_err(failed)?.to_bytes();
        Ok(SignedMessage::Batch { payload, signature }.encode())
    }

    /// An id that no other record of this device has: a hash of its address and a counter stands in for the random source.
    fn next_id(&mut self, now: Timestamp) -> RecordId {
        self.records += 1;
        let mut seed = self.wallet.address().as_bytes().to_vec();
        seed.extend(self.records.to_be_bytes());
        let hash = keccak256(&seed);
        RecordId::new(now, hash.first_chunk().copied().unwrap_or_default())
    }
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the device")(&reason)
}
