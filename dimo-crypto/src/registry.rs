//! [`Registry`]: which DIMO registry a signature is for.

use dimo_types::Address;

use crate::const_keccak::keccak256_const;
use crate::eip712::{Word, type_hash};
use crate::hash::Hasher;

/// A DIMO registry contract: the EIP-712 domain of claim, pair and mint messages.
///
/// The domain's name is `DIMO`, its version `1`. A signature for one registry is worth nothing at another.
/// The separators of the two live registries are computed at compile time.
///
/// # Example: a test network of one's own
///
/// ```
/// use dimo_crypto::Registry;
/// let local = Registry {
///     chain_id: 31337,
///     contract: "0x5FbDB2315678afecb367f032d93F642f64180aa3".parse()?,
/// };
/// assert_ne!(local.domain_separator(), Registry::POLYGON.domain_separator());
/// # Ok::<(), dimo_types::AddressError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registry {
    /// The chain's id (EIP-155).
    pub chain_id: u64,
    /// The address of the registry, of the proxy where there is one.
    pub contract: Address,
}

const DOMAIN_TYPE_HASH: [u8; 32] =
    type_hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const NAME_HASH: [u8; 32] = keccak256_const(b"DIMO");
const VERSION_HASH: [u8; 32] = keccak256_const(b"1");
const POLYGON_SEPARATOR: [u8; 32] = keccak256_const(&Registry::POLYGON.encode_const());
const AMOY_SEPARATOR: [u8; 32] = keccak256_const(&Registry::AMOY.encode_const());

impl Registry {
    /// The registry on Polygon, the live network: `0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC`, chain 137.
    pub const POLYGON: Self = Self {
        chain_id: 137,
        contract: Address::new([
            0xFA, 0x8B, 0xEC, 0x73, 0xCE, 0xBB, 0x9D, 0x88, 0xFF, 0x88, 0xA2, 0xF7, 0x5E, 0x7D, 0x73, 0x12,
            0xF2, 0xFD, 0x39, 0xEC,
        ]),
    };

    /// The registry on Amoy, the test network: `0x5eAA326fB2fc97fAcCe6A79A304876daD0F2e96c`, chain 80002.
    pub const AMOY: Self = Self {
        chain_id: 80002,
        contract: Address::new([
            0x5E, 0xAA, 0x32, 0x6F, 0xB2, 0xFC, 0x97, 0xFA, 0xCC, 0xE6, 0xA7, 0x9A, 0x30, 0x48, 0x76, 0xDA,
            0xD0, 0xF2, 0xE9, 0x6C,
        ]),
    };

    /// The EIP-712 domain separator of this registry.
    #[must_use]
    pub fn domain_separator(&self) -> [u8; 32] {
        match *self {
            Self::POLYGON => POLYGON_SEPARATOR,
            Self::AMOY => AMOY_SEPARATOR,
            _ => self.compute_separator(),
        }
    }

    fn compute_separator(&self) -> [u8; 32] {
        Hasher::new()
            .chain(&DOMAIN_TYPE_HASH)
            .chain(&NAME_HASH)
            .chain(&VERSION_HASH)
            .chain(&[0; 24])
            .chain(&self.chain_id.to_be_bytes())
            .chain(&self.contract.word())
            .finish()
    }

    /// The encoded domain: type hash, name, version, chain and contract, one word each.
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated by the compiler only, where an index out of range fails the build"
    )]
    const fn encode_const(&self) -> [u8; 160] {
        let chain_id = self.chain_id.to_be_bytes();
        let mut encoded = [0; 160];
        let mut i = 0;
        while i < 32 {
            encoded[i] = DOMAIN_TYPE_HASH[i];
            encoded[32 + i] = NAME_HASH[i];
            encoded[64 + i] = VERSION_HASH[i];
            if i < 8 {
                encoded[96 + 24 + i] = chain_id[i];
            }
            if i < 20 {
                encoded[128 + 12 + i] = self.contract.as_bytes()[i];
            }
            i += 1;
        }
        encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separators_made_at_compile_time_are_those_made_at_run_time() {
        for registry in [Registry::POLYGON, Registry::AMOY] {
            assert_eq!(registry.domain_separator(), registry.compute_separator());
        }
    }
}
