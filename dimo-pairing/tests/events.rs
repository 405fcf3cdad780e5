//! The device's machine event by event: order, time, and what one phone never learns of another.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_pairing::{
    Action, Answer, Device, Expiry, FRAGMENT_MAX, Fragmenter, JobId, MESSAGE_MAX, Mtu, PACKET_MAX, Presence,
    Reassembler, Refusal, Request, RequestId, SignRequest, SigningFailed, StaleJob, Versions, VinUnavailable,
};
use proptest::prelude::*;
use util::*;

/// The fragments of an open packet with `message`.
fn fragments(message: &[u8], mtu: Mtu) -> Vec<Vec<u8>> {
    let mut sender = Fragmenter::<PACKET_MAX>::new();
    sender.load(&[&[0], message].concat()).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    core::iter::from_fn(|| sender.next_fragment(mtu, &mut buffer).map(<[u8]>::to_vec)).collect()
}

fn ask_bytes(device: &mut Device, secs: u64, message: &[u8]) {
    for fragment in fragments(message, Mtu::MAX) {
        device.handle_fragment(at(secs), &fragment).unwrap();
    }
}

fn ask(device: &mut Device, secs: u64, id: u16, request: Request) {
    ask_bytes(device, secs, request.emit(RequestId::new(id), &mut [0; MESSAGE_MAX]));
}

/// All answers the device sends now.
fn answers(device: &mut Device) -> Vec<(u16, Answer)> {
    let mut receiver = Reassembler::<PACKET_MAX>::new();
    let mut buffer = [0; FRAGMENT_MAX];
    let mut answers = Vec::new();
    while let Some(fragment) = device.poll_transmit(&mut buffer) {
        if let Some(packet) = receiver.push(fragment).unwrap() {
            let (id, answer) = Answer::parse(&packet[1..]).unwrap();
            answers.push((id.get(), answer));
        }
    }
    answers
}

fn refused(id: u16, refusal: Refusal) -> Vec<(u16, Answer)> {
    vec![(id, Answer::Refused(refusal))]
}

/// Connected at the largest MTU, somebody present.
fn present() -> Device {
    let mut device = device();
    device.handle_connected(Mtu::MAX);
    device.open_window(at(0), Presence::PluggedIn);
    device
}

#[track_caller]
fn sign_action(device: &mut Device) -> (JobId, SignRequest) {
    match device.poll_action() {
        Some(Action::Sign { job, request }) => (job, request),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_device_signs_the_struct_it_built_and_is_asked_once() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    assert_eq!(request, SignRequest::Claim(claim()));
    assert_eq!(device.poll_action(), None);
    assert_eq!(answers(&mut device), []);
    device.handle_signature(job, sign(&request)).unwrap();
    assert_eq!(answers(&mut device), [(1, Answer::ClaimProof(CLAIM_SIGNATURE.parse().unwrap()))]);
    assert_eq!(device.handle_signature(job, sign(&request)), Err(StaleJob { job }));
}

#[test]
fn another_request_meanwhile_is_refused_and_the_first_goes_on() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    ask(&mut device, 2, 2, Request::Identify);
    assert_eq!(answers(&mut device), refused(2, Refusal::Busy));
    device.handle_signature(job, sign(&request)).unwrap();
    assert!(matches!(answers(&mut device)[..], [(1, Answer::ClaimProof(_))]));
}

#[test]
fn the_same_request_again_is_answered_again_and_signed_once() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    ask(&mut device, 2, 1, Request::Claim(claim()));
    assert_eq!((device.poll_action(), answers(&mut device)), (None, vec![]));
    device.handle_signature(job, sign(&request)).unwrap();
    let first = answers(&mut device);
    ask(&mut device, 3, 1, Request::Claim(claim()));
    assert_eq!(device.poll_action(), None);
    assert_eq!(answers(&mut device), first);
    assert_eq!(device.signatures_begun(), 1);
}

#[test]
fn another_request_under_the_same_id_is_another_request() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    device.handle_signature(job, sign(&request)).unwrap();
    let _ = answers(&mut device);
    ask(&mut device, 2, 1, Request::Pair(pair()));
    assert_eq!(sign_action(&mut device).1, SignRequest::Pair(pair()));
}

