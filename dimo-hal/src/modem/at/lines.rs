//! [`Lines`]: lines from bytes.

/// Cuts bytes into lines at CR and LF, in a buffer of its own.
#[derive(Debug)]
pub(super) struct Lines {
    bytes: [u8; Self::MAX],
    len: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Filling,
    /// The line is longer than the buffer; the rest of it is skipped.
    Overlong,
    /// The line is complete, and is thrown away with the next byte.
    Complete,
}

impl Lines {
    pub(super) const MAX: usize = 192;

    pub(super) const fn new() -> Self {
        Self { bytes: [0; Self::MAX], len: 0, state: State::Filling }
    }

    pub(super) const fn clear(&mut self) {
        self.len = 0;
        self.state = State::Filling;
    }

    /// Takes a byte; `true` when it ended a line that has something in it.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        if self.state == State::Complete {
            self.clear();
        }
        if matches!(byte, b'\r' | b'\n') {
            let complete = self.state == State::Filling && self.len > 0;
            self.clear_or_complete(complete);
            return complete;
        }
        match self.bytes.get_mut(self.len) {
            Some(place) => {
                *place = byte;
                self.len = self.len.saturating_add(1);
            }
            None => self.state = State::Overlong,
        }
        false
    }

    const fn clear_or_complete(&mut self, complete: bool) {
        if complete {
            self.state = State::Complete;
        } else {
            self.clear();
        }
    }

    /// The line that was completed last; nothing when it is no text.
    pub(super) fn line(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default().trim()
    }
}
