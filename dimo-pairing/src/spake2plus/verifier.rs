//! [`Verifier`]: the side that holds the registration.

use core::fmt;

use p256::ProjectivePoint;
use p256::elliptic_curve::ops::LinearCombination as _;
use p256::elliptic_curve::subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::group::{self, M, N};
use super::kdf::Key;
use super::schedule::{Keys, Shares, main_key};
use super::{Confirmation, Ephemeral, ExchangeError, Names, Registration, Share, SharedKey};

/// The side that holds the registration, a device, between its answer and the confirmation of the prover: 64 bytes.
///
/// [`respond`](Self::respond), then [`verify`](Self::verify) once. Dropped, it is forgotten; the next exchange begins with other
/// randomness, and is another guess.
pub struct Verifier {
    expected: Key,
    shared: Key,
}

impl Verifier {
    /// Answers the prover's share: `shareV` and `confirmV`, for the prover. The five multiplications of the exchange are done then.
    ///
    /// **Count it as a failed attempt before anything of it is sent**, whatever came of it, and keep the count where a reset does not
    /// reach it: the answer tells a stranger whether a password was right. It is no failure when [`verify`](Self::verify) says so.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::BadShare`].
    pub fn respond(
        registration: &Registration,
        y: Ephemeral,
        names: &Names<'_>,
        share: &Share,
    ) -> Result<(Self, Share, Confirmation), ExchangeError> {
        let theirs = group::point(share).ok_or(ExchangeError::BadShare)?;
        let Registration { w0, l } = registration;
        let point = Zeroizing::new(theirs - group::constant(&M) * **w0);
        if group::is_identity(&point) {
            return Err(ExchangeError::BadShare);
        }
        let terms = Zeroizing::new([(ProjectivePoint::GENERATOR, *y.scalar()), (group::constant(&N), **w0)]);
        let own = group::encode(&ProjectivePoint::lincomb(&*terms));
        let [z, v] = [&point, l].map(|point| Zeroizing::new(**point * *y.scalar()));
        let shares = Shares { prover: share, verifier: &own };
        let keys = Keys::derive(&main_key(names, &shares, &z, &v, w0));
        let confirmation = keys.verifier_confirmation(&shares);
        let expected = Zeroizing::new(keys.prover_confirmation(&shares));
        Ok((Self { expected, shared: keys.shared }, own, confirmation))
    }

    /// Checks the prover's confirmation, `confirmP`: the key, and with it the proof that the prover knows the password.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::WrongPin`].
    pub fn verify(self, confirmation: &Confirmation) -> Result<SharedKey, ExchangeError> {
        if bool::from(self.expected.ct_eq(confirmation)) {
            Ok(SharedKey(self.shared))
        } else {
            Err(ExchangeError::WrongPin)
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}
