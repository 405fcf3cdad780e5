//! The same over a link that loses, doubles, damages, narrows and breaks: every command ends, in a typed way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_pairing::{Event, Failure, Fault, Link, Mtu, Presence};
use proptest::prelude::*;
use util::*;

/// One claim over a link where the fragment of each listed number suffers; the rest arrive.
fn claim_with(mtu: u16, faults: &[(u32, Fault)]) -> Event {
    let fault = |number| faults.iter().find(|(at, _)| *at == number).map_or(Fault::None, |(_, fault)| *fault);
    let mut link = Link::with_faults(device(), phone(), Mtu::new(mtu).unwrap(), fault);
    link.device.open_window(at(0), Presence::PluggedIn);
    link.phone.claim(at(1), claim()).unwrap();
    let (ended, event) = link.run(at(1), sign);
    assert!(ended <= at(41), "later than a phone waits");
    event.expect("every command ends")
}

fn is_proof(event: &Event) -> bool {
    matches!(event, Event::Claimed(_, signature) if *signature == CLAIM_SIGNATURE.parse().unwrap())
}

// At MTU 23 the request is fragments 0 to 4 and the answer 5 to 8.

#[test]
fn a_lost_fragment_in_the_middle_of_a_request_is_told_at_once() {
    let rejected = Event::Failed(Failure::WriteRejected { att_error: 0x81 });
    assert_eq!(claim_with(23, &[(2, Fault::Drop)]), rejected);
}

#[test]
fn a_lost_end_of_a_request_or_of_an_answer_ends_in_a_timeout() {
    assert_eq!(claim_with(23, &[(4, Fault::Drop)]), Event::Failed(Failure::TimedOut));
    assert_eq!(claim_with(23, &[(8, Fault::Drop)]), Event::Failed(Failure::TimedOut));
    assert_eq!(claim_with(247, &[(1, Fault::Drop)]), Event::Failed(Failure::TimedOut));
}

#[test]
fn a_damaged_request_is_told_and_nothing_is_signed() {
    let rejected = Event::Failed(Failure::WriteRejected { att_error: 0x84 });
    assert_eq!(claim_with(23, &[(3, Fault::Corrupt { bit: 77 })]), rejected);
}

#[test]
fn a_damaged_answer_is_an_accident_and_no_impostor() {
    let event = claim_with(23, &[(6, Fault::Corrupt { bit: 77 })]);
    assert!(matches!(event, Event::Failed(Failure::Received(_))), "{event:?}");
}

#[test]
fn a_doubled_fragment_is_told_within_a_packet_and_harmless_as_a_whole_packet() {
    let rejected = Event::Failed(Failure::WriteRejected { att_error: 0x81 });
    assert_eq!(claim_with(23, &[(2, Fault::Duplicate)]), rejected);
    assert!(is_proof(&claim_with(247, &[(0, Fault::Duplicate)])));
    assert!(is_proof(&claim_with(247, &[(1, Fault::Duplicate)])));
}

#[test]
fn a_link_that_breaks_ends_the_request_on_both_sides() {
    for number in 0..9 {
        assert_eq!(claim_with(23, &[(number, Fault::Disconnect)]), Event::Failed(Failure::Disconnected));
    }
}

#[test]
fn the_mtu_may_change_within_the_request_and_within_the_answer() {
    let (narrow, wide) = (Fault::ChangeMtu(Mtu::MIN), Fault::ChangeMtu(Mtu::MAX));
    assert!(is_proof(&claim_with(23, &[(1, wide)])));
    assert!(is_proof(&claim_with(185, &[(0, narrow)])));
    assert!(is_proof(&claim_with(23, &[(0, Fault::ChangeMtu(Mtu::new(30).unwrap())), (5, wide)])));
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::Drop),
        1 => Just(Fault::Duplicate),
        1 => any::<u16>().prop_map(|bit| Fault::Corrupt { bit }),
        1 => (23..=517u16).prop_map(|mtu| Fault::ChangeMtu(Mtu::new(mtu).unwrap())),
        1 => Just(Fault::Disconnect),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_a_claim_ends_in_the_right_proof_or_a_failure_and_the_next_one_goes_through(
        mtu in 23..=517u16,
        faults in proptest::collection::vec(any_fault(), 0..12),
    ) {
        let mut due = faults.into_iter();
        let fault = |_| due.next().unwrap_or(Fault::None);
        let mut link = Link::with_faults(device(), phone(), Mtu::new(mtu).unwrap(), fault);
        link.device.open_window(at(0), Presence::PluggedIn);
        let mut now = at(1);
        let mut proven = false;
        // A failure takes at least one fault, so the thirteenth try finds none left. A window allows eight signatures.
        for _ in 0..13 {
            link.device.open_window(now, Presence::PluggedIn);
            link.phone.claim(now, claim()).unwrap();
            let (ended, event) = link.run(now, sign);
            now = ended;
            let event = event.expect("every command ends");
            proven = is_proof(&event);
            prop_assert!(proven || matches!(event, Event::Failed(_)), "{:?}", event);
            if proven { break; }
        }
        prop_assert!(proven);
    }
}
