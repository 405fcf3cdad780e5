//! The side of the peer's test of sealed sessions that is ours, driven by `tests/peers/check_session.py`.
//!
//! It reads commands from standard input, and answers each with one line: `ok` and what there is to say, or `refused` and why.
//! Bytes are in hexadecimal, times in seconds.
//!
//! | command | answer |
//! |---|---|
//! | `device WALLET SERVER_KEY RECIPIENT COUNTER NOT_AFTER EPHEMERAL STORED` | the opening |
//! | `device_seal TEXT` | the record |
//! | `device_open RECORD` | number, stage, text |
//! | `device_reply REPLY` | |
//! | `server RECIPIENT LIFETIME SECRET...` | |
//! | `accept NOW DEVICE LAST OPENING` | what to store |
//! | `server_reply EPHEMERAL` | the reply |
//! | `server_open NOW RECORD` | number, stage, text |
//! | `server_seal NOW TEXT` | the record |

use core::error::Error;
use core::time::Duration;
use std::io::{self, BufRead, Write};

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, LastOpening, OVERHEAD, Opened, OpeningCounter, RecordError, Refusal,
    Reservation, Server, ServerKey, ServerPublicKey, ServerSession, SessionAction, SessionRequest,
    SignedOpening,
};
use dimo_crypto::{Address, SoftwareKey};
use dimo_types::Timestamp;

type Answer = Result<String, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut peer, mut out) = (Peer::default(), io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match peer.answer(&words) {
            Ok(answer) => writeln!(out, "ok {answer}")?,
            Err(error) => writeln!(out, "refused {error}")?,
        }
        out.flush()?;
    }
    Ok(())
}

#[derive(Default)]
struct Peer {
    device: Option<DeviceSession>,
    keys: Vec<ServerKey>,
    recipient: Option<Address>,
    lifetime: Duration,
    session: Option<ServerSession>,
}

impl Peer {
    fn answer(&mut self, words: &[&str]) -> Answer {
        match *words {
            ["device", wallet, server, recipient, counter, not_after, ephemeral, stored] => {
                let mut wallet = SoftwareKey::from_bytes(array(wallet)?)?;
                let request = SessionRequest {
                    device: wallet.address(),
                    server: ServerPublicKey::new(array(server)?),
                    recipient: recipient.parse()?,
                    counter: OpeningCounter::new(counter.parse()?).ok_or("no counter")?,
                    not_after: time(not_after)?,
                };
                let stored = Reservation::from_bytes(stored.parse::<u64>()?.to_be_bytes())?;
                let ephemeral = Ephemeral::from_bytes(array(ephemeral)?)?;
                let mut device = DeviceSession::new(request, ephemeral, stored)?;
                serve(&mut device, &mut wallet)?;
                let opening = hex(device.opening().ok_or("not signed")?);
                self.device = Some(device);
                Ok(opening)
            }
            ["device_seal", text] => {
                let device = self.device()?;
                if let Some(SessionAction::Persist(reservation)) = device.poll_action() {
                    device.handle_persisted(reservation)?;
                }
                let text = bytes(text)?;
                let mut record = vec![0; text.len() + OVERHEAD];
                device.seal(&text, &mut record)?;
                Ok(hex(&record))
            }
            ["device_open", record] => shown(self.device()?.open_in_place(&mut bytes(record)?)),
            ["device_reply", reply] => {
                self.device()?.handle_reply(&bytes(reply)?)?;
                Ok(String::new())
            }
            ["server", recipient, lifetime, ref secrets @ ..] => {
                self.recipient = Some(recipient.parse()?);
                self.lifetime = Duration::from_secs(lifetime.parse()?);
                self.keys = secrets
                    .iter()
                    .map(|secret| Ok(ServerKey::from_bytes(array(secret)?)))
                    .collect::<Result<_, Box<dyn Error>>>()?;
                Ok(String::new())
            }
            ["accept", now, device, last, opening] => {
                let opening = SignedOpening::parse(&bytes(opening)?).map_err(Refusal::from).map_err(text)?;
                let recipient = self.recipient.ok_or("no server")?;
                let server = Server::new(&self.keys, recipient).with_max_lifetime(self.lifetime);
                let last = LastOpening::from_bytes(array(last)?);
                let accepted = server
                    .accept(time(now)?, &opening, device.parse()?, last)
                    .map_err(Refusal::from)
                    .map_err(text)?;
                let last = accepted.last_opening();
                self.session = Some(accepted.stored());
                Ok(hex(&last.to_bytes()))
            }
            ["server_reply", ephemeral] => {
                Ok(hex(&self.session()?.reply(Ephemeral::from_bytes(array(ephemeral)?)?)?))
            }
            ["server_open", now, record] => {
                shown(self.session()?.open_in_place(time(now)?, &mut bytes(record)?))
            }
            ["server_seal", now, text] => {
                let text = bytes(text)?;
                let mut record = vec![0; text.len() + OVERHEAD];
                self.session()?.seal(time(now)?, &text, &mut record)?;
                Ok(hex(&record))
            }
            _ => Err(format!("no such command: {words:?}").into()),
        }
    }

    fn device(&mut self) -> Result<&mut DeviceSession, Box<dyn Error>> {
        self.device.as_mut().ok_or_else(|| "no device".into())
    }

    fn session(&mut self) -> Result<&mut ServerSession, Box<dyn Error>> {
        self.session.as_mut().ok_or_else(|| "no session".into())
    }
}

/// A flash and a wallet that do not fail.
fn serve(device: &mut DeviceSession, wallet: &mut SoftwareKey) -> Result<(), Box<dyn Error>> {
    while let Some(action) = device.poll_action() {
        match action {
            SessionAction::Persist(reservation) => device.handle_persisted(reservation)?,
            SessionAction::Sign(opening) => device.handle_signature(&wallet.sign(&opening)?)?,
            other => return Err(format!("{other:?} is not known").into()),
        }
    }
    Ok(())
}

fn shown(opened: Result<Opened<'_>, RecordError>) -> Answer {
    let opened = opened.map_err(Refusal::from).map_err(text)?;
    Ok(format!("{} {:?} {}", opened.sequence.get(), opened.stage, hex(opened.plaintext)))
}

fn text(refusal: Refusal) -> Box<dyn Error> {
    refusal.to_string().into()
}

fn time(secs: &str) -> Result<Timestamp, Box<dyn Error>> {
    Ok(Timestamp::from_secs(secs.parse()?)?)
}

fn array<const N: usize>(hex: &str) -> Result<[u8; N], Box<dyn Error>> {
    Ok(bytes(hex)?.try_into().map_err(|_| format!("not {N} bytes"))?)
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    hex.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(str::from_utf8(pair)?, 16)?)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
