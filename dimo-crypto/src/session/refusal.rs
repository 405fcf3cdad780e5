//! [`Refusal`]: what a server counts.

use core::fmt;

use super::accept::AcceptError;
use super::error::RecordError;
use super::opening::OpeningError;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// Why something from a device was refused, without particulars: a key for counters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $name,)+
        }

        impl Refusal {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// A name for it that stays: lower case, words joined by `_`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

refusals! {
    /// An opening that is none.
    MalformedOpening = "malformed_opening",
    /// An opening of another version or suite.
    UnknownVersion = "unknown_version",
    /// An opening of another device than expected.
    WrongDevice = "wrong_device",
    /// An opening for somebody else.
    WrongRecipient = "wrong_recipient",
    /// An opening for a key that the server does not have.
    UnknownServerKey = "unknown_server_key",
    /// An opening that was repeated or overtaken.
    OldCounter = "old_counter",
    /// An opening whose counter is too far above the latest.
    CounterTooFarAhead = "counter_too_far_ahead",
    /// After the end of the session.
    Expired = "expired",
    /// An opening that the device did not sign.
    NotSigned = "not_signed",
    /// An ephemeral key that contributes nothing.
    WeakKey = "weak_key",
    /// Too few bytes for a record.
    TruncatedRecord = "truncated_record",
    /// A record of another session, or of none.
    OtherSession = "other_session",
    /// A record received before.
    Replayed = "replayed",
    /// A record behind the window.
    TooOld = "too_old",
    /// A record too far ahead.
    TooFarAhead = "too_far_ahead",
    /// A record for whose stage there are no keys.
    NoKeys = "no_keys",
    /// A record with a wrong tag.
    ForgedRecord = "forged_record",
}

/// [`Refusal::name`].
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<OpeningError> for Refusal {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::Version { .. } | OpeningError::Suite { .. } => Self::UnknownVersion,
            _ => Self::MalformedOpening,
        }
    }
}

impl From<AcceptError> for Refusal {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::WrongDevice { .. } => Self::WrongDevice,
            AcceptError::WrongRecipient { .. } => Self::WrongRecipient,
            AcceptError::UnknownServerKey { .. } => Self::UnknownServerKey,
            AcceptError::OldCounter { .. } => Self::OldCounter,
            AcceptError::CounterTooFarAhead { .. } => Self::CounterTooFarAhead,
            AcceptError::Expired { .. } => Self::Expired,
            AcceptError::NotSigned(_) => Self::NotSigned,
            AcceptError::WeakKey => Self::WeakKey,
        }
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Truncated { .. } => Self::TruncatedRecord,
            RecordError::OtherSession { .. } | RecordError::NotOpen => Self::OtherSession,
            RecordError::Expired => Self::Expired,
            RecordError::Replayed { .. } => Self::Replayed,
            RecordError::TooOld { .. } => Self::TooOld,
            RecordError::TooFarAhead { .. } => Self::TooFarAhead,
            RecordError::NoKeys { .. } => Self::NoKeys,
            RecordError::Forged { .. } => Self::ForgedRecord,
        }
    }
}
