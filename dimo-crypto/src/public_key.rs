//! [`PublicKey`]: a point of secp256k1, and the account it owns.

use core::fmt;

use dimo_types::Address;
use k256::elliptic_curve::sec1::ToSec1Point;
use thiserror::Error;

use crate::digest::write_hex;
use crate::keccak256;

/// A public key: a point on secp256k1, checked when it is made.
///
/// # Example: the address of a device
///
/// ```
/// use dimo_crypto::PublicKey;
/// let compressed = [
///     0x02, 0x79, 0xBE, 0x66, 0x7E, 0xF9, 0xDC, 0xBB, 0xAC, 0x55, 0xA0, 0x62, 0x95, 0xCE, 0x87, 0x0B, 0x07,
///     0x02, 0x9B, 0xFC, 0xDB, 0x2D, 0xCE, 0x28, 0xD9, 0x59, 0xF2, 0x81, 0x5B, 0x16, 0xF8, 0x17, 0x98,
/// ];
/// let key = PublicKey::from_sec1(&compressed)?;
/// assert_eq!(key.address().to_string(), "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
/// # Ok::<(), dimo_crypto::PublicKeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(k256::PublicKey);

impl PublicKey {
    /// A key from the 64 bytes x‖y, big-endian, as secure elements return it.
    ///
    /// # Errors
    ///
    /// [`PublicKeyError::NotOnCurve`]: the bytes were damaged on the bus, or belong to another curve.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, PublicKeyError> {
        let mut sec1 = [4; 65];
        if let Some(point) = sec1.last_chunk_mut::<64>() {
            *point = *bytes;
        }
        Self::from_sec1(&sec1)
    }

    /// A key from its SEC 1 form: 65 bytes beginning with 4, or compressed, 33 bytes beginning with 2 or 3.
    ///
    /// # Errors
    ///
    /// [`PublicKeyError::Form`] for another length or first byte, [`PublicKeyError::NotOnCurve`] when no such point exists.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        match (bytes.len(), bytes.first()) {
            (65, Some(4)) | (33, Some(2 | 3)) => {
                k256::PublicKey::from_sec1_bytes(bytes).map(Self).map_err(|_| PublicKeyError::NotOnCurve)
            }
            (len, _) => Err(PublicKeyError::Form { len }),
        }
    }

    /// The 64 bytes x‖y, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        // The uncompressed form is 4‖x‖y.
        self.0.to_sec1_point(false).as_bytes().last_chunk().copied().unwrap_or([0; 64])
    }

    /// The account that this key owns: the last 20 bytes of the Keccak-256 hash of x‖y. Costs one hash; keep it.
    #[must_use]
    pub fn address(&self) -> Address {
        address_of(self.0.to_sec1_point(false).as_bytes())
    }

    pub(crate) const fn from_k256(key: k256::PublicKey) -> Self {
        Self(key)
    }

    pub(crate) const fn as_k256(&self) -> &k256::PublicKey {
        &self.0
    }
}

/// The account of a key in its uncompressed form, 4‖x‖y.
pub(crate) fn address_of(uncompressed: &[u8]) -> Address {
    let x_and_y = uncompressed.last_chunk::<64>().unwrap_or(&[0; 64]);
    keccak256(x_and_y).last_chunk().copied().map_or(Address::ZERO, Address::new)
}

/// The 64 bytes in hexadecimal.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        write_hex(f, &self.to_bytes())?;
        f.write_str(")")
    }
}

/// Why bytes are no [`PublicKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// No point of secp256k1 has these coordinates. Read the key again; if it stays, the part has another curve.
    #[error("not a point of secp256k1")]
    NotOnCurve,
    /// Neither 65 bytes beginning with 4 nor 33 bytes beginning with 2 or 3.
    #[error("{len} bytes with this first byte are no SEC 1 form of a public key")]
    Form {
        /// How many bytes there were.
        len: usize,
    },
}
