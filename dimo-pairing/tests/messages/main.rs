//! Messages as bytes: exact out, strict in, and no bytes that panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test says what it expects"
)]

mod any;
mod golden_answers;
mod golden_requests;
mod lists;
mod properties;
mod refused;
mod samples;
mod specification;

use dimo_crypto::Signature;
use dimo_pairing::{Answer, MESSAGE_MAX, Request, RequestId};

/// The device's signature of a claim by the first account of the Hardhat tool, by an independent implementation.
const SIGNATURE: &str = "82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a3200367\
    19dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee3\
    1b";

fn signature() -> Signature {
    Signature::from_bytes(&unhex(SIGNATURE)).unwrap()
}

/// Bytes from hexadecimal digits; blanks are for the eye.
fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    assert_eq!(digits.len() % 2, 0);
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn request_bytes(id: u16, request: &Request<'_>) -> Vec<u8> {
    request.emit(RequestId::new(id), &mut [0; MESSAGE_MAX]).to_vec()
}

fn answer_bytes(id: u16, answer: &Answer<'_>) -> Vec<u8> {
    answer.emit(RequestId::new(id), &mut [0; MESSAGE_MAX]).to_vec()
}
