//! One pass over a blob that checks every bound, so that nothing behind it can fail.

use core::str;

use dimo_types::CanId;

use crate::crc::crc32;
use crate::plan::decimal::DecimalScale;
use crate::plan::error::{Flaw, PlanError, Section, Table};
use crate::plan::layout::{
    CHECKSUM_AT, ConditionEntry, HEADER, LookupEntry, MAGIC, MessageEntry, NAMES_HEADER, NAMES_MAGIC, NONE,
    NamesEntry, Reader, SignalEntry, SwitchEntry, VERSION, read_pair, read_place,
};
use crate::plan::names::{Names, find_text};
use crate::plan::packed::PackedField;
use crate::plan::{IdMatching, Plan};

pub(super) fn plan(bytes: &[u8]) -> Result<Plan<'_>, PlanError> {
    let (device, names) = device_section(bytes)?;
    let mut plan = device_plan(device)?;
    if !names.is_empty() {
        plan.names = Some(names_section(&plan, device, names)?);
        plan.names_bytes = names.len();
    }
    Ok(plan)
}

/// Without anything that reads names.
pub(super) fn plan_without_names(bytes: &[u8]) -> Result<Plan<'_>, PlanError> {
    let (device, behind) = device_section(bytes)?;
    if !behind.is_empty() {
        let (stated, actual) = (device.len() as u64, bytes.len());
        return Err(PlanError::Length { section: Section::Device, stated, actual });
    }
    device_plan(device)
}

fn device_section(bytes: &[u8]) -> Result<(&[u8], &[u8]), PlanError> {
    if bytes.len() < HEADER {
        return Err(PlanError::TooShort { len: bytes.len() });
    }
    section(bytes, Section::Device)
}

fn device_plan(device: &[u8]) -> Result<Plan<'_>, PlanError> {
    let plan = device_tables(device)?;
    switches(&plan)?;
    conditions(&plan)?;
    scales(&plan)?;
    lookups(&plan)?;
    signals(&plan)?;
    messages(&plan)?;
    Ok(plan)
}

/// The section at the start of `bytes`, with its checksum verified, and what follows it.
fn section(bytes: &[u8], section: Section) -> Result<(&[u8], &[u8]), PlanError> {
    let (magic, table, least) = match section {
        Section::Device => (MAGIC, Table::Header, HEADER),
        Section::Names => (NAMES_MAGIC, Table::NamesHeader, NAMES_HEADER),
    };
    let mut header = Reader(bytes);
    if header.take() != magic {
        return Err(if section == Section::Device {
            PlanError::NotAPlan
        } else {
            entry(table, 0, Flaw::Reserved)
        });
    }
    let (version, reserved) = (header.u16(), header.u16());
    if version > VERSION {
        return Err(PlanError::Newer { version, supported: VERSION });
    }
    let (stated_length, stated) = (header.u32(), header.u32());
    let wrong_length = PlanError::Length { section, stated: u64::from(stated_length), actual: bytes.len() };
    let length = usize::try_from(stated_length).map_err(|_| wrong_length)?;
    let (own, rest) = bytes.split_at_checked(length).filter(|_| length >= least).ok_or(wrong_length)?;
    if section == Section::Names && !rest.is_empty() {
        return Err(wrong_length);
    }
    let (before, behind) = own.split_at_checked(CHECKSUM_AT).ok_or(wrong_length)?;
    let computed = crc32(&[before, behind.get(4..).unwrap_or_default()]);
    if computed != stated {
        return Err(PlanError::Checksum { section, stated, computed });
    }
    if version == 0 || reserved != 0 {
        return Err(entry(table, 0, Flaw::Reserved));
    }
    Ok((own, rest))
}

