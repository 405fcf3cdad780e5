//! [`Channel`]: commands, their answers, and what comes between.

use core::time::Duration;

use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{Read, Write};

use super::lines::Lines;
use super::within::within;
use super::{AtError, AtTimeouts, Outcome, answer};
use crate::modem::{ModemEvent, Registration};

/// The line that answers a question.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expect {
    /// None but the final one.
    Nothing,
    /// `NAME: …`.
    Line(&'static str),
    /// `NAME: n,status…`, which a report of the same name differs from in having no `n`.
    Status(&'static str),
    /// `NAME: 1,…`, the line of our context among others.
    Context(&'static str),
    /// `NAME: digits` or digits alone.
    Digits(&'static str),
}

impl Expect {
    /// The answer in `line`, without its name.
    fn answer(self, line: &str) -> Option<&str> {
        let (name, rest) = line.split_once(':').map_or(("", line), |(name, rest)| (name, rest.trim()));
        let fits = match self {
            Self::Nothing => false,
            Self::Line(wanted) => name == wanted,
            Self::Status(wanted) => name == wanted && answer::has_mode(rest),
            Self::Context(wanted) => name == wanted && rest.starts_with("1,"),
            Self::Digits(wanted) => {
                name == wanted
                    || name.is_empty() && line.len() >= 6 && line.bytes().all(|b| b.is_ascii_hexdigit())
            }
        };
        fits.then_some(rest)
    }
}

/// A byte stream to a modem, and what it said.
#[derive(Debug)]
pub(super) struct Channel<U, D> {
    line: Line<U>,
    delay: D,
    timeouts: AtTimeouts,
    /// A command may have been sent whose answer was not read.
    stale: bool,
}

/// The parts of a channel that an exchange needs.
#[derive(Debug)]
struct Line<U> {
    stream: U,
    chunk: [u8; 64],
    unread: core::ops::Range<usize>,
    lines: Lines,
    answer: [u8; Lines::MAX],
    answer_len: usize,
    reports: Reports,
    /// Echo, errors and reports are set up.
    set_up: bool,
}

/// What was reported and not asked for yet: of each kind the last.
#[derive(Debug)]
struct Reports {
    registration: Option<Registration>,
    sms: bool,
    link_down: bool,
    restarted: bool,
}

impl Reports {
    fn next(&mut self) -> Option<ModemEvent> {
        if core::mem::take(&mut self.restarted) {
            return Some(ModemEvent::Restarted);
        }
        if core::mem::take(&mut self.link_down) {
            return Some(ModemEvent::LinkDown);
        }
        if core::mem::take(&mut self.sms) {
            return Some(ModemEvent::Sms);
        }
        self.registration.take().map(ModemEvent::Registration)
    }
}

impl<U: Read + Write> Line<U> {
    /// Reads to the end of a line. Dropped, it loses nothing.
    async fn next(&mut self) -> Outcome<(), U> {
        while !self.next_of_chunk() {
            self.fill().await?;
        }
        Ok(())
    }

    /// Goes on to the end of a line in what was read; whether there is one.
    fn next_of_chunk(&mut self) -> bool {
        while let Some(index) = self.unread.next() {
            if self.chunk.get(index).is_some_and(|byte| self.lines.push(*byte)) {
                return true;
            }
        }
        false
    }

    async fn fill(&mut self) -> Outcome<(), U> {
        match self.stream.read(&mut self.chunk).await.map_err(AtError::Io)? {
            0 => Err(AtError::Closed),
            len => {
                self.unread = 0..len;
                Ok(())
            }
        }
    }

    /// Sends a command and reads to its final line.
    async fn exchange(&mut self, command: &[&str], expect: Expect) -> Outcome<(), U> {
        self.answer_len = 0;
        for part in command {
            self.stream.write_all(part.as_bytes()).await.map_err(AtError::Io)?;
        }
        self.stream.write_all(b"\r").await.map_err(AtError::Io)?;
        self.stream.flush().await.map_err(AtError::Io)?;
        loop {
            self.next().await?;
            match answer::final_line(self.lines.line()) {
                Some(answer::Final::Done) => return Ok(()),
                Some(answer::Final::Equipment(code)) => return Err(AtError::Equipment { code }),
                Some(answer::Final::Refused) => return Err(AtError::Refused),
                None => self.sort(expect),
            }
        }
    }

    /// Keeps the line: as the answer, as a report, or not at all.
    fn sort(&mut self, expect: Expect) {
        let line = self.lines.line();
        match expect.answer(line) {
            Some(text) if self.answer_len == 0 => {
                if let Some(place) = self.answer.get_mut(..text.len()) {
                    place.copy_from_slice(text.as_bytes());
                    self.answer_len = text.len();
                }
            }
            Some(_) => {}
            None => match answer::report(line) {
                Some(ModemEvent::Registration(registration)) => {
                    self.reports.registration = Some(registration)
                }
                Some(ModemEvent::Sms) => self.reports.sms = true,
                Some(ModemEvent::LinkDown) => self.reports.link_down = true,
                Some(ModemEvent::Restarted) => {
                    self.reports.restarted = true;
                    self.set_up = false;
                }
                None => {}
            },
        }
    }
}

impl<U: Read + Write, D: DelayNs> Channel<U, D> {
    /// How many bytes a modem may go on talking for before it counts as not answering.
    const CHATTER: usize = 4096;
    /// How often it is asked whether it is there.
    const TRIES: usize = 3;

    pub(super) const fn new(stream: U, delay: D, timeouts: AtTimeouts) -> Self {
        let line = Line {
            stream,
            chunk: [0; 64],
            unread: 0..0,
            lines: Lines::new(),
            answer: [0; Lines::MAX],
            answer_len: 0,
            reports: Reports { registration: None, sms: false, link_down: false, restarted: false },
            set_up: false,
        };
        Self { line, delay, timeouts, stale: true }
    }

    pub(super) const fn timeouts(&self) -> &AtTimeouts {
        &self.timeouts
    }

    pub(super) fn into_stream(self) -> U {
        self.line.stream
    }

    /// Runs a command on a modem that is in step and set up; gives the answer, where there was one.
    pub(super) async fn run(
        &mut self,
        command: &[&str],
        expect: Expect,
        limit: Duration,
    ) -> Outcome<Option<&str>, U> {
        self.prepare().await?;
        self.exchange(command, expect, limit).await?;
        let answer = self.line.answer.get(..self.line.answer_len).filter(|answer| !answer.is_empty());
        Ok(answer.and_then(|answer| core::str::from_utf8(answer).ok()))
    }

    pub(super) async fn next_event(&mut self) -> Outcome<ModemEvent, U> {
        loop {
            if let Some(event) = self.line.reports.next() {
                return Ok(event);
            }
            self.prepare().await?;
            if self.line.reports.is_empty() {
                self.line.next().await?;
                self.line.sort(Expect::Nothing);
            }
        }
    }

    async fn exchange(&mut self, command: &[&str], expect: Expect, limit: Duration) -> Outcome<(), U> {
        // Dropped from here on, or timed out, there may be an answer nobody reads.
        self.stale = true;
        let result = within(&mut self.delay, limit, self.line.exchange(command, expect)).await;
        let result = result.map_err(|_| AtError::Timeout)?;
        self.stale = matches!(result, Err(AtError::Io(_) | AtError::Closed));
        result
    }

    /// Gets in step with the modem, and sets it up where that is not done.
    async fn prepare(&mut self) -> Outcome<(), U> {
        if self.stale {
            self.resynchronise().await?;
            // Whoever did not answer may have restarted; and a set-up that was dropped half-way is begun anew.
            self.line.set_up = false;
        }
        if !self.line.set_up {
            // Set first: a restart that is reported meanwhile clears it again.
            self.line.set_up = true;
            if let Err(error) = self.set_up().await {
                self.line.set_up = false;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits until nothing more comes, then asks whether somebody is there. What answers may be a command that took its time, before the answer to the
    /// question; so it waits once more.
    async fn resynchronise(&mut self) -> Outcome<(), U> {
        let mut result = Err(AtError::Timeout);
        for _ in 0..Self::TRIES {
            self.drain().await?;
            result = self.exchange(&["AT"], Expect::Nothing, self.timeouts.answer).await;
            match result {
                Err(AtError::Timeout) => {}
                Err(error) if !error.is_no() => return Err(error),
                _ => {
                    self.stale = true;
                    self.drain().await?;
                    self.stale = false;
                    return Ok(());
                }
            }
        }
        result
    }

    /// Reads late answers until nothing comes for a while, keeping what they report.
    async fn drain(&mut self) -> Outcome<(), U> {
        let mut heard = 0usize;
        while heard < Self::CHATTER {
            while self.line.next_of_chunk() {
                self.line.sort(Expect::Nothing);
            }
            match within(&mut self.delay, self.timeouts.quiet, self.line.fill()).await {
                Ok(filled) => filled?,
                Err(_) => {
                    self.line.lines.clear();
                    return Ok(());
                }
            }
            heard = heard.saturating_add(self.line.unread.len());
        }
        Err(AtError::Timeout)
    }

    async fn set_up(&mut self) -> Outcome<(), U> {
        let limit = self.timeouts.answer;
        // No echo; errors by number.
        for command in ["ATE0", "AT+CMEE=1"] {
            self.exchange(&[command], Expect::Nothing, limit).await?;
        }
        // Reports of the registration, with the timers that the network granted where the modem knows them; of links that go down; the
        // network's time. All of it optional.
        for choices in [&["AT+CEREG=4", "AT+CEREG=2", "AT+CGREG=1"][..], &["AT+CGEREP=2,1"], &["AT+CTZU=1"]] {
            for command in choices {
                match self.exchange(&[command], Expect::Nothing, limit).await {
                    Err(error) if error.is_no() => {}
                    other => {
                        other?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Reports {
    const fn is_empty(&self) -> bool {
        self.registration.is_none() && !self.sms && !self.link_down && !self.restarted
    }
}
