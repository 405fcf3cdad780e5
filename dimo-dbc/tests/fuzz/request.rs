//! ISO-TP, exchanges, the transport protocol of J1939, and the answers of control units.

use dimo_dbc::request::isotp::{Link, Padding, Receiver, Reception, Sender, SeparationTime};
use dimo_dbc::request::j1939::{Address, TransportReceiver};
use dimo_dbc::request::uds::CodeStatus;
use dimo_dbc::request::{Event, Exchange, Request, Responders, obd, uds};
use dimo_types::{CanId, Frame, Timestamp};

use super::source::Source;

const ROOM: usize = 300;

/// A link, then a message between two honest ends over a bus that loses, repeats and adds frames.
pub(crate) fn isotp(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let link = link(&mut source);
    let message: Vec<u8> = (0..1 + source.below(400)).map(|at| (at * 7 + at / 251) as u8).collect();
    let Ok(mut sender) = Sender::new(link, &message) else { return };
    let flow = (source.byte(), SeparationTime::from_byte(source.byte()));
    let mut receiver = Receiver::<ROOM>::new(link.mirrored().unwrap_or(link)).with_flow(flow.0, flow.1);
    let mut now = Timestamp::EPOCH;
    let (mut honest, mut arrived) = (true, false);
    for _ in 0..2000 {
        let mut idle = true;
        while let Some(frame) = sender.poll_transmit(now) {
            idle = false;
            for frame in on_the_bus(&mut source, frame, &mut honest) {
                if let Ok(Reception::Complete(received)) = receiver.handle_frame(now, &frame) {
                    assert!(!honest || received == message);
                    arrived = true;
                }
            }
            assert!(sender.sent() <= message.len());
        }
        while let Some(frame) = receiver.poll_transmit(now) {
            idle = false;
            for frame in on_the_bus(&mut source, frame, &mut honest) {
                let _ = sender.handle_frame(now, &frame);
            }
        }
        let next = [sender.poll_timeout(), receiver.poll_timeout()].into_iter().flatten().min();
        match next {
            Some(next) if idle => now = now.max(next),
            Some(_) => {}
            None => break,
        }
        let _ = (sender.handle_timeout(now), receiver.handle_timeout(now));
    }
    if honest {
        assert!(sender.is_finished() && !receiver.is_receiving());
        assert_eq!(arrived, message.len() <= ROOM && link.receive().is_some());
    }
}

/// What becomes of a frame: mostly itself.
fn on_the_bus(source: &mut Source<'_>, frame: Frame, honest: &mut bool) -> Vec<Frame> {
    let fate = source.byte();
    *honest &= fate < 0xC0;
    match fate {
        0..0xC0 => vec![frame],
        0xC0..0xD0 => Vec::new(),
        0xD0..0xE0 => vec![frame, frame],
        // One of an attacker, before or in place of it.
        0xE0..0xF0 => vec![any_frame(source, frame.id()), frame],
        _ => vec![any_frame(source, frame.id())],
    }
}

fn any_frame(source: &mut Source<'_>, id: CanId) -> Frame {
    let length = source.pick(&[8, 8, 8, 0, 1, 2, 3, 12, 64]);
    let mut data = vec![0; length];
    let given = source.bytes(length);
    data[..given.len()].copy_from_slice(given);
    let frame = if length > 8 { Frame::fd } else { Frame::classic };
    frame(Timestamp::EPOCH, id, &data).unwrap()
}

fn link(source: &mut Source<'_>) -> Link {
    let standard = |id| CanId::standard(id).unwrap();
    let link = match source.below(4) {
        0 => Link::normal(standard(0x7E0), standard(0x7E8)),
        1 => Link::normal_fixed(source.byte(), source.byte()),
        2 => Link::extended(standard(0x6F1), source.byte(), standard(0x660), source.byte()),
        _ => Link::functional(standard(0x7DF)),
    };
    let padding = match source.below(3) {
        0 => Padding::None,
        _ => Padding::Byte(source.byte()),
    };
    let length = source.pick(&[0, 0, 8, 12, 20, 32, 48, 64]);
    link.with_fd(length).unwrap_or(link).with_padding(padding)
}

/// A request and whatever frames come; then the rest of the bytes as the answer to every request there is.
pub(crate) fn request(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    match source.below(3) {
        0 => exchange(&mut source),
        1 => j1939(&mut source),
        _ => answers(source.rest()),
    }
}

