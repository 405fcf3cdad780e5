//! The side that is ours of the test against a peer that speaks J1939, driven by `tests/peers/check_j1939.py`.
//!
//! It reads commands from standard input, each behind the time in microseconds, and answers each with lines that end in one
//! of a dot. The bus is simulated by the script.
//!
//! | command | what |
//! |---|---|
//! | `send SOURCE DESTINATION PGN HEX` | a sender of a message; destination FF for a broadcast |
//! | `receive OWN` | a receiver |
//! | `frame ID#DATA` | a frame from the bus, as `candump` writes it |
//! | `tick` | the time has come |
//!
//! | answer | what |
//! |---|---|
//! | `frame ID#DATA` | to send now |
//! | `message PGN SOURCE DESTINATION HEX` | a message is complete |
//! | `finished` | a message was sent, and confirmed where it went to one unit |
//! | `error TEXT` | why a message was not sent or received |
//! | `next TIME` | when to `tick`, unless a frame comes before |

mod peer;

use core::error::Error;

use dimo_dbc::request::j1939::{Address, TransportReceiver, TransportSender};
use dimo_types::{Frame, Timestamp};

use peer::{Machine, Script, bytes, micros};

fn main() -> Result<(), Box<dyn Error>> {
    let mut script = Script::begin();
    let mut pending = script.next()?;
    while let Some(line) = pending {
        let words: Vec<&str> = line.split(' ').collect();
        // Each of them runs until a command that is not for it.
        pending = match words.as_slice() {
            [time, "send", source, destination, pgn, hex] => {
                let message = bytes(hex)?;
                let (source, pgn) = (address(source)?, u32::from_str_radix(pgn, 16)?);
                let sender = match address(destination)? {
                    Address::ALL => TransportSender::broadcast(pgn, source, &message)?,
                    destination => TransportSender::to(destination, pgn, source, &message)?,
                };
                script.drive(Sending { sender, told: false }, micros(time)?)?
            }
            [time, "receive", own] => {
                let receiver = Receiving(Box::new(TransportReceiver::at(address(own)?)));
                script.drive(receiver, micros(time)?)?
            }
            _ => return Err(format!("no such command: {line}").into()),
        };
    }
    Ok(())
}

struct Sending<'a> {
    sender: TransportSender<'a>,
    /// Whether the end was told, good or bad.
    told: bool,
}

impl Machine for Sending<'_> {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String> {
        let error = self.sender.handle_frame(frame.time(), frame).err()?;
        self.told = true;
        Some(format!("error {error}"))
    }
    fn handle_timeout(&mut self, now: Timestamp) -> Option<String> {
        let error = self.sender.handle_timeout(now).err()?;
        self.told = true;
        Some(format!("error {error}"))
    }
    fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        self.sender.poll_transmit(now)
    }
    fn poll_timeout(&self) -> Option<Timestamp> {
        self.sender.poll_timeout()
    }
    fn end(&mut self) -> Option<String> {
        let is_new =
            self.sender.is_finished() && !core::mem::replace(&mut self.told, self.sender.is_finished());
        is_new.then(|| "finished".to_owned())
    }
}

struct Receiving(Box<TransportReceiver<4, 1785>>);

impl Machine for Receiving {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String> {
        match self.0.handle_frame(frame.time(), frame) {
            Ok(message) => {
                let message = message?;
                let (Address(source), Address(destination)) = (message.source, message.destination);
                let data: String = message.data.iter().map(|byte| format!("{byte:02X}")).collect();
                Some(format!("message {:05X} {source:02X} {destination:02X} {data}", message.pgn))
            }
            Err(error) => Some(format!("error {error}")),
        }
    }
    fn handle_timeout(&mut self, now: Timestamp) -> Option<String> {
        self.0.handle_timeout(now).err().map(|error| format!("error {error}"))
    }
    fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        self.0.poll_transmit(now)
    }
    fn poll_timeout(&self) -> Option<Timestamp> {
        self.0.poll_timeout()
    }
    fn end(&mut self) -> Option<String> {
        None
    }
}

fn address(text: &str) -> Result<Address, Box<dyn Error>> {
    Ok(Address(u8::from_str_radix(text, 16)?))
}
