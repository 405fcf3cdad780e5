//! Parts that fail with every kind of error, under the logic that stands on them: the link, the transmit guard, the clock.
#![cfg(feature = "dev")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_hal::can::{self, BusMode, CanTransmitter as _};
use dimo_hal::clock::{Clock as _, ClockPolicy, InSleep, Trust, TrustedClock, Uptime};
use dimo_hal::guard::{Driving, GuardError, GuardPolicy, Refusal, TransmitGuard};
use dimo_hal::mock::{CallFault, FaultError, Faulty, MockBus, MockModem, MockMonotonic, dropped_after};
use dimo_hal::modem::{
    self, Link, Modem as _, Network, RadioPower, Registration, Uplink, UplinkState, UplinkWait,
};
use dimo_hal::{BlockingAsync, blocking, wait};
use dimo_types::{ApprovedGeography, CanId, Frame, SimIdentity, Timestamp};

const FAULTS: [CallFault; 2] = [CallFault::Refused, CallFault::AnswerLost];

fn modem(network: Network) -> MockModem {
    let sim = SimIdentity {
        iccid: "89014103211118510720".parse().unwrap(),
        imsi: "310150123456789".parse().unwrap(),
    };
    let mut modem = MockModem::new("490154203237518".parse().unwrap(), Some(sim), network);
    blocking::Modem::set_power(&mut modem, RadioPower::On).unwrap();
    modem
}

fn network(operator: &str) -> Network {
    Network::new(Registration::Roaming).with_operator(operator.parse().unwrap())
}

