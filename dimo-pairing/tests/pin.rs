//! PINs from outside: an exchange that another program has computed, and everything that is no PIN, no parameters and no record.
#![cfg(feature = "pin")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_pairing::spake2plus::{Ephemeral, Prover, SecretError, Verifier};
use dimo_pairing::{
    PIN_NAMES, PIN_RECORD_LEN, Pin, PinError, PinParameters, PinParametersError, PinRecord, PinRecordError,
};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
    bytes
}

/// What an exchange by PIN sends, computed with Python's `hashlib` and integers: PIN 04711337, salt 00 to 0f, 10,000 iterations, 48 times
/// a5 and 48 times 5a for randomness.
#[test]
fn an_exchange_by_pin_is_that_of_another_program() {
    let pin: Pin = "04711337".parse().unwrap();
    let salt = core::array::from_fn(|at| u8::try_from(at).unwrap());
    let record = PinRecord::enrol(&pin, PinParameters::new(salt, 10_000).unwrap());
    let w0 = "1f5e511a6e09f344677bef848066da6860272410d2bd9313b1f90750e0a4147a";
    let l = "04201a8162f20f3e6ef27541b07d4c32b667a90a8209af5915c5838910d9f44e6cc77b1f81279782d1faaa37160a97453d76004c7f40af35e500a6592718cc77ce";
    let stored = ["01", "00002710", "000102030405060708090a0b0c0d0e0f", w0, l].concat();
    assert_eq!(*record.to_bytes(), bytes(&stored));

    let secrets = pin.secrets(record.parameters());
    let (prover, share_p) = Prover::begin(&secrets, Ephemeral::from_random([0xA5; 48]).unwrap());
    assert_eq!(
        share_p,
        bytes(
            "049567c1bb455ba25b100cdb088cb052d06868bca97170e81340aa839c4ededf99bbad62d322b6769ed5945354852df3c77f1dacbb6f4cb8975cf658865b124445"
        )
    );
    let once = Ephemeral::from_random([0x5A; 48]).unwrap();
    let (verifier, share_v, confirm_v) =
        Verifier::respond(record.registration(), once, &PIN_NAMES, &share_p).unwrap();
    assert_eq!(
        share_v,
        bytes(
            "0488d7f116e6eb39fa14f30fe42dd006607f07eec33322489c3e83e0fe1107578fb344009efd7ca41e6973ffc91eaeb504392bf9bba110c5b29f2c116e868e6b5a"
        )
    );
    assert_eq!(confirm_v, bytes("5c82f21bf892eff1fc5d946e8c5a8d6b61aa6cb7587c3214c527f627bf7cbf84"));
    let (confirm_p, key) = prover.finish(&PIN_NAMES, &share_v, &confirm_v).unwrap();
    assert_eq!(confirm_p, bytes("a9fb4ef0b6183a09a5dd00a38e46a78f8db9855f3b2213127e23e78582e2e425"));
    assert_eq!(*key.as_bytes(), bytes("e295f1c93a8302ffd8467a8bc3b5724ab302388d384a9681caf9f8eb246260e3"));
    assert_eq!(verifier.verify(&confirm_p).unwrap().as_bytes(), key.as_bytes());
}

#[test]
fn a_pin_is_exactly_eight_digits_and_any_eight_are_one() {
    for digits in ["00000000", "12345678", "99999999"] {
        assert!(digits.parse::<Pin>().is_ok(), "{digits}");
    }
    for (text, error) in [
        ("", PinError::Length { got: 0 }),
        ("1234567", PinError::Length { got: 7 }),
        ("123456789", PinError::Length { got: 9 }),
        (" 1234567", PinError::NotADigit { at: 0 }),
        ("+1234567", PinError::NotADigit { at: 0 }),
        ("1234567a", PinError::NotADigit { at: 7 }),
        // Digits to Unicode, of two bytes each: eight bytes and eight digits are others.
        ("\u{661}\u{662}\u{663}\u{664}", PinError::NotADigit { at: 0 }),
    ] {
        assert_eq!(text.parse::<Pin>().unwrap_err(), error, "{text}");
    }
}

#[test]
fn iterations_outside_the_range_are_refused_at_the_factory_and_in_a_message() {
    for got in [0, 1, 9_999, 1_000_001, u32::MAX] {
        let refused = Err(PinParametersError::Iterations { got });
        assert_eq!(PinParameters::new([1; 16], got), refused);
        let mut message = PinParameters::new([1; 16], 10_000).unwrap().to_bytes();
        message[..4].copy_from_slice(&got.to_be_bytes());
        assert_eq!(PinParameters::from_bytes(&message), refused);
    }
    for taken in [10_000, PinParameters::RECOMMENDED_ITERATIONS, 1_000_000] {
        let parameters = PinParameters::new([1; 16], taken).unwrap();
        assert_eq!(PinParameters::from_bytes(&parameters.to_bytes()), Ok(parameters));
    }
}

fn stored() -> [u8; PIN_RECORD_LEN] {
    let parameters = PinParameters::new([1; 16], 10_000).unwrap();
    *PinRecord::enrol(&"04711337".parse().unwrap(), parameters).to_bytes()
}

#[test]
fn a_record_comes_back_as_it_was_stored() {
    let stored = stored();
    assert_eq!(*PinRecord::from_bytes(&stored).unwrap().to_bytes(), stored);
}

#[test]
fn a_record_that_was_not_stored_so_is_refused() {
    let stored = stored();
    for got in 0..PIN_RECORD_LEN {
        let refused = PinRecord::from_bytes(&stored[..got]).unwrap_err();
        assert_eq!(refused, PinRecordError::Length { got });
    }
    let longer = [&stored[..], &[0]].concat();
    assert_eq!(PinRecord::from_bytes(&longer).unwrap_err(), PinRecordError::Length { got: 119 });

    let changed = |at: core::ops::Range<usize>, to: u8| {
        let mut record = stored;
        record[at].fill(to);
        PinRecord::from_bytes(&record).unwrap_err()
    };
    for erased in [0, 0xFF] {
        assert_eq!(changed(0..PIN_RECORD_LEN, erased), PinRecordError::Version { got: erased });
        assert_eq!(changed(21..53, erased), PinRecordError::Secrets(SecretError::Scalar));
        assert_eq!(changed(53..118, erased), PinRecordError::Secrets(SecretError::Point));
    }
    let got = 0;
    assert_eq!(changed(1..5, 0), PinRecordError::Parameters(PinParametersError::Iterations { got }));
}

#[test]
fn neither_a_pin_nor_a_record_shows_itself() {
    let pin: Pin = "04711337".parse().unwrap();
    let parameters = PinParameters::new([0xEE; 16], 10_000).unwrap();
    let record = PinRecord::enrol(&pin, parameters);
    assert_eq!(format!("{pin:?}"), "Pin");
    assert_eq!(format!("{record:?}"), format!("PinRecord {{ parameters: {parameters:?}, .. }}"));
}