#[test]
fn a_second_phone_gets_nothing_of_the_first_ones() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    device.handle_connected(Mtu::MAX);
    assert_eq!(device.handle_signature(job, sign(&request)), Err(StaleJob { job }));
    assert_eq!(answers(&mut device), []);

    ask(&mut device, 2, 1, Request::Claim(claim()));
    let (job, request) = sign_action(&mut device);
    device.handle_signature(job, sign(&request)).unwrap();
    device.handle_connected(Mtu::MAX);
    assert_eq!(answers(&mut device), []);
    device.close_window();
    ask(&mut device, 3, 1, Request::Claim(claim()));
    assert_eq!(answers(&mut device), refused(1, Refusal::NotPresent));
}

#[test]
fn a_wallet_or_a_vehicle_that_never_answers_ends_in_a_refusal() {
    let mut device = present();
    for (id, request) in [(1, Request::Claim(claim())), (2, Request::ReadVin)] {
        ask(&mut device, 10, id, request);
        let job = match device.poll_action() {
            Some(Action::Sign { job, .. } | Action::ReadVin { job }) => job,
            other => panic!("{other:?}"),
        };
        assert_eq!(device.poll_timeout(), Some(at(40)));
        assert_eq!(device.handle_timeout(at(39)), None);
        assert_eq!(device.handle_timeout(at(40)), Some(Expiry::Job(job)));
        assert_eq!(device.handle_timeout(at(40)), None);
        assert_eq!(answers(&mut device), refused(id, Refusal::TimedOut));
        assert_eq!(device.handle_vin(job, Err(VinUnavailable::NoAnswer)), Err(StaleJob { job }));
    }
}

#[test]
fn a_vin_is_no_answer_to_a_claim() {
    let mut device = present();
    ask(&mut device, 1, 1, Request::Claim(claim()));
    let (job, _) = sign_action(&mut device);
    assert_eq!(device.handle_vin(job, Err(VinUnavailable::NoAnswer)), Err(StaleJob { job }));
    device.handle_signature(job, Err(SigningFailed)).unwrap();
    assert_eq!(answers(&mut device), refused(1, Refusal::SigningFailed));
}

#[test]
fn a_half_received_packet_is_dropped_when_the_rest_does_not_come() {
    let mut device = present();
    let message = Request::Claim(claim()).emit(RequestId::new(1), &mut [0; MESSAGE_MAX]).to_vec();
    let fragments = fragments(&message, Mtu::MIN);
    device.handle_fragment(at(1), &fragments[0]).unwrap();
    device.handle_fragment(at(5), &fragments[1]).unwrap();
    assert_eq!(device.poll_timeout(), Some(at(15)));
    assert_eq!(device.handle_timeout(at(14)), None);
    assert_eq!(device.handle_timeout(at(15)), Some(Expiry::HalfReceived));
    assert_eq!(device.handle_fragment(at(15), &fragments[2]).unwrap_err().att_error(), 0x81);
}

#[test]
fn a_rest_that_comes_too_late_is_out_even_when_nobody_looked_at_the_clock() {
    let mut device = present();
    let message = Request::Claim(claim()).emit(RequestId::new(1), &mut [0; MESSAGE_MAX]).to_vec();
    let fragments = fragments(&message, Mtu::MIN);
    device.handle_fragment(at(1), &fragments[0]).unwrap();
    assert_eq!(device.handle_fragment(at(11), &fragments[1]).unwrap_err().att_error(), 0x81);
}

#[test]
fn the_time_to_wake_up_is_the_first_of_all_that_wait() {
    let mut device = present();
    assert_eq!(device.poll_timeout(), Some(at(600)));
    ask(&mut device, 1, 1, Request::ReadVin);
    assert_eq!(device.poll_timeout(), Some(at(31)));
    assert_eq!(device.handle_timeout(at(600)).map(|expiry| matches!(expiry, Expiry::Job(_))), Some(true));
    assert_eq!(device.handle_timeout(at(600)), Some(Expiry::Window));
    assert_eq!(device.poll_timeout(), None);
}

