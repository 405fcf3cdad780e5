//! The tables that rows and columns are decoded with, and how they are built from a plan.
//!
//! A message is flattened into *variants*: one for each set of signals that its switches can select. Which variant a frame
//! has is found by walking a tree with one node for each switch.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use dimo_types::{CanId, SignalIndex};

use crate::Plan;
use crate::plan::layout::{ConditionEntry, MessageEntry, NONE, SignalEntry, SwitchEntry};
use crate::row::lanes::Cut;
use crate::row::targets::{NODE, Target};
use crate::row::variant::Variant;

/// Switches of one message that are flattened at most, and steps spent on it for all of a plan: more than any vehicle
/// has, and little enough that no plan, however strange, takes long or fills the memory.
const MOST_SWITCHES: usize = 8;
const MOST_STEPS: usize = 1 << 22;

/// A switch of a message.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) cut: Cut,
    pub(crate) needed_bytes: u8,
    /// For a frame that is too short to hold the switch.
    absent: Target,
    /// Targets of the values 0, 1, and so on; the last one is also that of every greater value.
    dense: Vec<Target>,
    /// First values of ranges, ascending, from where `dense` would be long.
    sparse: Vec<(u64, Target)>,
}

impl Node {
    const MOST_DENSE: u64 = 1024;

    /// Where a frame of `length` bytes goes that has `value` in the switch.
    #[inline]
    pub(crate) fn target(&self, value: u64, length: u8) -> Target {
        if length < self.needed_bytes {
            return self.absent;
        }
        if let Some(last) = self.dense.len().checked_sub(1) {
            let at = usize::try_from(value).map_or(last, |value| value.min(last));
            return self.dense.get(at).copied().unwrap_or(self.absent);
        }
        let behind = self.sparse.partition_point(|(first, _)| *first <= value);
        behind.checked_sub(1).and_then(|at| self.sparse.get(at)).map_or(self.absent, |(_, target)| *target)
    }

    fn new(switch: &SwitchEntry, cut: Cut, absent: Target, ranges: Vec<(u64, Target)>) -> Self {
        let mut node =
            Self { cut, needed_bytes: switch.needed_bytes, absent, dense: Vec::new(), sparse: Vec::new() };
        match ranges.last() {
            Some((last, _)) if *last <= Self::MOST_DENSE => {
                let mut ranges = ranges.into_iter().peekable();
                while let Some((_, target)) = ranges.next() {
                    let end = ranges.peek().map_or(node.dense.len() as u64 + 1, |(first, _)| *first);
                    node.dense.resize(usize::try_from(end).unwrap_or(0), target);
                }
            }
            _ => node.sparse = ranges,
        }
        node
    }
}

/// The tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) variants: Vec<Variant>,
    pub(crate) nodes: Vec<Node>,
}

impl Tables {
    /// The tables of `plan`, and the target of each of its messages.
    pub(crate) fn new(plan: &Plan<'_>) -> (Self, Vec<(CanId, Target)>) {
        let (mut tables, mut targets, mut steps) = (Self::default(), Vec::new(), MOST_STEPS);
        for message in plan.messages.iter().map(MessageEntry::read) {
            let Some(id) = CanId::from_packed(message.id) else { continue };
            let signals: Vec<_> = signals(plan, &message).collect();
            let target = tables.flattened(plan, id, &signals, &mut steps);
            targets.push((id, target.unwrap_or_else(|| tables.push(Variant::interpreted(id, &signals)))));
        }
        (tables, targets)
    }

    fn flattened(
        &mut self,
        plan: &Plan<'_>,
        id: CanId,
        signals: &[(SignalIndex, SignalEntry)],
        steps: &mut usize,
    ) -> Option<Target> {
        let (variants, nodes) = (self.variants.len(), self.nodes.len());
        let target = Flattening::new(self, plan, id, signals, steps)?.target(0);
        if target.is_none() {
            // What was made of the message so far.
            self.variants.truncate(variants);
            self.nodes.truncate(nodes);
        }
        target
    }

    fn push(&mut self, variant: Variant) -> Target {
        self.variants.push(variant);
        length(self.variants.len() - 1)
    }
}

/// A length of a table: a plan has fewer than 2^16 signals, and [`MOST_STEPS`] bounds what becomes of them.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn signals(plan: &Plan<'_>, message: &MessageEntry) -> impl Iterator<Item = (SignalIndex, SignalEntry)> {
    let (first, count) = (usize::from(message.first_signal), usize::from(message.signal_count));
    let entries = plan.signals.iter().skip(first).take(count).map(SignalEntry::read);
    (message.first_signal..=u16::MAX).map(SignalIndex).zip(entries)
}

/// What is known of a switch on the way down the tree.
#[derive(Clone, Copy)]
enum Choice {
    /// It is not there.
    Absent,
    /// It has this value, or another one with the same consequences.
    Value(u64),
}

/// One message on its way into the tables.
struct Flattening<'t, 'p> {
    tables: &'t mut Tables,
    plan: &'t Plan<'p>,
    id: CanId,
    signals: &'t [(SignalIndex, SignalEntry)],
    /// Ascending, so that a switch comes behind the one that selects it.
    switches: Vec<(u16, Choice)>,
    /// The conditions that signals and switches of this message refer to.
    conditions: BTreeSet<u16>,
    steps: &'t mut usize,
}

