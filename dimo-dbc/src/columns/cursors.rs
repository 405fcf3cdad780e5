//! [`Cursors`]: where the next frame of each table goes.

use alloc::vec;
use alloc::vec::Vec;

use crate::columns::shape::Shape;
use crate::row::{RowDecoder, Way};

/// The next place of a table's frames, and how many bytes a frame needs to go there without a further look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor(u64);

impl Cursor {
    const PLACE: u32 = u32::BITS;
    /// No frame is long enough: a further look is needed.
    pub(crate) const OTHER: Self = Self(u64::MAX << Self::PLACE);

    fn new(needed_bytes: u8) -> Self {
        Self(u64::from(needed_bytes) << Self::PLACE)
    }

    #[inline(always)]
    pub(crate) fn takes(self, length: u8) -> bool {
        u64::from(length) >= self.0 >> Self::PLACE
    }

    #[inline(always)]
    pub(crate) const fn place(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline(always)]
    pub(crate) const fn moved(self, place: usize) -> Self {
        Self(self.0 >> Self::PLACE << Self::PLACE | place as u32 as u64)
    }
}

/// Cursors as they are before the first frame: one for each standard identifier, which tables have that it alone leads to, and
/// behind them one for each other table.
#[derive(Clone, Debug)]
pub(crate) struct Cursors {
    pub(crate) at_first: Vec<Cursor>,
    /// The cursor of each table.
    of_tables: Vec<usize>,
    /// Whether some tables are made from more than the first eight bytes of their frames.
    pub(crate) needs_numbers: bool,
}

impl Cursors {
    pub(crate) fn new(rows: &RowDecoder<'_>, shapes: &[Shape]) -> Self {
        let mut at_first = vec![Cursor::OTHER; RowDecoder::STANDARD];
        let mut of_tables = Vec::new();
        for (table, variant) in (0..).zip(&rows.tables.variants) {
            let cursor = Cursor::new(variant.needed_bytes);
            let id = variant.id.packed() as usize;
            of_tables.push(match at_first.get_mut(id) {
                Some(place) if rows.is_only_variant(variant.id, table) => {
                    *place = cursor;
                    id
                }
                _ => {
                    at_first.push(cursor);
                    at_first.len() - 1
                }
            });
        }
        let needs_numbers = rows.tables.variants.iter().any(|variant| variant.way == Way::Plan)
            || shapes.iter().any(Shape::needs_frames);
        Self { at_first, of_tables, needs_numbers }
    }

    pub(crate) fn tables(&self) -> usize {
        self.of_tables.len()
    }

    #[inline]
    pub(crate) fn of_table(&self, table: u32) -> usize {
        self.of_tables.get(table as usize).copied().unwrap_or(usize::MAX)
    }
}
