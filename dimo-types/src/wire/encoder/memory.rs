//! [`EncoderMemory`]: what a [`BatchEncoder`](super::BatchEncoder) works in.

use super::chain::Block;
use super::slot::{ColumnSlot, Place, SignalSlot, TimelineSlot};

/// Memory of an encoder, for a static or a field of the firmware's.
///
/// | what | bytes each | how many |
/// |---|--:|---|
/// | `SIGNALS` | 8 | entries of the dictionary |
/// | `COLUMNS` | 104 | signals that a batch can have at once; more where kinds of values change |
/// | `BLOCKS` | 32 | pieces of 28 bytes of lists: at most two begun ones for each signal, the rest by the size of the batch |
///
/// A batch that needs more of one of them is [full](super::PushError::Full).
#[derive(Debug)]
pub struct EncoderMemory<const SIGNALS: usize, const COLUMNS: usize, const BLOCKS: usize> {
    signals: [SignalSlot; SIGNALS],
    columns: [ColumnSlot; COLUMNS],
    timelines: [TimelineSlot; COLUMNS],
    order: [Place; COLUMNS],
    blocks: [Block; BLOCKS],
}

impl<const SIGNALS: usize, const COLUMNS: usize, const BLOCKS: usize>
    EncoderMemory<SIGNALS, COLUMNS, BLOCKS>
{
    /// Memory of these sizes: zeros, so that a static of it takes no flash.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            signals: [SignalSlot::UNUSED; SIGNALS],
            columns: [ColumnSlot::UNUSED; COLUMNS],
            timelines: [TimelineSlot::UNUSED; COLUMNS],
            order: [Place::UNUSED; COLUMNS],
            blocks: [Block::UNUSED; BLOCKS],
        }
    }

    /// All of it.
    pub const fn as_mut(&mut self) -> EncoderMemoryMut<'_> {
        EncoderMemoryMut {
            signals: &mut self.signals,
            columns: &mut self.columns,
            timelines: &mut self.timelines,
            order: &mut self.order,
            blocks: &mut self.blocks,
        }
    }
}

impl<const SIGNALS: usize, const COLUMNS: usize, const BLOCKS: usize> Default
    for EncoderMemory<SIGNALS, COLUMNS, BLOCKS>
{
    fn default() -> Self {
        Self::new()
    }
}

/// The memory of an encoder, borrowed, of whatever size.
#[derive(Debug)]
pub struct EncoderMemoryMut<'m> {
    pub(super) signals: &'m mut [SignalSlot],
    pub(super) columns: &'m mut [ColumnSlot],
    pub(super) timelines: &'m mut [TimelineSlot],
    pub(super) order: &'m mut [Place],
    pub(super) blocks: &'m mut [Block],
}

/// The memory of an encoder on the heap, as large as a batch turns out to need.
#[cfg(feature = "proto")]
#[derive(Debug)]
pub(crate) struct EncoderHeap {
    signals: alloc::vec::Vec<SignalSlot>,
    columns: alloc::vec::Vec<ColumnSlot>,
    timelines: alloc::vec::Vec<TimelineSlot>,
    order: alloc::vec::Vec<Place>,
    blocks: alloc::vec::Vec<Block>,
}

#[cfg(feature = "proto")]
impl EncoderHeap {
    pub(crate) fn new(signals: usize, columns: usize, blocks: usize) -> Self {
        Self {
            signals: alloc::vec![SignalSlot::UNUSED; signals],
            columns: alloc::vec![ColumnSlot::UNUSED; columns],
            timelines: alloc::vec![TimelineSlot::UNUSED; columns],
            order: alloc::vec![Place::UNUSED; columns],
            blocks: alloc::vec![Block::UNUSED; blocks],
        }
    }

    pub(crate) fn as_mut(&mut self) -> EncoderMemoryMut<'_> {
        EncoderMemoryMut {
            signals: &mut self.signals,
            columns: &mut self.columns,
            timelines: &mut self.timelines,
            order: &mut self.order,
            blocks: &mut self.blocks,
        }
    }
}
