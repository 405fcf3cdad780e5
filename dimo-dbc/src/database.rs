//! [`Database`]: a DBC file as our own types, in file order.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use dimo_types::{CanId, Scale};

use crate::ByteOrder;

/// What a DBC file says about messages and signals. Nothing is judged here: see [`crate::lint`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Database {
    /// `BO_` entries in file order, duplicates and `VECTOR__INDEPENDENT_SIG_MSG` included.
    pub messages: Vec<Message>,
    /// Where the text was mended before it could be read.
    pub repairs: Vec<Repair>,
}

impl Database {
    /// The first message of that name.
    #[must_use]
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }
}

/// A `BO_` entry.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The identifier as the file states it: bit 31 marks an extended one.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The declared length in bytes.
    pub size: u32,
    /// `SG_` entries in file order, duplicates included.
    pub signals: Vec<Signal>,
    /// The comment on it.
    pub comment: Option<String>,
    /// The line of its `BO_` in the file, from 1.
    pub line: u32,
}

impl Message {
    /// The identifier on the bus; `None` where there is no such frame, as for `VECTOR__INDEPENDENT_SIG_MSG`.
    ///
    /// A number above `0x7FF` without the mark of an extended identifier is read as one: no other frame can be meant.
    #[must_use]
    pub const fn can_id(&self) -> Option<CanId> {
        match CanId::from_packed(self.id) {
            None => CanId::extended(self.id),
            id => id,
        }
    }

    /// The first signal of that name.
    #[must_use]
    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }
}

/// An `SG_` entry.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// The bit it starts with as the file counts: its lowest bit in Intel order, its highest in Motorola order.
    pub start_bit: u16,
    /// Its size in bits.
    pub size: u16,
    /// How its bits follow each other.
    pub byte_order: ByteOrder,
    /// What its bits mean.
    pub kind: SignalKind,
    /// How raw becomes physical.
    pub scale: Scale,
    /// The least physical value; 0 together with `max` where none is stated.
    pub min: f64,
    /// The greatest physical value.
    pub max: f64,
    /// The unit as the file spells it.
    pub unit: String,
    /// In which frames of its message it is there.
    pub presence: Presence,
    /// Labels of raw values, in file order.
    pub labels: Vec<Label>,
    /// The comment on it.
    pub comment: Option<String>,
    /// The line of its `SG_` in the file, from 1.
    pub line: u32,
}

impl Signal {
    /// The physical limits; `None` where the file states none, that is `[0|0]`.
    #[must_use]
    pub fn limits(&self) -> Option<RangeInclusive<f64>> {
        (self.min != 0.0 || self.max != 0.0).then_some(self.min..=self.max)
    }
}

/// What the bits of a signal mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignalKind {
    /// An integer from 0 up.
    #[default]
    Unsigned,
    /// An integer in two's complement.
    Signed,
    /// An IEEE 754 single, 32 bits.
    Float32,
    /// An IEEE 754 double, 64 bits.
    Float64,
}

/// In which frames of its message a signal is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// In every frame.
    #[default]
    Always,
    /// In frames where a switch, which may be multiplexed itself, has one of these values.
    When {
        /// The name of the switch, a signal of the same message.
        switch: String,
        /// Its raw values, both ends included.
        values: Vec<RangeInclusive<u64>>,
    },
    /// It is multiplexed and its message has no switch: nothing tells when it is there, so it is never decoded.
    Unknown,
}

/// What a raw value stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// The raw value.
    pub raw: i64,
    /// Its label.
    pub text: String,
}

/// A place where the text was mended before it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The line in the file, from 1.
    pub line: u32,
    /// What was done.
    pub kind: RepairKind,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

/// What was done to text that breaks the DBC format in a known way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairKind {
    /// A message without transmitter, or with several.
    Transmitter,
    /// A signal without receivers, or with receivers that are no list of names.
    Receivers,
    /// A signal without a unit.
    Unit,
    /// A signal without `[min|max]`.
    Limits,
    /// A byte order other than 0 and 1, read as Intel.
    ByteOrder,
    /// A number that ends with its decimal point.
    Number,
    /// A signal that stands apart from its message.
    Apart,
    /// A comment with quotation marks in it, left out.
    Comment,
}

impl fmt::Display for RepairKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Transmitter => "the message has no single transmitter",
            Self::Receivers => "the receivers are no list of names",
            Self::Unit => "the signal has no unit",
            Self::Limits => "the signal has no [min|max]",
            Self::ByteOrder => "the byte order is neither 0 nor 1, read as Intel",
            Self::Number => "a number ends with its decimal point",
            Self::Apart => "the signal stands apart from its message",
            Self::Comment => "the comment has quotation marks in it, left out",
        })
    }
}
