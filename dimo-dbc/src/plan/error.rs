//! Why a blob is refused.

use core::fmt;

use thiserror::Error;

/// The two sections of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Section {
    /// What decoding needs.
    Device,
    /// Names, units, limits and labels.
    Names,
}

/// The tables of a plan, as `PLAN.md` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Table {
    /// The header of the device section.
    Header,
    /// Identifiers and their signals.
    Messages,
    /// Fields, scales and conditions.
    Signals,
    /// Fields of multiplexor switches.
    Switches,
    /// Ranges of switch values.
    Conditions,
    /// Factors and offsets.
    Scales,
    /// Value tables of a mapping.
    Lookups,
    /// The entries of value tables.
    LookupValues,
    /// The texts that value tables hold.
    Text,
    /// The header of the names section.
    NamesHeader,
    /// Names of messages.
    MessageNames,
    /// Names, units and limits of signals.
    SignalNames,
    /// Labels of raw values.
    Labels,
    /// The text of the names section.
    NamesText,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// Bits that must be zero are not, or a number stands for nothing.
    Reserved,
    /// Its bits lie in no CAN frame.
    Field,
    /// It refers to an entry or a text that is not there, or to one it may not refer to.
    Reference,
    /// It is not in the order that searching needs.
    Order,
    /// It states a frame length that its fields contradict.
    Length,
    /// It is no UTF-8.
    Text,
}

/// Why bytes make no [`crate::Plan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// There is no room for a header. Is the blob complete?
    #[error("{len} bytes are too few for a plan")]
    TooShort {
        /// The bytes given.
        len: usize,
    },
    /// They do not begin as a plan does. Is this a DBC file? Then compile it first.
    #[error("not a plan")]
    NotAPlan,
    /// A newer crate wrote it. Update this one, or compile for the older version.
    #[error("plan of version {version}, this crate reads up to {supported}")]
    Newer {
        /// The version of the section.
        version: u16,
        /// The newest version this crate reads.
        supported: u16,
    },
    /// It was cut off, or something follows it.
    #[error("{section} section states {stated} bytes and {actual} are there")]
    Length {
        /// Which section.
        section: Section,
        /// The length it states, or that its counts imply, in bytes.
        stated: u64,
        /// The bytes there are.
        actual: usize,
    },
    /// Something changed it on its way. Load it again.
    #[error("{section} section has checksum {computed:08x}, it states {stated:08x}")]
    Checksum {
        /// Which section.
        section: Section,
        /// The checksum it states.
        stated: u32,
        /// The checksum it has.
        computed: u32,
    },
    /// The names are those of another plan. Ship both sections together.
    #[error("the names belong to the plan with checksum {names:08x}, this one has {device:08x}")]
    OtherPlan {
        /// The checksum of the device section that the names belong to.
        names: u32,
        /// The checksum of the device section before them.
        device: u32,
    },
    /// An entry contradicts the format. No compiler of ours writes such a plan.
    #[error("entry {index} of the {table} table: {flaw}")]
    Entry {
        /// Which table.
        table: Table,
        /// Which of its entries, from 0.
        index: usize,
        /// What is wrong with it.
        flaw: Flaw,
    },
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Device => "device",
            Self::Names => "names",
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Header => "header",
            Self::Messages => "messages",
            Self::Signals => "signals",
            Self::Switches => "switches",
            Self::Conditions => "conditions",
            Self::Scales => "scales",
            Self::Lookups => "lookups",
            Self::LookupValues => "lookup values",
            Self::Text => "text",
            Self::NamesHeader => "names header",
            Self::MessageNames => "message names",
            Self::SignalNames => "signal names",
            Self::Labels => "labels",
            Self::NamesText => "names text",
        })
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reserved => "a value that stands for nothing",
            Self::Field => "bits that lie in no frame",
            Self::Reference => "a reference to nothing",
            Self::Order => "out of order",
            Self::Length => "a frame length that its fields contradict",
            Self::Text => "no UTF-8",
        })
    }
}
