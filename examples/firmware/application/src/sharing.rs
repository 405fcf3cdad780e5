//! [`Sharing`]: whose the vehicle is, and with whom its owner shares what of it (DIP-4, Obligations: "Only share data with recipients that
//! the user has opted into sharing with").
//!
//! - Who owns the vehicle the backend tells, which has it from the registry. What the owner consents to is signed by the owner, and comes from a phone or
//!   over the uplink. Before that nothing is recorded for anybody.
//! - Readings are filtered before they are kept, so that what waits may be sent. Nobody knows how late it arrives: see [`Disclosure::for_queue`].
//! - What was kept under a consent that the next one takes back is thrown away. Until that has happened nothing is sent, over any restart.

use core::cell::RefCell;

use dimo_crypto::{ConsentRefusal, HeldSharing, K256Verifier, Registry};
use dimo_hal::key_value::KeyValue;
use dimo_pairing::{ConsentError, UploadedConsent};
use dimo_types::{Address, Disclosure, Grant, PrivilegeSet, SharingPolicy, Timestamp, TokenId};
use thiserror::Error;

use crate::keys::{BELONGING, CONSENT};

/// Grants of one consent, at most.
const GRANTS: usize = 4;
/// The longest consent, in bytes: SPEC.md of `dimo-pairing`, Uploads.
pub const CONSENT_MAX: usize = 134 + 44 * GRANTS;
/// Before the stored consent: whether something is to be thrown away, and the version that is held for good.
const HEAD: usize = 1 + 8;

/// Whose vehicle the device is in, as the registry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Belonging {
    registry: Registry,
    vehicle: TokenId,
    owner: Address,
}

impl Belonging {
    /// Chain (8), contract (20), vehicle (32), owner (20), each big-endian. `None` for another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chain, rest) = bytes.split_first_chunk()?;
        let (contract, rest) = rest.split_first_chunk()?;
        let (vehicle, rest) = rest.split_first_chunk()?;
        let registry = Registry { chain_id: u64::from_be_bytes(*chain), contract: Address::new(*contract) };
        let owner = Address::new(rest.try_into().ok()?);
        Some(Self { registry, vehicle: TokenId::from_be_bytes(*vehicle), owner })
    }
}

/// Why nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub(crate) enum SharingRefusal {
    /// The registry has not said whose the vehicle is, so nobody can consent.
    #[error("nobody is known to own the vehicle")]
    NoOwner,
    /// What came is no consent, or has more grants than the device keeps.
    #[error(transparent)]
    Form(#[from] ConsentError),
    /// It is not the owner's, not for this device, or not newer.
    #[error(transparent)]
    Consent(#[from] ConsentRefusal),
    /// The store failed.
    #[error("the store failed")]
    Store,
}

/// Whether what waits was kept under a consent that holds no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purge {
    /// It was not.
    None,
    /// It was, and is to be thrown away.
    Due,
    /// It is thrown away, which the store does not know yet.
    Done,
}

/// Whose the vehicle is, and what its owner has consented to.
#[derive(Debug)]
pub(crate) struct Sharing {
    device: Address,
    recipient: Address,
    belonging: Option<Belonging>,
    version: u64,
    grants: [Grant; GRANTS],
    count: usize,
    purge: Purge,
    /// Changes since the start.
    changes: u32,
}

const NO_GRANT: Grant = Grant {
    recipient: Address::ZERO,
    privileges: PrivilegeSet::EMPTY,
    from: Timestamp::EPOCH,
    until: Timestamp::EPOCH,
};

impl Sharing {
    /// What was stored; `None` when the store fails.
    pub(crate) async fn load<K: KeyValue>(
        store: &mut K,
        device: Address,
        recipient: Address,
    ) -> Option<Self> {
        let mut loaded = Self {
            device,
            recipient,
            belonging: None,
            version: 0,
            grants: [NO_GRANT; GRANTS],
            count: 0,
            purge: Purge::None,
            changes: 0,
        };
        let mut stored = [0; HEAD + CONSENT_MAX];
        let len = store.get(BELONGING, &mut stored).await.ok()?.unwrap_or(0);
        loaded.belonging = Belonging::from_bytes(stored.get(..len).unwrap_or_default());
        let len = store.get(CONSENT, &mut stored).await.ok()?.unwrap_or(0);
        if let Some(([purge, version @ ..], consent)) =
            stored.get(..len).and_then(|stored| stored.split_first_chunk::<HEAD>())
        {
            loaded.purge = if *purge == 0 { Purge::None } else { Purge::Due };
            loaded.version = u64::from_le_bytes(*version);
            loaded.hold(consent);
        }
        Some(loaded)
    }

    /// What the recipient may be sent of what is read now. `None`: nothing.
    pub(crate) fn disclosure(&self, now: Timestamp) -> Option<Disclosure> {
        let vehicle = self.vehicle()?;
        let policy = SharingPolicy::new(vehicle, self.version, self.grants.get(..self.count)?).ok()?;
        self.disclosed(&policy, now)
    }

