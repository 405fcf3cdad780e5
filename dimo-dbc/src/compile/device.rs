//! The device section: what decoding needs.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use std::collections::HashMap;

use dimo_types::{CanId, Scale};

use crate::compile::{CompileError, count};
use crate::crc::crc32;
use crate::field::Field;
use crate::mapping::{Target, ValueTable};
use crate::plan::decimal::DecimalScale;
use crate::plan::layout::{
    CHECKSUM_AT, ConditionEntry, LENGTH_AT, LookupEntry, MAGIC, MessageEntry, NONE, SignalEntry, SwitchEntry,
    VERSION,
};
use crate::{Message, Presence, Signal, SignalKind};

/// The tables of a device section as they grow.
#[derive(Default)]
pub(super) struct Device {
    messages: Vec<MessageEntry>,
    signals: Vec<SignalEntry>,
    switches: Vec<SwitchEntry>,
    conditions: Vec<ConditionEntry>,
    scales: Vec<Scale>,
    scale_places: HashMap<(u64, u64), u16>,
    lookups: Vec<LookupEntry>,
    lookup_values: Vec<(i64, [u8; 8])>,
    text: String,
}

impl Device {
    /// Begins the next message.
    pub(super) fn message<'c>(&'c mut self, message: &'c Message) -> CompiledMessage<'c> {
        let first_signal = self.signals.len();
        CompiledMessage {
            device: self,
            message,
            first_signal,
            switches: HashMap::new(),
            conditions: HashMap::new(),
        }
    }

    fn scale(&mut self, scale: Scale) -> Result<u16, CompileError> {
        let bits = (scale.factor.to_bits(), scale.offset.to_bits());
        if let Some(place) = self.scale_places.get(&bits) {
            return Ok(*place);
        }
        let place = count("scales", self.scales.len())?;
        self.scales.push(scale);
        self.scale_places.insert(bits, place);
        Ok(place)
    }

    fn lookup(&mut self, table: &ValueTable) -> Result<u16, CompileError> {
        let first = count("values of tables", self.lookup_values.len())?;
        let kind = match table {
            ValueTable::Integers(values) => {
                self.lookup_values.extend(values.iter().map(|(raw, value)| (*raw, value.to_le_bytes())));
                LookupEntry::INTEGER
            }
            ValueTable::Floats(values) => {
                self.lookup_values.extend(values.iter().map(|(raw, value)| (*raw, value.to_le_bytes())));
                LookupEntry::FLOAT
            }
            ValueTable::Texts(values) => {
                for (raw, value) in values {
                    let place = text_place(&mut self.text, value)?;
                    self.lookup_values.push((*raw, place));
                }
                LookupEntry::TEXT
            }
        };
        let values = count("values of tables", self.lookup_values.len() - usize::from(first))?;
        let place = count("value tables", self.lookups.len())?;
        self.lookups.push(LookupEntry { first, count: values, kind, reserved: 0 });
        Ok(place)
    }

    /// Puts the scales that have a decimal form before the others.
    fn decimals_first(&mut self) -> Vec<DecimalScale> {
        let mut places: Vec<usize> = (0..self.scales.len()).collect();
        let decimal = |place: usize| self.scales.get(place).copied().and_then(DecimalScale::of);
        places.sort_by_key(|place| decimal(*place).is_none());
        let decimals = places.iter().map_while(|place| decimal(*place)).collect();
        let mut moved = alloc::vec![0; places.len()];
        for (new, old) in places.iter().enumerate() {
            if let Some(to) = moved.get_mut(*old) {
                *to = new as u16;
            }
        }
        self.scales = places.iter().filter_map(|place| self.scales.get(*place).copied()).collect();
        for signal in self.signals.iter_mut().filter(|signal| !signal.field.has(Field::LOOKUP)) {
            signal.scale = moved.get(usize::from(signal.scale)).copied().unwrap_or_default();
        }
        decimals
    }

