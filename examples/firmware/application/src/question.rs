//! [`Question`] to the vehicle and what was [`Told`]: UDS or OBD-II requests as bytes, and the first answer.

use dimo_dbc::request::Request as _;
use dimo_dbc::request::obd::ClearCodes;

/// The longest request and the longest answer, in bytes.
pub(crate) const LONGEST: usize = 128;

/// A request to one control unit, or to all that OBD-II knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    bytes: [u8; LONGEST],
    len: usize,
    clears: bool,
}

impl Question {
    /// `None` when it is empty or too long.
    pub(crate) fn new(request: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..request.len())?.copy_from_slice(request);
        (!request.is_empty()).then_some(Self { bytes, len: request.len(), clears: false })
    }

    /// Clears trouble codes: for who stands at the vehicle. The same bytes as any other question do not pass.
    pub(crate) fn clear_codes() -> Option<Self> {
        Self::new(&ClearCodes.bytes()).map(|question| Self { clears: true, ..question })
    }

    /// Whether it clears trouble codes, and may if the vehicle stands.
    pub(crate) const fn clears(&self) -> bool {
        self.clears
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// What became of a question.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    /// The guard let none of it pass.
    Refused,
    /// Nobody answered, or nothing could be made of it.
    Silence,
    /// An answer.
    Answer(Question),
}
