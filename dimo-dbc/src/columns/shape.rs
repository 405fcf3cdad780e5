//! [`Shape`]: in which order the signals of a table are taken out of its frames.

use alloc::vec::Vec;

use crate::row::{Plain, RowDecoder, Variant};

/// The signals of a table by the window that they lie in: each window is read once.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) groups: Vec<Group>,
    /// Places of the signals that no window gives.
    pub(crate) odd: Vec<usize>,
}

/// The signals of one window.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The first byte of the window in the frame.
    pub(crate) base: u8,
    /// Places in the table, and how the signals there are taken.
    pub(crate) signals: Vec<(usize, Plain)>,
}

impl Shape {
    /// Values are taken in multiples of this.
    pub(crate) const VECTOR: usize = 16;

    pub(crate) fn new(rows: &RowDecoder<'_>, variant: &Variant) -> Self {
        let mut shape = Self { groups: Vec::new(), odd: Vec::new() };
        let mut slots: Vec<_> = variant.slots.iter().enumerate().collect();
        // From behind, so that a window opens where it takes in most of the signals before it.
        slots.sort_by_key(|(_, slot)| core::cmp::Reverse(slot.entry.field.needed_bytes()));
        for (place, slot) in slots {
            let field = slot.entry.field;
            let scale = rows.plan.scale(slot.entry.scale);
            let last = field.needed_bytes().saturating_sub(8);
            let bases = shape.groups.iter().map(|group| group.base);
            let moved = bases.chain([last, field.base]).find_map(|base| field.at(base));
            match moved.and_then(|field| Plain::new(field, scale)) {
                Some(signal) => shape.add(place, signal),
                None => shape.odd.push(place),
            }
        }
        shape
    }

    /// Whether the first eight bytes of a frame do not give all of it.
    pub(crate) fn needs_frames(&self) -> bool {
        !self.odd.is_empty() || self.groups.iter().any(|group| group.base > 0)
    }

    fn add(&mut self, place: usize, signal: Plain) {
        match self.groups.iter_mut().find(|group| group.base == signal.base()) {
            Some(group) => group.signals.push((place, signal)),
            None => self.groups.push(Group { base: signal.base(), signals: [(place, signal)].into() }),
        }
    }
}
