//! [`Transfer`]: a long message that was let through, and what is still to come of it.

use dimo_types::CanId;

/// The rest of a message in several frames (ISO 15765-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    id: CanId,
    left: usize,
    next: u8,
}

/// Bytes of a message in its first frame, and in each one after it.
const IN_FIRST: usize = 6;
const IN_NEXT: usize = 7;

impl Transfer {
    pub(super) const fn new(id: CanId, len: usize) -> Self {
        Self { id, left: len.saturating_sub(IN_FIRST), next: 1 }
    }

    /// What is left after a consecutive frame of this number with so many bytes; `None` when it does not continue this message.
    pub(super) fn after(self, id: CanId, number: u8, bytes: usize) -> Option<Option<Self>> {
        let due = self.left.min(IN_NEXT);
        if id != self.id || number != self.next || bytes < due {
            return None;
        }
        let left = self.left - due;
        Some((left > 0).then_some(Self { left, next: (self.next + 1) & 0x0F, ..self }))
    }
}
