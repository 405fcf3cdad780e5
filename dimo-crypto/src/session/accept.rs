//! [`Server`]: which openings a server takes, and [`LastOpening`], what it has to keep for it.

use core::fmt;
use core::time::Duration;

use dimo_types::{Address, Timestamp};
use thiserror::Error;

use super::key::{ServerKey, ServerKeyId};
use super::number::OpeningCounter;
use super::opening::SignedOpening;
use super::server::ServerSession;
use crate::{K256Verifier, Verifier, VerifyError};

/// What a server keeps of each device: the counter of the latest opening it took. Eight bytes, for a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastOpening(u64);

impl LastOpening {
    /// Of a device that never opened a session.
    pub const NONE: Self = Self(0);

    /// What was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// What to store, big-endian.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The counter; `None` when there was no opening.
    #[must_use]
    pub const fn counter(self) -> Option<OpeningCounter> {
        OpeningCounter::new(self.0)
    }
}

/// Which openings a server takes: its keys, and for whom it speaks.
///
/// # Example: while a key is changed
///
/// ```
/// use core::time::Duration;
/// use dimo_crypto::session::{Server, ServerKey};
/// # let recipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
/// # let (new, old) = ([1; 32], [2; 32]);
/// let keys = [ServerKey::from_bytes(new), ServerKey::from_bytes(old)];
/// let server = Server::new(&keys, recipient).with_max_lifetime(Duration::from_secs(3600));
/// # let _ = server;
/// # Ok::<(), dimo_types::AddressError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Server<'k> {
    keys: &'k [ServerKey],
    recipient: Address,
    max_lifetime: Duration,
}

/// A day: so much of what is sealed one stolen session key can show, and no device opens more often than it is switched on.
const MAX_LIFETIME: Duration = Duration::from_secs(86_400);

/// How far the counter of an opening may lie above that of the latest: one signature, got by a trick, shall not use them up.
pub const MAX_COUNTER_STEP: u64 = 1 << 32;

impl<'k> Server<'k> {
    /// A server with its keys, the current one and those that devices may still have, and the account that it serves. Its sessions
    /// end after a day.
    #[must_use]
    pub const fn new(keys: &'k [ServerKey], recipient: Address) -> Self {
        Self { keys, recipient, max_lifetime: MAX_LIFETIME }
    }

    /// The same with sessions of at most `max_lifetime`, whatever devices ask for.
    #[must_use]
    pub const fn with_max_lifetime(self, max_lifetime: Duration) -> Self {
        Self { max_lifetime, ..self }
    }

    /// Takes an opening from `device`, whose latest one was `last`.
    ///
    /// Look up both by [`SignedOpening::claimed_device`], and store what the answer holds before `last` is read again: of two
    /// openings of one device that come at once, only one may be taken.
    ///
    /// # Errors
    ///
    /// See [`AcceptError`]. The checks stand in the order of their cost; the signature is looked at last but one.
    pub fn accept(
        &self,
        now: Timestamp,
        opening: &SignedOpening,
        device: Address,
        last: LastOpening,
    ) -> Result<AcceptedOpening, AcceptError> {
        self.accept_with(&K256Verifier, now, opening, device, last)
    }

    /// [`accept`](Self::accept) with the arithmetic of `verifier`.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn accept_with(
        &self,
        verifier: &impl Verifier,
        now: Timestamp,
        opening: &SignedOpening,
        device: Address,
        last: LastOpening,
    ) -> Result<AcceptedOpening, AcceptError> {
        let said = opening.unverified();
        if said.device != device {
            return Err(AcceptError::WrongDevice { expected: device, claimed: said.device });
        }
        if said.recipient != self.recipient {
            return Err(AcceptError::WrongRecipient { recipient: said.recipient });
        }
        let key = self
            .keys
            .iter()
            .find(|key| key.id() == said.server_key)
            .ok_or(AcceptError::UnknownServerKey { id: said.server_key })?;
        if said.counter.get() <= last.0 {
            return Err(AcceptError::OldCounter { last, counter: said.counter });
        }
        if said.counter.get() - last.0 > MAX_COUNTER_STEP {
            return Err(AcceptError::CounterTooFarAhead { last, counter: said.counter });
        }
        if now > said.not_after {
            return Err(AcceptError::Expired { not_after: said.not_after });
        }
        let verified = verifier.verify(*said, opening.signature(), device)?;
        let secret = key.agree(&verified.ephemeral_key).ok_or(AcceptError::WeakKey)?;
        let session =
            ServerSession::new(verified, &opening.transcript(), &secret, self.end(now, verified.not_after));
        Ok(AcceptedOpening { session })
    }

    /// The last moment of a session.
    fn end(&self, now: Timestamp, not_after: Timestamp) -> Timestamp {
        let micros = i64::try_from(self.max_lifetime.as_micros()).unwrap_or(i64::MAX);
        now.checked_add_micros(micros).unwrap_or(Timestamp::MAX).min(not_after)
    }
}

/// For whom and with which keys, by their ids.
impl fmt::Debug for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("keys", &self.keys)
            .field("recipient", &self.recipient)
            .field("max_lifetime", &self.max_lifetime)
            .finish()
    }
}

/// An opening that was taken. The session can be used when [`last_opening`](Self::last_opening) is stored, so that the same
/// opening is never taken twice.
#[derive(Debug)]
#[must_use = "store its counter, then take the session"]
pub struct AcceptedOpening {
    session: ServerSession,
}

impl AcceptedOpening {
    /// What to store for this device, in the place of what was handed in.
    #[must_use]
    pub fn last_opening(&self) -> LastOpening {
        LastOpening(self.session.opening().counter.get())
    }

    /// It is stored for good: here is the session.
    #[must_use]
    pub fn stored(self) -> ServerSession {
        self.session
    }
}

/// Why a server does not take an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// It says to be of another device than it should be.
    #[error("an opening of {claimed}, not of {expected}")]
    WrongDevice {
        /// Which device it should be.
        expected: Address,
        /// Which it says.
        claimed: Address,
    },
    /// It is meant for somebody else.
    #[error("the opening is for {recipient}")]
    WrongRecipient {
        /// For whom.
        recipient: Address,
    },
    /// For a key that this server does not have, or no longer. The device has to be told the current one.
    #[error("there is no server key {id}")]
    UnknownServerKey {
        /// The key named.
        id: ServerKeyId,
    },
    /// Repeated, or overtaken by a later opening.
    #[error("opening {} is not newer than the latest, {}", .counter.get(), .last.0)]
    OldCounter {
        /// Of the latest opening.
        last: LastOpening,
        /// Of this one.
        counter: OpeningCounter,
    },
    /// So far above the latest that few numbers would be left: a device counts one by one.
    #[error("opening {} is too far above the latest, {}", .counter.get(), .last.0)]
    CounterTooFarAhead {
        /// Of the latest opening.
        last: LastOpening,
        /// Of this one.
        counter: OpeningCounter,
    },
    /// It came after the end that it names: held back on the way, or from a device whose clock is slow.
    #[error("the session ended at {not_after}")]
    Expired {
        /// The end.
        not_after: Timestamp,
    },
    /// Somebody else signed it, or it was changed.
    #[error(transparent)]
    NotSigned(#[from] VerifyError),
    /// The device's ephemeral key contributes nothing, which no device does that follows the protocol.
    #[error("the ephemeral key contributes nothing")]
    WeakKey,
}
