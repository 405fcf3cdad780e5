//! What each side holds: [`ProverSecrets`] whoever knows the password, [`Registration`] whoever checks it.

use core::fmt;

use p256::elliptic_curve::subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use p256::{ProjectivePoint, Scalar};
use thiserror::Error;
use zeroize::Zeroizing;

use super::Share;
use super::group::{self, Secret, SecretPoint};

/// Bytes that a password is derived to: 40 for each scalar, 64 bits more than it has (RFC 9383, 3.2).
pub const DERIVED_LEN: usize = 80;

/// `w0` and `w1` (RFC 9383, 3.2): what the password is to the prover. Wipes itself on drop and does not show itself.
pub struct ProverSecrets {
    pub(super) w0: Secret,
    pub(super) w1: Secret,
}

impl ProverSecrets {
    /// The secrets of a password, from what a function that is slow on purpose makes of it: `w0s`, 40 bytes, then `w1s`, 40 bytes.
    #[must_use]
    pub fn from_derived(derived: &[u8; DERIVED_LEN]) -> Self {
        let (w0s, w1s) = derived.split_at(DERIVED_LEN / 2);
        let [w0, w1] = [w0s, w1s].map(half);
        Self { w0, w1 }
    }

    /// The secrets from the scalars themselves, 32 bytes each, big-endian.
    ///
    /// # Errors
    ///
    /// [`SecretError::Scalar`].
    pub fn from_scalars(w0: &[u8; 32], w1: &[u8; 32]) -> Result<Self, SecretError> {
        let [w0, w1] = [w0, w1].map(|bytes| group::scalar(bytes).ok_or(SecretError::Scalar));
        Ok(Self { w0: w0?, w1: w1? })
    }

    /// What the verifier is given: enough to check the password, too little to be the prover.
    #[must_use]
    pub fn registration(&self) -> Registration {
        Registration { w0: self.w0.clone(), l: group::multiple(&ProjectivePoint::GENERATOR, &self.w1) }
    }
}

/// One half of what was derived. Zero, which one in 2^256 passwords would be, becomes one, so that nothing can fail.
fn half(bytes: &[u8]) -> Secret {
    let mut number = Zeroizing::new([0; DERIVED_LEN / 2]);
    number.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let mut scalar = group::reduce(&number);
    let zero = scalar.ct_eq(&Scalar::ZERO);
    scalar.conditional_assign(&Scalar::ONE, zero);
    scalar
}

impl fmt::Debug for ProverSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProverSecrets")
    }
}

/// `w0` and `L` (RFC 9383, 3.2): what the password is to the verifier. Whoever has it can pass for the verifier, and try passwords as fast
/// as the slow function lets them; they cannot pass for the prover before they have found it. Wipes itself on drop and does not show
/// itself.
#[derive(Clone)]
pub struct Registration {
    pub(super) w0: Secret,
    pub(super) l: SecretPoint,
}

impl Registration {
    /// A registration from its parts: a scalar of 32 bytes, big-endian, and a point, uncompressed.
    ///
    /// # Errors
    ///
    /// [`SecretError`].
    pub fn from_parts(w0: &[u8; 32], l: &Share) -> Result<Self, SecretError> {
        let w0 = group::scalar(w0).ok_or(SecretError::Scalar)?;
        let l = group::point(l).map(Zeroizing::new).ok_or(SecretError::Point)?;
        Ok(Self { w0, l })
    }

    /// `w0`, 32 bytes, big-endian: a secret.
    #[must_use]
    pub fn w0(&self) -> Zeroizing<[u8; 32]> {
        group::scalar_bytes(&self.w0)
    }

    /// `L`, uncompressed: a secret, as it lets passwords be tried.
    #[must_use]
    pub fn l(&self) -> Zeroizing<Share> {
        Zeroizing::new(group::encode(&self.l))
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration")
    }
}

/// Why bytes are not the secrets of a side: they were changed since they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// A scalar is zero or not below the order of the group.
    #[error("not a scalar of the group")]
    Scalar,
    /// `L` is not a point of the group, or the identity.
    #[error("not a point of the group")]
    Point,
}
