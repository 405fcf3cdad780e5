//! [`Finder`]: where the bytes at a position stood before.

use super::symbols::{LONGEST, SHORTEST};

/// Entries of the table of hashes.
pub(super) const HEADS: usize = 1024;
/// Where no position is known. Position 32768 has the same word, which does no harm: what a word leads to is compared.
const NOWHERE: u16 = 0x8000;

/// A string that stood before: 3 to 258 bytes, and how far back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) length: usize,
    pub(super) distance: usize,
}

/// How hard to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// How many positions are compared.
    pub(super) chain: u16,
    /// A match this long is not improved on.
    pub(super) enough: usize,
}

/// Positions with the same hash are linked, the last one first; every position goes in once, in order. Words are the low 16 bits
/// of positions.
pub(super) struct Finder<'a> {
    input: &'a [u8],
    heads: &'a mut [u16; HEADS],
    /// As many as the window has bytes, a power of two.
    links: &'a mut [u16],
    /// The first position that is not in.
    next: usize,
    /// Where matches end at the latest.
    end: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(input: &'a [u8], heads: &'a mut [u16; HEADS], links: &'a mut [u16]) -> Self {
        heads.fill(NOWHERE);
        Self { input, heads, links, next: 0, end: input.len() }
    }

    /// What is to be parsed.
    pub(super) fn input(&self) -> &'a [u8] {
        self.input.get(..self.end).unwrap_or(self.input)
    }

    /// Parsing is to end there.
    pub(super) fn end_at(&mut self, end: usize) {
        self.end = end;
    }

    /// Forgets the positions from `position` on.
    pub(super) fn rewind(&mut self, position: usize) {
        self.heads.fill(NOWHERE);
        self.next = position.saturating_sub(self.links.len());
    }

    /// Calls `each` with longer and longer matches at `position`, the nearest of each length.
    #[inline]
    pub(super) fn search(&mut self, position: usize, effort: Effort, mut each: impl FnMut(Match)) {
        while self.next < position {
            self.insert(self.next);
        }
        let mut candidate = self.insert(position);
        let rest = self.input().get(position..).unwrap_or_default();
        let here = rest.get(..LONGEST).unwrap_or(rest);
        let farthest = position.min(self.links.len());
        let (mut length, mut before) = (SHORTEST - 1, 0);
        // A candidate is better only if it has the byte behind what the best one has.
        let Some(mut wanted) = here.get(length) else { return };
        for _ in 0..effort.chain {
            let distance = usize::from((position as u16).wrapping_sub(candidate));
            // Links only lead back; one that does not has been overwritten.
            if distance <= before || distance > farthest {
                return;
            }
            before = distance;
            if self.input.get(position - distance + length) == Some(wanted) {
                let there = self.input.get(position - distance..).unwrap_or_default();
                let common = common_prefix(here, there);
                if common > length {
                    length = common;
                    each(Match { length, distance });
                    match here.get(length) {
                        Some(byte) if length < effort.enough => wanted = byte,
                        _ => return,
                    }
                }
            }
            candidate = self.link(candidate);
        }
    }

    /// The longest, if any.
    pub(super) fn longest(&mut self, position: usize, effort: Effort) -> Option<Match> {
        let mut longest = None;
        self.search(position, effort, |found| longest = Some(found));
        longest
    }

    #[inline]
    fn link(&self, position: u16) -> u16 {
        let slot = usize::from(position) & self.links.len().wrapping_sub(1);
        self.links.get(slot).copied().unwrap_or(NOWHERE)
    }

    /// Puts a position in; what had its hash before.
    #[inline]
    fn insert(&mut self, position: usize) -> u16 {
        self.next = position + 1;
        let Some([one, two, three]) = self.input.get(position..).and_then(|rest| rest.first_chunk()) else {
            return NOWHERE.wrapping_add(position as u16);
        };
        let bytes = u32::from_le_bytes([*one, *two, *three, 0]);
        let hash = bytes.wrapping_mul(0x9E37_79B1) >> (u32::BITS - HEADS.ilog2());
        let Some(head) = self.heads.get_mut(hash as usize) else { return NOWHERE };
        let before = core::mem::replace(head, position as u16);
        let slot = position & self.links.len().wrapping_sub(1);
        if let Some(link) = self.links.get_mut(slot) {
            *link = before;
        }
        before
    }
}

/// `here` is not the longer one.
#[inline]
fn common_prefix(here: &[u8], there: &[u8]) -> usize {
    let (ours, theirs) = (here.as_chunks::<4>().0, there.as_chunks::<4>().0);
    let mut length = 0;
    for (one, other) in ours.iter().zip(theirs) {
        let differences = u32::from_le_bytes(*one) ^ u32::from_le_bytes(*other);
        if differences != 0 {
            return length + (differences.trailing_zeros() / 8) as usize;
        }
        length += 4;
    }
    let (ours, theirs) = (here.get(length..).unwrap_or_default(), there.get(length..).unwrap_or_default());
    length + ours.iter().zip(theirs).take_while(|(one, other)| one == other).count()
}
