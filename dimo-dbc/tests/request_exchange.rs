//! Requests from the first frame to the last answer, and the schedule of the network's polls.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::time::Duration;

use dimo_dbc::gen1::network_id;
use dimo_dbc::request::isotp::{Link, SendError, Sender};
use dimo_dbc::request::{
    Event, Exchange, ExchangeError, Failure, FlowControlPair, Poll, PollError, Request, Responders,
    RespondersError, Schedule, answering_link, obd, response_id, uds,
};
use dimo_types::{CanId, CanProtocol, Frame, Timestamp};

const P11: CanProtocol = CanProtocol::Can11Bit500;
const P29: CanProtocol = CanProtocol::Can29Bit500;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis).unwrap()
}

fn id(number: u32) -> CanId {
    if number > 0x7FF { CanId::extended(number) } else { CanId::standard(number as u16) }.unwrap()
}

fn frame(number: u32, data: &[u8]) -> Frame {
    Frame::classic(at(0), id(number), data).unwrap()
}

fn functional() -> Link {
    Link::functional(id(0x7DF))
}

fn engine() -> Link {
    Link::normal(id(0x7E0), id(0x7E8))
}

/// An exchange whose request went out at time 0.
fn asked<'a>(link: Link, request: &'a [u8], responders: Responders<4, 64>) -> Exchange<'a, 4, 64> {
    let mut exchange = Exchange::new(link, request, responders).unwrap();
    let sent = exchange.poll_transmit(at(0)).unwrap();
    assert_eq!(sent.data().len(), 8);
    assert_eq!(exchange.poll_transmit(at(0)), None);
    exchange
}

#[test]
fn three_units_answer_at_once_and_are_kept_apart() {
    let request = obd::ReadCodes::Stored.bytes();
    let mut exchange = asked(functional(), &request, Responders::legislated());
    // Long answers of three units, each frame by frame in turn with the others.
    let units = [(0x7E8, 0x11), (0x7EA, 0x22), (0x7EF, 0x33)];
    let answers: Vec<Vec<u8>> =
        units.iter().map(|(_, code)| [&[0x43, 9][..], &[*code; 18]].concat()).collect();
    let mut senders: Vec<_> = units
        .iter()
        .zip(&answers)
        .map(|((unit, _), answer)| {
            let link = answering_link(id(*unit)).unwrap().mirrored().unwrap();
            Sender::new(link, answer).unwrap()
        })
        .collect();
    let mut heard = Vec::new();
    for _ in 0..10 {
        for sender in &mut senders {
            if let Some(frame) = sender.poll_transmit(at(1))
                && let Event::Answer(answer) = exchange.handle_frame(at(1), &frame).unwrap()
            {
                heard.push((answer.ecu.number(), answer.message.to_vec()));
            }
        }
        while let Some(flow) = exchange.poll_transmit(at(1)) {
            senders.iter_mut().for_each(|sender| sender.handle_frame(at(1), &flow).unwrap());
        }
    }
    let expected: Vec<_> =
        units.iter().zip(&answers).map(|((unit, _), answer)| (*unit, answer.clone())).collect();
    assert_eq!(heard, expected);
    assert!(!exchange.is_finished(), "others may still answer");
    assert_eq!(exchange.poll_timeout(), Some(at(250)));
    assert_eq!(exchange.handle_timeout(at(250)), Ok(()));
    assert_eq!((exchange.is_finished(), exchange.poll_timeout()), (true, None));
}

#[test]
fn one_unit_more_than_there_is_room_for_is_said() {
    let request = obd::CurrentData { pid: 0x0D }.bytes();
    let mut exchange = asked(functional(), &request, Responders::legislated());
    for unit in 0x7E8..0x7EC {
        let answer = frame(unit, &[0x03, 0x41, 0x0D, 0x32]);
        assert!(matches!(exchange.handle_frame(at(1), &answer), Ok(Event::Answer(_))));
    }
    let fifth = exchange.handle_frame(at(1), &frame(0x7EC, &[0x03, 0x41, 0x0D, 0x32]));
    assert_eq!(fifth, Err(RespondersError::Full { ecu: id(0x7EC), capacity: 4 }.into()));
}

