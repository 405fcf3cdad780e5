//! Signers: the suite passes good ones and names what is wrong with bad ones; keys stay secret; messages stay apart.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(all(feature = "software-key", feature = "dev"))]

mod util;

use core::convert::Infallible;
use std::collections::HashSet;

use dimo_crypto::dev::{SignerViolation, block_on, check_blocking_signer, check_signer};
use dimo_crypto::{
    Address, BlockingAsync, ConfigStatus, DeviceSigner, Message, Personal, ReceivedConfigStatus,
    ReceivedTelemetry, Registry, Signature, SignatureError, SoftwareKey, SoftwareKeyError,
    TelemetryBatchSeal, Verifiable, VerifyError, blocking, hazmat, keccak256, recover, verify,
};
use proptest::prelude::*;
use util::{bytes, claim, device, owner, pair, unpair};

/// What is wrong with a [`BadSigner`].
#[derive(Clone, Copy)]
enum Fault {
    OtherKey,
    OtherMessage,
    FlippedV,
    NoAddress,
    RestlessAddress,
}

struct BadSigner {
    fault: Fault,
    signed: u8,
}

impl blocking::DeviceSigner for BadSigner {
    type Error = Infallible;

    fn address(&self) -> Address {
        match self.fault {
            Fault::NoAddress => Address::ZERO,
            Fault::RestlessAddress if self.signed == 3 => owner().address(),
            _ => device().address(),
        }
    }

    fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Infallible> {
        self.signed += 1;
        let by = |mut key: SoftwareKey| blocking::DeviceSigner::sign(&mut key, message).unwrap();
        Ok(match self.fault {
            Fault::OtherKey => by(owner()),
            Fault::OtherMessage => {
                hazmat::sign_digest(&device(), &hazmat::digest(keccak256(message.digest().as_bytes())))
                    .unwrap()
            }
            Fault::FlippedV => {
                let mut bytes = by(device()).to_bytes();
                bytes[64] ^= 27 ^ 28;
                Signature::from_bytes(&bytes).unwrap()
            }
            _ => by(device()),
        })
    }
}

fn violation(fault: Fault) -> SignerViolation<Infallible> {
    check_blocking_signer(&mut BadSigner { fault, signed: 0 }).unwrap_err()
}

#[test]
fn the_suite_passes_a_key_in_memory_blocking_async_and_through_the_adapter() {
    check_blocking_signer(&mut device()).unwrap();
    block_on(check_signer(&mut device())).unwrap();
    block_on(check_signer(&mut BlockingAsync::new(device()))).unwrap();
    block_on(check_signer(&mut &mut device())).unwrap();
}

#[test]
fn the_suite_names_what_is_wrong_with_a_bad_signer() {
    let (expected, recovered) = (device().address(), owner().address());
    let other_key = VerifyError::WrongSigner { expected, recovered };
    assert_eq!(violation(Fault::OtherKey), SignerViolation::Signature(other_key));
    for fault in [Fault::OtherMessage, Fault::FlippedV] {
        assert!(matches!(violation(fault), SignerViolation::Signature(_)));
    }
    assert_eq!(violation(Fault::NoAddress), SignerViolation::ZeroAddress);
    assert_eq!(violation(Fault::RestlessAddress), SignerViolation::AddressChanged);
}

#[test]
fn a_key_shows_its_address_and_nothing_else() {
    let shown = format!("{:?}", device());
    assert_eq!(shown, "SoftwareKey { address: 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, .. }");
}

#[test]
fn keys_are_in_1_to_n() {
    let order = bytes::<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    for outside in [[0; 32], order, [0xFF; 32]] {
        assert_eq!(SoftwareKey::from_bytes(outside).unwrap_err(), SoftwareKeyError::OutOfRange);
    }
    let mut last = order;
    last[31] -= 1;
    SoftwareKey::from_bytes(last).unwrap();
}

#[test]
fn no_two_messages_of_the_same_content_share_a_digest() {
    let payload = b"{}";
    let seal = TelemetryBatchSeal { device: device().address(), payload };
    let messages: [&dyn Verifiable; 10] = [
        &claim(Registry::POLYGON),
        &claim(Registry::AMOY),
        &pair(Registry::POLYGON),
        &pair(Registry::AMOY),
        &unpair(Registry::POLYGON),
        &unpair(Registry::AMOY),
        &Personal(payload),
        &ReceivedTelemetry(payload),
        &seal,
        &TelemetryBatchSeal { device: owner().address(), ..seal },
    ];
    let digests: HashSet<_> = messages.iter().map(|message| message.signed_digest()).collect();
    assert_eq!(digests.len(), messages.len());
    // The live network's two unprefixed forms are one form: only the place where they are used tells them apart.
    let received = ReceivedTelemetry(payload).signed_digest();
    assert_eq!(ReceivedConfigStatus(payload).signed_digest(), received);
    assert_eq!(hazmat::gen1_telemetry(payload).unwrap().digest(), received);
    assert_eq!(hazmat::AnyPersonal(payload).digest(), Personal(payload).signed_digest());
}

