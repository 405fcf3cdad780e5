//! Fragments over every MTU, whole and harmed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_pairing::{FRAGMENT_MAX, FragmentError, Fragmenter, Mtu, PACKET_MAX, PacketTooLong, Reassembler};
use proptest::prelude::*;

/// All fragments of `packet` at `mtu`.
fn fragments(packet: &[u8], mtu: Mtu) -> Vec<Vec<u8>> {
    let mut sender = Fragmenter::<PACKET_MAX>::new();
    sender.load(packet).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    core::iter::from_fn(|| sender.next_fragment(mtu, &mut buffer).map(<[u8]>::to_vec)).collect()
}

/// What a receiver makes of `fragments`: the first packet or the first error, `None` when it still waits.
fn receive(fragments: &[Vec<u8>]) -> Option<Result<Vec<u8>, FragmentError>> {
    let mut receiver = Reassembler::<PACKET_MAX>::new();
    fragments.iter().find_map(|fragment| match receiver.push(fragment) {
        Ok(packet) => packet.map(|packet| Ok(packet.to_vec())),
        Err(error) => Some(Err(error)),
    })
}

fn sample(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + 3) as u8).collect()
}

fn any_mtu() -> impl Strategy<Value = Mtu> {
    (23..=517u16).prop_map(|mtu| Mtu::new(mtu).unwrap())
}

#[test]
fn a_packet_of_any_length_arrives_whole_at_every_mtu_and_no_fragment_is_longer_than_the_link_takes() {
    for mtu in (23..=517).map(|mtu| Mtu::new(mtu).unwrap()) {
        for len in [0, 1, 12, 13, 14, 20, 97, 175, 176, PACKET_MAX] {
            let packet = sample(len);
            let fragments = fragments(&packet, mtu);
            assert!(fragments.iter().all(|fragment| fragment.len() <= mtu.payload()), "{mtu:?} {len}");
            assert_eq!(receive(&fragments), Some(Ok(packet)), "{mtu:?} {len}");
        }
    }
}

#[test]
fn a_noise_handshake_of_xxpsk0_and_its_envelope_fit_13_fragments_at_the_smallest_mtu() {
    let counts = [48, 96, 64].map(|message| fragments(&sample(message + 1), Mtu::MIN).len());
    assert_eq!(counts, [3, 6, 4]);
}

#[test]
fn the_smallest_packets_have_the_bytes_of_the_specification() {
    assert_eq!(fragments(b"", Mtu::MIN), [[0xC0, 0, 0, 0, 0, 0, 0]]);
    // The catalogued check value of the checksum.
    assert_eq!(fragments(b"123456789", Mtu::MIN), [*b"\xC0\x00\x09\xCB\xF4\x39\x26123456789"]);
}

#[test]
fn the_sequence_number_runs_round_in_a_long_packet() {
    let mut sender = Fragmenter::<4000>::new();
    let mut receiver = Reassembler::<4000>::new();
    let packet = sample(4000);
    sender.load(&packet).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    let mut count = 0;
    while let Some(fragment) = sender.next_fragment(Mtu::MIN, &mut buffer) {
        count += 1;
        if let Some(received) = receiver.push(fragment).unwrap() {
            assert_eq!(received, packet);
        }
    }
    assert!(count > 3 * 64);
    assert!(!receiver.is_partial());
}

#[test]
fn a_packet_too_long_to_send_is_handed_back_and_the_one_before_goes_on() {
    let mut sender = Fragmenter::<8>::new();
    sender.load(b"first").unwrap();
    assert_eq!(sender.load(b"too long!"), Err(PacketTooLong { len: 9, limit: 8 }));
    let mut buffer = [0; FRAGMENT_MAX];
    assert!(sender.next_fragment(Mtu::MIN, &mut buffer).unwrap().ends_with(b"first"));
}

#[test]
fn a_packet_too_long_to_take_is_refused_at_its_first_fragment() {
    let mut receiver = Reassembler::<16>::new();
    let fragments = fragments(&sample(17), Mtu::MIN);
    assert_eq!(receiver.push(&fragments[0]), Err(FragmentError::TooLong { announced: 17, limit: 16 }));
    assert_eq!(receiver.push(&fragments[1]), Err(FragmentError::NotStarted));
}

