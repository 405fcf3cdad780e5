//! [`open`]: the key of the device, in a file.

use std::path::Path;

use dimo_crypto::SoftwareKey;
use dimo_hal::{KeySlot, SoftwareSecureElement, Wallet};
use gateway::enrol::DeviceWallet;
use gateway::{Failed, random};

use crate::storage::{read_private, write_private};

const KEY: KeySlot = KeySlot(0);

/// The wallet over the file, which is made for a new device.
pub(crate) fn open(folder: &Path) -> Result<DeviceWallet, Failed> {
    let file = folder.join("device.key");
    let failed = |reason: &dyn std::fmt::Display| Failed::at(&file.display().to_string(), reason);
    let secret = match read_private(&file)? {
        Some(secret) => secret,
        None => {
            let secret = random::<32>()?;
            write_private(&file, &secret)?;
            secret.to_vec()
        }
    };
    let secret: [u8; 32] = secret.try_into().map_err(|_| failed(&"it has not 32 bytes"))?;
    let key = SoftwareKey::from_bytes(secret).map_err(|error| failed(&error))?;
    let element = SoftwareSecureElement::new(random()?).with_key(KEY, key).map_err(|error| failed(&error))?;
    Wallet::open_blocking(element, KEY).map_err(|error| failed(&error))
}

/// On standard error, at each start.
pub(crate) fn warn(folder: &Path) {
    let file = folder.join("device.key");
    eprintln!(
        "WARNING: THE KEY OF THIS DEVICE IS A FILE, {}. THIS IS NO SECURE ELEMENT: WHOEVER READS THE FILE IS THE DEVICE.",
        file.display()
    );
}