#[test]
fn what_cannot_be_read_is_refused_by_its_header() {
    let mut device = present();
    ask_bytes(&mut device, 1, &[2, 1, 0, 9]);
    assert_eq!(answers(&mut device), refused(9, Refusal::UnsupportedVersion(Versions::SUPPORTED)));
    ask_bytes(&mut device, 1, &[1, 0x7E, 0, 9]);
    assert_eq!(answers(&mut device), refused(9, Refusal::UnknownRequest));
    ask_bytes(&mut device, 1, &[1, 2, 0, 9]);
    assert_eq!(answers(&mut device), refused(9, Refusal::Malformed));
}

#[test]
fn what_has_no_header_is_rejected_with_its_att_error() {
    let mut device = present();
    let no_header = &fragments(&[1, 2, 0], Mtu::MAX)[0];
    assert_eq!(device.handle_fragment(at(1), no_header).unwrap_err().att_error(), 0x86);
    let mut sender = Fragmenter::<8>::new();
    sender.load(&[2, 1, 1, 0, 1]).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    let sealed = sender.next_fragment(Mtu::MAX, &mut buffer).unwrap();
    assert_eq!(device.handle_fragment(at(1), sealed).unwrap_err().att_error(), 0x85);
    assert_eq!(answers(&mut device), []);
}

/// What may happen to a device.
#[derive(Clone, Debug)]
enum Happening {
    Ask(u16, Request),
    Noise(Vec<u8>),
    Signed(bool),
    Connect,
    Disconnect,
    Open,
    Close,
    Wait(u64),
    Drain,
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let request = prop::sample::select(vec![
        Request::Identify,
        Request::ReadVin,
        Request::Claim(claim()),
        Request::Pair(pair()),
    ]);
    prop_oneof![
        4 => (0..3u16, request).prop_map(|(id, request)| Happening::Ask(id, request)),
        1 => proptest::collection::vec(any::<u8>(), 0..40).prop_map(Happening::Noise),
        2 => any::<bool>().prop_map(Happening::Signed),
        1 => Just(Happening::Connect),
        1 => Just(Happening::Disconnect),
        1 => Just(Happening::Open),
        1 => Just(Happening::Close),
        1 => (0..700u64).prop_map(Happening::Wait),
        2 => Just(Happening::Drain),
    ]
}

proptest! {
    #[test]
    fn in_any_order_of_events_nothing_panics_and_nothing_is_begun_without_presence(
        happenings in proptest::collection::vec(any_happening(), 0..60),
    ) {
        // Any well-formed signature will do: the device passes it on.
        let signature = CLAIM_SIGNATURE.parse().unwrap();
        let mut device = device();
        let mut secs = 0;
        let mut job = None;
        for happening in happenings {
            match happening {
                Happening::Ask(id, request) => {
                    let present = device.presence(at(secs)).is_some();
                    let left = device.signatures_left(at(secs));
                    ask(&mut device, secs, id, request);
                    let action = device.poll_action();
                    prop_assert!(action.is_none() || present);
                    if let Some(Action::Sign { .. }) = action {
                        prop_assert_eq!(device.signatures_left(at(secs)) + 1, left);
                    }
                    job = match action {
                        Some(Action::Sign { job, .. } | Action::ReadVin { job }) => Some(job),
                        _ => job,
                    };
                }
                Happening::Noise(bytes) => { let _ = device.handle_fragment(at(secs), &bytes); }
                Happening::Signed(done) => if let Some(job) = job {
                    let _ = device.handle_signature(job, if done { Ok(signature) } else { Err(SigningFailed) });
                },
                Happening::Connect => device.handle_connected(Mtu::MIN),
                Happening::Disconnect => device.handle_disconnected(),
                Happening::Open => device.open_window(at(secs), Presence::ButtonPressed),
                Happening::Close => device.close_window(),
                Happening::Wait(wait) => {
                    secs += wait;
                    while device.handle_timeout(at(secs)).is_some() {}
                    // What was due is gone; whatever waits lies ahead.
                    prop_assert!(device.poll_timeout().is_none_or(|until| until > at(secs)));
                }
                Happening::Drain => { let _ = answers(&mut device); }
            }
        }
    }
}
