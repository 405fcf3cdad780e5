//! Names, accounts, actors and NFTs as text: what is no such text is refused, and what is one is written as it was read.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use dimo_rewards::{Account, AccountError, Actor, Name, NameError, NftId, SaleNumber, Violation};
use dimo_types::DeviceType;
use proptest::prelude::*;

/// Whether a text is read; what is read is written the same.
fn is_read<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) -> bool {
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(value.to_string(), text);
            assert_eq!(text.parse::<T>().unwrap(), value);
            true
        }
        Err(_) => false,
    }
}

/// Any text, and texts that are almost right.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(holder|provider|stake|court|escrow|token-holders|outside|:){0,2}:?\\PC{0,70}",
        "(hub|standard-dongle|software-only|ai-device|[a-z-]{0,22})#?[0-9+-]{0,22}",
    ]
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_read_is_written_the_same(text in text()) {
        is_read::<Name>(&text);
        is_read::<Account>(&text);
        is_read::<Actor>(&text);
        is_read::<NftId>(&text);
        if let Some(violation) = Violation::new(&text) {
            prop_assert_eq!(violation.to_string(), text);
        }
    }

    #[test]
    fn every_name_makes_an_account_and_an_actor(text in "[^\\p{Cc}]{1,16}", number in 1u64..) {
        prop_assert!(is_read::<Name>(&text));
        let (holder, stake) = (format!("holder:{text}"), format!("stake:{text}"));
        prop_assert!(is_read::<Actor>(&holder) && is_read::<Account>(&stake));
        let nft = NftId { device_type: DeviceType::AiDevice, number: SaleNumber::new(number).unwrap() };
        prop_assert!(is_read::<NftId>(&nft.to_string()));
    }
}

#[test]
fn a_name_has_1_to_64_bytes_and_no_control_characters() {
    assert!(is_read::<Name>(&"x".repeat(64)));
    assert_eq!(Name::new("x".repeat(65)), Err(NameError::Length { len: 65 }));
    // Bytes, not characters.
    assert_eq!(Name::new("é".repeat(33)), Err(NameError::Length { len: 66 }));
    assert_eq!(Name::new(""), Err(NameError::Length { len: 0 }));
    for text in ["a\nb", "\u{7f}", "a\u{85}", "\0"] {
        assert_eq!(Name::new(text), Err(NameError::ControlCharacter), "{text:?}");
    }
}

#[test]
fn a_colon_belongs_to_the_name_behind_the_first() {
    let name = Name::new("a:b").unwrap();
    assert_eq!("holder:a:b".parse(), Ok(Actor::Holder(name.clone())));
    assert_eq!("provider:a:b".parse(), Ok(Account::Provider(name)));
    assert_eq!("holder:".parse::<Actor>(), Err(AccountError::Name(NameError::Length { len: 0 })));
}

#[test]
fn only_the_canonical_spelling_is_read() {
    for text in ["Court", "court ", " court", "court:", "holder", "stake:acme", "treasury", ""] {
        assert_eq!(text.parse::<Actor>(), Err(AccountError::Unknown), "{text:?}");
    }
    for text in ["court", "token-holders", "Treasury", "treasury:", "vault:x", ""] {
        assert_eq!(text.parse::<Account>(), Err(AccountError::Unknown), "{text:?}");
    }
    for text in ["hub", "hub#", "hub#0", "hub#01", "hub#+1", "hub#-1", "hub#1#1", "Hub#1", "#1", "hub #1"] {
        assert!(!is_read::<NftId>(text), "{text:?}");
    }
    assert!(is_read::<NftId>("hub#18446744073709551615") && !is_read::<NftId>("hub#18446744073709551616"));
}