#[test]
fn the_seal_of_a_batch_is_typed_data_over_the_device_and_the_hash_of_the_payload() {
    let seal = TelemetryBatchSeal { device: device().address(), payload: b"columns" };
    let domain = keccak256(
        [
            keccak256(b"EIP712Domain(string name,string version)"),
            keccak256(b"DIMO Telemetry"),
            keccak256(b"1"),
        ]
        .as_flattened(),
    );
    let mut device_word = [0; 32];
    device_word[12..].copy_from_slice(device().address().as_bytes());
    let body = keccak256(
        [
            keccak256(b"TelemetryBatch(address device,bytes32 payloadHash)"),
            device_word,
            keccak256(b"columns"),
        ]
        .as_flattened(),
    );
    let digest = keccak256(&[&[0x19, 0x01], &domain[..], &body[..]].concat());
    assert_eq!(seal.digest(), hazmat::digest(digest));
}

/// The first bytes of everything that an account can be made to sign and that is not telemetry.
#[test]
fn nothing_but_an_object_is_signed_as_telemetry() {
    let typed =
        [&[0x19, 0x01][..], &Registry::POLYGON.domain_separator(), &claim(Registry::POLYGON).struct_hash()];
    let transactions: [&[u8]; 3] = [&[0xF8, 0x6C, 0x09], &[0xC0], &[0x02, 0xF8, 0x71]];
    let others: [&[u8]; 5] = [b"", b" {}", b"[{}]", b"\"{}\"", b"\x19Ethereum Signed Message:\n2{}"];
    for bytes in transactions.into_iter().chain(others).chain([&typed.concat()[..]]) {
        let refused = hazmat::gen1_telemetry(bytes).unwrap_err();
        assert_eq!(refused.first, bytes.first().copied());
    }
}

#[test]
fn a_configuration_report_is_json_that_reads_back_and_its_digest_is_that_of_the_body() {
    let awkward = "a\"b\\c\u{0}\u{1f}\u{7f}\n</é\u{1F600}";
    for dbc_url in [None, Some("https://example/dbc"), Some(awkward)] {
        let status =
            ConfigStatus { pid_url: awkward, device_setting_url: "", dbc_url, firmware_version: "v1" };
        let body = status.to_string();
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        let mut expected = serde_json::json!({
            "pidUrl": awkward, "deviceSettingUrl": "", "firmwareVersionApplied": "v1",
        });
        if let Some(url) = dbc_url {
            expected["dbcUrl"] = url.into();
        }
        assert_eq!(read, expected);
        assert_eq!(status.digest(), hazmat::digest(keccak256(body.as_bytes())));
    }
    let status =
        ConfigStatus { pid_url: "p", device_setting_url: "s", dbc_url: Some("d"), firmware_version: "f" };
    let body = r#"{"pidUrl":"p","deviceSettingUrl":"s","dbcUrl":"d","firmwareVersionApplied":"f"}"#;
    assert_eq!(status.to_string(), body);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_one_key_signs_verifies_for_it_and_for_nobody_else(
        secret in prop::array::uniform32(1u8..=0xFE), data in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut signer = SoftwareKey::from_bytes(secret).unwrap();
        let message = hazmat::AnyPersonal(&data);
        let signature = blocking::DeviceSigner::sign(&mut signer, &message).unwrap();
        prop_assert!(verify(message, &signature, signer.address()).is_ok());
        prop_assert!(verify(message, &signature, device().address()).is_err());
        let async_signature = block_on(DeviceSigner::sign(&mut signer, &message)).unwrap();
        prop_assert_eq!(async_signature, signature);
    }

    #[test]
    fn a_signature_cannot_be_bent_into_another_one_of_the_same_signer(
        data in prop::collection::vec(any::<u8>(), 0..40), bit in 0usize..520,
    ) {
        let message = hazmat::AnyPersonal(&data);
        let mut bytes = blocking::DeviceSigner::sign(&mut device(), &message).unwrap().to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(bent) = Signature::from_bytes(&bytes) {
            prop_assert_ne!(recover(&message, &bent), Ok(device().address()));
        }
    }

    #[test]
    fn the_second_half_of_s_is_no_signature(data in prop::collection::vec(any::<u8>(), 0..40)) {
        let signature = blocking::DeviceSigner::sign(&mut device(), &hazmat::AnyPersonal(&data)).unwrap();
        let s = k256::elliptic_curve::ff::PrimeField::from_repr(signature.s().into());
        let s: k256::Scalar = Option::from(s).unwrap();
        let mut bytes = signature.to_bytes();
        bytes[32..64].copy_from_slice(&(-s).to_bytes());
        bytes[64] ^= 27 ^ 28;
        prop_assert_eq!(Signature::from_bytes(&bytes), Err(SignatureError::HighS));
    }
}
