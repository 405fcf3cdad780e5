//! A phone and a device that meet, and what they may ask of each other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]
#![cfg(feature = "dev")]

mod util;

use dimo_pairing::{Answer, Event, Opening, Request, VinSource};
use util::*;

#[test]
fn a_phone_with_the_label_and_the_owners_word_claims_the_device() {
    let mut link = link();
    pair_up(&mut link, at(0));
    link.phone.request(at(1), &Request::Claim(claim())).unwrap();
    link.run(at(1));
    let Some(Event::Answered(_, Answer::ClaimProof(signature))) = link.phone.poll_event() else { panic!() };
    assert_eq!(signature.to_string(), CLAIM_SIGNATURE);
}

#[test]
fn a_phone_that_was_granted_something_comes_back_without_label_and_wallet() {
    let mut link = link();
    let resumption = pair_up(&mut link, at(0));
    link.disconnect();
    assert!(link.phone.poll_event().is_none());
    link.connect(at(5), Opening::Resume(resumption));
    link.run(at(5));
    assert!(matches!(link.phone.poll_event(), Some(Event::Resumed { .. })));
    let answer = ask(&mut link, at(6), &Request::ReadVin(VinSource::Vehicle));
    assert!(answer.contains(VIN), "{answer}");
}
