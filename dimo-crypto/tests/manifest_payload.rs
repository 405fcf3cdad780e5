//! Sealed payloads: against the keystream of RFC 8439, and what they give away.
#![cfg(feature = "payload")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

use dimo_crypto::manifest::PayloadKey;
use proptest::prelude::*;

#[test]
fn the_stream_is_that_of_rfc_8439_from_block_0_on() {
    // RFC 8439, appendix A.1, test vectors 1 and 2: the key and the nonce are 0, the counter is 0 and 1.
    let mut stream = [0; 128];
    PayloadKey::from_bytes([0; 32]).open(0, &mut stream);
    let expected = [
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7",
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed",
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    ];
    assert_eq!(base16ct::lower::encode_string(&stream), expected.concat());
}

#[test]
fn the_last_byte_that_a_payload_can_have_opens() {
    let key = PayloadKey::from_bytes([1; 32]);
    let (mut last, mut two) = ([0; 1], [0; 2]);
    key.open(u32::MAX, &mut last);
    key.open(u32::MAX - 1, &mut two);
    assert_eq!(last[0], two[1]);
    let mut behind = [0; 256];
    key.open(u32::MAX, &mut behind);
    assert_ne!(behind[1..], [0; 255], "behind it the stream goes on");
}

#[test]
fn a_key_shows_its_name_only() {
    let key = PayloadKey::from_bytes([0xAB; 32]);
    let shown = format!("{key:?}");
    assert!(!shown.to_lowercase().contains("abab"), "{shown}");
    assert!(shown.contains(&key.id().to_string()));
}

proptest! {
    #[test]
    fn what_was_sealed_opens_in_pieces_from_any_byte(
        payload in prop::collection::vec(any::<u8>(), 1..1000), cut in any::<prop::sample::Index>(), secret: [u8; 32],
    ) {
        let mut sealed = payload.clone();
        let key = PayloadKey::seal(&secret, &mut sealed);
        let cut = cut.index(payload.len());
        let (start, end) = sealed.split_at_mut(cut);
        let key = PayloadKey::from_bytes(*key.as_bytes());
        key.open(u32::try_from(cut).unwrap(), end);
        key.open(0, start);
        prop_assert_eq!(sealed, payload);
    }

    #[test]
    fn another_payload_or_another_vendor_has_another_key(
        payload in prop::collection::vec(any::<u8>(), 1..300), flip in (any::<prop::sample::Index>(), 1u8..), secret: [u8; 32],
    ) {
        let mut other = payload.clone();
        other[flip.0.index(payload.len())] ^= flip.1;
        let longer = [&payload[..], &[0]].concat();
        let key = |secret, payload: &[u8]| PayloadKey::seal(secret, &mut payload.to_vec());
        let one = key(&secret, &payload);
        let mut elsewhere = secret;
        elsewhere[0] ^= 1;
        for another in [key(&secret, &other), key(&secret, &longer), key(&elsewhere, &payload)] {
            prop_assert_ne!(one.as_bytes(), another.as_bytes());
            prop_assert_ne!(one.id(), another.id());
        }
        prop_assert_eq!(one.id(), key(&secret, &payload).id());
    }
}
