//! Sharing: only the owner's consent, only for this device, only newer than the one held.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]
#![cfg(feature = "software-key")]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{
    Address, ConsentRefusal, HeldSharing, K256Verifier, Message, OwnerChange, Registry, SharingConsent,
    Signature, SoftwareKey, VerifyError, keccak256, verify,
};
use dimo_types::{Grant, Privilege, PrivilegeSet, SharingPolicy, Timestamp, TokenId};
use util::{bytes, device, owner};

fn grant(recipient: u8, privilege: Privilege) -> Grant {
    let at = |secs| Timestamp::from_secs(secs).unwrap();
    let privileges = PrivilegeSet::EMPTY.with(privilege);
    Grant { recipient: Address::new([recipient; 20]), privileges, from: at(1), until: at(2) }
}

fn consent(version: u64, grants: &[Grant]) -> SharingConsent<'_> {
    let policy = SharingPolicy::new(TokenId::from(1337), version, grants).unwrap();
    SharingConsent { registry: Registry::POLYGON, device: device().address(), policy }
}

fn held() -> HeldSharing {
    HeldSharing::new(Registry::POLYGON, TokenId::from(1337), device().address(), owner().address())
}

fn signed(consent: &SharingConsent<'_>, mut by: SoftwareKey) -> Signature {
    by.sign(consent).unwrap()
}

/// Offers the owner's consent and holds it if it may.
fn offer(held: &mut HeldSharing, consent: SharingConsent<'_>) -> Result<(), ConsentRefusal> {
    let verified = held.check(&K256Verifier, consent, &signed(&consent, owner()))?;
    held.hold(&verified)
}

#[test]
fn the_digest_is_typed_data_as_a_phone_wallet_computes_it() {
    // From eth-account 0.14, `encode_typed_data`, for the domain and the types that the documentation names.
    let empty = consent(1, &[]);
    assert_eq!(empty.digest().to_string(), EMPTY_DIGEST);
    let grants = [grant(0x11, Privilege::NonLocationData), grant(0x22, Privilege::ApproximateLocation)];
    assert_eq!(consent(7, &grants).digest().to_string(), TWO_GRANTS_DIGEST);
    assert_eq!(SharingConsent::TYPE_HASH, keccak256(SharingConsent::TYPE.as_bytes()));
    assert_eq!(SharingConsent::domain_separator(&Registry::POLYGON), bytes(DOMAIN_SEPARATOR));
}

const EMPTY_DIGEST: &str = "0xc2d19d4cece5662300376c0eea3dd5ebdebae760d9c2804d562c398e42052009";
const TWO_GRANTS_DIGEST: &str = "0x4e04a6db6b7b44422410ca3e4021afdb1dd656e528c2ce9e6efcb943488aade4";
const DOMAIN_SEPARATOR: &str = "66d3fc92c8bf81881405dd7c5218ab738976a1e60bd5543c62dcf44ca5aefa5e";

#[test]
fn every_field_is_signed() {
    let grants = [grant(0x11, Privilege::NonLocationData), grant(0x22, Privilege::Commands)];
    let base = consent(7, &grants);
    let vehicle = SharingPolicy::new(TokenId::from(1), 7, &grants).unwrap();
    let later = Timestamp::from_secs(3).unwrap();
    let early = Timestamp::EPOCH;
    let changed = [
        [Grant { recipient: Address::new([0x12; 20]), ..grants[0] }, grants[1]],
        [Grant { privileges: PrivilegeSet::EMPTY, ..grants[0] }, grants[1]],
        [Grant { from: early, ..grants[0] }, grants[1]],
        [grants[0], Grant { until: later, ..grants[1] }],
        [grants[1], grants[0]],
    ];
    let mut digests = vec![
        base.digest(),
        consent(8, &grants).digest(),
        consent(7, &grants[..1]).digest(),
        SharingConsent { registry: Registry::AMOY, ..base }.digest(),
        SharingConsent { device: owner().address(), ..base }.digest(),
        SharingConsent { policy: vehicle, ..base }.digest(),
    ];
    digests.extend(changed.iter().map(|grants| consent(7, grants).digest()));
    let count = digests.len();
    digests.sort_unstable_by_key(|digest| *digest.as_bytes());
    digests.dedup();
    assert_eq!(digests.len(), count);
}

#[test]
fn versions_only_grow() {
    let mut held = held();
    assert_eq!(offer(&mut held, consent(0, &[])), Err(ConsentRefusal::NotNewer { held: 0, offered: 0 }));
    assert_eq!(offer(&mut held, consent(3, &[])), Ok(()));
    for offered in 0..=3 {
        let refused = ConsentRefusal::NotNewer { held: 3, offered };
        assert_eq!(offer(&mut held, consent(offered, &[])), Err(refused));
    }
    assert_eq!(offer(&mut held, consent(4, &[])), Ok(()));
    assert_eq!(held.version(), 4);
}

