//! Signature schemes: the vectors of RFC 8032, ECDSA over secp256k1, and a scheme of somebody else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "ed25519")]

mod firmware;

use dimo_crypto::manifest::*;
use firmware::*;
use k256::ecdsa::signature::Signer;
use sha2::{Digest, Sha256};

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(text, &mut bytes).unwrap().len(), N);
    bytes
}

/// RFC 8032, section 7.1, tests 1 to 3: public key, message, signature.
const VECTORS: [(&str, &[u8], &str); 3] = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        &[],
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        &[0x72],
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        &[0xAF, 0x82],
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
];

/// What a boot loader with little flash writes for itself: Ed25519 by `salty`, a quarter of the size.
struct Salty;

impl SignatureScheme for Salty {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        if algorithm != Algorithm::Ed25519 {
            return Err(SchemeError::Unsupported);
        }
        let key: &[u8; 32] = key.try_into().map_err(|_| SchemeError::Key)?;
        let key = salty::PublicKey::try_from(key).map_err(|_| SchemeError::Key)?;
        key.verify(message, &salty::Signature::from(signature)).map_err(|_| SchemeError::Signature)
    }
}

#[test]
fn the_vectors_of_rfc_8032_verify() {
    for scheme in [&Ed25519 as &dyn SignatureScheme, &Salty, &(Es256k, Ed25519), &(Salty, Es256k)] {
        for (key, message, signature) in VECTORS {
            let (key, mut signature): ([u8; 32], [u8; 64]) = (hex(key), hex(signature));
            assert_eq!(scheme.verify(Algorithm::Ed25519, &key, message, &signature), Ok(()));
            let other = [message, b"!"].concat();
            let refused = Err(SchemeError::Signature);
            assert_eq!(scheme.verify(Algorithm::Ed25519, &key, &other, &signature), refused);
            signature[40] ^= 1;
            assert_eq!(scheme.verify(Algorithm::Ed25519, &key, message, &signature), refused);
        }
    }
}

/// S + L is the same S to whoever does not look.
fn second_form(mut signature: [u8; 64]) -> [u8; 64] {
    let order = hex::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    signature
}

#[test]
fn ed25519_has_one_form_of_a_signature() {
    let (key, message, signature) = VECTORS[1];
    let signature = second_form(hex(signature));
    let result = Ed25519.verify(Algorithm::Ed25519, &hex::<32>(key), message, &signature);
    assert_eq!(result, Err(SchemeError::Signature));
}

/// Finds nothing wrong.
struct Credulous;

impl SignatureScheme for Credulous {
    fn verify(&self, _: Algorithm, _: &[u8], _: &[u8], _: &[u8; 64]) -> Result<(), SchemeError> {
        Ok(())
    }
}

#[test]
fn a_scheme_is_not_asked_about_a_second_form() {
    let payload = encoded(&manifest());
    let mut signatures = [4, 5].map(|seed| signature(Role::Release, seed, &payload)).to_vec();
    let root = FIRST_ROOT.encode();
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let verify = |signatures: &[EnvelopeSignature], scheme: &dyn SignatureScheme| {
        let release = envelope(&payload, signatures.to_vec());
        root.verify_release(&SignedManifest::parse(&release).unwrap(), &state(&images()), &scheme)
    };
    assert!(verify(&signatures, &Credulous).is_ok());
    signatures[0].signature = second_form(signatures[0].signature);
    let (key, error) = (signatures[0].key, SchemeError::Signature);
    let refusal = Err(ReleaseRefusal::Signatures(SignatureRefusal::Invalid { key, error }));
    assert_eq!(verify(&signatures, &Credulous), refusal);
    assert_eq!(verify(&signatures, &Salty), refusal);
}

