//! What holds for every message.

use dimo_pairing::*;
use proptest::prelude::*;

use crate::{answer_bytes, any, request_bytes};

/// Whether a message of this kind ends in a list or a rest, so that another length may be another message.
fn has_a_rest(kind: u8) -> bool {
    matches!(kind, 0x14 | 0x88 | 0x8A | 0x96 | 0x97)
}

fn is_of_a_later_version(answer: &Answer<'_>) -> bool {
    matches!(answer, Answer::Refused(Refusal::Unrecognised(_)))
}

/// Whatever is read from `bytes` is written the same.
#[track_caller]
fn read_is_written_the_same(bytes: &[u8]) {
    if let Ok((id, request)) = Request::parse(bytes) {
        assert_eq!(request_bytes(id.get(), &request), bytes);
    }
    match Answer::parse(bytes) {
        Ok((id, answer)) if !is_of_a_later_version(&answer) => {
            assert_eq!(answer_bytes(id.get(), &answer), bytes);
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_request_comes_back_as_it_went(id in any::<u16>(), request in any::request()) {
        let bytes = request_bytes(id, &request);
        prop_assert_eq!(Request::parse(&bytes), Ok((RequestId::new(id), request)));
    }

    #[test]
    fn every_answer_comes_back_as_it_went(id in any::<u16>(), answer in any::answer()) {
        let bytes = answer_bytes(id, &answer);
        let id = if matches!(answer, Answer::Proof { .. }) { 0 } else { id };
        prop_assert_eq!(Answer::parse(&bytes), Ok((RequestId::new(id), answer)));
    }

    #[test]
    fn no_request_can_be_cut_short_or_go_on(request in any::request(), extra in any::<u8>()) {
        let mut bytes = request_bytes(1, &request);
        for end in 0..bytes.len() {
            match Request::parse(&bytes[..end]) {
                Ok(_) => prop_assert!(has_a_rest(bytes[0])),
                Err(error) => prop_assert!(
                    matches!(error, MessageError::Truncated | MessageError::Chunk { len: 0 }), "{:?}", error
                ),
            }
        }
        bytes.push(extra);
        match Request::parse(&bytes) {
            Ok(_) => prop_assert!(has_a_rest(bytes[0])),
            Err(MessageError::Chunk { len }) => prop_assert_eq!(len, Chunk::MAX + 1),
            Err(error) => prop_assert_eq!(error, MessageError::Trailing { extra: 1 }),
        }
    }

    #[test]
    fn no_answer_can_be_cut_short_or_go_on(answer in any::answer(), extra in any::<u8>()) {
        let bytes = answer_bytes(1, &answer);
        for end in 0..bytes.len() {
            let cut = Answer::parse(&bytes[..end]);
            prop_assert!(cut.is_err() || has_a_rest(bytes[0]), "{:?}", cut);
            read_is_written_the_same(&bytes[..end]);
        }
        let longer = [&bytes[..], &[extra]].concat();
        match Answer::parse(&longer) {
            Ok((_, answer)) => prop_assert!(has_a_rest(bytes[0]) || is_of_a_later_version(&answer)),
            Err(error) => {
                prop_assert!(error == MessageError::Trailing { extra: 1 } || has_a_rest(bytes[0]), "{:?}", error);
            }
        }
        read_is_written_the_same(&longer);
    }

    #[test]
    fn no_bytes_panic_and_what_is_read_is_written_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..230),
        kind in prop_oneof![0..=0x1Bu8, 0x80..=0x9Bu8, 0xFE..=0xFFu8],
    ) {
        read_is_written_the_same(&bytes);
        read_is_written_the_same(&[&[kind, 0, 1], &bytes[..]].concat());
    }

    #[test]
    fn a_changed_byte_makes_another_message_or_none(
        request in any::request(), answer in any::answer(), at in any::<prop::sample::Index>(), flip in 1..=255u8,
    ) {
        let (mut request, mut answer) = (request_bytes(1, &request), answer_bytes(1, &answer));
        let (in_request, in_answer) = (at.index(request.len()), at.index(answer.len()));
        request[in_request] ^= flip;
        answer[in_answer] ^= flip;
        read_is_written_the_same(&request);
        read_is_written_the_same(&answer);
    }

    #[test]
    fn a_refusal_outside_a_session_comes_back_as_it_went(refusal in any::refusal(), a in any::<u8>(), b in any::<u8>()) {
        let device = Versions::new(a.min(b), a.max(b)).unwrap();
        let mut buffer = [0; 3];
        let bytes = refusal.emit_open(device, &mut buffer);
        let (read, versions) = Refusal::parse_open(bytes).unwrap();
        prop_assert_eq!(read.code(), refusal.code());
        prop_assert_eq!(versions, (refusal == Refusal::NoCommonVersion).then_some(device));
    }
}

#[test]
fn no_message_of_any_kind_is_longer_than_the_longest() {
    let bytes = [7; Chunk::MAX];
    let chunk = Request::UploadChunk { offset: u32::MAX, bytes: Chunk::new(&bytes).unwrap() };
    assert_eq!(request_bytes(1, &chunk).len(), 3 + 4 + 208);
    let password = WifiPassword::new(&"p".repeat(63)).unwrap();
    let network = WifiName::new(&[b'n'; 32]).unwrap();
    let wifi = Request::JoinWifi(WifiCredentials { network, key: WifiKey::Wpa3(password) });
    assert_eq!(request_bytes(1, &wifi).len(), 3 + 1 + 33 + 64);
    let apn = Request::SetApn(ApnSettings {
        name: NonEmptyText::new(&"n".repeat(63)).unwrap(),
        user: Text::new(&"u".repeat(32)).unwrap(),
        password: ApnPassword::new(&"p".repeat(32)).unwrap(),
    });
    assert_eq!(request_bytes(1, &apn).len(), 3 + 64 + 33 + 33);
    let identity = Answer::Identity(Identity {
        serial: Text::new(&"s".repeat(36)).unwrap(),
        hardware: Text::new(&"h".repeat(16)).unwrap(),
        firmware: Text::new(&"f".repeat(32)).unwrap(),
        ..crate::samples::identity()
    });
    assert_eq!(answer_bytes(1, &identity).len(), 3 + 20 + 37 + 17 + 33);
    assert_eq!((MESSAGE_MAX, PACKET_MAX), (216, 237));
}
