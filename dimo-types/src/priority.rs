//! [`Priority`]: which records a full queue keeps.

use crate::named::named;

/// How much a queued record is worth. A full queue drops the lowest priority first; higher ones compare greater.
///
/// # Example: what survives a month without a network
///
/// ```
/// use dimo_types::Priority;
/// assert!(Priority::Urgent > Priority::Routine);
/// assert_eq!(Priority::from_level(Priority::Routine.level()), Some(Priority::Routine));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Logs and raw bus captures: welcome, not needed.
    Bulk,
    /// Telemetry batches.
    #[default]
    Routine,
    /// Trouble codes, fingerprints and driving events: few, and not repeated by the next batch.
    Important,
    /// What concerns safety or security: a collision, tampering, a change of owner. Dropped only by its own kind.
    Urgent,
}

impl Priority {
    /// Every priority, lowest first.
    pub const ALL: [Self; 4] = [Self::Bulk, Self::Routine, Self::Important, Self::Urgent];

    /// The stored form, 0 to 3.
    #[must_use]
    pub const fn level(self) -> u8 {
        self as u8
    }

    /// The priority of a stored level; `None` above 3.
    #[must_use]
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            0 => Some(Self::Bulk),
            1 => Some(Self::Routine),
            2 => Some(Self::Important),
            3 => Some(Self::Urgent),
            _ => None,
        }
    }
}

named!(Priority, "a priority", {
    Bulk => "bulk",
    Routine => "routine",
    Important => "important",
    Urgent => "urgent",
});
