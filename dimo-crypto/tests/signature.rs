//! A signature has one form: bytes and text round trip, every other form is refused with its reason.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "software-key")]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::hazmat::AnyPersonal;
use dimo_crypto::{
    Message, PublicKey, PublicKeyError, Signature, SignatureError, SignatureTextError, verify,
};
use proptest::prelude::*;
use util::{bytes, device, key};

const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

/// A signature of r = s = 1 with some bytes replaced.
fn altered(r: Option<&str>, s: Option<&str>, v: u8) -> [u8; 65] {
    let mut altered = [0; 65];
    altered[31] = 1;
    altered[63] = 1;
    altered[64] = v;
    if let Some(r) = r {
        altered[..32].copy_from_slice(&bytes::<32>(r));
    }
    if let Some(s) = s {
        altered[32..64].copy_from_slice(&bytes::<32>(s));
    }
    altered
}

/// `text`, a number, minus or plus a little.
fn offset(text: &str, by: i8) -> String {
    let mut number = bytes::<32>(text);
    number[31] = number[31].checked_add_signed(by).unwrap();
    number.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn only_0_1_27_and_28_are_recovery_ids() {
    for v in 0..=255 {
        let expected = match v {
            0 | 27 => Ok(27),
            1 | 28 => Ok(28),
            v => Err(SignatureError::RecoveryId { v }),
        };
        assert_eq!(Signature::from_bytes(&altered(None, None, v)).map(|signature| signature.v()), expected);
    }
}

#[test]
fn r_and_s_must_be_in_range_and_s_low_to_the_last_bit() {
    let zero = "00".repeat(32);
    let cases = [
        (Some(zero.clone()), None, Err(SignatureError::ROutOfRange)),
        (Some(ORDER.into()), None, Err(SignatureError::ROutOfRange)),
        (Some(offset(ORDER, -1)), None, Ok(())),
        (None, Some(zero), Err(SignatureError::SOutOfRange)),
        (None, Some(ORDER.into()), Err(SignatureError::SOutOfRange)),
        (None, Some(offset(ORDER, -1)), Err(SignatureError::HighS)),
        (None, Some(offset(HALF_ORDER, 1)), Err(SignatureError::HighS)),
        (None, Some(HALF_ORDER.into()), Ok(())),
    ];
    for (r, s, expected) in cases {
        let parsed = Signature::from_bytes(&altered(r.as_deref(), s.as_deref(), 27));
        assert_eq!(parsed.map(|_| ()), expected, "r {r:?}, s {s:?}");
    }
}

#[test]
fn another_length_is_refused() {
    for len in [0, 1, 64, 66, 130] {
        assert_eq!(Signature::from_bytes(&vec![1; len]), Err(SignatureError::Length { len }));
    }
}

#[test]
fn text_is_0x_and_130_digits_of_any_case() {
    let text = device().sign(&AnyPersonal(b"text")).unwrap().to_string();
    let upper = format!("0x{}", text[2..].to_uppercase());
    assert_eq!(upper.parse::<Signature>(), text.parse());
    assert_eq!(text[2..].parse::<Signature>(), Err(SignatureTextError::Prefix));
    assert_eq!(text[..130].parse::<Signature>(), Err(SignatureTextError::Length { digits: 128 }));
    let mistyped = text.replacen(&text[10..11], "g", 1);
    assert_eq!(mistyped.parse::<Signature>(), Err(SignatureTextError::Digit));
    let other_v = format!("{}1d", &text[..130]);
    let refused = SignatureTextError::Value(SignatureError::RecoveryId { v: 29 });
    assert_eq!(other_v.parse::<Signature>(), Err(refused));
}

#[test]
fn a_log_shows_all_of_digests_signatures_keys_and_verified_messages() {
    let message = AnyPersonal(b"log");
    let (digest, signature) = (message.digest(), device().sign(&message).unwrap());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(format!("{digest:?}"), format!("Digest(0x{})", hex(digest.as_bytes())));
    assert_eq!(format!("{signature:?}"), format!("Signature(0x{})", hex(signature.as_bytes())));
    let key = device().public_key();
    assert_eq!(format!("{key:?}"), format!("PublicKey(0x{})", hex(&key.to_bytes())));
    let verified = verify(message, &signature, device().address()).unwrap();
    let shown = format!("Verified {{ message: {message:?}, signer: {:?}, by: ByKey }}", device().address());
    assert_eq!(format!("{verified:?}"), shown);
}

#[test]
fn a_public_key_is_a_point_of_the_curve() {
    let key = key("0707070707070707070707070707070707070707070707070707070707070707").public_key();
    let point = key.to_bytes();
    assert_eq!(PublicKey::from_bytes(&point), Ok(key));
    let mut damaged = point;
    damaged[63] ^= 1;
    assert_eq!(PublicKey::from_bytes(&damaged), Err(PublicKeyError::NotOnCurve));
    assert_eq!(PublicKey::from_bytes(&[0; 64]), Err(PublicKeyError::NotOnCurve));
    assert_eq!(PublicKey::from_sec1(&point), Err(PublicKeyError::Form { len: 64 }));
    assert_eq!(PublicKey::from_sec1(&[0]), Err(PublicKeyError::Form { len: 1 }));

    let mut compressed = [2 + (point[63] & 1); 33];
    compressed[1..].copy_from_slice(&point[..32]);
    assert_eq!(PublicKey::from_sec1(&compressed), Ok(key));
}

proptest! {
    #[test]
    fn any_65_bytes_parse_to_themselves_or_not_at_all(bytes in prop::collection::vec(any::<u8>(), 64), v in 0..30u8) {
        let bytes = [bytes, vec![v]].concat();
        if let Ok(signature) = Signature::from_bytes(&bytes) {
            prop_assert_eq!(&signature.as_bytes()[..64], &bytes[..64]);
            prop_assert_eq!(signature.to_string().parse(), Ok(signature));
            prop_assert_eq!(Signature::from_bytes(&signature.to_bytes()), Ok(signature));
        }
    }

    #[test]
    fn text_never_panics(text in ".{0,140}") {
        let _ = text.parse::<Signature>();
    }
}
