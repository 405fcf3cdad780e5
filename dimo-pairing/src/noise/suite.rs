//! The primitives of `25519_ChaChaPoly_SHA256`, as the other crates have them, for clatter to use.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};
use clatter::KeyPair;
use clatter::bytearray::SensitiveByteArray;
use clatter::error::{CipherError, CipherResult, DhError, DhResult};
use clatter::rand_core::{CryptoRng, Error, RngCore};
use clatter::traits::{Cipher, CryptoComponent, Dh, Hash, Rng};
use sha2::Digest;
use x25519_dalek::{PublicKey, StaticSecret};

/// 32 bytes that are wiped when they are dropped.
pub(super) type Secret = SensitiveByteArray<[u8; 32]>;

/// Bytes of a Poly1305 tag.
pub(super) const TAG_LEN: usize = 16;

/// Diffie-Hellman over Curve25519 (RFC 7748).
#[derive(Clone)]
pub(super) struct X25519;

impl CryptoComponent for X25519 {
    fn name() -> &'static str {
        "25519"
    }
}

impl Dh for X25519 {
    type PrivateKey = Secret;
    type PubKey = [u8; 32];
    type Output = Secret;

    /// Refuses: whoever begins a handshake brings its ephemeral key.
    fn genkey_rng<R: Rng>(_: &mut R) -> DhResult<KeyPair<Self::PubKey, Self::PrivateKey>> {
        Err(DhError::KeyGeneration)
    }

    fn pubkey(secret: &Self::PrivateKey) -> Self::PubKey {
        PublicKey::from(&StaticSecret::from(**secret)).to_bytes()
    }

    /// A public key of small order makes no secret and is refused.
    fn dh(secret: &Self::PrivateKey, public: &Self::PubKey) -> DhResult<Self::Output> {
        let shared = StaticSecret::from(**secret).diffie_hellman(&PublicKey::from(*public));
        if shared.was_contributory() {
            Ok(Secret::new(shared.to_bytes()))
        } else {
            Err(DhError::KeyGeneration)
        }
    }
}

/// ChaCha20-Poly1305 (RFC 8439), the number of a message as its nonce.
#[derive(Clone)]
pub(super) struct ChaChaPoly;

impl ChaChaPoly {
    fn nonce(number: u64) -> Nonce {
        let mut nonce = Nonce::default();
        if let Some((_, low)) = nonce.split_last_chunk_mut::<8>() {
            *low = number.to_le_bytes();
        }
        nonce
    }

    pub(super) fn seal(key: &Secret, number: u64, ad: &[u8], text: &mut [u8]) -> CipherResult<Tag> {
        ChaCha20Poly1305::new((&**key).into())
            .encrypt_inout_detached(&Self::nonce(number), ad, text.into())
            .map_err(|_| CipherError::Encrypt)
    }

    pub(super) fn open(
        key: &Secret,
        number: u64,
        ad: &[u8],
        text: &mut [u8],
        tag: [u8; TAG_LEN],
    ) -> CipherResult<()> {
        ChaCha20Poly1305::new((&**key).into())
            .decrypt_inout_detached(&Self::nonce(number), ad, text.into(), &tag.into())
            .map_err(|_| CipherError::Decrypt)
    }
}

impl CryptoComponent for ChaChaPoly {
    fn name() -> &'static str {
        "ChaChaPoly"
    }
}

impl Cipher for ChaChaPoly {
    type Key = Secret;

    fn tag_len() -> usize {
        TAG_LEN
    }

    fn encrypt(key: &Secret, number: u64, ad: &[u8], text: &[u8], out: &mut [u8]) -> CipherResult<()> {
        let room = out.get_mut(..text.len() + TAG_LEN).ok_or(CipherError::Encrypt)?;
        let (sealed, tag) = room.split_last_chunk_mut::<TAG_LEN>().ok_or(CipherError::Encrypt)?;
        sealed.copy_from_slice(text);
        *tag = Self::seal(key, number, ad, sealed)?.into();
        Ok(())
    }

    fn encrypt_in_place(
        key: &Secret,
        number: u64,
        ad: &[u8],
        in_out: &mut [u8],
        len: usize,
    ) -> CipherResult<usize> {
        let room = in_out.get_mut(..len + TAG_LEN).ok_or(CipherError::Encrypt)?;
        let (text, tag) = room.split_last_chunk_mut::<TAG_LEN>().ok_or(CipherError::Encrypt)?;
        *tag = Self::seal(key, number, ad, text)?.into();
        Ok(len + TAG_LEN)
    }

    fn decrypt(key: &Secret, number: u64, ad: &[u8], sealed: &[u8], out: &mut [u8]) -> CipherResult<()> {
        let (text, tag) = sealed.split_last_chunk::<TAG_LEN>().ok_or(CipherError::Decrypt)?;
        let out = out.get_mut(..text.len()).ok_or(CipherError::Decrypt)?;
        out.copy_from_slice(text);
        Self::open(key, number, ad, out, *tag)
    }

    fn decrypt_in_place(
        key: &Secret,
        number: u64,
        ad: &[u8],
        in_out: &mut [u8],
        len: usize,
    ) -> CipherResult<usize> {
        let sealed = in_out.get_mut(..len).ok_or(CipherError::Decrypt)?;
        let (text, tag) = sealed.split_last_chunk_mut::<TAG_LEN>().ok_or(CipherError::Decrypt)?;
        Self::open(key, number, ad, text, *tag)?;
        Ok(text.len())
    }
}

/// SHA-256 (FIPS 180-4).
#[derive(Clone, Default)]
pub(super) struct Sha256(sha2::Sha256);

impl CryptoComponent for Sha256 {
    fn name() -> &'static str {
        "SHA256"
    }
}

impl Hash for Sha256 {
    type Block = [u8; 64];
    type Output = Secret;

    fn input(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn result(self) -> Self::Output {
        Secret::new(self.0.finalize().into())
    }
}

/// Gives nothing. Keys come from outside, and [`X25519`] asks no generator for one.
#[derive(Clone, Default)]
pub(super) struct NoRandomness;

impl CryptoRng for NoRandomness {}

impl RngCore for NoRandomness {
    fn next_u32(&mut self) -> u32 {
        0
    }

    fn next_u64(&mut self) -> u64 {
        0
    }

    fn fill_bytes(&mut self, _: &mut [u8]) {}

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Error> {
        Err(Error::from(core::num::NonZeroU32::MIN))
    }
}
