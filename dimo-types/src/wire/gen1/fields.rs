//! The fields at the top of a received envelope, each as it stands.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::ToString;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Gen1ParseError;
use super::signal::JsonText;

/// The text of a JSON string, or the JSON of any other value as it stands.
pub(super) fn as_received(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<JsonText<'_>>(value.get()).map_or(Cow::Borrowed(value.get()), |text| text.0)
}

/// The name that a key spells. Empty for one that spells no text at all, with half of a surrogate pair: what stands under it
/// is unknown, not wrong.
pub(super) fn name_of(key: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<JsonText<'_>>(key.get()).map(|text| text.0).unwrap_or_default()
}

/// The top-level fields that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    CompressedPayload,
    Data,
    DataBase64,
    Subject,
    Source,
    Signature,
    Type,
    Id,
    Time,
    VehicleTokenId,
}

impl Field {
    const ALL: [Self; 10] = [
        Self::CompressedPayload,
        Self::Data,
        Self::DataBase64,
        Self::Subject,
        Self::Source,
        Self::Signature,
        Self::Type,
        Self::Id,
        Self::Time,
        Self::VehicleTokenId,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CompressedPayload => "compressedPayload",
            Self::Data => "data",
            Self::DataBase64 => "data_base64",
            Self::Subject => "subject",
            Self::Source => "source",
            Self::Signature => "signature",
            Self::Type => "type",
            Self::Id => "id",
            Self::Time => "time",
            Self::VehicleTokenId => "vehicleTokenId",
        }
    }

    fn is(self, key: &str) -> bool {
        match self {
            // Written `vehicleTokenId` and `vehicleTokenID` by senders.
            Self::VehicleTokenId => self.name().eq_ignore_ascii_case(key),
            _ => self.name() == key,
        }
    }
}

/// The values of the fields that are read, in the order of [`Field::ALL`], and the first field that came twice.
pub(super) struct TopLevel<'a> {
    values: [Option<&'a RawValue>; Field::ALL.len()],
    twice: Option<Field>,
}

impl<'a> TopLevel<'a> {
    pub(super) fn parse(json: &'a [u8]) -> Result<Self, Gen1ParseError> {
        // The parser's complaint about another type would quote all of it.
        if json.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            return Err(Gen1ParseError::NotJson { reason: "an envelope is an object".to_owned() });
        }
        let fields: Self = serde_json::from_slice(json)
            .map_err(|error| Gen1ParseError::NotJson { reason: error.to_string() })?;
        match fields.twice {
            Some(field) => Err(Gen1ParseError::Duplicate { field: field.name() }),
            None => Ok(fields),
        }
    }

    pub(super) fn raw(&self, field: Field) -> Option<&'a RawValue> {
        self.values.get(field as usize).copied().flatten()
    }

    /// The value of `field`, unless it is absent or `null`.
    pub(super) fn get(&self, field: Field) -> Option<&'a RawValue> {
        self.raw(field).filter(|value| value.get() != "null")
    }

    /// The text of `field`, or its JSON if it is of another type, unless it is absent or `null`.
    pub(super) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.get(field).map(as_received)
    }

    /// The value of `compressedPayload`, if that is the form of the message.
    pub(super) fn packed(&self) -> Result<Option<&'a RawValue>, Gen1ParseError> {
        let Some(packed) = self.get(Field::CompressedPayload) else { return Ok(None) };
        match [Field::Data, Field::Subject, Field::Signature].into_iter().find(|f| self.raw(*f).is_some()) {
            Some(field) => Err(Gen1ParseError::MixedForms { field: field.name() }),
            None => Ok(Some(packed)),
        }
    }

    fn put(&mut self, field: Field, value: &'a RawValue) {
        let Some(place) = self.values.get_mut(field as usize) else { return };
        match place {
            None => *place = Some(value),
            // Two spellings of one id are no contradiction.
            Some(earlier) if field == Field::VehicleTokenId && earlier.get() == value.get() => {}
            Some(_) => self.twice = self.twice.or(Some(field)),
        }
    }
}

impl<'de> Deserialize<'de> for TopLevel<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = TopLevel<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an envelope object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TopLevel<'de>, A::Error> {
                let mut fields = TopLevel { values: [None; Field::ALL.len()], twice: None };
                while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    let name = name_of(key);
                    if let Some(field) = Field::ALL.into_iter().find(|field| field.is(&name)) {
                        fields.put(field, value);
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
