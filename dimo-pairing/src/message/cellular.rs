//! The modem of a device: [`ApnSettings`], [`CellularStatus`], [`PrivateImsi`].

use core::fmt;
use core::num::NonZeroI16;

use dimo_types::Imsi;

use super::number::numbered;
use crate::text::SecretText;
use crate::{NonEmptyText, Text, TextError};

/// The access point of a cellular network.
///
/// # Example: an access point without a password
///
/// ```
/// use dimo_pairing::{ApnPassword, ApnSettings, NonEmptyText, Text};
/// let settings = ApnSettings {
///     name: NonEmptyText::new("iot.example")?,
///     user: Text::new("")?,
///     password: ApnPassword::new("")?,
/// };
/// # Ok::<(), dimo_pairing::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApnSettings {
    /// Its name.
    pub name: NonEmptyText<63>,
    /// The user; empty where none is asked for.
    pub user: Text<32>,
    /// The password; empty where none is asked for.
    pub password: ApnPassword,
}

/// The password of an access point: at most 32 characters of printable ASCII. Wipes itself on drop, does not show itself, and is compared
/// in constant time.
#[derive(Clone, PartialEq, Eq)]
pub struct ApnPassword(SecretText<32>);

impl ApnPassword {
    /// A password from a string.
    ///
    /// # Errors
    ///
    /// [`TextError`] for more than 32 characters, or one that is not printable ASCII.
    pub fn new(password: &str) -> Result<Self, TextError> {
        Self::from_bytes(password.as_bytes())
    }

    pub(super) fn from_bytes(password: &[u8]) -> Result<Self, TextError> {
        SecretText::from_bytes(password).map(Self)
    }

    /// The password, for the modem.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for ApnPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApnPassword(..)")
    }
}

numbered! {
    /// The state of the modem.
    CellularState {
        /// It is off.
        Off = 0,
        /// It looks for a network.
        Searching = 1,
        /// It is registered in its home network.
        Home = 2,
        /// It is registered in a foreign network.
        Roaming = 3,
        /// The network does not take it.
        Denied = 4,
        /// There is no SIM.
        NoSim = 5,
    }
}

/// How a device is connected to a cellular network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellularStatus {
    /// The state of the modem.
    pub state: CellularState,
    /// The strength of the signal, in dBm; `None` when not known.
    pub signal: Option<NonZeroI16>,
    /// Who runs the network; empty when not known.
    pub operator: Text<32>,
}

/// The number of the device's subscription. It tells who somebody is, so it does not show itself.
///
/// # Example: a subscription in a log
///
/// ```
/// use dimo_pairing::PrivateImsi;
/// let imsi = PrivateImsi::new("310150123456789".parse()?);
/// assert_eq!(format!("{imsi:?}"), "PrivateImsi(..)");
/// assert_eq!(imsi.get().mobile_country_code(), 310);
/// # Ok::<(), dimo_types::SimError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PrivateImsi(Imsi);

impl PrivateImsi {
    /// Hides `imsi`.
    #[must_use]
    pub const fn new(imsi: Imsi) -> Self {
        Self(imsi)
    }

    /// The number, which shows itself.
    #[must_use]
    pub const fn get(self) -> Imsi {
        self.0
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_str().as_bytes()
    }
}

impl From<Imsi> for PrivateImsi {
    fn from(imsi: Imsi) -> Self {
        Self(imsi)
    }
}

impl fmt::Debug for PrivateImsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateImsi(..)")
    }
}