#[test]
fn a_pending_answer_is_waited_for() {
    let request = uds::ReadVin.bytes();
    let mut exchange = asked(engine(), &request, Responders::one(engine()));
    assert_eq!(exchange.poll_timeout(), Some(at(250)));
    for round in 0..3 {
        let pending = frame(0x7E8, &[0x03, 0x7F, 0x22, 0x78, 0, 0, 0, 0]);
        let event = exchange.handle_frame(at(200 + 4000 * round), &pending).unwrap();
        assert_eq!(event, Event::Pending { ecu: id(0x7E8) });
        assert_eq!(exchange.poll_timeout(), Some(at(5200 + 4000 * round)));
    }
    let refusal = frame(0x7E8, &[0x03, 0x7F, 0x22, 0x31]);
    let Ok(Event::Answer(answer)) = exchange.handle_frame(at(9000), &refusal) else { panic!("an answer") };
    assert_eq!(answer.message, [0x7F, 0x22, 0x31]);
    assert!(exchange.is_finished());
}

#[test]
fn a_unit_that_is_pending_forever_is_left() {
    let request = uds::ReadVin.bytes();
    let mut exchange = asked(engine(), &request, Responders::one(engine()));
    let pending = frame(0x7E8, &[0x03, 0x7F, 0x22, 0x78]);
    let mut now = 0;
    let left = loop {
        match exchange.handle_frame(at(now), &pending) {
            Ok(_) => now += 1000,
            Err(error) => break error,
        }
    };
    assert_eq!((left, now), (ExchangeError::NoAnswer, 60_000));
    assert!(exchange.is_finished());
}

#[test]
fn a_late_answer_to_another_question_is_not_taken_for_ours() {
    let request = obd::CurrentData { pid: 0x0D }.bytes();
    let mut exchange = asked(engine(), &request, Responders::one(engine()));
    for late in [&[0x04, 0x41, 0x0C, 0x1A, 0xF8][..], &[0x03, 0x7F, 0x22, 0x31], &[0x03, 0x62, 0x0D, 1]] {
        assert_eq!(exchange.handle_frame(at(1), &frame(0x7E8, late)), Ok(Event::Nothing));
    }
    let ours = frame(0x7E8, &[0x03, 0x41, 0x0D, 0x32]);
    assert!(matches!(exchange.handle_frame(at(2), &ours), Ok(Event::Answer(_))));
}

#[test]
fn silence_ends_typed() {
    let request = obd::CurrentData { pid: 0x0D }.bytes();
    let mut exchange = asked(functional(), &request, Responders::legislated());
    assert_eq!(exchange.handle_timeout(at(249)), Ok(()));
    assert_eq!(exchange.handle_timeout(at(250)), Err(ExchangeError::NoAnswer));
    assert_eq!((exchange.handle_timeout(at(251)), exchange.poll_timeout()), (Ok(()), None));

    let long = [0x22; 20];
    let mut exchange = Exchange::<1, 64>::new(engine(), &long, Responders::one(engine())).unwrap();
    assert!(exchange.poll_transmit(at(0)).is_some());
    let unheard = exchange.handle_timeout(exchange.poll_timeout().unwrap());
    assert_eq!(unheard, Err(SendError::Timeout { sent: 6 }.into()));
}

#[test]
fn a_refusal_stops_a_long_request() {
    let long = [0x22; 40];
    let mut exchange = Exchange::<1, 64>::new(engine(), &long, Responders::one(engine())).unwrap();
    assert!(exchange.poll_transmit(at(0)).is_some());
    assert_eq!(exchange.handle_frame(at(1), &frame(0x7E8, &[0x30, 0, 0])), Ok(Event::Nothing));
    assert!(exchange.poll_transmit(at(1)).is_some());
    let refusal = exchange.handle_frame(at(2), &frame(0x7E8, &[0x03, 0x7F, 0x22, 0x13]));
    assert!(matches!(refusal, Ok(Event::Answer(_))));
    assert_eq!((exchange.poll_transmit(at(2)), exchange.poll_timeout()), (None, None));
}