fn exchange(source: &mut Source<'_>) {
    let question = uds::ReadData { identifier: source.word() }.bytes();
    let everyone = Link::functional(CanId::standard(0x7DF).unwrap());
    let engine = Link::normal(CanId::standard(0x7E0).unwrap(), CanId::standard(0x7E8).unwrap());
    let (link, responders) = match source.byte() & 1 {
        0 => (everyone, Responders::<3, ROOM>::legislated()),
        _ => (engine, Responders::one(engine)),
    };
    let mut exchange = Exchange::<3, ROOM>::new(link, &question, responders).unwrap();
    let mut now = Timestamp::EPOCH;
    loop {
        while exchange.poll_transmit(now).is_some() {}
        let Some(deadline) = exchange.poll_timeout() else { break };
        if source.is_empty() {
            now = now.max(deadline);
            let _ = exchange.handle_timeout(now);
            continue;
        }
        now = now.checked_add_micros(source.word().into()).unwrap();
        let id = source.pick(&[0x7E8, 0x7E8, 0x7E9, 0x7EA, 0x7EF, 0x123]);
        let frame = any_frame(source, CanId::standard(id).unwrap());
        if let Ok(Event::Answer(answer)) = exchange.handle_frame(now, &frame) {
            assert!(answer.message.len() <= ROOM);
            answers(answer.message);
        }
    }
    assert!(exchange.is_finished());
}

fn j1939(source: &mut Source<'_>) {
    let mut receiver = match source.byte() & 1 {
        0 => TransportReceiver::<2, ROOM>::listening(),
        _ => TransportReceiver::at(Address(source.byte())),
    };
    let mut now = Timestamp::EPOCH;
    while !source.is_empty() {
        now = now.checked_add_micros(i64::from(source.byte()) * 1000).unwrap();
        let group = source.pick(&[0x1CEC_0000, 0x1CEB_0000, 0x1CEB_0000, 0x18FE_0000]);
        let id = CanId::extended(group | source.pick(&[0xFF00, 0xFF00, 0x1700, 0]) | 1);
        let frame = any_frame(source, id.unwrap());
        if let Ok(Some(message)) = receiver.handle_frame(now, &frame) {
            assert!(message.data.len() <= ROOM && message.pgn < 1 << 18);
        }
        while receiver.poll_transmit(now).is_some() {}
        let _ = (receiver.handle_timeout(now), receiver.poll_timeout());
    }
}

/// Every reader of answers, with the parameter that the message states.
fn answers(message: &[u8]) {
    let byte = |at: usize| message.get(at).copied().unwrap_or(0);
    let identifier = u16::from_be_bytes([byte(1), byte(2)]);
    let data = uds::ReadData { identifier }.answer(message);
    assert!(data.is_ok_and(|data| !data.is_empty()) || byte(0) != 0x62 || message.len() < 4);
    let _ = uds::ReadVin.answer(message);
    let _ = uds::CountCodes { mask: CodeStatus::CONFIRMED }.answer(message);
    for question in [uds::ReadCodes::Supported, uds::ReadCodes::Matching(CodeStatus::PENDING)] {
        if let Ok(faults) = question.answer(message) {
            assert!(faults.count() <= message.len() / 4);
        }
    }
    let _ = obd::CurrentData { pid: byte(1) }.answer(message);
    let _ = obd::FreezeFrameData { pid: byte(1), frame: byte(2) }.answer(message);
    let _ = obd::FreezeFrameCode { frame: byte(2) }.answer(message);
    let _ = obd::VehicleInfo { info: byte(1) }.answer(message);
    let _ = (obd::ReadVin.answer(message), obd::ClearCodes.answer(message));
    if let Ok(monitors) = obd::ReadMonitors.answer(message) {
        assert!(monitors.iter().count() <= 16);
        let _ = (monitors.lamp(), monitors.ignition(), monitors.code_count());
    }
    for question in [obd::ReadCodes::Stored, obd::ReadCodes::Pending, obd::ReadCodes::Permanent] {
        if let Ok(codes) = question.answer(message) {
            assert!(codes.count() <= message.len() / 2);
        }
    }
    if let Ok(pids) = obd::ReadSupported::first(obd::SupportedIn::CurrentData).answer(message) {
        assert!(pids.iter().all(|pid| pids.contains(pid)));
        let _ = pids.next_request();
    }
}
