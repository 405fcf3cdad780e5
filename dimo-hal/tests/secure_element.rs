//! The suite passes a good element and names what is wrong with a bad one; the software element keeps its promises.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "dev")]

mod util;

use std::collections::HashSet;

use dimo_crypto::dev::block_on;
use dimo_crypto::hazmat::AnyPersonal;
use dimo_crypto::{ChipForm, Digest, Message, PublicKey, SoftwareKey, finish_signature};
use dimo_hal::blocking::SecureElement;
use dimo_hal::conformance::{
    SecureElementViolation as Violation, check_blocking_secure_element, check_secure_element,
};
use dimo_hal::secure_element::{CounterId, Curve, KeyPolicy};
use dimo_hal::{BlockingAsync, KeyProtection, KeySlot, SoftwareElementError, SoftwareSecureElement};
use util::{Element, ElementError, Wrong};

const SLOT: KeySlot = KeySlot(1);

fn element() -> SoftwareSecureElement {
    SoftwareSecureElement::new([0x5A; 32])
}

fn violation(wrong: Wrong) -> Violation<ElementError> {
    check_blocking_secure_element(&mut Element::new(wrong), SLOT, CounterId(0)).unwrap_err()
}

#[test]
fn the_suite_passes_the_software_element_in_every_form_and_through_the_adapter() {
    for form in [ChipForm::Raw, ChipForm::Der] {
        check_blocking_secure_element(&mut element().with_form(form), SLOT, CounterId(0)).unwrap();
        block_on(check_secure_element(&mut element().with_form(form), SLOT, CounterId(3))).unwrap();
    }
    let mut adapted = BlockingAsync::new(element());
    block_on(check_secure_element(&mut adapted, SLOT, CounterId(1))).unwrap();
    // A counter that it does not claim to have.
    check_blocking_secure_element(&mut element(), SLOT, CounterId(200)).unwrap();
    check_blocking_secure_element(&mut Element::new(Wrong::Nothing), SLOT, CounterId(0)).unwrap();
}

#[test]
fn the_suite_names_what_is_wrong_with_a_bad_element() {
    assert!(matches!(violation(Wrong::PrehashBit { times: 1 }), Violation::Signature(_)));
    assert!(matches!(violation(Wrong::SigningKey), Violation::Signature(_)));
    assert_eq!(violation(Wrong::PublicKeyBit), Violation::PublicKeyDiffers);
    assert_eq!(violation(Wrong::PublicKeySlot), Violation::PublicKeyDiffers);
    assert_eq!(violation(Wrong::SameKeyAgain), Violation::KeyNotReplaced);
    assert_eq!(violation(Wrong::ConstantRandom), Violation::RandomRepeats);
    assert_eq!(violation(Wrong::ShortRandom), Violation::RandomRepeats);
    assert_eq!(violation(Wrong::Bus), Violation::PublicKey(ElementError::Bus));
    let counter = |advanced| Violation::CounterValue { expected: 7, advanced, read: advanced };
    assert_eq!(violation(Wrong::CounterStuck), counter(5));
    assert_eq!(violation(Wrong::CounterGoesDown), counter(5));
    assert_eq!(violation(Wrong::CounterNotIdempotent), counter(8));
}

#[test]
fn a_permanent_key_is_never_replaced_and_a_replaceable_one_is() {
    let mut element = element();
    let permanent = element_generate(&mut element, SLOT, KeyPolicy::Permanent).unwrap();
    let refused = element_generate(&mut element, SLOT, KeyPolicy::Replaceable);
    assert_eq!(refused, Err(SoftwareElementError::SlotTaken { slot: SLOT }));
    assert_eq!(SecureElement::public_key(&mut element, SLOT), Ok(permanent));

    let other = KeySlot(2);
    let first = element_generate(&mut element, other, KeyPolicy::Replaceable).unwrap();
    let second = element_generate(&mut element, other, KeyPolicy::Replaceable).unwrap();
    assert_ne!(first, second);
}

fn element_generate(
    element: &mut SoftwareSecureElement,
    slot: KeySlot,
    policy: KeyPolicy,
) -> Result<[u8; 64], SoftwareElementError> {
    SecureElement::generate(element, slot, Curve::Secp256k1, policy)
}

#[test]
fn slots_counters_and_curves_that_are_not_there_are_refused() {
    let mut element = element();
    let (slot, counter) = (KeySlot(4), CounterId(4));
    let refused = element_generate(&mut element, slot, KeyPolicy::Permanent);
    assert_eq!(refused, Err(SoftwareElementError::NoSuchSlot { slot }));
    assert_eq!(
        SecureElement::sign_prehash(&mut element, slot, &[0; 32]),
        Err(SoftwareElementError::NoSuchSlot { slot })
    );
    assert_eq!(
        SecureElement::sign_prehash(&mut element, SLOT, &[0; 32]),
        Err(SoftwareElementError::SlotEmpty { slot: SLOT })
    );
    assert_eq!(
        SecureElement::advance_counter_to(&mut element, counter, 1),
        Err(SoftwareElementError::NoSuchCounter { counter })
    );
    let curve = Curve::P256;
    assert_eq!(
        SecureElement::generate(&mut element, SLOT, curve, KeyPolicy::Permanent),
        Err(SoftwareElementError::CurveUnsupported { curve })
    );
}

#[test]
fn the_software_element_says_that_it_is_none() {
    let protection = SecureElement::capabilities(&element()).key_protection;
    assert_eq!(protection, KeyProtection::Extractable);
    assert_eq!(protection.to_string(), "software key");
}

#[test]
fn its_debug_form_shows_addresses_and_no_secret() {
    let key = SoftwareKey::from_bytes([7; 32]).unwrap();
    let element = element().with_key(KeySlot(0), key).unwrap();
    let shown = format!("{element:?}");
    assert!(shown.contains("0x4a62316623ad457F02cDC5D997deD67a383EC569"), "{shown}");
    // Neither the key's bytes nor the pool's, in either notation.
    for secret in ["7, 7, 7", "0707", "90, 90", "5a5a"] {
        assert!(!shown.to_lowercase().contains(secret), "{shown}");
    }
}

#[test]
fn it_answers_as_chips_do_with_s_in_either_half() {
    let mut element = element();
    let key = element_generate(&mut element, SLOT, KeyPolicy::Permanent).unwrap();
    let key = PublicKey::from_bytes(&key).unwrap();
    let digests: Vec<Digest> = (0..32u8).map(|n| AnyPersonal(&[n]).digest()).collect();
    let lengths: HashSet<bool> = digests
        .iter()
        .map(|digest| {
            let answer = SecureElement::sign_prehash(&mut element, SLOT, digest.as_bytes()).unwrap();
            let finished = finish_signature(&key, digest, &answer).unwrap();
            let low =
                dimo_crypto::ChipSignature::unfinished(&finished, ChipForm::Der, dimo_crypto::SHalf::Low);
            answer == low
        })
        .collect();
    assert_eq!(lengths, HashSet::from([true, false]));
}

#[test]
fn equal_entropy_gives_equal_keys_and_other_entropy_others() {
    let generate = |entropy| {
        let mut element = SoftwareSecureElement::new(entropy);
        element_generate(&mut element, SLOT, KeyPolicy::Permanent).unwrap()
    };
    assert_eq!(generate([1; 32]), generate([1; 32]));
    assert_ne!(generate([1; 32]), generate([2; 32]));
}
