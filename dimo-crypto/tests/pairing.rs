//! What is signed when a phone and a device pair: each message its own, every field in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(feature = "software-key")]

mod util;

use core::array;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::pairing::{PairingGrant, PairingProof, PairingVerdict, Role, UnknownRole};
use dimo_crypto::{Digest, Message, Registry, VerifyError, keccak256, recover, verify};
use util::{bytes, claim, device, owner, pair, signature, unpair};

fn proof() -> PairingProof {
    PairingProof { handshake_hash: array::from_fn(|at| at as u8), device: device().address() }
}

fn grant() -> PairingGrant {
    let PairingProof { handshake_hash, device } = proof();
    let (expires, role) = (1_800_000_000, Role::Installer);
    PairingGrant { handshake_hash, device, owner: owner().address(), expires, role }
}

fn verdict() -> PairingVerdict {
    let PairingGrant { handshake_hash, device, owner, expires, role } = grant();
    PairingVerdict { handshake_hash, device, owner, expires, role }
}

// From eth-account 0.14, `encode_typed_data` and `sign_message`, for the domain and the types that the documentation names. The
// backend of the verdict has the key of the device here.
const DOMAIN_SEPARATOR: &str = "4bfdfb5b02a1eae0dc5ee300d00bd39ddbce0dad6dc129e0bfdce89829ca4cda";
const PROOF_DIGEST: &str = "0xabfb07197d91a0b487fb5e94047b7163a0c9ae2ff7807c850ed2c6f8f808c4e0";
const GRANT_DIGEST: &str = "0x8e3bb8cc7f546c8f41b241c6b8a44c5becb45031b19f83daa668dac9bfaf4c72";
const VERDICT_DIGEST: &str = "0x04171aab139492fdcbb43faa79da77b5a012441961b29f3db0ebfc58887b6378";
/// Role 1, until the last second that there is.
const ENDLESS_GRANT_DIGEST: &str = "0xc22e0f5b6d7ea0aebd7aea80aeebc532526757407e0a5f54df7f2c6beeb36fa3";
const PROOF_SIGNATURE: &str = "0xd3c1ee5adb5f1b9eae67aa1b547d0f9a6d46dfbe658f63f0b20491e9fd18b2146dd9befeb4c938dfc6297feeeac36bb26510aa49aef907ae085ce16f2677094c1c";
const GRANT_SIGNATURE: &str = "0x4c759d58d6a5a219c838e6e40fae7535594f4d1761d4c0722414701c4f058a7826d560ee508a14f592dbc999d4ff883ae8657c62622ca8a56861e38ef147d1751b";
const VERDICT_SIGNATURE: &str = "0x54b810f4016388f759e8156a165a856aadaf3be2390cb16887d3299b096d50e72e763a50a74cb71296df05681680c77b6d8cf45248b071e1aeb103060c4acae91b";

#[test]
fn digests_are_typed_data_as_a_phone_wallet_computes_it() {
    assert_eq!(proof().digest().to_string(), PROOF_DIGEST);
    assert_eq!(grant().digest().to_string(), GRANT_DIGEST);
    assert_eq!(verdict().digest().to_string(), VERDICT_DIGEST);
    let endless = PairingGrant { expires: u64::MAX, role: Role::Owner, ..grant() };
    assert_eq!(endless.digest().to_string(), ENDLESS_GRANT_DIGEST);
}

#[test]
fn the_constants_are_the_hashes_of_their_texts() {
    assert_eq!(PairingProof::TYPE_HASH, keccak256(PairingProof::TYPE.as_bytes()));
    assert_eq!(PairingGrant::TYPE_HASH, keccak256(PairingGrant::TYPE.as_bytes()));
    assert_eq!(PairingVerdict::TYPE_HASH, keccak256(PairingVerdict::TYPE.as_bytes()));
    for separator in
        [PairingProof::DOMAIN_SEPARATOR, PairingGrant::DOMAIN_SEPARATOR, PairingVerdict::DOMAIN_SEPARATOR]
    {
        assert_eq!(separator, bytes(DOMAIN_SEPARATOR));
    }
}

#[test]
fn signatures_are_those_of_another_wallet_with_the_same_key() {
    assert_eq!(device().sign(&proof()).unwrap(), signature(PROOF_SIGNATURE));
    assert_eq!(owner().sign(&grant()).unwrap(), signature(GRANT_SIGNATURE));
    assert_eq!(device().sign(&verdict()).unwrap(), signature(VERDICT_SIGNATURE));
    assert_eq!(recover(&grant(), &signature(GRANT_SIGNATURE)), Ok(owner().address()));
}

