//! X25519 keys: the server's, which lasts, and [`Ephemeral`] ones, which last for one session.

use core::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use super::kdf::Secret;
use crate::digest::write_hex;

/// The public X25519 key of a server, which devices are shipped with or are told by signed configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerPublicKey([u8; 32]);

impl ServerPublicKey {
    /// A key from its 32 bytes (RFC 7748). One that makes no secret is refused when a session begins.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its name in messages: the SHA-256 hash of `DIMO session 1 server key` and the 32 bytes. A signature over the name is
    /// therefore one over the key.
    #[must_use]
    pub fn id(&self) -> ServerKeyId {
        ServerKeyId(
            Sha256::new().chain_update(b"DIMO session 1 server key").chain_update(self.0).finalize().into(),
        )
    }
}

impl fmt::Debug for ServerPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerPublicKey(")?;
        write_hex(f, &self.0)?;
        f.write_str(")")
    }
}

/// Names one key of a server, so that it can have several while it changes them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKeyId(pub(super) [u8; 32]);

impl ServerKeyId {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// `0x` and 64 lower-case hexadecimal digits.
impl fmt::Display for ServerKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for ServerKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKeyId({self})")
    }
}

/// A lasting X25519 key of a server. Wipes itself on drop and does not show itself.
pub struct ServerKey {
    secret: StaticSecret,
    public: ServerPublicKey,
    id: ServerKeyId,
}

impl ServerKey {
    /// A key from 32 bytes of a cryptographic random source, the same ones after every start. The argument is wiped.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let secret = StaticSecret::from(bytes);
        bytes.zeroize();
        let public = ServerPublicKey(PublicKey::from(&secret).to_bytes());
        Self { secret, public, id: public.id() }
    }

    /// What devices know.
    #[must_use]
    pub const fn public_key(&self) -> ServerPublicKey {
        self.public
    }

    /// What openings name.
    #[must_use]
    pub const fn id(&self) -> ServerKeyId {
        self.id
    }

    pub(super) fn agree(&self, theirs: &[u8; 32]) -> Option<Secret> {
        agree(&self.secret, theirs)
    }
}

/// The id, never the key.
impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An X25519 key for one session. Cannot be copied, wipes itself on drop and does not show itself.
pub struct Ephemeral {
    secret: StaticSecret,
    public: [u8; 32],
}

impl Ephemeral {
    /// A key from 32 fresh bytes of a cryptographic random source: of the secure element, best mixed with a local pool. They
    /// must never have been used and never be used again. The argument is wiped; the caller wipes its own copy.
    ///
    /// # Errors
    ///
    /// [`EphemeralError::NotRandom`] when all bytes are equal: the random source is dead.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Result<Self, EphemeralError> {
        let [first, rest @ ..] = &bytes;
        if rest.iter().all(|byte| byte == first) {
            bytes.zeroize();
            return Err(EphemeralError::NotRandom);
        }
        let secret = StaticSecret::from(bytes);
        bytes.zeroize();
        let public = PublicKey::from(&secret).to_bytes();
        Ok(Self { secret, public })
    }

    /// The public half.
    #[must_use]
    pub const fn public_bytes(&self) -> &[u8; 32] {
        &self.public
    }

    pub(super) fn agree(&self, theirs: &[u8; 32]) -> Option<Secret> {
        agree(&self.secret, theirs)
    }
}

/// The public half, never the key.
impl fmt::Debug for Ephemeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ephemeral(")?;
        write_hex(f, &self.public)?;
        f.write_str(")")
    }
}

/// X25519; `None` when the other key contributes nothing (RFC 7748, section 6.1), so that everybody would know the secret.
fn agree(ours: &StaticSecret, theirs: &[u8; 32]) -> Option<Secret> {
    let shared = ours.diffie_hellman(&PublicKey::from(*theirs));
    shared.was_contributory().then(|| Zeroizing::new(shared.to_bytes()))
}

/// Why bytes are no [`Ephemeral`] key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EphemeralError {
    /// All bytes are equal. Do not open a session; the random source has to be mended.
    #[error("32 equal bytes come from no random source")]
    NotRandom,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), 32);
        bytes
    }

    /// RFC 7748, section 6.1.
    #[test]
    fn two_sides_agree_on_the_secret_of_rfc_7748() {
        let alice =
            ServerKey::from_bytes(bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        let bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        let bob = Ephemeral::from_bytes(bob).unwrap();
        assert_eq!(
            alice.public_key().as_bytes(),
            &bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        );
        assert_eq!(
            bob.public_bytes(),
            &bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        );
        let secret = bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(*alice.agree(bob.public_bytes()).unwrap(), secret);
        assert_eq!(*bob.agree(alice.public_key().as_bytes()).unwrap(), secret);
    }

    /// The points of small order, in all forms that X25519 takes.
    #[test]
    fn a_key_that_contributes_nothing_makes_no_secret() {
        let server = ServerKey::from_bytes([7; 32]);
        let mut one = [0; 32];
        one[0] = 1;
        let mut minus_one = [0xFF; 32];
        (minus_one[0], minus_one[31]) = (0xEC, 0x7F);
        let mut zero_again = minus_one;
        zero_again[0] = 0xED;
        let mut one_again = minus_one;
        one_again[0] = 0xEE;
        let order_8 = [
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ];
        let small = [[0; 32], one, minus_one, zero_again, one_again, bytes(order_8[0]), bytes(order_8[1])];
        for mut key in small {
            assert_eq!(server.agree(&key), None);
            // The highest bit is not looked at.
            key[31] |= 0x80;
            assert_eq!(server.agree(&key), None);
        }
        assert!(server.agree(&[9; 32]).is_some());
    }

    #[test]
    fn a_dead_random_source_makes_no_key() {
        for byte in [0, 0xFF, 7] {
            assert_eq!(Ephemeral::from_bytes([byte; 32]).unwrap_err(), EphemeralError::NotRandom);
        }
    }
}
