//! Challenges to providers.

use dimo_types::Timestamp;

use super::{ChallengeError, Economy};
use crate::{Actor, Challenge, Licence, LicenceError, LicenceState, Name, Violation};

impl Economy {
    /// Opens a challenge under an id that nobody used before. "Any $DIMO holder may issue a challenge", providers among them,
    /// and DIMO Integrations is "expected to act as the challenger most of the time"; only the Court, which decides, may not.
    /// As long as it is open, the stake of the provider is not released.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`].
    pub fn challenge(
        &mut self,
        at: Timestamp,
        by: &Actor,
        id: &Name,
        provider: &Name,
        violation: Violation,
    ) -> Result<(), ChallengeError> {
        self.at(at, |economy| {
            if *by == Actor::Court {
                return Err(ChallengeError::Court);
            }
            if economy.challenges.contains_key(id) {
                return Err(ChallengeError::KnownId);
            }
            let known = economy.providers.get(provider).ok_or(ChallengeError::UnknownProvider)?;
            match known.licence.as_ref().map(Licence::state) {
                None => return Err(ChallengeError::NotLicensed),
                Some(state @ LicenceState::Ended { .. }) => Err(LicenceError { state })?,
                Some(_) => {}
            }
            let (by, provider) = (by.clone(), provider.clone());
            let challenge = Challenge { by, provider, violation, opened: at, verdict: None };
            economy.challenges.insert(id.clone(), challenge);
            Ok(())
        })
    }
}
