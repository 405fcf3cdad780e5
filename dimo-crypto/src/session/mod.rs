//! Sealed sessions: one wallet signature opens a channel, then every record is encrypted and authenticated with 24 bytes.
//!
//! The wallet of a device signs once, over an ephemeral key, a counter of its secure element and the server's key; from there on
//! keys are derived, ratcheted and erased. `SESSION.md` in this package says it byte for byte, with vectors.
//!
//! | side | begins with | then has |
//! |---|---|---|
//! | device | [`DeviceSession::new`], which asks for a write and a signature | [`DeviceSession`]: `seal`, `open` |
//! | server | [`SignedOpening::parse`], [`Server::accept`] | [`ServerSession`]: `open`, `seal`, and one [`reply`](ServerSession::reply) |
//!
//! Neither side has a clock, randomness or a socket inside: times, random bytes and messages are arguments. A session lives in memory.
//! After a restart of either side it is gone and the device opens another one; so keep what was not acknowledged, unsealed.
//!
//! # Example: a device opens a session and sends a record
//!
//! ```
//! # #[cfg(feature = "software-key")] {
//! use dimo_crypto::session::*;
//! use dimo_crypto::{SoftwareKey, blocking::DeviceSigner};
//! use dimo_types::Timestamp;
//!
//! let mut wallet = SoftwareKey::from_bytes([7; 32])?;
//! let server_key = ServerKey::from_bytes([1; 32]); // the backend's; the device has its public half
//! let recipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
//! # let random = core::array::from_fn(|i| i as u8);
//!
//! // The device: whatever it asks for is done before it goes on.
//! let request = SessionRequest {
//!     device: wallet.address(),
//!     server: server_key.public_key(),
//!     recipient,
//!     counter: OpeningCounter::new(1).ok_or("the secure element counts from 1")?,
//!     not_after: Timestamp::MAX, // no clock
//! };
//! let mut device = DeviceSession::new(request, Ephemeral::from_bytes(random)?, Reservation::NONE)?;
//! let mut flash = [0; 8];
//! while let Some(action) = device.poll_action() {
//!     match action {
//!         SessionAction::Persist(reservation) => {
//!             flash = reservation.to_bytes();
//!             device.handle_persisted(reservation)?;
//!         }
//!         SessionAction::Sign(opening) => device.handle_signature(&wallet.sign(&opening)?)?,
//!         _ => break,
//!     }
//! }
//! let opening = *device.opening().ok_or("signed by now")?;
//! let mut record = [0; 5 + OVERHEAD];
//! device.seal(b"hello", &mut record)?;
//!
//! // The server, which knows the device and the counter of its latest opening.
//! let now = Timestamp::from_secs(1_800_000_000)?;
//! let keys = [server_key];
//! let server = Server::new(&keys, recipient);
//! let opening = SignedOpening::parse(&opening)?;
//! let accepted = server.accept(now, &opening, wallet.address(), LastOpening::NONE)?;
//! let last = accepted.last_opening(); // to the database, before anything else
//! let mut session = accepted.stored();
//! let opened = session.open_in_place(now, &mut record)?;
//! assert_eq!(opened.plaintext, b"hello");
//!
//! // The same opening a second time is nothing.
//! let again = server.accept(now, &opening, wallet.address(), last);
//! assert!(matches!(again, Err(AcceptError::OldCounter { .. })));
//! # }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod accept;
mod chain;
mod device;
mod error;
mod fields;
mod kdf;
mod key;
mod number;
mod opening;
mod receiver;
mod record;
mod refusal;
mod reply;
mod schedule;
mod sender;
mod server;
mod suite;
mod window;

pub use accept::{AcceptError, AcceptedOpening, LastOpening, MAX_COUNTER_STEP, Server};
pub use chain::GENERATION_LEN;
pub use device::{DeviceSession, SessionAction, SessionRequest};
pub use error::{RecordError, SealError, SessionAnswerError, StartError};
pub use key::{Ephemeral, EphemeralError, ServerKey, ServerKeyId, ServerPublicKey};
pub use number::{OpeningCounter, RESERVATION_LEN, Reservation, ReservationError, SequenceNumber};
pub use opening::{OPENING_LEN, OpeningError, SessionOpening, SignedOpening};
pub use receiver::{MAX_SKIP, Opened};
pub use record::{HEADER_LEN, OVERHEAD, RecordHeader, SessionId, Stage, TAG_LEN};
pub use refusal::Refusal;
pub use reply::{REPLY_LEN, ReplyError};
pub use server::{ServerReplyError, ServerSession};
pub use suite::Suite;
pub use window::WINDOW_LEN;

/// The version of the protocol in its messages and labels.
const VERSION: u8 = 1;
