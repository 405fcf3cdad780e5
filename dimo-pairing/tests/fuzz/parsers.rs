//! What reads bytes from outside, each alone: it refuses them, or it writes the same ones again.

use dimo_pairing::{
    Advertisement, Answer, FRAGMENT_MAX, FragmentError, Fragmenter, Label, MESSAGE_MAX, Memory, Mtu,
    PACKET_MAX, PIN_PARAMETERS_LEN, PinParameters, PinRecord, Reassembler, RecordKey, Refusal, Request,
    Resumption,
};

/// What a phone asks for.
pub(crate) fn request(bytes: &[u8]) {
    if let Ok((id, request)) = Request::parse(bytes) {
        assert_eq!(request.emit(id, &mut [0; MESSAGE_MAX]), bytes, "{request:?} has one form");
    }
}

/// What a device answers, and what it refuses where no session is.
pub(crate) fn answer(bytes: &[u8]) {
    if let Ok((id, answer)) = Answer::parse(bytes) {
        let mut buffer = [0; MESSAGE_MAX];
        let emitted = answer.emit(id, &mut buffer);
        match answer {
            // What a later version says behind a code that is not known here is left out.
            Answer::Refused(_) => assert_eq!(Answer::parse(emitted), Ok((id, answer.clone()))),
            _ => assert_eq!(emitted, bytes, "{answer:?} has one form"),
        }
        // Lists are read when they are asked for.
        match &answer {
            Answer::TroubleCodes(codes) => drop(codes.iter().count()),
            Answer::WifiNetworks(networks) => drop(networks.iter().count()),
            Answer::LogLines(lines) => drop(lines.iter().count()),
            Answer::Phones(phones) => drop(phones.iter().count()),
            _ => {}
        }
    }
    if let Ok((refusal, Some(versions))) = Refusal::parse_open(bytes) {
        assert_eq!(refusal.emit_open(versions, &mut [0; 3]), bytes);
    }
}

/// The text of a label.
pub(crate) fn label(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(label) = Label::parse(text) {
        assert_eq!(label.to_text().as_str(), text.to_ascii_uppercase());
    }
}

/// What is advertised.
pub(crate) fn advertising(bytes: &[u8]) {
    if let Ok(found) = Advertisement::parse_service_data(bytes) {
        assert_eq!(Advertisement::parse_service_data(&found.service_data()), Ok(found));
    }
    if let Ok(found) = Advertisement::parse_scan_response(bytes) {
        assert_eq!(Advertisement::parse_scan_response(&found.scan_response()), Ok(found));
    }
}

/// What a device and a phone have stored.
pub(crate) fn record(bytes: &[u8]) {
    let mut memory = Memory::new();
    for key in RecordKey::ALL {
        let _ = memory.load(key, bytes);
    }
    if let Ok(resumption) = Resumption::from_bytes(bytes) {
        assert_eq!(resumption.to_bytes().as_slice(), bytes);
    }
    if let Ok(record) = PinRecord::from_bytes(bytes) {
        assert_eq!(record.to_bytes().as_slice(), bytes);
    }
    if let Some(Ok(parameters)) = bytes.first_chunk::<PIN_PARAMETERS_LEN>().map(PinParameters::from_bytes) {
        assert_eq!(Some(&parameters.to_bytes()), bytes.first_chunk());
    }
}

/// Fragments, each a length and its bytes; then a packet of them all, at an MTU.
pub(crate) fn fragments(bytes: &[u8]) {
    let mut inbox = Reassembler::<PACKET_MAX>::new();
    let mut rest = bytes;
    while let Some((len, more)) = rest.split_first() {
        let (fragment, left) = more.split_at(usize::from(*len).min(more.len()));
        rest = left;
        match inbox.push(fragment) {
            Ok(packet) => assert!(packet.is_none_or(|packet| packet.len() <= PACKET_MAX)),
            Err(error) => assert!((0x80..=0x9F).contains(&FragmentError::att_error(&error))),
        }
    }
    whole(bytes);
}

/// What is sent arrives as it was.
fn whole(bytes: &[u8]) {
    let Some(([high, low], packet)) = bytes.split_first_chunk() else { return };
    let mtu = Mtu::new(u16::from_be_bytes([*high, *low])).unwrap_or(Mtu::MIN);
    let mut outbox = Fragmenter::<PACKET_MAX>::new();
    if outbox.load(packet).is_err() {
        return assert!(packet.is_empty() || packet.len() > PACKET_MAX);
    }
    let mut inbox = Reassembler::<PACKET_MAX>::new();
    let (mut buffer, mut arrived) = ([0; FRAGMENT_MAX], false);
    while let Some(fragment) = outbox.next_fragment(mtu, &mut buffer) {
        assert!(!arrived, "nothing comes after the end");
        if let Some(whole) = inbox.push(fragment).unwrap() {
            assert_eq!(whole, packet);
            arrived = true;
        }
    }
    assert!(arrived);
}
