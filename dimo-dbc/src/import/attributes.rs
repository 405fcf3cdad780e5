//! What attributes and groups say of messages and signals. Statements of another form than DBC files have say nothing: decoding
//! does not need them, so they cannot be wrong.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use std::collections::HashMap;

use crate::import::scan::{Token, TokenKind};
use crate::{FrameFormat, SignalGroup};

/// The formats in the order of their numbers, where a file does not list them.
const FORMATS: [(u32, &str); 5] =
    [(0, "StandardCAN"), (1, "ExtendedCAN"), (3, "J1939PG"), (14, "StandardCAN_FD"), (15, "ExtendedCAN_FD")];

/// The attributes of a file that have a field in the database, in pieces of its text. Of two statements about the same thing
/// the first holds.
#[derive(Default)]
pub(super) struct Attributes<'s> {
    comment: Option<&'s str>,
    protocol: Stated<'s>,
    bus_type: Stated<'s>,
    /// The names of frame formats, in the order of their numbers.
    formats: Vec<&'s str>,
    cycle_time: Option<&'s str>,
    format: Option<&'s str>,
    start_value: Option<&'s str>,
    spn: Option<&'s str>,
    messages: HashMap<u32, OfMessage<'s>>,
    signals: HashMap<(u32, &'s str), OfSignal<'s>>,
}

/// An attribute of the whole file.
#[derive(Default)]
struct Stated<'s> {
    value: Option<&'s str>,
    default: Option<&'s str>,
}

#[derive(Default)]
struct OfMessage<'s> {
    cycle_time: Option<&'s str>,
    format: Option<&'s str>,
    groups: Vec<SignalGroup>,
}

#[derive(Clone, Copy, Default)]
struct OfSignal<'s> {
    start_value: Option<&'s str>,
    spn: Option<&'s str>,
}

impl<'s> Attributes<'s> {
    /// Takes what `statement` says.
    pub(super) fn take(&mut self, source: &'s str, statement: &[Token]) {
        let words = Words { source, tokens: statement };
        // `None` for another form.
        let _ = match words.word(0) {
            "BA_" => self.value(&words),
            "BA_DEF_DEF_" => self.default(&words),
            "BA_DEF_" => self.definition(&words),
            "SIG_GROUP_" => self.group(&words),
            _ => self.comment(&words),
        };
    }

    /// `BA_ "name" value;`, `BA_ "name" BO_ id value;` or `BA_ "name" SG_ id signal value;`
    fn value(&mut self, words: &Words<'s, '_>) -> Option<()> {
        let id = || words.word(3).parse::<u32>().ok();
        let place = match (words.text(1)?, words.word(2)) {
            ("GenMsgCycleTime", "BO_") => (&mut self.messages.entry(id()?).or_default().cycle_time, 4),
            ("VFrameFormat", "BO_") => (&mut self.messages.entry(id()?).or_default().format, 4),
            ("GenSigStartValue", "SG_") => {
                (&mut self.signals.entry((id()?, words.word(4))).or_default().start_value, 5)
            }
            ("SPN", "SG_") => (&mut self.signals.entry((id()?, words.word(4))).or_default().spn, 5),
            ("ProtocolType", _) => (&mut self.protocol.value, 2),
            ("BusType", _) => (&mut self.bus_type.value, 2),
            _ => return None,
        };
        let (room, at) = place;
        *room = room.or(words.value(at));
        Some(())
    }

    /// `BA_DEF_DEF_ "name" value;`
    fn default(&mut self, words: &Words<'s, '_>) -> Option<()> {
        let room = match words.text(1)? {
            "GenMsgCycleTime" => &mut self.cycle_time,
            "VFrameFormat" => &mut self.format,
            "GenSigStartValue" => &mut self.start_value,
            "SPN" => &mut self.spn,
            "ProtocolType" => &mut self.protocol.default,
            "BusType" => &mut self.bus_type.default,
            _ => return None,
        };
        *room = room.or(words.value(2));
        Some(())
    }

    /// `BA_DEF_ BO_ "VFrameFormat" ENUM "one","other";`
    fn definition(&mut self, words: &Words<'s, '_>) -> Option<()> {
        if words.text(2)? == "VFrameFormat" && words.word(3) == "ENUM" && self.formats.is_empty() {
            self.formats = (4..words.tokens.len()).filter_map(|at| words.text(at)).collect();
        }
        Some(())
    }

