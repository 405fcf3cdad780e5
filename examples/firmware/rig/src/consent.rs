//! What the owner of the vehicle shares, and whose the vehicle is, as the backend tells the device.

use std::time::{SystemTime, UNIX_EPOCH};

use backend::sharing;
use blueprint::trust;
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Registry, SharingConsent, SoftwareKey};
use dimo_pairing::UploadedConsent;
use dimo_types::{Address, Grant, Privilege, SharingPolicy, Timestamp, TokenId};

use crate::steps::command;
use crate::world::{VEHICLE, World};

/// The owner of the demonstration, the second account of the Hardhat tool, as the phone has it.
const KEY: [u8; 32] = [
    0x59, 0xc6, 0x99, 0x5e, 0x99, 0x8f, 0x97, 0xa5, 0xa0, 0x04, 0x49, 0x66, 0xf0, 0x94, 0x53, 0x89, 0xdc,
    0x9e, 0x86, 0xda, 0xe8, 0x8c, 0x7a, 0x84, 0x12, 0xf4, 0x60, 0x3b, 0x6b, 0x78, 0x69, 0x0d,
];

/// What the registry knows once the owner has claimed the device and put it into the vehicle.
pub(crate) fn tell_owner(world: &mut World) -> Result<(), String> {
    let owner = owner()?.address();
    taken(command(world, &sharing::owner(&Registry::POLYGON, TokenId::from(VEHICLE), owner)))
}

/// The owner consents to this; `number` makes it newer than what a phone has brought.
pub(crate) fn give(world: &mut World, number: u64, grants: &[Grant]) -> Result<(), String> {
    let version = now().as_secs() + number;
    let policy = SharingPolicy::new(VEHICLE.into(), version, grants).map_err(|error| error.to_string())?;
    let consent = SharingConsent { registry: Registry::POLYGON, device: world.device, policy };
    let signature = owner()?.sign(&consent).map_err(|error| error.to_string())?;
    let mut room = [0; 512];
    let file = UploadedConsent { consent, signature }.write(&mut room).map_err(|error| error.to_string())?;
    taken(command(world, &sharing::consent(file)))
}

/// All of the vehicle for the backend, for a day; the clock of the device may be some seconds late.
pub(crate) fn everything() -> Grant {
    let at = |seconds: i64| now().checked_add_micros(seconds * 1_000_000).unwrap_or(Timestamp::MAX);
    let privileges = Privilege::ALL.into_iter().collect();
    Grant { recipient: Address::new(trust::RECIPIENT), privileges, from: at(-60), until: at(86_400) }
}

fn owner() -> Result<SoftwareKey, String> {
    SoftwareKey::from_bytes(KEY).map_err(|error| error.to_string())
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_secs(now.as_secs()).unwrap_or(Timestamp::EPOCH)
}

fn taken(report: Result<Vec<u8>, String>) -> Result<(), String> {
    match report?.as_slice() {
        [1, ..] => Ok(()),
        other => Err(format!("the device says {other:?}")),
    }
}
