//! The label: one text for each address and secret, read exactly, told by nothing else; and the keys that come of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

mod util;

use dimo_pairing::{HintKey, LABEL_LEN, Label, LabelError, LabelSecret};
use dimo_types::Address;
use proptest::prelude::*;
use util::unhex;

/// Address, secret, text, pre-shared key, hint key: by Python, `base64`, `zlib`, and HKDF of `cryptography` 50.
const VECTORS: [[&str; 5]; 4] = [
    [
        "f39fd6e51aad88f6f4ce6ab8827279cfffb92266",
        "000102030405060708090a0b0c0d0e0f",
        "DIMO-PAIR:1.F39FD6E51AAD88F6F4CE6AB8827279CFFFB92266.AAAQEAYEAUDAOCAJBIFQYDIOB4.7D9B98F0",
        "7d55f39c668dbf3df9b9fc46c76d7430ddac7e54a68d6ffe836bc2ba70bae399",
        "b94541d1c09b19826ded979576dc4023",
    ],
    [
        "ffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffff",
        "DIMO-PAIR:1.FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF.77777777777777777777777774.C08FF9D6",
        "7348bde80ff1143fe87a07f078e4f786d3fc88989234f63f3a9e2962516ce66e",
        "f597d19b9b5b10282be13e2bfa872199",
    ],
    [
        "0000000000000000000000000000000000000000",
        "00000000000000000000000000000000",
        "DIMO-PAIR:1.0000000000000000000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAA.59A402DF",
        "218473f91bac75a3b13155aac8559f2b286b5aaa1101ae40b63acf9ed6999c89",
        "a2b6cc757b4b8cd7e6cf73007926b046",
    ],
    [
        "70997970c51812dc3a010c7d01b50e0d17dc79c8",
        "8f3c1d5e7a90b2c4d6e8fa0b1c2d3e4f",
        "DIMO-PAIR:1.70997970C51812DC3A010C7D01B50E0D17DC79C8.R46B2XT2SCZMJVXI7IFRYLJ6J4.3B3C6D50",
        "7234e5f1e0070537c388ca0672b0a1defaf91be4753638c22320344cebc80d9a",
        "b75c1192081f1afcdb8404991afc2b06",
    ],
];

fn label(address: &str, secret: &str) -> Label {
    Label { address: Address::new(unhex(address)), secret: LabelSecret::new(unhex(secret)) }
}

const TEXT: &str = VECTORS[0][2];

#[track_caller]
fn refused(text: &str) -> LabelError {
    Label::parse(text).unwrap_err()
}

#[test]
fn texts_are_those_that_another_implementation_prints() {
    for [address, secret, text, ..] in VECTORS {
        let label = label(address, secret);
        assert_eq!(label.to_text().as_str(), text);
        assert_eq!(Label::parse(text), Ok(label));
    }
}

#[test]
fn keys_are_those_that_another_hkdf_derives() {
    for [address, secret, _, pre_shared, hint] in VECTORS {
        let Label { address, secret } = label(address, secret);
        assert_eq!(*secret.pre_shared_key(&address).as_bytes(), unhex::<32>(pre_shared));
        assert_eq!(*secret.hint_key(&address).as_bytes(), unhex::<16>(hint));
    }
}

#[test]
fn the_same_secret_on_another_device_has_other_keys() {
    let Label { address, secret } = label(VECTORS[0][0], VECTORS[0][1]);
    let other = Address::new([1; 20]);
    assert_ne!(secret.pre_shared_key(&address).as_bytes(), secret.pre_shared_key(&other).as_bytes());
    assert_ne!(secret.hint_key(&address), secret.hint_key(&other));
}

#[test]
fn every_character_is_of_the_alphabet_that_a_qr_code_packs_densest() {
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for [.., text, _, _] in VECTORS {
        assert_eq!(text.len(), LABEL_LEN);
        assert!(text.chars().all(|character| alphabet.contains(character)));
    }
}

#[test]
fn what_is_no_label_says_so() {
    for text in ["", "DIMO", "https://example.com/DIMO-PAIR:1.", " DIMO-PAIR:1.", "DIMO-PAIR:.", "DIMO-PAIR:"]
    {
        assert_eq!(refused(text), LabelError::Prefix, "{text:?}");
    }
    // Spelled as no version is.
    for version in ["01", "+1", "x", "1 ", "256", "0", "é"] {
        assert_eq!(refused(&TEXT.replace(":1.", &format!(":{version}."))), LabelError::Prefix, "{version:?}");
    }
}

#[test]
fn another_version_is_named_whatever_follows() {
    assert_eq!(refused("DIMO-PAIR:2"), LabelError::Version { version: 2 });
    assert_eq!(refused("dimo-pair:255.?"), LabelError::Version { version: 255 });
    assert_eq!(refused(&TEXT.replace(":1.", ":10.")), LabelError::Version { version: 10 });
}

