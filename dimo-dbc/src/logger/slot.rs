//! [`Slot`]: the memory of one signal, and [`Verdict`], what becomes of a reading.

use core::time::Duration;

use dimo_types::{Location, Raw, SignalValue, Timestamp};

use super::{Rule, Trigger};

/// A signal's rule, and what was kept of it last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slot {
    rule: Rule,
    kept: Option<Kept>,
}

/// The reading kept last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kept {
    time: Timestamp,
    value: Memory,
    /// Where the value went with the last move.
    direction: Direction,
}

/// A value in a few bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Memory {
    /// A raw integer with the bits of its scale, and the physical value.
    Scaled(Raw, [u64; 2], f64),
    /// The bits of a float, so that what is not a number equals itself.
    Float(u64),
    State(bool),
    Location(Location),
    /// A 64-bit hash: of 2^64 changes one goes unnoticed.
    Text(u64),
    /// A kind of value that this version does not know: never equal to the one before.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    None,
    Up,
    Down,
}

/// What becomes of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It is kept.
    Keep(Keep),
    /// It came within the interval.
    TooSoon,
    /// It says what was kept before, or nearly so.
    Unchanged,
}

/// Why a reading is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Keep {
    /// Its signal has no slot.
    NoRule,
    /// Nothing of its signal was kept before.
    First,
    /// Every reading is worth keeping.
    Due,
    /// Its value changed, or moved far enough.
    Changed,
    /// Nothing was kept for as long as a heartbeat.
    Heartbeat,
}

impl Verdict {
    /// Whether the reading is kept.
    #[must_use]
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Keep(_))
    }
}

impl Slot {
    /// An empty slot under `rule`.
    #[must_use]
    pub const fn new(rule: Rule) -> Self {
        Self { rule, kept: None }
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Makes the next reading a first one.
    pub const fn forget(&mut self) {
        self.kept = None;
    }

    pub(super) fn offer(&mut self, time: Timestamp, value: &SignalValue<'_>) -> Verdict {
        let now = Memory::of(value);
        let Some(kept) = self.kept else {
            self.kept = Some(Kept { time, value: now, direction: Direction::None });
            return Verdict::Keep(Keep::First);
        };
        let passed = Duration::from_micros(time.micros_since(kept.time).unsigned_abs());
        if passed < self.rule.min_interval {
            return Verdict::TooSoon;
        }
        let moved = kept.moved_to(now, self.rule.trigger);
        let reason = match (moved, self.rule.heartbeat) {
            (Some(_), _) if self.rule.trigger == Trigger::Reading => Keep::Due,
            (Some(_), _) => Keep::Changed,
            (None, Some(heartbeat)) if passed >= heartbeat => Keep::Heartbeat,
            (None, _) => return Verdict::Unchanged,
        };
        self.kept = Some(Kept { time, value: now, direction: moved.unwrap_or(kept.direction) });
        Verdict::Keep(reason)
    }
}

impl Kept {
    /// Where the value went when the trigger fires; `None` when it does not.
    fn moved_to(&self, now: Memory, trigger: Trigger) -> Option<Direction> {
        match trigger {
            Trigger::Reading => Some(Direction::None),
            Trigger::Change => (now != self.value || now == Memory::Other).then_some(Direction::None),
            Trigger::Moved { by, back } => match (self.value.number(), now.number()) {
                (Some(before), Some(after)) => self.moved_between(before, after, by, back),
                _ => (now != self.value || now == Memory::Other).then_some(Direction::None),
            },
        }
    }

    fn moved_between(&self, before: f64, after: f64, by: f64, back: f64) -> Option<Direction> {
        let (distance, direction) =
            if after >= before { (after - before, Direction::Up) } else { (before - after, Direction::Down) };
        let turns = self.direction != Direction::None && self.direction != direction;
        let needed = if turns { by + back } else { by };
        // A threshold of zero is no threshold, but a value that stays has not moved.
        (distance > 0.0 && distance >= needed).then_some(direction)
    }
}

impl Memory {
    fn of(value: &SignalValue<'_>) -> Self {
        match *value {
            SignalValue::Scaled { raw, scale } => {
                Self::Scaled(raw, [scale.factor.to_bits(), scale.offset.to_bits()], scale.apply(raw.to_f64()))
            }
            SignalValue::Float(value) => Self::Float(value.to_bits()),
            SignalValue::Text(text) => Self::Text(hash(text)),
            SignalValue::Bool(state) => Self::State(state),
            SignalValue::Location(location) => Self::Location(location),
            _ => Self::Other,
        }
    }

    /// The physical number, where there is one.
    fn number(self) -> Option<f64> {
        let number = match self {
            Self::Scaled(_, _, physical) => physical,
            Self::Float(bits) => f64::from_bits(bits),
            _ => return None,
        };
        Some(number).filter(|number| number.is_finite())
    }
}

/// FNV-1a, 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