#[test]
fn each_way_to_harm_a_packet_has_its_own_error() {
    let whole = fragments(&sample(60), Mtu::MIN);
    let mut lost = whole.clone();
    lost.remove(1);
    assert_eq!(receive(&lost), Some(Err(FragmentError::OutOfSequence { expected: 1, got: 2 })));
    let mut doubled = whole.clone();
    doubled.insert(1, whole[1].clone());
    assert_eq!(receive(&doubled), Some(Err(FragmentError::OutOfSequence { expected: 2, got: 1 })));
    assert_eq!(receive(&whole[1..]), Some(Err(FragmentError::NotStarted)));
    assert_eq!(receive(&[vec![]]), Some(Err(FragmentError::Empty)));
    assert_eq!(receive(&[vec![0x80, 0, 9]]), Some(Err(FragmentError::ShortHeader)));
    assert_eq!(
        receive(&[vec![0x81, 0, 9, 0, 0, 0, 0, 1]]),
        Some(Err(FragmentError::OutOfSequence { expected: 0, got: 1 }))
    );
    let mut cut = whole.clone();
    cut.last_mut().unwrap().pop();
    assert_eq!(receive(&cut), Some(Err(FragmentError::LengthMismatch { announced: 60, got: 59 })));
    let mut long = whole.clone();
    long.last_mut().unwrap().push(0);
    assert_eq!(receive(&long), Some(Err(FragmentError::LengthMismatch { announced: 60, got: 61 })));
    let mut endless = whole.clone();
    endless.last_mut().unwrap()[0] &= !0x40;
    assert_eq!(receive(&endless), Some(Err(FragmentError::LengthMismatch { announced: 60, got: 60 })));
    let mut damaged = whole.clone();
    damaged[2][5] ^= 1;
    assert_eq!(receive(&damaged), Some(Err(FragmentError::Damaged)));
    assert_eq!(receive(&whole[..3]), None);
}

#[test]
fn a_first_fragment_in_the_middle_starts_anew() {
    let (old, new) = (fragments(&sample(60), Mtu::MIN), fragments(b"new", Mtu::MIN));
    assert_eq!(receive(&[old[0].clone(), new[0].clone()]), Some(Ok(b"new".to_vec())));
}

#[test]
fn a_packet_is_sent_once_more_when_asked() {
    let mut sender = Fragmenter::<8>::new();
    sender.load(b"again").unwrap();
    let (mut first, mut second) = ([0; FRAGMENT_MAX], [0; FRAGMENT_MAX]);
    let first = sender.next_fragment(Mtu::MIN, &mut first).unwrap();
    assert!(sender.is_done());
    sender.rewind();
    assert_eq!(sender.next_fragment(Mtu::MIN, &mut second), Some(first));
}

proptest! {
    #[test]
    fn the_mtu_may_change_between_any_two_fragments(
        packet in proptest::collection::vec(any::<u8>(), 0..=PACKET_MAX),
        mtus in proptest::collection::vec(any_mtu(), 1..8),
    ) {
        let mut sender = Fragmenter::<PACKET_MAX>::new();
        let mut receiver = Reassembler::<PACKET_MAX>::new();
        sender.load(&packet).unwrap();
        let mut buffer = [0; FRAGMENT_MAX];
        let mut mtus = mtus.iter().cycle();
        let mut arrived = None;
        while let Some(fragment) = sender.next_fragment(*mtus.next().unwrap(), &mut buffer) {
            prop_assert_eq!(arrived, None);
            arrived = receiver.push(fragment).unwrap().map(<[u8]>::to_vec);
        }
        prop_assert_eq!(arrived, Some(packet));
    }

    #[test]
    fn one_changed_bit_is_always_noticed(
        packet in proptest::collection::vec(any::<u8>(), 0..=PACKET_MAX),
        mtu in any_mtu(),
        place in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let mut fragments = fragments(&packet, mtu);
        let place = place.index(fragments.iter().map(Vec::len).sum());
        *fragments.iter_mut().flatten().nth(place).unwrap() ^= 1u8 << bit;
        // An error at once, or a packet that never ends: never another packet.
        prop_assert!(!matches!(receive(&fragments), Some(Ok(_))));
    }

    #[test]
    fn no_bytes_panic_and_a_whole_packet_still_arrives_behind_them(
        noise in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..12),
        packet in proptest::collection::vec(any::<u8>(), 0..=PACKET_MAX),
        mtu in any_mtu(),
    ) {
        let mut receiver = Reassembler::<PACKET_MAX>::new();
        for fragment in &noise {
            let _ = receiver.push(fragment);
        }
        let mut arrived = None;
        for fragment in fragments(&packet, mtu) {
            arrived = receiver.push(&fragment).unwrap().map(<[u8]>::to_vec);
        }
        prop_assert_eq!(arrived, Some(packet));
    }
}
