//! [`MessageError`]: why bytes are no message.

use thiserror::Error;

use crate::message::WifiNameError;
use crate::{Refusal, TextError};

/// Why bytes are no message. Nothing of it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MessageError {
    /// It ends before its fields do.
    #[error("the message ends before its fields do")]
    Truncated,
    /// It goes on behind its fields.
    #[error("{extra} bytes behind the fields of the message")]
    Trailing {
        /// How many bytes.
        extra: usize,
    },
    /// It is longer than any message: the other side has a fault.
    #[error("a message of {len} bytes")]
    TooLong {
        /// Its length.
        len: usize,
    },
    /// Of a kind this side does not know: the other side is newer, or sent an answer for a request.
    #[error("a message of unknown kind {kind:#04x}")]
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// A field has a value that it cannot have in this version.
    #[error("{field:?} cannot be {value}")]
    Value {
        /// The field.
        field: Field,
        /// What it holds.
        value: u16,
    },
    /// A text field holds what no text may, or has the wrong length.
    #[error("a text field: {0}")]
    Text(#[from] TextError),
    /// A field with the name of a Wi-Fi network has the wrong length.
    #[error(transparent)]
    WifiName(#[from] WifiNameError),
    /// A chunk of an upload without a byte, or with more than a message takes.
    #[error("a chunk of {len} bytes")]
    Chunk {
        /// How many it has.
        len: usize,
    },
    /// A range of versions that ends before it begins.
    #[error("the versions {lowest} to {highest} are no range")]
    Versions {
        /// The lowest, as sent.
        lowest: u8,
        /// The highest, as sent.
        highest: u8,
    },
    /// 65 bytes that are no signature: not on the curve, of high s, or with another v than 27 or 28.
    #[error("bytes that are no signature")]
    Signature,
    /// A text that is neither a VIN nor a chassis number, or is in lower case.
    #[error("a text that is no VIN")]
    Vin,
    /// A text that is no IMSI: not 6 to 15 digits.
    #[error("a text that is no IMSI")]
    Imsi,
    /// What must be confirmed was not: the four bytes are others.
    #[error("the confirmation is not there")]
    Confirmation,
    /// Lines of a log that have a character which is neither printable ASCII nor a tab, or a last line without an end.
    #[error("bytes that are no lines of a log")]
    LogLines,
    /// A device proof under a request id: nobody asks for it, so its id is 0.
    #[error("a device proof under the request id {id}")]
    ProofId {
        /// The id, as sent.
        id: u16,
    },
}

impl MessageError {
    /// What a device answers to a request that it cannot read (SPEC.md, "Reasons of a refusal").
    #[must_use]
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::UnknownKind { .. } => Refusal::UnknownRequest,
            Self::Value { field: Field::Role, .. } => Refusal::RoleForbids,
            // The one request with a signature is the grant.
            Self::Signature => Refusal::GrantSignature,
            _ => Refusal::Malformed,
        }
    }
}

/// A field of a message that has few values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The form of a grant: 1 or 2.
    GrantForm,
    /// The role of a grant: 1 to 3.
    Role,
    /// Where a VIN comes from: 0 or 1.
    VinSource,
    /// How a vehicle's diagnostic bus speaks: 1 to 10.
    VehicleProtocol,
    /// How a trouble code stands: 0 to 2.
    TroubleStatus,
    /// A trouble code: not 0.
    TroubleCode,
    /// How many there are in all: not fewer than are listed.
    Total,
    /// How a Wi-Fi network is secured: 0 to 3, and to join it 0 to 2.
    WifiSecurity,
    /// The state of Wi-Fi: 0 to 6.
    WifiState,
    /// The signal of Wi-Fi: 0 unless joined.
    WifiSignal,
    /// The state of the modem: 0 to 5.
    CellularState,
    /// The state of an update: 0 to 5.
    FirmwareState,
    /// What of an offered firmware is wanted: 0 to 3.
    FirmwareWanted,
    /// A share of the whole: 0 to 100.
    Percent,
    /// For how long a device stays awake: 0 to 900 s.
    SleepHold,
    /// What is uploaded: 1 to 4.
    UploadKind,
}