#[test]
fn an_answer_that_is_too_long_is_refused_to_the_unit_too() {
    let request = obd::ReadVin.bytes();
    let mut exchange = asked(engine(), &request, Responders::one(engine()));
    let too_long = exchange.handle_frame(at(1), &frame(0x7E8, &[0x10, 0x41, 0x49, 0x02, 0x01, 0, 0, 0]));
    assert!(matches!(too_long, Err(ExchangeError::Receive(RespondersError::Receive { .. }))));
    assert_eq!(exchange.poll_transmit(at(1)).unwrap().data()[0], 0x32);
    assert!(exchange.is_finished());
}

#[test]
fn an_answer_that_has_begun_may_end_after_the_deadline() {
    let request = obd::ReadVin.bytes();
    let mut exchange = asked(functional(), &request, Responders::legislated());
    let first = frame(0x7E8, &[0x10, 0x14, 0x49, 0x02, 0x01, b'1', b'H', b'G']);
    assert_eq!(exchange.handle_frame(at(240), &first), Ok(Event::Nothing));
    assert_eq!(exchange.poll_transmit(at(240)).unwrap().id(), id(0x7E0));
    assert_eq!(exchange.poll_timeout(), Some(at(1240)), "when the next frame is overdue");
    assert_eq!(exchange.handle_timeout(at(260)), Ok(()));
    let second = frame(0x7E8, &[0x21, b'B', b'H', b'4', b'1', b'J', b'X', b'M']);
    assert_eq!(exchange.handle_frame(at(300), &second), Ok(Event::Nothing));
    let third = frame(0x7E8, &[0x22, b'N', b'1', b'0', b'9', b'1', b'8', b'6']);
    let Ok(Event::Answer(answer)) = exchange.handle_frame(at(301), &third) else { panic!("an answer") };
    assert_eq!(obd::ReadVin.answer(answer.message).unwrap().as_str(), "1HGBH41JXMN109186");
}

#[test]
fn units_with_29_bits_are_asked_at_their_own_address() {
    let link = answering_link(id(0x18DA_F133)).unwrap();
    assert_eq!((link.transmit(), link.receive()), (id(0x18DA_33F1), Some(id(0x18DA_F133))));
    for stranger in [0x7E7, 0x7F0, 0x18DA_F233, 0x18DB_F133] {
        assert_eq!(answering_link(id(stranger)), None);
    }
}

/// The vectors of the network's own tests.
#[test]
fn response_identifiers_are_those_of_the_live_network() {
    let cases = [
        (0x7DF, "", 0x7E8),
        (0x18DB_33F1, "", 0x18DA_F133),
        (0x18DB_1234, "", 0x18DA_3412),
        (0x7E0, "", 0x7E8),
        (0x7E0, "7e0,7e1", 0x7E1),
        (0x18DB_1234, "18db1234,18db1236", 0x18DB_1236),
    ];
    for (request, pair, response) in cases {
        let pair: Option<FlowControlPair> = pair.parse().ok();
        assert_eq!(response_id(id(request), pair), Some(id(response)), "{request:x}");
        let poll = Poll::new(P11, request, pair, 0x01, 0x0C, Duration::ZERO).unwrap();
        assert_eq!(poll.response_id(), id(response), "{request:x}");
    }
    assert_eq!(response_id(id(0x7F8), None), None);
    assert_eq!("7e0".parse::<FlowControlPair>(), Err(PollError::Pair));
    assert_eq!("7e0,x".parse::<FlowControlPair>(), Err(PollError::Pair));
    assert_eq!("7e0,20000000".parse::<FlowControlPair>(), Err(PollError::Header { header: 0x2000_0000 }));
}

