//! The EIP-712 domains of what this crate signs. Version `1`, all of them.

use dimo_types::Address;

use crate::const_keccak::keccak256_const;
use crate::eip712::{left_padded, struct_hash, type_hash};

const OF_NAME: [u8; 32] = type_hash("EIP712Domain(string name,string version)");
const OF_CONTRACT: [u8; 32] =
    type_hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const VERSION: [u8; 32] = keccak256_const(b"1");

/// The separator of a domain without chain and contract: for what no contract checks. For constants.
pub(crate) const fn of_name_const(name: &str) -> [u8; 32] {
    keccak256_const([OF_NAME, keccak256_const(name.as_bytes()), VERSION].as_flattened())
}

/// The separator of a domain at a contract. For constants; [`of_contract`] is for anything else.
pub(crate) const fn of_contract_const(name: &str, chain_id: u64, contract: &Address) -> [u8; 32] {
    let name = keccak256_const(name.as_bytes());
    let (chain_id, contract) = (left_padded(&chain_id.to_be_bytes()), left_padded(contract.as_bytes()));
    keccak256_const([OF_CONTRACT, name, VERSION, chain_id, contract].as_flattened())
}

/// The separator of a domain at a contract.
pub(crate) fn of_contract(name_hash: [u8; 32], chain_id: u64, contract: &Address) -> [u8; 32] {
    let (chain_id, contract) = (left_padded(&chain_id.to_be_bytes()), left_padded(contract.as_bytes()));
    struct_hash(&OF_CONTRACT, &[name_hash, VERSION, chain_id, contract])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keccak256;

    #[test]
    fn a_separator_is_the_hash_of_its_spelled_out_fields() {
        let words = [
            keccak256(b"EIP712Domain(string name,string version)"),
            keccak256(b"DIMO Telemetry"),
            keccak256(b"1"),
        ];
        assert_eq!(of_name_const("DIMO Telemetry"), keccak256(words.as_flattened()));
    }

    #[test]
    fn a_separator_made_at_compile_time_is_that_made_at_run_time() {
        const CONTRACT: Address = Address::new([0xA5; 20]);
        const SEPARATOR: [u8; 32] = of_contract_const("DIMO", 80001, &CONTRACT);
        assert_eq!(of_contract(keccak256(b"DIMO"), 80001, &CONTRACT), SEPARATOR);
    }
}
