//! Columns to a batch.

use alloc::string::ToString;
use alloc::vec::Vec;

use prost::Message;

use super::batch_column::{Lists, Rest};
use super::column::{self, Head, Tally};
use super::parts::Parts;
use super::rows::{self, Bound};
use super::timeline::Timelines;
use super::unknown::Unknown;
use super::{BatchColumn, BindError, DecodeError, DecodeLimits, Dictionary, census, v1, zlib};
use crate::{Address, Batch, RecordId, SignalDictionary, Timestamp, TokenId};

/// Reads what [`encode_batch`](super::encode_batch) wrote, within `limits`.
///
/// # Errors
///
/// [`DecodeError`] for everything that a batch cannot be. Only the dictionary is still missing then.
///
/// # Example: a message that inflates beyond the limit
///
/// ```
/// use dimo_types::wire::{DecodeError, DecodeLimits, decode_batch, encode_batch};
/// # use dimo_types::{Address, Batch, RecordId};
/// # let batch = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, [], vec![]).unwrap();
/// let limits = DecodeLimits { inflated_bytes: 10, ..DecodeLimits::default() };
/// assert_eq!(decode_batch(&encode_batch(&batch), &limits).unwrap_err(), DecodeError::TooLarge { limit: 10 });
/// ```
pub fn decode_batch(bytes: &[u8], limits: &DecodeLimits) -> Result<DecodedBatch, DecodeError> {
    decode_message(&zlib::inflate(bytes, limits)?, limits)
}

/// Reads a batch that was not deflated: what [`batch_message`](super::batch_message) and
/// [`BatchEncoder`](crate::wire::BatchEncoder) write.
///
/// # Errors
///
/// As [`decode_batch`].
pub fn decode_message(message: &[u8], limits: &DecodeLimits) -> Result<DecodedBatch, DecodeError> {
    if message.len() > limits.inflated_bytes {
        return Err(DecodeError::TooLarge { limit: limits.inflated_bytes });
    }
    census::check_batch(message, limits)?;
    let mut unknown = Unknown::default();
    census::unknown_fields(message, &mut unknown)?;
    let message = v1::TelemetryBatch::decode(message)
        .map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
    DecodedBatch::check(message, unknown)
}

/// A batch that was received and waits for its dictionary. Text is kept here; the [`Batch`] made of it borrows.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedBatch {
    id: RecordId,
    device: Address,
    vehicle: Option<TokenId>,
    dictionary_hash: [u8; 32],
    pub(super) timelines: Timelines,
    pub(super) columns: Vec<Head>,
    lists: Lists,
    pub(super) message: v1::TelemetryBatch,
    pub(super) parts: Parts,
    unknown: Unknown,
    readings: usize,
}

impl DecodedBatch {
    /// A batch of a message in whatever encoding, if it can be one.
    pub(in crate::wire) fn check(
        message: v1::TelemetryBatch,
        mut unknown: Unknown,
    ) -> Result<Self, DecodeError> {
        let start = Timestamp::from_micros(message.start_us)
            .map_err(|_| DecodeError::Start { micros: message.start_us })?;
        let timelines = Timelines::expand(&message, start)?;
        check_heads(&message)?;
        let mut columns = Vec::with_capacity(message.column_signals.len());
        let (mut tally, mut readings) = (Tally::default(), 0usize);
        for (column, head) in column::heads(&message).enumerate() {
            let failed = |fault| DecodeError::Column { column, fault };
            let head = match head.map_err(failed)? {
                Ok(head) => head,
                Err(kind) => {
                    unknown.kind(kind);
                    continue;
                }
            };
            let times = timelines.of(&head).map_err(failed)?;
            tally.add(head.kind, times.len());
            readings = readings.saturating_add(times.len());
            columns.push(head);
        }
        tally.check(&message)?;
        let parts = Parts::check(&message, &mut unknown)?;
        let len = |head: &Head| timelines.of(head).map_or(0, <[Timestamp]>::len);
        let lists = Lists::of(&message, columns.iter().map(|head| (head.kind, len(head))));
        Ok(Self {
            id: RecordId::from_bytes(exact("id", &message.id)?),
            device: Address::new(exact("device", &message.device)?),
            vehicle: message.vehicle.as_deref().map(token_id).transpose()?,
            dictionary_hash: exact("dictionary_hash", &message.dictionary_hash)?,
            timelines,
            columns,
            lists,
            message,
            parts,
            unknown,
            readings,
        })
    }

