//! The key schedule: from a shared secret and the transcript to the chains of both directions.

use super::chain::Chain;
use super::kdf::{Secret, expand, extract};

/// The keys of one stage of a session.
pub(super) struct StageKeys {
    pub(super) device_to_server: Chain,
    pub(super) server_to_device: Chain,
}

/// From the opening on: the ephemeral key of the device and the lasting key of the server.
pub(super) struct BaseKeys {
    pub(super) stage: StageKeys,
    pub(super) upgrade: UpgradeSecret,
}

impl BaseKeys {
    pub(super) fn derive(opening_transcript: &Secret, static_secret: &Secret) -> Self {
        let key = extract(opening_transcript, &[&static_secret[..]]);
        let upgrade = UpgradeSecret(expand(&key, b"upgrade"));
        Self { stage: StageKeys::derive(&key), upgrade }
    }
}

/// What the base stage hands on to the upgraded one, so that its keys need both secrets.
pub(super) struct UpgradeSecret(Secret);

impl UpgradeSecret {
    /// The key that the upgraded stage is derived from, and its confirmation.
    pub(super) fn with_ephemeral(&self, reply_transcript: &Secret, ephemeral_secret: &Secret) -> UpgradeKey {
        UpgradeKey(extract(reply_transcript, &[&self.0[..], &ephemeral_secret[..]]))
    }
}

/// Made of both secrets.
pub(super) struct UpgradeKey(pub(super) Secret);

impl UpgradeKey {
    pub(super) fn stage(&self) -> StageKeys {
        StageKeys::derive(&self.0)
    }
}

impl StageKeys {
    fn derive(key: &Secret) -> Self {
        Self {
            device_to_server: Chain::new(expand(key, b"device to server")),
            server_to_device: Chain::new(expand(key, b"server to device")),
        }
    }
}
