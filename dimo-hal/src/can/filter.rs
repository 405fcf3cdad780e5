//! [`Filter`]: which identifiers a receiver wants.

use dimo_types::CanId;

/// Identifiers of one kind that agree with a given one in the bits of a mask.
///
/// # Example: all answers of an OBD-II vehicle
///
/// ```
/// use dimo_hal::can::Filter;
/// use dimo_types::CanId;
/// let answers = Filter::masked(CanId::standard(0x7E8).unwrap(), 0x7F8);
/// assert!(answers.matches(CanId::standard(0x7EF).unwrap()));
/// assert!(!answers.matches(CanId::standard(0x7DF).unwrap()));
/// assert!(!answers.matches(CanId::extended(0x7E8).unwrap()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    id: CanId,
    mask: u32,
}

impl Filter {
    /// This identifier only.
    #[must_use]
    pub const fn exact(id: CanId) -> Self {
        Self::masked(id, u32::MAX)
    }

    /// Identifiers of the same kind (11 or 29 bits) that have the bits of `mask` in common with `id`.
    #[must_use]
    pub const fn masked(id: CanId, mask: u32) -> Self {
        Self { id, mask: mask & if id.is_extended() { 0x1FFF_FFFF } else { 0x7FF } }
    }

    /// The identifier to compare with.
    #[must_use]
    pub const fn id(&self) -> CanId {
        self.id
    }

    /// The bits to compare: `0..=0x7FF` or `0..=0x1FFF_FFFF`, after the kind of the identifier.
    #[must_use]
    pub const fn mask(&self) -> u32 {
        self.mask
    }

    /// Whether a frame of this identifier passes.
    #[must_use]
    pub const fn matches(&self, id: CanId) -> bool {
        self.id.is_extended() == id.is_extended() && (self.id.number() ^ id.number()) & self.mask == 0
    }
}

/// What became of the filters that were asked for. A matching frame is delivered in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Filtering {
    /// Matching frames only.
    Exact,
    /// Some other frames too: the filters were merged into fewer banks.
    Wider,
    /// All frames: the controller has no filters, or too few.
    Off,
}
