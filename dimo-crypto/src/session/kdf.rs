//! HKDF-SHA256 (RFC 5869) for what sessions need of it: salts and keys of 32 bytes, outputs of one block.
//!
//! Over HMAC, because these sizes cannot fail, and a key derivation that can fail needs an answer to what the key is then.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// 32 secret bytes, wiped on drop.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// HKDF-Extract of the pieces of `material`.
pub(super) fn extract(salt: &[u8; 32], material: &[&[u8]]) -> Secret {
    finish(material.iter().fold(keyed(salt), |mac, piece| mac.chain_update(piece)))
}

/// HKDF-Expand to 32 bytes: its first block.
pub(super) fn expand(key: &Secret, label: &[u8]) -> Secret {
    finish(expansion(key, label))
}

/// The MAC that [`expand`] finishes, for those who compare it in constant time.
pub(super) fn expansion(key: &Secret, label: &[u8]) -> Hmac<Sha256> {
    keyed(key).chain_update(LABEL_PREFIX).chain_update(label).chain_update([1])
}

const LABEL_PREFIX: &[u8] = b"DIMO session 1 ";

/// HMAC pads a key of up to 64 bytes with zeros.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    if let Some(front) = block.first_chunk_mut() {
        *front = *key;
    }
    let mac = Hmac::new(&block);
    block.zeroize();
    mac
}

fn finish(mac: Hmac<Sha256>) -> Secret {
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        let mut bytes = [0; N];
        assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
        bytes
    }

    /// RFC 5869, A.1 and A.3: a salt shorter than 32 bytes is one that ends in zeros, to HMAC.
    #[test]
    fn extraction_and_the_first_block_of_expansion_are_those_of_rfc_5869() {
        let mut salt = [0; 32];
        salt[..13].copy_from_slice(&bytes::<13>("000102030405060708090a0b0c"));
        let key = extract(&salt, &[&[0x0B; 11], &[0x0B; 11]]);
        assert_eq!(*key, bytes("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
        let info: [u8; 10] = bytes("f0f1f2f3f4f5f6f7f8f9");
        let block = finish(keyed(&key).chain_update(info).chain_update([1]));
        assert_eq!(*block, bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));

        let key = extract(&[0; 32], &[&[0x0B; 22]]);
        assert_eq!(*key, bytes("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"));
        let block = finish(keyed(&key).chain_update([1]));
        assert_eq!(*block, bytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    }

    #[test]
    fn a_label_stands_behind_the_name_and_version_of_the_protocol() {
        let key = Secret::new([7; 32]);
        let block = finish(keyed(&key).chain_update(b"DIMO session 1 next\x01"));
        assert_eq!(expand(&key, b"next"), block);
        assert_ne!(expand(&key, b"nexu"), block);
    }
}
