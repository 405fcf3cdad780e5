//! The vectors of SESSION.md are what this crate computes.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]
#![cfg(all(feature = "session", feature = "software-key"))]

mod session_util;
mod util;

use std::fmt::Write;

use dimo_crypto::Message;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OpeningCounter, Reservation, ServerKey, SessionOpening, SessionRequest,
    SignedOpening,
};
use session_util::{SERVER_SECRET, accept, recipient, secs, send, send_down, serve};
use util::device;

const DEVICE_SECRET: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const FIRST: u64 = 0x10_0000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One `name = value` a line.
fn vectors() -> String {
    let (device_ephemeral, server_ephemeral) =
        (core::array::from_fn(|i| 0x20 + i as u8), core::array::from_fn(|i| 0x60 + i as u8));
    let server_key = ServerKey::from_bytes(SERVER_SECRET);
    let request = SessionRequest {
        device: device().address(),
        server: server_key.public_key(),
        recipient: recipient(),
        counter: OpeningCounter::new(0x0001_8007).unwrap(),
        not_after: secs(1_900_000_000),
    };
    let mut flash = Reservation::from_bytes(FIRST.to_be_bytes()).unwrap();
    let mut session =
        DeviceSession::new(request, Ephemeral::from_bytes(device_ephemeral).unwrap(), flash).unwrap();
    serve(&mut session, &mut flash, &mut device());
    let opening = *session.opening().unwrap();
    let mut server = accept(&session);

    let mut text = String::new();
    let mut line = |name: &str, value: &dyn core::fmt::Display| writeln!(text, "{name} = {value}").unwrap();
    line("device wallet secret", &DEVICE_SECRET);
    line("device", &request.device);
    line("device ephemeral secret", &hex(&device_ephemeral));
    line("server secret", &hex(&SERVER_SECRET));
    line("server public key", &hex(request.server.as_bytes()));
    line("server key id", &hex(request.server.id().as_bytes()));
    line("server ephemeral secret", &hex(&server_ephemeral));
    line("recipient", &request.recipient);
    line("counter", &request.counter.get());
    line("first sequence", &FIRST);
    line("not after", &request.not_after.as_secs());
    line("type hash", &hex(&SessionOpening::TYPE_HASH));
    line("domain separator", &hex(&SessionOpening::DOMAIN_SEPARATOR));
    line("digest", &hex(SignedOpening::parse(&opening).unwrap().unverified().digest().as_bytes()));
    line("opening", &hex(&opening));
    line("first record, base, of \"reading 1\"", &hex(&send(&mut session, b"reading 1")));
    line("first record down, base, of \"setting 1\"", &hex(&send_down(&mut server, b"setting 1")));
    let reply = server.reply(Ephemeral::from_bytes(server_ephemeral).unwrap()).unwrap();
    line("reply", &hex(&reply));
    session.handle_reply(&reply).unwrap();
    let upgraded = send(&mut session, b"reading 2");
    line("second record, upgraded, of \"reading 2\"", &hex(&upgraded));
    server.open_in_place(session_util::now(), &mut upgraded.clone()).unwrap();
    line("second record down, upgraded, of \"setting 2\"", &hex(&send_down(&mut server, b"setting 2")));
    for _ in 2..2048 {
        send(&mut session, b"");
    }
    line("far record, upgraded, of \"\"", &hex(&send(&mut session, b"")));
    text
}

#[test]
fn the_document_says_what_the_code_computes() {
    let document = include_str!("../SESSION.md");
    let vectors = vectors();
    assert!(document.contains(&format!("```text\n{vectors}```\n")), "{vectors}");
}
