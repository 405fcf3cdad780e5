//! [`SharingConsent`]: a sharing policy that the owner signs, and [`HeldSharing`], what a device remembers of the last one.

use dimo_types::{Address, Grant, SharingPolicy, Timestamp, TokenId};
use thiserror::Error;

use crate::const_keccak::keccak256_const;
use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::hash::Hasher;
use crate::message::{Message, sealed::Sealed};
use crate::{Digest, Registry, Signature, Verified, Verifier, VerifyError, domain};

/// What the owner of a vehicle signs to say with whom its data may be shared (DIP-4, Obligations: "Only share data with
/// recipients that the user has opted into sharing with").
///
/// EIP-712, domain `DIMO Sharing` version `1` with the chain and the registry whose vehicle it is, so that a phone wallet can
/// show it. It binds vehicle, device, version and every grant with its recipient; permissions are the word of the live
/// network's access contract, times are microseconds.
///
/// # Example: from the owner's phone to the device
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::{ConsentRefusal, HeldSharing, K256Verifier, Registry, SharingConsent, SoftwareKey};
/// use dimo_types::{Address, Grant, Privilege, PrivilegeSet, SharingPolicy};
/// # let mut owner = SoftwareKey::from_bytes([9; 32])?;
/// let (vehicle, device) = (1337.into(), Address::new([7; 20]));
/// let grants = [Grant {
///     recipient: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?,
///     privileges: PrivilegeSet::EMPTY.with(Privilege::NonLocationData),
///     from: "2026-01-01T00:00:00Z".parse()?,
///     until: "2026-02-01T00:00:00Z".parse()?,
/// }];
/// let policy = SharingPolicy::new(vehicle, 1, &grants)?;
/// let consent = SharingConsent { registry: Registry::POLYGON, device, policy };
/// let signature = owner.sign(&consent)?;
///
/// let mut held = HeldSharing::new(Registry::POLYGON, vehicle, device, owner.address());
/// let verified = held.check(&K256Verifier, consent, &signature)?;
/// // ... store the policy with its version here, then:
/// held.hold(&verified)?;
///
/// let again = held.check(&K256Verifier, consent, &signature);
/// assert_eq!(again.unwrap_err(), ConsentRefusal::NotNewer { held: 1, offered: 1 });
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharingConsent<'a> {
    /// The registry that has the vehicle.
    pub registry: Registry,
    /// The device that is to obey it.
    pub device: Address,
    /// What is granted. Its vehicle and its version are signed with it.
    pub policy: SharingPolicy<'a>,
}

const GRANT_TYPE: &str =
    "SharingGrant(address recipient,uint256 permissions,uint64 fromMicros,uint64 untilMicros)";
const GRANT_TYPE_HASH: [u8; 32] = type_hash(GRANT_TYPE);

impl SharingConsent<'_> {
    /// The EIP-712 type, with the one it refers to.
    pub const TYPE: &'static str = "SharingConsent(uint256 vehicle,address device,uint64 version,SharingGrant[] grants)\
        SharingGrant(address recipient,uint256 permissions,uint64 fromMicros,uint64 untilMicros)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);

    /// The EIP-712 struct hash, without the domain.
    #[must_use]
    pub fn struct_hash(&self) -> [u8; 32] {
        let grants = self.policy.grants().iter().fold(Hasher::new(), |hasher, grant| {
            hasher.chain(&struct_hash(&GRANT_TYPE_HASH, &grant_words(grant)))
        });
        let (vehicle, version) = (self.policy.vehicle(), self.policy.version());
        let words = [vehicle.word(), self.device.word(), version.word(), grants.finish()];
        struct_hash(&Self::TYPE_HASH, &words)
    }

    /// The EIP-712 domain separator of `registry` for sharing.
    #[must_use]
    pub fn domain_separator(registry: &Registry) -> [u8; 32] {
        const NAME_HASH: [u8; 32] = keccak256_const(b"DIMO Sharing");
        domain::of_contract(NAME_HASH, registry.chain_id, &registry.contract)
    }
}

fn grant_words(grant: &Grant) -> [[u8; 32]; 4] {
    let permissions = u64::from(grant.privileges.to_sacd()).word();
    let micros = |time: Timestamp| time.as_micros().word();
    [grant.recipient.word(), permissions, micros(grant.from), micros(grant.until)]
}

impl Sealed for SharingConsent<'_> {}

impl Message for SharingConsent<'_> {
    fn digest(&self) -> Digest {
        signing_digest(&Self::domain_separator(&self.registry), &self.struct_hash())
    }
}

/// What a device remembers of the last consent that it took: enough to refuse every older one, and every one that is not
/// for it. Sans-IO; the policy itself is kept by whoever stores it.
///
/// - getters: [`version`](Self::version), [`owner`](Self::owner)
/// - order: [`check`](Self::check), then store the policy and its version together, then [`hold`](Self::hold). A power cut
///   between them leaves the device with the policy before, and the owner's phone offers the new one again.
/// - after a restart: [`resume`](Self::resume) with the stored version. **The version is kept for good**, also when its policy is
///   dropped and when the device moves to another vehicle: without it, what a former owner signed would be new again.
///   [`new`](Self::new) alone is for a device that never held a consent, and nothing is shared until the owner says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldSharing {
    registry: Registry,
    vehicle: TokenId,
    device: Address,
    owner: Address,
    version: u64,
}

