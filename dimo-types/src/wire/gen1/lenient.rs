//! How fields of a received `data` are read: what counts must be right, the rest may be absent or `null`.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::Timestamp;

/// `null` is the same as absent.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A time in milliseconds, or `None` for anything that is not one.
pub(super) fn time_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let received = <&RawValue>::deserialize(deserializer)?;
    Ok(received.get().parse().ok().and_then(|millis| Timestamp::from_millis(millis).ok()))
}

/// A time as whole milliseconds since 1970.
pub(super) mod millis {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use crate::Timestamp;

    pub(in super::super) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(time.as_millis())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        Timestamp::from_millis(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// So many texts are read of a list: an empty one takes eight times as much memory as it takes in the message.
const MOST_TEXTS: usize = 1000;

/// A list of texts, or `null`; what is beyond the thousandth is passed over.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Cow<'static, str>>, D::Error> {
    struct Texts;
    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<Cow<'static, str>>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element::<Cow<'static, str>>()? {
                if texts.len() < MOST_TEXTS {
                    texts.push(text);
                }
            }
            Ok(texts)
        }
    }
    deserializer.deserialize_any(Texts)
}
