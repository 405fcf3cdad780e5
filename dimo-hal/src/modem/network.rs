//! [`Network`]: where a modem is registered.

use core::fmt;
use core::str::FromStr;

use dimo_types::Country;
use thiserror::Error;

/// Whether the network lets the modem in (3GPP TS 27.007, `+CEREG`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Registration {
    /// It is not, and does not look for one.
    Idle,
    /// It looks for one.
    Searching,
    /// The network refuses it. Trying again at once costs power and changes nothing.
    Denied,
    /// The modem does not know, such as out of coverage.
    Unknown,
    /// In the network of its SIM.
    Home,
    /// In another network.
    Roaming,
    /// In a network that takes emergency calls only, or texts only.
    Limited,
}

impl Registration {
    /// Whether data may flow.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// How the radio speaks to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessTechnology {
    /// GSM, GPRS, EDGE.
    Gsm,
    /// UMTS, HSPA.
    Umts,
    /// LTE.
    Lte,
    /// LTE for machines: category M1.
    LteM,
    /// NB-IoT.
    NbIot,
    /// 5G.
    Nr,
}

/// A network by mobile country code and mobile network code (ITU-T E.212).
///
/// # Example: two digits and three are two networks
///
/// ```
/// use dimo_hal::modem::{Plmn, PlmnError};
/// use dimo_types::Country;
/// let network: Plmn = "26201".parse()?;
/// assert_eq!(network.country(), Some("DE".parse().unwrap()));
/// assert_eq!(network.to_string(), "26201");
/// assert_ne!("26201".parse::<Plmn>()?, "262001".parse::<Plmn>()?);
/// assert_eq!("Telekom".parse::<Plmn>(), Err(PlmnError::Form));
/// # Ok::<(), PlmnError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plmn {
    mcc: u16,
    mnc: u16,
    mnc_digits: u8,
}

impl Plmn {
    /// The mobile country code, 0 to 999.
    #[must_use]
    pub const fn mobile_country_code(self) -> u16 {
        self.mcc
    }

    /// The mobile network code, 0 to 999. `01` and `001` are two.
    #[must_use]
    pub const fn mobile_network_code(self) -> u16 {
        self.mnc
    }

    /// The country; `None` for networks at sea, in the air and under test, and for unassigned codes.
    #[must_use]
    pub fn country(self) -> Option<Country> {
        Country::from_mobile_country_code(self.mcc)
    }
}

impl FromStr for Plmn {
    type Err = PlmnError;

    /// Five or six digits.
    fn from_str(text: &str) -> Result<Self, PlmnError> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PlmnError::Form);
        }
        let (mcc, mnc) = text.split_at_checked(3).ok_or(PlmnError::Form)?;
        let mnc_digits = match mnc.len() {
            2 => 2,
            3 => 3,
            _ => return Err(PlmnError::Form),
        };
        let number = |digits: &str| digits.parse().map_err(|_| PlmnError::Form);
        Ok(Self { mcc: number(mcc)?, mnc: number(mnc)?, mnc_digits })
    }
}

impl fmt::Display for Plmn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}{:0width$}", self.mcc, self.mnc, width = usize::from(self.mnc_digits))
    }
}

/// Why a text is no [`Plmn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlmnError {
    /// Not five or six digits.
    #[error("a network is five or six digits")]
    Form,
}

/// Where a modem is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Network {
    /// Whether the network lets it in.
    pub registration: Registration,
    /// The serving network, when the modem says.
    pub operator: Option<Plmn>,
    /// How the radio speaks to it, when the modem says.
    pub technology: Option<AccessTechnology>,
}

impl Network {
    /// A registration of which no more is known.
    #[must_use]
    pub const fn new(registration: Registration) -> Self {
        Self { registration, operator: None, technology: None }
    }

    /// The same in this network.
    #[must_use]
    pub const fn with_operator(self, operator: Plmn) -> Self {
        Self { operator: Some(operator), ..self }
    }

    /// The country that the device is in, by the serving network; `None` when nothing says.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.operator?.country()
    }
}
