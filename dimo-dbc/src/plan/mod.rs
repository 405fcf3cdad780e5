//! [`Plan`]: one validated blob, borrowed, from which frames are decoded.

mod check;
pub(crate) mod decimal;
mod error;
pub(crate) mod layout;
pub(crate) mod matching;
mod names;
pub(crate) mod packed;

use core::fmt;

use dimo_types::{CanId, Raw, Scale, SignalDictionary, SignalIndex, SignalInfo, Unit};

pub use error::{Flaw, PlanError, Section, Table};
pub use matching::IdMatching;
pub use names::SignalName;

use crate::plan::decimal::DecimalScale;
use crate::plan::layout::{LookupEntry, MessageEntry, SignalEntry, SwitchEntry, read_pair};
use crate::plan::names::Names;

/// A compiled selection of signals: what a device loads instead of a DBC file.
///
/// It borrows the blob, which may lie in flash at any address, and is checked once, so that decoding cannot fail.
/// It is a few slices: copy it freely. The blob is documented byte for byte in `PLAN.md` of this crate.
///
/// # Example: bytes that are no plan
///
/// ```
/// use dimo_dbc::{Plan, PlanError};
/// assert_eq!(Plan::from_bytes(b"VERSION \"\"").unwrap_err(), PlanError::TooShort { len: 10 });
/// assert_eq!(Plan::from_bytes(&[0; 64]).unwrap_err(), PlanError::NotAPlan);
/// ```
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    pub(crate) messages: &'a [[u8; MessageEntry::BYTES]],
    pub(crate) signals: &'a [[u8; SignalEntry::BYTES]],
    pub(crate) switches: &'a [[u8; SwitchEntry::BYTES]],
    pub(crate) conditions: &'a [[u8; 12]],
    scales: &'a [[u8; 16]],
    /// How many of the scales, from the first, are decimal.
    decimal_scales: u16,
    lookups: &'a [[u8; 8]],
    lookup_values: &'a [[u8; 16]],
    text: &'a str,
    names: Option<Names<'a>>,
    device_bytes: usize,
    names_bytes: usize,
    matching: IdMatching,
}

