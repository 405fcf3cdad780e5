//! [`PresentedGrant`]: what lets a phone in; [`Welcome`]: what it is let in for, and with what it comes back.

use core::fmt;

use dimo_crypto::Signature;
use dimo_crypto::pairing::Role;
use dimo_types::{Address, Timestamp};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::number::numbered;

numbered! {
    /// Who signed a grant.
    GrantForm {
        /// The owner's wallet, a `PairingGrant`.
        Owner = 1,
        /// A backend that the device's maker has named, a `PairingVerdict`, for an owner whose account is a contract.
        Verdict = 2,
    }
}

/// A grant as a phone presents it (SPEC.md, "Proofs, grants and slots"). The handshake and the device it is for are those of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedGrant {
    /// Who signed it.
    pub form: GrantForm,
    /// Who grants it.
    pub owner: Address,
    /// When it ends.
    pub expires: UnixSeconds,
    /// What the phone may do.
    pub role: Role,
    /// The signature over the grant, or over the verdict on it.
    pub signature: Signature,
}

/// What was granted, and a slot with a secret for coming back without asking the owner again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// What the phone may do.
    pub role: Role,
    /// When that ends: at most 90 days from now.
    pub expires: UnixSeconds,
    /// Where the device keeps the phone.
    pub slot: Slot,
    /// The secret for resuming.
    pub secret: SlotSecret,
}

/// Where a device keeps a phone that it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u8);

impl Slot {
    /// A slot by its number. Which there are is the device's matter.
    #[must_use]
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// The secret that a device and a phone share for resuming. Wipes itself on drop, does not show itself, and is compared in constant time.
///
/// # Example: a secret in a log
///
/// ```
/// use dimo_pairing::SlotSecret;
/// # let random = [0x77; 32];
/// let secret = SlotSecret::from_bytes(random);
/// assert_eq!(format!("{secret:?}"), "SlotSecret(..)");
/// ```
#[derive(Clone)]
pub struct SlotSecret([u8; 32]);

impl SlotSecret {
    /// A secret of 32 bytes, all of them from a generator fit for keys.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes. Whoever copies them wipes the copy.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SlotSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SlotSecret {}

impl Drop for SlotSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SlotSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotSecret(..)")
    }
}

/// A time in seconds since the Unix epoch, as grants have it: any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(u64);

impl UnixSeconds {
    /// A time from its seconds.
    #[must_use]
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The same time, or [`Timestamp::MAX`] where that is earlier.
    #[must_use]
    pub fn to_timestamp(self) -> Timestamp {
        Timestamp::from_secs(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// Rounded down to seconds: a grant never ends later than it was meant to.
impl From<Timestamp> for UnixSeconds {
    fn from(time: Timestamp) -> Self {
        Self(time.as_secs())
    }
}
