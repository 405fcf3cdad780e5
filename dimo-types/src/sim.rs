//! A device on the cellular network: [`Iccid`] of its SIM, [`Imsi`] of its subscription, [`Imei`] of its modem.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::Country;

/// Up to 20 decimal digits; `PAD` behind them, so that shorter numbers compare as texts do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digits([u8; 20]);

impl Digits {
    const PAD: u8 = 0;

    fn parse(text: &str, legal: core::ops::RangeInclusive<usize>) -> Result<Self, SimError> {
        let wrong_length = SimError::Length { len: text.len() };
        if !legal.contains(&text.len()) {
            return Err(wrong_length);
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SimError::NotDecimal);
        }
        let mut digits = [Self::PAD; 20];
        digits.get_mut(..text.len()).ok_or(wrong_length)?.copy_from_slice(text.as_bytes());
        Ok(Self(digits))
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches(char::from(Self::PAD))
    }

    /// The check of ISO/IEC 7812-1 over all digits, the last of which is the check digit.
    fn check_luhn(self) -> Result<Self, SimError> {
        let sum: u32 = self
            .as_str()
            .bytes()
            .rev()
            .enumerate()
            .map(|(i, b)| {
                let digit = u32::from(b.wrapping_sub(b'0'));
                if i % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
            })
            .sum();
        if sum.is_multiple_of(10) { Ok(self) } else { Err(SimError::CheckDigit) }
    }
}

macro_rules! digits_type {
    ($type:ident, $expecting:literal) => {
        impl $type {
            /// The digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        crate::text::serde_as_text!($type, $expecting);
    };
}

/// The number of a SIM (ITU-T E.118): 18 to 20 digits that begin with 89, the last a check digit.
///
/// # Example: a digit misread from the card
///
/// ```
/// use dimo_types::{Iccid, SimError};
/// let sim: Iccid = "89014103211118510720".parse()?;
/// assert_eq!(sim.as_str(), "89014103211118510720");
/// assert_eq!("89014103211118510721".parse::<Iccid>(), Err(SimError::CheckDigit));
/// # Ok::<(), SimError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iccid(Digits);

digits_type!(Iccid, "an ICCID of 18 to 20 digits");

/// 18 to 20 digits. Modems that pad with `F` have it cut off first.
impl FromStr for Iccid {
    type Err = SimError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = Digits::parse(text, 18..=20)?;
        if !text.starts_with("89") {
            return Err(SimError::Prefix);
        }
        digits.check_luhn().map(Self)
    }
}

/// The number of a subscription (ITU-T E.212): 6 to 15 digits, the first three the mobile country code.
///
/// It names the country of the subscription, not where the device is: that is the code of the serving network.
///
/// # Example: the home country of a subscription
///
/// ```
/// use dimo_types::{Country, Imsi};
/// let imsi: Imsi = "310150123456789".parse()?;
/// assert_eq!(imsi.mobile_country_code(), 310);
/// assert_eq!(imsi.home_country(), Some(Country::UNITED_STATES));
/// # Ok::<(), dimo_types::SimError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Imsi(Digits);

digits_type!(Imsi, "an IMSI of 6 to 15 digits");

impl Imsi {
    /// The mobile country code, 0 to 999.
    #[must_use]
    pub fn mobile_country_code(&self) -> u16 {
        // An IMSI has at least six digits, all decimal: both steps hold.
        self.as_str().get(..3).and_then(|code| code.parse().ok()).unwrap_or_default()
    }

    /// The country of the subscription; `None` for global SIMs (901) and unassigned codes.
    #[must_use]
    pub fn home_country(&self) -> Option<Country> {
        Country::from_mobile_country_code(self.mobile_country_code())
    }
}

/// 6 to 15 digits; an IMSI has no check digit.
impl FromStr for Imsi {
    type Err = SimError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Digits::parse(text, 6..=15).map(Self)
    }
}

/// The number of a modem (3GPP TS 23.003): 15 digits, the last a check digit.
///
/// # Example: two digits swapped on a label
///
/// ```
/// use dimo_types::{Imei, SimError};
/// assert!("490154203237518".parse::<Imei>().is_ok());
/// assert_eq!("490154203273518".parse::<Imei>(), Err(SimError::CheckDigit));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Imei(Digits);

digits_type!(Imei, "an IMEI of 15 digits");

/// 15 digits.
impl FromStr for Imei {
    type Err = SimError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Digits::parse(text, 15..=15)?.check_luhn().map(Self)
    }
}

/// What identifies a SIM: the card and the subscription on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SimIdentity {
    /// The card.
    pub iccid: Iccid,
    /// The subscription.
    pub imsi: Imsi,
}

/// Why a text is no number of a SIM or modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SimError {
    /// No such number has this many digits: an ICCID 18 to 20, an IMSI 6 to 15, an IMEI 15.
    #[error("no such number has {len} digits")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// A character is no decimal digit.
    #[error("digits only")]
    NotDecimal,
    /// An ICCID that does not begin with 89, the industry code of telecommunication.
    #[error("an ICCID begins with 89")]
    Prefix,
    /// The last digit does not fit the others: one was misread or two were swapped.
    #[error("wrong check digit")]
    CheckDigit,
}
