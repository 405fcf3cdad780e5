//! What is asked of a text before it is trusted: JSON or not, how deep, which characters, which moment.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, FixedOffset};
use serde::de::{Deserialize, Deserializer, IgnoredAny};
use serde_json::value::RawValue;

/// A string that is borrowed when it has no escapes.
#[derive(serde::Deserialize)]
pub(super) struct JsonText<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Whether `text` is JSON.
pub(super) fn is_json(text: &str) -> bool {
    nesting(text.as_bytes()) <= 64 && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether `text` is a JSON array of texts.
pub(super) fn is_list_of_texts(text: &str) -> bool {
    serde_json::from_str::<Vec<IsText>>(text).is_ok()
}

/// A JSON string of which nothing is kept, so that a list of them takes no memory.
struct IsText;

impl<'de> Deserialize<'de> for IsText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonText::deserialize(deserializer).map(|_| Self)
    }
}

/// The text of a JSON string, or the JSON of any other value as it stands.
pub(super) fn as_received(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<JsonText<'_>>(value.get()).map_or(Cow::Borrowed(value.get()), |text| text.0)
}

/// How deep objects and lists stand in each other, as far as brackets outside strings say; exact for JSON.
pub(super) fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether the server takes `text` as an identifier: `^[a-zA-Z0-9\-_/,. :]+$`.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/,. :".contains(&b))
}

/// The moment that an RFC 3339 text names, to the nanosecond; stricter than the parser in what it takes for a separator.
pub(super) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let strict = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    strict.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten()
}

/// `value` as a JSON string, the way the server counts it.
pub(super) fn quoted_len(value: &str) -> usize {
    let quoted: String = serde_json::to_string(value).unwrap_or_default();
    quoted.len() + escaped_by_go(&quoted)
}

/// How many bytes more the server's own JSON has for `text`: it writes `<`, `>` and `&` with six.
pub(super) fn escaped_by_go(text: &str) -> usize {
    text.bytes().filter(|byte| b"<>&".contains(byte)).count() * 5
}

#[cfg(test)]
mod tests {
    use super::{is_identifier, moment, nesting};

    #[test]
    fn brackets_in_texts_do_not_nest() {
        assert_eq!(nesting(br#"{"a":"[[[","b":[1,{"c":"\"{"}]}"#), 3);
        assert_eq!(nesting(b"1"), 0);
        assert_eq!(nesting(&[b'['; 9]), 9);
    }

    #[test]
    fn an_identifier_has_the_characters_of_the_server_s_expression_and_at_least_one() {
        assert!(is_identifier("did:erc721:137:0xbA57_1, a/b.c-d"));
        for wrong in ["", "a\"b", "a+b", "é", "a\n"] {
            assert!(!is_identifier(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_written_with_a_capital_t_and_z() {
        assert!(moment("2024-12-01T15:31:12.378075897Z").is_some());
        assert!(moment("2024-12-01T15:31:12+01:00").is_some());
        for wrong in
            ["2024-12-01 15:31:12Z", "2024-12-01t15:31:12Z", "2024-12-01T15:31:12z", "2024-12-01", "now"]
        {
            assert!(moment(wrong).is_none(), "{wrong}");
        }
    }
}
