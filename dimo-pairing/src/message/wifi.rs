//! Wi-Fi: [`WifiCredentials`] in, [`WifiStatus`] out. No message reads a password.

use core::fmt;

use thiserror::Error;

use super::number::numbered;
use crate::bytes::{Reader, Writer};
use crate::text::{SecretText, at_least};
use crate::{Field, MessageError, TextError};

numbered! {
    /// How a network is secured.
    WifiSecurity {
        /// Not at all.
        Open = 0,
        /// WPA2-Personal.
        Wpa2 = 1,
        /// WPA3-Personal.
        Wpa3 = 2,
        /// In another way; it cannot be joined.
        Other = 3,
    }
}

/// The name of a network (SSID): 1 to 32 bytes, any of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WifiName {
    // Behind `len` the bytes are zero, so that equal names are equal values.
    bytes: [u8; Self::MAX],
    len: u8,
}

impl WifiName {
    /// The longest, in bytes.
    pub const MAX: usize = 32;

    /// A name from its bytes.
    ///
    /// # Errors
    ///
    /// [`WifiNameError`] for none and for more than 32.
    pub fn new(name: &[u8]) -> Result<Self, WifiNameError> {
        let wrong_length = WifiNameError { len: name.len() };
        if name.is_empty() {
            return Err(wrong_length);
        }
        let len = u8::try_from(name.len()).map_err(|_| wrong_length)?;
        let mut bytes = [0; Self::MAX];
        bytes.get_mut(..name.len()).ok_or(wrong_length)?.copy_from_slice(name);
        Ok(Self { bytes, len })
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// A name where there may be none.
    fn read_any(body: &mut Reader<'_>) -> Result<Option<Self>, MessageError> {
        match body.prefixed()? {
            [] => Ok(None),
            name => Ok(Some(Self::new(name)?)),
        }
    }
}

impl fmt::Debug for WifiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WifiName({})", self.as_bytes().escape_ascii())
    }
}

/// No network has a name of that length: 1 to 32 bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the name of a network has 1 to 32 bytes, not {len}")]
pub struct WifiNameError {
    /// How many there are.
    pub len: usize,
}

/// The password of a network: 8 to 63 characters of printable ASCII. Wipes itself on drop, does not show itself, and is compared in
/// constant time.
///
/// # Example: a password in a log, and one that is too short
///
/// ```
/// use dimo_pairing::{TextError, WifiPassword};
/// let password = WifiPassword::new("correct horse")?;
/// assert_eq!(format!("{password:?}"), "WifiPassword(..)");
/// assert_eq!(WifiPassword::new("secret"), Err(TextError::TooShort { len: 6, limit: 8 }));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WifiPassword(SecretText<63>);

impl WifiPassword {
    /// A password from a string.
    ///
    /// # Errors
    ///
    /// [`TextError`] for fewer than 8 or more than 63 characters, or one that is not printable ASCII.
    pub fn new(password: &str) -> Result<Self, TextError> {
        Self::from_bytes(password.as_bytes())
    }

    fn from_bytes(password: &[u8]) -> Result<Self, TextError> {
        at_least(password, 8)?;
        SecretText::from_bytes(password).map(Self)
    }

    /// The password, for the radio.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for WifiPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WifiPassword(..)")
    }
}

/// What a network that can be joined asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WifiKey {
    /// Nothing.
    Open,
    /// A password, by WPA2-Personal.
    Wpa2(WifiPassword),
    /// A password, by WPA3-Personal.
    Wpa3(WifiPassword),
}

/// A network that a device is to join.
///
/// # Example: the network at home
///
/// ```
/// use dimo_pairing::{WifiCredentials, WifiKey, WifiName, WifiPassword};
/// let home = WifiCredentials {
///     network: WifiName::new(b"home")?,
///     key: WifiKey::Wpa2(WifiPassword::new("correct horse")?),
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WifiCredentials {
    /// Its name.
    pub network: WifiName,
    /// What it asks for.
    pub key: WifiKey,
}

impl WifiCredentials {
    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        let security = WifiSecurity::read(body)?;
        let network = WifiName::new(body.prefixed()?)?;
        let password = body.prefixed()?;
        let key = match security {
            WifiSecurity::Open if password.is_empty() => WifiKey::Open,
            WifiSecurity::Open => return Err(TextError::TooLong { len: password.len(), limit: 0 }.into()),
            WifiSecurity::Wpa2 => WifiKey::Wpa2(WifiPassword::from_bytes(password)?),
            WifiSecurity::Wpa3 => WifiKey::Wpa3(WifiPassword::from_bytes(password)?),
            WifiSecurity::Other => {
                let value = u16::from(security.number());
                return Err(MessageError::Value { field: Field::WifiSecurity, value });
            }
        };
        Ok(Self { network, key })
    }

    pub(super) fn put(&self, writer: &mut Writer<'_>) {
        let (security, password): (_, &[u8]) = match &self.key {
            WifiKey::Open => (WifiSecurity::Open, &[]),
            WifiKey::Wpa2(password) => (WifiSecurity::Wpa2, password.0.as_bytes()),
            WifiKey::Wpa3(password) => (WifiSecurity::Wpa3, password.0.as_bytes()),
        };
        writer.put(&[security.number()]);
        writer.put_prefixed(self.network.as_bytes());
        writer.put_prefixed(password);
    }
}

/// How far a device is with a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WifiState {
    /// Wi-Fi is off.
    Off,
    /// It looks for the network.
    Searching,
    /// It joins the network.
    Joining,
    /// It is in the network.
    Joined {
        /// The strength of the signal, in dBm.
        signal: i8,
    },
    /// The password is wrong.
    WrongPassword,
    /// The network is not there.
    NotFound,
    /// The network gave it no address.
    NoAddress,
}

/// How a device is connected to a Wi-Fi network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WifiStatus {
    /// How far it is.
    pub state: WifiState,
    /// With which network; `None` where there is none.
    pub network: Option<WifiName>,
}

impl WifiStatus {
    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        let [number, signal] = body.array()?;
        let state = match number {
            0 => WifiState::Off,
            1 => WifiState::Searching,
            2 => WifiState::Joining,
            3 => WifiState::Joined { signal: signal.cast_signed() },
            4 => WifiState::WrongPassword,
            5 => WifiState::NotFound,
            6 => WifiState::NoAddress,
            _ => return Err(MessageError::Value { field: Field::WifiState, value: u16::from(number) }),
        };
        if signal != 0 && !matches!(state, WifiState::Joined { .. }) {
            return Err(MessageError::Value { field: Field::WifiSignal, value: u16::from(signal) });
        }
        Ok(Self { state, network: WifiName::read_any(body)? })
    }

    pub(super) fn put(&self, writer: &mut Writer<'_>) {
        let (number, signal) = match self.state {
            WifiState::Off => (0, 0),
            WifiState::Searching => (1, 0),
            WifiState::Joining => (2, 0),
            WifiState::Joined { signal } => (3, signal),
            WifiState::WrongPassword => (4, 0),
            WifiState::NotFound => (5, 0),
            WifiState::NoAddress => (6, 0),
        };
        writer.put(&[number, signal.cast_unsigned()]);
        writer.put_prefixed(self.network.as_ref().map_or(&[], WifiName::as_bytes));
    }
}
