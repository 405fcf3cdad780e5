//! [`Batcher`]: readings become batches, and batches items of the queue.

use dimo_crypto::keccak256;
use dimo_types::wire::{BatchEncoder, BatchHeader, PushError, ZlibEncoder};
use dimo_types::{BatchParts, Reading, RecordId, Timestamp};

use crate::memory::{DEFLATE, DICTIONARY, ITEM};
use crate::stream;

pub(crate) struct Batcher<'m> {
    encoder: BatchEncoder<'m>,
    pub(crate) zlib: &'m mut ZlibEncoder,
    pub(crate) plain: &'m mut [u8; DICTIONARY],
    /// What batches have in common.
    pub(crate) header: BatchHeader,
    /// What random numbers are made of.
    seed: [u8; 16],
    /// When the batch began, and batches so far.
    began: Option<Timestamp>,
    batches: u64,
    /// Where batches are put; gone while one goes into the queue.
    item: Option<&'m mut [u8; ITEM]>,
    /// The bytes of `item` that are to go into the queue.
    full: usize,
    /// Readings in batches that were made.
    readings: u64,
}

impl<'m> Batcher<'m> {
    /// `seed` is random.
    pub(crate) fn new(
        encoder: BatchEncoder<'m>,
        zlib: &'m mut ZlibEncoder,
        plain: &'m mut [u8; DICTIONARY],
        item: &'m mut [u8; ITEM],
        header: BatchHeader,
        seed: [u8; 16],
    ) -> Self {
        let (began, batches, item, full, readings) = (None, 0, Some(item), 0, 0);
        Self { encoder, zlib, plain, header, seed, began, batches, item, full, readings }
    }

    /// Takes a reading. One that has no room ends the batch, and begins the next one.
    pub(crate) fn keep(&mut self, reading: &Reading<'_>) {
        self.began.get_or_insert(reading.time);
        if let Err(PushError::Full { .. }) = self.encoder.push(reading) {
            self.seal(&BatchParts::default());
            self.began = Some(reading.time);
            // It is empty now.
            let _ = self.encoder.push(reading);
        }
    }

    /// Ends the batch, if it has anything in it.
    pub(crate) fn seal(&mut self, parts: &BatchParts<'_>) {
        if self.encoder.is_empty() && parts.is_empty() {
            return;
        }
        let readings = u64::from(self.encoder.len());
        let id = self.next_id();
        let header = BatchHeader { id, ..self.header };
        let Ok(message) = self.encoder.seal(&header, parts, self.plain.as_mut_slice()) else { return };
        let Some((place, room)) = self.item.as_mut().and_then(|item| item.split_first_chunk_mut::<20>())
        else {
            return;
        };
        *place = *id.as_bytes();
        let zlib = &mut self.zlib;
        let written =
            stream::write(stream::Kind::Batch, room, |room| zlib.encode(message, DEFLATE, room).ok());
        self.full = written.map_or(0, |message| place.len() + message.len());
        self.readings += readings;
        self.began = None;
    }

    /// Throws away what is not in the queue yet.
    pub(crate) fn discard(&mut self) {
        self.encoder.clear();
        (self.began, self.full) = (None, 0);
    }

    /// The batch that was made last, once: its id and the message, in memory that comes [back](Self::give_back), and its length.
    pub(crate) fn take(&mut self) -> Option<(&'m mut [u8; ITEM], usize)> {
        let full = core::mem::take(&mut self.full);
        if full == 0 { None } else { self.item.take().map(|item| (item, full)) }
    }

    /// The queue has it.
    pub(crate) const fn give_back(&mut self, item: &'m mut [u8; ITEM]) {
        self.item = Some(item);
    }

    /// When the batch began that is being made.
    pub(crate) const fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// Readings in batches that were made.
    pub(crate) const fn readings(&self) -> u64 {
        self.readings
    }

    fn next_id(&mut self) -> RecordId {
        self.batches += 1;
        let mut bytes = [0; 24];
        let (seed, number) = (self.seed, self.batches.to_le_bytes());
        bytes.iter_mut().zip(seed.iter().chain(&number)).for_each(|(to, from)| *to = *from);
        let hash = keccak256(&bytes);
        let random = hash.first_chunk().copied().unwrap_or_default();
        RecordId::new(self.began.unwrap_or(Timestamp::EPOCH), random)
    }
}
