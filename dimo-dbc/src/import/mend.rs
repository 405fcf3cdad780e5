//! Real DBC text made into text that a strict parser reads, with the way back to where each piece came from.
//!
//! Statements that decoding does not need are left out; comments go; messages and their signals come first, whatever
//! stands between them in the file; and what is missing or misspelt in a known way is put right, with a note.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashMap;

use crate::import::attributes::Attributes;
use crate::import::scan::{Statements, Token, TokenKind, is_keyword};
use crate::import::text::Lines;
use crate::{ImportError, Repair, RepairKind};

/// Text for the parser.
#[derive(Default)]
pub(super) struct Mended {
    pub(super) text: String,
    /// Each piece of the text, as (place here, place in the file), ascending.
    pieces: Vec<(usize, usize)>,
    /// The place in the file behind the last piece that was copied.
    copied_to: usize,
    /// Where the statements begin here.
    pub(super) statements: Vec<usize>,
    /// The identifiers of messages, as the file states them. The parser keeps fewer bits of an identifier than a file
    /// may state, so the text has in their place a number from which [`Mended::id`] finds them.
    ids: Vec<u32>,
    /// The lines of `BO_` statements and of `SG_` statements.
    pub(super) message_lines: Vec<u32>,
    pub(super) signal_lines: Vec<u32>,
    pub(super) repairs: Vec<Repair>,
}

impl Mended {
    /// The place in the file of byte `at` of the text.
    pub(super) fn origin(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|(here, _)| *here <= at);
        let (here, file) =
            behind.checked_sub(1).and_then(|last| self.pieces.get(last)).copied().unwrap_or_default();
        file + (at - here)
    }

    /// The identifier that the file states where the text has `number`.
    pub(super) fn id(&self, number: u32) -> Option<u32> {
        self.ids.get(usize::try_from(number).ok()?).copied()
    }

    /// Where statement `at` begins, and its text.
    pub(super) fn statement(&self, at: usize) -> Option<(usize, &str)> {
        let start = *self.statements.get(at)?;
        let end = self.statements.get(at + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).map(|text| (start, text))
    }

    fn append(&mut self, other: &Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.pieces.extend(other.pieces.iter().map(|(here, file)| (here + shift, *file)));
        self.statements.extend(other.statements.iter().map(|at| at + shift));
    }

    fn copy(&mut self, source: &str, start: usize, end: usize) {
        self.pieces.push((self.text.len(), start));
        self.text.push_str(source.get(start..end).unwrap_or_default());
        self.copied_to = end;
    }

    /// Puts in what the file has not; `near` is the place in the file that an error there is about.
    fn put(&mut self, text: &str, near: usize) {
        self.pieces.push((self.text.len(), near));
        self.text.push_str(text);
    }

    fn tokens(&mut self, source: &str, tokens: &[Token]) {
        for run in tokens.chunk_by(|_, next| next.joined) {
            if let [first, ..] = run
                && let [.., last] = run
            {
                if self.copied_to != first.range.start
                    && self.text.ends_with(|last| last != '\n' && last != ' ')
                {
                    self.put(" ", first.range.start);
                }
                self.copy(source, first.range.start, last.range.end);
            }
        }
    }
}

/// The text for the parser, and what the statements say that are left out of it.
pub(super) fn mend<'s>(
    source: &'s str,
    lines: &'s Lines<'s>,
) -> Result<(Mended, Attributes<'s>), ImportError> {
    let mut mender = Mender {
        source,
        lines,
        main: Mended::default(),
        rest: Mended::default(),
        attributes: Attributes::default(),
        handles: HashMap::new(),
        apart: false,
    };
    let (mut statements, mut tokens) = (Statements::of(source), Vec::new());
    while statements.next_into(&mut tokens) {
        mender.statement(&tokens)?;
    }
    let (mut mended, rest) = (mender.main, mender.rest);
    mended.append(&rest);
    Ok((mended, mender.attributes))
}

struct Mender<'s> {
    source: &'s str,
    lines: &'s Lines<'s>,
    /// Messages and signals.
    main: Mended,
    /// What follows them.
    rest: Mended,
    attributes: Attributes<'s>,
    handles: HashMap<u32, usize>,
    /// Whether something stood between the last message and here.
    apart: bool,
}

