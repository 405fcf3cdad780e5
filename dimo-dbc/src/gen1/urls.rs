//! [`ConfigUrls`]: where a device finds its configuration.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::config::read_json;

/// The addresses of a device's configuration documents. A device fetches a document again when its address differs from
/// the one before: the version is part of it.
///
/// # Example: only the DBC text changed
///
/// ```
/// use dimo_dbc::gen1::ConfigUrls;
/// let old = ConfigUrls::from_json(br#"{"pidUrl":"https://x/pids/a@1","deviceSettingUrl":"https://x/settings/a@1"}"#)?;
/// let new = ConfigUrls { dbc: Some("https://x/dbc/a@1".into()), ..old.clone() };
/// assert_eq!((new.pids == old.pids, new.dbc == old.dbc), (true, false));
/// # Ok::<(), dimo_dbc::gen1::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the network's document has these three")]
pub struct ConfigUrls {
    /// Of the requests.
    #[serde(rename = "pidUrl")]
    pub pids: String,
    /// Of the settings.
    #[serde(rename = "deviceSettingUrl")]
    pub settings: String,
    /// Of the DBC text; `None` when the vehicle has none.
    #[serde(rename = "dbcUrl", default, skip_serializing_if = "Option::is_none")]
    pub dbc: Option<String>,
}

/// What a device reports when it has applied its configuration.
#[derive(Serialize)]
struct Applied<'a> {
    #[serde(flatten)]
    urls: &'a ConfigUrls,
    #[serde(rename = "firmwareVersionApplied")]
    firmware_version: &'a str,
}

impl ConfigUrls {
    /// Reads the network's answer. An empty `dbcUrl` is none.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Json`] for bytes that are no such document.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConfigError> {
        let urls: Self = read_json(bytes)?;
        Ok(Self { dbc: urls.dbc.filter(|url| !url.is_empty()), ..urls })
    }

    /// The body of the report that this configuration was applied by `firmware_version`, whose bytes the device signs.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Json`] when the text cannot be written, which serde_json reserves the right to say.
    pub fn applied_json(&self, firmware_version: &str) -> Result<String, ConfigError> {
        serde_json::to_string(&Applied { urls: self, firmware_version })
            .map_err(|error| ConfigError::json(&error))
    }
}
