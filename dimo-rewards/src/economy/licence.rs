//! How a provider comes to a licence.

use alloc::collections::BTreeMap;

use dimo_types::{ProviderKind, Timestamp};

use super::{ApplyError, Economy, Provider};
use crate::{CaseId, Licence, LicenceError, LicenceState, Matter, Name, Stake};

impl Economy {
    /// Submits an application (DIP-4, Application): the first one, or from a licensed provider a simplified one "for new
    /// devices and software methods at any time". What its documents must hold, [`dimo_types::LicenceApplication`] checks.
    ///
    /// # Errors
    ///
    /// [`ApplyError`].
    pub fn apply(
        &mut self,
        at: Timestamp,
        provider: &Name,
        kind: ProviderKind,
    ) -> Result<CaseId, ApplyError> {
        self.at(at, |economy| {
            let matter = match economy.licence(provider).map(Licence::state) {
                Some(state @ LicenceState::Renouncing { .. }) => Err(LicenceError { state })?,
                Some(state) if state.is_held() => Matter::SimplifiedApplication(kind),
                _ => Matter::FirstApplication(kind),
            };
            let minimum = economy.policy().stake;
            economy.providers.entry(provider.clone()).or_insert_with(|| Provider {
                licence: None,
                stake: Stake::new(minimum),
                models: BTreeMap::new(),
            });
            Ok(economy.record.open_case(at, provider, matter))
        })
    }
}