impl<'a> Plan<'a> {
    /// The plan in `bytes`: a device section, and a names section or nothing behind it. Every bound is checked here.
    ///
    /// # Errors
    ///
    /// [`PlanError`] says what is wrong: no plan, a newer version, cut off or too long, a wrong checksum, or an entry
    /// that refers to something outside the plan.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, PlanError> {
        check::plan(bytes)
    }

    /// The plan in a device section alone, the first [`Plan::device_bytes`] of a blob. What checks names is not linked into the
    /// firmware then.
    ///
    /// # Errors
    ///
    /// As [`Plan::from_bytes`]; [`PlanError::Length`] when something follows the section.
    ///
    /// # Example: what a microcontroller stores
    ///
    /// ```
    /// # #[cfg(feature = "import")] {
    /// use dimo_dbc::{Plan, Selection, compile, import};
    /// let text = "BO_ 291 Engine: 8 X\n SG_ Rpm : 0|16@1+ (0.25,0) [0|0] \"rpm\" X\n";
    /// let mut blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
    /// blob.truncate(Plan::from_bytes(&blob).unwrap().device_bytes());
    /// let plan = Plan::from_device_section(&blob).unwrap();
    /// assert_eq!((plan.signal_count(), plan.names_bytes()), (1, 0));
    /// # }
    /// ```
    pub fn from_device_section(bytes: &'a [u8]) -> Result<Self, PlanError> {
        check::plan_without_names(bytes)
    }

    /// How many signals it decodes; their indices are `0..signal_count`.
    #[must_use]
    pub const fn signal_count(&self) -> usize {
        self.signals.len()
    }

    /// How many messages it knows, with those that have no signal.
    #[must_use]
    pub const fn message_count(&self) -> usize {
        self.messages.len()
    }

    /// Length of the device section: this many bytes from the start of the blob are a valid plan without names.
    #[must_use]
    pub const fn device_bytes(&self) -> usize {
        self.device_bytes
    }

    /// Length of the names section, 0 without one.
    #[must_use]
    pub const fn names_bytes(&self) -> usize {
        self.names_bytes
    }

    /// The identifiers it knows: standard ones ascending, then extended ones ascending.
    pub fn ids(&self) -> impl Iterator<Item = CanId> + use<'a> {
        self.messages.iter().filter_map(|entry| CanId::from_packed(MessageEntry::read(entry).id))
    }

    /// The signals of the message `id`, in DBC order; `None` for an identifier it does not know.
    pub fn signals_of(&self, id: CanId) -> Option<impl Iterator<Item = SignalIndex> + use<>> {
        let (_, message) = self.find(id)?;
        let end = message.first_signal.saturating_add(message.signal_count);
        Some((message.first_signal..end).map(SignalIndex))
    }

    /// The length in bytes that the DBC file declares for the message `id`, 255 for more; frames may be longer or shorter.
    #[must_use]
    pub fn declared_bytes(&self, id: CanId) -> Option<u8> {
        self.find(id).map(|(_, message)| message.declared_bytes)
    }

    /// The scale at `index`; the identity for an index that no checked plan has.
    #[inline]
    pub(crate) fn scale(&self, index: u16) -> Scale {
        let Some(entry) = self.scales.get(usize::from(index)) else { return Scale::IDENTITY };
        let (factor, offset) = read_pair(entry);
        if index < self.decimal_scales {
            return DecimalScale::read((factor, offset)).to_scale();
        }
        Scale { factor: f64::from_le_bytes(factor), offset: f64::from_le_bytes(offset) }
    }

    /// The scale at `index` in whole numbers; `None` for one that has no such form.
    #[inline]
    pub(crate) fn decimal_scale(&self, index: u16) -> Option<DecimalScale> {
        let entry = self.scales.get(usize::from(index)).filter(|_| index < self.decimal_scales)?;
        Some(DecimalScale::read(read_pair(entry)))
    }

    /// What the value table `index` makes of `raw`; `None` when it does not list it.
    pub(crate) fn look_up(&self, index: u16, raw: i64) -> Option<Mapped<'a>> {
        let table = LookupEntry::read(self.lookups.get(usize::from(index))?);
        let first = usize::from(table.first);
        let values = self.lookup_values.get(first..first + usize::from(table.count))?;
        let at = values.binary_search_by_key(&raw, |entry| i64::from_le_bytes(read_pair(entry).0)).ok()?;
        let (_, value) = read_pair(values.get(at)?);
        Some(match table.kind {
            LookupEntry::INTEGER => Mapped::Integer(i64::from_le_bytes(value)),
            LookupEntry::FLOAT => Mapped::Float(f64::from_le_bytes(value)),
            _ => Mapped::Text(names::text_at(self.text, layout::read_place(value))),
        })
    }

    /// The entries of the signals of a message.
    #[inline]
    pub(crate) fn signals_in(&self, message: &MessageEntry) -> Option<&'a [[u8; SignalEntry::BYTES]]> {
        let first = usize::from(message.first_signal);
        self.signals.get(first..first + usize::from(message.signal_count))
    }

    fn signal_entry(&self, signal: SignalIndex) -> Option<SignalEntry> {
        self.signals.get(usize::from(signal.0)).map(SignalEntry::read)
    }

    /// The name of the message `id`; `None` without the names section or for an unknown identifier.
    #[must_use]
    pub fn message_name(&self, id: CanId) -> Option<&'a str> {
        let (at, _) = self.find(id)?;
        self.names?.message(at)
    }

    /// The names of `signal`; `None` without the names section.
    #[must_use]
    pub fn signal_name(&self, signal: SignalIndex) -> Option<SignalName<'a>> {
        self.names?.signal(signal)
    }

    /// The text of the unit of the physical value of `signal`: that of the DBC file, or of the mapping where it converts.
    #[must_use]
    pub fn signal_unit(&self, signal: SignalIndex) -> Option<&'a str> {
        self.names?.unit(signal)
    }

    /// `[min|max]` of `signal` in the unit of [`Plan::signal_unit`]; both 0 where the DBC file states none, and where a
    /// mapping's value table replaces its values.
    #[must_use]
    pub fn limits(&self, signal: SignalIndex) -> Option<(f64, f64)> {
        self.names?.limits(signal)
    }

    /// The label that the DBC file's value table gives the raw value `raw` of `signal`.
    #[must_use]
    pub fn label(&self, signal: SignalIndex, raw: Raw) -> Option<&'a str> {
        self.names?.label(signal, raw)
    }
}

/// What a mapping's value table says in place of a raw value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mapped<'a> {
    Integer(i64),
    Float(f64),
    Text(&'a str),
}

/// Entries need the names section. A signal that a mapping's value table translates has the identity as its scale.
impl SignalDictionary for Plan<'_> {
    fn signal(&self, signal: SignalIndex) -> Option<SignalInfo<'_>> {
        let (entry, name) = (self.signal_entry(signal)?, self.signal_name(signal)?);
        let translated = entry.field.has(crate::field::Field::LOOKUP);
        Some(SignalInfo {
            name: name.vss.unwrap_or(name.full),
            unit: Unit::parse(self.signal_unit(signal).unwrap_or_default()),
            scale: if translated { Scale::IDENTITY } else { self.scale(entry.scale) },
        })
    }
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("messages", &self.messages.len())
            .field("signals", &self.signals.len())
            .field("device_bytes", &self.device_bytes)
            .field("names_bytes", &self.names_bytes)
            .finish_non_exhaustive()
    }
}
