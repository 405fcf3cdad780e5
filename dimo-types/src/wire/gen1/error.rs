//! Why a Gen 1 message cannot be written or read.

use alloc::string::String;

use thiserror::Error;

use crate::{SignalIndex, Timestamp, TokenId};

/// Why a message cannot be written in the Gen 1 form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gen1EncodeError {
    /// A reading is infinite or not a number, which JSON cannot say. Leave the reading out, or use a form that keeps it.
    #[error("signal {} at {time} is not a finite number, JSON has no word for it", signal.0)]
    NotFinite {
        /// The signal of the reading.
        signal: SignalIndex,
        /// The time of the reading.
        time: Timestamp,
    },
    /// The supply voltage is infinite or not a number: the device read its converter wrongly.
    #[error("the battery voltage is not a finite number")]
    BatteryVoltage,
    /// A number is infinite or not one: the device read its sensor wrongly.
    #[error("{field} is not a finite number")]
    Number {
        /// The field, by its name in the message.
        field: &'static str,
    },
    /// The batch has events, for which this form has no word. Send them in another form, and make this message of a batch without.
    #[error("the batch has {count} events, this form has no word for them")]
    Events {
        /// How many there are.
        count: usize,
    },
    /// The vehicle's id is above what the field holds: 2^64 - 1 in a status message or a log, 2^32 - 1 in the others.
    #[error("vehicle {vehicle} is larger than the envelope's field")]
    VehicleTooLarge {
        /// The id given.
        vehicle: TokenId,
    },
    /// The `data` given is no JSON object. Give a struct or a map; a text that holds JSON is not one.
    #[error("data is no JSON object")]
    Data,
}

/// Why bytes are no Gen 1 payload.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gen1ParseError {
    /// The payload is longer than the limit, as received or after decompression. A sender in good faith is far below it.
    #[error("the payload is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The text is no JSON object in UTF-8.
    #[error("no JSON object: {reason}")]
    NotJson {
        /// Where and why the JSON parser stopped.
        reason: String,
    },
    /// A field that decides what the message means stands there twice; readers differ in which they take, so neither is taken.
    #[error("the field {field} stands there twice")]
    Duplicate {
        /// The name of the field.
        field: &'static str,
    },
    /// `compressedPayload` stands beside the fields that it should contain.
    #[error("compressedPayload stands beside {field}")]
    MixedForms {
        /// The field beside it.
        field: &'static str,
    },
    /// `compressedPayload` is no base64 text.
    #[error("compressedPayload is no base64 text")]
    NotBase64,
    /// `compressedPayload` is no gzip stream, or a damaged or truncated one.
    #[error("compressedPayload is no whole gzip stream")]
    NotGzip,
    /// There is no `data`, so there is nothing that a signature could cover.
    #[error("there is no data")]
    NoData,
}

/// Why the `data` of a payload is not what its kind of message has. The signature over its bytes can be checked all the same.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gen1DataError {
    /// `data` has another shape, as of another kind of message: for signals it is
    /// `{"vehicle":{"signals":[{"timestamp","name","value"}]}}`.
    #[error("data has another shape: {reason}")]
    Shape {
        /// Where and why the JSON parser stopped.
        reason: String,
    },
    /// There are more signals than the limit.
    #[error("there are more than {limit} signals")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}
