//! JSON as RFC 8259 has it, strictly: numbers keep their digits, and no member is there twice.
//!
//! A reader of our own because both matter to a signature and the usual ones do neither: a number of 78 digits is not to be
//! rounded, and of two members of one name nobody knows which one was meant.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use super::{MAX_DEPTH, MAX_JSON_LEN};

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    Text(String),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Members by name: typed data gives their order no meaning.
pub(crate) type Object<'a> = BTreeMap<String, Json<'a>>;

impl Json<'_> {
    /// Its kind, for errors.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Where a text is no JSON, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {fault}")]
#[non_exhaustive]
pub struct JsonError {
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub fault: JsonFault,
}

/// Why a text is no JSON, or none that is read here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// The text ends inside a value.
    #[error("the text ends too early")]
    End,
    /// Another character should be here.
    #[error("{found:?} cannot stand here")]
    Character {
        /// The character.
        found: char,
    },
    /// Something follows the value.
    #[error("nothing may follow the value")]
    Trailing,
    /// A backslash before something that it does not escape, or half of a surrogate pair.
    #[error("no valid escape")]
    Escape,
    /// The object has the member twice: which one was meant?
    #[error("the member {name:?} is there twice")]
    Duplicate {
        /// The name of the member.
        name: String,
    },
    /// More levels of arrays and objects than are read.
    #[error("there are more than {MAX_DEPTH} levels")]
    TooDeep,
    /// More bytes than are read.
    #[error("the text is longer than {MAX_JSON_LEN} bytes")]
    TooLong,
}

/// Reads a text that is one value.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    let mut reader = Reader { rest: text };
    let whole = |reader: &mut Reader<'_>| match reader.peek() {
        None => Ok(()),
        Some(_) => Err(JsonFault::Trailing),
    };
    let value = if text.len() > MAX_JSON_LEN { Err(JsonFault::TooLong) } else { reader.value(MAX_DEPTH) };
    value.and_then(|value| whole(&mut reader).map(|()| value)).map_err(|fault| {
        let read = text.get(..text.len() - reader.rest.len()).unwrap_or_default();
        let line = read.rsplit('\n').next().unwrap_or_default();
        JsonError { line: read.matches('\n').count() + 1, column: line.chars().count() + 1, fault }
    })
}