#[test]
fn polls_and_the_configuration_read_the_same_identifier_in_a_number() {
    let around = |number: u32| number.saturating_sub(2)..=number.saturating_add(2);
    let ends = [0x7FF, 0x800, 0xFFF, 0x1000, 0x1FFF_FFFF, 0x8000_0000, 0x8000_07FF, 0x9FFF_FFFF, u32::MAX];
    for number in ends.into_iter().flat_map(around) {
        let expected = network_id(number);
        let poll = Poll::new(P29, number, "7e0,7e8".parse().ok(), 0x01, 0x0C, Duration::ZERO);
        assert_eq!(poll.map(|poll| poll.request_id()).ok(), expected, "{number:x}");
        let pair = format!("{number:x},{number:x}").parse::<FlowControlPair>();
        assert_eq!(pair.map(|pair| (pair.transmit, pair.receive)).ok(), expected.map(|id| (id, id)));
    }
    assert_eq!(network_id(0x800), CanId::extended(0x800), "no other frame can be meant");
}

#[test]
fn polls_ask_what_the_network_states() {
    let request = |service, parameter| {
        Poll::new(P11, 0x7DF, None, service, parameter, Duration::ZERO).map(|poll| poll.request().to_vec())
    };
    assert_eq!(request(0x01, 0x0C), Ok(vec![0x01, 0x0C]));
    assert_eq!(request(0x22, 0xDD01), Ok(vec![0x22, 0xDD, 0x01]));
    assert_eq!(request(0x22, 0x42), Ok(vec![0x22, 0x00, 0x42]), "an identifier always has two bytes");
    assert_eq!(request(0x03, 0), Ok(vec![0x03]));
    assert_eq!(request(0x02, 0x0C), Ok(vec![0x02, 0x0C, 0x00]));
    assert_eq!(request(0x01, 0x100), Err(PollError::Parameter { service: 0x01, parameter: 0x100 }));
    assert_eq!(request(0x22, 0x1_0000), Err(PollError::Parameter { service: 0x22, parameter: 0x1_0000 }));
    for writes in [0x00, 0x04, 0x08, 0x10, 0x11, 0x14, 0x27, 0x28, 0x2E, 0x2F, 0x31, 0x34, 0x3D, 0x85, 0x122]
    {
        assert_eq!(request(writes, 0), Err(PollError::Service { service: writes }), "{writes:x}");
    }
}

#[test]
fn polls_go_to_the_functional_address_when_the_network_states_none() {
    let poll = |protocol, header| Poll::new(protocol, header, None, 0x01, 0x0C, Duration::ZERO);
    let eleven = poll(P11, 0).unwrap();
    assert_eq!((eleven.request_id(), eleven.answer_link()), (id(0x7DF), engine()));
    let twenty_nine = poll(P29, 0).unwrap();
    assert_eq!(twenty_nine.request_id(), id(0x18DB_33F1));
    assert_eq!(twenty_nine.answer_link().transmit(), id(0x18DA_33F1), "flow control, to the unit itself");
    assert_eq!(poll(P11, 0x18DA_10F1).unwrap().answer_link().transmit(), id(0x18DA_10F1));
    for header in [0x2000_0000, 0xA000_0000, u32::MAX] {
        assert_eq!(poll(P11, header), Err(PollError::Header { header }));
    }
    assert_eq!(poll(P11, 0x7F8), Err(PollError::Response { header: 0x7F8 }));
}

#[test]
fn the_frame_of_a_poll_is_that_of_the_live_network() {
    let poll = Poll::new(P11, 0x7DF, None, 0x22, 0xDD01, Duration::from_secs(60)).unwrap();
    let request = poll.request();
    let mut exchange: Exchange<'_, 1, 64> =
        Exchange::new(poll.request_link(), &request, Responders::one(poll.answer_link())).unwrap();
    let sent = exchange.poll_transmit(at(0)).unwrap();
    assert_eq!((sent.id(), sent.data()), (id(0x7DF), &[0x03, 0x22, 0xDD, 0x01, 0, 0, 0, 0][..]));
    // Another unit answers too: the rule says whose answer counts.
    let other = frame(0x7E9, &[0x06, 0x62, 0xDD, 0x01, 0, 0, 1]);
    assert_eq!(exchange.handle_frame(at(1), &other), Ok(Event::Nothing));
    let ours = frame(0x7E8, &[0x06, 0x62, 0xDD, 0x01, 0x00, 0x3F, 0x5A, 0xCC]);
    assert!(matches!(exchange.handle_frame(at(1), &ours), Ok(Event::Answer(_))));
    assert!(exchange.is_finished());
}

