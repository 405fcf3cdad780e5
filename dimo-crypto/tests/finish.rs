//! Whatever a chip answers: either the one right signature comes out, or a typed refusal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "software-key")]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::hazmat::AnyPersonal;
use dimo_crypto::{
    ChipForm, ChipSignature, ChipSignatureError, DerError, FinishError, Message, PublicKey, SHalf, Signature,
    finish_signature, hazmat, recover,
};
use k256::ecdsa::{RecoveryId, VerifyingKey};
use proptest::prelude::*;
use util::{bytes, device, owner};

/// The device's signature over `message`, finished from the given answer of a chip.
fn finished(message: &dyn Message, form: ChipForm, half: SHalf) -> Result<Signature, FinishError> {
    let signed = device().sign(message).unwrap();
    finish_signature(
        &device().public_key(),
        &message.digest(),
        &ChipSignature::unfinished(&signed, form, half),
    )
}

/// A DER signature with the given integers, exactly as they are.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let mut der = vec![0x30, (4 + r.len() + s.len()) as u8, 2, r.len() as u8];
    der.extend_from_slice(r);
    der.extend_from_slice(&[2, s.len() as u8]);
    der.extend_from_slice(s);
    der
}

fn finish_der(der: &[u8]) -> Result<Signature, FinishError> {
    let digest = AnyPersonal(b"der").digest();
    finish_signature(&device().public_key(), &digest, &ChipSignature::der(der).unwrap())
}

/// A signature whose r has leading zero bytes, found by trying messages.
fn signature_with_short_r() -> (Vec<u8>, Signature) {
    (0u32..)
        .map(|i| i.to_be_bytes().to_vec())
        .map(|message| {
            let signature = device().sign(&AnyPersonal(&message)).unwrap();
            (message, signature)
        })
        .find(|(_, signature)| signature.r()[0] == 0)
        .unwrap()
}

#[test]
fn every_form_and_half_finishes_to_the_signature_of_rfc_6979() {
    for i in 0..24u8 {
        let data = [i];
        let message = AnyPersonal(&data);
        let expected = device().sign(&message).unwrap();
        for form in [ChipForm::Raw, ChipForm::Der] {
            for half in [SHalf::Low, SHalf::High] {
                assert_eq!(finished(&message, form, half), Ok(expected), "message {i}, {form:?}, {half:?}");
            }
        }
    }
}

#[test]
fn what_stands_for_a_chips_answer_is_what_the_der_crate_writes_in_the_half_asked_for() {
    for i in 0..24u8 {
        let signed = device().sign(&AnyPersonal(&[i])).unwrap();
        let low = k256::ecdsa::Signature::from_slice(&signed.r_and_s()).unwrap();
        let high = k256::ecdsa::Signature::from_scalars(*low.r(), -*low.s()).unwrap();
        for (half, expected) in [(SHalf::Low, low), (SHalf::High, high)] {
            let raw = ChipSignature::raw(expected.to_bytes().into());
            assert_eq!(ChipSignature::unfinished(&signed, ChipForm::Raw, half), raw, "message {i}, {half:?}");
            let der = ChipSignature::der(expected.to_der().as_bytes()).unwrap();
            assert_eq!(ChipSignature::unfinished(&signed, ChipForm::Der, half), der, "message {i}, {half:?}");
        }
    }
}

#[test]
fn leading_zeros_that_a_chip_strips_come_back() {
    let (message, expected) = signature_with_short_r();
    let message = AnyPersonal(&message);
    for half in [SHalf::Low, SHalf::High] {
        assert_eq!(finished(&message, ChipForm::Der, half), Ok(expected));
    }
}

#[test]
fn a_signature_of_another_key_or_another_digest_never_leaves_the_device() {
    let message = AnyPersonal(b"{}");
    let signed = device().sign(&message).unwrap();
    let answer = ChipSignature::unfinished(&signed, ChipForm::Raw, SHalf::Low);
    let other_key = finish_signature(&owner().public_key(), &message.digest(), &answer);
    assert_eq!(other_key, Err(FinishError::NotThisKey));
    let other_digest = finish_signature(&device().public_key(), &AnyPersonal(b"[]").digest(), &answer);
    assert_eq!(other_digest, Err(FinishError::NotThisKey));
}

#[test]
fn each_single_flipped_bit_is_noticed() {
    let message = AnyPersonal(b"{}");
    let signed = device().sign(&message).unwrap().r_and_s();
    for bit in 0..512 {
        let mut flipped = signed;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let result =
            finish_signature(&device().public_key(), &message.digest(), &ChipSignature::raw(flipped));
        assert!(matches!(result, Err(FinishError::NotThisKey | FinishError::OutOfRange)), "bit {bit}");
    }
}

#[test]
fn a_point_whose_x_is_not_below_n_is_refused_with_its_own_error() {
    // Such a signature cannot be found by signing, but a key can be made for one: r + n is the x of a point, s is anything.
    let digest = hazmat::digest([0x42; 32]);
    let (key, r_and_s) = (1u8..=255)
        .find_map(|r| {
            let mut r_and_s = [0; 64];
            (r_and_s[31], r_and_s[63]) = (r, 7);
            let signature = k256::ecdsa::Signature::from_slice(&r_and_s).unwrap();
            let recovery_id = RecoveryId::new(true, true);
            let key = VerifyingKey::recover_from_prehash(digest.as_bytes(), &signature, recovery_id).ok()?;
            let key = PublicKey::from_sec1(key.to_sec1_point(false).as_bytes()).unwrap();
            Some((key, r_and_s))
        })
        .unwrap();
    let result = finish_signature(&key, &digest, &ChipSignature::raw(r_and_s));
    assert_eq!(result, Err(FinishError::NoRecoveryId));
}

