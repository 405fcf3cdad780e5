//! EIP-712 without a heap: a struct of fixed-size fields is its type hash and its 32-byte words.

use dimo_types::{Address, TokenId};

use crate::Digest;
use crate::const_keccak::keccak256_const;
use crate::hash::{Hasher, keccak256};

/// The hash of a type string, at compile time.
pub(crate) const fn type_hash(type_string: &str) -> [u8; 32] {
    keccak256_const(type_string.as_bytes())
}

/// The hash of a struct: its type hash and its fields, each as a 32-byte word.
pub(crate) fn struct_hash(type_hash: &[u8; 32], words: &[[u8; 32]]) -> [u8; 32] {
    words.iter().fold(Hasher::new().chain(type_hash), |hasher, word| hasher.chain(word)).finish()
}

/// What is signed: the struct under its domain.
pub(crate) fn signing_digest(domain_separator: &[u8; 32], struct_hash: &[u8; 32]) -> Digest {
    Hasher::new().chain(b"\x19\x01").chain(domain_separator).chain(struct_hash).finish_digest()
}

/// Big-endian bytes of a number or an address, padded on the left.
#[expect(clippy::indexing_slicing, reason = "no number and no address has more than 32 bytes")]
pub(crate) const fn left_padded<const N: usize>(bytes: &[u8; N]) -> [u8; 32] {
    let mut word = [0; 32];
    let mut i = 0;
    while i < N {
        word[32 - N + i] = bytes[i];
        i += 1;
    }
    word
}

/// A field that is encoded as one 32-byte word.
pub(crate) trait Word {
    fn word(&self) -> [u8; 32];
}

/// `uint256`.
impl Word for TokenId {
    fn word(&self) -> [u8; 32] {
        *self.as_be_bytes()
    }
}

/// `uint64` and every shorter one.
impl Word for u64 {
    fn word(&self) -> [u8; 32] {
        left_padded(&self.to_be_bytes())
    }
}

/// `string`: the hash of its UTF-8.
impl Word for str {
    fn word(&self) -> [u8; 32] {
        keccak256(self.as_bytes())
    }
}

/// `address`, padded on the left.
impl Word for Address {
    fn word(&self) -> [u8; 32] {
        left_padded(self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    use crate::{Registry, Signature, hazmat};

    /// Published by the network: the struct is an older one, the domain and the encoding are today's.
    #[test]
    fn the_networks_own_typed_data_vector_is_reproduced() {
        let legacy = type_hash("MintSyntheticDeviceSign(uint256 integrationNode,uint256 vehicleNode)");
        let registry = Registry {
            chain_id: 80001,
            contract: "0x4De1bCf2B7E851E31216fC07989caA902A604784".parse().unwrap(),
        };
        let words = [TokenId::from(1).word(), TokenId::from(57).word()];
        let digest = signing_digest(&registry.domain_separator(), &struct_hash(&legacy, &words));
        assert_eq!(digest.to_string(), "0x8228f2e38f612fba431f820d1ae5ff67c0b361a48659a648960e58c75e0fc917");

        let signature: Signature = "0xa4438e5cb667dc63ebd694167ae3ad83585f2834c9b04895dd890f805c4c459a024ed9df1b03872536b4ac0c7720d02cb787884a093cfcde5c3bd7f94657e30c1b"
            .parse()
            .unwrap();
        let signer = hazmat::recover_public_key(&digest, &signature).unwrap().address();
        assert_eq!(signer.to_string(), "0xd64E249A06ee6263d989e43aBFe12748a2506f88");
    }
}
