//! [`SacdRecord`]: a grant as the live network's access contract (SACD) keeps it.

use thiserror::Error;

use crate::{Address, Grant, PrivilegeSet, SharingPolicy, Timestamp};

/// What the access contract keeps for one grantee of one vehicle: permissions and their end, each a word of 32 bytes.
///
/// The contract voids every record of a vehicle when it changes hands. Its `source`, the link to a document, is no part of
/// this: it grants nothing.
///
/// # Example: from the contract, and back
///
/// ```
/// use dimo_types::{Address, Privilege, SacdRecord, SharingPolicy, Timestamp};
/// let insurer: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
/// let record = SacdRecord::new(insurer, 0x3cc, 1_767_225_600);
/// let now: Timestamp = "2025-06-01T00:00:00Z".parse()?;
/// assert!(record.is_valid_at(now) && record.privileges().contains(Privilege::CurrentLocation));
///
/// let grants = [record.to_grant(now)?];
/// assert_eq!(grants[0].until.to_string(), "2026-01-01T00:00:00Z");
/// let policy = SharingPolicy::new(1337.into(), 1, &grants)?;
/// assert_eq!(SacdRecord::of(&policy, insurer, now)?, record);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SacdRecord {
    /// Who may.
    pub grantee: Address,
    /// The contract's `permissions`, big-endian: two bits for each privilege, at twice its index.
    pub permissions: [u8; 32],
    /// The contract's `expiration`, big-endian: seconds since the Unix epoch. At this second it has expired.
    pub expiration: [u8; 32],
}

impl SacdRecord {
    /// A record of permissions and an end that fit into the low bits, as all of today's do.
    #[must_use]
    pub fn new(grantee: Address, permissions: u32, expiration: u64) -> Self {
        Self { grantee, permissions: word(permissions.into()), expiration: word(expiration) }
    }

    /// What the record for `recipient` has to be, that the contract grants what `policy` grants from `now` on. A recipient
    /// with nothing granted has a record without permissions, which takes away what was there.
    ///
    /// # Errors
    ///
    /// [`SacdError`] when one record cannot say it: the contract knows no beginning and one end for all permissions.
    pub fn of(policy: &SharingPolicy<'_>, recipient: Address, now: Timestamp) -> Result<Self, SacdError> {
        let mut privileges = PrivilegeSet::EMPTY;
        let mut until = None;
        let grants = policy.grants().iter().filter(|grant| grant.recipient == recipient && now < grant.until);
        for grant in grants {
            if now < grant.from {
                return Err(SacdError::BeginsLater { from: grant.from });
            }
            if until.is_some_and(|until| until != grant.until) {
                return Err(SacdError::SeveralEnds);
            }
            until = Some(grant.until);
            privileges = privileges.union(grant.privileges);
        }
        // The part of a second is cut off: a record never holds longer than its grant.
        Ok(Self::new(recipient, privileges.to_sacd(), until.map_or(0, Timestamp::as_secs)))
    }

    /// The grant that it is from `from` on. Permissions that have no [`Privilege`](crate::Privilege) are left out.
    ///
    /// # Errors
    ///
    /// [`SacdError::Expired`] when it holds no longer at `from`.
    pub fn to_grant(&self, from: Timestamp) -> Result<Grant, SacdError> {
        let until = self.until();
        if until <= from {
            return Err(SacdError::Expired { until });
        }
        Ok(Grant { recipient: self.grantee, privileges: self.privileges(), from, until })
    }

    /// The privileges that it names, whether or not it has expired.
    #[must_use]
    pub fn privileges(&self) -> PrivilegeSet {
        PrivilegeSet::from_sacd(self.permissions.last_chunk().copied().map_or(0, u32::from_be_bytes))
    }

    /// Whether it holds at `now`, as the contract decides: at its end it has expired.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        now < self.until()
    }

    /// When it holds no longer; an end beyond what a time can say counts as the latest one.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        let secs = match self.expiration.split_last_chunk::<8>() {
            Some((high, low)) if high.iter().all(|byte| *byte == 0) => u64::from_be_bytes(*low),
            _ => u64::MAX,
        };
        Timestamp::from_secs(secs).unwrap_or(Timestamp::MAX)
    }
}

/// A number as the contract's word.
fn word(number: u64) -> [u8; 32] {
    let mut word = [0; 32];
    if let Some(low) = word.last_chunk_mut::<8>() {
        *low = number.to_be_bytes();
    }
    word
}

/// Why a policy is no record of the access contract, or a record no grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SacdError {
    /// A grant begins in the future, and the contract's begin at once. Write it when it begins.
    #[error("the contract knows no beginning, and this grant begins at {from}")]
    BeginsLater {
        /// When it begins.
        from: Timestamp,
    },
    /// The recipient's grants end at different times, and the contract has one end for all. Ask the owner which of them.
    #[error("the contract has one end for all permissions of a grantee")]
    SeveralEnds,
    /// The record has expired: it grants nothing.
    #[error("the record expired at {until}")]
    Expired {
        /// When it did.
        until: Timestamp,
    },
}