impl<'s> Mender<'s> {
    fn statement(&mut self, tokens: &[Token]) -> Result<(), ImportError> {
        let Some(first) = tokens.first() else { return Ok(()) };
        if let Some(open) = tokens.iter().find(|token| token.kind == TokenKind::Unclosed) {
            return Err(self.lines.error(open.range.start, "a text begins here and never ends"));
        }
        let keyword = self.word(first);
        match keyword {
            "BO_" => self.message(tokens)?,
            "SG_" => self.signal(tokens),
            "CM_" => self.comment(tokens)?,
            "VAL_" | "SIG_VALTYPE_" | "SG_MUL_VAL_" => self.about(tokens, 1)?,
            "BA_" | "BA_DEF_" | "BA_DEF_DEF_" | "SIG_GROUP_" => self.attributes.take(self.source, tokens),
            // What decoding does not need is not read, and so cannot be wrong.
            _ if is_keyword(keyword) => {}
            // A stray semicolon.
            _ if first.kind == TokenKind::Mark(b';') => {}
            _ => self.verbatim(tokens),
        }
        self.apart = keyword != "BO_" && keyword != "SG_";
        Ok(())
    }

    fn word(&self, token: &Token) -> &'s str {
        self.source.get(token.range.clone()).unwrap_or_default()
    }

    fn note(&mut self, token: &Token, kind: RepairKind) {
        self.main.repairs.push(Repair { line: self.lines.line(token.range.start), kind });
    }

    /// `BO_ id name: size transmitter`
    fn message(&mut self, tokens: &[Token]) -> Result<(), ImportError> {
        self.main.statements.push(self.main.text.len());
        self.main.message_lines.push(tokens.first().map_or(0, |token| self.lines.line(token.range.start)));
        let (head, tail) = split_after(tokens, |_, token| token.kind == TokenKind::Mark(b':'), 1);
        let handle = self.handle(head, 1)?;
        emit(&mut self.main, self.source, head, handle.as_deref(), 1);
        match tail {
            [transmitter] if self.is_name(transmitter) => self.main.tokens(self.source, tail),
            _ if head.len() == tokens.len() && head.len() < 5 => {}
            _ if tail.iter().all(is_list_part) => {
                let near = tail.first().or(head.last());
                if let Some(near) = near.cloned() {
                    self.main.put(" X", near.range.start);
                    self.note(&near, RepairKind::Transmitter);
                }
            }
            _ => self.main.tokens(self.source, tail),
        }
        self.main.text.push('\n');
        Ok(())
    }

    /// `SG_ name switch : start|size@order sign (factor,offset) [min|max] "unit" receiver,receiver`
    fn signal(&mut self, tokens: &[Token]) {
        self.main.statements.push(self.main.text.len());
        self.main.signal_lines.push(tokens.first().map_or(0, |token| self.lines.line(token.range.start)));
        if let Some(first) = tokens.first()
            && self.apart
        {
            self.note(first, RepairKind::Apart);
        }
        let (head, receivers) = split_after(tokens, |_, token| token.kind == TokenKind::Text, 0);
        self.numbers(head);
        let near = tokens.last().cloned();
        if let (Some(last), Some(near)) = (head.last(), &near) {
            if last.kind == TokenKind::Mark(b']') {
                self.main.put(" \"\"", near.range.end);
                self.note(near, RepairKind::Unit);
            }
            if last.kind == TokenKind::Text || last.kind == TokenKind::Mark(b']') {
                self.receivers(receivers, near);
            }
        }
        self.main.text.push('\n');
    }

    /// The part before the receivers, with its byte order and its numbers put right.
    fn numbers(&mut self, head: &[Token]) {
        let mut done = 0;
        for (at, token) in head.iter().enumerate() {
            let next = head.get(at + 1);
            let kind = match token.kind {
                TokenKind::Mark(b'.') if !next.is_some_and(|next| self.is_fraction(token, next)) => {
                    RepairKind::Number
                }
                TokenKind::Mark(b')') if next.is_some_and(|next| next.kind == TokenKind::Text) => {
                    RepairKind::Limits
                }
                TokenKind::Mark(b'@') if next.is_some_and(|next| !matches!(self.word(next), "0" | "1")) => {
                    RepairKind::ByteOrder
                }
                _ => continue,
            };
            let (with, without) =
                if kind == RepairKind::ByteOrder { (at + 1, at + 2) } else { (at + 1, at + 1) };
            self.main.tokens(self.source, head.get(done..with).unwrap_or_default());
            self.main.put(
                match kind {
                    RepairKind::Number => "0",
                    RepairKind::Limits => " [0|0] ",
                    _ => "1",
                },
                token.range.end,
            );
            self.note(token, kind);
            done = without;
        }
        self.main.tokens(self.source, head.get(done..).unwrap_or_default());
    }

    /// Whether `next` holds the digits behind the decimal point `point`.
    fn is_fraction(&self, point: &Token, next: &Token) -> bool {
        next.range.start == point.range.end
            && self.word(next).starts_with(|first: char| first.is_ascii_digit())
    }

    fn receivers(&mut self, receivers: &[Token], near: &Token) {
        let listed = receivers.iter().enumerate().all(|(at, token)| match token.kind {
            TokenKind::Word => at % 2 == 0,
            mark => at % 2 == 1 && mark == TokenKind::Mark(b','),
        });
        if listed && receivers.len() % 2 == 1 || !receivers.iter().all(is_list_part) {
            self.main.tokens(self.source, receivers);
        } else {
            self.main.put(" X", near.range.start);
            self.note(near, RepairKind::Receivers);
        }
    }

    /// `CM_ BO_ id "text";`, `CM_ SG_ id name "text";` or `CM_ id "text";`; of others the one on the file is kept.
    fn comment(&mut self, tokens: &[Token]) -> Result<(), ImportError> {
        let Some(second) = tokens.get(1) else { return Ok(()) };
        let at = match self.word(second) {
            "BO_" | "SG_" => 2,
            word if word.starts_with(|first: char| first.is_ascii_digit()) => 1,
            _ => {
                self.attributes.take(self.source, tokens);
                return Ok(());
            }
        };
        // A quotation mark inside of a comment makes several texts of it.
        if tokens.iter().filter(|token| token.kind == TokenKind::Text).count() != 1 {
            self.note(second, RepairKind::Comment);
            return Ok(());
        }
        self.about(tokens, at)
    }

    /// A statement about the message whose identifier is token `at`.
    fn about(&mut self, tokens: &[Token], at: usize) -> Result<(), ImportError> {
        let handle = self.handle(tokens, at)?;
        self.rest.statements.push(self.rest.text.len());
        emit(&mut self.rest, self.source, tokens, handle.as_deref(), at);
        if let Some(last) = tokens.last()
            && last.kind != TokenKind::Mark(b';')
        {
            self.rest.put(";", last.range.end);
        }
        self.rest.text.push('\n');
        Ok(())
    }

    fn verbatim(&mut self, tokens: &[Token]) {
        self.rest.statements.push(self.rest.text.len());
        self.rest.tokens(self.source, tokens);
        self.rest.text.push('\n');
    }

    /// What the parser gets in place of the identifier at `at`; `None` when there is none, which is for it to refuse.
    fn handle(&mut self, tokens: &[Token], at: usize) -> Result<Option<String>, ImportError> {
        let Some(token) = tokens.get(at) else { return Ok(None) };
        let word = self.source.get(token.range.clone()).unwrap_or_default();
        if token.kind != TokenKind::Word || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let id: u32 = word
            .parse()
            .map_err(|_| self.lines.error(token.range.start, "a message identifier has at most 32 bits"))?;
        let ids = &mut self.main.ids;
        let handle = *self.handles.entry(id).or_insert_with(|| {
            ids.push(id);
            ids.len() - 1
        });
        Ok(Some(format!("{}", 0x8000_0000 + handle)))
    }

    fn is_name(&self, token: &Token) -> bool {
        token.kind == TokenKind::Word && !self.word(token).starts_with(|first: char| first.is_ascii_digit())
    }
}

/// Splits behind the first token that `is` accepts and `more` tokens behind it; everything is before when there is none.
fn split_after(tokens: &[Token], is: impl Fn(usize, &Token) -> bool, more: usize) -> (&[Token], &[Token]) {
    let found = tokens.iter().enumerate().position(|(at, token)| is(at, token));
    let end = found.map_or(tokens.len(), |at| (at + 1 + more).min(tokens.len()));
    tokens.split_at_checked(end).unwrap_or((tokens, &[]))
}

/// Emits `tokens` with `handle` in place of the one at `at`.
fn emit(to: &mut Mended, source: &str, tokens: &[Token], handle: Option<&str>, at: usize) {
    let (Some(handle), Some(token)) = (handle, tokens.get(at)) else { return to.tokens(source, tokens) };
    let (before, behind) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1..).unwrap_or_default());
    to.tokens(source, before);
    to.put(" ", token.range.start);
    to.put(handle, token.range.start);
    to.put(" ", token.range.end);
    to.tokens(source, behind);
}

/// What a list of nodes is made of, however it is written.
fn is_list_part(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Mark(b',' | b';' | b'*'))
}
