//! A batch to columns.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use prost::Message;

use super::{column, dictionary_hash, timeline, v1, zlib};
use crate::{Batch, Reading, Timestamp, TokenId};

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
    zlib::deflate(&to_message(batch).encode_to_vec())
}

/// The batch as a message, before it is encoded.
pub(in crate::wire) fn to_message(batch: &Batch<'_>) -> v1::TelemetryBatch {
    let start = batch.first_time().unwrap_or(Timestamp::EPOCH);
    let mut message = v1::TelemetryBatch {
        id: batch.id().as_bytes().to_vec(),
        device: batch.device().as_bytes().to_vec(),
        vehicle: batch.vehicle().map(|id| without_leading_zeros(&id)),
        dictionary_hash: dictionary_hash(batch.dictionary()).to_vec(),
        start_us: start.as_micros(),
        ..v1::TelemetryBatch::default()
    };
    let columns = share_times(split_columns(batch), &mut message, start);
    push_columns(&mut message, &columns);
    message
}

fn without_leading_zeros(id: &TokenId) -> Vec<u8> {
    id.as_be_bytes().iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// Readings of one signal with one kind of value, in order, at least one.
struct Column<'a> {
    signal: u16,
    kind: v1::Kind,
    timeline: usize,
    readings: Vec<&'a Reading<'a>>,
}

/// The readings of each signal of the dictionary, cut where the kind of value changes.
fn split_columns<'a>(batch: &'a Batch<'a>) -> Vec<Vec<Column<'a>>> {
    let mut signals: Vec<Vec<Column<'_>>> = Vec::new();
    signals.resize_with(batch.dictionary().len(), Vec::new);
    for reading in batch.readings() {
        // A batch has an entry for each of its readings.
        let Some(columns) = signals.get_mut(usize::from(reading.signal.0)) else { continue };
        let kind = column::kind_of(&reading.value);
        match columns.last_mut() {
            Some(last) if last.kind == kind => last.readings.push(reading),
            _ => {
                let readings = alloc::vec![reading];
                columns.push(Column { signal: reading.signal.0, kind, timeline: 0, readings });
            }
        }
    }
    signals
}

/// Writes equal sequences of times once, and brings the signals that share them together: the signals of one message
/// often move together, and deflate sees it.
fn share_times<'a>(
    mut signals: Vec<Vec<Column<'a>>>,
    message: &mut v1::TelemetryBatch,
    start: Timestamp,
) -> Vec<Column<'a>> {
    let mut indexes: BTreeMap<Vec<Timestamp>, usize> = BTreeMap::new();
    for column in signals.iter_mut().flatten() {
        let times = column.readings.iter().map(|reading| reading.time).collect();
        column.timeline = *indexes.entry(times).or_insert_with_key(|times| {
            timeline::push(message, times, start);
            message.timeline_lengths.len() - 1
        });
    }
    // By signal, not by column: the columns of one signal must stay in their order.
    signals.sort_by_key(|columns| columns.first().map(|first| first.timeline));
    signals.into_iter().flatten().collect()
}

fn push_columns(message: &mut v1::TelemetryBatch, columns: &[Column<'_>]) {
    let (mut next_signal, mut last_timeline) = (0i32, 0i64);
    for column in columns {
        let (signal, timeline) = (i32::from(column.signal), column.timeline as i64);
        message.column_signals.push(signal - next_signal);
        message.column_timelines.push(timeline - last_timeline);
        message.column_kinds.push(column.kind.into());
        column::push_values(message, &column.readings);
        (next_signal, last_timeline) = (signal + 1, timeline);
    }
}
