//! The test keys of the maker, and the root that names them.

use std::error::Error;

use blueprint::trust::VENDOR;
use dimo_crypto::manifest::{Algorithm, KeyId, RoleKeys, Root, RootPlan};
use ed25519_dalek::{Signer as _, SigningKey};

/// A test key.
pub(crate) struct Key(SigningKey);

impl Key {
    /// Signs the next root.
    const ROOT: u8 = 1;
    /// Signs manifests.
    pub(crate) const RELEASE: u8 = 2;
    /// Signs directives.
    pub(crate) const DIRECTOR: u8 = 3;
    /// Nobody's.
    pub(crate) const STRANGER: u8 = 4;

    /// The secret is the number, 32 times.
    pub(crate) fn test(number: u8) -> Self {
        Self(SigningKey::from_bytes(&[number; 32]))
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    pub(crate) fn id(&self) -> KeyId {
        KeyId::of(&self.public())
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

/// The public keys of the maker, as `blueprint/src/root.bin` has them.
pub(crate) fn root() -> Result<Vec<u8>, Box<dyn Error>> {
    let [root, release, director] =
        [Key::ROOT, Key::RELEASE, Key::DIRECTOR].map(|number| Key::test(number).public());
    let plan = RootPlan {
        vendor: VENDOR,
        epoch: 0,
        algorithm: Algorithm::Ed25519,
        root: RoleKeys { threshold: 1, keys: &[&root] },
        release: RoleKeys { threshold: 1, keys: &[&release] },
        director: RoleKeys { threshold: 1, keys: &[&director] },
        floors: &[],
    };
    Ok(plan.encode(&mut [0; Root::MAX_LEN])?.to_vec())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_root_of_the_boot_loader_is_that_of_the_test_keys() {
        assert_eq!(super::root().unwrap(), include_bytes!("../../blueprint/src/root.bin"));
    }
}
