//! [`Registry`]: which DIMO registry a signature is for.

use dimo_types::Address;

use crate::const_keccak::keccak256_const;
use crate::domain;

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

const NAME: &str = "DIMO";
const NAME_HASH: [u8; 32] = keccak256_const(NAME.as_bytes());
const POLYGON_SEPARATOR: [u8; 32] = Registry::POLYGON.separator_const();
const AMOY_SEPARATOR: [u8; 32] = Registry::AMOY.separator_const();

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
            _ => domain::of_contract(NAME_HASH, self.chain_id, &self.contract),
        }
    }

    const fn separator_const(&self) -> [u8; 32] {
        domain::of_contract_const(NAME, self.chain_id, &self.contract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separators_made_at_compile_time_are_those_made_at_run_time() {
        for registry in [Registry::POLYGON, Registry::AMOY] {
            assert_eq!(
                registry.domain_separator(),
                domain::of_contract(NAME_HASH, registry.chain_id, &registry.contract)
            );
        }
    }
}
