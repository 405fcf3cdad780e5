//! [`Block`]: some thousand frames, sorted by table.

use alloc::vec::Vec;
use core::ops::Range;

use dimo_types::Timestamp;

use crate::columns::cursors::{Cursor, Cursors};
use crate::columns::part::Part;
use crate::row::{BusFrame, RowDecoder, fetch_ahead, little};

/// When a frame was received, and its first eight bytes, little-endian.
pub(crate) type Cell = (Timestamp, u64);

/// Which frames of a block belong to which table.
///
/// They are dealt out in one pass. A table has a chain of runs of cells, and takes another run when one is full: nothing has to
/// be counted before, and the memory of the frames is read while others are dealt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    cells: Vec<Cell>,
    /// The number of each cell's frame, where numbers are kept.
    numbers: Vec<u16>,
    cursors: Vec<Cursor>,
    /// The first run of each cursor; 0 for none.
    firsts: Vec<u32>,
    /// The run behind each run.
    links: Vec<u32>,
    /// Table and number of each frame that is too short for all signals of its table.
    short: Vec<(u32, u16)>,
    has_numbers: bool,
}

impl Block {
    /// Frames that are sorted at a time: they stay in the cache of a core, and their numbers have 16 bits.
    pub(crate) const FRAMES: usize = 1 << 13;

    /// Cells in a run.
    const RUN: usize = 64;

    /// Deals `frames` out. The frames of a table keep their order.
    pub(crate) fn sort<F: BusFrame>(&mut self, rows: &RowDecoder<'_>, cursors: &Cursors, frames: &[F]) {
        // Frames that are too short are found again by their numbers. Where nothing else needs numbers, few blocks have any.
        self.has_numbers = cursors.needs_numbers || !self.deal::<F, false>(rows, cursors, frames);
        if self.has_numbers {
            self.deal::<F, true>(rows, cursors, frames);
        }
    }

    /// Whether it could be done: without numbers it can't when a frame is too short.
    fn deal<F: BusFrame, const NUMBERS: bool>(
        &mut self,
        rows: &RowDecoder<'_>,
        cursors: &Cursors,
        frames: &[F],
    ) -> bool {
        self.reset(cursors, frames.len(), NUMBERS);
        let mut runs = Runs { links: &mut self.links, firsts: &mut self.firsts, taken: 0 };
        let (cells, numbers) = (self.cells.as_mut_slice(), self.numbers.as_mut_slice());
        let places = self.cursors.as_mut_slice();
        for (index, (number, frame)) in (0..=u16::MAX).zip(frames).enumerate() {
            fetch_ahead(frames, index);
            let mut at = frame.id().packed() as usize;
            let mut cursor = places.get(at).copied().unwrap_or(Cursor::OTHER);
            if !cursor.takes(frame.length()) || !frame.is_data() {
                let Some(table) = find_table(rows, frame) else { continue };
                at = cursors.of_table(table);
                cursor = places.get(at).copied().unwrap_or(Cursor::OTHER);
                if !cursor.takes(frame.length()) {
                    if !NUMBERS {
                        return false;
                    }
                    self.short.push((table, number));
                }
            }
            let mut place = cursor.place();
            if place % Self::RUN == 0 {
                place = runs.take(at, place);
            }
            if let Some(cell) = cells.get_mut(place) {
                *cell = (frame.time(), little(frame.bytes(), 0));
            }
            if NUMBERS && let Some(to) = numbers.get_mut(place) {
                *to = number;
            }
            if let Some(to) = places.get_mut(at) {
                *to = cursor.moved(place + 1);
            }
        }
        self.short.sort_unstable();
        true
    }

    fn reset(&mut self, cursors: &Cursors, frames: usize, has_numbers: bool) {
        // Number 0 is no run; every table may have begun one, and the others are full.
        let runs = 1 + cursors.tables().min(frames) + frames.div_ceil(Self::RUN);
        let cells = runs * Self::RUN;
        if self.cells.len() < cells {
            self.cells.resize(cells, (Timestamp::EPOCH, 0));
            self.links.resize(runs, 0);
        }
        if has_numbers && self.numbers.len() < cells {
            self.numbers.resize(cells, 0);
        }
        self.cursors.clone_from(&cursors.at_first);
        self.firsts.clear();
        self.firsts.resize(self.cursors.len(), 0);
        self.short.clear();
    }

    /// Collects the frames of `table` in `part`. Whether there are any.
    pub(crate) fn collect(&self, cursors: &Cursors, table: u32, part: &mut Part) -> bool {
        part.clear();
        for cells in self.runs(cursors.of_table(table)) {
            let (times, words) = (&mut part.times, &mut part.words);
            let filled = self.cells.get(cells.clone()).unwrap_or_default();
            times.extend(filled.iter().map(|(time, _)| *time));
            words.extend(filled.iter().map(|(_, word)| *word));
            if self.has_numbers {
                part.numbers.extend_from_slice(self.numbers.get(cells).unwrap_or_default());
            }
        }
        let short = self.short.get(self.short.partition_point(|(other, _)| *other < table)..);
        let short = short.unwrap_or_default().iter().take_while(|(other, _)| *other == table);
        part.short.extend(short.map(|(_, number)| *number));
        part.fill_up();
        !part.times.is_empty()
    }

    /// The cells that the frames of the cursor `at` are in, one run after the other.
    fn runs(&self, at: usize) -> impl Iterator<Item = Range<usize>> {
        let end = self.cursors.get(at).map_or(0, |cursor| cursor.place());
        // Runs are handed out in ascending order, so the last one is that which the end is in.
        let next = move |run: &usize| {
            let is_last = end <= (run + 1) * Self::RUN;
            if is_last { None } else { self.links.get(*run).map(|next| *next as usize) }
        };
        let first = self.firsts.get(at).map(|first| *first as usize).filter(|first| *first != 0);
        core::iter::successors(first, next).map(move |run| run * Self::RUN..end.min((run + 1) * Self::RUN))
    }
}

/// The runs of a block that are handed out.
struct Runs<'b> {
    links: &'b mut [u32],
    firsts: &'b mut [u32],
    taken: u32,
}

impl Runs<'_> {
    /// The first place of another run for the cursor `at`, whose last run ends at `end`.
    #[cold]
    #[inline(never)]
    fn take(&mut self, at: usize, end: usize) -> usize {
        self.taken += 1;
        let before = match end.checked_sub(1) {
            Some(last) => self.links.get_mut(last / Block::RUN),
            None => self.firsts.get_mut(at),
        };
        if let Some(before) = before {
            *before = self.taken;
        }
        self.taken as usize * Block::RUN
    }
}

/// The table of a frame that its identifier alone does not give. On its own, so that it costs other frames nothing.
#[inline(never)]
fn find_table<F: BusFrame>(rows: &RowDecoder<'_>, frame: &F) -> Option<u32> {
    if !frame.is_data() {
        return None;
    }
    rows.variant_number(frame.id().packed(), frame.length(), || frame.bytes())
}
