//! [`Handshake`] and [`Transport`]: the Noise protocol (revision 34) between a phone, which begins, and a device.

use clatter::NqHandshakeCore;
use clatter::handshakepattern::HandshakePattern;
use clatter::traits::Handshaker;
use thiserror::Error;
use zeroize::Zeroize as _;

mod key;
mod pattern;
mod suite;
#[cfg(test)]
mod tests;
mod transport;

pub use key::{NoiseKey, PreSharedKey, PublicKey};
use suite::{ChaChaPoly, NoRandomness, Sha256, X25519};
pub use transport::{OpenError, SealError, Transport};

/// Bytes that the seal of a message adds.
pub const SEAL_LEN: usize = suite::TAG_LEN;

type State = NqHandshakeCore<X25519, ChaChaPoly, Sha256, NoRandomness>;

/// Which side one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a handshake has two sides")]
pub enum Side {
    /// The phone, which begins.
    Phone,
    /// The device.
    Device,
}

/// A handshake as it goes on: `Noise_XXpsk0_25519_ChaChaPoly_SHA256` with the secret of the label, or
/// `Noise_KKpsk0_25519_ChaChaPoly_SHA256` between two that know each other.
///
/// - Getters: [`is_write_turn`](Self::is_write_turn), [`is_done`](Self::is_done).
/// - [`write`](Self::write) and [`read`](Self::read) in turn, the phone first; a first handshake has three messages, one that resumes two.
/// - [`finish`](Self::finish) when it is done. After an error it is over: begin another one, with another ephemeral key.
///
/// No heap and no randomness: whoever begins one brings an ephemeral key. About 0.7 KB of state.
///
/// # Example: a phone meets a device whose label it has read
///
/// ```
/// use dimo_pairing::{Handshake, NoiseKey, PreSharedKey, Side};
/// # let [phone_key, phone_once, device_key, device_once, label] = [[1; 32], [2; 32], [3; 32], [4; 32], [5; 32]];
/// # let secret = || PreSharedKey::from_bytes(label);
/// let (own, once) = (NoiseKey::from_bytes(phone_key), NoiseKey::from_bytes(phone_once));
/// let mut phone = Handshake::first(Side::Phone, b"version 1", own, once, &secret())?;
/// let (own, once) = (NoiseKey::from_bytes(device_key), NoiseKey::from_bytes(device_once));
/// let mut device = Handshake::first(Side::Device, b"version 1", own, once, &secret())?;
///
/// let (mut message, mut payload) = ([0; 128], [0; 128]);
/// for turn in 0..3 {
///     let (from, to) = if turn % 2 == 0 { (&mut phone, &mut device) } else { (&mut device, &mut phone) };
///     let sent = from.write(b"", &mut message)?;
///     assert_eq!(to.read(sent, &mut payload)?, b"");
/// }
/// let (mut phone, mut device) = (phone.finish()?, device.finish()?);
/// assert_eq!(phone.hash(), device.hash());
///
/// let (number, sealed) = phone.seal(b"who are you?", &mut message)?;
/// assert_eq!(device.open(number, sealed, &mut payload)?, b"who are you?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Example: without the secret of the label nobody gets beyond the first message
///
/// ```
/// use dimo_pairing::{Handshake, HandshakeError, NoiseKey, PreSharedKey, Side};
/// # let key = |seed| NoiseKey::from_bytes([seed; 32]);
/// let (guess, label) = (PreSharedKey::from_bytes([0; 32]), PreSharedKey::from_bytes([5; 32]));
/// let mut stranger = Handshake::first(Side::Phone, b"", key(1), key(2), &guess)?;
/// let mut device = Handshake::first(Side::Device, b"", key(3), key(4), &label)?;
/// let (mut message, mut payload) = ([0; 64], [0; 64]);
/// let sent = stranger.write(b"", &mut message)?;
/// assert_eq!(device.read(sent, &mut payload), Err(HandshakeError::Refused));
/// # Ok::<(), HandshakeError>(())
/// ```
pub struct Handshake {
    state: State,
}

impl Handshake {
    /// A handshake with a side not met before, by the secret of the label. `prologue` is what both must have seen alike before it: the
    /// versions offered.
    ///
    /// # Errors
    ///
    /// [`HandshakeError`], though there is nothing here that could be refused.
    pub fn first(
        side: Side,
        prologue: &[u8],
        own: NoiseKey,
        ephemeral: NoiseKey,
        label: &PreSharedKey,
    ) -> Result<Self, HandshakeError> {
        Self::begin(pattern::xx_psk0()?, side, prologue, own, ephemeral, None, label)
    }

