//! [`Recorder`]: the log of a device that is not perfect, on a bus that is not either.

use core::fmt::Write as _;

use dimo_dbc::log::candump;
use dimo_types::{CanId, Frame, FrameError, Timestamp};

use super::random::Random;

const CHANNEL: &str = "can0";
/// One frame in so many is not recorded.
const LOSES: u64 = 400;
/// One line in so many is damaged.
const DAMAGES: u64 = 8_000;
/// One frame in so many is followed by an error frame.
const ERRS: u64 = 10_000;
/// One frame in so many is followed by somebody's remote request.
const ASKS: u64 = 20_000;

/// Classes of an error frame in Linux's form: a protocol violation, and a bus error.
const BUS_ERROR: u32 = 0x88;
/// What is asked for by remote request.
const ASKED_FOR: u16 = 0x3B8;

/// Writes `candump -L` text with its share of losses and damage.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    log: String,
    random: Random,
}

impl Recorder {
    /// An empty log.
    pub(super) fn new(seed: u64) -> Self {
        // Another stream of numbers than that of the car.
        Self { log: String::new(), random: Random::new(seed.rotate_left(32) ^ 0x5EED) }
    }

    /// Records a frame, or fails to.
    pub(super) fn record(&mut self, frame: &Frame) -> Result<(), FrameError> {
        if self.random.once_in(LOSES) {
            return Ok(());
        }
        let line = candump::Line { channel: CHANNEL, frame }.to_string();
        if self.random.once_in(DAMAGES) {
            let damaged = self.damage(&line);
            self.write(&damaged);
        } else {
            self.write(&line);
        }
        // Behind the frame, and before the next.
        let time = frame.time().checked_add_micros(1).unwrap_or(Timestamp::MAX);
        if let (true, Some(id)) = (self.random.once_in(ERRS), CanId::extended(BUS_ERROR)) {
            let frame = Frame::error(time, id, &[0, 0, 0x80, 0, 0, 0, 0, 0])?;
            self.write(&candump::Line { channel: CHANNEL, frame: &frame }.to_string());
        }
        if let (true, Some(id)) = (self.random.once_in(ASKS), CanId::standard(ASKED_FOR)) {
            let frame = Frame::remote(time, id, 3)?;
            self.write(&candump::Line { channel: CHANNEL, frame: &frame }.to_string());
        }
        Ok(())
    }

    /// The whole log.
    pub(super) fn into_log(self) -> Vec<u8> {
        self.log.into_bytes()
    }

    fn write(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.log, "{line}");
    }

    /// A line that was cut off before its data, or has a character that was none.
    fn damage(&mut self, line: &str) -> String {
        let before_data = line.find('#').unwrap_or(line.len());
        if self.random.once_in(2) {
            let kept = 1 + self.random.below(before_data as u64 - 1);
            line.chars().take(usize::try_from(kept).unwrap_or(before_data)).collect()
        } else {
            line.replacen('#', "#?", 1)
        }
    }
}