    fn disclosed(&self, policy: &SharingPolicy<'_>, now: Timestamp) -> Option<Disclosure> {
        Disclosure::new(policy, self.recipient, self.vehicle(), now).ok().map(Disclosure::for_queue)
    }

    /// Whether anything that waits may be sent now.
    pub(crate) fn may_send(&self, now: Timestamp) -> bool {
        self.purge == Purge::None && self.disclosure(now).is_some()
    }

    pub(crate) const fn purge(&self) -> Purge {
        self.purge
    }

    /// Nothing waits any more that was kept under a consent that holds no longer.
    pub(crate) const fn thrown_away(&mut self) {
        self.purge = Purge::Done;
    }

    /// Another number whenever something has changed.
    pub(crate) const fn changes(&self) -> u32 {
        self.changes
    }

    /// The version that is held; the next one of the owner's is above it.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn vehicle(&self) -> Option<TokenId> {
        self.belonging.map(|belonging| belonging.vehicle)
    }

    pub(crate) fn owner(&self) -> Option<Address> {
        self.belonging.map(|belonging| belonging.owner)
    }

    /// Takes over the grants of a consent that was checked.
    fn hold(&mut self, consent: &[u8]) {
        let held = UploadedConsent::parse(consent, self.device, &mut self.grants);
        self.count = held.map_or(0, |held| held.consent.policy.grants().len());
        self.changes = self.changes.wrapping_add(1);
    }

    /// The version of a consent that the device takes, and whether it shows all that was shown before.
    fn check(&self, file: &[u8], now: Timestamp) -> Result<(u64, bool), SharingRefusal> {
        let Belonging { registry, vehicle, owner } = self.belonging.ok_or(SharingRefusal::NoOwner)?;
        let mut room = [NO_GRANT; GRANTS];
        let UploadedConsent { consent, signature } = UploadedConsent::parse(file, self.device, &mut room)?;
        let held = HeldSharing::new(registry, vehicle, self.device, owner).resume(self.version);
        let consent = held.check(&K256Verifier, consent, &signature)?;
        let (before, after) = (self.disclosure(now), self.disclosed(&consent.policy, now));
        let keeps = before.zip(after).is_some_and(|(before, after)| after.keeps(&before));
        Ok((consent.policy.version(), keeps))
    }
}

/// The registry says whose the vehicle is. What somebody else consented to holds no longer.
pub(crate) async fn belong<K: KeyValue>(
    sharing: &RefCell<Sharing>,
    store: &mut K,
    bytes: &[u8],
) -> Result<(), SharingRefusal> {
    let belonging = Belonging::from_bytes(bytes).ok_or(SharingRefusal::NoOwner)?;
    if sharing.borrow().belonging == Some(belonging) {
        return Ok(());
    }
    // First nothing is shared any more, and then somebody else may say so.
    let version = sharing.borrow().version;
    put(store, version, true, &[]).await?;
    {
        let mut sharing = sharing.borrow_mut();
        sharing.purge = Purge::Due;
        sharing.hold(&[]);
    }
    store.put(BELONGING, bytes).await.map_err(|_| SharingRefusal::Store)?;
    sharing.borrow_mut().belonging = Some(belonging);
    Ok(())
}

/// The owner consents to something, or so it says.
pub(crate) async fn consent<K: KeyValue>(
    sharing: &RefCell<Sharing>,
    store: &mut K,
    file: &[u8],
    now: Timestamp,
) -> Result<(), SharingRefusal> {
    let (version, keeps) = sharing.borrow().check(file, now)?;
    let purge = if keeps { sharing.borrow().purge } else { Purge::Due };
    put(store, version, purge != Purge::None, file).await?;
    let mut sharing = sharing.borrow_mut();
    (sharing.version, sharing.purge) = (version, purge);
    sharing.hold(file);
    Ok(())
}

/// What had to be thrown away is gone, also after the next start.
pub(crate) async fn settle<K: KeyValue>(
    sharing: &RefCell<Sharing>,
    store: &mut K,
) -> Result<(), SharingRefusal> {
    let mut stored = [0; HEAD + CONSENT_MAX];
    let len = store.get(CONSENT, &mut stored).await.map_err(|_| SharingRefusal::Store)?.unwrap_or(0);
    let consent = stored.get(HEAD..len).unwrap_or_default();
    let version = sharing.borrow().version;
    put(store, version, false, consent).await?;
    sharing.borrow_mut().purge = Purge::None;
    Ok(())
}

async fn put<K: KeyValue>(
    store: &mut K,
    version: u64,
    is_purge_due: bool,
    consent: &[u8],
) -> Result<(), SharingRefusal> {
    let mut value = [0; HEAD + CONSENT_MAX];
    let head = core::iter::once(u8::from(is_purge_due)).chain(version.to_le_bytes());
    let len = HEAD + consent.len();
    value.iter_mut().zip(head.chain(consent.iter().copied())).for_each(|(to, from)| *to = from);
    let value = value.get(..len).ok_or(SharingRefusal::Store)?;
    store.put(CONSENT, value).await.map_err(|_| SharingRefusal::Store)
}

#[cfg(test)]
mod tests;
