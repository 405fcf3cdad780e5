//! [`AtRest`]: how items lie in the flash.

use super::item::ItemId;

/// How items lie in the flash: as they are, or sealed. A value that is handed to the queue.
pub trait AtRest {
    /// How many bytes an item takes beyond its own.
    const OVERHEAD: usize;

    /// Seals the first `len` bytes of `buffer` in place; `OVERHEAD` more are there. `None` when it cannot.
    fn seal(&self, id: ItemId, buffer: &mut [u8], len: usize) -> Option<()>;

    /// Opens in place and returns the length of the item.
    ///
    /// # Errors
    ///
    /// [`Damaged`] when the bytes were not sealed under this key and id.
    fn open(&self, id: ItemId, buffer: &mut [u8]) -> Result<usize, Damaged>;
}

/// An item is not what was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the item is not what was stored")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing to add")]
pub struct Damaged;

/// Items lie as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing to add")]
pub struct Plain;

impl AtRest for Plain {
    const OVERHEAD: usize = 0;

    fn seal(&self, _: ItemId, _: &mut [u8], _: usize) -> Option<()> {
        Some(())
    }

    fn open(&self, _: ItemId, buffer: &mut [u8]) -> Result<usize, Damaged> {
        Ok(buffer.len())
    }
}

/// Items lie under ChaCha20-Poly1305 (RFC 8439). The key belongs to this queue of this device alone, for good: a second queue under it would use the same
/// nonces.
#[cfg(feature = "seal")]
pub struct Sealed {
    cipher: chacha20poly1305::ChaCha20Poly1305,
}

#[cfg(feature = "seal")]
impl Sealed {
    /// Seals under this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        use chacha20poly1305::KeyInit as _;
        Self { cipher: chacha20poly1305::ChaCha20Poly1305::new(key.into()) }
    }
}

#[cfg(feature = "seal")]
impl core::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Sealed(..)")
    }
}

#[cfg(feature = "seal")]
impl AtRest for Sealed {
    const OVERHEAD: usize = 16;

    fn seal(&self, id: ItemId, buffer: &mut [u8], len: usize) -> Option<()> {
        use chacha20poly1305::aead::AeadInOut as _;
        let (plaintext, rest) = buffer.split_at_mut_checked(len)?;
        let tag = self.cipher.encrypt_inout_detached(&nonce(id).into(), &[], plaintext.into()).ok()?;
        rest.get_mut(..Self::OVERHEAD)?.copy_from_slice(&tag);
        Some(())
    }

    fn open(&self, id: ItemId, buffer: &mut [u8]) -> Result<usize, Damaged> {
        use chacha20poly1305::aead::AeadInOut as _;
        let len = buffer.len().checked_sub(Self::OVERHEAD).ok_or(Damaged)?;
        let (ciphertext, tag) = buffer.split_at_mut_checked(len).ok_or(Damaged)?;
        let tag: [u8; 16] = (&*tag).try_into().map_err(|_| Damaged)?;
        let opened =
            self.cipher.decrypt_inout_detached(&nonce(id).into(), &[], ciphertext.into(), &tag.into());
        opened.map(|()| len).map_err(|_| Damaged)
    }
}

#[cfg(feature = "seal")]
fn nonce(id: ItemId) -> [u8; 12] {
    let mut nonce = [0; 12];
    if let Some(place) = nonce.last_chunk_mut::<8>() {
        *place = id.0.to_be_bytes();
    }
    nonce
}
