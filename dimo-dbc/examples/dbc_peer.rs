//! The side of the peers' tests in `cargo xtask test` that is ours, driven by the scripts of `tests/peers`.
//!
//! `dbc_peer candump LOG` writes any log as `candump -L`. `dbc_peer` alone lets a script use the request machines over a bus
//! that the script simulates: it reads commands from standard input, each behind the time in microseconds, and answers each
//! with lines that end in one of a dot.
//!
//! | command | what |
//! |---|---|
//! | `send LINK HEX` | a sender of a message |
//! | `receive LINK BLOCK STMIN` | a receiver; both numbers as flow control has them |
//! | `ask LINK one\|all REQUEST` | an exchange; for the requests see `ask` |
//! | `frame ID#DATA` | a frame from the bus, as `candump` writes it |
//! | `tick` | the time has come |
//!
//! | answer | what |
//! |---|---|
//! | `frame ID#DATA` | to send now |
//! | `message HEX` | a message is complete |
//! | `answer ID TEXT` | of a control unit, or why it cannot be read |
//! | `error TEXT` | why a message was not sent or received |
//! | `next TIME` | when to `tick`, unless a frame comes before |

mod peer;

use core::error::Error;
use std::io::{self, Write};

use dimo_dbc::log::{LogItem, LogReader, candump};
use dimo_dbc::request::isotp::{Link, Padding, Receiver, Reception, Sender, SeparationTime};
use dimo_dbc::request::uds::CodeStatus;
use dimo_dbc::request::{AnswerError, Event, Exchange, Request, Responders, obd, uds};
use dimo_types::{CanId, Frame, Timestamp};

use peer::{Machine, Script, bytes, micros};

/// The longest message that is received.
const ROOM: usize = 8192;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => serve(),
        ["candump", log] => convert(log),
        _ => Err("usage: dbc_peer [candump LOG]".into()),
    }
}

fn convert(log: &str) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for item in LogReader::open(log)? {
        match item? {
            LogItem::Frame(frame) => writeln!(out, "{}", candump::Line { channel: "can0", frame: &frame })?,
            LogItem::Malformed(line) => return Err(format!("{log}: {line}").into()),
            _ => {}
        }
    }
    Ok(())
}

fn serve() -> Result<(), Box<dyn Error>> {
    let mut script = Script::begin();
    let mut pending = script.next()?;
    while let Some(line) = pending {
        let words: Vec<&str> = line.split(' ').collect();
        // Each of them runs until a command that is not for it.
        pending = match words.as_slice() {
            [time, "send", link, message] => {
                let message = bytes(message)?;
                let sender = Sender::new(parse_link(link)?, &message)?;
                script.drive(Sending(sender), micros(time)?)?
            }
            [time, "receive", link, block_size, separation] => {
                let separation = SeparationTime::from_byte(separation.parse()?);
                let receiver = Receiver::new(parse_link(link)?).with_flow(block_size.parse()?, separation);
                script.drive(Receiving(receiver), micros(time)?)?
            }
            [time, "ask", link, who, request @ ..] => {
                let link = parse_link(link)?;
                let responders = if *who == "all" { Responders::legislated() } else { Responders::one(link) };
                let (question, read) = ask(request)?;
                let exchange = Exchange::new(link, &question, responders)?;
                script.drive(Asking { exchange: Box::new(exchange), read }, micros(time)?)?
            }
            _ => return Err(format!("no such command: {line}").into()),
        };
    }
    Ok(())
}

struct Sending<'a>(Sender<'a>);

impl Machine for Sending<'_> {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String> {
        self.0.handle_frame(frame.time(), frame).err().map(|error| format!("error {error}"))
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
}

struct Receiving(Receiver<ROOM>);

impl Machine for Receiving {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String> {
        match self.0.handle_frame(frame.time(), frame) {
            Ok(Reception::Complete(message)) => Some(format!("message {}", hex(message))),
            Ok(_) => None,
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
}

/// Reads an answer to one request as text.
type Read = Box<dyn Fn(&[u8]) -> Result<String, AnswerError>>;

struct Asking<'a> {
    exchange: Box<Exchange<'a, 8, ROOM>>,
    read: Read,
}

impl Machine for Asking<'_> {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String> {
        match self.exchange.handle_frame(frame.time(), frame) {
            Ok(Event::Answer(answer)) => {
                let text = (self.read)(answer.message).unwrap_or_else(|error| error.to_string());
                Some(format!("answer {} {text}", answer.ecu))
            }
            Ok(Event::Pending { ecu }) => Some(format!("pending {ecu}")),
            Ok(_) => None,
            Err(error) => Some(format!("error {error}")),
        }
    }
    fn handle_timeout(&mut self, now: Timestamp) -> Option<String> {
        self.exchange.handle_timeout(now).err().map(|error| format!("error {error}"))
    }
    fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame> {
        self.exchange.poll_transmit(now)
    }
    fn poll_timeout(&self) -> Option<Timestamp> {
        self.exchange.poll_timeout()
    }
}

