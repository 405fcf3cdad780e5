//! The names section: what a person reads, and a microcontroller need not load.

use dimo_types::{Raw, SignalIndex};

use crate::plan::layout::{NamesEntry, read_pair, read_place};

/// The names of one signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignalName<'a> {
    /// `Message.Signal`.
    pub full: &'a str,
    /// The name of its message in the DBC file.
    pub message: &'a str,
    /// Its name in the DBC file.
    pub signal: &'a str,
    /// The VSS name that a mapping gave it.
    pub vss: Option<&'a str>,
}

/// A checked names section.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) messages: &'a [[u8; 8]],
    pub(crate) signals: &'a [[u8; NamesEntry::BYTES]],
    pub(crate) labels: &'a [[u8; 16]],
    pub(crate) text: &'a str,
}

impl<'a> Names<'a> {
    pub(crate) fn message(&self, at: usize) -> Option<&'a str> {
        self.messages.get(at).map(|place| text_at(self.text, read_place(*place)))
    }

    pub(crate) fn signal(&self, signal: SignalIndex) -> Option<SignalName<'a>> {
        let entry = self.entry(signal)?;
        let full = text_at(self.text, entry.name);
        let (message, rest) = full.split_at_checked(usize::from(entry.message_length)).unwrap_or((full, ""));
        let vss = text_at(self.text, entry.vss);
        Some(SignalName {
            full,
            message,
            signal: rest.strip_prefix('.').unwrap_or(rest),
            vss: (!vss.is_empty()).then_some(vss),
        })
    }

    pub(crate) fn unit(&self, signal: SignalIndex) -> Option<&'a str> {
        self.entry(signal).map(|entry| text_at(self.text, entry.unit))
    }

    pub(crate) fn limits(&self, signal: SignalIndex) -> Option<(f64, f64)> {
        self.entry(signal).map(|entry| (entry.min, entry.max))
    }

    pub(crate) fn label(&self, signal: SignalIndex, raw: Raw) -> Option<&'a str> {
        let raw = match raw {
            Raw::Signed(raw) => raw,
            Raw::Unsigned(raw) => raw.cast_signed(),
            _ => return None,
        };
        let labels = self.labels_of(&self.entry(signal)?)?;
        let at = labels.binary_search_by_key(&raw, |entry| i64::from_le_bytes(read_pair(entry).0)).ok()?;
        labels.get(at).map(|entry| text_at(self.text, read_place(read_pair(entry).1)))
    }

    pub(crate) fn labels_of(&self, entry: &NamesEntry) -> Option<&'a [[u8; 16]]> {
        let first = usize::try_from(entry.first_label).ok()?;
        self.labels.get(first..first.checked_add(usize::try_from(entry.label_count).ok()?)?)
    }

    fn entry(&self, signal: SignalIndex) -> Option<NamesEntry> {
        self.signals.get(usize::from(signal.0)).map(NamesEntry::read)
    }
}

/// The text at `place`; empty for a place that no checked plan has.
pub(crate) fn text_at(text: &str, place: (u32, u32)) -> &str {
    find_text(text, place).unwrap_or_default()
}

/// The text at `place`, when there is one.
pub(crate) fn find_text(text: &str, (offset, length): (u32, u32)) -> Option<&str> {
    let offset = usize::try_from(offset).ok()?;
    text.get(offset..offset.checked_add(usize::try_from(length).ok()?)?)
}
