//! [`Stage`]: how far a phone and the device at the other end of the link have come.

use dimo_types::Address;

use crate::packet::{SEALED_HEADER_LEN, sealed_header};
use crate::wire::{PacketBuffer, Wire};
use crate::{Basis, Handshake, PACKET_MAX, Transport, Versions};

/// How far both have come.
#[expect(clippy::large_enum_variant, reason = "there is one of it, and no heap")]
#[derive(Debug)]
pub(super) enum Stage {
    /// No session.
    Apart,
    #[cfg(feature = "pin")]
    /// In the PIN exchange.
    Pin(super::pin::PinStage),
    /// The first message of a handshake is out.
    Offered { state: Handshake, resumes: Option<Address>, offered: Versions, basis: Basis },
    /// Keys are agreed; the device has not proven itself yet.
    Unproven(Transport),
    /// The device is who it says; nothing is granted yet.
    Proven { transport: Transport, device: Address },
    /// Requests may be made.
    Open { transport: Transport, device: Address },
}

impl Stage {
    /// The keys, when the device at the other end has proven itself.
    pub(super) const fn transport(&self) -> Option<&Transport> {
        match self {
            Self::Proven { transport, .. } | Self::Open { transport, .. } => Some(transport),
            _ => None,
        }
    }

    /// The keys, whoever is at the other end.
    pub(super) const fn transport_mut(&mut self) -> Option<&mut Transport> {
        match self {
            Self::Unproven(transport) | Self::Proven { transport, .. } | Self::Open { transport, .. } => {
                Some(transport)
            }
            _ => None,
        }
    }

    pub(super) const fn device(&self) -> Option<Address> {
        match self {
            Self::Proven { device, .. } | Self::Open { device, .. } => Some(*device),
            _ => None,
        }
    }

    /// Something was granted: requests may be made.
    pub(super) fn open(&mut self) {
        *self = match core::mem::replace(self, Self::Apart) {
            Self::Proven { transport, device } => Self::Open { transport, device },
            other => other,
        };
    }

    /// A command has failed: a handshake that was under way is over, a session goes on.
    pub(super) fn fall_back(&mut self) {
        if self.transport().is_none() {
            *self = Self::Apart;
        }
    }

    /// Seals `message` and sends it.
    pub(super) fn send(&mut self, wire: &mut Wire, message: &[u8]) {
        let Some(transport) = self.transport_mut() else { return };
        let mut sealed: PacketBuffer = [0; PACKET_MAX];
        let room = sealed.get_mut(SEALED_HEADER_LEN..).unwrap_or_default();
        if let Ok((number, sealed)) = transport.seal(message, room) {
            wire.send(&[&sealed_header(number), sealed]);
        }
    }
}
