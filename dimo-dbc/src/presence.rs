//! [`Payload`]: the bytes of a frame, and whether a signal is in them; [`Missing`]: what they are too few for.

use crate::Plan;
use crate::plan::layout::{ConditionEntry, NONE, SignalEntry, SwitchEntry};
use crate::plan::packed::PackedField;

/// The bytes of one frame.
#[derive(Clone, Copy)]
pub(crate) struct Payload<'f> {
    /// With zeros behind the end, or without.
    pub(crate) data: &'f [u8],
    /// How many of them were on the bus, 255 for more.
    pub(crate) length: u8,
}

/// Whether a signal is in a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Active,
    Inactive,
    /// It, or its switch, lies behind the end of the frame.
    Missing,
}

impl Payload<'_> {
    /// Whether the frame has `signal`.
    pub(crate) fn has(self, plan: &Plan<'_>, signal: &SignalEntry) -> Presence {
        match self.selects(plan, signal.condition) {
            Presence::Active if self.length < signal.field.needed_bytes() => Presence::Missing,
            selected => selected,
        }
    }

    /// Whether the switches select what is there under `condition`. It follows them outwards; a checked plan has no circle.
    pub(crate) fn selects(self, plan: &Plan<'_>, mut condition: u16) -> Presence {
        while condition != NONE {
            let chain = chain(plan, condition);
            let switch = switch_of(chain).and_then(|switch| plan.switches.get(usize::from(switch)));
            let Some(switch) = switch else { return Presence::Inactive };
            let (outer, needed_bytes) = SwitchEntry::place_of(switch);
            if self.length < needed_bytes {
                return Presence::Missing;
            }
            if !self.value_at(switch).is_some_and(|value| in_ranges(chain, value)) {
                return Presence::Inactive;
            }
            condition = outer;
        }
        Presence::Active
    }

    /// The value of a switch; `None` when it is not there itself, or in no range since it has more than 32 bits.
    pub(crate) fn switch_value(self, plan: &Plan<'_>, switch: u16) -> Option<u32> {
        let switch = plan.switches.get(usize::from(switch))?;
        let (outer, needed_bytes) = SwitchEntry::place_of(switch);
        let is_there =
            self.length >= needed_bytes && (outer == NONE || self.selects(plan, outer) == Presence::Active);
        self.value_at(switch).filter(|_| is_there)
    }

    fn value_at(self, switch: &[u8; SwitchEntry::BYTES]) -> Option<u32> {
        u32::try_from(PackedField::of_entry(switch).bits(self.data)).ok()
    }

    /// What of a message, whose signals need `needed_bytes`, is not there.
    pub(crate) fn missing(
        self,
        plan: &Plan<'_>,
        needed_bytes: u8,
        signals: &[[u8; SignalEntry::BYTES]],
    ) -> Option<Missing> {
        if self.length >= needed_bytes {
            return None;
        }
        let is_missing = |entry: &&_| self.has(plan, &SignalEntry::read(entry)) == Presence::Missing;
        // A plan has fewer than 2^16 signals.
        let signals = signals.iter().filter(is_missing).count() as u16;
        (signals > 0).then_some(Missing { signals, frame_bytes: self.length, needed_bytes })
    }
}

/// The conditions of which the first is `condition`. A chain of them ends with the first that is the last.
#[inline]
pub(crate) fn chain<'a>(plan: &Plan<'a>, condition: u16) -> &'a [[u8; ConditionEntry::BYTES]] {
    plan.conditions.get(usize::from(condition) - 1..).unwrap_or_default()
}

/// The switch that a chain is about.
#[inline]
pub(crate) fn switch_of(chain: &[[u8; ConditionEntry::BYTES]]) -> Option<u16> {
    chain.first().map(|entry| ConditionEntry::read(entry).switch)
}

/// Whether `value` is in one of the ranges of a chain.
#[inline]
pub(crate) fn in_ranges(chain: &[[u8; ConditionEntry::BYTES]], value: u32) -> bool {
    for range in chain.iter().map(ConditionEntry::read) {
        if range.low <= value && value <= range.high {
            return true;
        }
        if range.flags & ConditionEntry::LAST != 0 {
            break;
        }
    }
    false
}

/// What a frame was too short for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// How many signals are not there for lack of bytes.
    pub signals: u16,
    /// The length of the frame in bytes.
    pub frame_bytes: u8,
    /// The length that would hold every signal of the message, in bytes.
    pub needed_bytes: u8,
}