    /// A handshake with a side whose public key is known, by the secret that the first one left.
    ///
    /// # Errors
    ///
    /// As [`first`](Self::first).
    pub fn resume(
        side: Side,
        prologue: &[u8],
        own: NoiseKey,
        ephemeral: NoiseKey,
        peer: PublicKey,
        secret: &PreSharedKey,
    ) -> Result<Self, HandshakeError> {
        Self::begin(pattern::kk_psk0()?, side, prologue, own, ephemeral, Some(peer), secret)
    }

    fn begin(
        pattern: HandshakePattern,
        side: Side,
        prologue: &[u8],
        own: NoiseKey,
        ephemeral: NoiseKey,
        peer: Option<PublicKey>,
        secret: &PreSharedKey,
    ) -> Result<Self, HandshakeError> {
        let peer = peer.map(|key| *key.as_bytes());
        let (own, ephemeral) = (Some(own.0), Some(ephemeral.0));
        let mut state = State::new(pattern, prologue, side == Side::Phone, own, ephemeral, peer, None)?;
        state.push_psk(secret.as_slice());
        Ok(Self { state })
    }

    /// Whether the next message is this side's.
    #[must_use]
    pub fn is_write_turn(&self) -> bool {
        !self.is_done() && self.state.is_write_turn()
    }

    /// Whether every message is written and read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state.is_finished()
    }

    /// Writes the next message, with `payload` in it, to the beginning of `out`.
    ///
    /// The payload of a first handshake's first message is sealed by the secret of the label alone: nothing private belongs in it.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::Turn`], [`HandshakeError::Room`].
    pub fn write<'o>(&mut self, payload: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], HandshakeError> {
        let room = payload.len().checked_add(self.overhead()?).ok_or(HandshakeError::Room)?;
        let out = out.get_mut(..room).ok_or(HandshakeError::Room)?;
        if !self.is_write_turn() {
            return Err(HandshakeError::Turn);
        }
        let len = self.state.write_message(payload, out)?;
        Ok(out.get(..len).unwrap_or_default())
    }

    /// Reads the next message of the other side, and writes its payload to the beginning of `out`.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::Refused`] for a message that was not written by somebody with the same secrets, or was changed on its way;
    /// [`HandshakeError::Turn`], [`HandshakeError::Room`]. The last two change nothing.
    pub fn read<'o>(&mut self, message: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], HandshakeError> {
        if self.is_done() || self.is_write_turn() {
            return Err(HandshakeError::Turn);
        }
        let len = message.len().checked_sub(self.overhead()?).ok_or(HandshakeError::Refused)?;
        let out = out.get_mut(..len).ok_or(HandshakeError::Room)?;
        if message.len() > clatter::constants::MAX_MESSAGE_LEN {
            return Err(HandshakeError::Refused);
        }
        let len = self.state.read_message(message, out).inspect_err(|_| out.zeroize())?;
        Ok(out.get(..len).unwrap_or_default())
    }

    /// What the next message is longer than its payload.
    fn overhead(&self) -> Result<usize, HandshakeError> {
        if self.is_done() { Err(HandshakeError::Turn) } else { Ok(self.state.get_next_message_overhead()?) }
    }

    /// The keys that the handshake has made.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::Turn`] before it is done.
    pub fn finish(self) -> Result<Transport, HandshakeError> {
        let peer = self.state.get_remote_static().map(PublicKey::new).ok_or(HandshakeError::Turn)?;
        let side = if self.state.is_initiator() { Side::Phone } else { Side::Device };
        let state = self.state.finalize()?;
        let hash = *state.get_handshake_hash();
        let keys = state.take();
        let [(up, _), (down, _)] = [keys.initiator_to_responder.take(), keys.responder_to_initiator.take()];
        let (sending, receiving) = match side {
            Side::Phone => (up, down),
            Side::Device => (down, up),
        };
        Ok(Transport::new(sending, receiving, hash, peer))
    }
}

impl core::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Handshake").field("is_done", &self.is_done()).finish_non_exhaustive()
    }
}

/// Why a handshake refuses. It says no more than a stranger may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// Not written by the other side, or changed on its way. A handshake is over; begin another.
    #[error("the message is not the other side's")]
    Refused,
    /// It is the other side's turn, or the handshake is done, or not done yet.
    #[error("out of turn")]
    Turn,
    /// The buffer is too small for what is to be written, or the message longer than 65,535 bytes.
    #[error("there is too little room")]
    Room,
    /// An earlier error has ended it.
    #[error("it is over")]
    Over,
}

impl From<clatter::error::HandshakeError> for HandshakeError {
    fn from(error: clatter::error::HandshakeError) -> Self {
        use clatter::error::HandshakeError as E;
        match error {
            E::InvalidState => Self::Turn,
            E::BufferTooSmall => Self::Room,
            E::ErrorState => Self::Over,
            _ => Self::Refused,
        }
    }
}
