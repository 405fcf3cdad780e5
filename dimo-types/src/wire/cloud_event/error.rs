//! Why bytes are no CloudEvent, and why `data` is none that the default module reads.

use alloc::string::String;

use thiserror::Error;

/// Why bytes are no CloudEvent in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CloudEventParseError {
    /// The event is longer than the limit. A sender in good faith is far below it.
    #[error("the event is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Objects and lists stand deeper in each other than the limit.
    #[error("the event is nested deeper than {limit}")]
    TooDeep {
        /// The limit, in levels.
        limit: usize,
    },
    /// There are more unknown fields than the limit.
    #[error("there are more than {limit} unknown fields")]
    TooManyExtras {
        /// The limit.
        limit: usize,
    },
    /// The text is no JSON object in UTF-8.
    #[error("no JSON object: {reason}")]
    NotJson {
        /// Where and why the JSON parser stopped.
        reason: String,
    },
    /// A field that this type reads stands there twice; readers differ in which they take, so neither is taken.
    #[error("the field {field} stands there twice")]
    Duplicate {
        /// The name of the field.
        field: &'static str,
    },
    /// `data` and `data_base64` stand beside each other.
    #[error("data and data_base64 exclude each other")]
    BothForms,
    /// There is neither `data` nor `data_base64`.
    #[error("there is no data")]
    NoData,
}

/// Why `data` is none that the default module reads. The signature over its bytes can be checked all the same.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CloudEventDataError {
    /// The event carries `data_base64`, which holds a document and no signals.
    #[error("data_base64 holds no signals")]
    Base64,
    /// `data`, or one of its lists, has another shape than the default module's.
    #[error("{part} has another shape: {reason}")]
    Shape {
        /// Which: `data`, `data.signals` or `data.events`.
        part: &'static str,
        /// Where and why the JSON parser stopped.
        reason: String,
    },
    /// `vin`, `signals` or `events` stands there twice; readers differ in which they take.
    #[error("data.{field} stands there twice")]
    Duplicate {
        /// The name of the field.
        field: &'static str,
    },
    /// There are more entries than the limit.
    #[error("{part} has more than {limit} entries")]
    TooMany {
        /// Which: `data.signals`, `data.events`, or `data` for fields that are unknown here.
        part: &'static str,
        /// The limit.
        limit: usize,
    },
}
