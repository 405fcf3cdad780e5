//! [`Event`]: what a phone's commands lead to.

use dimo_types::Address;
use thiserror::Error;

use crate::{Answer, Percent, Refusal, RequestId, Resumption};

/// How a command of a [`Phone`](crate::Phone) ended, or goes on.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "it is the only word on how the command ended"]
pub enum Event<'a> {
    /// The device at the other end has proven that it is this one, and it is the expected one. Have the owner's wallet sign
    /// [`Phone::grant_to_sign`](crate::Phone::grant_to_sign) next.
    Proven {
        /// The address of its wallet.
        device: Address,
    },
    /// The device has taken the grant. Store the resumption: the next session then needs neither label nor wallet.
    Granted(Resumption),
    /// The device that knows the phone is at the other end again.
    Resumed {
        /// The address of its wallet.
        device: Address,
    },
    /// The answer to the request of this id. A signature in it was checked: it is the device's, over the very request.
    Answered(RequestId, Answer<'a>),
    /// The device is at work on the request of this id. The command has not ended.
    Working {
        /// The request.
        id: RequestId,
        /// How much is done, if the device knows.
        percent: Option<Percent>,
        /// What it may still take, in seconds.
        seconds: u16,
    },
    /// The device said no, and why.
    Refused(Refusal),
    /// Another device is at the other end, or somebody who plays it. Do not go on with it.
    Impostor {
        /// The device that was wanted, if one was.
        expected: Option<Address>,
        /// The one that answered, as far as it can be known.
        actual: Option<Address>,
    },
    /// There was no answer, or none that could be read. The device may have done what was asked:
    /// [`Phone::repeat`](crate::Phone::repeat) tells, and does nothing twice.
    Failed(Failure),
}

/// Why there was no answer that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// None came in time. The device is out of reach.
    #[error("no answer in time")]
    TimedOut,
    /// The link went down. Connect again.
    #[error("the link went down")]
    Disconnected,
    /// The device rejected a fragment. Ask again; at 0x86 and 0x87 in a new session.
    #[error("the device rejected a write with ATT error {att_error:#04x}")]
    WriteRejected {
        /// The ATT error, 0x80 to 0x87 from this protocol ([`ReceiveError::att_error`](crate::ReceiveError::att_error)), others from
        /// the stack.
        att_error: u8,
    },
    /// The other end has not the secret of the label, the PIN or the slot: it is another device, or none.
    #[error("the other end could not finish the handshake")]
    Handshake,
    /// Somebody made both sides believe that the other speaks less than it does, or the device has a fault. Do not go on.
    #[error("the version chosen is not the highest that both speak")]
    Downgraded,
    /// An answer to another question under the id of this one, or one that cannot be read: the device has a fault.
    #[error("the device answered another question")]
    WrongAnswer,
}

/// An event before it is polled; an answer stands in the phone's buffer.
#[derive(Debug)]
pub(super) enum Pending {
    None,
    Proven(Address),
    Granted(Resumption),
    Resumed(Address),
    Answered,
    Working { id: RequestId, percent: Option<Percent>, seconds: u16 },
    Refused(Refusal),
    Impostor { expected: Option<Address>, actual: Option<Address> },
    Failed(Failure),
}

impl Pending {
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn into_event(self, answer: &[u8]) -> Option<Event<'_>> {
        Some(match self {
            Self::None => return None,
            Self::Proven(device) => Event::Proven { device },
            Self::Granted(resumption) => Event::Granted(resumption),
            Self::Resumed(device) => Event::Resumed { device },
            Self::Answered => match Answer::parse(answer) {
                Ok((id, answer)) => Event::Answered(id, answer),
                Err(_) => Event::Failed(Failure::WrongAnswer),
            },
            Self::Working { id, percent, seconds } => Event::Working { id, percent, seconds },
            Self::Refused(refusal) => Event::Refused(refusal),
            Self::Impostor { expected, actual } => Event::Impostor { expected, actual },
            Self::Failed(failure) => Event::Failed(failure),
        })
    }
}
