//! [`IngestFault`]: what the ingest server would not take, or take for something else.

use alloc::string::String;

use thiserror::Error;

use crate::{Timestamp, TokenId, VehicleNumberError};

/// What the ingest server does with a message or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerResponse {
    /// It takes nothing of the message.
    RejectsMessage,
    /// It keeps the message as it came, and takes no signal, or no event, from it.
    DropsList,
    /// It takes the others, and not this one.
    DropsPart,
    /// It takes it, and whoever reads it is misled. Refused here all the same.
    Misleads,
}

/// One breach of a rule of the ingest server's default module, before or after sending. Each variant is a rule, with the
/// place where it stands: `position` counts from 0, the readings or events of what is written, the entries of
/// `data.signals` or `data.events` of what was received. In brackets stands the package of the network's public
/// repositories `dis` and `model-garage` that has the rule, as of June 2026.
///
/// # Example: a mapping was forgotten
///
/// ```
/// use dimo_types::wire::{IngestFault, ServerResponse};
/// let fault = IngestFault::UnknownSignal { position: 3, name: "Engine.Rpm".into() };
/// assert_eq!(fault.response(), ServerResponse::DropsPart);
/// assert_eq!(fault.to_string(), "signal 3: the network has no signal named Engine.Rpm");
/// ```
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum IngestFault {
    /// `id`, `specversion`, `dataschema`, `dataversion`, `subject` and `producer` consist of letters, digits, space and
    /// `-_/,.:` (dis, cloudeventconvert).
    #[error("{field} has a character that the server does not take")]
    Characters {
        /// The name of the field.
        field: &'static str,
    },
    /// Everything but the data is at most 8192 bytes of JSON (dis, cloudeventconvert).
    #[error("the header has {bytes} bytes, the server takes 8192")]
    HeaderTooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// `datacontenttype` of an event with `data` is `application/json` or absent (dis, cloudeventconvert).
    #[error("datacontenttype is {found}, not application/json")]
    ContentType {
        /// What stands there.
        found: String,
    },
    /// `time` is RFC 3339 (model-garage, defaultmodule). Absent is allowed: the server takes its own clock.
    #[error("time is no RFC 3339 date and time")]
    EventTime,
    /// There is a VIN, a signal or an event. Without any, the type is inferred as unknown, which the server does not take
    /// (model-garage, defaultmodule; dis, cloudeventconvert).
    #[error("there is neither a VIN nor a signal nor an event")]
    NoContent,
    /// `subject` names a vehicle: `did:erc721` or the older `did:nft` (dis, cloudeventconvert). The server stores what is
    /// about anything else without taking signals from it.
    #[error("subject is no did:erc721")]
    Subject,
    /// `producer` is a device: `did:erc721` or the older `did:nft` (dis, cloudeventconvert). The server only writes a
    /// warning to its log.
    #[error("producer is no did:erc721")]
    Producer,
    /// `subject` is not `producer`, and not absent, which means the same (dis, cloudeventconvert): a device has no signals.
    #[error("subject is the producer, not a vehicle")]
    SubjectIsProducer,
    /// The batch is of the vehicle that `subject` names. A rule of this crate: the server knows the subject only.
    #[error("the batch is of vehicle {batch}, the subject is vehicle {subject}")]
    OtherVehicle {
        /// The vehicle of the batch.
        batch: TokenId,
        /// The vehicle of the subject.
        subject: TokenId,
    },
    /// `data` and its lists have the default module's shape; a wrong type in one entry spoils its whole list (model-garage,
    /// defaultmodule).
    #[error("{reason}")]
    Shape {
        /// What is wrong where.
        reason: String,
    },
    /// A timestamp is RFC 3339, of 1970 or later; a wrong one spoils its whole list (model-garage, defaultmodule).
    #[error("{list} {position}: the timestamp is no RFC 3339 date and time")]
    PartTime {
        /// `signal` or `event`.
        list: &'static str,
        /// Which.
        position: usize,
    },
    /// A signal has a timestamp. The server takes one without as of the year 1 (model-garage, defaultmodule).
    #[error("signal {position} has no timestamp")]
    NoSignalTime {
        /// Which.
        position: usize,
    },
    /// An event has a timestamp (model-garage, defaultmodule).
    #[error("event {position} has no timestamp")]
    NoEventTime {
        /// Which.
        position: usize,
    },
    /// The name of a signal is in the catalogue, in this very spelling (model-garage, defaultmodule). Map it, or leave it
    /// out.
    #[error("signal {position}: the network has no signal named {name}")]
    UnknownSignal {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A signal has a value: neither `null`, nor infinite or not a number, for which JSON has no word (model-garage,
    /// defaultmodule).
    #[error("signal {position}: {name} has no value")]
    NoValue {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A number signal has a number or a text that is one; states are 0 and 1, not `true` and `false` (model-garage,
    /// defaultmodule).
    #[error("signal {position}: {name} is no number")]
    NotANumber {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A number fits 64 bits of floating point; a larger one spoils the whole list (model-garage, defaultmodule).
    #[error("signal {position}: {name} is too large a number")]
    NumberTooLarge {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A text signal has a text, never a number (model-garage, defaultmodule).
    #[error("signal {position}: {name} is no text")]
    NotAText {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A position is an object of numbers (model-garage, defaultmodule).
    #[error("signal {position}: {name} is no position")]
    NotALocation {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// The values of a list signal are one text with a JSON array of texts (model-garage, schema). The server takes any
    /// text.
    #[error("signal {position}: {name} is no JSON array of texts")]
    NotAList {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// The dictionary's unit converts to the catalogue's (model-garage, schema). Units are not sent, so the server cannot
    /// know.
    #[error("signal {position}: {name} is in {from:?}, which is no {to}")]
    Unit {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
        /// The dictionary's unit; empty when it has none.
        from: String,
        /// The catalogue's unit.
        to: &'static str,
    },
    /// A position is not 0, 0, which a receiver without a fix reports (dis, signalconvert). The server drops that where
    /// latitude and longitude come as two signals, and takes it as one position.
    #[error("signal {position}: {name} is 0, 0")]
    Origin {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A position is on the globe. A rule of this crate: the server takes any numbers.
    #[error("signal {position}: {name} is not on the globe")]
    OffGlobe {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// A signal is at most five minutes ahead of the server's clock (dis, signalconvert): the device's clock is wrong.
    #[error("signal {position}: {name} at {time} lies in the future")]
    Future {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
        /// When it says it was read.
        time: Timestamp,
    },
    /// A signal has one value at a time (dis, signalconvert): the server keeps one of several, whichever it is.
    #[error("signal {position}: {name} has two values at one time")]
    DuplicateSignal {
        /// Which, the later one.
        position: usize,
        /// Its name.
        name: String,
    },
    /// The name of an event is one of [`VehicleEventName`](crate::VehicleEventName) (model-garage, defaultmodule).
    #[error("event {position}: the network has no event named {name}")]
    UnknownEvent {
        /// Which.
        position: usize,
        /// Its name.
        name: String,
    },
    /// The metadata of an event is a text that holds JSON (model-garage, defaultmodule).
    #[error("event {position}: the metadata is no JSON")]
    Metadata {
        /// Which.
        position: usize,
    },
    /// The tags of an event are in lower case (model-garage, defaultmodule).
    #[error("event {position}: the tag {tag} is not in lower case")]
    Tag {
        /// Which.
        position: usize,
        /// The tag.
        tag: String,
    },
    /// A VIN is one, or a chassis number of the Japanese market (dis, fingerprintvalidate). The server forgets a
    /// fingerprint with another one and says so nowhere.
    #[error("vin: {0}")]
    VehicleNumber(#[source] VehicleNumberError),
}

impl IngestFault {
    /// What the server does about it.
    #[must_use]
    pub const fn response(&self) -> ServerResponse {
        match self {
            Self::Characters { .. }
            | Self::HeaderTooLarge { .. }
            | Self::ContentType { .. }
            | Self::EventTime
            | Self::NoContent => ServerResponse::RejectsMessage,
            Self::Subject
            | Self::SubjectIsProducer
            | Self::Shape { .. }
            | Self::PartTime { .. }
            | Self::NumberTooLarge { .. } => ServerResponse::DropsList,
            Self::NoEventTime { .. }
            | Self::UnknownSignal { .. }
            | Self::NoValue { .. }
            | Self::NotANumber { .. }
            | Self::NotAText { .. }
            | Self::NotALocation { .. }
            | Self::Future { .. }
            | Self::DuplicateSignal { .. }
            | Self::UnknownEvent { .. }
            | Self::Metadata { .. }
            | Self::Tag { .. }
            | Self::VehicleNumber(_) => ServerResponse::DropsPart,
            Self::Producer
            | Self::OtherVehicle { .. }
            | Self::NoSignalTime { .. }
            | Self::NotAList { .. }
            | Self::Unit { .. }
            | Self::Origin { .. }
            | Self::OffGlobe { .. } => ServerResponse::Misleads,
        }
    }
}
