//! The device's side of the uplink: readings become batches, batches become messages in four forms.

use std::io::Write as _;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::OPENING_LEN;
use dimo_crypto::{Gen1Telemetry, keccak256};
use dimo_types::wire::{
    Gen1Device, Gen1Envelope, Gen1Signed, SealError, StreamMessage, ZlibEncoder, ZlibOptions, batch_message,
    encode_avro_batch, encode_avro_dictionary, encode_batch, encode_dictionary, write_dictionary,
};
use dimo_types::{Address, Batch, Reading, RecordId, SignalInfo, Timestamp, TokenId};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::TripError;
use crate::factory::{DeviceWallet, FIRMWARE, HARDWARE, SERIAL};
use crate::form::{ByForm, Form};
use crate::session::{Endpoint, SealedStream};

/// The same readings as they go over the wire in each form.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Whole messages: today's MQTT payload, its JSON as plain gzip, and the records of two sealed sessions.
    pub(crate) messages: ByForm<Vec<u8>>,
    /// Bytes without envelope, seal and signature.
    pub(crate) payload_bytes: ByForm<u64>,
    /// Readings that JSON cannot write because they are no finite numbers; the binary forms carry them.
    pub(crate) left_out_of_json: u64,
    /// One `TelemetryBatch` as a zlib stream, before sealing.
    pub(crate) batch: Vec<u8>,
}

/// What both sessions begin with.
pub(crate) struct Openings {
    /// Protobuf and Avro: the opening of the session, and the record with the dictionary.
    pub(crate) streams: [(Form, [u8; OPENING_LEN], Vec<u8>); 2],
    /// The `Dictionary` in protobuf, before sealing, and its hash.
    pub(crate) dictionary: (Vec<u8>, [u8; 32]),
}

/// A paired device that sends.
pub(crate) struct Uplink<'p> {
    wallet: DeviceWallet,
    vehicle: TokenId,
    dictionary: Vec<SignalInfo<'p>>,
    protobuf: SealedStream,
    avro: SealedStream,
    records: u64,
}

impl<'p> Uplink<'p> {
    /// A device that is paired with `vehicle`, names its signals by `dictionary` and has opened its sessions with `endpoint`.
    pub(crate) fn open(
        mut wallet: DeviceWallet,
        vehicle: TokenId,
        dictionary: Vec<SignalInfo<'p>>,
        endpoint: Endpoint,
    ) -> Result<(Self, Openings), TripError> {
        let (mut protobuf, protobuf_opening) = SealedStream::open(&mut wallet, endpoint, 1)?;
        let (mut avro, avro_opening) = SealedStream::open(&mut wallet, endpoint, 2)?;
        let message = StreamMessage::Dictionary { payload: encode_dictionary(&dictionary) };
        let in_protobuf = protobuf.seal(&message.encode())?;
        let in_avro = avro.seal(&deflated(&encode_avro_dictionary(&dictionary).map_err(failed)?)?)?;
        let plain = plain_dictionary(&dictionary)?;
        let hash = keccak256(&plain);
        let openings = Openings {
            streams: [(Form::Protobuf, protobuf_opening, in_protobuf), (Form::Avro, avro_opening, in_avro)],
            dictionary: (plain, hash),
        };
        Ok((Self { wallet, vehicle, dictionary, protobuf, avro, records: 0 }, openings))
    }

    /// The address of the device.
    pub(crate) fn address(&self) -> Address {
        self.wallet.address()
    }

    /// Encodes one batch in all forms, and signs or seals it as each asks.
    pub(crate) fn send(&mut self, readings: Vec<Reading<'p>>) -> Result<Sent, TripError> {
        let now = readings.last().map_or(Timestamp::EPOCH, |reading| reading.time);
        let id = self.next_id(now);
        let finite = |reading: &&Reading<'p>| reading.value.as_f64().is_none_or(f64::is_finite);
        let for_json: Vec<_> = readings.iter().filter(finite).copied().collect();
        let left_out_of_json = (readings.len() - for_json.len()) as u64;
        let (json, json_payload) = self.json(now, &self.batch(id, for_json)?)?;

        let batch = self.batch(id, readings)?;
        let message = StreamMessage::of_batch(&batch_message(&batch));
        let avro = deflated(&encode_avro_batch(&batch).map_err(failed)?)?;
        let zlib = encode_batch(&batch);
        let messages = ByForm {
            gen1: json.to_payload(),
            json_gzip: json.to_gzip(),
            protobuf: self.protobuf.seal(&message.encode())?,
            avro: self.avro.seal(&avro)?,
        };
        let payload_bytes = ByForm {
            // Base64 writes three bytes as four characters.
            gen1: json_payload.div_ceil(3) * 4,
            json_gzip: json_payload,
            protobuf: payload_len(&message),
            avro: avro.len() as u64,
        };
        Ok(Sent { messages, payload_bytes, left_out_of_json, batch: zlib })
    }

    fn batch(&self, id: RecordId, readings: Vec<Reading<'p>>) -> Result<Batch<'p>, TripError> {
        let device = self.wallet.address();
        Batch::new(id, device, Some(self.vehicle), self.dictionary.clone(), readings)
            .map_err(|rejected| failed(rejected.reason))
    }

    /// The signed envelope, and how many bytes its data have as gzip.
    fn json(&mut self, now: Timestamp, batch: &Batch<'_>) -> Result<(Gen1Signed, u64), TripError> {
        let device = Gen1Device {
            software_version: Some(FIRMWARE),
            hardware_version: Some(HARDWARE),
            serial: Some(SERIAL),
            ..Gen1Device::new(now)
        };
        let envelope = Gen1Envelope::status(batch, &device).map_err(failed)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let payload = gzip.write_all(envelope.data_bytes()).and_then(|()| gzip.finish()).map_err(failed)?;
        let signature = self.wallet.sign(&Gen1Telemetry::new(envelope.data())).map_err(failed)?;
        Ok((envelope.sign_with(signature.to_bytes()), payload.len() as u64))
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

/// The `Dictionary` before deflate.
fn plain_dictionary(entries: &[SignalInfo<'_>]) -> Result<Vec<u8>, TripError> {
    let mut bytes = Vec::new();
    loop {
        match write_dictionary(entries.iter().copied(), &mut bytes).map(<[u8]>::len) {
            Ok(len) => {
                bytes.truncate(len);
                return Ok(bytes);
            }
            Err(SealError::BufferTooSmall { bytes: len }) => bytes.resize(len, 0),
            Err(error) => return Err(failed(error)),
        }
    }
}

fn payload_len(message: &StreamMessage) -> u64 {
    match message {
        StreamMessage::Batch { payload, .. } => payload.len() as u64,
        StreamMessage::PlainBatch { message, .. } => message.len() as u64,
        _ => 0,
    }
}

/// A zlib stream of `bytes`.
fn deflated(bytes: &[u8]) -> Result<Vec<u8>, TripError> {
    let mut stream = vec![0; ZlibEncoder::bound(bytes.len())];
    let len = ZlibEncoder::new().encode(bytes, ZlibOptions::HOST, &mut stream).map_err(failed)?;
    stream.truncate(len);
    Ok(stream)
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the device")(&reason)
}
