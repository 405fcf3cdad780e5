//! [`Refusal`]: why a frame did not pass.

use core::fmt::Debug;

use dimo_types::CanId;
use thiserror::Error;

use crate::can::{Error, ErrorKind};

/// Why a frame was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The guard is in listen-only mode. See [`TransmitGuard::set_mode`](super::TransmitGuard::set_mode).
    #[error("the device only listens")]
    ListenOnly,
    /// The vehicle moves, or nobody has said that it stands.
    #[error("the vehicle moves")]
    Driving,
    /// No request has this identifier.
    #[error("no request has the identifier {id}")]
    Identifier {
        /// The identifier.
        id: CanId,
    },
    /// A remote, error or CAN FD frame.
    #[error("only classic data frames are sent")]
    Kind,
    /// It is no frame of ISO 15765-2, or its length is not that of its service.
    #[error("the frame is not formed as its service asks")]
    Malformed,
    /// The service does not only read.
    #[error("service {service:#04X} does not only read")]
    Service {
        /// Its number.
        service: u8,
    },
    /// Trouble codes are cleared with a permission only. See [`TransmitGuard::permit_clear`](super::TransmitGuard::permit_clear).
    #[error("clearing trouble codes was not permitted")]
    NotPermitted,
    /// A consecutive frame without the first one, out of turn, or beyond the length announced.
    #[error("the frame does not continue a message that was let through")]
    Transfer,
    /// The device has had its share of the bus. Wait.
    #[error("the device has had its share of the bus")]
    Load,
}

/// How often each reason was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RefusalCounts {
    /// [`Refusal::ListenOnly`].
    pub listen_only: u32,
    /// [`Refusal::Driving`].
    pub driving: u32,
    /// [`Refusal::Identifier`].
    pub identifier: u32,
    /// [`Refusal::Kind`].
    pub kind: u32,
    /// [`Refusal::Malformed`].
    pub malformed: u32,
    /// [`Refusal::Service`].
    pub service: u32,
    /// [`Refusal::NotPermitted`].
    pub not_permitted: u32,
    /// [`Refusal::Transfer`].
    pub transfer: u32,
    /// [`Refusal::Load`].
    pub load: u32,
}

impl RefusalCounts {
    pub(super) const fn count(&mut self, refusal: Refusal) {
        let count = match refusal {
            Refusal::ListenOnly => &mut self.listen_only,
            Refusal::Driving => &mut self.driving,
            Refusal::Identifier { .. } => &mut self.identifier,
            Refusal::Kind => &mut self.kind,
            Refusal::Malformed => &mut self.malformed,
            Refusal::Service { .. } => &mut self.service,
            Refusal::NotPermitted => &mut self.not_permitted,
            Refusal::Transfer => &mut self.transfer,
            Refusal::Load => &mut self.load,
        };
        *count = count.saturating_add(1);
    }
}

/// Why a guarded frame was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GuardError<E: Debug> {
    /// The guard did not let it pass.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The controller failed.
    #[error("the controller failed: {0:?}")]
    Bus(E),
}

impl<E: Error> Error for GuardError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(Refusal::ListenOnly) => ErrorKind::ListenOnly,
            Self::Refused(_) => ErrorKind::Refused,
            Self::Bus(error) => error.kind(),
        }
    }
}