fn every(secs: u64) -> Poll {
    Poll::new(P11, 0x7DF, None, 0x01, 0x0C, Duration::from_secs(secs)).unwrap()
}

#[test]
fn each_poll_is_asked_once_per_interval_counted_from_its_request() {
    let mut schedule = Schedule::<4>::new();
    let (fast, slow) = (schedule.add(every(5)).unwrap(), schedule.add(every(60)).unwrap());
    let mut asked = Vec::new();
    for secs in 0..=120 {
        while let Some(due) = schedule.poll_due(at(secs * 1000)) {
            asked.push((secs, due.index));
            schedule.handle_success(due.index);
        }
    }
    let times = |index| asked.iter().filter(move |(_, asked)| *asked == index).map(|(secs, _)| *secs);
    assert!(times(fast).eq((0..=120).step_by(5)));
    assert!(times(slow).eq([0, 60, 120]));
    assert_eq!(schedule.poll_timeout(), Some(at(125_000)));
}

#[test]
fn who_has_waited_longest_goes_first() {
    let mut schedule = Schedule::<4>::new();
    let (a, b, c) =
        (schedule.add(every(10)).unwrap(), schedule.add(every(1)).unwrap(), schedule.add(every(2)).unwrap());
    // A slow bus: one request a second, more is due than it can carry.
    let order: Vec<_> = (0..6).map(|secs| schedule.poll_due(at(secs * 1000)).unwrap().index).collect();
    assert_eq!(order, [a, b, c, b, b, c], "b before c when both have waited as long");
    assert_eq!(schedule.poll_due(at(11_000)).unwrap().index, b);
}

#[test]
fn ten_failures_in_a_row_are_forgiven_and_the_eleventh_is_not() {
    for interval in [0, 5] {
        let mut schedule = Schedule::<1>::new();
        let index = schedule.add(every(interval)).unwrap();
        for failures in 1..=10 {
            assert_eq!(schedule.handle_failure(index), Failure::Retry { failures });
        }
        let mut forgiven = schedule.clone();
        assert_eq!(schedule.handle_failure(index), Failure::GivenUp);
        assert_eq!((schedule.poll_due(at(0)), schedule.poll_timeout()), (None, None));

        if interval > 0 {
            forgiven.handle_success(index);
            assert_eq!(forgiven.handle_failure(index), Failure::Retry { failures: 1 }, "in a row");
        }
    }
}

#[test]
fn once_per_boot_is_once_after_success() {
    let mut schedule = Schedule::<1>::new();
    schedule.add(every(0)).unwrap();
    let mut asked = 0;
    for tick in 0..100 {
        if let Some(due) = schedule.poll_due(at(tick * 1000)) {
            asked += 1;
            match asked {
                ..5 => assert_eq!(schedule.handle_failure(due.index), Failure::Retry { failures: asked }),
                _ => schedule.handle_success(due.index),
            }
        }
    }
    assert_eq!(asked, 5);
}

#[test]
fn a_clock_set_back_silences_nobody() {
    let mut schedule = Schedule::<1>::new();
    schedule.add(every(60)).unwrap();
    assert!(schedule.poll_due(at(10_000_000)).is_some());
    assert!(schedule.poll_due(at(0)).is_some());
    assert!(schedule.poll_due(at(59_999)).is_none());
    assert!(schedule.poll_due(at(60_000)).is_some());
}

#[test]
fn a_full_schedule_says_so() {
    let mut schedule = Schedule::<1>::new();
    assert!(schedule.add(every(1)).is_ok());
    assert_eq!(schedule.add(every(1)).unwrap_err().capacity, 1);
}
