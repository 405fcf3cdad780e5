//! [`Verifier`]: the side that holds the registration.

use core::fmt;

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
        let Registration { w0, l } = registration;
        let theirs = group::unblind(share, &M, w0).ok_or(ExchangeError::BadShare)?;
        let own = group::share(y.scalar(), &N, w0);
        let [z, v] = [&theirs, l].map(|point| group::multiple(point, y.scalar()));
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
