//! A batch to columns.

use alloc::vec::Vec;

use super::{dictionary_hash, zlib};
use crate::Batch;
use crate::wire::encoder::{BatchEncoder, BatchHeader, EncoderHeap, PushError, SealError};

/// The bytes of a batch as they travel and are signed: a zlib stream of one `TelemetryBatch`.
///
/// Every value goes in to the bit, raw integers as integers. Units and scales go with the dictionary, which travels apart
/// (see [`encode_dictionary`](super::encode_dictionary)).
///
/// # Example: there and back
///
/// ```
/// use dimo_types::wire::{DecodeLimits, decode_batch, decode_dictionary, encode_batch, encode_dictionary};
/// use dimo_types::{Address, Batch, Raw, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// let scale = Scale { factor: 0.25, offset: 0.0 };
/// let dictionary = [SignalInfo { name: "Engine.Rpm", unit: Unit::RevolutionPerMinute, scale }];
/// let reading = Reading {
///     time: Timestamp::from_micros(1_700_000_000_123_456)?,
///     signal: SignalIndex(0),
///     value: SignalValue::Scaled { raw: Raw::Signed(4094), scale },
/// };
/// let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, dictionary, vec![reading]).unwrap();
///
/// let (sent, sent_once) = (encode_batch(&batch), encode_dictionary(batch.dictionary()));
///
/// let limits = DecodeLimits::default();
/// let dictionary = decode_dictionary(&sent_once, &limits)?;
/// assert_eq!(decode_batch(&sent, &limits)?.to_batch(&dictionary)?, batch);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use]
pub fn encode_batch(batch: &Batch<'_>) -> Vec<u8> {
    zlib::deflate(&batch_message(batch))
}

/// The bytes of a batch before deflate: one `TelemetryBatch`.
#[must_use]
pub fn batch_message(batch: &Batch<'_>) -> Vec<u8> {
    let header = BatchHeader {
        id: batch.id(),
        device: batch.device(),
        vehicle: batch.vehicle(),
        dictionary_hash: dictionary_hash(batch.dictionary()),
    };
    // Most batches fit; the others are encoded once more in twice the room, until they do.
    let (signals, readings) = (batch.dictionary().len(), batch.readings().len());
    let mut columns = signals.min(readings);
    let mut blocks = 2 * columns + readings / 8;
    loop {
        let mut heap = EncoderHeap::new(signals, columns, blocks);
        let mut encoder = BatchEncoder::new(heap.as_mut(), usize::MAX);
        match batch.readings().iter().try_for_each(|reading| encoder.push(reading)) {
            Err(PushError::Full { .. }) => (columns, blocks) = (2 * columns + 1, 2 * blocks + 8),
            // Nothing else is refused: a batch has an entry for each of its readings.
            _ => return seal(&mut encoder, &header, batch),
        }
    }
}

fn seal(encoder: &mut BatchEncoder<'_>, header: &BatchHeader, batch: &Batch<'_>) -> Vec<u8> {
    let parts = batch.parts();
    let mut message = alloc::vec![0; encoder.size_bound()];
    loop {
        match encoder.seal(header, &parts, &mut message).map(<[u8]>::len) {
            Ok(len) => {
                message.truncate(len);
                return message;
            }
            Err(SealError::BufferTooSmall { bytes }) => message.resize(bytes, 0),
        }
    }
}
