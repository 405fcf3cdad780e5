//! Messages of a sealed session.
#![cfg(feature = "proto")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

mod util;

use dimo_types::wire::{
    DecodeError, DecodeLimits, StreamMessage, StreamMessageError, batch_message, decode_batch, decode_message,
};
use dimo_types::{Address, Batch, RecordId};
use util::{batch_of, rpm, tiny};

#[test]
fn every_message_comes_back() {
    let signature = Some([9; 65]);
    for message in [
        StreamMessage::Batch { payload: vec![1, 2], root_signature: None },
        StreamMessage::Batch { payload: vec![], root_signature: signature },
        StreamMessage::PlainBatch { message: vec![3], root_signature: None },
        StreamMessage::PlainBatch { message: vec![3], root_signature: signature },
        StreamMessage::Dictionary { payload: vec![4] },
        StreamMessage::DictionaryRequest { hash: [5; 32] },
    ] {
        assert_eq!(StreamMessage::decode(&message.encode()), Ok(message));
    }
}

#[test]
fn a_batch_travels_in_the_shorter_form() {
    let long = batch_message(&batch_of((0..1000).map(|i| rpm(i * 1000, 7)).collect()));
    let StreamMessage::Batch { payload, .. } = StreamMessage::of_batch(&long) else { panic!("deflated") };
    assert_eq!(decode_batch(&payload, &DecodeLimits::default()).unwrap().readings(), 1000);
    // Ids and hashes do not deflate, and there is nothing else.
    let id = RecordId::from_bytes(core::array::from_fn(|place| (place * 97) as u8));
    let device = Address::new(core::array::from_fn(|place| (place * 61 + 5) as u8));
    let short = batch_message(&Batch::new(id, device, None, [], vec![]).unwrap());
    let StreamMessage::PlainBatch { message, .. } = StreamMessage::of_batch(&short) else { panic!("plain") };
    assert_eq!(message, short);
}

#[test]
fn a_plain_batch_longer_than_the_limit_is_refused() {
    let message = batch_message(&tiny());
    let limits = DecodeLimits { inflated_bytes: message.len() - 1, ..DecodeLimits::default() };
    let limit = limits.inflated_bytes;
    assert_eq!(decode_message(&message, &limits), Err(DecodeError::TooLarge { limit }));
}

#[test]
fn what_is_no_message_is_refused() {
    assert_eq!(StreamMessage::decode(&[]), Err(StreamMessageError::NoBody));
    // A later body, number 9.
    assert_eq!(StreamMessage::decode(&[0x4a, 0x01, 0x00]), Err(StreamMessageError::NoBody));
    assert!(matches!(StreamMessage::decode(&[0x0a, 0x05]), Err(StreamMessageError::Malformed { .. })));
    let signed = |body: &[u8]| [body, &[0x2a, 0x02, 1, 2]].concat();
    let wrong = Err(StreamMessageError::SignatureLength { len: 2 });
    for body in [&[0x0a, 0x00][..], &[0x12, 0x00], &[0x1a, 0x00]] {
        assert_eq!(StreamMessage::decode(&signed(body)), wrong, "{body:?}");
    }
    let request = [&[0x22, 0x20][..], &[7; 32]].concat();
    assert_eq!(StreamMessage::decode(&signed(&request)), wrong);
    assert_eq!(StreamMessage::decode(&[0x22, 0x01, 7]), Err(StreamMessageError::HashLength { len: 1 }));
}