    /// The id by which it is acknowledged, and known when it comes again.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// The device that it says it is from. Whether it is, the signature tells.
    #[must_use]
    pub const fn device(&self) -> Address {
        self.device
    }

    /// The vehicle that it says the device is paired with.
    #[must_use]
    pub const fn vehicle(&self) -> Option<TokenId> {
        self.vehicle
    }

    /// The hash of the dictionary that it was made with.
    #[must_use]
    pub const fn dictionary_hash(&self) -> &[u8; 32] {
        &self.dictionary_hash
    }

    /// How many readings it has.
    #[must_use]
    pub const fn readings(&self) -> usize {
        self.readings
    }

    /// What it has that a later version of the schema added.
    #[must_use]
    pub const fn unknown(&self) -> &Unknown {
        &self.unknown
    }

    /// The readings by columns, in the order of the message: as they travelled, without what sorting them takes.
    pub fn columns(&self) -> impl Iterator<Item = BatchColumn<'_>> {
        let mut rest = Rest::of(&self.message, &self.lists);
        // Timelines and lists of values were checked when the batch was decoded.
        self.columns.iter().filter_map(move |head| rest.next(head, self.timelines.of(head).ok()?))
    }

    /// The batch with its names, units and scales.
    ///
    /// # Errors
    ///
    /// [`BindError`] when `dictionary` is not the one that the batch names, or does not have all its signals.
    pub fn to_batch<'a>(&'a self, dictionary: &'a Dictionary) -> Result<Batch<'a>, BindError> {
        if dictionary.hash() != &self.dictionary_hash {
            return Err(BindError::OtherDictionary {
                named: self.dictionary_hash,
                given: *dictionary.hash(),
            });
        }
        let mut columns = Vec::with_capacity(self.columns.len());
        for (rank, (head, column)) in self.columns.iter().zip(self.columns()).enumerate() {
            let (signal, entries) = (head.signal, dictionary.len());
            let entry = dictionary.signal(signal).ok_or(BindError::UnknownSignal { signal, entries })?;
            columns.push(Bound { column, timeline: head.timeline, rank, scale: entry.scale });
        }
        let readings = rows::readings(columns, self.readings);
        // Every signal was found, and every scale is the dictionary's.
        let entries = dictionary.entries().collect();
        let batch = Batch::of_sorted(self.id, self.device, self.vehicle, entries, readings);
        Ok(self.parts.add_to(batch, &self.message))
    }
}

/// Checks that the heads of the columns are complete.
fn check_heads(message: &v1::TelemetryBatch) -> Result<(), DecodeError> {
    let expected = message.column_signals.len();
    let lists =
        [("column_timelines", message.column_timelines.len()), ("column_kinds", message.column_kinds.len())];
    let shorts = [("column_shorts", message.column_shorts.len())].into_iter().filter(|(_, len)| *len > 0);
    match lists.into_iter().chain(shorts).find(|(_, len)| *len != expected) {
        Some((list, len)) => Err(DecodeError::ListLength { list, len, expected }),
        None => Ok(()),
    }
}

pub(super) fn exact<const N: usize>(field: &'static str, bytes: &[u8]) -> Result<[u8; N], DecodeError> {
    bytes.try_into().map_err(|_| DecodeError::FieldLength { field, len: bytes.len() })
}

fn token_id(bytes: &[u8]) -> Result<TokenId, DecodeError> {
    let mut whole = [0; 32];
    let start = whole.len().checked_sub(bytes.len());
    let place = start.and_then(|start| whole.get_mut(start..));
    place.ok_or(DecodeError::FieldLength { field: "vehicle", len: bytes.len() })?.copy_from_slice(bytes);
    Ok(TokenId::from_be_bytes(whole))
}
