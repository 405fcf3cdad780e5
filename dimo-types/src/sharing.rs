//! [`SharingPolicy`]: with whom a vehicle's data may be shared.

use thiserror::Error;

use crate::{Address, Privilege, PrivilegeSet, Timestamp, TokenId};

/// What one recipient may see, and from when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Grant {
    /// Who may.
    pub recipient: Address,
    /// What.
    pub privileges: PrivilegeSet,
    /// The first moment at which it holds.
    pub from: Timestamp,
    /// The moment at which it holds no longer: at `until` it has expired, as in the network's access contract.
    pub until: Timestamp,
}

impl Grant {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// Whom the user has opted into sharing with: recipients, privileges, validity (DIP-4, Obligations: "Only share data
/// with recipients that the user has opted into sharing with"). What it does not grant is denied.
///
/// It borrows its grants, so that a device holds it without a heap. A device keeps the policy with the highest version.
///
/// # Example: an insurer may read, until the month ends
///
/// ```
/// use dimo_types::{Address, Grant, Privilege, PrivilegeSet, SharingPolicy, Timestamp};
/// let insurer: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
/// let grants = [Grant {
///     recipient: insurer,
///     privileges: PrivilegeSet::EMPTY.with(Privilege::NonLocationData),
///     from: "2026-01-01T00:00:00Z".parse()?,
///     until: "2026-02-01T00:00:00Z".parse()?,
/// }];
/// let policy = SharingPolicy::new(1337.into(), 1, &grants)?;
/// let january: Timestamp = "2026-01-15T12:00:00Z".parse()?;
/// assert!(policy.permits(insurer, Privilege::NonLocationData, january));
/// assert!(!policy.permits(insurer, Privilege::CurrentLocation, january)); // never granted
/// assert!(!policy.permits(insurer, Privilege::NonLocationData, grants[0].until)); // expired
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SharingPolicy<'a> {
    vehicle: TokenId,
    version: u64,
    grants: &'a [Grant],
}

impl<'a> SharingPolicy<'a> {
    /// The policy of `vehicle`; `version` grows with every change. Several grants of one recipient add up.
    ///
    /// # Errors
    ///
    /// [`SharingPolicyError`] for a grant that the access contract would refuse or that could never hold.
    pub fn new(vehicle: TokenId, version: u64, grants: &'a [Grant]) -> Result<Self, SharingPolicyError> {
        for (index, grant) in grants.iter().enumerate() {
            if grant.recipient == Address::ZERO {
                return Err(SharingPolicyError::ZeroRecipient { index });
            }
            if grant.from >= grant.until {
                return Err(SharingPolicyError::NeverValid { index });
            }
        }
        Ok(Self { vehicle, version, grants })
    }

    /// A policy that grants nothing: where every vehicle begins.
    #[must_use]
    pub const fn deny_all(vehicle: TokenId) -> Self {
        Self { vehicle, version: 0, grants: &[] }
    }

    /// The vehicle it speaks of.
    #[must_use]
    pub const fn vehicle(&self) -> TokenId {
        self.vehicle
    }

    /// Its version; the higher one is in force.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Its grants, as given.
    #[must_use]
    pub const fn grants(&self) -> &'a [Grant] {
        self.grants
    }

    /// Everything that `recipient` may at `now`; empty for a recipient it does not know.
    #[must_use]
    pub fn privileges(&self, recipient: Address, now: Timestamp) -> PrivilegeSet {
        self.grants
            .iter()
            .filter(|grant| grant.recipient == recipient && grant.is_valid_at(now))
            .fold(PrivilegeSet::EMPTY, |held, grant| held.union(grant.privileges))
    }

    /// Whether `recipient` has `privilege` at `now`.
    #[must_use]
    pub fn permits(&self, recipient: Address, privilege: Privilege, now: Timestamp) -> bool {
        self.privileges(recipient, now).contains(privilege)
    }

    /// Whether it replaces `held`: the same vehicle and a higher version.
    #[must_use]
    pub fn supersedes(&self, held: &SharingPolicy<'_>) -> bool {
        self.vehicle == held.vehicle && self.version > held.version
    }
}

/// Why grants make no [`SharingPolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SharingPolicyError {
    /// A grant to the zero address, which no one owns; the access contract refuses it.
    #[error("grant {index} is to the zero address")]
    ZeroRecipient {
        /// Which grant, from 0.
        index: usize,
    },
    /// A grant that ends before it begins.
    #[error("grant {index} ends before it begins")]
    NeverValid {
        /// Which grant, from 0.
        index: usize,
    },
}
