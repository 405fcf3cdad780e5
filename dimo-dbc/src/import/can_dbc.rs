//! The one place that knows the `can-dbc` crate: its tree becomes our [`Database`].

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use std::collections::{HashMap, HashSet};

use can_dbc::{
    Comment, Dbc, DbcError, ExtendedMultiplex, MessageId, MultiplexIndicator, NumericValue,
    SignalExtendedValueType, ValueDescription, ValueType,
};
use dimo_types::Scale;
use pest::error::{ErrorVariant, InputLocation};

use crate::import::attributes::Attributes;
use crate::import::diagnose::diagnose;
use crate::import::mend::Mended;
use crate::import::text::Lines;
use crate::{ByteOrder, Database, ImportError, Label, Message, Presence, Signal, SignalKind};

pub(super) fn database(
    mut mended: Mended,
    attributes: Attributes<'_>,
    lines: &Lines<'_>,
) -> Result<Database, ImportError> {
    let tree = Dbc::try_from(mended.text.as_str()).map_err(|error| refusal(&error, &mended, lines))?;
    let repairs = core::mem::take(&mut mended.repairs);
    let (mut about, messages) = About::of(tree, &mended);
    let mut message_lines = mended.message_lines.iter().copied();
    let mut signal_lines = mended.signal_lines.iter().copied();
    let messages = messages.into_iter().map(|message| {
        let id = mended.id(number(message.id)).unwrap_or(u32::MAX);
        let line = message_lines.next().unwrap_or(0);
        let mut signals = about.signals(id, message.signals, &mut signal_lines);
        for signal in &mut signals {
            (signal.start_value, signal.spn) = attributes.signal(id, &signal.name);
        }
        let size = u32::try_from(message.size).unwrap_or(u32::MAX);
        let comment = about.messages.get(&id).cloned();
        let (cycle_time, format) = (attributes.cycle_time(id), attributes.format(id));
        let groups = attributes.groups(id);
        Message { id, name: message.name, size, signals, comment, cycle_time, format, groups, line }
    });
    let messages = messages.collect();
    Ok(Database {
        messages,
        comment: attributes.file_comment(),
        protocol: attributes.protocol(),
        bus_type: attributes.bus_type(),
        repairs,
    })
}

/// The number that stands for the identifier in the mended text.
fn number(id: MessageId) -> u32 {
    match id {
        MessageId::Extended(number) => number,
        // Mended text has no other kind; no number stands for it.
        MessageId::Standard(_) => u32::MAX,
    }
}

/// What statements outside of messages say: by message, and by message and signal.
#[derive(Default)]
struct About {
    messages: HashMap<u32, String>,
    signals: HashMap<u32, HashMap<String, AboutSignal>>,
}

#[derive(Default)]
struct AboutSignal {
    comment: Option<String>,
    labels: Option<Vec<Label>>,
    is_float: bool,
    switch: Option<(String, Vec<RangeInclusive<u64>>)>,
}

impl About {
    /// Takes the statements from the tree, and leaves its messages. Of two statements about the same thing the first holds.
    fn of(tree: Dbc, mended: &Mended) -> (Self, Vec<can_dbc::Message>) {
        let mut about = Self::default();
        let id = |id| mended.id(number(id)).unwrap_or(u32::MAX);
        for comment in tree.comments {
            match comment {
                Comment::Message { id: message, comment } => {
                    about.messages.entry(id(message)).or_insert_with(|| unescape(comment));
                }
                Comment::Signal { message_id, name, comment } => {
                    about.entry(id(message_id), name).comment.get_or_insert_with(|| unescape(comment));
                }
                _ => {}
            }
        }
        for values in tree.value_descriptions {
            if let ValueDescription::Signal { message_id, name, value_descriptions } = values {
                let label = |value: can_dbc::ValDescription| Label {
                    raw: value.id,
                    text: unescape(value.description),
                };
                let labels = || value_descriptions.into_iter().map(label).collect();
                about.entry(id(message_id), name).labels.get_or_insert_with(labels);
            }
        }
        for value_type in tree.signal_extended_value_type_list {
            let integer = SignalExtendedValueType::SignedOrUnsignedInteger;
            about.entry(id(value_type.message_id), value_type.signal_name).is_float =
                value_type.signal_extended_value_type != integer;
        }
        for ExtendedMultiplex { message_id, signal_name, multiplexor_signal_name, mappings } in
            tree.extended_multiplex
        {
            let ranges = || mappings.iter().map(|range| range.min_value..=range.max_value).collect();
            let switch = &mut about.entry(id(message_id), signal_name).switch;
            switch.get_or_insert_with(|| (multiplexor_signal_name, ranges()));
        }
        (about, tree.messages)
    }

    fn entry(&mut self, message: u32, signal: String) -> &mut AboutSignal {
        self.signals.entry(message).or_default().entry(signal).or_default()
    }

