//! [`Channel`]: messages over one link, the floor on which both machines stand.
//!
//! Framing is below it, messages above it; what protects them belongs here and nowhere else.

use thiserror::Error;

use crate::{
    Envelope, EnvelopeError, FragmentBuffer, FragmentError, Fragmenter, MESSAGE_MAX, MessageError, Mtu,
    PACKET_MAX, Reassembler,
};

/// One message at a time each way.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    mtu: Mtu,
    inbox: Reassembler<PACKET_MAX>,
    outbox: Fragmenter<PACKET_MAX>,
}

impl Channel {
    pub(crate) const fn new() -> Self {
        Self { mtu: Mtu::MIN, inbox: Reassembler::new(), outbox: Fragmenter::new() }
    }

    pub(crate) const fn set_mtu(&mut self, mtu: Mtu) {
        self.mtu = mtu;
    }

    /// Forgets everything of the link: the next one begins at the smallest MTU.
    pub(crate) fn reset(&mut self) {
        self.mtu = Mtu::MIN;
        self.inbox.clear();
        self.outbox.clear();
    }

    /// Takes a fragment; a message when it is whole.
    pub(crate) fn receive(&mut self, fragment: &[u8]) -> Result<Option<&[u8]>, ReceiveError> {
        match self.inbox.push(fragment)? {
            None => Ok(None),
            Some(packet) => {
                let Envelope::Open(message) = Envelope::parse(packet)?;
                Ok(Some(message))
            }
        }
    }

    pub(crate) fn drop_received(&mut self) {
        self.inbox.clear();
    }

    /// Sends `message`; what is left of the one before is abandoned.
    pub(crate) fn send(&mut self, message: &[u8]) {
        let mut packet = [0; 1 + MESSAGE_MAX];
        if let Some((kind, body)) = packet.split_first_mut() {
            *kind = Envelope::OPEN;
            if let Some(room) = body.get_mut(..message.len()) {
                room.copy_from_slice(message);
            }
        }
        // A message has at most MESSAGE_MAX bytes, so both lengths hold.
        let packet = packet.get(..1 + message.len()).unwrap_or_default();
        let _ = self.outbox.load(packet);
    }

    pub(crate) fn send_again(&mut self) {
        self.outbox.rewind();
    }

    pub(crate) fn drop_unsent(&mut self) {
        self.outbox.clear();
    }

    pub(crate) fn poll_transmit<'b>(&mut self, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.outbox.next_fragment(self.mtu, buffer)
    }
}

/// Why bytes from the link were dropped without an answer: there was no request to answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The fragment was wrong, and its packet is dropped.
    #[error(transparent)]
    Fragment(#[from] FragmentError),
    /// The packet came whole, with a protection this side has not.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The message is shorter than its header.
    #[error("no message: {0}")]
    Message(#[from] MessageError),
}

impl ReceiveError {
    /// The ATT application error with which a device rejects the write, 0x80 to 0x86 (SPEC.md, Errors).
    #[must_use]
    pub const fn att_error(&self) -> u8 {
        match self {
            Self::Fragment(error) => error.att_error(),
            Self::Envelope(_) => 0x85,
            Self::Message(_) => 0x86,
        }
    }
}
