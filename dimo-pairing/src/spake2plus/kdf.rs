//! HMAC-SHA256 and the two calls of HKDF-SHA256 (RFC 5869) that the key schedule makes.
//!
//! Over HMAC, because these sizes cannot fail, and a key derivation that can fail needs an answer to what the key is then.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// 32 secret bytes, wiped on drop.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// HKDF-Extract without a salt.
pub(super) fn extract(material: &Key) -> Key {
    mac(&Key::default(), &[&material[..]])
}

/// The first block of HKDF-Expand.
pub(super) fn expand(key: &Key, label: &[u8]) -> Key {
    mac(key, &[label, &[1]])
}

/// The block behind the first.
pub(super) fn expand_second(key: &Key, first: &Key, label: &[u8]) -> Key {
    mac(key, &[&first[..], label, &[2]])
}

/// HMAC-SHA256 of the pieces of a message.
pub(super) fn mac(key: &Key, message: &[&[u8]]) -> Key {
    let mac = message.iter().fold(keyed(key), |mac, piece| mac.chain_update(piece));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HMAC pads a key of up to 64 bytes with zeros.
fn keyed(key: &Key) -> Hmac<Sha256> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    if let Some(front) = block.first_chunk_mut() {
        *front = **key;
    }
    let mac = Hmac::new(&block);
    block.zeroize();
    mac
}
