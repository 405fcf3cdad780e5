//! What the factory gives a device. Every key here is public: nothing may rest on them.

use dimo_crypto::{SoftwareKey, keccak256};
use dimo_hal::key_value::{Key, KeyValue};
use dimo_hal::{KeySlot, SoftwareSecureElement};
use dimo_pairing::{HintKey, Identity, LabelSecret, NoiseKey, Setup, Text};
use dimo_types::Address;

/// Where the wallet is.
pub(crate) const SLOT: KeySlot = KeySlot(0);
/// The first account of the Hardhat tool.
const WALLET: [u8; 32] = [
    0xac, 0x09, 0x74, 0xbe, 0xc3, 0x9a, 0x17, 0xe3, 0x6b, 0xa4, 0xa6, 0xb4, 0xd2, 0x38, 0xff, 0x94, 0x4b,
    0xac, 0xb4, 0x78, 0xcb, 0xed, 0x5e, 0xfc, 0xae, 0x78, 0x4d, 0x7b, 0xf4, 0xf2, 0xff, 0x80,
];
const LABEL: [u8; 16] = *b"label of a demo!";
const STATIC: [u8; 32] = [0xD1; 32];

/// How often this device has started: a name in its store, and a form.
const STARTS: Key = Key::new(1, 1);

/// What has the wallet. QEMU has no random numbers; those of this one differ from start to start, and no secret is in them.
pub(crate) async fn element<K: KeyValue>(storage: &mut K) -> Option<SoftwareSecureElement> {
    let mut starts = [0; 4];
    let _ = storage.get(STARTS, &mut starts).await.ok()?;
    let next = u32::from_le_bytes(starts).wrapping_add(1).to_le_bytes();
    storage.put(STARTS, &next).await.ok()?;
    let element = SoftwareSecureElement::new(keccak256(&next));
    element.with_key(SLOT, SoftwareKey::from_bytes(WALLET).ok()?).ok()
}

/// What the device is.
pub(crate) fn setup(address: Address) -> Option<Setup> {
    let identity = Identity {
        address,
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a").ok()?,
        hardware: Text::new("mps2-an386").ok()?,
        firmware: Text::new(env!("CARGO_PKG_VERSION")).ok()?,
    };
    Some(Setup::new(identity, NoiseKey::from_bytes(STATIC)).with_label(&LabelSecret::new(LABEL)))
}

/// By which a phone that knows the label finds it.
pub(crate) fn hint(address: &Address) -> HintKey {
    LabelSecret::new(LABEL).hint_key(address)
}
