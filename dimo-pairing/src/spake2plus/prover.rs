//! [`Prover`]: the side that knows the password.

use core::fmt;

use p256::elliptic_curve::subtle::ConstantTimeEq as _;

use super::group::{self, M, N, Secret};
use super::schedule::{Keys, Shares, main_key};
use super::{Confirmation, Ephemeral, ExchangeError, Names, ProverSecrets, Share, SharedKey};

/// The side that knows the password, a phone, between its share and the answer to it.
///
/// [`begin`](Self::begin), then [`finish`](Self::finish) once. Dropped, it is forgotten; the next exchange begins with other randomness.
pub struct Prover {
    w0: Secret,
    w1: Secret,
    x: Ephemeral,
    share: Share,
}

impl Prover {
    /// Begins an exchange: `shareP`, for the verifier.
    #[must_use]
    pub fn begin(secrets: &ProverSecrets, x: Ephemeral) -> (Self, Share) {
        let share = group::share(x.scalar(), &M, &secrets.w0);
        (Self { w0: secrets.w0.clone(), w1: secrets.w1.clone(), x, share }, share)
    }

    /// Checks the verifier's answer, `shareV` and `confirmV`: `confirmP`, for the verifier, and the key. The verifier is proved by then;
    /// it is so the other way round when it has seen `confirmP`.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::BadShare`]; [`ExchangeError::WrongPin`] when the verifier's confirmation is another one.
    pub fn finish(
        self,
        names: &Names<'_>,
        share: &Share,
        confirmation: &Confirmation,
    ) -> Result<(Confirmation, SharedKey), ExchangeError> {
        let theirs = group::unblind(share, &N, &self.w0).ok_or(ExchangeError::BadShare)?;
        let [z, v] = [self.x.scalar(), &self.w1].map(|scalar| group::multiple(&theirs, scalar));
        let shares = Shares { prover: &self.share, verifier: share };
        let keys = Keys::derive(&main_key(names, &shares, &z, &v, &self.w0));
        if bool::from(keys.verifier_confirmation(&shares).ct_eq(confirmation)) {
            Ok((keys.prover_confirmation(&shares), SharedKey(keys.shared)))
        } else {
            Err(ExchangeError::WrongPin)
        }
    }
}

impl fmt::Debug for Prover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prover")
    }
}
