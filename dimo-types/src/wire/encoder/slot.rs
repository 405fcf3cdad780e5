//! What the encoder remembers of signals, columns and timelines.

use super::chain::Chain;
use super::kind::Kind;

/// Stands for no column or timeline.
pub(super) const NONE: u32 = u32::MAX;

/// What is remembered of one signal of the dictionary.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignalSlot {
    /// The column in which its first readings are.
    pub(super) first: u32,
    /// The column that takes its readings now.
    pub(super) column: u32,
}

impl SignalSlot {
    /// Memory for a signal: zeros.
    pub(super) const UNUSED: Self = Self { first: 0, column: 0 };
    /// A signal without a reading.
    pub(super) const EMPTY: Self = Self { first: NONE, column: NONE };
}

/// What is remembered of one column.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnSlot {
    /// The last raw integer, where it has them.
    pub(super) last_raw: i64,
    pub(super) count: u32,
    pub(super) timeline: u32,
    /// The values as they go into the message.
    pub(super) values: Chain,
    pub(super) signal: u16,
    /// Bytes of the first value of a raw column: it stands in a list of its own.
    pub(super) first_len: u8,
    pub(super) kind: Kind,
}

impl ColumnSlot {
    /// Memory for a column: zeros.
    pub(super) const UNUSED: Self = Self {
        last_raw: 0,
        count: 0,
        timeline: 0,
        values: Chain::UNUSED,
        signal: 0,
        first_len: 0,
        kind: Kind::Unspecified,
    };
    /// A column without a value.
    pub(super) const EMPTY: Self = Self { timeline: NONE, values: Chain::EMPTY, ..Self::UNUSED };
}

/// What is remembered of one timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimelineSlot {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) distance: i64,
    pub(super) count: u32,
    /// The timeline that it left, of which it has a beginning.
    pub(super) parent: u32,
    /// How many times it had in common with that one.
    pub(super) common: u32,
    /// Its place in the message.
    pub(super) rank: u32,
    /// The steps as they go into the message.
    pub(super) steps: Chain,
}

impl TimelineSlot {
    /// Memory for a timeline: zeros.
    pub(super) const UNUSED: Self = Self {
        first: 0,
        last: 0,
        distance: 0,
        count: 0,
        parent: 0,
        common: 0,
        rank: 0,
        steps: Chain::UNUSED,
    };
    /// A timeline without a moment.
    pub(super) const EMPTY: Self = Self { parent: NONE, rank: NONE, steps: Chain::EMPTY, ..Self::UNUSED };
}

/// The column and the timeline that have a place in the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) column: u32,
    pub(super) timeline: u32,
}

impl Place {
    /// Memory for a place: zeros.
    pub(super) const UNUSED: Self = Self { column: 0, timeline: 0 };
}
