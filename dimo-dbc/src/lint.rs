//! [`lint`]: what is suspect in a database. Nothing here is fatal.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;
use std::collections::HashMap;

use dimo_types::CanId;

use crate::compile::{field, ranges};
use crate::{ByteOrder, Database, Message, Presence, RepairKind, Signal};

/// The identifier of the pseudo message that holds signals without a message, named `VECTOR__INDEPENDENT_SIG_MSG`.
const INDEPENDENT: u32 = 0xC000_0000;

/// What is suspect in `database`, by line.
///
/// # Example: two signals that share bits
///
/// ```
/// let text = "BO_ 291 Engine: 2 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ B : 7|8@1+ (1,0) [0|0] \"\" X\n";
/// let findings = dimo_dbc::lint(&dimo_dbc::import(text.as_bytes()).unwrap());
/// assert_eq!(findings.len(), 1);
/// assert_eq!(findings[0].to_string(), "line 3: Engine.B shares bits with A");
/// ```
#[must_use]
pub fn lint(database: &Database) -> Vec<Finding> {
    let mut findings: Vec<Finding> = database
        .repairs
        .iter()
        .map(|repair| Finding {
            line: repair.line,
            subject: String::new(),
            kind: FindingKind::Repaired(repair.kind),
        })
        .collect();
    let (mut ids, mut names) = (HashMap::new(), HashMap::new());
    for message in &database.messages {
        let mut report = |kind| {
            findings.push(Finding { line: message.line, subject: message.name.clone(), kind });
        };
        match message.can_id() {
            None if message.id != INDEPENDENT => report(FindingKind::NoSuchId { id: message.id }),
            Some(id) if id.packed() != message.id => report(FindingKind::UnmarkedExtendedId { id }),
            _ => {}
        }
        // By the frame that is meant: an extended identifier may be spelt with its mark and without.
        let frame = message.can_id().map_or(message.id, CanId::packed);
        if let Some(first) = ids.insert(frame, message.line) {
            ids.insert(frame, first);
            report(FindingKind::DuplicateId { first_line: first });
        }
        if let Some(first) = names.insert(message.name.as_str(), message.line) {
            names.insert(&message.name, first);
            report(FindingKind::DuplicateName { first_line: first });
        }
        signals(message, &mut findings);
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn signals(message: &Message, findings: &mut Vec<Finding>) {
    let bits: Vec<Bits> = message.signals.iter().map(Bits::of).collect();
    let mut names: HashMap<&str, u32> = HashMap::new();
    for (at, signal) in message.signals.iter().enumerate() {
        let mut report = |kind| {
            let subject = alloc::format!("{}.{}", message.name, signal.name);
            findings.push(Finding { line: signal.line, subject, kind });
        };
        let first = *names.entry(&signal.name).or_insert(signal.line);
        if names.len() <= at && first != signal.line {
            report(FindingKind::DuplicateName { first_line: first });
        }
        if signal.min > signal.max {
            report(FindingKind::LimitsReversed);
        }
        if signal.scale.factor == 0.0 {
            report(FindingKind::ZeroFactor);
        }
        if field(signal).is_none() {
            report(FindingKind::NoSuchBits);
        } else if message.id != INDEPENDENT && bits.get(at).is_some_and(|bits| bits.bytes > message.size) {
            report(FindingKind::OutsideMessage);
        }
        if let Some(kind) = never_selected(message, signal) {
            report(kind);
        }
        let mine = bits.get(at).filter(|_| message.id != INDEPENDENT);
        let mut before = message.signals.iter().zip(&bits).take(at);
        let shared = before.find(|(other, theirs)| {
            mine.is_some_and(|mine| mine.share(theirs)) && !exclusive(message, signal, other)
        });
        if let Some((other, _)) = shared {
            report(FindingKind::Overlap { other: other.name.clone() });
        }
    }
}

/// Why no frame has `signal` for the sake of its switches.
fn never_selected(message: &Message, signal: &Signal) -> Option<FindingKind> {
    let (mut inner, mut seen) = (signal, Vec::new());
    loop {
        let (switch, values) = match &inner.presence {
            Presence::Always => return None,
            Presence::Unknown => return Some(FindingKind::NoSwitch),
            Presence::When { switch, values } => (switch.as_str(), values),
        };
        let Some(found) = message.signal(switch).filter(|found| found.name != inner.name) else {
            return Some(FindingKind::NoSwitch);
        };
        if seen.contains(&switch) {
            return Some(FindingKind::SwitchCircle { switch: switch.into() });
        }
        if field(found).is_none_or(|field| !field.is_integer()) {
            return Some(FindingKind::SwitchNotDecoded { switch: switch.into() });
        }
        if ranges(values, found.size).is_none() {
            return Some(FindingKind::SwitchValues { switch: switch.into() });
        }
        seen.push(switch);
        inner = found;
    }
}

/// The bits of a frame that a signal has.
struct Bits {
    mask: [u64; 8],
    bytes: u32,
}

impl Bits {
    fn of(signal: &Signal) -> Self {
        let mut bits = Self { mask: [0; 8], bytes: 0 };
        let start = u32::from(signal.start_bit);
        let (first, motorola) = match signal.byte_order {
            ByteOrder::Intel => (start, false),
            ByteOrder::Motorola => ((start / 8) * 8 + (7 - start % 8), true),
        };
        for at in first..first + u32::from(signal.size) {
            let position = if motorola { (at / 8) * 8 + (7 - at % 8) } else { at };
            if let Some(word) = bits.mask.get_mut(position as usize / 64) {
                *word |= 1 << (position % 64);
            }
            bits.bytes = at / 8 + 1;
        }
        bits
    }

    fn share(&self, other: &Self) -> bool {
        self.mask.iter().zip(&other.mask).any(|(mine, theirs)| mine & theirs != 0)
    }
}

/// Whether no frame has both: some switch would have to have two values.
fn exclusive(message: &Message, one: &Signal, other: &Signal) -> bool {
    let (one, other) = (switches(message, one), switches(message, other));
    one.iter().any(|(switch, values)| {
        other
            .iter()
            .any(|(name, others)| name == switch && !values.iter().any(|a| others.iter().any(|b| meet(a, b))))
    })
}

fn meet(a: &RangeInclusive<u64>, b: &RangeInclusive<u64>) -> bool {
    a.start() <= b.end() && b.start() <= a.end()
}

/// The switches that have to stand for `signal` to be there, inner ones first.
fn switches<'d>(message: &'d Message, mut signal: &'d Signal) -> Vec<(&'d str, &'d [RangeInclusive<u64>])> {
    let mut switches: Vec<(&str, &[RangeInclusive<u64>])> = Vec::new();
    while let Presence::When { switch, values } = &signal.presence {
        if switches.iter().any(|(name, _)| name == switch) {
            break;
        }
        switches.push((switch, values));
        let Some(next) = message.signal(switch) else { break };
        signal = next;
    }
    switches
}

/// Something suspect in a DBC file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The line in the file, from 1.
    pub line: u32,
    /// `Message` or `Message.Signal`; empty when it is about the line alone.
    pub subject: String,
    /// What is suspect.
    pub kind: FindingKind,
}