/// A scheme that is handed on by reference is asked, too: the call goes through the implementation for references.
#[test]
fn a_scheme_behind_a_reference_refuses_what_it_refuses_itself() {
    fn verify<S: SignatureScheme>(scheme: &S, message: &[u8]) -> Result<(), SchemeError> {
        let (key, _, signature) = VECTORS[1];
        <&S>::verify(&scheme, Algorithm::Ed25519, &hex::<32>(key), message, &hex(signature))
    }
    assert_eq!(verify(&Ed25519, VECTORS[1].1), Ok(()));
    assert_eq!(verify(&Ed25519, b"other"), Err(SchemeError::Signature));
    assert_eq!(verify(&Es256k, VECTORS[1].1), Err(SchemeError::Unsupported));
}

/// The order itself is no S, one below it is.
#[test]
fn the_canonical_range_ends_below_the_order() {
    let mut signature = [0; 64];
    signature[32..]
        .copy_from_slice(&hex::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
    assert!(!Algorithm::Ed25519.is_canonical(&signature));
    signature[32] -= 1;
    assert!(Algorithm::Ed25519.is_canonical(&signature));
}

/// Neither zero nor the upper half, whatever a scheme would say of them.
#[test]
fn the_canonical_range_of_secp256k1_is_the_lower_half_without_zero() {
    let half = hex::<32>("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    let order = hex::<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let (mut one, mut above_half) = ([0; 32], half);
    one[31] = 1;
    above_half[31] += 1;
    let expected = [([0; 32], false), (one, true), (half, true), (above_half, false), (order, false)];
    for (s, is_canonical) in expected {
        let mut signature = [1; 64];
        signature[32..].copy_from_slice(&s);
        assert_eq!(Algorithm::Es256k.is_canonical(&signature), is_canonical, "{s:02x?}");
    }
}

#[test]
fn a_key_of_small_order_signs_nothing() {
    // The neutral point: with it, R of the neutral point and S of 0 "sign" everything.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let refused = Err(SchemeError::Signature);
    assert_eq!(Ed25519.verify(Algorithm::Ed25519, &neutral, b"anything", &signature), refused);
}

#[test]
fn a_scheme_says_what_it_does_not_have() {
    let unsupported = Err(SchemeError::Unsupported);
    assert_eq!(Ed25519.verify(Algorithm::Es256k, &[2; 33], b"", &[1; 64]), unsupported);
    assert_eq!(Es256k.verify(Algorithm::Ed25519, &[2; 32], b"", &[1; 64]), unsupported);
    assert_eq!((Salty, Ed25519).verify(Algorithm::Es256k, &[2; 33], b"", &[1; 64]), unsupported);
    let no_key = Err(SchemeError::Key);
    assert_eq!(Ed25519.verify(Algorithm::Ed25519, &[2; 31], b"", &[1; 64]), no_key);
    assert_eq!(Es256k.verify(Algorithm::Es256k, &[5; 33], b"", &[1; 64]), no_key);
}

#[test]
fn secp256k1_signs_with_a_low_s_only() {
    let key = k256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let public = key.verifying_key().to_sec1_point(true);
    let public = public.as_bytes();
    let signature: k256::ecdsa::Signature = key.sign(b"bytes");
    let low = signature.normalize_s();
    let high = k256::ecdsa::Signature::from_scalars(low.r(), -low.s()).unwrap();
    let verify = |key: &[u8], message: &[u8], signature: k256::ecdsa::Signature| {
        Es256k.verify(Algorithm::Es256k, key, message, &signature.to_bytes().into())
    };
    assert_eq!(verify(public, b"bytes", low), Ok(()));
    assert_eq!(verify(public, b"bytes", high), Err(SchemeError::Signature));
    assert_eq!(verify(public, b"other", low), Err(SchemeError::Signature));
    // One form of a key too: an uncompressed one would have another id.
    let uncompressed = key.verifying_key().to_sec1_point(false);
    assert_eq!(verify(uncompressed.as_bytes(), b"bytes", low), Err(SchemeError::Key));
    for wrong in [[0; 64], [0xFF; 64]] {
        assert_eq!(Es256k.verify(Algorithm::Es256k, public, b"", &wrong), Err(SchemeError::Signature));
    }
}

#[test]
fn the_id_of_a_key_begins_its_hash() {
    assert_eq!(KeyId::of(b"key").0[..], Sha256::digest(b"key")[..8]);
    assert_eq!((Algorithm::Ed25519.cose(), Algorithm::Es256k.cose()), (-8, -47));
}

#[test]
fn an_update_can_be_verified_by_any_scheme_that_has_its_algorithm() {
    let images = images();
    let (root, release) = (FIRST_ROOT.encode(), release(&manifest()));
    let root = TrustedRoot::provisioned(Root::parse(&root).unwrap());
    let release = SignedManifest::parse(&release).unwrap();
    assert!(root.verify_release(&release, &state(&images), &Salty).is_ok());
    assert!(root.verify_release(&release, &state(&images), &(Es256k, Salty)).is_ok());
    let refusal = root.verify_release(&release, &state(&images), &Es256k).unwrap_err();
    let ReleaseRefusal::Signatures(SignatureRefusal::Invalid { error, .. }) = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(error, SchemeError::Unsupported);
}

/// 02 and 03 before the same x: one secret signs for both.
#[test]
fn a_point_and_its_negative_are_one_key() {
    let key = |seed| {
        let key = k256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
        key.verifying_key().to_sec1_point(true).as_bytes().to_vec()
    };
    let (one, other, third) = (key(1), key(2), key(3));
    let mut negative = one.clone();
    negative[0] ^= 1;
    let root = |director: &[u8]| {
        let mut buffer = [0; Root::MAX_LEN];
        let plan = RootPlan {
            vendor: VENDOR,
            epoch: 3,
            algorithm: Algorithm::Es256k,
            root: RoleKeys { threshold: 1, keys: &[&other] },
            release: RoleKeys { threshold: 1, keys: &[&one] },
            director: RoleKeys { threshold: 1, keys: &[director] },
            floors: &[],
        };
        plan.encode(&mut buffer).is_ok_and(|root| Root::parse(root).is_ok())
    };
    assert!(root(&third));
    assert!(!root(&negative));
}

/// A vendor whose keys are of secp256k1, in the hardware modules that hold its wallets.
#[test]
fn a_root_of_secp256k1_keys_works_the_same() {
    let keys = [1, 2, 3].map(|seed| k256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap());
    let publics = keys.each_ref().map(|key| key.verifying_key().to_sec1_point(true).as_bytes().to_vec());
    let role = |at: usize| publics[at].as_slice();
    let mut buffer = [0; Root::MAX_LEN];
    let root = RootPlan {
        vendor: VENDOR,
        epoch: 3,
        algorithm: Algorithm::Es256k,
        root: RoleKeys { threshold: 1, keys: &[role(0)] },
        release: RoleKeys { threshold: 1, keys: &[role(1)] },
        director: RoleKeys { threshold: 1, keys: &[role(2)] },
        floors: &[],
    }
    .encode(&mut buffer)
    .unwrap();
    let root = TrustedRoot::provisioned(Root::parse(root).unwrap());

    let payload = encoded(&manifest());
    let id = KeyId::of(role(1));
    let bytes = ToBeSigned::new(Role::Release, Algorithm::Es256k, id, &payload).unwrap();
    let signature: k256::ecdsa::Signature = keys[1].sign(bytes.as_bytes());
    let signature = signature.normalize_s().to_bytes().into();
    let signed = |algorithm| envelope(&payload, vec![EnvelopeSignature { algorithm, key: id, signature }]);

    let images = images();
    let release = signed(Algorithm::Es256k);
    let release = SignedManifest::parse(&release).unwrap();
    assert!(root.verify_release(&release, &state(&images), &Es256k).is_ok());
    // The envelope does not choose the algorithm, the root does.
    let confused = signed(Algorithm::Ed25519);
    let confused = SignedManifest::parse(&confused).unwrap();
    assert_eq!(
        root.verify_release(&confused, &state(&images), &(Ed25519, Es256k)),
        Err(ReleaseRefusal::Signatures(SignatureRefusal::Algorithm {
            key: id,
            algorithm: Algorithm::Ed25519
        }))
    );
}