/// Cuts the device section into its tables; nothing in them is checked yet.
fn device_tables(device: &[u8]) -> Result<Plan<'_>, PlanError> {
    let mut header = Reader(device.get(CHECKSUM_AT + 4..).unwrap_or_default());
    let counts: [u16; 7] = core::array::from_fn(|_| header.u16());
    let [messages, signals, scales, switches, conditions, lookups, lookup_values] = counts.map(usize::from);
    let (decimal_scales, text_bytes) = (header.u16(), header.u32());
    let tables = messages * MessageEntry::BYTES
        + signals * SignalEntry::BYTES
        + switches * SwitchEntry::BYTES
        + conditions * 12
        + lookups * 8
        + (scales + lookup_values) * 16;
    let stated = (HEADER + tables) as u64 + u64::from(text_bytes);
    let wrong_length = PlanError::Length { section: Section::Device, stated, actual: device.len() };
    if stated != device.len() as u64 {
        return Err(wrong_length);
    }
    if usize::from(decimal_scales) > scales {
        return Err(entry(Table::Header, 0, Flaw::Reference));
    }
    let mut rest = device.get(HEADER..).ok_or(wrong_length)?;
    let mut cut = Cut { rest: &mut rest, wrong_length };
    Ok(Plan {
        messages: cut.table(messages)?,
        signals: cut.table(signals)?,
        switches: cut.table(switches)?,
        conditions: cut.table(conditions)?,
        scales: cut.table(scales)?,
        decimal_scales,
        lookups: cut.table(lookups)?,
        lookup_values: cut.table(lookup_values)?,
        text: text(rest, Table::Text)?,
        names: None,
        device_bytes: device.len(),
        names_bytes: 0,
        matching: IdMatching::Exact,
    })
}

struct Cut<'c, 'a> {
    rest: &'c mut &'a [u8],
    wrong_length: PlanError,
}

impl<'a> Cut<'_, 'a> {
    fn table<const N: usize>(&mut self, count: usize) -> Result<&'a [[u8; N]], PlanError> {
        let bytes = count.checked_mul(N).and_then(|bytes| self.bytes(bytes)).ok_or(self.wrong_length)?;
        Ok(bytes.as_chunks().0)
    }

    /// Apart from what is code for every size of entry.
    #[inline(never)]
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        *self.rest = rest;
        Some(bytes)
    }
}

fn switches(plan: &Plan<'_>) -> Result<(), PlanError> {
    for (index, bytes) in plan.switches.iter().enumerate() {
        let (packed, switch) = (PackedField::of_entry(bytes), SwitchEntry::read(bytes));
        let fail = |flaw| Err(entry(Table::Switches, index, flaw));
        if packed.has_lookup() {
            return fail(Flaw::Reserved);
        }
        if !packed.is_valid() || !switch.field.is_integer() {
            return fail(Flaw::Field);
        }
        let mut needed = switch.field.needed_bytes();
        if let Some(outer) = condition_at(plan, switch.condition) {
            // Only switches before this one: so no chain of switches leads back to where it began.
            let outer = outer.filter(|outer| usize::from(outer.switch) < index);
            let outer = outer.and_then(|outer| plan.switches.get(usize::from(outer.switch)));
            let Some(outer) = outer.map(SwitchEntry::read) else { return fail(Flaw::Reference) };
            needed = needed.max(outer.needed_bytes);
        }
        if switch.needed_bytes != needed {
            return fail(Flaw::Length);
        }
    }
    Ok(())
}

/// `None` for a reference to none, `Some(None)` for a reference to nothing.
fn condition_at(plan: &Plan<'_>, reference: u16) -> Option<Option<ConditionEntry>> {
    (reference != NONE).then(|| plan.conditions.get(usize::from(reference - 1)).map(ConditionEntry::read))
}

fn conditions(plan: &Plan<'_>) -> Result<(), PlanError> {
    let mut chain = None;
    for (index, condition) in plan.conditions.iter().map(ConditionEntry::read).enumerate() {
        let fail = |flaw| Err(entry(Table::Conditions, index, flaw));
        if condition.flags & !ConditionEntry::LAST != 0 || condition.low > condition.high {
            return fail(Flaw::Reserved);
        }
        let known = usize::from(condition.switch) < plan.switches.len();
        if !known || chain.is_some_and(|switch| switch != condition.switch) {
            return fail(Flaw::Reference);
        }
        chain = (condition.flags & ConditionEntry::LAST == 0).then_some(condition.switch);
    }
    if chain.is_some() {
        return Err(entry(Table::Conditions, plan.conditions.len() - 1, Flaw::Reference));
    }
    Ok(())
}