#[test]
fn every_field_is_signed() {
    let (hash, stranger) = ([9; 32], util::address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"));
    let (proof, grant, verdict) = (proof(), grant(), verdict());
    all_differ(&[
        proof.digest(),
        PairingProof { handshake_hash: hash, ..proof }.digest(),
        PairingProof { device: stranger, ..proof }.digest(),
        grant.digest(),
        PairingGrant { handshake_hash: hash, ..grant }.digest(),
        PairingGrant { device: stranger, ..grant }.digest(),
        PairingGrant { owner: stranger, ..grant }.digest(),
        PairingGrant { expires: 1, ..grant }.digest(),
        PairingGrant { role: Role::Owner, ..grant }.digest(),
        PairingGrant { role: Role::Viewer, ..grant }.digest(),
        verdict.digest(),
        PairingVerdict { handshake_hash: hash, ..verdict }.digest(),
        PairingVerdict { device: stranger, ..verdict }.digest(),
        PairingVerdict { owner: stranger, ..verdict }.digest(),
        PairingVerdict { expires: 1, ..verdict }.digest(),
        PairingVerdict { role: Role::Owner, ..verdict }.digest(),
        PairingVerdict { role: Role::Viewer, ..verdict }.digest(),
    ]);
}

#[test]
fn no_message_is_another_one_with_the_same_fields() {
    let mut digests = vec![proof().digest(), grant().digest(), verdict().digest()];
    for registry in [Registry::POLYGON, Registry::AMOY] {
        digests.extend([claim(registry).digest(), pair(registry).digest(), unpair(registry).digest()]);
    }
    all_differ(&digests);
    all_differ(
        &[
            PairingProof::TYPE_HASH,
            PairingGrant::TYPE_HASH,
            PairingVerdict::TYPE_HASH,
            dimo_crypto::Claim::TYPE_HASH,
            dimo_crypto::Pair::TYPE_HASH,
            dimo_crypto::Unpair::TYPE_HASH,
        ]
        .map(dimo_crypto::hazmat::digest),
    );
    let ours = PairingProof::DOMAIN_SEPARATOR;
    assert!([Registry::POLYGON, Registry::AMOY].iter().all(|other| other.domain_separator() != ours));
}

#[track_caller]
fn all_differ(digests: &[Digest]) {
    let mut sorted: Vec<_> = digests.iter().map(Digest::as_bytes).collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), digests.len());
}

#[test]
fn a_signature_of_one_message_is_none_of_another() {
    let by_owner = owner().sign(&grant()).unwrap();
    assert!(verify(grant(), &by_owner, owner().address()).is_ok());
    assert!(matches!(verify(verdict(), &by_owner, owner().address()), Err(VerifyError::WrongSigner { .. })));
    let by_device = device().sign(&proof()).unwrap();
    assert!(matches!(verify(grant(), &by_device, device().address()), Err(VerifyError::WrongSigner { .. })));
}

#[test]
fn a_role_is_one_of_three_and_has_no_other_number() {
    for number in 0..=u8::MAX {
        match Role::try_from(number) {
            Ok(role) => assert_eq!(role.number(), number),
            Err(refused) => assert_eq!(refused, UnknownRole { number }),
        }
        assert_eq!(Role::try_from(number).is_ok(), (1..=3).contains(&number));
    }
    assert_eq!(Role::ALL.map(Role::number), [1, 2, 3]);
    assert_eq!(Role::ALL.map(|role| role.to_string()), ["owner", "installer", "viewer"]);
}

#[cfg(feature = "alloc")]
mod contract_accounts {
    use dimo_crypto::pairing::NotTheOwnersAccount;
    use dimo_crypto::{Address, ContractQuestion, Verifiable};

    use super::*;

    /// What a contract returns that says yes.
    fn yes() -> [u8; 32] {
        bytes("1626ba7e00000000000000000000000000000000000000000000000000000000")
    }

    #[test]
    fn the_contract_is_asked_about_the_grant_and_the_verdict_is_on_the_same_fields() {
        let question = ContractQuestion::new(grant(), grant().owner, b"abc");
        // After the selector: the digest.
        assert_eq!(question.calldata()[4..36], *grant().signed_digest().as_bytes());
        let verified = question.answered(&yes()).unwrap();
        assert_eq!(PairingVerdict::on(&verified), Ok(verdict()));
        assert_eq!(verdict().grant(), grant());
    }

    #[test]
    fn a_contract_that_says_yes_to_everything_does_not_speak_for_another_owner() {
        let asked = Address::new([6; 20]);
        let verified = ContractQuestion::new(grant(), asked, b"abc").answered(&yes()).unwrap();
        let refused = NotTheOwnersAccount { owner: owner().address(), asked };
        assert_eq!(PairingVerdict::on(&verified), Err(refused));
    }
}
