//! DBC text cut into tokens and statements, whatever stands between them.

use alloc::vec::Vec;
use core::ops::Range;

/// Words that begin a statement when they begin a line.
const KEYWORDS: [&str; 33] = [
    "VERSION",
    "NS_",
    "NS_DESC_",
    "BS_",
    "BU_",
    "BO_",
    "SG_",
    "CM_",
    "BA_",
    "BA_DEF_",
    "BA_DEF_DEF_",
    "VAL_",
    "VAL_TABLE_",
    "CAT_",
    "CAT_DEF_",
    "FILTER",
    "EV_",
    "EV_DATA_",
    "ENVVAR_DATA_",
    "SGTYPE_",
    "SGTYPE_VAL_",
    "BA_DEF_SGTYPE_",
    "BA_SGTYPE_",
    "SIG_TYPE_REF_",
    "SIG_GROUP_",
    "SIG_VALTYPE_",
    "SIGTYPE_VALTYPE_",
    "BO_TX_BU_",
    "BA_DEF_REL_",
    "BA_REL_",
    "BA_DEF_DEF_REL_",
    "BA_SGTYPE_REL_",
    "SG_MUL_VAL_",
];

/// The smallest piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    pub(super) kind: TokenKind,
    /// Whether it is the first on its line.
    pub(super) begins_line: bool,
    /// Whether it is the last on its line.
    ends_line: bool,
    /// Whether nothing but blanks is between it and the token before it.
    pub(super) joined: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits and underscores.
    Word,
    /// In quotation marks, which belong to it.
    Text,
    /// Any other character.
    Mark(u8),
    /// The quotation mark of a text that never ends.
    Unclosed,
}

/// The statements of `source`, one after the other, in a buffer that the caller lends.
pub(super) struct Statements<'s> {
    source: &'s str,
    at: usize,
    ahead: Option<Token>,
}

impl<'s> Statements<'s> {
    pub(super) fn of(source: &'s str) -> Self {
        let mut statements = Self { source, at: 0, ahead: None };
        statements.ahead = statements.token();
        statements
    }

    /// Puts the next statement into `tokens`; `false` at the end.
    ///
    /// It ends with a semicolon, before a keyword that begins a line, or before anything else that begins a line where
    /// a statement of this kind has one line only.
    pub(super) fn next_into(&mut self, tokens: &mut Vec<Token>) -> bool {
        tokens.clear();
        let Some(first) = self.ahead.take() else { return false };
        let keyword = self.source.get(first.range.clone()).unwrap_or_default();
        let (symbols, one_line) = (keyword == "NS_", matches!(keyword, "VERSION" | "BS_"));
        let mut closed = first.kind == TokenKind::Mark(b';');
        tokens.push(first);
        self.ahead = self.token();
        while let Some(token) = self.ahead.take() {
            // In the list of new symbols keywords stand alone on their lines.
            let listed = symbols && token.ends_line;
            if closed || token.begins_line && (one_line || !listed && self.is_keyword(&token)) {
                self.ahead = Some(token);
                break;
            }
            closed = token.kind == TokenKind::Mark(b';');
            tokens.push(token);
            self.ahead = self.token();
        }
        true
    }

    fn is_keyword(&self, token: &Token) -> bool {
        token.kind == TokenKind::Word && self.source.get(token.range.clone()).is_some_and(is_keyword)
    }

    fn token(&mut self) -> Option<Token> {
        let (begins_line, joined) = self.skip();
        let start = self.at;
        let rest = self.source.as_bytes().get(start..)?;
        let (kind, length) = match *rest.first()? {
            b'"' => match closing_quote(rest) {
                Some(end) => (TokenKind::Text, end + 1),
                None => (TokenKind::Unclosed, rest.len()),
            },
            byte if is_word(byte) => {
                (TokenKind::Word, rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len()))
            }
            byte => {
                let continued = rest.iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count();
                (TokenKind::Mark(byte), 1 + continued)
            }
        };
        self.at = start + length;
        let ends_line = self.at_line_end();
        Some(Token { range: start..self.at, kind, begins_line, ends_line, joined })
    }

    /// Skips blanks, line ends and comments (`// …` and `/* … */`): was there a line end, were there only blanks?
    fn skip(&mut self) -> (bool, bool) {
        let bytes = self.source.as_bytes();
        let (mut begins_line, mut joined) = (self.at == 0, true);
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let length = match rest {
                [b' ' | b'\t', ..] => 1,
                [b'\n' | b'\r', ..] => {
                    (begins_line, joined) = (true, false);
                    1
                }
                [b'/', b'/', ..] => {
                    joined = false;
                    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
                }
                [b'/', b'*', ..] => {
                    let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
                    let length = end.map_or(rest.len(), |end| end + 4);
                    begins_line |= rest.get(..length).is_some_and(|comment| comment.contains(&b'\n'));
                    joined = false;
                    length
                }
                _ => return (begins_line, joined),
            };
            self.at += length;
        }
    }

    fn at_line_end(&self) -> bool {
        let mut rest = self.source.as_bytes().iter().skip(self.at);
        matches!(rest.find(|byte| !matches!(byte, b' ' | b'\t')), None | Some(b'\n' | b'\r'))
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the text that begins with `rest` ends; `\"` does not end it.
fn closing_quote(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        match rest.get(at..)? {
            [b'"', ..] => return Some(at),
            [b'\\', b'"', ..] => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn statements(source: &str) -> Vec<String> {
        let (mut statements, mut tokens, mut all) = (Statements::of(source), Vec::new(), Vec::new());
        while statements.next_into(&mut tokens) {
            let words: Vec<_> = tokens.iter().map(|token| &source[token.range.clone()]).collect();
            all.push(words.join(" "));
        }
        all
    }

    #[test]
    fn keywords_in_the_list_of_symbols_begin_no_statement() {
        let found = statements("NS_ :\n\tCM_\n\tBA_DEF_\n\nBS_:\nBU_: A\n B\nBO_ 1 M: 8 A\n");
        assert_eq!(found, ["NS_ : CM_ BA_DEF_", "BS_ :", "BU_ : A B", "BO_ 1 M : 8 A"]);
    }

    #[test]
    fn comments_separate_and_texts_may_hold_anything() {
        let found =
            statements("BO_ 1 /* a\nBO_ 2 */ M: 8 A // b\nCM_ \"x; \\\" // no\nBO_ 3\";VAL_ 1 S 0\n \"a\";");
        assert_eq!(found, ["BO_ 1 M : 8 A", "CM_ \"x; \\\" // no\nBO_ 3\" ;", "VAL_ 1 S 0 \"a\" ;"]);
    }

    #[test]
    fn a_text_that_never_ends_is_told_apart() {
        let mut tokens = Vec::new();
        assert!(Statements::of("\"open").next_into(&mut tokens));
        assert_eq!(tokens[0].kind, TokenKind::Unclosed);
    }
}
