//! The vectors of SPEC.md: a phone and a device talk by fixed keys, and what they say is written down, with what was said under the seal.
//!
//! The two machines talk as they do on a radio. A [`Witness`](witness::Witness), which has the keys of both, makes every message of their
//! handshakes by itself, finds the same, and opens what they seal.
#![allow(dead_code, reason = "the example and the test of SPEC.md each use their part")]

use std::error::Error;

use dimo_pairing::{Advertisement, AdvertisingFlags};

use crate::workshop;
use page::{Page, hex};
use scene::PHONE_STATIC;

mod first;
mod page;
#[cfg(feature = "pin")]
mod pin;
mod refusals;
mod resumption;
mod scene;
mod witness;

/// What the vectors are made by.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Section 13 of SPEC.md.
pub(crate) fn section_13() -> Outcome<String> {
    let mut page = Page::new();
    page.say("## 13. Vectors");
    page.say(
        "Two sides with fixed keys, as the example `transcript` prints them. Everything is hexadecimal but texts. The wallets sign by RFC 6979; \
         another signature that recovers to the same address is as good. The device's clock stands at 1,800,000,000; its owner is not \
         known, its presence window open.",
    );
    keys(&mut page)?;
    let mut scene = scene::Scene::by_label()?;
    let granted = first::write(&mut page, &mut scene)?;
    resumption::write(&mut page, &mut scene, granted)?;
    refusals::write(&mut page)?;
    Ok(page.into_text())
}

/// Section 14 of SPEC.md.
#[cfg(feature = "pin")]
pub(crate) fn section_14() -> Outcome<String> {
    let mut page = Page::new();
    page.say("## 14. Vectors of the PIN");
    pin::write(&mut page)?;
    Ok(page.into_text())
}

/// How often the phone has to wait for the device, from the first message of the handshake to the VIN: both proofs, identity and claim
/// are in it.
pub(crate) fn round_trips_of_a_first_pairing() -> Outcome<usize> {
    let mut scene = scene::Scene::by_label()?;
    first::write(&mut Page::new(), &mut scene)?;
    Ok(scene.round_trips())
}

/// A device with a phone that has paired.
pub(crate) fn device_in_a_session() -> Outcome<dimo_pairing::Device> {
    let mut scene = scene::Scene::by_label()?;
    first::write(&mut Page::new(), &mut scene)?;
    Ok(scene.device)
}

/// The device's address.
pub(crate) fn address() -> Outcome<dimo_types::Address> {
    scene::Scene::address()
}

fn keys(page: &mut Page) -> Outcome<()> {
    page.say("### 13.1 Keys, label and advertisement");
    let label = workshop::label()?;
    let (device_key, phone_key) = (key(workshop::DEVICE_STATIC), key(PHONE_STATIC));
    page.values(&[
        ("device wallet, key", workshop::WALLET_KEY.to_owned()),
        ("device address", hex(label.address.as_bytes())),
        ("owner wallet, key", workshop::OWNER_KEY.to_owned()),
        ("owner address", hex(workshop::owner_wallet()?.address().as_bytes())),
        ("device static key, secret", hex(&workshop::DEVICE_STATIC)),
        ("device static key, public", hex(device_key.public().as_bytes())),
        ("phone static key, secret", hex(&PHONE_STATIC)),
        ("phone static key, public", hex(phone_key.public().as_bytes())),
        ("label secret", hex(label.secret.as_bytes())),
        ("label text", label.to_text().as_str().to_owned()),
        ("label pre-shared key", hex(label.secret.pre_shared_key(&label.address).as_bytes())),
        ("label hint key", hex(label.secret.hint_key(&label.address).as_bytes())),
    ]);
    let flags = AdvertisingFlags::OPEN;
    let hint_key = label.secret.hint_key(&label.address);
    let advertisement = Advertisement::with_label(flags, &hint_key, *b"\x01\x02\x03\x04");
    page.say("The window is open, there is a label and no PIN, and the nonce is 01020304:");
    page.values(&[
        ("advertising data", hex(&Advertisement::advertising_data())),
        ("scan response", hex(&advertisement.scan_response())),
    ]);
    Ok(())
}

fn key(secret: [u8; 32]) -> dimo_pairing::NoiseKey {
    dimo_pairing::NoiseKey::from_bytes(secret)
}
