//! What scripts drive: a machine of `request` on a bus that the script simulates.
//!
//! Commands come from standard input, each behind the time in microseconds, and are answered with lines that end in one of a dot.

use core::error::Error;
use std::io::{self, BufRead, BufWriter, StdinLock, StdoutLock, Write};

use dimo_dbc::log::candump;
use dimo_types::{Frame, Timestamp};

/// What a script drives. `handle_*` and `end` give a line to print.
pub(crate) trait Machine {
    fn handle_frame(&mut self, frame: &Frame) -> Option<String>;
    fn handle_timeout(&mut self, now: Timestamp) -> Option<String>;
    fn poll_transmit(&mut self, now: Timestamp) -> Option<Frame>;
    fn poll_timeout(&self) -> Option<Timestamp>;
    /// What there is to say of its end, once.
    fn end(&mut self) -> Option<String> {
        None
    }
}

/// The other side of standard input and output.
pub(crate) struct Script {
    commands: io::Lines<StdinLock<'static>>,
    out: BufWriter<StdoutLock<'static>>,
}

impl Script {
    pub(crate) fn begin() -> Self {
        Self { commands: io::stdin().lock().lines(), out: BufWriter::new(io::stdout().lock()) }
    }

    /// The next command; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<String>> {
        self.commands.next().transpose()
    }

    /// Answers commands up to one that begins something else, which it returns.
    pub(crate) fn drive(
        &mut self,
        mut machine: impl Machine,
        mut now: Timestamp,
    ) -> Result<Option<String>, Box<dyn Error>> {
        loop {
            self.report(&mut machine, now)?;
            let Some(line) = self.next()? else { return Ok(None) };
            let said = match line.split(' ').collect::<Vec<_>>().as_slice() {
                [time, "frame", text] => {
                    now = micros(time)?;
                    let text = format!("({}.{:06}) - {text}", now.as_secs(), now.as_micros() % 1_000_000);
                    let entry = candump::parse_line(text.as_bytes())?.ok_or("no frame")?;
                    machine.handle_frame(&entry.frame)
                }
                [time, "tick"] => {
                    now = micros(time)?;
                    machine.handle_timeout(now)
                }
                _ => return Ok(Some(line)),
            };
            if let Some(said) = said {
                writeln!(self.out, "{said}")?;
            }
        }
    }

    /// What the machine has to send and to say.
    fn report(&mut self, machine: &mut impl Machine, now: Timestamp) -> io::Result<()> {
        while let Some(frame) = machine.poll_transmit(now) {
            let line = candump::Line { channel: "-", frame: &frame }.to_string();
            writeln!(self.out, "frame {}", line.rsplit(' ').next().unwrap_or_default())?;
        }
        if let Some(end) = machine.end() {
            writeln!(self.out, "{end}")?;
        }
        if let Some(next) = machine.poll_timeout() {
            writeln!(self.out, "next {}", next.as_micros())?;
        }
        writeln!(self.out, ".")?;
        self.out.flush()
    }
}

pub(crate) fn micros(text: &str) -> Result<Timestamp, Box<dyn Error>> {
    Ok(Timestamp::from_micros(text.parse()?)?)
}

pub(crate) fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Ok(u8::from_str_radix(str::from_utf8(pair)?, 16)?)).collect()
}