    /// The section's bytes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, CompileError> {
        self.messages.sort_by_key(|message| message.id);
        let decimals = self.decimals_first();
        let mut bytes = Vec::new();
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        // Reserved, and what is known at the end: length and checksum.
        bytes.extend([0; 10]);
        let counts: [u16; 7] = [
            count("messages", self.messages.len())?,
            count("signals", self.signals.len())?,
            count("scales", self.scales.len())?,
            count("switches", self.switches.len())?,
            count("conditions", self.conditions.len())?,
            count("value tables", self.lookups.len())?,
            count("values of tables", self.lookup_values.len())?,
        ];
        counts.iter().for_each(|count| bytes.extend(count.to_le_bytes()));
        bytes.extend(count::<u16>("scales", decimals.len())?.to_le_bytes());
        bytes.extend(count::<u32>("bytes of text", self.text.len())?.to_le_bytes());
        self.messages.iter().for_each(|entry| entry.write(&mut bytes));
        self.signals.iter().for_each(|entry| entry.write(&mut bytes));
        self.switches.iter().for_each(|entry| entry.write(&mut bytes));
        self.conditions.iter().for_each(|entry| entry.write(&mut bytes));
        decimals.iter().for_each(|decimal| decimal.write(&mut bytes));
        for scale in self.scales.iter().skip(decimals.len()) {
            bytes.extend(scale.factor.to_le_bytes());
            bytes.extend(scale.offset.to_le_bytes());
        }
        self.lookups.iter().for_each(|entry| entry.write(&mut bytes));
        for (raw, value) in &self.lookup_values {
            bytes.extend(raw.to_le_bytes());
            bytes.extend(value);
        }
        bytes.extend(self.text.as_bytes());
        seal(&mut bytes)?;
        Ok(bytes)
    }
}

/// Fills in length and checksum of the section `bytes`.
pub(super) fn seal(bytes: &mut [u8]) -> Result<u32, CompileError> {
    let length = count::<u32>("bytes", bytes.len())?;
    fill(bytes, LENGTH_AT, length);
    let (before, behind) = bytes.split_at_checked(CHECKSUM_AT).unwrap_or((bytes, &[]));
    let checksum = crc32(&[before, behind.get(4..).unwrap_or_default()]);
    fill(bytes, CHECKSUM_AT, checksum);
    Ok(checksum)
}

fn fill(bytes: &mut [u8], at: usize, number: u32) {
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&number.to_le_bytes());
    }
}

/// Appends `value` to `text`: its offset and length as an entry holds them.
pub(super) fn text_place(text: &mut String, value: &str) -> Result<[u8; 8], CompileError> {
    let [o0, o1, o2, o3] = count::<u32>("bytes of text", text.len())?.to_le_bytes();
    let [l0, l1, l2, l3] = count::<u32>("bytes of text", value.len())?.to_le_bytes();
    text.push_str(value);
    Ok([o0, o1, o2, o3, l0, l1, l2, l3])
}

/// The message that is being compiled.
pub(super) struct CompiledMessage<'c> {
    device: &'c mut Device,
    message: &'c Message,
    first_signal: usize,
    /// Switches by the place of their signal: `None` while one is being compiled, and for one that cannot be.
    switches: HashMap<usize, Option<u16>>,
    conditions: HashMap<(u16, Vec<(u32, u32)>), u16>,
}

