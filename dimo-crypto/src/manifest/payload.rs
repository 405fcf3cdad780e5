//! [`PayloadKey`]: payloads that nobody on the way can read.
//!
//! The payload is a stream of ChaCha20 (RFC 8439, section 2.4) under a key of its own, with the nonce 0 and the counter 0 at its first byte. It is as long as what it hides, and each
//! byte of it can be opened by itself: a download that was cut goes on anywhere.
//!
//! - **One key, one payload.** A second payload under the same key would give both away. So nobody chooses a key: [`PayloadKey::seal`] makes it of the vendor's secret and of the whole
//!   payload, and seals in the same call. Another payload has another key; the same one, sealed again, comes out as the same bytes.
//! - **The name commits to the key.** It is a hash of it, and the release keys sign it: a device knows before it fetches anything whether the key that it holds is the one.
//! - **The chunks are hashed as they are sent**, sealed. A chunk is checked before it is opened or written, a cache on the way can check it without the key, and the chunk root says
//!   nothing of what is inside. The image hash says so much: whoever has an image already can tell that it is this one. It is checked once everything is written, as for any payload.
//! - A delta is sealed as a delta: first open, then apply.
//!
//! A device is handed the key of each payload by its vendor, in a sealed session for instance, and the secret never leaves the vendor: a device that was taken apart gives away the
//! releases that it was sent. It hides an image from those who listen; who may make one is the matter of the signatures.
//!
//! ```text
//! key  = HMAC-SHA256(secret, "DIMO payload 1 key" || payload)
//! name = SHA-256("DIMO payload 1 name" || key), the first 8 bytes
//! sent = payload XOR ChaCha20(key, nonce = 12 zeros, counter from 0)
//! ```

use core::fmt;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::part::PayloadKeyId;

/// The key of one payload. Its bytes are wiped when it is dropped.
///
/// # Example: a vendor seals an image, a device opens the end of it first
///
/// ```
/// use dimo_crypto::manifest::PayloadKey;
/// let secret = [7; 32];
/// let mut payload = *b"the code that nobody else is to read";
/// let key = PayloadKey::seal(&secret, &mut payload);
/// assert_ne!(&payload, b"the code that nobody else is to read");
///
/// let handed_over = PayloadKey::from_bytes(*key.as_bytes());
/// assert_eq!(handed_over.id(), key.id());
/// let (start, end) = payload.split_at_mut(30);
/// handed_over.open(30, end);
/// assert_eq!(end, b"o read");
/// handed_over.open(0, start);
/// assert_eq!(start, b"the code that nobody else is t");
/// ```
#[derive(Clone)]
pub struct PayloadKey(Zeroizing<[u8; 32]>);

impl PayloadKey {
    /// The key that a vendor handed over.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Seals a payload in place, and makes its key. The secret is the vendor's: 32 random bytes, for all of its payloads.
    #[must_use]
    pub fn seal(secret: &[u8; 32], payload: &mut [u8]) -> Self {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        if let Some(front) = block.first_chunk_mut() {
            *front = *secret;
        }
        let mac = Hmac::<Sha256>::new(&block).chain_update(b"DIMO payload 1 key").chain_update(&*payload);
        block.zeroize();
        let key = Self(Zeroizing::new(mac.finalize().into_bytes().into()));
        key.open(0, payload);
        key
    }

    /// Opens in place bytes that begin at `offset` of the payload. Check them first: any bytes open, to something.
    pub fn open(&self, offset: u32, bytes: &mut [u8]) {
        let mut cipher = ChaCha20::new((&*self.0).into(), &[0; 12].into());
        // The stream has 2^38 bytes, and no slice of a payload ends behind 2^33: neither call fails.
        let _ = cipher.try_seek(u64::from(offset)).and_then(|()| cipher.try_apply_keystream(bytes));
    }

    /// Its name in a manifest.
    #[must_use]
    pub fn id(&self) -> PayloadKeyId {
        let hash = Sha256::new().chain_update(b"DIMO payload 1 name").chain_update(*self.0).finalize();
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.into();
        PayloadKeyId([a, b, c, d, e, f, g, h])
    }

    /// To hand it over, or to keep it where nobody reads it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Its name, never the key.
impl fmt::Debug for PayloadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayloadKey({})", self.id())
    }
}