    /// `SIG_GROUP_ id name repetitions : signal signal;`
    fn group(&mut self, words: &Words<'s, '_>) -> Option<()> {
        let (id, repetitions) = (words.word(1).parse().ok()?, words.word(3).parse().ok()?);
        let is_word = |token: &&Token| token.kind == TokenKind::Word;
        let signals = words.tokens.get(4..)?.iter().filter(is_word);
        let signals = signals.map(|token| words.of(token).to_string()).collect();
        let group = SignalGroup { name: words.word(2).to_string(), repetitions, signals };
        self.messages.entry(id).or_default().groups.push(group);
        Some(())
    }

    /// `CM_ "text";`
    fn comment(&mut self, words: &Words<'s, '_>) -> Option<()> {
        let comment = words.text(1)?;
        // More texts in one statement are one with quotation marks in it.
        if words.text(2).is_none() && words.text(3).is_none() {
            self.comment.get_or_insert(comment);
        }
        Some(())
    }

    pub(super) fn file_comment(&self) -> Option<String> {
        self.comment.map(unescape)
    }

    pub(super) fn protocol(&self) -> Option<String> {
        self.protocol.value.or(self.protocol.default).filter(|text| !text.is_empty()).map(unescape)
    }

    pub(super) fn bus_type(&self) -> Option<String> {
        self.bus_type.value.or(self.bus_type.default).filter(|text| !text.is_empty()).map(unescape)
    }

    /// Zero stands for none.
    pub(super) fn cycle_time(&self, message: u32) -> Option<Duration> {
        let stated = self.messages.get(&message).and_then(|of| of.cycle_time);
        let millis = number(stated.or(self.cycle_time)?)?;
        Duration::try_from_secs_f64(millis / 1000.0).ok().filter(|time| !time.is_zero())
    }

    pub(super) fn format(&self, message: u32) -> Option<FrameFormat> {
        let stated = self.messages.get(&message).and_then(|of| of.format);
        let stated = stated.or(self.format)?;
        let name = match stated.parse::<u32>() {
            Ok(at) if self.formats.is_empty() => FORMATS.iter().find(|(number, _)| *number == at)?.1,
            Ok(at) => self.formats.get(usize::try_from(at).ok()?)?,
            Err(_) => stated,
        };
        FrameFormat::named(name)
    }

    pub(super) fn groups(&self, message: u32) -> Vec<SignalGroup> {
        self.messages.get(&message).map(|of| of.groups.clone()).unwrap_or_default()
    }

    /// Start value and suspect parameter number, of which zero stands for none.
    pub(super) fn signal(&self, message: u32, signal: &str) -> (Option<f64>, Option<u32>) {
        let stated = if self.signals.is_empty() { None } else { self.signals.get(&(message, signal)) };
        let stated = stated.copied().unwrap_or_default();
        let spn = stated.spn.or(self.spn).and_then(number);
        let is_spn = |spn: &f64| spn.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(spn);
        (stated.start_value.or(self.start_value).and_then(number), spn.filter(is_spn).map(|spn| spn as u32))
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"")
}

/// The tokens of a statement as pieces of the text.
struct Words<'s, 't> {
    source: &'s str,
    tokens: &'t [Token],
}

impl<'s> Words<'s, '_> {
    fn of(&self, token: &Token) -> &'s str {
        self.source.get(token.range.clone()).unwrap_or_default()
    }

    /// The token `at`; empty behind the end.
    fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).map_or("", |token| self.of(token))
    }

    /// What stands in the quotation marks of token `at`.
    fn text(&self, at: usize) -> Option<&'s str> {
        let token = self.tokens.get(at).filter(|token| token.kind == TokenKind::Text)?;
        self.of(token).strip_prefix('"')?.strip_suffix('"')
    }

    /// A text, or what stands from token `at` to the semicolon, which is a number of several tokens.
    fn value(&self, at: usize) -> Option<&'s str> {
        if let Some(text) = self.text(at) {
            return Some(text);
        }
        let is_number = |token: &&Token| !matches!(token.kind, TokenKind::Mark(b';') | TokenKind::Text);
        let last = self.tokens.get(at..)?.iter().take_while(is_number).last()?;
        self.source.get(self.tokens.get(at)?.range.start..last.range.end)
    }
}