impl HeldSharing {
    /// How far a version may lie above the one held. So nobody, a former owner least of all, uses the numbers up.
    pub const MAX_STEP: u64 = 1 << 32;

    /// A device that shares nothing yet: the first version it takes is 1 or above.
    #[must_use]
    pub const fn new(registry: Registry, vehicle: TokenId, device: Address, owner: Address) -> Self {
        Self { registry, vehicle, device, owner, version: 0 }
    }

    /// The same, after a restart, with the version that was stored with the policy.
    #[must_use]
    pub const fn resume(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// The version held; 0 when nothing is. The owner's next one is above it.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whose consents are taken.
    #[must_use]
    pub const fn owner(&self) -> Address {
        self.owner
    }

    /// The device is in another vehicle, of `owner`: what was shared of the one before is shared no longer. The version stays.
    pub fn change_vehicle(&mut self, vehicle: TokenId, owner: Address) -> OwnerChange {
        if vehicle == self.vehicle {
            return self.change_owner(owner);
        }
        (self.vehicle, self.owner) = (vehicle, owner);
        OwnerChange::DropPolicy
    }

    /// The vehicle has another owner: the consents of the former one are void, and what was shared by them is shared no
    /// longer. The version stays, so that nothing signed before is ever taken again, should the vehicle come back.
    pub fn change_owner(&mut self, owner: Address) -> OwnerChange {
        if owner == self.owner {
            return OwnerChange::SameOwner;
        }
        self.owner = owner;
        OwnerChange::DropPolicy
    }

    /// Checks that `consent` is the owner's, for this device and newer than the one held. Changes nothing.
    ///
    /// # Errors
    ///
    /// See [`ConsentRefusal`]; the policy held stays in force.
    pub fn check<'a>(
        &self,
        verifier: &impl Verifier,
        consent: SharingConsent<'a>,
        signature: &Signature,
    ) -> Result<Verified<SharingConsent<'a>>, ConsentRefusal> {
        // Cheap refusals first.
        self.check_scope(&consent)?;
        Ok(verifier.verify(consent, signature, self.owner)?)
    }

    /// Takes over the version of a consent, after its policy was stored.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check): the consent may have been verified elsewhere, or before another one was held.
    pub fn hold(&mut self, consent: &Verified<SharingConsent<'_>>) -> Result<(), ConsentRefusal> {
        self.check_scope(consent)?;
        let (expected, recovered) = (self.owner, consent.signer());
        if recovered != expected {
            return Err(VerifyError::WrongSigner { expected, recovered }.into());
        }
        self.version = consent.policy.version();
        Ok(())
    }

    fn check_scope(&self, consent: &SharingConsent<'_>) -> Result<(), ConsentRefusal> {
        if consent.registry != self.registry {
            return Err(ConsentRefusal::OtherRegistry);
        }
        if consent.policy.vehicle() != self.vehicle {
            return Err(ConsentRefusal::OtherVehicle);
        }
        if consent.device != self.device {
            return Err(ConsentRefusal::OtherDevice);
        }
        let (held, offered) = (self.version, consent.policy.version());
        match offered.checked_sub(held) {
            None | Some(0) => Err(ConsentRefusal::NotNewer { held, offered }),
            Some(step) if step > Self::MAX_STEP => Err(ConsentRefusal::TooFarAhead { held, offered }),
            Some(_) => Ok(()),
        }
    }
}

/// What a change of owner means for the policy in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the policy stays or goes")]
#[must_use]
pub enum OwnerChange {
    /// The owner is who it was: nothing changes.
    SameOwner,
    /// Another owner or another vehicle: drop the policy, stored and in memory, and keep its version stored; nothing is shared until the new owner consents.
    DropPolicy,
}

/// Why a device does not take a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConsentRefusal {
    /// For a vehicle of another registry: of the test network, say.
    #[error("the consent is for another registry")]
    OtherRegistry,
    /// For another vehicle: the device was moved, or the owner has several.
    #[error("the consent is for another vehicle")]
    OtherVehicle,
    /// For another device of the same vehicle.
    #[error("the consent is for another device")]
    OtherDevice,
    /// The version is not above the one held: an old consent, replayed, or the same again.
    #[error("version {offered} is not newer than {held}, which is held")]
    NotNewer {
        /// The version held.
        held: u64,
        /// The version offered.
        offered: u64,
    },
    /// The version is more than [`HeldSharing::MAX_STEP`] above the one held. Ask the device which it holds, and sign the next.
    #[error("version {offered} is too far above {held}, which is held")]
    TooFarAhead {
        /// The version held.
        held: u64,
        /// The version offered.
        offered: u64,
    },
    /// Not signed by the owner.
    #[error(transparent)]
    NotTheOwner(#[from] VerifyError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_grant_stands_at_the_end_of_the_consents() {
        assert!(SharingConsent::TYPE.ends_with(GRANT_TYPE));
    }
}
