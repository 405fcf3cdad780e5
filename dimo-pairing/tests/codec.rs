//! Messages as bytes: exact out, strict in, and no bytes that panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_crypto::{Claim, Pair, Registry, Signature};
use dimo_pairing::{
    Answer, Header, Identity, MESSAGE_MAX, MessageError, Refusal, Request, RequestId, Text, TextError,
    Versions,
};
use dimo_types::{Address, TokenId};
use proptest::prelude::*;
use util::*;

fn request_bytes(id: u16, request: &Request) -> Vec<u8> {
    request.emit(RequestId::new(id), &mut [0; MESSAGE_MAX]).to_vec()
}

fn answer_bytes(id: u16, answer: &Answer) -> Vec<u8> {
    answer.emit(RequestId::new(id), &mut [0; MESSAGE_MAX]).to_vec()
}

fn any_registry() -> impl Strategy<Value = Registry> {
    (any::<u64>(), any::<[u8; 20]>())
        .prop_map(|(chain_id, contract)| Registry { chain_id, contract: Address::new(contract) })
}

fn any_request() -> impl Strategy<Value = Request> {
    prop_oneof![
        Just(Request::Identify),
        Just(Request::ReadVin),
        (any_registry(), any::<[u8; 32]>(), any::<[u8; 20]>()).prop_map(|(registry, node, owner)| {
            Request::Claim(Claim {
                registry,
                device_node: TokenId::from_be_bytes(node),
                owner: Address::new(owner),
            })
        }),
        (any_registry(), any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(registry, device, vehicle)| {
            Request::Pair(Pair {
                registry,
                device_node: TokenId::from_be_bytes(device),
                vehicle_node: TokenId::from_be_bytes(vehicle),
            })
        }),
    ]
}

fn any_versions() -> impl Strategy<Value = Versions> {
    (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Versions::new(a.min(b), a.max(b)).unwrap())
}

fn any_identity() -> impl Strategy<Value = Identity> {
    (any::<[u8; 20]>(), "[ -~]{0,36}", "[ -~]{0,16}", "[ -~]{0,32}", any_versions()).prop_map(
        |(address, serial, hardware, firmware, versions)| Identity {
            address: Address::new(address),
            serial: Text::new(&serial).unwrap(),
            hardware: Text::new(&hardware).unwrap(),
            firmware: Text::new(&firmware).unwrap(),
            versions,
        },
    )
}

fn any_refusal() -> impl Strategy<Value = Refusal> {
    prop_oneof![
        any_versions().prop_map(Refusal::UnsupportedVersion),
        // The other reasons have no fields: all of them, and every code of the future, come from their byte.
        any::<u8>().prop_filter_map("reason 6 has fields", |code| {
            match Answer::parse(&[1, 0xFF, 0, 0, code]) {
                Ok((_, Answer::Refused(refusal))) => Some(refusal),
                _ => None,
            }
        }),
    ]
}

/// Valid forms only: r and s below half the order are what `from_bytes` takes, and most numbers are.
fn any_signature() -> impl Strategy<Value = Signature> {
    (any::<[u8; 32]>(), any::<[u8; 32]>(), 27..=28u8).prop_filter_map("no signature", |(r, mut s, v)| {
        s[0] &= 0x3F;
        Signature::from_bytes(&[&r[..], &s[..], &[v]].concat()).ok()
    })
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        any_identity().prop_map(Answer::Identity),
        any_signature().prop_map(Answer::ClaimProof),
        any_signature().prop_map(Answer::PairProof),
        prop::sample::select(VINS.to_vec()).prop_map(|vin| Answer::Vin(vin.parse().unwrap())),
        any_refusal().prop_map(Answer::Refused),
    ]
}

/// A VIN with a check digit, one of a region without, and a Japanese chassis number.
const VINS: [&str; 3] = ["1HGBH41JXMN109186", "WVWZZZ1KZ6W612305", "NHW20-0012345"];

#[test]
fn a_claim_request_has_the_bytes_of_the_specification() {
    let expected = "01020001\
        0000000000000089fa8bec73cebb9d88ff88a2f75e7d7312f2fd39ec\
        000000000000000000000000000000000000000000000000000000000000002a\
        70997970c51812dc3a010c7d01b50e0d17dc79c8";
    assert_eq!(hex(&request_bytes(1, &Request::Claim(claim()))), expected);
}

#[test]
fn the_short_messages_have_the_bytes_of_the_specification() {
    assert_eq!(request_bytes(0x1234, &Request::Identify), [1, 1, 0x12, 0x34]);
    assert_eq!(request_bytes(2, &Request::ReadVin), [1, 4, 0, 2]);
    assert_eq!(answer_bytes(3, &Answer::Refused(Refusal::NotPresent)), [1, 0xFF, 0, 3, 1]);
    let versions = Refusal::UnsupportedVersion(Versions::new(1, 2).unwrap());
    assert_eq!(answer_bytes(3, &Answer::Refused(versions)), [1, 0xFF, 0, 3, 6, 1, 2]);
    let vin = Answer::Vin(VINS[0].parse().unwrap());
    assert_eq!(answer_bytes(3, &vin), [&[1, 0x84, 0, 3, 17][..], VINS[0].as_bytes()].concat());
}

