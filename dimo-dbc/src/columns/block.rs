//! [`Block`]: some thousand frames, sorted by table.

use alloc::vec::Vec;
use core::ops::Range;

use dimo_types::Timestamp;

use crate::columns::shape::Shape;
use crate::row::{BusFrame, RowDecoder, little};

/// Which frames of a block belong to which table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// The identifier and the length of each frame.
    heads: Vec<(u32, u8)>,
    /// The table of each frame; behind all tables, that of the frames that have none.
    keys: Vec<u32>,
    /// Where the frames of each table end. While they are sorted: where the next one goes.
    ends: Vec<u32>,
    /// When the frames were received, by table.
    times: Vec<Timestamp>,
    /// The first eight bytes of the frames, little-endian, by table; and behind them as many as a vector has.
    words: Vec<u64>,
    /// Numbers of frames, by table, and ascending in each.
    order: Vec<u16>,
    /// Table and number of each frame that is too short for all signals of its table.
    short: Vec<(u32, u16)>,
}

impl Block {
    /// Frames that are sorted at a time: they stay in the cache of a core, and their numbers have 16 bits.
    pub(crate) const FRAMES: usize = 1 << 13;

    /// Counting sort: the frames of a table keep their order. Returns how many frames have a table.
    pub(crate) fn sort<F: BusFrame>(&mut self, rows: &RowDecoder<'_>, frames: &[F]) -> usize {
        // On its own, so that the memory of the frames is read as fast as it can be.
        self.heads.clear();
        self.heads.extend(frames.iter().map(head));
        self.find_tables(rows, frames);
        self.find_ends(rows.needed_bytes().len());
        self.place(frames);
        rows.needed_bytes().len().checked_sub(1).map_or(0, |last| self.rows(last).end)
    }

    fn find_tables<F: BusFrame>(&mut self, rows: &RowDecoder<'_>, frames: &[F]) {
        let needed_bytes = rows.needed_bytes();
        let nowhere = u32::try_from(needed_bytes.len()).unwrap_or(u32::MAX);
        let mut any_short = false;
        self.keys.resize(frames.len(), nowhere);
        for ((key, (id, length)), frame) in self.keys.iter_mut().zip(&self.heads).zip(frames) {
            *key = rows.variant_number(*id, *length, || frame.bytes()).unwrap_or(nowhere);
            any_short |= needed_bytes.get(*key as usize).is_some_and(|needed| length < needed);
        }
        self.short.clear();
        if any_short {
            for ((key, (_, length)), index) in self.keys.iter().zip(&self.heads).zip(0..=u16::MAX) {
                if needed_bytes.get(*key as usize).is_some_and(|needed| length < needed) {
                    self.short.push((*key, index));
                }
            }
            self.short.sort_unstable();
        }
    }

    /// Where the frames of each table begin: each table's end is moved there as its frames are placed.
    fn find_ends(&mut self, tables: usize) {
        // The number of a table is counted one further, so that summing gives beginnings.
        self.ends.clear();
        self.ends.resize(tables + 2, 0);
        let ends = self.ends.as_mut_slice();
        for key in &self.keys {
            if let Some(count) = ends.get_mut(*key as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in ends {
            sum += *end;
            *end = sum;
        }
    }

    fn place<F: BusFrame>(&mut self, frames: &[F]) {
        self.times.resize(frames.len(), Timestamp::EPOCH);
        self.words.resize(frames.len() + Shape::VECTOR, 0);
        self.order.resize(frames.len(), 0);
        let ends = self.ends.as_mut_slice();
        let (times, words, order) =
            (self.times.as_mut_slice(), self.words.as_mut_slice(), self.order.as_mut_slice());
        for (index, (frame, key)) in frames.iter().zip(&self.keys).enumerate() {
            let Some(next) = ends.get_mut(*key as usize) else { continue };
            let place = *next as usize;
            *next += 1;
            if let (Some(time), Some(word), Some(order)) =
                (times.get_mut(place), words.get_mut(place), order.get_mut(place))
            {
                // A block has fewer frames than there are numbers of 16 bits.
                (*time, *word, *order) = (frame.time(), little(frame.bytes(), 0), index as u16);
            }
        }
    }

    /// The places of the frames of the table `number`.
    fn rows(&self, number: usize) -> Range<usize> {
        let end = |number: usize| self.ends.get(number).map_or(0, |end| *end as usize);
        number.checked_sub(1).map_or(0, end)..end(number)
    }

    /// The frames of the table `number`; `None` when there are none.
    pub(crate) fn part(&self, number: usize) -> Option<Part<'_>> {
        let rows = self.rows(number);
        let times = self.times.get(rows.clone()).filter(|times| !times.is_empty())?;
        let words = self.words.get(rows.start..rows.start + times.len().next_multiple_of(Shape::VECTOR))?;
        let key = u32::try_from(number).ok()?;
        let shorts = self.short.partition_point(|(other, _)| *other < key);
        let short = self.short.get(shorts..)?;
        let count = short.partition_point(|(other, _)| *other == key);
        Some(Part { times, words, order: self.order.get(rows)?, short: short.get(..count)? })
    }
}

/// The packed identifier and the length of a frame.
#[inline]
fn head<F: BusFrame>(frame: &F) -> (u32, u8) {
    (if frame.is_data() { frame.id().packed() } else { RowDecoder::NO_ID }, frame.length())
}

/// The frames of one table in a block.
#[derive(Clone, Copy)]
pub(crate) struct Part<'b> {
    /// When each frame was received.
    pub(crate) times: &'b [Timestamp],
    /// Their first eight bytes; at the end are others, up to a whole number of vectors.
    words: &'b [u64],
    order: &'b [u16],
    short: &'b [(u32, u16)],
}

impl<'b> Part<'b> {
    /// The window of each frame that begins at `base`, and others up to a whole number of vectors, so that no value is left
    /// over that would have to be taken alone. `room` is for those that have to be collected.
    pub(crate) fn windows<'w, F: BusFrame>(self, frames: &[F], base: u8, room: &'w mut Vec<u64>) -> &'w [u64]
    where
        'b: 'w,
    {
        if base == 0 {
            return self.words;
        }
        room.clear();
        room.extend(self.map(frames, |frame| little(frame.bytes(), base)));
        room.resize(self.words.len(), 0);
        room
    }

    /// What `of` says of each frame.
    #[inline(always)]
    pub(crate) fn map<'f, F, T: Default>(
        self,
        frames: &'f [F],
        of: impl Fn(&'f F) -> T,
    ) -> impl ExactSizeIterator<Item = T> {
        // Not filtered: an iterator of known length is collected without asking for room every time.
        self.order.iter().map(move |index| frames.get(usize::from(*index)).map_or_else(T::default, &of))
    }

    pub(crate) const fn has_short(self) -> bool {
        !self.short.is_empty()
    }

    /// The rows of the frames that are too short, and the frames.
    pub(crate) fn short<'f, F>(
        self,
        frames: &'f [F],
    ) -> impl Iterator<Item = (usize, &'f F)> + use<'b, 'f, F> {
        self.short.iter().filter_map(move |(_, index)| {
            Some((self.order.binary_search(index).ok()?, frames.get(usize::from(*index))?))
        })
    }
}
