//! What a person sees on standard error while a long log is read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use dimo_dbc::log::{LogReadError, MalformedLine};

use crate::error::TripError;

/// How often to say how far it got.
const EVERY: Duration = Duration::from_secs(1);

/// Tells how far the log is read, and which of its lines are malformed.
#[derive(Debug)]
pub(crate) struct Progress {
    log_name: String,
    log_bytes: u64,
    told: Instant,
    until_next_look: u32,
}

impl Progress {
    /// For a log of this name and size.
    pub(crate) fn new(log_name: &str, log_bytes: u64) -> Self {
        Self { log_name: log_name.to_owned(), log_bytes, told: Instant::now(), until_next_look: 0 }
    }

    /// Says how far it got, at most once a second. Looks at the clock once in a few thousand calls.
    pub(crate) fn tell(&mut self, bytes_read: u64, frames: u64) {
        self.until_next_look = match self.until_next_look.checked_sub(1) {
            Some(left) => left,
            None => {
                if self.told.elapsed() >= EVERY {
                    self.told = Instant::now();
                    let percent = bytes_read.saturating_mul(100) / self.log_bytes.max(1);
                    eprintln!("{}: {percent} %, {frames} frames", self.log_name);
                }
                4096
            }
        };
    }

    /// Lists a malformed line.
    pub(crate) fn malformed(&self, line: MalformedLine) {
        eprintln!("{}:{}: {}", self.log_name, line.line, line.reason);
    }

    /// Says how many malformed lines were not listed.
    pub(crate) fn done(&self, not_listed: u64) {
        if not_listed > 0 {
            eprintln!("{}: {not_listed} more malformed lines", self.log_name);
        }
    }

    /// The log could not be read to its end.
    pub(crate) fn unreadable(&self, error: LogReadError) -> TripError {
        TripError::Read { path: PathBuf::from(&self.log_name), source: error.source }
    }
}