    fn signals(
        &mut self,
        message: u32,
        signals: Vec<can_dbc::Signal>,
        lines: &mut impl Iterator<Item = u32>,
    ) -> Vec<Signal> {
        let about = self.signals.get(&message);
        let root =
            signals.iter().find(|signal| signal.multiplexer_indicator == MultiplexIndicator::Multiplexor);
        let root = root.map(|signal| signal.name.clone());
        let about = |name: &str| about.and_then(|about| about.get(name));
        let convert = |signal| convert(signal, root.as_deref(), about, lines.next().unwrap_or(0));
        signals.into_iter().map(convert).collect()
    }
}

fn convert<'a>(
    signal: can_dbc::Signal,
    root: Option<&str>,
    about: impl Fn(&str) -> Option<&'a AboutSignal>,
    line: u32,
) -> Signal {
    let about = about(&signal.name);
    let size = u16::try_from(signal.size).unwrap_or(u16::MAX);
    let is_float = about.is_some_and(|about| about.is_float);
    Signal {
        start_bit: u16::try_from(signal.start_bit).unwrap_or(u16::MAX),
        size,
        byte_order: match signal.byte_order {
            can_dbc::ByteOrder::LittleEndian => ByteOrder::Intel,
            can_dbc::ByteOrder::BigEndian => ByteOrder::Motorola,
        },
        // The size decides between the two: files that contradict themselves cannot mean anything else.
        kind: match (is_float, size, signal.value_type) {
            (true, 32, _) => SignalKind::Float32,
            (true, 64, _) => SignalKind::Float64,
            (_, _, ValueType::Signed) => SignalKind::Signed,
            (_, _, ValueType::Unsigned) => SignalKind::Unsigned,
        },
        scale: Scale { factor: signal.factor, offset: signal.offset },
        min: to_f64(signal.min),
        max: to_f64(signal.max),
        unit: unescape(signal.unit),
        presence: presence(signal.multiplexer_indicator, about.and_then(|about| about.switch.as_ref()), root),
        labels: about.and_then(|about| about.labels.clone()).unwrap_or_default(),
        comment: about.and_then(|about| about.comment.clone()),
        start_value: None,
        spn: None,
        line,
        name: signal.name,
    }
}

/// `SG_MUL_VAL_` says it in full; without it `m3` means value 3 of the message's only plain switch.
fn presence(
    indicator: MultiplexIndicator,
    extended: Option<&(String, Vec<RangeInclusive<u64>>)>,
    root: Option<&str>,
) -> Presence {
    if let Some((switch, values)) = extended {
        return Presence::When { switch: switch.clone(), values: values.clone() };
    }
    match indicator {
        MultiplexIndicator::Plain | MultiplexIndicator::Multiplexor => Presence::Always,
        MultiplexIndicator::MultiplexedSignal(value)
        | MultiplexIndicator::MultiplexorAndMultiplexedSignal(value) => match root {
            Some(root) => Presence::When { switch: root.to_string(), values: alloc::vec![value..=value] },
            None => Presence::Unknown,
        },
    }
}

fn to_f64(value: NumericValue) -> f64 {
    match value {
        NumericValue::Uint(value) => value as f64,
        NumericValue::Int(value) => value as f64,
        NumericValue::Double(value) => value,
    }
}

fn unescape(text: String) -> String {
    if text.contains("\\\"") { text.replace("\\\"", "\"") } else { text }
}

/// The parser's error, at its place in the file.
fn refusal(error: &DbcError, mended: &Mended, lines: &Lines<'_>) -> ImportError {
    let at = match error {
        DbcError::Pest(error) => {
            let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
            at
        }
        // Numbers that are too large are refused without a place.
        _ => first_refused(mended),
    };
    let statement = mended.statements.partition_point(|start| *start <= at).saturating_sub(1);
    let (start, text) = mended.statement(statement).unwrap_or_default();
    if let Some((offset, expected)) = diagnose(text) {
        return lines.error(mended.origin(start + offset), expected);
    }
    let reason = match error {
        _ if at == start && text.starts_with("SG_") => "a signal stands before any message".to_string(),
        DbcError::Pest(error) => expected(&error.variant),
        other => other.to_string(),
    };
    lines.error(mended.origin(at), reason)
}

/// Where the first statement begins that is refused on its own.
fn first_refused(mended: &Mended) -> usize {
    let mut statements = (0..mended.statements.len()).filter_map(|at| mended.statement(at));
    let refused = statements.find(|(_, statement)| {
        let is_signal = statement.starts_with("SG_");
        let alone = format!("{}{statement}", if is_signal { "BO_ 0 M: 8 X\n" } else { "" });
        Dbc::try_from(alone.as_str()).is_err()
    });
    refused.map_or(0, |(start, _)| start)
}

fn expected<R: pest::RuleType>(variant: &ErrorVariant<R>) -> String {
    let ErrorVariant::ParsingError { positives, .. } = variant else { return variant.message().into_owned() };
    let names: HashSet<String> = positives.iter().map(|rule| format!("{rule:?}").to_lowercase()).collect();
    if names.is_empty() || names.len() > 6 {
        return "no statement of a DBC file".to_string();
    }
    let mut names: Vec<String> = names.into_iter().map(|name| name.replace('_', " ")).collect();
    names.sort();
    format!("expected {}", names.join(" or "))
}
