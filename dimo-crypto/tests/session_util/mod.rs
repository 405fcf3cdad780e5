//! The world of the sessions: a device, a backend, and the flash between two lives of the device.
#![allow(clippy::unwrap_used, reason = "the world is made of constants; a wrong one fails the test")]
#![allow(dead_code, reason = "each test file uses its part of the world")]

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, LastOpening, OVERHEAD, OpeningCounter, Reservation, Server, ServerKey,
    ServerPublicKey, ServerSession, SessionAction, SessionRequest, SignedOpening,
};
use dimo_crypto::{Address, SoftwareKey};
use dimo_types::Timestamp;

use crate::util::{device, owner};

/// The secret of the server's key.
pub(crate) const SERVER_SECRET: [u8; 32] = [0x42; 32];

pub(crate) fn server_key() -> ServerPublicKey {
    ServerKey::from_bytes(SERVER_SECRET).public_key()
}

/// The service behind the server.
pub(crate) fn recipient() -> Address {
    owner().address()
}

pub(crate) fn secs(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

/// When everything happens unless a test says otherwise.
pub(crate) fn now() -> Timestamp {
    secs(1_800_000_000)
}

/// A key of bytes that are all different.
pub(crate) fn ephemeral(from: u8) -> Ephemeral {
    Ephemeral::from_bytes(core::array::from_fn(|i| from.wrapping_add(i as u8))).unwrap()
}

pub(crate) fn request(counter: u64) -> SessionRequest {
    SessionRequest {
        device: device().address(),
        server: server_key(),
        recipient: recipient(),
        counter: OpeningCounter::new(counter).unwrap(),
        not_after: now().checked_add_micros(3_600_000_000).unwrap(),
    }
}

/// Does what a session asks for, with a flash and a wallet that never fail.
pub(crate) fn serve(session: &mut DeviceSession, flash: &mut Reservation, wallet: &mut SoftwareKey) {
    while let Some(action) = session.poll_action() {
        match action {
            SessionAction::Persist(reservation) => {
                *flash = reservation;
                session.handle_persisted(reservation).unwrap();
            }
            SessionAction::Sign(opening) => {
                session.handle_signature(&DeviceSigner::sign(wallet, &opening).unwrap()).unwrap();
            }
            other => unreachable!("{other:?}"),
        }
    }
}

/// A device that has signed its opening, and the flash it left.
pub(crate) fn opened_device(request: SessionRequest, stored: Reservation) -> (DeviceSession, Reservation) {
    let mut flash = stored;
    let mut session = DeviceSession::new(request, ephemeral(1), stored).unwrap();
    serve(&mut session, &mut flash, &mut device());
    (session, flash)
}

pub(crate) fn accept(session: &DeviceSession) -> ServerSession {
    let keys = [ServerKey::from_bytes(SERVER_SECRET)];
    let opening = SignedOpening::parse(session.opening().unwrap()).unwrap();
    let server = Server::new(&keys, recipient());
    server.accept(now(), &opening, device().address(), LastOpening::NONE).unwrap().stored()
}

/// Both sides of an open session.
pub(crate) fn pair() -> (DeviceSession, ServerSession) {
    let (device, _) = opened_device(request(7), Reservation::NONE);
    let server = accept(&device);
    (device, server)
}

/// Both sides after a reply, with upgraded keys.
pub(crate) fn upgraded_pair() -> (DeviceSession, ServerSession) {
    let (mut device, mut server) = pair();
    device.handle_reply(&server.reply(ephemeral(0x80)).unwrap()).unwrap();
    (device, server)
}

/// What a device sends; numbers are reserved as they run out.
pub(crate) fn send(session: &mut DeviceSession, plaintext: &[u8]) -> Vec<u8> {
    if let Some(SessionAction::Persist(reservation)) = session.poll_action() {
        session.handle_persisted(reservation).unwrap();
    }
    let mut record = vec![0; plaintext.len() + OVERHEAD];
    session.seal(plaintext, &mut record).unwrap();
    record
}

/// What a server sends.
pub(crate) fn send_down(session: &mut ServerSession, plaintext: &[u8]) -> Vec<u8> {
    let mut record = vec![0; plaintext.len() + OVERHEAD];
    session.seal(now(), plaintext, &mut record).unwrap();
    record
}

/// What the server reads in a record.
#[track_caller]
pub(crate) fn receive(session: &mut ServerSession, record: &[u8]) -> Vec<u8> {
    session.open_in_place(now(), &mut record.to_vec()).unwrap().plaintext.to_vec()
}

/// What the device reads in a record.
#[track_caller]
pub(crate) fn receive_down(session: &mut DeviceSession, record: &[u8]) -> Vec<u8> {
    session.open_in_place(&mut record.to_vec()).unwrap().plaintext.to_vec()
}
