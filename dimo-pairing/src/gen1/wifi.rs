//! [`WifiCredentials`]: what a Gen 1 phone writes to connect the device to a network.

use core::fmt;

use thiserror::Error;

use super::json::{Bounded, Object};

/// The name of a wireless network: 1 to 32 bytes of UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Ssid(Bounded<{ Self::MAX_LEN }>);

impl Ssid {
    /// The longest, in bytes (IEEE 802.11).
    pub const MAX_LEN: usize = 32;

    /// A name.
    ///
    /// # Errors
    ///
    /// [`WifiError::Network`] for none, for more than 32 bytes, or for a control character.
    pub fn new(name: &str) -> Result<Self, WifiError> {
        Self::from_bounded(Bounded::of(name).ok_or(WifiError::Network)?)
    }

    fn from_bounded(name: Bounded<{ Self::MAX_LEN }>) -> Result<Self, WifiError> {
        if is_typed(name.as_str()) { Ok(Self(name)) } else { Err(WifiError::Network) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Ssid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A network and its password. The password is wiped when this goes, and `Debug` does not show it.
///
/// # Example: what a phone writes, and a network without a password
///
/// ```
/// use dimo_pairing::gen1::{WifiCredentials, WifiError};
/// let home = WifiCredentials::from_json(br#"{"network":"Caf\u00e9","password":"a \"secret\""}"#)?;
/// assert_eq!((home.network().as_str(), home.password()), ("Café", "a \"secret\""));
///
/// let open = WifiCredentials::from_json(br#"{"network":"Bar","password":""}"#);
/// assert_eq!(open.unwrap_err(), WifiError::Password);
/// # Ok::<(), WifiError>(())
/// ```
#[derive(Clone)]
pub struct WifiCredentials {
    network: Ssid,
    password: Bounded<{ Self::PASSWORD_MAX }>,
}

impl WifiCredentials {
    /// The longest password, in bytes: 63 characters of WPA, or 64 hexadecimal digits of its key.
    pub const PASSWORD_MAX: usize = 64;

    /// The credentials of `{"network":"..","password":".."}`: these two members in either order, each once, and nothing else.
    ///
    /// # Errors
    ///
    /// [`WifiError`]; nothing is taken then.
    pub fn from_json(json: &[u8]) -> Result<Self, WifiError> {
        let mut object = Object::begin(json).ok_or(WifiError::Form)?;
        let (mut network, mut password) = (None, None);
        while let Some(key) = object.next_key().ok_or(WifiError::Form)? {
            match key.as_str() {
                "network" if network.is_none() => {
                    let name =
                        object.string().map_err(|full| full.or(WifiError::Form, WifiError::Network))?;
                    network = Some(Ssid::from_bounded(name)?);
                }
                "password" if password.is_none() => {
                    let text =
                        object.string().map_err(|full| full.or(WifiError::Form, WifiError::Password))?;
                    password = Some(text);
                }
                _ => return Err(WifiError::Form),
            }
        }
        object.end().ok_or(WifiError::Form)?;
        let (Some(network), Some(password)) = (network, password) else { return Err(WifiError::Form) };
        if is_typed(password.as_str()) { Ok(Self { network, password }) } else { Err(WifiError::Password) }
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &Ssid {
        &self.network
    }

    /// Its password.
    #[must_use]
    pub fn password(&self) -> &str {
        self.password.as_str()
    }
}

impl fmt::Debug for WifiCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WifiCredentials").field("network", &self.network).finish_non_exhaustive()
    }
}

/// Whether a person can have typed it: not empty, and nothing that would end a line of a configuration file.
fn is_typed(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|character| character.is_ascii_control())
}

/// Why no [`WifiCredentials`] could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum WifiError {
    /// No JSON object with the strings `network` and `password`, each once, and nothing else.
    #[error("no JSON object of a network and a password")]
    Form,
    /// The network has no name, one of more than 32 bytes, or a control character in it.
    #[error("the name of a network has 1 to 32 bytes and no control character")]
    Network,
    /// The password is empty, longer than 64 bytes, or has a control character in it. Open networks are not joined.
    #[error("a password has 1 to 64 bytes and no control character")]
    Password,
}
