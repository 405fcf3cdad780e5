//! The transcript and what is derived from it (RFC 9383, 3.3 and 3.4).

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::group::{self, Secret, SecretPoint};
use super::kdf::{self, Key};
use super::{Confirmation, Names, Share};

/// The shares as they were sent, the prover's first.
pub(super) struct Shares<'a> {
    pub(super) prover: &'a Share,
    pub(super) verifier: &'a Share,
}

/// `K_main` of an exchange: the hash of all that both sides must have alike.
pub(super) fn main_key(
    names: &Names<'_>,
    shares: &Shares<'_>,
    z: &SecretPoint,
    v: &SecretPoint,
    w0: &Secret,
) -> Key {
    let [z, v] = [z, v].map(|point| Zeroizing::new(group::encode(point)));
    let w0 = group::scalar_bytes(w0);
    let fields: [&[u8]; 10] = [
        names.context,
        names.prover,
        names.verifier,
        &group::M,
        &group::N,
        shares.prover,
        shares.verifier,
        &z[..],
        &v[..],
        &w0[..],
    ];
    let hash = fields.iter().fold(Sha256::new(), |hash, field| {
        hash.chain_update((field.len() as u64).to_le_bytes()).chain_update(field)
    });
    Zeroizing::new(hash.finalize().into())
}

/// The keys that `K_main` makes.
pub(super) struct Keys {
    pub(super) confirm_prover: Key,
    pub(super) confirm_verifier: Key,
    pub(super) shared: Key,
}

impl Keys {
    pub(super) fn derive(main: &Key) -> Self {
        let key = kdf::extract(main);
        let confirm_prover = kdf::expand(&key, CONFIRMATION_KEYS);
        let confirm_verifier = kdf::expand_second(&key, &confirm_prover, CONFIRMATION_KEYS);
        Self { confirm_prover, confirm_verifier, shared: kdf::expand(&key, b"SharedKey") }
    }

    /// `confirmP`: of the prover, over the share of the verifier.
    pub(super) fn prover_confirmation(&self, shares: &Shares<'_>) -> Confirmation {
        *kdf::mac(&self.confirm_prover, &[shares.verifier])
    }

    /// `confirmV`: of the verifier, over the share of the prover.
    pub(super) fn verifier_confirmation(&self, shares: &Shares<'_>) -> Confirmation {
        *kdf::mac(&self.confirm_verifier, &[shares.prover])
    }
}

const CONFIRMATION_KEYS: &[u8] = b"ConfirmationKeys";
