//! [`Offer`]: what a phone begins a handshake with, and what both sides make of it (SPEC.md, Handshakes).

use crate::{Basis, Handshake, HandshakeError, NoiseKey, PreSharedKey, PublicKey, Side, Slot, Versions};

/// Bytes of the first Noise message, its payload empty: an ephemeral key and a tag.
const FIRST_LEN: usize = 48;
/// Bytes of the third one: a static key and its tag, and the tag of nothing.
pub(crate) const THIRD_LEN: usize = 64;
/// Bytes of the payload of the second message.
pub(crate) const CHOICE_LEN: usize = 3;
const NAME: &[u8; 9] = b"DIMO-PAIR";

/// The header of a first message: what a phone offers, and by what it wants in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) basis: Basis,
    pub(crate) versions: Versions,
    /// Where the device keeps the phone; of no meaning unless it resumes.
    pub(crate) slot: Slot,
}

impl Offer {
    /// Takes the header from a first message without its first byte; `None` for any other message.
    pub(crate) fn split(basis: Basis, message: &[u8]) -> Option<(Self, &[u8])> {
        let (header, noise) = message.split_at_checked(message.len().checked_sub(FIRST_LEN)?)?;
        let (range, slot) = match (basis, header) {
            (Basis::Label | Basis::Pin, [lowest, highest]) => ([*lowest, *highest], Slot::new(0)),
            (Basis::Slot, [lowest, highest, slot]) => ([*lowest, *highest], Slot::new(*slot)),
            _ => return None,
        };
        Some((Self { basis, versions: Versions::new(range[0], range[1])?, slot }, noise))
    }

    /// The header in full: the packet's first byte, the versions, and the slot, which only a resumption has.
    pub(crate) const fn header(&self) -> ([u8; 4], usize) {
        let header = [self.basis.byte(), self.versions.lowest(), self.versions.highest(), self.slot.number()];
        let len = match self.basis {
            Basis::Slot => 4,
            Basis::Label | Basis::Pin => 3,
        };
        (header, len)
    }

    /// The handshake that both sides begin with this offer. `peer` is known only where it resumes.
    pub(crate) fn handshake(
        &self,
        side: Side,
        own: NoiseKey,
        ephemeral: NoiseKey,
        peer: Option<PublicKey>,
        secret: &PreSharedKey,
    ) -> Result<Handshake, HandshakeError> {
        let (header, len) = self.header();
        let mut prologue = [0; NAME.len() + 4];
        let (name, rest) = prologue.split_at_mut(NAME.len());
        name.copy_from_slice(NAME);
        rest.copy_from_slice(&header);
        let prologue = prologue.get(..NAME.len() + len).unwrap_or_default();
        match peer {
            Some(peer) => Handshake::resume(side, prologue, own, ephemeral, peer, secret),
            None => Handshake::first(side, prologue, own, ephemeral, secret),
        }
    }
}

/// The payload of the second message: what the device chose, and from what.
pub(crate) const fn choice(chosen: u8, range: Versions) -> [u8; CHOICE_LEN] {
    [chosen, range.lowest(), range.highest()]
}

/// Whether a device's choice is the highest version that both speak: `None` when it is not, since somebody wants less then.
pub(crate) fn accepted(payload: &[u8], offered: Versions) -> Option<u8> {
    let [chosen, lowest, highest] = *payload else { return None };
    let common = Versions::new(lowest, highest)?.highest_common(offered)?;
    (chosen == common).then_some(chosen)
}
