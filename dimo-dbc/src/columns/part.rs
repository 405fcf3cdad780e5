//! [`Part`]: the frames of one table in a block.

use alloc::vec::Vec;

use dimo_types::Timestamp;

use crate::columns::shape::Shape;
use crate::row::{BusFrame, little};

/// The frames of one table in a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    /// When each frame was received.
    pub(crate) times: Vec<Timestamp>,
    /// Their first eight bytes; at the end are others, up to a whole number of vectors.
    pub(crate) words: Vec<u64>,
    /// Their numbers in the block, ascending, where numbers are kept.
    pub(crate) numbers: Vec<u16>,
    /// Numbers of the frames that are too short for all signals of the table.
    pub(crate) short: Vec<u16>,
}

impl Part {
    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.words.clear();
        self.numbers.clear();
        self.short.clear();
    }

    pub(crate) fn fill_up(&mut self) {
        self.words.resize(self.words.len().next_multiple_of(Shape::VECTOR), 0);
    }

    /// The window of each frame that begins at `base`, and others up to a whole number of vectors, so that no value is left
    /// over that would have to be taken alone. `room` is for those that have to be collected.
    pub(crate) fn windows<'w, F: BusFrame>(
        &'w self,
        frames: &[F],
        base: u8,
        room: &'w mut Vec<u64>,
    ) -> &'w [u64] {
        if base == 0 {
            return &self.words;
        }
        room.clear();
        room.extend(self.map(frames, |frame| little(frame.bytes(), base)));
        room.resize(self.words.len(), 0);
        room
    }

    /// What `of` says of each frame.
    #[inline(always)]
    pub(crate) fn map<'f, F, T: Default>(
        &self,
        frames: &'f [F],
        of: impl Fn(&'f F) -> T,
    ) -> impl ExactSizeIterator<Item = T> {
        // Not filtered: an iterator of known length is collected without asking for room every time.
        self.numbers.iter().map(move |number| frames.get(usize::from(*number)).map_or_else(T::default, &of))
    }

    /// The rows of the frames that are too short, and the frames.
    pub(crate) fn short<'f, F>(&self, frames: &'f [F]) -> impl Iterator<Item = (usize, &'f F)> {
        self.short.iter().filter_map(move |number| {
            Some((self.numbers.binary_search(number).ok()?, frames.get(usize::from(*number))?))
        })
    }
}
