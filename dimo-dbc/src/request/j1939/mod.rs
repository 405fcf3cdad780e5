//! Messages of more than 8 bytes between the units of trucks and machines: the transport protocol of SAE J1939-21, for
//! broadcasts (BAM) and for messages to one unit (RTS/CTS). [`TransportReceiver`] takes many at once, [`TransportSender`]
//! sends one.
//!
//! # Example: trouble codes of an engine, broadcast in two packets
//!
//! ```
//! use dimo_dbc::request::j1939::{Address, TransportReceiver};
//! use dimo_types::{CanId, Frame, Timestamp};
//! let frame = |id, data: &[u8]| Frame::classic(Timestamp::EPOCH, CanId::extended(id).unwrap(), data).unwrap();
//! let mut receiver = TransportReceiver::<4, 256>::listening();
//!
//! let announced = frame(0x1CEC_FF00, &[0x20, 10, 0, 2, 0xFF, 0xCA, 0xFE, 0x00]);
//! let first = frame(0x1CEB_FF00, &[1, 0x40, 0xFF, 0x64, 0x00, 0x03, 0x01, 0x6E]);
//! let second = frame(0x1CEB_FF00, &[2, 0x00, 0x03, 0x01, 0xFF, 0xFF, 0xFF, 0xFF]);
//! assert_eq!(receiver.handle_frame(Timestamp::EPOCH, &announced)?, None);
//! assert_eq!(receiver.handle_frame(Timestamp::EPOCH, &first)?, None);
//! let message = receiver.handle_frame(Timestamp::EPOCH, &second)?.unwrap();
//! assert_eq!((message.pgn, message.source, message.destination), (0xFECA, Address(0), Address::ALL));
//! assert_eq!(message.data, [0x40, 0xFF, 0x64, 0x00, 0x03, 0x01, 0x6E, 0x00, 0x03, 0x01]);
//! # Ok::<(), dimo_dbc::request::j1939::TransportError>(())
//! ```

mod receiver;
mod sender;
mod session;

use core::time::Duration;

use thiserror::Error;

pub use receiver::TransportReceiver;
pub use sender::TransportSender;

/// The address of a unit, 0 to 253; 254 means none, 255 all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(pub u8);

impl Address {
    /// All units.
    pub const ALL: Self = Self(0xFF);

    /// Whether it is that of one unit.
    const fn is_unit(self) -> bool {
        self.0 < 0xFE
    }
}

/// A whole message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message<'r> {
    /// The parameter group number: what the message is, 18 bits.
    pub pgn: u32,
    /// Who sent it.
    pub source: Address,
    /// Whom it is for.
    pub destination: Address,
    /// The message.
    pub data: &'r [u8],
}

/// Why a message was not received whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The next packet did not come in time (T1, T2). It was lost, or the sender went away.
    #[error("nothing more of parameter group {pgn:05X} after {received} of {len} bytes")]
    Timeout {
        /// The parameter group.
        pgn: u32,
        /// The bytes received.
        received: usize,
        /// The length of the message in bytes.
        len: usize,
    },
    /// A packet was lost, or came out of order.
    #[error("packet {found} where {expected} comes next")]
    Sequence {
        /// The number that comes next, from 1.
        expected: u8,
        /// The number that came.
        found: u8,
    },
    /// It does not fit the buffer. Make `N` larger; 1785 bytes are the longest.
    #[error("a message of {len} bytes, there is room for {capacity}")]
    TooLong {
        /// The length in bytes.
        len: usize,
        /// The size of the buffer in bytes.
        capacity: usize,
    },
    /// More messages are under way than there are buffers. Make `SESSIONS` larger.
    #[error("more than {capacity} messages at once")]
    Full {
        /// How many there is room for.
        capacity: usize,
    },
    /// The sender gave up.
    #[error("the sender gave up, reason {reason}")]
    Aborted {
        /// Its reason (SAE J1939-21, table 7).
        reason: u8,
    },
}

/// Why the transport protocol cannot carry a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Not 9 to 1785 bytes. Up to 8 go in a frame of their own.
    #[error("{len} bytes, the transport protocol carries 9 to 1785")]
    Length {
        /// The length in bytes.
        len: usize,
    },
    /// More than 18 bits, or a destination in the lowest byte of a group that is sent to a destination (PDU1): that byte is 0,
    /// and the destination stated apart.
    #[error("{pgn:X} is no parameter group")]
    Pgn {
        /// The number given.
        pgn: u32,
    },
    /// No unit has it: units have 0 to 253. A message to all is a broadcast.
    #[error("{} is the address of no unit", address.0)]
    Address {
        /// The address given.
        address: Address,
    },
    /// Packets of a broadcast are 50 to 200 ms apart.
    #[error("packets {} ms apart, a broadcast has 50 to 200", spacing.as_millis())]
    Spacing {
        /// The time given.
        spacing: Duration,
    },
}

/// Why a message did not arrive. The receiver is told, unless it ended the message itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The receiver did not answer in time (T3, or T4 after it asked to wait). It is not there, or does not take such messages.
    #[error("no answer after {sent} of {len} bytes")]
    Timeout {
        /// The bytes sent.
        sent: usize,
        /// The length of the message in bytes.
        len: usize,
    },
    /// The receiver gave up. Reason 1 means that it is busy, 2 that it has no room now: try again later; 3 that packets did
    /// not come in time; 9 that the message is too long for it.
    #[error("the receiver gave up, reason {reason}")]
    Aborted {
        /// Its reason (SAE J1939-21, table 7).
        reason: u8,
    },
    /// The receiver allowed packets while others were still to be sent. It breaks the protocol.
    #[error("more packets were allowed while others were being sent")]
    ClearedWhileSending,
    /// The receiver asked for a packet that the message has not, or left some out. It breaks the protocol.
    #[error("packet {number} was asked for, which does not come next")]
    NoSuchPacket {
        /// The number of the packet, from 1.
        number: u8,
    },
    /// The receiver asked again and again for packets that were sent. Much is lost on the bus.
    #[error("packets were asked for again more than {limit} times in a row")]
    Repeats {
        /// How often it may.
        limit: u8,
    },
    /// The receiver confirmed a message of another length, or before all was sent. It breaks the protocol.
    #[error("{confirmed} bytes were confirmed after {sent} were sent")]
    WrongEnd {
        /// The bytes sent.
        sent: usize,
        /// The bytes that the receiver says it has.
        confirmed: usize,
    },
}
