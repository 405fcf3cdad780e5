//! [`Registry`]: which devices there are, who made them, and whether those may.

use std::collections::BTreeMap;

use dimo_types::{Address, TokenId};
use serde::Deserialize;
use thiserror::Error;

use crate::refused::Refused;

/// What the chain says, as a file of JSON:
///
/// ```json
/// {
///   "providers": { "acme": { "good_standing": true } },
///   "devices": { "0x…": { "provider": "acme", "banned": false, "vehicle": { "token": 1337, "owner": "0x…" } } }
/// }
/// ```
///
/// A field that is left out is `false`, and a device without a vehicle is in none: nobody is in good standing by mistake, and a device without a provider of the list is not either.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    providers: BTreeMap<String, Provider>,
    devices: BTreeMap<Address, Device>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    providers: BTreeMap<String, Provider>,
    devices: BTreeMap<String, Device>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    #[serde(default)]
    good_standing: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Device {
    provider: String,
    #[serde(default)]
    banned: bool,
    #[serde(default)]
    vehicle: Option<Vehicle>,
}

/// The vehicle that a device is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Vehicle {
    /// Its token.
    pub token: TokenId,
    /// Who owns it.
    pub owner: Address,
}

/// Why a file is no registry.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// It is no JSON of this form.
    #[error("the registry is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// A name of a device is no address.
    #[error("`{0}` is no address")]
    Address(String),
}

impl Registry {
    /// Reads it from JSON.
    ///
    /// # Errors
    ///
    /// [`RegistryError`].
    pub fn parse(json: &str) -> Result<Self, RegistryError> {
        let File { providers, devices } = serde_json::from_str(json)?;
        let address = |(name, device): (String, Device)| match name.to_ascii_lowercase().parse() {
            Ok(address) => Ok((address, device)),
            Err(_) => Err(RegistryError::Address(name)),
        };
        Ok(Self { providers, devices: devices.into_iter().map(address).collect::<Result<_, _>>()? })
    }

    /// A registry with one device of a provider in good standing.
    #[must_use]
    pub fn with(mut self, device: Address) -> Self {
        let provider = "demo".to_owned();
        self.providers.insert(provider.clone(), Provider { good_standing: true });
        self.devices.insert(device, Device { provider, banned: false, vehicle: None });
        self
    }

    /// The vehicle that a device is in.
    #[must_use]
    pub fn vehicle(&self, device: Address) -> Option<Vehicle> {
        self.devices.get(&device)?.vehicle
    }

    /// Whether data of a device may be taken now. Looked up with every message.
    ///
    /// # Errors
    ///
    /// [`Refused::Stranger`], [`Refused::Banned`], [`Refused::Standing`].
    pub fn admit(&self, device: Address) -> Result<(), Refused> {
        let known = self.devices.get(&device).ok_or(Refused::Stranger)?;
        if known.banned {
            return Err(Refused::Banned);
        }
        let provider = self.providers.get(&known.provider);
        provider.filter(|provider| provider.good_standing).map(drop).ok_or(Refused::Standing)
    }
}
