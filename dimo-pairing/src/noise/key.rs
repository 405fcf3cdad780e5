//! Keys and secrets of a handshake.

use core::fmt;

use clatter::KeyPair;
use clatter::bytearray::ByteArray;
use clatter::traits::Dh;

use super::suite::{Secret, X25519};

/// A public X25519 key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// A key from its 32 bytes (RFC 7748). One that makes no secret is refused in the handshake.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// An X25519 key pair: a side's own, which lasts, or an ephemeral one, which is given to one handshake and to no other. Wipes itself on
/// drop and does not show itself.
///
/// # Example: from 32 random bytes
///
/// ```
/// use dimo_pairing::NoiseKey;
/// # let random = [0x77; 32];
/// let key = NoiseKey::from_bytes(random);
/// assert!(!format!("{key:?}").contains("77"));
/// ```
#[derive(Clone)]
pub struct NoiseKey(pub(super) KeyPair<[u8; 32], Secret>);

impl NoiseKey {
    /// A key pair from the 32 bytes of the secret one. They must come from a generator fit for keys.
    #[must_use]
    pub fn from_bytes(secret: [u8; 32]) -> Self {
        let secret = Secret::new(secret);
        Self(KeyPair { public: X25519::pubkey(&secret), secret })
    }

    /// The public key.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        PublicKey(self.0.public)
    }
}

/// The public key alone.
impl fmt::Debug for NoiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NoiseKey").field(&self.public()).finish()
    }
}

/// A secret that both sides have before the handshake: from the label of the device, or of an earlier session. Wipes itself on drop and
/// does not show itself.
#[derive(Clone)]
pub struct PreSharedKey(Secret);

impl PreSharedKey {
    /// A secret of 32 bytes, all of them random.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Its bytes, to be kept as the secret that they are.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for PreSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreSharedKey")
    }
}