/// The bytes of a request, and what its answer reads like.
fn ask(words: &[&str]) -> Result<(Vec<u8>, Read), Box<dyn Error>> {
    Ok(match words {
        ["data", identifier] => {
            let identifier = u16::from_str_radix(identifier, 16)?;
            typed(uds::ReadData { identifier }, |data, text| text.push_str(&hex(data)))
        }
        ["vin"] => typed(uds::ReadVin, |vin, text| text.push_str(vin.as_str())),
        ["count", mask] => typed(uds::CountCodes { mask: status(mask)? }, |count, text| {
            text.push_str(&format!("{:02X} {} {}", count.available.to_byte(), count.format, count.count));
        }),
        ["faults", mask] => typed(uds::ReadCodes::Matching(status(mask)?), faults),
        ["supported_faults"] => typed(uds::ReadCodes::Supported, faults),
        ["obd", pid] => {
            let pid = u8::from_str_radix(pid, 16)?;
            typed(obd::CurrentData { pid }, |data, text| text.push_str(&hex(data)))
        }
        ["obd_vin"] => typed(obd::ReadVin, |vin, text| text.push_str(vin.as_str())),
        ["obd_codes"] => typed(obd::ReadCodes::Stored, |codes, text| {
            text.push_str(&codes.map(|code| code.to_string()).collect::<Vec<_>>().join(" "));
        }),
        _ => return Err(format!("no such request: {words:?}").into()),
    })
}

fn typed<R: Request + 'static>(
    request: R,
    write: impl Fn(R::Answer<'_>, &mut String) + 'static,
) -> (Vec<u8>, Read) {
    let question = request.bytes().to_vec();
    let read = move |message: &[u8]| {
        let mut text = String::new();
        write(request.answer(message)?, &mut text);
        Ok(text)
    };
    (question, Box::new(read))
}

/// Available bits, and `code-failure:status` of each.
fn faults(faults: uds::Faults<'_>, text: &mut String) {
    text.push_str(&format!("{:02X}", faults.available().to_byte()));
    for fault in faults {
        text.push_str(&format!(" {}-{:02X}:{:02X}", fault.code, fault.failure_type, fault.status.to_byte()));
    }
}

fn status(mask: &str) -> Result<CodeStatus, Box<dyn Error>> {
    Ok(CodeStatus::from_byte(u8::from_str_radix(mask, 16)?))
}

/// `TRANSMIT:RECEIVE/LENGTH/PADDING` with `:TARGET:OWN` in extended addressing: `7E0:7E8/8/00`, `6F1:660:60:F1/fd64/-`. A
/// functional address receives `-`.
fn parse_link(text: &str) -> Result<Link, Box<dyn Error>> {
    let [address, length, padding] = *text.split('/').collect::<Vec<_>>() else {
        return Err("no link".into());
    };
    let byte = |text| u8::from_str_radix(text, 16);
    let link = match *address.split(':').collect::<Vec<_>>() {
        [transmit, "-"] => Link::functional(id(transmit)?),
        [transmit, receive] => Link::normal(id(transmit)?, id(receive)?),
        [transmit, receive, target, own] => {
            Link::extended(id(transmit)?, byte(target)?, id(receive)?, byte(own)?)
        }
        _ => return Err("no address".into()),
    };
    let link = match length.strip_prefix("fd") {
        Some(length) => link.with_fd(length.parse()?).ok_or("no length of CAN FD")?,
        None => link,
    };
    Ok(link.with_padding(if padding == "-" { Padding::None } else { Padding::Byte(byte(padding)?) }))
}

fn id(text: &str) -> Result<CanId, Box<dyn Error>> {
    let number = u32::from_str_radix(text, 16)?;
    let id = if text.len() == 3 { CanId::standard(u16::try_from(number)?) } else { CanId::extended(number) };
    Ok(id.ok_or("no identifier")?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
