//! What the element says of itself when it is reset: its times and the size of its blocks (UM11225, section 2.2).

use super::block::MAX_INFORMATION;

/// How long an element may be waited for: longer than it needs for a key, shorter than a watchdog.
const MAX_WAIT_MS: u16 = 5_000;

/// Times and sizes of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    /// The longest the element takes to answer a block, in milliseconds, unless it asks for more.
    pub(crate) wait_ms: u16,
    /// The time between two attempts to read an answer, in milliseconds.
    pub(crate) poll_ms: u8,
    /// The time between a block and the first attempt to read its answer, in microseconds.
    pub(crate) guard_us: u16,
    /// The most information the element takes in a block.
    pub(crate) information: usize,
}

impl Timing {
    /// What holds before the element has said more.
    pub(crate) const DEFAULT: Self =
        Self { wait_ms: 1_000, poll_ms: 1, guard_us: 100, information: MAX_INFORMATION };

    /// Takes what the answer to reset says; `None` when it is cut short. Values out of range fall back to the default, so
    /// that a strange element is slow and not unreachable.
    pub(crate) fn parse(atr: &[u8]) -> Option<Self> {
        // Protocol version, vendor (5), then two parameter groups with a length each; historical bytes follow.
        let (len, rest) = atr.get(6..)?.split_first()?;
        let (link, rest) = rest.split_at_checked(usize::from(*len))?;
        let [wait_high, wait_low, information_high, information_low, ..] = *link else { return None };
        let (len, rest) = rest.get(1..)?.split_first()?;
        let (bus, _) = rest.split_at_checked(usize::from(*len))?;
        let [_, _, _, poll_ms, _, _, _, guard_high, guard_low, ..] = *bus else { return None };
        let information = usize::from(u16::from_be_bytes([information_high, information_low]));
        let wait_ms = u16::from_be_bytes([wait_high, wait_low]);
        Some(Self {
            wait_ms: if wait_ms == 0 { Self::DEFAULT.wait_ms } else { wait_ms.min(MAX_WAIT_MS) },
            poll_ms: poll_ms.clamp(1, 100),
            guard_us: u16::from_be_bytes([guard_high, guard_low]),
            information: if information == 0 { MAX_INFORMATION } else { information.min(MAX_INFORMATION) },
        })
    }
}
