//! Signatures and public keys from bytes, text and chips.

use dimo_crypto::{ChipSignature, FinishError, PublicKey, Signature, finish_signature, hazmat};

/// The key of all chips here: the generator of the curve.
const KEY: [u8; 33] = [
    0x02, 0x79, 0xBE, 0x66, 0x7E, 0xF9, 0xDC, 0xBB, 0xAC, 0x55, 0xA0, 0x62, 0x95, 0xCE, 0x87, 0x0B, 0x07,
    0x02, 0x9B, 0xFC, 0xDB, 0x2D, 0xCE, 0x28, 0xD9, 0x59, 0xF2, 0x81, 0x5B, 0x16, 0xF8, 0x17, 0x98,
];

/// 65 bytes parse to themselves, in the one form, or not at all.
pub(crate) fn signature(bytes: &[u8]) {
    let Ok(signature) = Signature::from_bytes(bytes) else { return };
    assert_eq!(signature.r_and_s()[..], bytes[..64]);
    assert!([bytes[64], bytes[64] + 27].contains(&signature.v()));
    let parsed = k256::ecdsa::Signature::from_slice(&bytes[..64]).unwrap();
    assert_eq!(parsed.normalize_s(), parsed, "s is low");
    assert_eq!(signature.to_string().parse(), Ok(signature));
}

/// Text parses to what prints the same, but for case and v.
pub(crate) fn text(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(signature) = text.parse::<Signature>() else { return };
    assert_eq!(signature.to_string()[..130], text.to_lowercase()[..130]);
}

/// The DER reader takes what the `der` crate takes, and nothing else.
pub(crate) fn der(bytes: &[u8]) {
    let Ok(answer) = ChipSignature::der(bytes) else {
        assert!(bytes.len() > ChipSignature::MAX_LEN);
        return;
    };
    let result = finish([0x42; 32], &answer);
    let taken = !matches!(result, Err(FinishError::Der(_) | FinishError::OutOfRange));
    assert_eq!(taken, k256::ecdsa::Signature::from_der(bytes).is_ok());
}

/// Of a digest and r‖s only what the key has signed is finished.
pub(crate) fn chip(bytes: &[u8]) {
    let Some((digest, rest)) = bytes.split_first_chunk::<32>() else { return };
    let Some(r_and_s) = rest.first_chunk::<64>() else { return };
    let Ok(signature) = finish(*digest, &ChipSignature::raw(*r_and_s)) else { return };
    let key = PublicKey::from_sec1(&KEY).unwrap();
    assert_eq!(hazmat::recover_public_key(&hazmat::digest(*digest), &signature), Ok(key));
    assert_eq!(signature.r()[..], r_and_s[..32]);
}

/// A key is a point of the curve, whatever form it comes in.
pub(crate) fn public_key(bytes: &[u8]) {
    let Ok(key) = PublicKey::from_sec1(bytes) else {
        // Theirs also takes forms that nothing here sends: compact ones and the point at infinity.
        assert!(
            !matches!(bytes, [2 | 3, rest @ ..] if rest.len() == 32 && k256::PublicKey::from_sec1_bytes(bytes).is_ok())
        );
        return;
    };
    assert!(k256::PublicKey::from_sec1_bytes(bytes).is_ok());
    assert_eq!(PublicKey::from_bytes(&key.to_bytes()), Ok(key));
    assert_eq!(key.to_bytes()[..32], bytes[1..33]);
}

fn finish(digest: [u8; 32], answer: &ChipSignature) -> Result<Signature, FinishError> {
    finish_signature(&PublicKey::from_sec1(&KEY).unwrap(), &hazmat::digest(digest), answer)
}
