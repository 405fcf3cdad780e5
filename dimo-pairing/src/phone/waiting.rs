//! [`Waiting`]: the command that is out.

use dimo_types::Timestamp;
use zeroize::Zeroizing;

use crate::limits::after;
use crate::{Limits, MESSAGE_MAX, Request, RequestId};

/// A command that has not ended.
pub(super) struct Waiting {
    /// The request; `None` while it is a packet of a handshake.
    request: Option<RequestId>,
    message: Zeroizing<[u8; MESSAGE_MAX]>,
    len: usize,
    /// When its packet is sent again.
    pub(super) again: Timestamp,
    /// When it is given up.
    pub(super) until: Timestamp,
}

impl Waiting {
    /// For the device's part of a handshake.
    pub(super) fn for_handshake(now: Timestamp) -> Self {
        Self {
            request: None,
            message: Zeroizing::new([0; MESSAGE_MAX]),
            len: 0,
            again: after(now, Limits::PHONE_AGAIN),
            until: after(now, Limits::PHONE_WAIT),
        }
    }

    /// For the answer to `request`.
    pub(super) fn for_answer(now: Timestamp, request: &Request<'_>, id: RequestId) -> Self {
        let mut waiting = Self::for_handshake(now);
        waiting.request = Some(id);
        waiting.len = request.emit(id, &mut waiting.message).len();
        waiting
    }

    /// There was a sign of life.
    pub(super) fn live(&mut self, now: Timestamp) {
        self.again = after(now, Limits::PHONE_AGAIN);
        self.until = after(now, Limits::PHONE_WAIT);
    }

    /// Whether it goes by a session, and not by a packet of a handshake.
    pub(super) const fn is_sealed(&self) -> bool {
        self.request.is_some()
    }

    pub(super) fn is(&self, id: RequestId) -> bool {
        self.request == Some(id)
    }

    pub(super) fn message(&self) -> &[u8] {
        self.message.get(..self.len).unwrap_or_default()
    }

    /// The request, as it was given.
    pub(super) fn request(&self) -> Option<Request<'_>> {
        Request::parse(self.message()).ok().map(|(_, request)| request)
    }
}

/// Without the message: it may hold a password.
impl core::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Waiting")
            .field("request", &self.request)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}
