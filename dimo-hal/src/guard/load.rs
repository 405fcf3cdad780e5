//! [`Load`]: how much of the bus the device takes.

use dimo_types::Frame;

use super::policy::GuardPolicy;
use crate::clock::Uptime;

const MICROS: u64 = 1_000_000;

/// A bucket of bits that fills with the share of the bus and holds a second of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Millionths of bits.
    left: u64,
    now: Uptime,
}

impl Load {
    pub(super) fn new(policy: &GuardPolicy, now: Uptime) -> Self {
        Self { left: bits_a_second(policy) * MICROS, now }
    }

    pub(super) fn advance(&mut self, policy: &GuardPolicy, now: Uptime) {
        let rate = bits_a_second(policy);
        let passed = u64::try_from(now.since(self.now).as_micros()).unwrap_or(u64::MAX).min(MICROS);
        self.left = self.left.saturating_add(rate * passed).min(rate * MICROS);
        self.now = now.max(self.now);
    }

    /// Whether the frame still fits; then it is paid for.
    pub(super) fn take(&mut self, frame: &Frame) -> bool {
        match self.left.checked_sub(bits(frame) * MICROS) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

fn bits_a_second(policy: &GuardPolicy) -> u64 {
    u64::from(policy.bit_rate) * u64::from(policy.load_permille) / 1_000
}

/// What a classic frame takes with as many stuff bits as there can be, and the pause behind it (ISO 11898-1).
pub(super) fn bits(frame: &Frame) -> u64 {
    let data = 8 * u64::from(frame.length().min(8));
    let (stuffed, rest) = if frame.id().is_extended() { (54 + data, 13) } else { (34 + data, 13) };
    stuffed + (stuffed - 1) / 4 + rest
}
