//! [`Wire`]: packets over one link, one at a time each way.

use crate::{FragmentBuffer, FragmentError, Fragmenter, Mtu, PACKET_MAX, Reassembler};

/// Room for one packet.
pub(crate) type PacketBuffer = [u8; PACKET_MAX];

/// The two halves of a link, each with one packet on its way.
#[derive(Debug)]
pub(crate) struct Wire {
    mtu: Mtu,
    inbox: Reassembler<PACKET_MAX>,
    outbox: Fragmenter<PACKET_MAX>,
}

impl Wire {
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

    /// Takes a fragment; a copy of the packet when it is whole.
    pub(crate) fn receive<'b>(
        &mut self,
        fragment: &[u8],
        buffer: &'b mut PacketBuffer,
    ) -> Result<Option<&'b [u8]>, FragmentError> {
        Ok(self.inbox.push(fragment)?.and_then(|packet| {
            let room = buffer.get_mut(..packet.len())?;
            room.copy_from_slice(packet);
            Some(&*room)
        }))
    }

    pub(crate) fn drop_received(&mut self) {
        self.inbox.clear();
    }

    /// Sends the pieces as one packet; what is left of the one before is given up. A packet longer than [`PACKET_MAX`] is none
    /// of ours.
    pub(crate) fn send(&mut self, pieces: &[&[u8]]) {
        let loaded = self.outbox.load_pieces(pieces);
        debug_assert!(loaded.is_ok(), "every packet of this protocol fits");
    }

    /// Sends a message of the PIN exchange.
    #[cfg(feature = "pin")]
    pub(crate) fn send_pin(&mut self, message: &crate::pin_packet::PinPacket<'_>) {
        let (first, field, last) = message.pieces();
        self.send(&[&first, field, last]);
    }

    /// Sends the last packet once more.
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
