//! Calls of the registry: the selectors of its contracts, and arguments where the ABI puts them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(all(feature = "software-key", feature = "alloc"))]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{
    Address, ContractQuestion, ContractRefusal, DeviceAttribute, Message, MintDevices, MintDevicesError,
    NewDevice, Registry, RegistryCall, RegistryFunction, Verifiable, WalletSignature, keccak256,
};
use dimo_types::TokenId;
use util::{claim, device, owner, pair, unpair};

#[test]
fn selectors_are_those_of_the_contracts() {
    let expected = [
        (RegistryFunction::ClaimSign, 0x89a8_41bb_u32),
        (RegistryFunction::Claim, 0x08d2_c2f5),
        (RegistryFunction::PairSignTwoOwners, 0xb50d_f2f7),
        (RegistryFunction::PairSign, 0xcfe6_42dd),
        (RegistryFunction::PairWithDeviceSignature, 0x7ca2_2c7b),
        (RegistryFunction::Pair, 0x492a_b283),
        (RegistryFunction::Unpair, 0xee4d_9596),
        (RegistryFunction::UnpairSign, 0x3f65_997a),
        (RegistryFunction::MintDevices, 0x7ba7_9a39),
    ];
    assert_eq!(expected.len(), RegistryFunction::ALL.len());
    for (function, selector) in expected {
        assert_eq!(function.selector(), selector.to_be_bytes(), "{function:?}");
        assert_eq!(function.selector(), keccak256(function.signature().as_bytes())[..4], "{function:?}");
    }
}

/// The words of a call after its selector.
fn words(call: &RegistryCall) -> Vec<[u8; 32]> {
    assert_eq!(call.data[..4], call.function.selector());
    let (words, rest) = call.data[4..].as_chunks();
    assert!(rest.is_empty());
    words.to_vec()
}

fn number(number: u64) -> [u8; 32] {
    *TokenId::from(number).as_be_bytes()
}

fn text(text: &str) -> [u8; 32] {
    let mut word = [0; 32];
    word[..text.len()].copy_from_slice(text.as_bytes());
    word
}

#[test]
fn a_claim_carries_device_owner_and_both_signatures_the_owners_first() {
    let claim = claim(Registry::POLYGON);
    let (by_owner, by_device) = (owner().sign(&claim).unwrap(), device().sign(&claim).unwrap());
    let call = claim.call(WalletSignature::Key(by_owner), by_device);
    assert_eq!((call.registry, call.function), (Registry::POLYGON, RegistryFunction::ClaimSign));
    let words = words(&call);
    assert_eq!(words[0], number(42));
    assert_eq!((&words[1][..12], &words[1][12..]), (&[0; 12][..], &owner().address().as_bytes()[..]));
    assert_eq!((words[2], words[3]), (number(128), number(256)));
    let signature = |at: usize| words[at..at + 4].as_flattened()[..97].to_vec();
    assert_eq!(signature(4), [&number(65)[..], by_owner.as_bytes()].concat());
    assert_eq!(signature(8), [&number(65)[..], by_device.as_bytes()].concat());
    assert_eq!(words.len(), 12);
    assert_eq!(words.as_flattened()[225..256], [0; 31], "padded with zeros");
}

#[test]
fn every_form_of_pairing_has_its_function_and_signatures() {
    let (pair, unpair) = (pair(Registry::AMOY), unpair(Registry::AMOY));
    let (by_owner, by_device) = (owner().sign(&pair).unwrap(), device().sign(&pair).unwrap());
    let key = WalletSignature::Key(by_owner);
    let contract = WalletSignature::Contract(b"abc");
    // Selector, two ids, then an offset and the signature in four words for each one.
    let cases = [
        (
            pair.call_two_owners(by_device, key),
            RegistryFunction::PairSignTwoOwners,
            vec![by_device, by_owner],
        ),
        (pair.call(key), RegistryFunction::PairSign, vec![by_owner]),
        (pair.call_by_vehicle_owner(by_device), RegistryFunction::PairWithDeviceSignature, vec![by_device]),
        (pair.call_by_owner(), RegistryFunction::Pair, vec![]),
        (unpair.call(key), RegistryFunction::UnpairSign, vec![by_owner]),
        (unpair.call_by_owner(), RegistryFunction::Unpair, vec![]),
    ];
    for (call, function, signatures) in cases {
        assert_eq!((call.registry, call.function), (Registry::AMOY, function));
        let words = words(&call);
        assert_eq!((words[0], words[1]), (number(42), number(1337)), "{function:?}");
        assert_eq!(words.len(), 2 + 5 * signatures.len(), "{function:?}");
        for (i, signature) in signatures.iter().enumerate() {
            let at = 2 + signatures.len() + 4 * i;
            assert_eq!(words[2 + i], number(32 * at as u64), "{function:?}");
            assert_eq!(words[at..].as_flattened()[32..97], *signature.as_bytes(), "{function:?}");
        }
    }
    let words = words(&pair.call(contract));
    assert_eq!(words[2..], [number(96), number(3), text("abc")]);
}