fn scales(plan: &Plan<'_>) -> Result<(), PlanError> {
    let decimals = plan.scales.iter().take(usize::from(plan.decimal_scales));
    match decimals.map(read_pair).position(|pair| !DecimalScale::is_valid_entry(pair)) {
        Some(index) => Err(entry(Table::Scales, index, Flaw::Reserved)),
        None => Ok(()),
    }
}

fn lookups(plan: &Plan<'_>) -> Result<(), PlanError> {
    let mut covered = 0;
    for (index, lookup) in plan.lookups.iter().map(LookupEntry::read).enumerate() {
        let fail = |flaw| Err(entry(Table::Lookups, index, flaw));
        if lookup.reserved != 0 || lookup.kind > LookupEntry::TEXT {
            return fail(Flaw::Reserved);
        }
        // Tables follow each other without gaps: every entry is checked once.
        let end = covered + usize::from(lookup.count);
        let Some(values) = plan.lookup_values.get(covered..end) else { return fail(Flaw::Reference) };
        if usize::from(lookup.first) != covered {
            return fail(Flaw::Reference);
        }
        let mut before = None;
        for (offset, value) in values.iter().map(read_pair).enumerate() {
            let fail = |flaw| Err(entry(Table::LookupValues, covered + offset, flaw));
            let raw = i64::from_le_bytes(value.0);
            if before.replace(raw).is_some_and(|before| before >= raw) {
                return fail(Flaw::Order);
            }
            if lookup.kind == LookupEntry::TEXT && find_text(plan.text, read_place(value.1)).is_none() {
                return fail(Flaw::Reference);
            }
        }
        covered = end;
    }
    if covered != plan.lookup_values.len() {
        return Err(entry(Table::LookupValues, covered, Flaw::Reference));
    }
    Ok(())
}

fn signals(plan: &Plan<'_>) -> Result<(), PlanError> {
    for (index, bytes) in plan.signals.iter().enumerate() {
        let (packed, signal) = (PackedField::of_entry(bytes), SignalEntry::read(bytes));
        let fail = |flaw| Err(entry(Table::Signals, index, flaw));
        let translated = packed.has_lookup();
        if !packed.is_valid() || translated && !signal.field.is_integer() {
            return fail(Flaw::Field);
        }
        let scales = if translated { plan.lookups.len() } else { plan.scales.len() };
        let condition_missing = condition_at(plan, signal.condition).is_some_and(|found| found.is_none());
        if usize::from(signal.scale) >= scales || condition_missing {
            return fail(Flaw::Reference);
        }
    }
    Ok(())
}

fn messages(plan: &Plan<'_>) -> Result<(), PlanError> {
    let (mut before, mut counted) = (None, 0);
    for (index, message) in plan.messages.iter().map(MessageEntry::read).enumerate() {
        let fail = |flaw| Err(entry(Table::Messages, index, flaw));
        if CanId::from_packed(message.id).is_none() {
            return fail(Flaw::Reserved);
        }
        if before.replace(message.id).is_some_and(|before| before >= message.id) {
            return fail(Flaw::Order);
        }
        let first = usize::from(message.first_signal);
        let signals = plan.signals.get(first..first + usize::from(message.signal_count));
        // The counts add up to the table: so that no plan makes this loop longer than the table is.
        counted += usize::from(message.signal_count);
        let Some(signals) = signals.filter(|_| counted <= plan.signals.len()) else {
            return fail(Flaw::Reference);
        };
        let needed = signals.iter().map(|signal| needed_bytes(plan, &SignalEntry::read(signal))).max();
        if message.full_bytes != needed.unwrap_or(0) {
            return fail(Flaw::Length);
        }
    }
    if counted != plan.signals.len() {
        return Err(entry(Table::Messages, plan.messages.len(), Flaw::Reference));
    }
    Ok(())
}

