//! alloy sees the same addresses, ids, keys, digests and signatures, and its refused signatures stay refused.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]
#![cfg(all(feature = "software-key", feature = "alloy"))]

mod util;

use alloy_primitives::{B256, B512, U256};
use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{Address, Message, PublicKey, PublicKeyError, Registry, Signature, SignatureError};
use dimo_types::TokenId;
use proptest::prelude::*;
use util::{claim, device};

#[test]
fn a_signed_claim_goes_to_alloy_and_back() {
    let claim = claim(Registry::POLYGON);
    let signature = device().sign(&claim).unwrap();
    let theirs = alloy_primitives::Signature::from(signature);
    assert_eq!(theirs.as_bytes(), signature.to_bytes());
    assert_eq!(theirs.to_string(), signature.to_string());
    assert_eq!(Signature::try_from(theirs), Ok(signature));
    assert_eq!(B256::from(claim.digest()).to_string(), claim.digest().to_string());

    let key = device().public_key();
    let point = B512::from(key);
    assert_eq!(PublicKey::try_from(point), Ok(key));
    assert_eq!(
        Address::from(alloy_primitives::Address::from_raw_public_key(point.as_slice())),
        key.address()
    );
    assert_eq!(PublicKey::try_from(B512::ZERO), Err(PublicKeyError::NotOnCurve));
}

#[test]
fn a_high_s_that_alloy_holds_is_no_signature() {
    let theirs = alloy_primitives::Signature::from(device().sign(&claim(Registry::POLYGON)).unwrap());
    let order = U256::from_be_bytes(util::bytes::<32>(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    ));
    let high = alloy_primitives::Signature::new(theirs.r(), order - theirs.s(), !theirs.v());
    assert_eq!(Signature::try_from(high), Err(SignatureError::HighS));
    assert_eq!(Signature::try_from(high.normalized_s()).map(Into::into), Ok(theirs));
}

proptest! {
    #[test]
    fn addresses_and_ids_are_the_same_bytes_and_text(bytes: [u8; 20], id: [u8; 32]) {
        let theirs = alloy_primitives::Address::from(Address::new(bytes));
        prop_assert_eq!(theirs.to_string(), Address::new(bytes).to_string());
        prop_assert_eq!(Address::from(theirs), Address::new(bytes));
        let number: U256 = TokenId::from_be_bytes(id).into();
        prop_assert_eq!(number.to_string(), TokenId::from_be_bytes(id).to_string());
        prop_assert_eq!(TokenId::from(number), TokenId::from_be_bytes(id));
    }
}
