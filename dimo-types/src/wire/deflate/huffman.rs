//! Lengths of the words of a shortest code.

use super::alphabet::LONGEST_CODE;

/// Symbols that occurred as often as this or more often are the last class. Most occurred less often, and have classes of their own.
const OFTEN: usize = 16;

/// The symbols that occurred, the rarest first: by classes of one count each, whose sizes say where they begin. What is left to be sorted is the last class.
pub(super) fn sort<'s>(counts: &[u16], order: &'s mut [u16]) -> &'s mut [u16] {
    let mut places = [0usize; OFTEN + 1];
    let class = |count: u16| usize::from(count).min(OFTEN);
    let occurred = || counts.iter().enumerate().filter(|(_, count)| **count > 0);
    for (_, count) in occurred() {
        add_one(&mut places, class(*count));
    }
    let mut used = 0;
    for place in &mut places {
        let size = core::mem::replace(place, used);
        used += size;
    }
    let often = places[OFTEN];
    for (symbol, count) in occurred() {
        let place = add_one(&mut places, class(*count));
        if let Some(room) = order.get_mut(place) {
            *room = symbol as u16;
        }
    }
    let order = order.get_mut(..used).unwrap_or_default();
    let last = order.get_mut(often..).unwrap_or_default();
    for gap in GAPS {
        for place in gap..last.len() {
            sink(last, place, gap, |symbol| (counts.get(usize::from(symbol)), symbol));
        }
    }
    order
}

/// What stood there before.
fn add_one(places: &mut [usize; OFTEN + 1], class: usize) -> usize {
    let Some(place) = places.get_mut(class) else { return usize::MAX };
    *place += 1;
    *place - 1
}

/// Shell's sort takes a tenth of the flash of the standard library's; gaps by M. Ciura, 2001.
const GAPS: [usize; 6] = [132, 57, 23, 10, 4, 1];

fn sink<K: Ord>(order: &mut [u16], mut place: usize, gap: usize, key: impl Fn(u16) -> K) {
    while let Some(before) = place.checked_sub(gap)
        && let Ok([one, other]) = order.get_disjoint_mut([before, place])
        && key(*one) > key(*other)
    {
        core::mem::swap(one, other);
        place = before;
    }
}

/// How many words of each length a code has.
pub(super) struct Words([u16; LONGEST_CODE + 1]);

impl Words {
    pub(super) const fn new() -> Self {
        Self([0; LONGEST_CODE + 1])
    }

    pub(super) fn of(&self, length: usize) -> usize {
        self.0.get(length).copied().unwrap_or_default().into()
    }

    pub(super) fn add(&mut self, length: usize, more: i16) {
        if let Some(words) = self.0.get_mut(length) {
            *words = words.wrapping_add_signed(more);
        }
    }

    /// For the counts in `keys`, in ascending order, at least two; it overwrites them.
    pub(super) fn count(keys: &mut [u16], limit: usize) -> Self {
        let mut words = Self::new();
        let mut tree = Tree(keys);
        tree.join();
        tree.measure_depths(|depth, leaves| words.add(depth.min(limit), leaves as i16));
        words.keep(limit);
        words
    }

    /// Cutting words off at `limit` has made the code impossible: a word of that length goes, and a shorter one makes room for
    /// two that are one bit longer, until it fits.
    fn keep(&mut self, limit: usize) {
        let room = 1usize << limit;
        let mut taken: usize = (1..=limit).map(|length| self.of(length) << (limit - length)).sum();
        while taken > room {
            let Some(shorter) = (1..limit).rev().find(|length| self.of(*length) > 0) else { break };
            self.add(limit, -1);
            self.add(shorter, -1);
            self.add(shorter + 1, 2);
            taken -= 1;
        }
    }
}

/// Huffman's tree in the memory of its counts: A. Moffat, J. Katajainen, "In-place calculation of minimum-redundancy codes",
/// 1995.
struct Tree<'a>(&'a mut [u16]);

impl Tree<'_> {
    fn at(&self, index: usize) -> u16 {
        self.0.get(index).copied().unwrap_or(u16::MAX)
    }

    fn set(&mut self, index: usize, value: u16) {
        if let Some(room) = self.0.get_mut(index) {
            *room = value;
        }
    }

    /// Joins the two rarest until one is left; an inner node keeps its count until it is joined, then where its parent is.
    fn join(&mut self) {
        let (mut leaf, mut inner) = (0, 0);
        for node in 0..self.0.len().saturating_sub(1) {
            let mut sum = 0u16;
            for _ in 0..2 {
                let is_inner = inner < node && (leaf >= self.0.len() || self.at(inner) < self.at(leaf));
                if is_inner {
                    sum = sum.saturating_add(self.at(inner));
                    self.set(inner, node as u16);
                    inner += 1;
                } else {
                    sum = sum.saturating_add(self.at(leaf));
                    leaf += 1;
                }
            }
            self.set(node, sum);
        }
    }

    /// Calls `each` with every depth and how many leaves are there.
    fn measure_depths(&mut self, mut each: impl FnMut(usize, usize)) {
        let Some(root) = self.0.len().checked_sub(2) else { return };
        self.set(root, 0);
        for node in (0..root).rev() {
            let parent = usize::from(self.at(node));
            self.set(node, self.at(parent).saturating_add(1));
        }
        let (mut nodes, mut depth, mut left) = (1, 0, root + 1);
        while nodes > 0 {
            let inner = (0..left).rev().take_while(|node| usize::from(self.at(*node)) == depth).count();
            left -= inner;
            each(depth, nodes - inner);
            nodes = 2 * inner;
            depth += 1;
        }
    }
}
