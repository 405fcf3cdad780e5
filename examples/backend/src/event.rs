//! [`Event`]: what a message came to.

use dimo_types::{Address, RecordId};

use crate::reading::NamedReading;
use crate::refused::Refused;

/// What a message came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A device opened a session.
    Session {
        /// Which.
        device: Address,
        /// The number that its records name.
        session: u16,
    },
    /// A batch that is new: to be stored, and acknowledged.
    Batch {
        /// Of which device.
        device: Address,
        /// Its id.
        id: RecordId,
        /// What is in it.
        readings: Vec<NamedReading>,
        /// The VIN or chassis number, where the batch says it.
        vehicle: Option<String>,
    },
    /// A batch that is stored came again, and is acknowledged again.
    Duplicate {
        /// Of which device.
        device: Address,
        /// Its id.
        id: RecordId,
    },
    /// A batch whose dictionary is missing: the device is asked for it, and sends the batch again.
    NoDictionary {
        /// Of which device.
        device: Address,
    },
    /// A dictionary is stored.
    Dictionary {
        /// Of which device.
        device: Address,
        /// Its entries.
        signals: usize,
    },
    /// A message of today's form.
    Gen1 {
        /// Of which device.
        device: Address,
        /// What is in it, by the names of the vehicle signal specification.
        readings: Vec<NamedReading>,
    },
    /// What else a device has to say, opened.
    Report {
        /// Which device.
        device: Address,
        /// What.
        bytes: Vec<u8>,
    },
    /// A message was not taken.
    Refused {
        /// Why.
        reason: Refused,
        /// Whose topic it came over.
        device: Option<Address>,
    },
}

impl Event {
    /// The device that it is about; `None` for a message over a topic of nobody.
    #[must_use]
    pub const fn device(&self) -> Option<Address> {
        match self {
            Self::Session { device, .. }
            | Self::Batch { device, .. }
            | Self::Duplicate { device, .. }
            | Self::NoDictionary { device }
            | Self::Dictionary { device, .. }
            | Self::Gen1 { device, .. }
            | Self::Report { device, .. } => Some(*device),
            Self::Refused { device, .. } => *device,
        }
    }
}
