//! [`Suite`]: which primitives a session is made of.

/// Which primitives a session is made of. The device names it in what it signs, and nobody proposes another: a server that does
/// not have it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suite {
    /// X25519, HKDF-SHA256, ChaCha20-Poly1305, signed over secp256k1: number 1.
    X25519Sha256ChaChaPoly,
}

impl Suite {
    /// Its number in messages.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::X25519Sha256ChaChaPoly => 1,
        }
    }

    /// The suite of a number; `None` when this version of the crate does not have it.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::X25519Sha256ChaChaPoly),
            _ => None,
        }
    }
}
