//! [`Stage`]: how far a device and the phone at the other end of the link have come.

use dimo_types::Timestamp;

use crate::memory::Granted;
use crate::packet::{SEALED_HEADER_LEN, sealed_header};
use crate::wire::{PacketBuffer, Wire};
use crate::{Basis, Handshake, JobId, PACKET_MAX, Slot, Transport};

/// How far both have come.
#[expect(clippy::large_enum_variant, reason = "there is one of it, and no heap")]
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing yet.
    Stranger,
    #[cfg(feature = "pin")]
    /// In the PIN exchange, or through it and at the beginning of the handshake.
    Pin(super::pin::PinStage),
    /// The second message of a handshake is out.
    Handshake { state: Handshake, basis: Basis, until: Timestamp },
    /// Keys are agreed.
    Session(Session),
}

/// What there is while keys are agreed.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) transport: Transport,
    /// The wallet is at work on the device's proof.
    pub(super) proof: Option<Proof>,
    /// What the phone may do; `None` before its grant.
    pub(super) granted: Option<(Granted, Slot)>,
    /// Whether the last request came in it.
    pub(super) asked: bool,
    /// When it ends unless something comes.
    pub(super) until: Timestamp,
}

/// A device's proof on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    pub(super) job: JobId,
    pub(super) handed_out: bool,
    pub(super) until: Timestamp,
}

impl Stage {
    pub(super) const fn session(&self) -> Option<&Session> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }

    pub(super) const fn session_mut(&mut self) -> Option<&mut Session> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }

    /// When it ends unless something comes.
    pub(super) fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Stranger => None,
            #[cfg(feature = "pin")]
            Self::Pin(pin) => Some(pin.until()),
            Self::Handshake { until, .. } => Some(*until),
            Self::Session(session) => {
                let proof = session.proof.map(|proof| proof.until);
                Some(proof.map_or(session.until, |proof| proof.min(session.until)))
            }
        }
    }
}

impl Session {
    /// Seals `message` and sends it. A session that has used all its numbers sends nothing more and ends by its time.
    pub(super) fn send(&mut self, wire: &mut Wire, message: &[u8]) {
        let mut sealed: PacketBuffer = [0; PACKET_MAX];
        let room = sealed.get_mut(SEALED_HEADER_LEN..).unwrap_or_default();
        if let Ok((number, sealed)) = self.transport.seal(message, room) {
            wire.send(&[&sealed_header(number), sealed]);
        }
    }
}
