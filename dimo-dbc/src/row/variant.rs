//! [`Variant`]: one message in one state of its switches, ready to be decoded.

use alloc::boxed::Box;
use alloc::vec::Vec;

use dimo_types::{CanId, SignalIndex};

use crate::Plan;
use crate::field::Field;
use crate::plan::Mapped;
use crate::plan::layout::SignalEntry;
use crate::row::Plain;
use crate::row::lanes::{Lanes, WIDTH};
use crate::row::turned::Turned;

/// Every signal that a frame of one message holds in one state of its switches.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) id: CanId,
    pub(crate) way: Way,
    /// The frame length that holds all of them.
    pub(crate) needed_bytes: u8,
    /// The frame length from which the first eight bytes and nothing else give all of them; [`Variant::NEVER`] where they do not.
    pub(crate) simple_from: u8,
    /// The same where some of them are taken one by one.
    pub(crate) patched_from: u8,
    /// Some are delivered for certain values only.
    pub(crate) has_lookups: bool,
    /// Lanes do not give all of it.
    pub(crate) is_special: bool,
    pub(crate) lanes: Box<[Lanes]>,
    /// In DBC order.
    pub(crate) signals: Box<[SignalIndex]>,
    /// For each of `signals`.
    pub(crate) slots: Box<[Slot]>,
    /// Those that lanes cannot decode.
    pub(crate) odd: Box<[Odd]>,
}

impl Variant {
    /// Longer than any frame.
    const NEVER: u8 = u8::MAX;

    /// A variant with the signals given, in their order.
    pub(crate) fn flat(plan: &Plan<'_>, id: CanId, active: &[(SignalIndex, SignalEntry)]) -> Self {
        let (mut all_lanes, mut odd) = (Vec::new(), Vec::new());
        for (first, chunk) in (0..).step_by(WIDTH).zip(active.chunks(WIDTH)) {
            let mut lanes = Lanes::EMPTY;
            for (lane, (_, entry)) in chunk.iter().enumerate() {
                let scale = plan.scale(entry.scale);
                match Turned::new(entry.field, scale) {
                    Some(signal) => lanes.set(lane, signal),
                    None => odd.push(Odd { place: first + lane, plain: Plain::new(entry.field, scale) }),
                }
            }
            all_lanes.push(lanes);
        }
        if let Some(last) = all_lanes.last_mut() {
            last.end();
        }
        let in_word = active.iter().all(|(_, entry)| entry.field.base == 0);
        Self::new(id, if in_word { Way::Word } else { Way::Bytes }, active, all_lanes, odd)
    }

    /// One variant with every signal of a message, decoded with the plan.
    pub(crate) fn interpreted(id: CanId, signals: &[(SignalIndex, SignalEntry)]) -> Self {
        Self::new(id, Way::Plan, signals, Vec::new(), Vec::new())
    }

    fn new(
        id: CanId,
        way: Way,
        signals: &[(SignalIndex, SignalEntry)],
        lanes: Vec<Lanes>,
        odd: Vec<Odd>,
    ) -> Self {
        let slot = |entry: &SignalEntry| Slot { entry: *entry, needed_bytes: entry.field.needed_bytes() };
        let slots: Box<[Slot]> = signals.iter().map(|(_, entry)| slot(entry)).collect();
        let needed_bytes = slots.iter().map(|slot| slot.needed_bytes).max().unwrap_or(0);
        let is_special = !odd.is_empty() || way == Way::Plan;
        let is_simple = way == Way::Word && !is_special;
        let has_lookups = slots.iter().any(|slot| slot.entry.field.has(Field::LOOKUP));
        let is_patched = way == Way::Word && odd.iter().all(|odd| odd.plain.is_some()) && !has_lookups;
        Self {
            id,
            way,
            needed_bytes,
            simple_from: if is_simple { needed_bytes } else { Self::NEVER },
            patched_from: if is_patched { needed_bytes } else { Self::NEVER },
            has_lookups,
            is_special,
            lanes: lanes.into(),
            signals: signals.iter().map(|(signal, _)| *signal).collect(),
            slots,
            odd: odd.into(),
        }
    }
}

/// What a variant is decoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// All signals lie in the first eight bytes.
    Word,
    /// Some lie behind them.
    Bytes,
    /// The switches are too many to flatten: signal by signal, with the plan.
    Plan,
}

/// A signal of a variant, in DBC order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) entry: SignalEntry,
    pub(crate) needed_bytes: u8,
}

impl Slot {
    /// Whether its value table, if it has one, lists its raw value.
    pub(crate) fn is_delivered(&self, plan: &Plan<'_>, bytes: &[u8]) -> bool {
        let field = self.entry.field;
        !field.has(Field::LOOKUP) || plan.look_up(self.entry.scale, field.bits(bytes).cast_signed()).is_some()
    }
}

/// A signal that lanes cannot decode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odd {
    /// Its place in the variant.
    pub(crate) place: usize,
    /// `None` for one that only the plan decodes.
    pub(crate) plain: Option<Plain>,
}

/// The physical value of a signal that lanes cannot decode; `None` when its value table does not list its raw value.
pub(crate) fn odd_value(plan: &Plan<'_>, entry: &SignalEntry, data: &[u8]) -> Option<f64> {
    let (field, bits) = (entry.field, entry.field.bits(data));
    let raw = if field.has(Field::FLOAT32) {
        // The field has 32 bits.
        f32::from_bits(bits as u32).into()
    } else if field.has(Field::FLOAT64) {
        f64::from_bits(bits)
    } else if field.is_unsigned64() {
        bits as f64
    } else {
        bits.cast_signed() as f64
    };
    if !field.has(Field::LOOKUP) {
        return Some(plan.scale(entry.scale).apply(raw));
    }
    Some(match plan.look_up(entry.scale, bits.cast_signed())? {
        Mapped::Integer(value) => value as f64,
        Mapped::Float(value) => value,
        Mapped::Text(_) => raw,
    })
}