/// The frame length that holds a signal and its switches.
fn needed_bytes(plan: &Plan<'_>, signal: &SignalEntry) -> u8 {
    let switch = condition_at(plan, signal.condition)
        .flatten()
        .and_then(|condition| plan.switches.get(usize::from(condition.switch)));
    let switch_bytes = switch.map_or(0, |switch| SwitchEntry::read(switch).needed_bytes);
    signal.field.needed_bytes().max(switch_bytes)
}

fn names_section<'a>(plan: &Plan<'a>, device: &[u8], bytes: &'a [u8]) -> Result<Names<'a>, PlanError> {
    let (own, _) = section(bytes, Section::Names)?;
    let mut header = Reader(own.get(CHECKSUM_AT + 4..).unwrap_or_default());
    let (belongs_to, label_count) = (header.u32(), header.u32());
    let checksum = Reader(device.get(CHECKSUM_AT..).unwrap_or_default()).u32();
    if belongs_to != checksum {
        return Err(PlanError::OtherPlan { names: belongs_to, device: checksum });
    }
    let tables = plan.messages.len() * 8 + plan.signals.len() * NamesEntry::BYTES;
    let stated = (NAMES_HEADER + tables) as u64 + u64::from(label_count) * 16;
    let wrong_length = PlanError::Length { section: Section::Names, stated, actual: own.len() };
    let label_count = usize::try_from(label_count).map_err(|_| wrong_length)?;
    let mut rest = own.get(NAMES_HEADER..).ok_or(wrong_length)?;
    let mut cut = Cut { rest: &mut rest, wrong_length };
    let names = Names {
        messages: cut.table(plan.messages.len())?,
        signals: cut.table(plan.signals.len())?,
        labels: cut.table(label_count)?,
        text: text(rest, Table::NamesText)?,
    };
    names_entries(&names)?;
    Ok(names)
}

fn names_entries(names: &Names<'_>) -> Result<(), PlanError> {
    let there = |place| find_text(names.text, place).is_some();
    if let Some(index) = names.messages.iter().position(|place| !there(read_place(*place))) {
        return Err(entry(Table::MessageNames, index, Flaw::Reference));
    }
    let mut covered = 0u32;
    for (index, signal) in names.signals.iter().map(NamesEntry::read).enumerate() {
        let fail = |flaw| Err(entry(Table::SignalNames, index, flaw));
        let name = find_text(names.text, signal.name).unwrap_or_default();
        let rest = name.get(usize::from(signal.message_length)..);
        let in_order = signal.first_label == covered;
        let labels = names.labels_of(&signal).filter(|_| in_order);
        let (Some(labels), true) = (labels, rest.is_some_and(|rest| rest.starts_with('.'))) else {
            return fail(Flaw::Reference);
        };
        if !there(signal.vss) || !there(signal.unit) {
            return fail(Flaw::Reference);
        }
        let mut before = None;
        for label in labels.iter().map(read_pair) {
            let raw = i64::from_le_bytes(label.0);
            if before.replace(raw).is_some_and(|before| before >= raw) || !there(read_place(label.1)) {
                return Err(entry(Table::Labels, covered as usize, Flaw::Order));
            }
        }
        covered += signal.label_count;
    }
    if covered as usize != names.labels.len() {
        return Err(entry(Table::Labels, covered as usize, Flaw::Reference));
    }
    Ok(())
}

fn text(bytes: &[u8], table: Table) -> Result<&str, PlanError> {
    str::from_utf8(bytes).map_err(|error| entry(table, error.valid_up_to(), Flaw::Text))
}

const fn entry(table: Table, index: usize, flaw: Flaw) -> PlanError {
    PlanError::Entry { table, index, flaw }
}

// The header's counts are 16 bits wide, so the sum of the tables cannot overflow where a usize has 32.
const _: () = assert!(HEADER + 65535 * (12 + 3 * 8 + 12 + 2 * 16) < u32::MAX as usize);
