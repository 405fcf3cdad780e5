//! Sealed sessions: openings, replies, and records over a network that loses, keeps, repeats, changes and invents them.

use std::collections::{BTreeMap, BTreeSet};

use dimo_crypto::SoftwareKey;
use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, HEADER_LEN, LastOpening, OVERHEAD, OpeningCounter, REPLY_LEN, RecordHeader,
    Reservation, Server, ServerKey, ServerSession, SessionAction, SessionRequest, SignedOpening, Stage,
    WINDOW_LEN,
};
use dimo_types::{Address, Timestamp};

const RECIPIENT: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const FIRST: u64 = 0x10_0000;

/// The device of the vectors in SESSION.md.
fn wallet() -> SoftwareKey {
    let mut secret = [0; 32];
    let hex = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    for (byte, pair) in secret.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    }
    SoftwareKey::from_bytes(secret).unwrap()
}

fn keys() -> [ServerKey; 1] {
    [ServerKey::from_bytes([0x42; 32])]
}

fn recipient() -> Address {
    RECIPIENT.parse().unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_800_000_000).unwrap()
}

fn ephemeral(from: u8) -> Ephemeral {
    Ephemeral::from_bytes(core::array::from_fn(|i| from + i as u8)).unwrap()
}

fn device() -> DeviceSession {
    let mut wallet = wallet();
    let request = SessionRequest {
        device: wallet.address(),
        server: keys()[0].public_key(),
        recipient: recipient(),
        counter: OpeningCounter::new(0x1_8007).unwrap(),
        not_after: Timestamp::from_secs(1_900_000_000).unwrap(),
    };
    let stored = Reservation::from_bytes(FIRST.to_be_bytes()).unwrap();
    let mut device = DeviceSession::new(request, ephemeral(0x20), stored).unwrap();
    while let Some(action) = device.poll_action() {
        match action {
            SessionAction::Persist(reservation) => device.handle_persisted(reservation).unwrap(),
            SessionAction::Sign(opening) => {
                device.handle_signature(&wallet.sign(&opening).unwrap()).unwrap();
            }
            other => unreachable!("{other:?}"),
        }
    }
    device
}

fn accept(opening: &[u8], last: LastOpening) -> Option<ServerSession> {
    let keys = keys();
    let signed = SignedOpening::parse(opening).ok()?;
    assert_eq!(signed.to_bytes(), opening, "an opening has one form");
    let server = Server::new(&keys, recipient());
    let accepted = server.accept(now(), &signed, wallet().address(), last).ok()?;
    assert!(accepted.last_opening() > last);
    assert_eq!(accepted.last_opening().counter(), Some(signed.unverified().counter));
    Some(accepted.stored())
}

/// The counter of the latest opening, then an opening or a reply.
pub(crate) fn open(bytes: &[u8]) {
    let Some((last, message)) = bytes.split_first_chunk() else { return };
    if let Some(session) = accept(message, LastOpening::from_bytes(*last)) {
        assert_eq!(session.opening().signer(), wallet().address());
        assert!(session.ends() >= now());
    }
    if message.len() == REPLY_LEN {
        let mut device = device();
        let is_taken = device.handle_reply(message).is_ok();
        assert_eq!(device.stage() == Some(Stage::Upgraded), is_taken);
        // Who can make one has the server's lasting key.
        device.seal(b"", &mut [0; OVERHEAD]).unwrap();
    }
}

/// What happens, a byte and its arguments each.
pub(crate) fn record(bytes: &[u8]) {
    let mut device = device();
    let mut server = accept(device.opening().unwrap(), LastOpening::NONE).unwrap();
    let mut network = Network::default();
    let mut reply = None;
    let mut source = bytes.iter().copied();
    while let Some(event) = source.next() {
        let argument = source.next().unwrap_or_default();
        match event % 8 {
            0 | 1 => {
                let (number, record) = network.seal(&mut device, argument);
                network.deliver(&mut server, number, record);
            }
            2 => drop(network.seal(&mut device, argument)),
            3 => (0..u16::from(argument) * 4).for_each(|_| drop(network.seal(&mut device, 0))),
            4 => {
                if let Some((number, record)) = network.kept(argument) {
                    network.deliver(&mut server, number, record);
                }
            }
            5 => {
                if let Some((_, mut record)) = network.kept(argument) {
                    let at = usize::from(source.next().unwrap_or_default()) % record.len();
                    record[at] ^= source.next().unwrap_or_default().max(1);
                    let before = record.clone();
                    assert!(server.open_in_place(now(), &mut record).is_err(), "a changed record");
                    assert_eq!(record, before);
                }
            }
            6 => {
                let mut record: Vec<u8> = source.by_ref().take(usize::from(argument)).collect();
                if record.len() >= HEADER_LEN {
                    // Where it will be looked at.
                    record[..5].copy_from_slice(&[argument & 0x80, 7, 0, 0, 0]);
                }
                assert!(server.open_in_place(now(), &mut record).is_err(), "an invented record");
            }
            _ => {
                let reply = reply.get_or_insert_with(|| server.reply(ephemeral(0x60)).unwrap());
                let _ = device.handle_reply(reply);
                let mut down = [argument; 1 + OVERHEAD];
                server.seal(now(), &[argument], &mut down).unwrap();
                assert_eq!(device.open_in_place(&mut down).unwrap().plaintext, [argument]);
                assert!(device.open_in_place(&mut down).is_err());
            }
        }
    }
}

/// What was sealed and what was opened.
#[derive(Default)]
struct Network {
    sealed: BTreeMap<u64, Vec<u8>>,
    opened: BTreeSet<u64>,
}

impl Network {
    fn seal(&mut self, device: &mut DeviceSession, text: u8) -> (u64, Vec<u8>) {
        if let Some(SessionAction::Persist(reservation)) = device.poll_action() {
            device.handle_persisted(reservation).unwrap();
        }
        let mut record = vec![0; 1 + OVERHEAD];
        let number = device.seal(&[text], &mut record).unwrap().get();
        assert!(self.sealed.insert(number, record.clone()).is_none(), "a number is used twice");
        // Old ones are of no more use than those the window holds.
        self.sealed = self.sealed.split_off(&number.saturating_sub(4 * WINDOW_LEN));
        (number, record)
    }

    fn kept(&self, which: u8) -> Option<(u64, Vec<u8>)> {
        self.sealed.iter().rev().nth(usize::from(which)).map(|(number, record)| (*number, record.clone()))
    }

    fn deliver(&mut self, server: &mut ServerSession, number: u64, mut record: Vec<u8>) {
        let header = RecordHeader::parse(&record).unwrap();
        assert_eq!(header.sequence.get(), number);
        let highest = self.opened.last().copied();
        let is_old = highest.is_some_and(|highest| number + WINDOW_LEN <= highest);
        let is_far = (number - FIRST) / 1024 > highest.map_or(0, |highest| (highest - FIRST) / 1024) + 16;
        let expected = !is_old && !is_far && !self.opened.contains(&number);
        assert_eq!(server.open_in_place(now(), &mut record).is_ok(), expected, "{number} after {highest:?}");
        if expected {
            self.opened.insert(number);
        }
    }
}