impl<'t, 'p> Flattening<'t, 'p> {
    /// `None` when there are too many switches.
    fn new(
        tables: &'t mut Tables,
        plan: &'t Plan<'p>,
        id: CanId,
        signals: &'t [(SignalIndex, SignalEntry)],
        steps: &'t mut usize,
    ) -> Option<Self> {
        let (mut switches, mut conditions) = (BTreeSet::new(), BTreeSet::new());
        for (_, signal) in signals {
            let mut condition = signal.condition;
            while condition != NONE && conditions.insert(condition) {
                let switch = condition_entry(plan, condition)?.switch;
                switches.insert(switch);
                if switches.len() > MOST_SWITCHES {
                    return None;
                }
                condition = switch_entry(plan, switch)?.condition;
            }
        }
        let switches = switches.into_iter().map(|switch| (switch, Choice::Absent)).collect();
        Some(Self { tables, plan, id, signals, switches, conditions, steps })
    }

    /// The target of frames for which the first `decided` switches have the values chosen; `None` when it gets too much.
    fn target(&mut self, decided: usize) -> Option<Target> {
        let Some((switch, _)) = self.switches.get(decided).copied() else { return self.leaf() };
        let entry = switch_entry(self.plan, switch)?;
        if !self.is_satisfied(entry.condition)? {
            self.choose(decided, Choice::Absent);
            return self.target(decided + 1);
        }
        let cut = Cut::of(entry.field)?;
        let mut made: BTreeMap<Vec<u16>, Target> = BTreeMap::new();
        let absent = self.child(decided, Choice::Absent, &mut made)?;
        let mut ranges: Vec<(u64, Target)> = Vec::new();
        for first in self.boundaries(switch)? {
            let target = self.child(decided, Choice::Value(first), &mut made)?;
            if ranges.last().is_none_or(|(_, before)| *before != target) {
                ranges.push((first, target));
            }
        }
        self.choose(decided, Choice::Absent);
        self.tables.nodes.push(Node::new(&entry, cut, absent, ranges));
        Some(NODE | length(self.tables.nodes.len() - 1))
    }

    /// The target for a choice; choices with the same consequences share it.
    fn child(
        &mut self,
        decided: usize,
        choice: Choice,
        made: &mut BTreeMap<Vec<u16>, Target>,
    ) -> Option<Target> {
        let (switch, _) = self.switches.get(decided).copied()?;
        let mut selected = Vec::new();
        if let Choice::Value(value) = choice {
            for condition in self.about(switch) {
                if self.holds(condition, value)? {
                    selected.push(condition);
                }
            }
        }
        if let Some(target) = made.get(&selected) {
            return Some(*target);
        }
        self.choose(decided, choice);
        let target = self.target(decided + 1)?;
        made.insert(selected, target);
        Some(target)
    }

    fn choose(&mut self, at: usize, choice: Choice) {
        if let Some((_, chosen)) = self.switches.get_mut(at) {
            *chosen = choice;
        }
    }

    /// The variant of what is chosen.
    fn leaf(&mut self) -> Option<Target> {
        let mut active = Vec::new();
        for at in 0..self.signals.len() {
            let Some(signal) = self.signals.get(at).copied() else { continue };
            if self.is_satisfied(signal.1.condition)? {
                active.push(signal);
            }
        }
        Some(self.tables.push(Variant::flat(self.plan, self.id, &active)))
    }

    /// Whether the switches have values that fulfil the condition, and the conditions of these switches.
    fn is_satisfied(&mut self, mut condition: u16) -> Option<bool> {
        while condition != NONE {
            let switch = condition_entry(self.plan, condition)?.switch;
            let choice = self.switches.iter().find(|(other, _)| *other == switch).map(|(_, choice)| *choice);
            let Some(Choice::Value(value)) = choice else { return Some(false) };
            if !self.holds(condition, value)? {
                return Some(false);
            }
            condition = switch_entry(self.plan, switch)?.condition;
        }
        self.step().map(|()| true)
    }

    /// Whether `value` is in one of the ranges of the chain.
    fn holds(&mut self, condition: u16, value: u64) -> Option<bool> {
        for (low, high) in chain(self.plan, condition) {
            self.step()?;
            if (low..=high).contains(&value) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The first values of the ranges in which nothing changes.
    fn boundaries(&mut self, switch: u16) -> Option<BTreeSet<u64>> {
        let mut boundaries = BTreeSet::from([0]);
        for condition in self.about(switch) {
            for (low, high) in chain(self.plan, condition) {
                self.step()?;
                boundaries.extend([low, high + 1]);
            }
        }
        Some(boundaries)
    }

    fn about(&self, switch: u16) -> Vec<u16> {
        let is_about = |condition: &u16| {
            condition_entry(self.plan, *condition).is_some_and(|entry| entry.switch == switch)
        };
        self.conditions.iter().copied().filter(is_about).collect()
    }

    fn step(&mut self) -> Option<()> {
        *self.steps = self.steps.checked_sub(1)?;
        Some(())
    }
}

fn condition_entry(plan: &Plan<'_>, condition: u16) -> Option<ConditionEntry> {
    plan.conditions.get(usize::from(condition.checked_sub(1)?)).map(ConditionEntry::read)
}

fn switch_entry(plan: &Plan<'_>, switch: u16) -> Option<SwitchEntry> {
    plan.switches.get(usize::from(switch)).map(SwitchEntry::read)
}

/// The ranges of the chain that begins at `condition`.
fn chain(plan: &Plan<'_>, condition: u16) -> impl Iterator<Item = (u64, u64)> {
    let first = usize::from(condition.saturating_sub(1));
    let entries = plan.conditions.get(first..).unwrap_or_default().iter().map(ConditionEntry::read);
    let mut ended = false;
    entries
        .take_while(move |entry| {
            let within = !ended;
            ended = entry.flags & ConditionEntry::LAST != 0;
            within
        })
        .map(|entry| (entry.low.into(), entry.high.into()))
}
