//! [`LabelSecret`], and the keys that come of it: HKDF-SHA256 (RFC 5869), each output at most one block.

use core::fmt;

use dimo_types::Address;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::PreSharedKey;

/// The secret of a label: 16 bytes, all of them random. Wiped on drop, hidden in `Debug`, compared in constant time.
///
/// # Example: what a device makes of it at start
///
/// ```
/// use dimo_pairing::LabelSecret;
/// use dimo_types::Address;
/// let (secret, address) = (LabelSecret::new([0x5A; 16]), Address::new([7; 20]));
/// let (for_handshakes, for_advertising) = (secret.pre_shared_key(&address), secret.hint_key(&address));
/// assert_eq!(format!("{secret:?}"), "LabelSecret(..)");
/// ```
#[derive(Clone)]
pub struct LabelSecret(Zeroizing<[u8; 16]>);

impl LabelSecret {
    /// A secret of 16 random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// Its bytes, to be stored where the wallet's secrets are.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The pre-shared key of handshakes by the label with the device of this address. Wiped on drop.
    #[must_use]
    pub fn pre_shared_key(&self, device: &Address) -> PreSharedKey {
        PreSharedKey::from_bytes(*self.derive(b"psk", device))
    }

    /// What tells the advertisements of this device from others.
    #[must_use]
    pub fn hint_key(&self, device: &Address) -> HintKey {
        let block = self.derive(b"hint", device);
        let mut key = HintKey::new([0; 16]);
        if let Some(front) = block.first_chunk() {
            *key.0 = *front;
        }
        key
    }

    /// HKDF-Extract, then the first block of HKDF-Expand.
    fn derive(&self, purpose: &[u8], device: &Address) -> Zeroizing<[u8; 32]> {
        let extracted = finish(keyed(b"DIMO-PAIR/1 label").chain_update(self.as_bytes()));
        let expanded = keyed(&extracted).chain_update(purpose).chain_update(device.as_bytes());
        finish(expanded.chain_update([1]))
    }
}

impl PartialEq for LabelSecret {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for LabelSecret {}

impl fmt::Debug for LabelSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LabelSecret(..)")
    }
}

/// Who has it recognises the device in what it advertises, and can do nothing else with it: a phone keeps it in place of the label.
///
/// Wiped on drop, hidden in `Debug`, compared in constant time.
#[derive(Clone)]
pub struct HintKey(Zeroizing<[u8; 16]>);

impl HintKey {
    /// A key as it was stored.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// HMAC-SHA256 of whatever is fed to it.
    pub(crate) fn mac(&self) -> Hmac<Sha256> {
        keyed(self.as_bytes())
    }
}

impl PartialEq for HintKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for HintKey {}

impl fmt::Debug for HintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HintKey(..)")
    }
}

/// HMAC pads a key of up to 64 bytes with zeros. Sizes that cannot fail, because a key derivation that can needs an answer to
/// what the key is then.
fn keyed<const N: usize>(key: &[u8; N]) -> Hmac<Sha256> {
    const { assert!(N <= 64, "a longer key is hashed") }
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    if let Some(front) = block.first_chunk_mut() {
        *front = *key;
    }
    let mac = Hmac::new(&block);
    block.zeroize();
    mac
}

fn finish(mac: Hmac<Sha256>) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(mac.finalize().into_bytes().into())
}
