//! What others need for the same: the claim digest of alloy-sol-types, and k256 0.13.

use core::hint::black_box;

use alloy_sol_types::private::{Address, U256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use k256_013::ecdsa::signature::hazmat::PrehashVerifier;
use k256_013::ecdsa::{RecoveryId, SigningKey, VerifyingKey};

use super::crypto::{Bytes, DEVICE_NODE, OWNER, SECRET, claim, measure};
use crate::Bench;
use dimo_crypto::Message;

sol! {
    struct ClaimAftermarketDeviceSign {
        uint256 aftermarketDeviceNode;
        address owner;
    }
}

pub fn run(bench: &mut dyn Bench) {
    let claim_of_alloy = ClaimAftermarketDeviceSign {
        aftermarketDeviceNode: U256::from(DEVICE_NODE),
        owner: Address::from(OWNER),
    };
    let registry = dimo_crypto::Registry::POLYGON;
    let domain: Eip712Domain = eip712_domain! {
        name: "DIMO",
        version: "1",
        chain_id: registry.chain_id,
        verifying_contract: Address::from(*registry.contract.as_bytes()),
    };
    measure(bench, "alloy-claim", &mut || {
        Bytes(black_box(&claim_of_alloy).eip712_signing_hash(black_box(&domain)).0)
    });

    let digest = *claim().digest().as_bytes();
    let key = SigningKey::from_slice(&SECRET).expect("in range");
    let (signature, _) = key.sign_prehash_recoverable(&digest).expect("signed");
    let public_key = VerifyingKey::from(&key);
    measure(bench, "k256-013-verify", &mut || {
        public_key.verify_prehash(black_box(&digest), black_box(&signature)).is_ok()
    });
    measure(bench, "k256-013-trial-recovery", &mut || {
        RecoveryId::trial_recovery_from_prehash(&public_key, black_box(&digest), black_box(&signature))
            .map(|id| id.to_byte())
    });
}