/// Made as above: the greatest low s stays as it is, and the least high one becomes it.
#[test]
fn the_lower_half_ends_with_the_half_itself() {
    let half = bytes::<32>("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    let digest = hazmat::digest([0x42; 32]);
    for above in [0, 1] {
        let (key, r_and_s) = (1u8..=255)
            .find_map(|r| {
                let mut r_and_s = [0; 64];
                r_and_s[31] = r;
                r_and_s[32..].copy_from_slice(&half);
                r_and_s[63] += above;
                let signature = k256::ecdsa::Signature::from_slice(&r_and_s).unwrap();
                let recovery_id = RecoveryId::new(false, false);
                let key = VerifyingKey::recover_from_prehash(digest.as_bytes(), &signature, recovery_id);
                let key = PublicKey::from_sec1(key.ok()?.to_sec1_point(false).as_bytes()).unwrap();
                Some((key, r_and_s))
            })
            .unwrap();
        let finished = finish_signature(&key, &digest, &ChipSignature::raw(r_and_s)).unwrap();
        assert_eq!(finished.s(), half, "the half and {above}");
    }
}

#[test]
fn r_and_s_out_of_range_are_refused() {
    let order = bytes::<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let digest = AnyPersonal(b"range").digest();
    for wrong in [[0; 32], order, [0xFF; 32]] {
        for place in [0, 32] {
            let mut r_and_s = [1; 64];
            r_and_s[place..place + 32].copy_from_slice(&wrong);
            let result = finish_signature(&device().public_key(), &digest, &ChipSignature::raw(r_and_s));
            assert_eq!(result, Err(FinishError::OutOfRange), "{wrong:?} at {place}");
        }
    }
}

#[test]
fn der_has_one_form_and_every_other_is_refused_with_its_reason() {
    let cases: [(&str, Vec<u8>, DerError); 13] = [
        ("empty", vec![], DerError::Truncated),
        ("one byte", vec![0x30], DerError::Truncated),
        ("no sequence", vec![0x31, 0], DerError::Tag { expected: 0x30, found: 0x31 }),
        ("sequence longer than the input", vec![0x30, 6, 2, 1, 1], DerError::Truncated),
        ("second value missing", vec![0x30, 3, 2, 1, 1], DerError::Truncated),
        ("no integer", vec![0x30, 6, 2, 1, 1, 4, 1, 1], DerError::Tag { expected: 2, found: 4 }),
        ("long form of a short length", vec![0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], DerError::Length),
        ("bytes behind the sequence", [der(&[1], &[1]), vec![0]].concat(), DerError::Trailing),
        ("bytes behind the integers", vec![0x30, 8, 2, 1, 1, 2, 1, 1, 5, 0], DerError::Trailing),
        ("empty integer", der(&[], &[1]), DerError::Integer),
        ("negative integer", der(&[1], &[0x80]), DerError::Integer),
        ("superfluous zero", der(&[0, 1], &[1]), DerError::Integer),
        ("33 bytes without a sign byte", der(&[1; 33], &[1]), DerError::Integer),
    ];
    for (name, der, expected) in cases {
        assert_eq!(finish_der(&der), Err(FinishError::Der(expected)), "{name}");
    }
    // Well formed, but no signature of this key: past the parser.
    assert_eq!(finish_der(&der(&[1], &[1])), Err(FinishError::NotThisKey));
    assert_eq!(finish_der(&der(&[0], &[1])), Err(FinishError::OutOfRange));
    assert_eq!(ChipSignature::der(&[0x30; 73]), Err(ChipSignatureError::TooLong { len: 73 }));
}

/// DER of a real signature, with up to three bytes replaced and perhaps cut.
fn damaged_der() -> impl Strategy<Value = Vec<u8>> {
    let integer = || prop::collection::vec(any::<u8>(), 0..34);
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (integer(), integer(), damage, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(r, s, damage, cut, keep)| {
            let mut der = der(&r, &s);
            for (index, byte) in damage {
                let at = index.index(der.len());
                der[at] = byte;
            }
            if !keep {
                der.truncate(cut.index(der.len()));
            }
            der.truncate(ChipSignature::MAX_LEN);
            der
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_finished_recovers_to_the_key_and_is_what_rfc_6979_gives(
        data in prop::collection::vec(any::<u8>(), 0..80), der in any::<bool>(), high in any::<bool>(),
    ) {
        let form = if der { ChipForm::Der } else { ChipForm::Raw };
        let half = if high { SHalf::High } else { SHalf::Low };
        let message = AnyPersonal(&data);
        let signature = finished(&message, form, half).unwrap();
        prop_assert_eq!(signature, device().sign(&message).unwrap());
        prop_assert_eq!(recover(&message, &signature), Ok(device().address()));
        prop_assert_eq!(Signature::from_bytes(signature.as_bytes()), Ok(signature));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn our_der_takes_exactly_what_the_der_crate_takes(der in damaged_der()) {
        let ours = !matches!(finish_der(&der), Err(FinishError::Der(_) | FinishError::OutOfRange));
        prop_assert_eq!(ours, k256::ecdsa::Signature::from_der(&der).is_ok());
    }
}
