//! Code that is generic over the traits of the `signature` crate gets the same signatures and the same verdicts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(all(feature = "software-key", feature = "signature"))]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{Message, Registry, Signature, SoftwareKey};
use signature::hazmat::{PrehashSigner, PrehashVerifier};
use signature::{Keypair, SignatureEncoding};
use util::{claim, device, owner};

fn round_trip<S, G>(signer: &S, prehash: &[u8]) -> Result<G, signature::Error>
where
    S: PrehashSigner<G> + Keypair,
    S::VerifyingKey: PrehashVerifier<G>,
    G: SignatureEncoding,
{
    let signature = signer.sign_prehash(prehash)?;
    signer.verifying_key().verify_prehash(prehash, &signature)?;
    Ok(signature)
}

#[test]
fn generic_code_signs_and_verifies_as_typed_messages_are() {
    let claim = claim(Registry::POLYGON);
    let generic: Signature = round_trip::<SoftwareKey, _>(&device(), claim.digest().as_bytes()).unwrap();
    assert_eq!(Ok(generic), device().sign(&claim));
    let encoded = generic.to_bytes();
    assert_eq!(Signature::try_from(&encoded[..]), Ok(generic));
    assert_eq!(SignatureEncoding::encoded_len(&generic), 65);
}

#[test]
fn another_key_another_v_and_another_length_are_refused() {
    let digest = claim(Registry::POLYGON).digest();
    let signature = device().sign_prehash(digest.as_bytes()).unwrap();
    let key = device().public_key();
    assert!(key.verify_prehash(digest.as_bytes(), &signature).is_ok());
    assert!(owner().public_key().verify_prehash(digest.as_bytes(), &signature).is_err());
    assert!(key.verify_prehash(&[7; 32], &signature).is_err());
    let mut bytes = signature.to_bytes();
    bytes[64] ^= 27 ^ 28;
    assert!(key.verify_prehash(digest.as_bytes(), &Signature::from_bytes(&bytes).unwrap()).is_err());
    for len in [0, 20, 31, 33, 64] {
        assert!(device().sign_prehash(&vec![7; len]).is_err());
        assert!(key.verify_prehash(&vec![7; len], &signature).is_err());
    }
}
