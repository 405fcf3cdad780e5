//! Two implementations of secp256k1 that share no code come to the same verdicts, also where signatures are odd.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(all(feature = "software-key", feature = "libsecp256k1"))]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::hazmat::{AnyPersonal, digest};
use dimo_crypto::{
    Address, Digest, K256Verifier, LibSecp256k1Verifier, Message, Personal, PublicKey, RecoverError,
    Signature, SoftwareKey, Verifier, VerifyError,
};
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{RecoveryId, VerifyingKey};
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::point::AffineCoordinates;
use k256::{ProjectivePoint, Scalar};
use proptest::prelude::*;
use util::{bytes, device, owner};

const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

fn signature(r: [u8; 32], s: [u8; 32], v: u8) -> Option<Signature> {
    Signature::from_bytes(&[&r[..], &s, &[v]].concat()).ok()
}

/// What both say, which must be the same.
#[track_caller]
fn verdict(digest: &Digest, signature: &Signature) -> Result<Address, RecoverError> {
    let ours = K256Verifier.recover_digest(digest, signature);
    assert_eq!(LibSecp256k1Verifier.recover_digest(digest, signature), ours, "{digest} {signature}");
    ours
}

/// Small and large numbers, and those around the order and its half.
fn edge() -> impl Strategy<Value = [u8; 32]> {
    let near = |middle: [u8; 32]| {
        (-2i8..=2).prop_map(move |by| {
            let mut near = middle;
            near[31] = near[31].wrapping_add_signed(by);
            near
        })
    };
    let small = any::<u16>().prop_map(|small| {
        let mut number = [0; 32];
        number[30..].copy_from_slice(&small.to_be_bytes());
        number
    });
    prop_oneof![any::<[u8; 32]>(), small, near(bytes(ORDER)), near(bytes(HALF_ORDER)), near([0xFF; 32])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn both_verifiers_recover_the_same_account_or_none(hash in edge(), r in edge(), s in edge(), v in 27u8..=28) {
        if let Some(signature) = signature(r, s, v) {
            let _ = verdict(&digest(hash), &signature);
        }
    }

    #[test]
    fn both_verifiers_take_what_a_key_signed_and_nothing_bent(
        secret in prop::array::uniform32(1u8..=0xFE), data in prop::collection::vec(any::<u8>(), 0..60), bit in 0usize..520,
    ) {
        let mut key = SoftwareKey::from_bytes(secret).unwrap();
        let message = AnyPersonal(&data);
        let signed = key.sign(&message).unwrap();
        prop_assert_eq!(verdict(&message.digest(), &signed), Ok(key.address()));
        prop_assert!(LibSecp256k1Verifier.verify(Personal(&data), &signed, key.address()).is_ok());
        let mut bent = signed.to_bytes();
        bent[bit / 8] ^= 1 << (bit % 8);
        if let Ok(bent) = Signature::from_bytes(&bent) {
            prop_assert_ne!(verdict(&message.digest(), &bent), Ok(key.address()));
        }
    }

    /// R = kG and s = z/k: the key would be the point at infinity, whose address a careless verifier would compute.
    #[test]
    fn the_point_at_infinity_is_nobodys_key(k in 1u64.., z in 1u64..) {
        let (k, z) = (Scalar::from(k), Scalar::from(z));
        let point = ProjectivePoint::mul_by_generator_vartime(&k).to_affine();
        let mut s = z * k.invert().unwrap();
        let mut odd = bool::from(point.y_is_odd());
        if <[u8; 32]>::from(s.to_repr()) > bytes(HALF_ORDER) {
            // The other R of the same x, for the low s.
            (s, odd) = (-s, !odd);
        }
        let signature = signature(point.x().into(), s.to_repr().into(), if odd { 28 } else { 27 }).unwrap();
        prop_assert_eq!(verdict(&digest(z.to_repr().into()), &signature), Err(RecoverError::NoKey));
    }
}

#[test]
fn an_r_that_is_the_x_of_no_point_has_no_key() {
    let none = (1u8..40)
        .map(|x| {
            let mut r = [0; 32];
            r[31] = x;
            signature(r, r, 27).unwrap()
        })
        .filter(|signature| verdict(&digest([1; 32]), signature) == Err(RecoverError::NoKey))
        .count();
    // Of the numbers below 40, these are no x: about half, as of all numbers.
    assert!((10..30).contains(&none), "{none}");
}

/// x(R) in n..p: such a signature is valid, but has r = x - n and a recovery id of 2 or 3, for which there is no v. Read with
/// a v of 27 or 28, its r names another point or none, so both verifiers name somebody else or nobody, and the same.
#[test]
fn a_signature_whose_x_was_reduced_is_never_of_the_key_that_it_is_valid_for() {
    let digest = digest([0x42; 32]);
    let mut tried = 0;
    for (r, odd) in (1u8..=40).flat_map(|r| [(r, false), (r, true)]) {
        let mut r_and_s = [0; 64];
        (r_and_s[31], r_and_s[63]) = (r, 7);
        let reduced = k256::ecdsa::Signature::from_slice(&r_and_s).unwrap();
        let id = RecoveryId::new(odd, true);
        let Ok(key) = VerifyingKey::recover_from_prehash(digest.as_bytes(), &reduced, id) else { continue };
        key.verify_prehash(digest.as_bytes(), &reduced).unwrap();
        let signer = PublicKey::from_sec1(key.to_sec1_point(false).as_bytes()).unwrap().address();
        for v in [27, 28] {
            let signature = Signature::from_bytes(&[&r_and_s[..], &[v]].concat()).unwrap();
            assert_ne!(verdict(&digest, &signature), Ok(signer), "r {r}, v {v}");
        }
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn a_hash_of_the_order_counts_as_zero_in_both() {
    let signed = device().sign(&AnyPersonal(b"order")).unwrap();
    let zero = verdict(&digest([0; 32]), &signed).unwrap();
    assert_eq!(verdict(&digest(bytes(ORDER)), &signed), Ok(zero));
}

#[test]
fn the_wrong_signer_is_named_by_both() {
    let data = b"whose?";
    let signed = owner().sign(&AnyPersonal(data)).unwrap();
    let (expected, recovered) = (device().address(), owner().address());
    let refused = VerifyError::WrongSigner { expected, recovered };
    assert_eq!(K256Verifier.verify(Personal(data), &signed, expected), Err(refused));
    assert_eq!(LibSecp256k1Verifier.verify(Personal(data), &signed, expected), Err(refused));
    assert_eq!(Verifier::recover(&&LibSecp256k1Verifier, &Personal(data), &signed), Ok(recovered));
}
