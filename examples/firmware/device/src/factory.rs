//! What the factory gives a device for its phones. Every key here is public: nothing may rest on them.

use dimo_pairing::{HintKey, Identity, LabelSecret, NoiseKey, Setup, Text};
use dimo_types::Address;

use crate::version::Version;

const LABEL: [u8; 16] = *b"label of a demo!";
const STATIC: [u8; 32] = [0xD1; 32];

/// What the device is, with the release that runs on it.
pub(crate) fn setup(address: Address, release: u64) -> Option<Setup> {
    let identity = Identity {
        address,
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a").ok()?,
        hardware: Text::new("mps2-an386").ok()?,
        firmware: Version::of(release).text().ok()?,
    };
    Some(Setup::new(identity, NoiseKey::from_bytes(STATIC)).with_label(&LabelSecret::new(LABEL)))
}

/// By which a phone that knows the label finds it.
pub(crate) fn hint(address: &Address) -> HintKey {
    LabelSecret::new(LABEL).hint_key(address)
}