impl CompiledMessage<'_> {
    /// Adds `signal`; `false` when it has no place in a frame.
    pub(super) fn signal(&mut self, signal: &Signal, target: Option<&Target>) -> Result<bool, CompileError> {
        let Some(mut field) = field(signal) else { return Ok(false) };
        let Some(condition) = self.condition(signal)? else { return Ok(false) };
        let scale = match target.and_then(|target| target.values.as_ref()) {
            Some(table) => {
                field.flags |= Field::LOOKUP;
                self.device.lookup(table)?
            }
            None => {
                let conversion = target.map_or(Scale::IDENTITY, |target| target.conversion);
                let identity = conversion == Scale::IDENTITY;
                self.device.scale(if identity { signal.scale } else { signal.scale.then(conversion) })?
            }
        };
        self.device.signals.push(SignalEntry { field, scale, condition });
        Ok(true)
    }

    /// Ends the message; `false` when it has no signals and is not to be kept without.
    pub(super) fn finish(self, id: CanId, keep_empty: bool) -> Result<bool, CompileError> {
        let signals = self.device.signals.get(self.first_signal..).unwrap_or_default();
        if signals.is_empty() && !keep_empty {
            return Ok(false);
        }
        let needed =
            |signal: &SignalEntry| signal.field.needed_bytes().max(self.switch_bytes(signal.condition));
        let full_bytes = signals.iter().map(needed).max().unwrap_or(0);
        let entry = MessageEntry {
            id: id.packed(),
            first_signal: count("signals", self.first_signal)?,
            signal_count: count("signals", signals.len())?,
            full_bytes,
            declared_bytes: u8::try_from(self.message.size).unwrap_or(u8::MAX),
        };
        self.device.messages.push(entry);
        Ok(true)
    }

    fn switch_bytes(&self, condition: u16) -> u8 {
        let condition = condition.checked_sub(1).and_then(|at| self.device.conditions.get(usize::from(at)));
        let switch = condition.and_then(|condition| self.device.switches.get(usize::from(condition.switch)));
        switch.map_or(0, |switch| switch.needed_bytes)
    }

    /// The reference to the condition under which `signal` is there; `None` when nothing tells.
    fn condition(&mut self, signal: &Signal) -> Result<Option<u16>, CompileError> {
        let (switch, values) = match &signal.presence {
            Presence::Always => return Ok(Some(NONE)),
            Presence::When { switch, values } => (switch, values),
            Presence::Unknown => return Ok(None),
        };
        let found = self.message.signals.iter().enumerate().find(|(_, signal)| signal.name == *switch);
        let Some((at, switch)) = found else { return Ok(None) };
        let (Some(ranges), Some(index)) = (ranges(values, switch.size), self.switch(at, switch)?) else {
            return Ok(None);
        };
        if let Some(known) = self.conditions.get(&(index, ranges.clone())) {
            return Ok(Some(*known));
        }
        let reference = count("conditions", self.device.conditions.len() + 1)?;
        let last = ranges.len() - 1;
        let entry = |(at, (low, high)): (usize, &(u32, u32))| ConditionEntry {
            low: *low,
            high: *high,
            switch: index,
            flags: if at == last { ConditionEntry::LAST } else { 0 },
        };
        self.device.conditions.extend(ranges.iter().enumerate().map(entry));
        self.conditions.insert((index, ranges), reference);
        Ok(Some(reference))
    }

    /// The switch at `at` in the message; `None` when its bits or its own switch have no place, or it depends on itself.
    fn switch(&mut self, at: usize, signal: &Signal) -> Result<Option<u16>, CompileError> {
        if let Some(known) = self.switches.get(&at) {
            return Ok(*known);
        }
        self.switches.insert(at, None);
        let Some(field) = field(signal).filter(|field| field.is_integer()) else { return Ok(None) };
        let Some(condition) = self.condition(signal)? else { return Ok(None) };
        let needed_bytes = field.needed_bytes().max(self.switch_bytes(condition));
        let index = count("switches", self.device.switches.len())?;
        self.device.switches.push(SwitchEntry { field, condition, needed_bytes });
        self.switches.insert(at, Some(index));
        Ok(Some(index))
    }
}

/// Where the bits of `signal` are; `None` when no frame has them.
pub(crate) fn field(signal: &Signal) -> Option<Field> {
    let mut field = Field::place(signal.start_bit, signal.size, signal.byte_order)?;
    field.flags |= match signal.kind {
        SignalKind::Unsigned => 0,
        SignalKind::Signed => Field::SIGNED,
        SignalKind::Float32 => Field::FLOAT32,
        SignalKind::Float64 => Field::FLOAT64,
    };
    field.is_valid().then_some(field)
}

/// The switch values as a plan holds them: ascending, those that touch put together. `None` when there are none, or
/// when they need more than 32 bits.
pub(crate) fn ranges(values: &[RangeInclusive<u64>], switch_size: u16) -> Option<Vec<(u32, u32)>> {
    let greatest = u64::MAX >> (64 - u32::from(switch_size.clamp(1, 64)));
    let possible = values.iter().filter(|range| !range.is_empty() && *range.start() <= greatest);
    let mut sorted: Vec<(u64, u64)> =
        possible.map(|range| (*range.start(), (*range.end()).min(greatest))).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (low, high) in sorted {
        let (low, high) = (u32::try_from(low).ok()?, u32::try_from(high).ok()?);
        match merged.last_mut() {
            Some(before) if low <= before.1.saturating_add(1) => before.1 = before.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    (!merged.is_empty()).then_some(merged)
}
