//! A phone made of public parts, that says what it likes.

use dimo_pairing::{
    Action, Device, FRAGMENT_MAX, Fragmenter, Handshake, Maker as _, Mtu, NoiseKey, PACKET_MAX, PreSharedKey,
    Reassembler, ReceiveError, Request, RequestId, Seed, Side, Transport,
};
use dimo_types::Timestamp;

use super::{Workshop, by_label_key};

/// The MTU of these links.
pub fn mtu() -> Mtu {
    Mtu::new(247).unwrap()
}

/// Writes `packet` to the device.
pub fn write(device: &mut Device, now: Timestamp, packet: &[u8]) -> Result<(), ReceiveError> {
    let mut fragmenter = Fragmenter::<PACKET_MAX>::new();
    fragmenter.load(packet).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    while let Some(fragment) = fragmenter.next_fragment(mtu(), &mut buffer) {
        device.handle_fragment(now, fragment)?;
    }
    Ok(())
}

/// The next packet that the device notifies.
pub fn read(device: &mut Device) -> Option<Vec<u8>> {
    let mut reassembler = Reassembler::<PACKET_MAX>::new();
    let mut buffer = [0; FRAGMENT_MAX];
    while let Some(fragment) = device.poll_transmit(&mut buffer) {
        if let Some(packet) = reassembler.push(fragment).unwrap() {
            return Some(packet.to_vec());
        }
    }
    None
}

/// Carries out everything that the device wants done.
pub fn serve(device: &mut Device, now: Timestamp, workshop: &mut Workshop) {
    while let Some(action) = device.poll_action() {
        let _ = match action {
            Action::Sign { job, request } => device.handle_signature(now, job, workshop.sign(&request)),
            Action::Store { job, record } => device.handle_stored(now, job, workshop.store(&record)),
            Action::Perform { job, request } => {
                let answer = workshop.perform(&request);
                device.handle_answer(job, &answer)
            }
            _ => Ok(()),
        };
    }
}

/// A first message by the label, and the handshake that it begins. `header` is the packet's first byte and what follows it before Noise.
pub fn first(header: &[u8], key: u8, once: u8, secret: &PreSharedKey) -> (Handshake, Vec<u8>) {
    let prologue = [b"DIMO-PAIR", header].concat();
    let [key, once] = [key, once].map(|byte| NoiseKey::from_bytes([byte; 32]));
    let mut state = Handshake::first(Side::Phone, &prologue, key, once, secret).unwrap();
    let mut buffer = [0; 128];
    let packet = [header, state.write(&[], &mut buffer).unwrap()].concat();
    (state, packet)
}

/// A session by the label, the device's proof read and not looked at.
pub fn session(device: &mut Device, now: Timestamp, workshop: &mut Workshop, key: u8) -> Transport {
    device.handle_connected(now, mtu(), Seed::from_bytes([key ^ 0xA5; 32]));
    let (mut state, packet) = first(&[1, 1, 1], key, key ^ 0x80, &by_label_key());
    write(device, now, &packet).unwrap();
    let second = read(device).unwrap();
    let mut buffer = [0; 128];
    assert_eq!(state.read(&second[1..], &mut buffer).unwrap(), [1, 1, 1]);
    let third = [&[1], state.write(&[], &mut buffer).unwrap()].concat();
    write(device, now, &third).unwrap();
    let mut transport = state.finish().unwrap();
    serve(device, now, workshop);
    if let Some(proof) = read(device) {
        assert_eq!(open(&mut transport, &proof)[0], 0x80);
    }
    transport
}

/// `message` as a sealed packet.
pub fn seal(transport: &mut Transport, message: &[u8]) -> Vec<u8> {
    let mut buffer = [0; PACKET_MAX];
    let (number, sealed) = transport.seal(message, &mut buffer).unwrap();
    [&[2], &number.to_be_bytes()[..], sealed].concat()
}

/// The message in a sealed packet.
pub fn open(transport: &mut Transport, packet: &[u8]) -> Vec<u8> {
    assert_eq!(packet[0], 2, "{packet:02x?}");
    let number = u32::from_be_bytes(packet[1..5].try_into().unwrap());
    transport.open(number, &packet[5..], &mut [0; PACKET_MAX]).unwrap().to_vec()
}

/// `request` as a message.
pub fn message(id: u16, request: &Request<'_>) -> Vec<u8> {
    request.emit(RequestId::new(id), &mut [0; dimo_pairing::MESSAGE_MAX]).to_vec()
}

/// Sends a message, and gives what the device says to it without waiting for anybody.
pub fn say(
    device: &mut Device,
    now: Timestamp,
    transport: &mut Transport,
    message: &[u8],
) -> Option<Vec<u8>> {
    let packet = seal(transport, message);
    write(device, now, &packet).unwrap();
    read(device).map(|packet| open(transport, &packet))
}

/// Sends a message, has everything done, and gives the last thing the device says.
pub fn ask(
    device: &mut Device,
    now: Timestamp,
    workshop: &mut Workshop,
    transport: &mut Transport,
    message: &[u8],
) -> Vec<u8> {
    let packet = seal(transport, message);
    write(device, now, &packet).unwrap();
    serve(device, now, workshop);
    let packet = read(device).expect("an answer");
    open(transport, &packet)
}
