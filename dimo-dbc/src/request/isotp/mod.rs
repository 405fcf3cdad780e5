//! ISO-TP (ISO 15765-2): messages of more bytes than a CAN frame has, sans-IO.
//!
//! A message that fits travels as one single frame. A longer one begins with a first frame, which states its length; the
//! other side allows more with flow control frames; consecutive frames carry the rest. [`Sender`] sends one message of
//! the caller's, [`Receiver`] takes messages of up to `N` bytes into a buffer of its own, and a [`Link`] says how both
//! ends are addressed. There is no clock and no bus inside: see [`Sender`] for the order of calls.
//!
//! # Example: a request and its long answer
//!
//! ```
//! use dimo_dbc::request::isotp::{Link, Receiver, Reception, Sender};
//! use dimo_types::{CanId, Timestamp};
//!
//! let tester = Link::normal(CanId::standard(0x7E0).unwrap(), CanId::standard(0x7E8).unwrap());
//! let engine = tester.mirrored().unwrap();
//! let now = Timestamp::EPOCH;
//!
//! // What an engine would do: answer with 20 bytes.
//! let vin = *b"\x49\x02\x011HGBH41JXMN109186";
//! let mut sender = Sender::new(engine, &vin)?;
//!
//! let mut receiver = Receiver::<64>::new(tester);
//! let mut answer = Vec::new();
//! while answer.is_empty() {
//!     while let Some(frame) = sender.poll_transmit(now) {
//!         if let Reception::Complete(bytes) = receiver.handle_frame(now, &frame)? {
//!             answer = bytes.to_vec();
//!         }
//!     }
//!     while let Some(frame) = receiver.poll_transmit(now) {
//!         sender.handle_frame(now, &frame)?; // flow control
//!     }
//! }
//! assert_eq!(answer, vin);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod error;
mod link;
mod pdu;
mod receiver;
mod sender;
mod separation;

pub use error::{MessageError, ReceiveError, SendError};
pub use link::{Link, Padding};
pub use receiver::{Receiver, Reception};
pub use sender::Sender;
pub use separation::SeparationTime;
