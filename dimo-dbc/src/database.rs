//! [`Database`]: a DBC file as our own types, in file order.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;

use dimo_types::{CanId, Scale};

use crate::ByteOrder;
use crate::plan::matching::group;

/// What a DBC file says about messages and signals. Nothing is judged here: see [`crate::lint`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Database {
    /// `BO_` entries in file order, duplicates and `VECTOR__INDEPENDENT_SIG_MSG` included.
    pub messages: Vec<Message>,
    /// The comment on the file.
    pub comment: Option<String>,
    /// What the bus speaks (attribute `ProtocolType`): `J1939` says that messages are to be matched by their group, with
    /// [`IdMatching::J1939`](crate::IdMatching::J1939).
    pub protocol: Option<String>,
    /// What kind of bus it is (attribute `BusType`), such as `CAN` or `CAN FD`.
    pub bus_type: Option<String>,
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
    /// How often it is sent (attribute `GenMsgCycleTime`, in milliseconds); `None` where the file states none, or 0.
    pub cycle_time: Option<Duration>,
    /// What kind of frame it is (attribute `VFrameFormat`); `None` where the file does not say, or has a kind that does not
    /// exist.
    pub format: Option<FrameFormat>,
    /// Its `SIG_GROUP_` entries in file order.
    pub groups: Vec<SignalGroup>,
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

    /// The parameter group number of its identifier (SAE J1939-21), 18 bits; `None` for a standard identifier, which has none.
    /// Whether the identifier is meant so, the file says with [`FrameFormat::J1939`] or [`Database::protocol`].
    #[must_use]
    pub fn pgn(&self) -> Option<u32> {
        self.can_id().and_then(group).map(|group| group >> 8)
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
    /// Its raw value before anything was sent (attribute `GenSigStartValue`, with the file's default). Files may state one
    /// that its bits cannot have.
    pub start_value: Option<f64>,
    /// The suspect parameter number that J1939 gives it (attribute `SPN`), 19 bits; `None` where the file states none, or 0.
    pub spn: Option<u32>,
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

/// What kind of frame a message is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameFormat {
    /// A classic frame with an identifier of 11 bits.
    StandardCan,
    /// A classic frame with an identifier of 29 bits.
    ExtendedCan,
    /// A CAN FD frame with an identifier of 11 bits.
    StandardCanFd,
    /// A CAN FD frame with an identifier of 29 bits.
    ExtendedCanFd,
    /// A parameter group of J1939, whoever sends it.
    J1939,
}

impl FrameFormat {
    /// Whether it is a CAN FD frame.
    #[must_use]
    pub const fn is_fd(self) -> bool {
        matches!(self, Self::StandardCanFd | Self::ExtendedCanFd)
    }

    /// The one that DBC files name so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "StandardCAN" => Self::StandardCan,
            "ExtendedCAN" => Self::ExtendedCan,
            "StandardCAN_FD" => Self::StandardCanFd,
            "ExtendedCAN_FD" => Self::ExtendedCanFd,
            "J1939PG" => Self::J1939,
            _ => return None,
        })
    }
}

/// Signals of a message that belong together: a `SIG_GROUP_` entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignalGroup {
    /// Its name.
    pub name: String,
    /// The number of repetitions that the file states.
    pub repetitions: u32,
    /// The names of its signals, as the file states them.
    pub signals: Vec<String>,
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