#[test]
fn the_longest_messages_fit_their_buffer_with_room_to_spare() {
    let longest = Identity {
        serial: Text::new(&"s".repeat(36)).unwrap(),
        hardware: Text::new(&"h".repeat(16)).unwrap(),
        firmware: Text::new(&"f".repeat(32)).unwrap(),
        ..identity()
    };
    assert_eq!(answer_bytes(1, &Answer::Identity(longest)).len(), 4 + 20 + 37 + 17 + 33 + 2);
    assert_eq!(request_bytes(1, &Request::Pair(pair())).len(), 96);
}

#[test]
fn a_message_of_another_version_is_not_read_but_its_header_is() {
    let mut bytes = request_bytes(7, &Request::Identify);
    bytes[0] = 2;
    assert_eq!(Request::parse(&bytes), Err(MessageError::Version { version: 2 }));
    assert_eq!(Header::parse(&bytes).unwrap().id, RequestId::new(7));
}

#[test]
fn a_signature_in_another_form_is_not_taken() {
    let signature: Signature = CLAIM_SIGNATURE.parse().unwrap();
    let mut bytes = answer_bytes(1, &Answer::ClaimProof(signature));
    assert_eq!(bytes[68], 27);
    bytes[68] = 0;
    assert_eq!(Answer::parse(&bytes), Err(MessageError::Signature));
}

#[test]
fn a_text_with_a_control_character_is_not_taken() {
    let mut bytes = answer_bytes(1, &Answer::Identity(identity()));
    bytes[4 + 20 + 1] = b'\n';
    assert_eq!(Answer::parse(&bytes), Err(MessageError::Text(TextError::NotPrintable { at: 0 })));
}

#[test]
fn a_refusal_from_a_later_version_is_still_a_refusal() {
    let (_, answer) = Answer::parse(&[1, 0xFF, 0, 1, 200, 9, 9, 9]).unwrap();
    let Answer::Refused(Refusal::Unrecognised(code)) = answer else { panic!("{answer:?}") };
    assert_eq!(code.get(), 200);
}

#[test]
fn requests_are_no_answers_and_answers_are_no_requests() {
    let request = request_bytes(1, &Request::Identify);
    assert_eq!(Answer::parse(&request), Err(MessageError::UnknownKind { kind: 1 }));
    let answer = answer_bytes(1, &Answer::Refused(Refusal::Busy));
    assert_eq!(Request::parse(&answer), Err(MessageError::UnknownKind { kind: 0xFF }));
}

proptest! {
    #[test]
    fn every_request_comes_back_as_it_went(id in any::<u16>(), request in any_request()) {
        prop_assert_eq!(Request::parse(&request_bytes(id, &request)), Ok((RequestId::new(id), request)));
    }

    #[test]
    fn every_answer_comes_back_as_it_went(id in any::<u16>(), answer in any_answer()) {
        prop_assert_eq!(Answer::parse(&answer_bytes(id, &answer)), Ok((RequestId::new(id), answer)));
    }

    #[test]
    fn no_message_can_be_cut_short_or_go_on(request in any_request(), answer in any_answer(), extra in any::<u8>()) {
        let (mut request, mut answer) = (request_bytes(1, &request), answer_bytes(1, &answer));
        for end in 0..request.len() {
            prop_assert_eq!(Request::parse(&request[..end]), Err(MessageError::Truncated));
        }
        request.push(extra);
        prop_assert_eq!(Request::parse(&request), Err(MessageError::Trailing { extra: 1 }));
        for end in 0..answer.len() {
            prop_assert!(Answer::parse(&answer[..end]).is_err());
        }
        answer.push(extra);
        let later_version = matches!(Answer::parse(&answer), Ok((_, Answer::Refused(Refusal::Unrecognised(_)))));
        let trailing = MessageError::Trailing { extra: 1 };
        prop_assert!(later_version || Answer::parse(&answer) == Err(trailing));
    }

    #[test]
    fn no_bytes_panic_and_what_is_read_is_written_the_same(
        kind in prop_oneof![any::<u8>(), Just(1), Just(2), Just(3), Just(4), Just(0x81), Just(0x84), Just(0xFF)],
        body in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        let bytes = [&[1, kind, 0, 1][..], &body].concat();
        if let Ok((id, request)) = Request::parse(&bytes) {
            prop_assert_eq!(request_bytes(id.get(), &request), bytes.clone());
        }
        match Answer::parse(&bytes) {
            Ok((_, Answer::Refused(Refusal::Unrecognised(_)))) | Err(_) => {}
            Ok((id, answer)) => prop_assert_eq!(answer_bytes(id.get(), &answer), bytes),
        }
        let _ = Request::parse(&body);
        let _ = Answer::parse(&body);
    }
}