#[test]
fn a_minted_batch_nests_devices_attributes_and_texts() {
    let address = Address::new([0x11; 20]);
    let attributes = vec![(DeviceAttribute::Serial, "S1".to_owned()), (DeviceAttribute::Imei, String::new())];
    let devices = vec![NewDevice { address, attributes }];
    let words = words(&MintDevices::new(Registry::AMOY, 7.into(), devices).unwrap().call());
    let mut account = [0; 32];
    account[12..].copy_from_slice(&[0x11; 20]);
    let expected = [
        number(7),
        number(64), // the devices
        number(1),
        number(32), // the first device
        account,
        number(64), // its attributes
        number(2),
        number(64),  // the first
        number(256), // the second
        number(64),
        number(128),
        number(6),
        text("Serial"),
        number(2),
        text("S1"),
        number(64),
        number(128),
        number(4),
        text("IMEI"),
        number(0),
    ];
    assert_eq!(words, expected);
}

#[test]
fn a_batch_that_the_contract_reverts_is_none() {
    let device = |byte| NewDevice { address: Address::new([byte; 20]), attributes: vec![] };
    let mint = |devices| MintDevices::new(Registry::AMOY, 7.into(), devices).map(drop);
    assert_eq!(mint(vec![]), Ok(()));
    assert_eq!(mint(vec![device(3), device(1), device(2)]), Ok(()));
    let twice = MintDevicesError::Twice { address: Address::new([3; 20]) };
    assert_eq!(mint(vec![device(3), device(1), device(3)]), Err(twice));
    assert_eq!(mint(vec![device(1), device(0)]), Err(MintDevicesError::ZeroAddress));
}

#[test]
fn attributes_are_the_whitelisted_names() {
    let names = DeviceAttribute::ALL.map(DeviceAttribute::name);
    assert_eq!(names, ["Serial", "IMEI", "DefinitionURI", "HardwareRevision", "DevEUI"]);
}

#[test]
fn a_contract_account_is_asked_with_the_digest_and_vouches_with_the_magic_word_only() {
    let (claim, account) = (claim(Registry::POLYGON), owner().address());
    let question = ContractQuestion::new(claim, account, b"abc");
    assert_eq!(question.account(), account);
    let asked = question.calldata();
    assert_eq!(asked[..4], [0x16, 0x26, 0xba, 0x7e]);
    let expected = [*claim.digest().as_bytes(), number(64), number(3), text("abc")];
    assert_eq!(asked[4..], *expected.as_flattened());

    let mut yes = [0; 32];
    yes[..4].copy_from_slice(&[0x16, 0x26, 0xba, 0x7e]);
    let verified = question.answered(&yes).unwrap();
    assert_eq!((verified.signer(), verified.signed_digest()), (account, claim.digest()));
    let longer = [&yes[..], &[0; 32]].concat();
    assert!(question.answered(&longer).is_ok(), "contracts may return more than a word");

    assert_eq!(question.answered(&[]), Err(ContractRefusal::NoContract));
    assert_eq!(question.answered(&yes[..4]), Err(ContractRefusal::Short { len: 4 }));
    assert_eq!(question.answered(&yes[..31]), Err(ContractRefusal::Short { len: 31 }));
    for at in 0..32 {
        let mut other = yes;
        other[at] ^= 1;
        assert_eq!(question.answered(&other), Err(ContractRefusal::NotValid), "byte {at}");
    }
    assert_eq!(question.answered(&number(1)), Err(ContractRefusal::NotValid), "a bool is no magic word");
}
