//! [`Unknown`]: what a batch has that this version has no word for.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a batch has that a later version of the schema added. The rest of the batch was read; the bytes received hold
/// everything, so keep them to read it again with that version.
///
/// Of each sort, the first 64 different ones are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// Numbers of fields of the batch.
    pub fields: Vec<u64>,
    /// Numbers of fields of the batch that hold a message with a field more.
    pub fields_with_more: Vec<u64>,
    /// Names of fields, where the form has names and not numbers: Avro.
    pub names: Vec<String>,
    /// Kinds of columns. The readings of these columns are left out.
    pub kinds: Vec<i32>,
    /// Names of events. The events are left out.
    pub events: Vec<String>,
    /// The CAN protocol of the fingerprint, which is there without it.
    pub protocol: Option<u32>,
}

/// So many are listed.
const LISTED: usize = 64;

impl Unknown {
    /// Whether everything is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fields.is_empty()
            && self.fields_with_more.is_empty()
            && self.names.is_empty()
            && self.kinds.is_empty()
            && self.events.is_empty()
            && self.protocol.is_none()
    }

    pub(super) fn field(&mut self, number: u64) {
        list(&mut self.fields, |known| *known == number, || number);
    }

    pub(super) fn field_within(&mut self, number: u64) {
        list(&mut self.fields_with_more, |known| *known == number, || number);
    }

    pub(super) fn kind(&mut self, kind: i32) {
        list(&mut self.kinds, |known| *known == kind, || kind);
    }

    pub(super) fn event(&mut self, name: &str) {
        list(&mut self.events, |known| known == name, || name.to_string());
    }

    pub(super) const fn protocol(&mut self, number: u32) {
        self.protocol = Some(number);
    }
}

fn list<T>(listed: &mut Vec<T>, same: impl Fn(&T) -> bool, entry: impl FnOnce() -> T) {
    if listed.len() < LISTED && !listed.iter().any(same) {
        listed.push(entry());
    }
}
