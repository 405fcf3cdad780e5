//! DIDs as the live network reads and writes them.

use dimo_types::{AddressError, Did, DidError, TokenId};
use proptest::prelude::*;

const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:123";
const LEGACY: &str = "did:nft:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF_123";

#[test]
fn the_networks_canonical_form_is_read_and_written_unchanged() {
    let vehicle: Did = VEHICLE.parse().unwrap();
    assert_eq!(vehicle.to_string(), VEHICLE);
    assert_eq!(vehicle.chain_id(), 137);
    let account = "did:ethr:137:0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    assert_eq!(account.parse::<Did>().unwrap().to_string(), account);
}

#[test]
fn a_lower_case_address_is_rewritten_with_its_checksum() {
    let lower = "did:ethr:1:0x06012c8cf97bead5deae237070f9587f8e7a266d";
    let written = lower.parse::<Did>().unwrap().to_string();
    assert_eq!(written, "did:ethr:1:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d");
}

#[test]
fn a_wrong_checksum_is_refused() {
    let wrong = VEHICLE.replace("0xbA57", "0xBA57").parse::<Did>();
    assert!(matches!(wrong, Err(DidError::Address(AddressError::Checksum { .. }))));
}

#[test]
fn the_legacy_form_is_read_only_where_asked_for_and_becomes_canonical() {
    assert_eq!(LEGACY.parse::<Did>(), Err(DidError::Legacy));
    assert_eq!(Did::parse_or_legacy(LEGACY).unwrap().to_string(), VEHICLE);
    assert_eq!(Did::parse_or_legacy(VEHICLE).unwrap().to_string(), VEHICLE);
}

#[test]
fn token_ids_of_any_size_survive() {
    let largest = TokenId::from_be_bytes([0xFF; 32]);
    let text =
        format!("did:erc721:18446744073709551615:0x0000000000000000000000000000000000000000:{largest}");
    assert_eq!(text.parse::<Did>().unwrap().to_string(), text);
}

#[test]
fn what_the_network_refuses_is_refused() {
    let address = "0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF";
    let refused = [
        (String::new(), DidError::Prefix),
        (VEHICLE.replace("did:", "dad:"), DidError::Prefix),
        ("did".into(), DidError::Parts),
        ("did:erc721:1".into(), DidError::Parts),
        (format!("{VEHICLE}:5"), DidError::Parts),
        (format!("did:ethr:137:{address}:1"), DidError::Parts),
        (format!("did:web:137:{address}"), DidError::Method),
        (format!("did:erc721:137:{address}:notanumber"), DidError::Token),
        (format!("did:erc721:137:{address}:-123"), DidError::Token),
        (format!("did:erc721:137:{address}:"), DidError::Token),
        (format!("did:erc721:+137:{address}:1"), DidError::Chain),
        (format!("did:erc721::{address}:1"), DidError::Chain),
        (format!("did:erc721:18446744073709551616:{address}:1"), DidError::Chain),
        ("did:erc721:137:bA57:1".into(), DidError::Address(AddressError::Prefix)),
    ];
    for (text, reason) in refused {
        assert_eq!(text.parse::<Did>(), Err(reason), "{text}");
    }
    for legacy in ["did:nft:137", "did:nft:137:0xbA57", "did:nft:"] {
        assert_eq!(Did::parse_or_legacy(legacy), Err(DidError::Parts), "{legacy}");
    }
}

proptest! {
    #[test]
    fn every_did_survives_its_text(chain: u64, address: [u8; 20], token: [u8; 32]) {
        let token_id = TokenId::from_be_bytes(token);
        let vehicle = Did::Erc721 { chain_id: chain, contract: address.into(), token_id };
        let account = Did::Ethr { chain_id: chain, address: address.into() };
        for did in [vehicle, account] {
            prop_assert_eq!(did.to_string().parse(), Ok(did));
            prop_assert_eq!(Did::parse_or_legacy(&did.to_string()), Ok(did));
        }
    }

    #[test]
    fn no_text_makes_parsing_panic(text in "(did:)?(erc721|nft|ethr)?[:_0-9a-fx+é]{0,80}") {
        let _ = text.parse::<Did>();
        let _ = Did::parse_or_legacy(&text);
    }
}