#[test]
fn a_label_that_is_cut_off_or_has_something_around_it_is_refused() {
    for len in "DIMO-PAIR:1".len()..TEXT.len() {
        assert_eq!(refused(&TEXT[..len]), LabelError::Length { len });
    }
    assert_eq!(refused(&format!("{TEXT}\n")), LabelError::Length { len: 89 });
}

#[test]
fn each_field_has_an_error_of_its_own() {
    assert_eq!(refused(&TEXT.replace("F39F", "G39F")), LabelError::Address);
    assert_eq!(refused(&TEXT.replace("2266.AAAQ", "22660AAAQ")), LabelError::Address);
    for wrong in ["1", "0", "8", "=", "-", "."] {
        assert_eq!(refused(&TEXT.replace("DIOB4", &format!("DIO{wrong}4"))), LabelError::Secret, "{wrong}");
    }
    assert_eq!(refused(&TEXT.replace("7D9B98F0", "7D9B98F1")), LabelError::Checksum);
    assert_eq!(refused(&TEXT.replace("7D9B98F0", "7D9B98FG")), LabelError::Checksum);
    assert_eq!(refused(&TEXT.replace("F39F", "F39E")), LabelError::Checksum);
    assert_eq!(refused(&TEXT.replace("DIOB4", "DIOC4")), LabelError::Checksum);
}

#[test]
fn a_secret_has_one_text_so_bits_behind_it_are_zero() {
    // The last character of the secret 77...74 carries three bits of it, and two zeros.
    for last in ["5", "6", "7"] {
        let text = VECTORS[1][2].replace("774.", &format!("77{last}."));
        assert_eq!(refused(&text), LabelError::Secret, "{last}");
    }
}

#[test]
fn nothing_shows_the_secret_by_accident() {
    let label = label(VECTORS[3][0], VECTORS[3][1]);
    let text = label.to_text();
    let hint = label.secret.hint_key(&label.address);
    let shown = format!("{label:?} {text:?} {hint:?} {:?}", refused(&TEXT.replace("DIOB4", "DIO04")));
    for secret in ["R46B2XT2", "8f3c", "8F3C", "143", "3b3c6d50", "3B3C6D50", "b75c", "183", "DIO"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("LabelSecret(..)") && shown.contains("HintKey(..)"), "{shown}");
}

#[test]
fn secrets_that_differ_in_one_bit_differ() {
    let secret = [0x5A; 16];
    for bit in 0..128 {
        let mut other = secret;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(LabelSecret::new(secret), LabelSecret::new(other));
        assert_ne!(HintKey::new(secret), HintKey::new(other));
    }
    assert_eq!(LabelSecret::new(secret), LabelSecret::new(secret));
    assert_eq!(HintKey::new(secret), HintKey::new(secret));
}

proptest! {
    #[test]
    fn what_is_printed_is_read_in_any_case(address: [u8; 20], secret: [u8; 16], lower: [bool; LABEL_LEN]) {
        let label = Label { address: Address::new(address), secret: LabelSecret::new(secret) };
        let text = label.to_text();
        let case = |(character, lower): (char, bool)| if lower { character.to_ascii_lowercase() } else { character };
        let typed: String = text.as_str().chars().zip(lower).map(case).collect();
        prop_assert_eq!(Label::parse(&typed), Ok(label));
    }

    #[test]
    fn one_wrong_character_is_always_noticed(secret: [u8; 16], at in 0..LABEL_LEN, wrong in 0x20..0x7Fu8) {
        let label = Label { address: Address::new([7; 20]), secret: LabelSecret::new(secret) };
        let mut text = label.to_text().as_str().as_bytes().to_vec();
        prop_assume!(!text[at].eq_ignore_ascii_case(&wrong));
        text[at] = wrong;
        prop_assert!(Label::parse(core::str::from_utf8(&text).unwrap()).is_err());
    }

    #[test]
    fn any_text_is_a_label_with_that_text_or_is_refused(text in "(DIMO-PAIR:1)?\\PC*") {
        if let Ok(label) = Label::parse(&text) {
            prop_assert_eq!(label.to_text().as_str().to_owned(), text.to_ascii_uppercase());
        }
    }

    #[test]
    fn any_fields_with_the_right_checksum_are_the_fields_of_the_label(
        address in "[0-9A-Fa-f]{40}", secret in "[A-Za-z2-7]{25}[AEIMQUY4]"
    ) {
        let text = checked(&format!("DIMO-PAIR:1.{address}.{secret}"));
        let label = Label::parse(&text).unwrap();
        prop_assert_eq!(label.to_text().as_str().to_owned(), text.to_ascii_uppercase());
    }
}

/// The text with its checksum behind it, over the upper case.
fn checked(text: &str) -> String {
    let mut crc = u32::MAX;
    for bit in
        text.to_ascii_uppercase().bytes().flat_map(|byte| (0..8).map(move |at| u32::from(byte >> at & 1)))
    {
        crc = (crc >> 1) ^ if (crc ^ bit) & 1 == 1 { 0xEDB8_8320 } else { 0 };
    }
    format!("{text}.{:08X}", !crc)
}