struct Reader<'a> {
    /// What is not read yet.
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// `depth`: the levels that are left.
    fn value(&mut self, depth: usize) -> Result<Json<'a>, JsonFault> {
        match self.peek() {
            Some('{') => self.object(depth.checked_sub(1).ok_or(JsonFault::TooDeep)?),
            Some('[') => self.array(depth.checked_sub(1).ok_or(JsonFault::TooDeep)?),
            Some('"') => self.text().map(Json::Text),
            Some('-' | '0'..='9') => self.number(),
            Some('n') => self.word("null", Json::Null),
            Some('t') => self.word("true", Json::Bool(true)),
            Some('f') => self.word("false", Json::Bool(false)),
            _ => Err(self.unexpected()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, JsonFault> {
        let mut members = Object::new();
        self.expect('{')?;
        if self.take('}') {
            return Ok(Json::Object(members));
        }
        loop {
            if self.peek() != Some('"') {
                return Err(self.unexpected());
            }
            let before = self.rest;
            let place = match members.entry(self.text()?) {
                Entry::Vacant(place) => place,
                Entry::Occupied(there) => {
                    self.rest = before;
                    return Err(JsonFault::Duplicate { name: there.key().clone() });
                }
            };
            self.expect(':')?;
            place.insert(self.value(depth)?);
            if self.take('}') {
                return Ok(Json::Object(members));
            }
            self.expect(',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, JsonFault> {
        let mut elements = Vec::new();
        self.expect('[')?;
        if self.take(']') {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            if self.take(']') {
                return Ok(Json::Array(elements));
            }
            self.expect(',')?;
        }
    }

    fn text(&mut self) -> Result<String, JsonFault> {
        let mut text = String::new();
        self.expect('"')?;
        loop {
            let end = self.rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ').ok_or(JsonFault::End)?;
            text.push_str(self.skip(end));
            match self.rest.chars().next() {
                Some('"') => {
                    self.skip(1);
                    return Ok(text);
                }
                Some('\\') => text.push(self.escape()?),
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        let mut behind = self.rest.chars().skip(1);
        let escaped = match behind.next().ok_or(JsonFault::End)? {
            plain @ ('"' | '\\' | '/') => plain,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode_escape(),
            _ => return Err(JsonFault::Escape),
        };
        self.skip(2);
        Ok(escaped)
    }

    /// One `\uXXXX`, or two of them that are a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, JsonFault> {
        let first = unit(self.rest).ok_or(JsonFault::Escape)?;
        let second = self.rest.get(6..).and_then(unit);
        let units = [Some(first), second.filter(|_| (0xD800..0xDC00).contains(&first))];
        let read = char::decode_utf16(units.into_iter().flatten()).next();
        let character = read.and_then(Result::ok).ok_or(JsonFault::Escape)?;
        self.skip(6 * character.len_utf16());
        Ok(character)
    }

    fn number(&mut self) -> Result<Json<'a>, JsonFault> {
        let start = self.rest;
        self.skip(usize::from(self.rest.starts_with('-')));
        if self.rest.starts_with('0') {
            self.skip(1);
        } else {
            self.digits()?;
        }
        if self.rest.starts_with('.') {
            self.skip(1);
            self.digits()?;
        }
        if self.rest.starts_with(['e', 'E']) {
            self.skip(1);
            self.skip(usize::from(self.rest.starts_with(['+', '-'])));
            self.digits()?;
        }
        Ok(Json::Number(start.get(..start.len() - self.rest.len()).unwrap_or_default()))
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        if self.skip(end).is_empty() { Err(self.unexpected()) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, JsonFault> {
        self.rest = self.rest.strip_prefix(word).ok_or_else(|| self.unexpected())?;
        Ok(value)
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.chars().next()
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        if found {
            self.skip(character.len_utf8());
        }
        found
    }

    fn expect(&mut self, character: char) -> Result<(), JsonFault> {
        if self.take(character) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The next `len` bytes, which end between two characters.
    fn skip(&mut self, len: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        skipped
    }

    fn unexpected(&self) -> JsonFault {
        self.rest.chars().next().map_or(JsonFault::End, |found| JsonFault::Character { found })
    }
}

/// The number in `\uXXXX`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let only_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if only_digits { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Whether both readers understand the same thing.
    fn same(ours: &Json<'_>, theirs: &Value) -> bool {
        match (ours, theirs) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
            (Json::Number(ours), Value::Number(theirs)) => ours.parse::<f64>().ok() == theirs.as_f64(),
            (Json::Text(ours), Value::String(theirs)) => ours == theirs,
            (Json::Array(ours), Value::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
            }
            (Json::Object(ours), Value::Object(theirs)) => {
                let same_member =
                    |(name, ours): (&String, _)| theirs.get(name).is_some_and(|it| same(ours, it));
                ours.len() == theirs.len() && ours.iter().all(same_member)
            }
            _ => false,
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaves = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9f64..1e9).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaves.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Texts of the characters that JSON is made of: many of them nearly are.
    fn nearly_json() -> impl Strategy<Value = String> {
        let pieces = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"b\":",
            "\\",
            "\\u00e4",
            "\\ud83d\\ude00",
            "\\ud800",
            "\\n",
            "0",
            "1",
            "-",
            ".",
            "e",
            "+",
            "5",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "\t",
            "\u{b}",
            "ä",
            "E2",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read_as_it_was(value in values(), is_pretty: bool) {
            let text =
                if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            prop_assert!(same(&parse(&text).unwrap(), &value));
        }

        #[test]
        fn texts_are_refused_when_serde_json_refuses_them(text in nearly_json()) {
            match (parse(&text), serde_json::from_str::<Value>(&text)) {
                (Ok(ours), Ok(theirs)) => prop_assert!(same(&ours, &theirs)),
                (Err(_), Err(_)) => {}
                // It keeps the last of two members.
                (Err(JsonError { fault: JsonFault::Duplicate { .. }, .. }), Ok(_)) => {}
                // It has no numbers beyond the largest double.
                (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{}", error),
                (Err(error), Ok(_)) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let digits = "-1157920892373161954235709850086879078532699846656405640394575840079131296399350.10e+5";
        assert_eq!(parse(digits), Ok(Json::Number(digits)));
    }

    #[test]
    fn every_escape_is_its_character() {
        let text = r#""\"\\\/\b\f\n\r\t\u0000\u00e4\uFFFF\uD83d\uDe00|\ue000""#;
        let read = "\"\\/\u{8}\u{c}\n\r\t\0ä\u{FFFF}😀|\u{e000}";
        assert_eq!(parse(text), Ok(Json::Text(read.into())));
        for text in
            [r#""\u12""#, r#""\u12g4""#, r#""\u+123""#, r#""\U0041""#, r#""\ud800\u0041""#, r#""\udc00""#]
        {
            assert_eq!(parse(text).unwrap_err().fault, JsonFault::Escape, "{text}");
        }
    }

    #[test]
    fn the_deepest_text_that_is_read_has_the_levels_that_are_promised() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let refused = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!((refused.column, refused.fault), (MAX_DEPTH + 1, JsonFault::TooDeep));
    }
}
