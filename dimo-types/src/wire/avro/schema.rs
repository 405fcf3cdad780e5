//! The two schemas, parsed once.

use core::fmt;
use std::sync::LazyLock;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;

/// The Avro schema of a batch, as JSON with a comment on every field.
pub const AVRO_BATCH_SCHEMA: &str = include_str!("../../../avro/dimo.v1.TelemetryBatch.avsc");
/// The Avro schema of a dictionary, as JSON with a comment on every field.
pub const AVRO_DICTIONARY_SCHEMA: &str = include_str!("../../../avro/dimo.v1.Dictionary.avsc");

/// A schema by which this crate reads and writes.
#[derive(Debug)]
pub(super) struct OwnSchema {
    /// Its full name.
    pub(super) name: &'static str,
    pub(super) json: &'static str,
    /// Of its canonical form.
    pub(super) fingerprint: AvroFingerprint,
    parsed: LazyLock<Option<Schema>>,
}

pub(super) static BATCH: OwnSchema = OwnSchema {
    name: "dimo.v1.TelemetryBatch",
    json: AVRO_BATCH_SCHEMA,
    fingerprint: AvroFingerprint::BATCH,
    parsed: LazyLock::new(|| Schema::parse_str(AVRO_BATCH_SCHEMA).ok()),
};

pub(super) static DICTIONARY: OwnSchema = OwnSchema {
    name: "dimo.v1.Dictionary",
    json: AVRO_DICTIONARY_SCHEMA,
    fingerprint: AvroFingerprint::DICTIONARY,
    parsed: LazyLock::new(|| Schema::parse_str(AVRO_DICTIONARY_SCHEMA).ok()),
};

impl OwnSchema {
    /// `None` never: the tests parse it too.
    pub(super) fn parsed(&self) -> Option<&Schema> {
        self.parsed.as_ref()
    }
}

/// CRC-64-AVRO of the canonical form of a schema: 8 bytes, as they stand in a single object. Written in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AvroFingerprint(pub [u8; 8]);

impl AvroFingerprint {
    /// That of [`AVRO_BATCH_SCHEMA`].
    pub const BATCH: Self = Self([0x40, 0x1F, 0x5C, 0x63, 0xF1, 0xDC, 0xB6, 0xF3]);
    /// That of [`AVRO_DICTIONARY_SCHEMA`].
    pub const DICTIONARY: Self = Self([0x5C, 0x89, 0x66, 0x18, 0xDC, 0xD9, 0xFD, 0x54]);

    /// That of any schema.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        schema.fingerprint::<Rabin>().bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for AvroFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
