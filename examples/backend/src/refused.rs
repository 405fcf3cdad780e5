//! [`Refused`]: why a message was not taken.

use std::fmt;

/// Why a message was not taken. Nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Refused {
    /// The topic is none of a device's.
    Topic,
    /// No such device was ever registered.
    Stranger,
    /// The device is banned (DIP-4, Penalties).
    Banned,
    /// Its provider is not in good standing: no licence, or too little staked (DIP-4, Licenses & Staking).
    Standing,
    /// The opening of a session came before, or is overtaken.
    OldOpening,
    /// The opening was not signed by the device, or is for somebody else.
    Opening,
    /// The device has no open session, or the record is of another one.
    NoSession,
    /// The record came before, or so long ago that nobody can tell.
    Replay,
    /// The record was changed on its way, or somebody else made it.
    Tampered,
    /// What is in it cannot be read.
    Unreadable,
    /// It says that it is of another device than the one that sealed it.
    OtherDevice,
    /// Not signed by the device, in today's form.
    Signature,
}

impl Refused {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Topic,
        Self::Stranger,
        Self::Banned,
        Self::Standing,
        Self::OldOpening,
        Self::Opening,
        Self::NoSession,
        Self::Replay,
        Self::Tampered,
        Self::Unreadable,
        Self::OtherDevice,
        Self::Signature,
    ];

    /// Its name in lines and counts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Stranger => "stranger",
            Self::Banned => "banned",
            Self::Standing => "not-in-good-standing",
            Self::OldOpening => "old-opening",
            Self::Opening => "opening",
            Self::NoSession => "no-session",
            Self::Replay => "replay",
            Self::Tampered => "tampered",
            Self::Unreadable => "unreadable",
            Self::OtherDevice => "other-device",
            Self::Signature => "signature",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
