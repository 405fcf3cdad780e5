//! [`Form`]: how readings travel; [`ByForm`], one thing for each.

use std::collections::BTreeMap;

/// A form of the same readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Gen1,
    JsonGzip,
    Protobuf,
    Avro,
}

impl Form {
    pub(crate) const ALL: [Self; 4] = [Self::Gen1, Self::JsonGzip, Self::Protobuf, Self::Avro];

    /// The key in `summary.json`.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Gen1 => "gen1",
            Self::JsonGzip => "json_gzip",
            Self::Protobuf => "protobuf",
            Self::Avro => "avro",
        }
    }
}

/// One thing for each form.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ByForm<T> {
    pub(crate) gen1: T,
    pub(crate) json_gzip: T,
    pub(crate) protobuf: T,
    pub(crate) avro: T,
}

impl<T> ByForm<T> {
    pub(crate) const fn get(&self, form: Form) -> &T {
        match form {
            Form::Gen1 => &self.gen1,
            Form::JsonGzip => &self.json_gzip,
            Form::Protobuf => &self.protobuf,
            Form::Avro => &self.avro,
        }
    }

    pub(crate) const fn get_mut(&mut self, form: Form) -> &mut T {
        match form {
            Form::Gen1 => &mut self.gen1,
            Form::JsonGzip => &mut self.json_gzip,
            Form::Protobuf => &mut self.protobuf,
            Form::Avro => &mut self.avro,
        }
    }
}

impl ByForm<u64> {
    /// By the keys of `summary.json`.
    pub(crate) fn to_map(self) -> BTreeMap<&'static str, u64> {
        Form::ALL.into_iter().map(|form| (form.key(), *self.get(form))).collect()
    }
}