#[test]
fn a_version_far_ahead_cannot_use_the_numbers_up() {
    let mut held = held();
    let offered = HeldSharing::MAX_STEP + 1;
    assert_eq!(
        offer(&mut held, consent(offered, &[])),
        Err(ConsentRefusal::TooFarAhead { held: 0, offered })
    );
    assert_eq!(offer(&mut held, consent(HeldSharing::MAX_STEP, &[])), Ok(()));
    let mut last = held.resume(u64::MAX - 1);
    assert_eq!(offer(&mut last, consent(u64::MAX, &[])), Ok(()));
    let refused = ConsentRefusal::NotNewer { held: u64::MAX, offered: 1 };
    assert_eq!(offer(&mut last, consent(1, &[])), Err(refused));
}

#[test]
fn a_restart_and_a_check_alone_change_nothing() {
    let mut held = held();
    let two = consent(2, &[]);
    held.check(&K256Verifier, two, &signed(&two, owner())).unwrap();
    assert_eq!(held.version(), 0, "checked, not yet stored");
    offer(&mut held, two).unwrap();
    let resumed = self::held().resume(held.version());
    assert_eq!(resumed, held);
}

#[test]
fn consents_for_another_device_vehicle_or_registry_are_refused() {
    let mut held = held();
    let ours = consent(1, &[]);
    let policy = SharingPolicy::new(TokenId::from(1338), 1, &[]).unwrap();
    let cases = [
        (SharingConsent { registry: Registry::AMOY, ..ours }, ConsentRefusal::OtherRegistry),
        (SharingConsent { policy, ..ours }, ConsentRefusal::OtherVehicle),
        (SharingConsent { device: owner().address(), ..ours }, ConsentRefusal::OtherDevice),
    ];
    for (other, refusal) in cases {
        assert_eq!(offer(&mut held, other), Err(refusal));
        // Verified elsewhere, it is not held either.
        let verified = verify(other, &signed(&other, owner()), owner().address()).unwrap();
        assert_eq!(held.hold(&verified), Err(refusal));
    }
    assert_eq!(held, self::held());
}

#[test]
fn only_the_owner_consents_and_not_the_device_itself() {
    let mut held = held();
    let ours = consent(1, &[]);
    let (expected, recovered) = (owner().address(), device().address());
    let refused = ConsentRefusal::NotTheOwner(VerifyError::WrongSigner { expected, recovered });
    assert_eq!(held.check(&K256Verifier, ours, &signed(&ours, device())), Err(refused));
    let verified = verify(ours, &signed(&ours, device()), device().address()).unwrap();
    assert_eq!(held.hold(&verified), Err(refused));
    assert_eq!(held.version(), 0);
}

#[test]
fn a_new_owner_voids_the_policy_and_old_consents_stay_old_when_the_vehicle_comes_back() {
    let mut held = held();
    offer(&mut held, consent(5, &[])).unwrap();
    assert_eq!(held.change_owner(owner().address()), OwnerChange::SameOwner);
    assert_eq!(held.change_owner(device().address()), OwnerChange::DropPolicy);
    assert_eq!((held.owner(), held.version()), (device().address(), 5));
    assert!(matches!(offer(&mut held, consent(6, &[])), Err(ConsentRefusal::NotTheOwner(_))));
    assert_eq!(held.change_owner(owner().address()), OwnerChange::DropPolicy);
    assert!(offer(&mut held, consent(5, &[])).is_err());
    assert_eq!(offer(&mut held, consent(6, &[])), Ok(()));
}

#[test]
fn a_device_that_was_in_another_vehicle_takes_no_consent_of_before() {
    let mut held = held();
    offer(&mut held, consent(5, &[])).unwrap();
    let here = consent(1, &[]).policy.vehicle();
    assert_eq!(held.change_vehicle(here, owner().address()), OwnerChange::SameOwner);
    assert_eq!(held.change_vehicle(TokenId::from(9), owner().address()), OwnerChange::DropPolicy);
    assert_eq!(offer(&mut held, consent(6, &[])), Err(ConsentRefusal::OtherVehicle));
    assert_eq!(held.change_vehicle(here, owner().address()), OwnerChange::DropPolicy);
    assert!(offer(&mut held, consent(5, &[])).is_err());
    assert_eq!(offer(&mut held, consent(6, &[])), Ok(()));
}
