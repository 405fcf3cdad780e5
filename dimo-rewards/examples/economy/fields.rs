//! [`Fields`]: the fields of one event, each asked for by name and form.

use std::str::FromStr;

use dimo_rewards::{Actor, Name};
use dimo_types::{Timestamp, Wei};
use serde_json::{Map, Value};

/// What a line holds.
pub(crate) struct Fields(Map<String, Value>);

/// Why a line is no event.
pub(crate) type Malformed = String;

impl Fields {
    pub(crate) fn of(line: &str) -> Result<Self, Malformed> {
        match serde_json::from_str(line) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err("not a JSON object".to_owned()),
            Err(reason) => Err(format!("bad JSON: {reason}")),
        }
    }

    fn value(&self, field: &str) -> Result<&Value, Malformed> {
        self.0.get(field).ok_or_else(|| format!("{field} is missing"))
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    pub(crate) fn text(&self, field: &str) -> Result<&str, Malformed> {
        self.value(field)?.as_str().ok_or_else(|| format!("{field} is no text"))
    }

    /// A text in a form of its own.
    pub(crate) fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, field: &str) -> Result<T, Malformed> {
        self.text(field)?.parse().map_err(|reason| format!("{field}: {reason}"))
    }

    pub(crate) fn name(&self, field: &str) -> Result<Name, Malformed> {
        self.parsed(field)
    }

    pub(crate) fn amount(&self, field: &str) -> Result<Wei, Malformed> {
        self.parsed(field)
    }

    /// Something that is known by a text or a whole number, such as a device.
    pub(crate) fn label(&self, field: &str) -> Result<String, Malformed> {
        match self.value(field)? {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) if number.is_u64() => Ok(number.to_string()),
            _ => Err(format!("{field} is neither a text nor a whole number")),
        }
    }

    pub(crate) fn number(&self, field: &str) -> Result<u64, Malformed> {
        self.value(field)?.as_u64().ok_or_else(|| format!("{field} is no whole number"))
    }

    pub(crate) fn yes_or_no(&self, field: &str) -> Result<bool, Malformed> {
        self.value(field)?.as_bool().ok_or_else(|| format!("{field} is neither true nor false"))
    }

    /// An object that gives amounts to actors.
    pub(crate) fn amounts(&self, field: &str) -> Result<Vec<(Actor, Wei)>, Malformed> {
        let amounts = self.value(field)?.as_object().ok_or_else(|| format!("{field} is no object"))?;
        let amount = |(actor, amount): (&String, &Value)| {
            let actor = actor.parse().map_err(|reason| format!("{field}: {reason}"))?;
            let amount =
                amount.as_str().ok_or_else(|| format!("{field}: {actor} has no text for an amount"))?;
            Ok((actor, amount.parse().map_err(|reason| format!("{field}: {reason}"))?))
        };
        amounts.iter().map(amount).collect()
    }

    /// Midnight, UTC, of a date like `2023-01-31`.
    pub(crate) fn date(&self, field: &str) -> Result<Timestamp, Malformed> {
        let date = self.text(field)?;
        let wrong = || format!("{field}: a date is written like 2023-01-31");
        if date.len() != "2023-01-31".len() {
            return Err(wrong());
        }
        format!("{date}T00:00:00Z").parse().map_err(|_| wrong())
    }
}