/// What is suspect.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FindingKind {
    /// The text was mended before it could be read.
    Repaired(RepairKind),
    /// No frame has that identifier, so the message is never decoded.
    NoSuchId {
        /// The identifier as the file states it.
        id: u32,
    },
    /// The identifier is above `0x7FF` and not marked as extended; it is read as extended.
    UnmarkedExtendedId {
        /// The identifier it is read as.
        id: CanId,
    },
    /// A message before it has the same identifier on the bus, so this one is never decoded.
    DuplicateId {
        /// The line of the first.
        first_line: u32,
    },
    /// Something before it has the same name.
    DuplicateName {
        /// The line of the first.
        first_line: u32,
    },
    /// A signal before it has some of its bits in the same frame. Both are decoded.
    Overlap {
        /// The name of that signal.
        other: String,
    },
    /// It lies behind the declared length; it is decoded from frames that are longer.
    OutsideMessage,
    /// It has no bits, more than 64, or bits behind byte 63, so it is never decoded.
    NoSuchBits,
    /// It is multiplexed and its switch is not there, so it is never decoded.
    NoSwitch,
    /// Its switches depend on each other in a circle, so it is never decoded.
    SwitchCircle {
        /// A switch of the circle.
        switch: String,
    },
    /// Its switch has no place in a frame or is no integer, so it is never decoded.
    SwitchNotDecoded {
        /// The name of that switch.
        switch: String,
    },
    /// It, or a switch around it, is selected by no value that the switch can have, or by one that needs more than 32
    /// bits, so it is never decoded.
    SwitchValues {
        /// The name of that switch.
        switch: String,
    },
    /// The least value is above the greatest.
    LimitsReversed,
    /// Every raw value has the same physical value.
    ZeroFactor,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.subject.is_empty() {
            write!(f, "{} ", self.subject)?;
        }
        match &self.kind {
            FindingKind::Repaired(kind) => kind.fmt(f),
            FindingKind::NoSuchId { id } => write!(f, "has the identifier {id:#X}, which no frame has"),
            FindingKind::UnmarkedExtendedId { id } => write!(f, "is not marked as extended and read as {id}"),
            FindingKind::DuplicateId { first_line } => write!(f, "has the identifier of line {first_line}"),
            FindingKind::DuplicateName { first_line } => write!(f, "has the name of line {first_line}"),
            FindingKind::Overlap { other } => write!(f, "shares bits with {other}"),
            FindingKind::OutsideMessage => f.write_str("lies behind the declared length"),
            FindingKind::NoSuchBits => f.write_str("has bits that no frame has"),
            FindingKind::NoSwitch => f.write_str("is multiplexed without a switch"),
            FindingKind::SwitchCircle { switch } => {
                write!(f, "is selected in a circle of switches with {switch} in it")
            }
            FindingKind::SwitchNotDecoded { switch } => {
                write!(f, "is selected by {switch}, which no frame has as an integer")
            }
            FindingKind::SwitchValues { switch } => {
                write!(f, "is selected by values that {switch} has not, or beyond 32 bits")
            }
            FindingKind::LimitsReversed => f.write_str("has its least value above its greatest"),
            FindingKind::ZeroFactor => f.write_str("has factor 0"),
        }
    }
}
