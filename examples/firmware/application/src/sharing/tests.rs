//! Only the owner of the vehicle says what is shared, over every restart, and what is taken back is thrown away.

extern crate std;

use core::cell::RefCell;
use std::vec::Vec;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{ConsentRefusal, Registry, SharingConsent, SoftwareKey};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::FlashKeyValue;
use dimo_hal::mock::{MockFlash, Supply};
use dimo_hal::wait;
use dimo_pairing::UploadedConsent;
use dimo_types::{Address, Grant, Privilege, SharingPolicy, Timestamp, TokenId};

use super::{Purge, Sharing, SharingRefusal, belong, consent, settle};

const DEVICE: Address = Address::new([7; 20]);
const BACKEND: Address = Address::new([0xBE; 20]);
const OTHER: Address = Address::new([0xCC; 20]);
const VEHICLE: u64 = 1337;

type Flash = MockFlash<4, 4096>;

/// A device whose power comes and goes.
struct Device {
    flash: Flash,
}

impl Device {
    fn new() -> Self {
        Self { flash: MockFlash::new(3, &Supply::default()) }
    }

    /// What it does between two starts.
    fn start<T>(&mut self, what: impl FnOnce(&RefCell<Sharing>, &mut Store<'_>) -> T) -> T {
        let mut store = wait(FlashKeyValue::open(BlockingFlash(&mut self.flash))).unwrap();
        let sharing = wait(Sharing::load(&mut store, DEVICE, BACKEND)).unwrap();
        what(&RefCell::new(sharing), &mut store)
    }

    /// In the vehicle of an owner.
    fn of(owner: u8) -> Self {
        let mut device = Self::new();
        device.start(|sharing, store| wait(belong(sharing, store, &belonging(owner))).unwrap());
        device.settled();
        device
    }

    /// The queue is emptied where that is due.
    fn settled(&mut self) {
        self.start(|sharing, store| {
            sharing.borrow_mut().thrown_away();
            wait(settle(sharing, store)).unwrap();
        });
    }

    fn consent(&mut self, file: &[u8]) -> Result<(), SharingRefusal> {
        self.start(|sharing, store| wait(consent(sharing, store, file, now())))
    }

    fn shares(&mut self) -> bool {
        self.start(|sharing, _| sharing.borrow().disclosure(now()).is_some())
    }

    fn sends(&mut self) -> bool {
        self.start(|sharing, _| sharing.borrow().may_send(now()))
    }

    fn purge(&mut self) -> Purge {
        self.start(|sharing, _| sharing.borrow().purge())
    }
}

type Store<'f> = FlashKeyValue<BlockingFlash<&'f mut Flash>, 1024>;

fn now() -> Timestamp {
    Timestamp::from_secs(1_800_000_000).unwrap()
}

fn key(owner: u8) -> SoftwareKey {
    SoftwareKey::from_bytes([owner; 32]).unwrap()
}

fn belonging(owner: u8) -> Vec<u8> {
    let vehicle = TokenId::from(VEHICLE);
    let chain = Registry::POLYGON.chain_id.to_be_bytes();
    let address = key(owner).address();
    let parts: [&[u8]; 4] =
        [&chain, Registry::POLYGON.contract.as_bytes(), vehicle.as_be_bytes(), address.as_bytes()];
    parts.concat()
}

fn grant(recipient: Address, privileges: &[Privilege], from_s: u64) -> Grant {
    let from = Timestamp::from_secs(from_s).unwrap();
    let privileges = privileges.iter().copied().collect();
    Grant { recipient, privileges, from, until: now().checked_add_micros(1_000_000_000).unwrap() }
}

/// What an owner has signed.
fn signed(owner: u8, version: u64, grants: &[Grant]) -> Vec<u8> {
    let policy = SharingPolicy::new(VEHICLE.into(), version, grants).unwrap();
    let consent = SharingConsent { registry: Registry::POLYGON, device: DEVICE, policy };
    let signature = key(owner).sign(&consent).unwrap();
    UploadedConsent { consent, signature }.write(&mut [0; 512]).unwrap().to_vec()
}

/// Readings for the backend.
fn readings(owner: u8, version: u64) -> Vec<u8> {
    signed(owner, version, &[grant(BACKEND, &[Privilege::NonLocationData], 1_700_000_000)])
}

#[test]
fn nothing_is_shared_before_the_owner_says_so() {
    let mut device = Device::new();
    assert_eq!(device.consent(&readings(1, 1)), Err(SharingRefusal::NoOwner));
    let mut device = Device::of(1);
    assert!(!device.shares());
    assert!(matches!(
        device.consent(&readings(2, 1)),
        Err(SharingRefusal::Consent(ConsentRefusal::NotTheOwner(_)))
    ));
    assert!(!device.shares());
    device.consent(&readings(1, 1)).unwrap();
    assert!(device.shares());
}

#[test]
fn an_older_consent_is_refused_after_a_restart() {
    let mut device = Device::of(1);
    device.consent(&readings(1, 5)).unwrap();
    assert_eq!(
        device.consent(&readings(1, 5)),
        Err(SharingRefusal::Consent(ConsentRefusal::NotNewer { held: 5, offered: 5 }))
    );
    assert!(device.shares());
}

#[test]
fn what_was_kept_goes_when_less_is_shared_and_stays_when_more_is() {
    let mut device = Device::of(1);
    let (readings, both) =
        ([Privilege::NonLocationData], [Privilege::NonLocationData, Privilege::VinCredential]);
    let from = 1_700_000_000;
    device.consent(&signed(1, 1, &[grant(BACKEND, &readings, from)])).unwrap();
    device.settled();
    device.consent(&signed(1, 2, &[grant(BACKEND, &both, from)])).unwrap();
    assert_eq!(device.purge(), Purge::None);
    assert!(device.sends());
    for (version, less) in [
        (3, std::vec![grant(BACKEND, &readings, from)]),
        (4, std::vec![grant(BACKEND, &readings, from + 1)]),
        (5, std::vec![grant(OTHER, &both, from)]),
        (6, Vec::new()),
    ] {
        device.consent(&signed(1, version, &less)).unwrap();
        assert_eq!(device.purge(), Purge::Due, "version {version}");
        assert!(!device.sends(), "version {version}");
        device.settled();
        assert_eq!(device.purge(), Purge::None);
    }
    assert!(!device.sends());
}

#[test]
fn what_must_go_goes_after_a_restart_too() {
    let mut device = Device::of(1);
    device.consent(&readings(1, 1)).unwrap();
    // What waits is thrown away, and the power goes before the store knows.
    device.start(|sharing, _| sharing.borrow_mut().thrown_away());
    assert_eq!(device.purge(), Purge::Due);
    assert!(!device.sends());
    // A consent that shows as much does not call it off.
    device.consent(&readings(1, 2)).unwrap();
    assert_eq!(device.purge(), Purge::Due);
    device.settled();
    assert!(device.sends());
}

#[test]
fn another_owner_begins_anew() {
    let mut device = Device::of(1);
    device.consent(&readings(1, 5)).unwrap();
    device.settled();
    device.start(|sharing, store| {
        // The same again changes nothing.
        wait(belong(sharing, store, &belonging(1))).unwrap();
        assert_eq!(sharing.borrow().purge(), Purge::None);
        wait(belong(sharing, store, &belonging(2))).unwrap();
        assert_eq!(sharing.borrow().owner(), Some(key(2).address()));
    });
    assert!(!device.shares());
    assert_eq!(device.purge(), Purge::Due);
    // What the former owner has signed is nothing any more, and its number is used up.
    assert!(device.consent(&readings(1, 6)).is_err());
    assert!(device.consent(&readings(2, 5)).is_err());
    device.consent(&readings(2, 6)).unwrap();
    assert!(device.shares());
}

#[test]
fn what_is_no_consent_changes_nothing() {
    let mut device = Device::of(1);
    device.consent(&readings(1, 1)).unwrap();
    device.settled();
    let file = readings(1, 2);
    for len in 0..file.len() {
        assert!(device.consent(&file[..len]).is_err(), "{len} bytes");
    }
    let many = [grant(BACKEND, &[Privilege::NonLocationData], 1); 5];
    assert!(matches!(device.consent(&signed(1, 2, &many)), Err(SharingRefusal::Form(_))));
    device.start(|sharing, store| {
        assert_eq!(wait(belong(sharing, store, &belonging(1)[..79])), Err(SharingRefusal::NoOwner));
    });
    assert!(device.sends());
}
