//! Questions to control units: ISO-TP, OBD-II and UDS requests with typed answers, and the schedule that polls them.
//!
//! Five layers, each usable without the ones above it, all sans-IO, without a heap:
//!
//! | layer | what it does |
//! |---|---|
//! | [`isotp`] | carries messages of more bytes than a frame has |
//! | [`Responders`] | keeps the answers of several control units apart |
//! | [`obd`], [`uds`] | the bytes of a [`Request`], and what its answer means |
//! | [`Exchange`] | one request from its first frame to its last answer, with deadlines |
//! | [`Schedule`] | which of the network's polls is due |
//!
//! Trucks and machines speak [`j1939`] instead, whose long messages are received without asking, and sent.
//!
//! # Example: which codes are stored?
//!
//! ```
//! use dimo_dbc::request::{AnswerError, Request, obd};
//! let question = obd::ReadCodes::Stored;
//! assert_eq!(question.bytes().as_slice(), [0x03]);
//! let codes = question.answer(&[0x43, 0x02, 0x04, 0x56, 0xC1, 0x00])?;
//! assert_eq!(codes.map(|code| code.to_string()).collect::<Vec<_>>(), ["P0456", "U0100"]);
//!
//! let busy = question.answer(&[0x7F, 0x03, 0x78]).unwrap_err();
//! assert_eq!(busy, AnswerError::Pending);
//! # Ok::<(), AnswerError>(())
//! ```

mod answer;
mod clock;
mod exchange;
pub mod isotp;
pub mod j1939;
pub mod obd;
mod poll;
mod responders;
mod schedule;
pub mod uds;
mod vin;

pub use answer::{AnswerError, NegativeCode, Request, RequestBytes};
pub use exchange::{Event, Exchange, ExchangeError, Timing};
pub use poll::{FlowControlPair, Poll, PollError, response_id};
pub use responders::{Answer, Responders, RespondersError, answering_link};
pub use schedule::{Due, Failure, PollIndex, Schedule, ScheduleFull};