#[test]
fn a_link_over_a_modem_that_fails_is_never_up_where_the_device_may_not_operate() {
    let (germany, japan) = ("DE".parse().unwrap(), "JP".parse().unwrap());
    for (fault, every) in FAULTS.into_iter().flat_map(|fault| (2..9).map(move |every| (fault, every))) {
        let faulty = Faulty::new(BlockingAsync::new(modem(network("26201")))).every(every, fault);
        let mut uplink = Uplink::new(faulty, "iot.example".parse().unwrap(), ApprovedGeography::DIP4, None);
        let mut kinds = vec![];
        let (mut done, mut country) = (0, None);
        for round in 0..60 {
            let life = format!("{fault:?} every {every}, round {round}");
            let place = round / 4 % 3;
            let now = [network("26201"), network("44010"), Network::new(Registration::Searching)][place];
            uplink.modem_mut().get_mut().get_mut().enter(now);
            let result = wait(uplink.step());
            let link = blocking::Modem::link(uplink.modem_mut().get_mut().get_mut()).unwrap();
            match result {
                Ok(state) => {
                    let expected = [
                        UplinkState::Up { country: germany, address: None },
                        UplinkState::Outside { country: japan },
                        UplinkState::Waiting(UplinkWait::Registration(Registration::Searching)),
                    ][place];
                    assert_eq!(state, expected, "{life}");
                    assert_eq!(link == Link::Down, place != 0, "{life}");
                    done += 1;
                }
                Err(FaultError::Injected(kind)) => kinds.push(kind),
                Err(error) => panic!("{life}: {error}"),
            }
            // What it knows is what the network said last, or what it knew before.
            let said = [Some(germany), Some(japan), country][place];
            assert!([said, country].contains(&uplink.country()), "{life}: {:?}", uplink.country());
            country = uplink.country();
        }
        assert!(modem::ErrorKind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
        assert!(done > 5 || every <= 3, "{done} of 60 steps with {fault:?} every {every}");
    }
}

type Bus = Faulty<BlockingAsync<MockBus<std::iter::Empty<Frame>>>>;

fn guard(bus: impl FnOnce(Bus) -> Bus) -> TransmitGuard<Bus> {
    let mut inner = MockBus::new(std::iter::empty());
    blocking::CanReceiver::set_mode(&mut inner, BusMode::Normal).unwrap();
    let bus = bus(Faulty::new(BlockingAsync::new(inner)));
    let policy = GuardPolicy::new(500_000).with_load_permille(1000);
    let mut guard = TransmitGuard::new(bus, policy, Uptime::START);
    guard.set_driving(Driving::Standing);
    guard
}

fn frame(data: &[u8]) -> Frame {
    Frame::classic(Timestamp::EPOCH, CanId::standard(0x7E0).unwrap(), data).unwrap()
}

/// A message of three frames that passes.
fn message() -> [Frame; 3] {
    [
        frame(&[0x10, 0x11, 0x22, 0xF1, 0x90, 0xF1, 0x91, 0xF1]),
        frame(&[0x21, 1, 2, 3, 4, 5, 6, 7]),
        frame(&[0x22, 1, 2, 3, 4, 0xCC, 0xCC, 0xCC]),
    ]
}

#[test]
fn behind_a_frame_that_the_bus_did_not_take_the_rest_of_its_message_is_refused_and_counted_once() {
    for (fault, nth) in FAULTS.into_iter().flat_map(|fault| (1..4u32).map(move |nth| (fault, nth))) {
        let mut guard = guard(|bus| bus.nth(nth, fault));
        guard.set_mode(BusMode::Normal);
        let results = message().map(|frame| wait(guard.transmit(&frame)));
        for (result, number) in results.into_iter().zip(1..) {
            let expected = match number {
                number if number < nth => Ok(()),
                number if number == nth => Err(GuardError::Bus(FaultError::Injected(can::ErrorKind::ALL[0]))),
                _ => Err(GuardError::Refused(Refusal::Transfer)),
            };
            assert_eq!(result, expected, "{fault:?} of frame {nth}");
        }
        let refused = guard.refused();
        assert_eq!((refused.transfer, refused.listen_only), (3 - nth, 0));
        // And the next message passes.
        assert!(message().iter().all(|frame| wait(guard.transmit(frame)) == Ok(())));
    }
}

#[test]
fn behind_a_frame_whose_sending_was_dropped_the_rest_of_its_message_is_refused() {
    let mut guard = guard(|bus| bus.nth(1, CallFault::Delayed { polls: 3 }));
    guard.set_mode(BusMode::Normal);
    let [first, second, _] = message();
    assert_eq!(dropped_after(guard.transmit(&first), 2), None);
    assert_eq!(wait(guard.transmit(&second)), Err(GuardError::Refused(Refusal::Transfer)));
    assert!(message().iter().all(|frame| wait(guard.transmit(frame)) == Ok(())));
}

#[test]
fn every_error_of_the_bus_passes_through_the_guard_and_counts_as_no_refusal() {
    let mut guard = guard(|bus| bus.every(1, CallFault::Refused));
    guard.set_mode(BusMode::Normal);
    for kind in can::ErrorKind::ALL {
        let result = wait(guard.transmit(&frame(&[2, 1, 0x0D, 0, 0, 0, 0, 0])));
        assert_eq!(result, Err(GuardError::Bus(FaultError::Injected(kind))));
    }
    assert_eq!(guard.refused(), Default::default());
    assert_eq!(guard.into_inner().get_ref().get_ref().sent(), 0);
}

#[test]
fn in_listen_only_mode_no_frame_reaches_a_bus_that_fails_or_not() {
    for fault in [None, Some(CallFault::Refused), Some(CallFault::AnswerLost)] {
        let mut guard = guard(|bus| fault.into_iter().fold(bus, |bus, fault| bus.every(2, fault)));
        for mode in [BusMode::ListenOnly, BusMode::Normal, BusMode::ListenOnly] {
            guard.set_mode(mode);
            let refused = guard.refused().listen_only;
            let results = message().map(|frame| wait(guard.transmit(&frame)));
            if mode == BusMode::ListenOnly {
                assert_eq!(results, [Err(GuardError::Refused(Refusal::ListenOnly)); 3]);
                assert_eq!(guard.refused().listen_only, refused + 3);
            } else {
                assert_eq!(results[0], Ok(()));
            }
        }
        let bus = guard.into_inner();
        // Those of the one time that it took part, and none of the others.
        let calls = if fault.is_some() { 2 } else { 3 };
        assert_eq!(bus.calls(), calls, "{fault:?}");
    }
}

#[test]
fn a_clock_whose_sources_fail_in_every_way_keeps_the_time_it_has() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let built = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut clock = TrustedClock::new(&counter, ClockPolicy::new(built));
    let mut source = modem(network("26201"));
    let (right, wrong) = ("2026-11-23T08:00:00Z".parse().unwrap(), "2007-04-07T00:00:00Z".parse().unwrap());
    for fault in FAULTS {
        for time in [right, wrong] {
            source.give_time(time);
            let mut faulty = Faulty::new(BlockingAsync::new(&mut source)).every(2, fault);
            let mut kinds = vec![];
            while kinds.len() < modem::ErrorKind::ALL.len() {
                let before = clock.wall();
                match wait(faulty.network_time()) {
                    Ok(Some(said)) => assert_eq!(clock.set(said, Trust::Network).is_ok(), said == right),
                    Err(FaultError::Injected(kind)) => {
                        kinds.push(kind);
                        assert_eq!(clock.wall(), before);
                    }
                    other => panic!("{other:?}"),
                }
                assert_eq!(clock.wall().map(|wall| (wall.time, wall.trust)), Some((right, Trust::Network)));
            }
            assert_eq!(kinds, modem::ErrorKind::ALL);
        }
    }
}
