//! SPAKE2+ (RFC 9383), suite P256-SHA256-HKDF-SHA256-HMAC-SHA256: two sides prove to each other that they know the same password, and
//! nobody learns it who did not know it.
//!
//! The protocol alone, without clock, randomness or radio. Who pairs by PIN begins at [`Pin`](crate::Pin) and
//! [`PinRecord`](crate::PinRecord), which make the secrets of both sides.
//!
//! ```text
//! Prover (phone): ProverSecrets                              Verifier (device): Registration
//!   Prover::begin   ── share, 65 bytes ──────────────────▶     Verifier::respond
//!   Prover::finish  ◀── share, 65, confirmation, 32 ───────
//!                   ── confirmation, 32 bytes ───────────▶     Verifier::verify
//!   SharedKey                                                  SharedKey
//! ```
//!
//! **One run is one guess, and it is made at [`Verifier::respond`]**: the confirmation that it returns tells a stranger whether the
//! password tried was the right one. So a device counts every call of `respond` as a failure, before it sends what came of it, and takes
//! that back when [`Verifier::verify`] returns a key. Whoever counts only what `verify` refuses leaves guessing free.
//!
//! # Example: the same secret on both sides
//!
//! ```
//! use dimo_pairing::spake2plus::{Ephemeral, Names, Prover, ProverSecrets, Verifier};
//! # let (derived, phone_random, device_random) = ([7; 80], [1; 48], [2; 48]);
//! let names = Names { context: b"an example", prover: b"phone", verifier: b"device" };
//! // `derived` comes of the password by a function that is slow on purpose; the device gets the registration alone.
//! let secrets = ProverSecrets::from_derived(&derived);
//! let registration = secrets.registration();
//!
//! let (prover, share_p) = Prover::begin(&secrets, Ephemeral::from_random(phone_random)?);
//! let once = Ephemeral::from_random(device_random)?;
//! let (verifier, share_v, confirm_v) = Verifier::respond(&registration, once, &names, &share_p)?;
//! let (confirm_p, phone_key) = prover.finish(&names, &share_v, &confirm_v)?;
//! let device_key = verifier.verify(&confirm_p)?;
//! assert_eq!(phone_key.as_bytes(), device_key.as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;

use thiserror::Error;

mod ephemeral;
mod group;
mod kdf;
mod prover;
mod schedule;
mod secrets;
#[cfg(test)]
mod tests;
mod verifier;

pub use ephemeral::{BadRandomness, Ephemeral, RANDOM_LEN};
pub use prover::Prover;
pub use secrets::{DERIVED_LEN, ProverSecrets, Registration, SecretError};
pub use verifier::Verifier;

/// Bytes of a share: a point of P-256, uncompressed (SEC 1, 2.3.3).
pub const SHARE_LEN: usize = 65;

/// Bytes of a confirmation: a tag of HMAC-SHA256.
pub const CONFIRMATION_LEN: usize = 32;

/// What one side sends first: a point of P-256, uncompressed.
pub type Share = [u8; SHARE_LEN];

/// What proves to the other side that one has arrived at the same key.
pub type Confirmation = [u8; CONFIRMATION_LEN];

/// What both sides must call alike for the exchange to come out (RFC 9383, 3.3): the use that is made of it, and the two who do.
///
/// Nothing of it is sent. What was negotiated before, a version for one, belongs into `context`: then nobody on the way can have changed
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the RFC binds these three")]
pub struct Names<'a> {
    /// The protocol and its version, and what was negotiated.
    pub context: &'a [u8],
    /// Who knows the password.
    pub prover: &'a [u8],
    /// Who holds the registration.
    pub verifier: &'a [u8],
}

/// `K_shared` (RFC 9383, 3.4): the secret that both sides have after the exchange, and nobody else. Wipes itself on drop and does not
/// show itself.
pub struct SharedKey(kdf::Key);

impl SharedKey {
    /// Its 32 bytes. Derive from them whatever is needed; do not store them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey")
    }
}

/// Why an exchange ended. Either way it is over, and the next one needs other randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The share is not a point of the group: not uncompressed, not on the curve, the identity, or one that would make it so. A side
    /// that follows the protocol never sends such a thing.
    #[error("the share is not a point of the group")]
    BadShare,
    /// The confirmation is not that of somebody with the same password and the same [`Names`] who saw the same shares. The PIN was
    /// mistyped, or somebody is guessing, or changed a message on its way: ask for the PIN again.
    #[error("the other side has another PIN")]
    WrongPin,
}
