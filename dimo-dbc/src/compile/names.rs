//! The names section: what a person reads.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashMap;

use dimo_types::CanId;

use crate::compile::device::{seal, text_place};
use crate::compile::{CompileError, count};
use crate::mapping::Target;
use crate::plan::layout::{NAMES_HEADER, NAMES_MAGIC, NamesEntry, VERSION, read_place};
use crate::{Message, Signal};

/// The tables of a names section as they grow.
#[derive(Default)]
pub(super) struct Names<'d> {
    messages: Vec<(CanId, [u8; 8])>,
    signals: Vec<NamesEntry>,
    labels: Vec<(i64, [u8; 8])>,
    text: String,
    known: HashMap<&'d str, [u8; 8]>,
}

impl<'d> Names<'d> {
    /// Adds the message that `Device` added.
    pub(super) fn message(&mut self, id: CanId, message: &'d Message) -> Result<(), CompileError> {
        let name = self.text(&message.name)?;
        self.messages.push((id, name));
        Ok(())
    }

    /// Adds the signal that `Device` added.
    pub(super) fn signal(
        &mut self,
        message: &'d Message,
        signal: &'d Signal,
        target: Option<&'d Target>,
    ) -> Result<(), CompileError> {
        let name = text_place(&mut self.text, &format!("{}.{}", message.name, signal.name))?;
        let (vss, unit) = target.map_or(("", signal.unit.as_str()), |target| (&target.vss, &target.unit));
        let (vss, unit) = (self.text(vss)?, self.text(unit)?);
        let first_label = count("labels", self.labels.len())?;
        self.labels_of(signal)?;
        let (min, max) = limits(signal, target);
        self.signals.push(NamesEntry {
            name: short(name)?,
            message_length: count("bytes of a name", message.name.len())?,
            vss: short(vss)?,
            unit: short(unit)?,
            first_label,
            label_count: count("labels", self.labels.len() - first_label as usize)?,
            min,
            max,
        });
        Ok(())
    }

    /// Labels ascend by raw value; of two for the same value the first holds.
    fn labels_of(&mut self, signal: &'d Signal) -> Result<(), CompileError> {
        let mut labels: Vec<_> = signal.labels.iter().collect();
        labels.sort_by_key(|label| label.raw);
        labels.dedup_by_key(|label| label.raw);
        for label in labels {
            let place = self.text(&label.text)?;
            self.labels.push((label.raw, place));
        }
        Ok(())
    }

    /// The place of `value`, which is stored once.
    fn text(&mut self, value: &'d str) -> Result<[u8; 8], CompileError> {
        if let Some(place) = self.known.get(value) {
            return Ok(*place);
        }
        let place = text_place(&mut self.text, value)?;
        self.known.insert(value, place);
        Ok(place)
    }

    /// Appends the section to the device section in `blob`.
    pub(super) fn finish(mut self, blob: &mut Vec<u8>) -> Result<(), CompileError> {
        self.messages.sort_by_key(|(id, _)| *id);
        let mut bytes = Vec::new();
        bytes.extend(NAMES_MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([0; 10]);
        bytes.extend(blob.get(12..16).unwrap_or_default());
        bytes.extend(count::<u32>("labels", self.labels.len())?.to_le_bytes());
        debug_assert_eq!(bytes.len(), NAMES_HEADER, "the header is complete");
        self.messages.iter().for_each(|(_, place)| bytes.extend(place));
        self.signals.iter().for_each(|entry| entry.write(&mut bytes));
        for (raw, place) in &self.labels {
            bytes.extend(raw.to_le_bytes());
            bytes.extend(place);
        }
        bytes.extend(self.text.as_bytes());
        seal(&mut bytes)?;
        blob.extend(bytes);
        Ok(())
    }
}

/// The place of a text whose length an entry holds in 16 bits.
fn short(place: [u8; 8]) -> Result<(u32, u32), CompileError> {
    let (offset, length) = read_place(place);
    count::<u16>("bytes of a name", length as usize).map(|_| (offset, length))
}

/// The limits in the unit in which the signal is delivered; none for one whose values a table gives.
fn limits(signal: &Signal, target: Option<&Target>) -> (f64, f64) {
    let Some(limits) = signal.limits() else { return (0.0, 0.0) };
    let ends = (*limits.start(), *limits.end());
    match target {
        None => ends,
        Some(target) if target.values.is_some() => (0.0, 0.0),
        Some(target) => (target.conversion.apply(ends.0), target.conversion.apply(ends.1)),
    }
}
