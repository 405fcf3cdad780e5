//! [`Certification`]: the minimum connection specifications of DIP-4, and each [`Standard`] they name.

use core::fmt;

use crate::ProviderKind;
use crate::named::named;

/// One row of DIP-4's two tables of minimum specifications (Connection Specifications). Only a future DIP may amend
/// them; DIMO Integrations may add to them: [`crate::AdditionalSpecification`].
///
/// # Example: what a software connection has to fulfil
///
/// ```
/// use dimo_types::{Certification, ProviderKind};
/// let names: Vec<_> = Certification::required_of(ProviderKind::Software).map(Certification::name).collect();
/// assert_eq!(names, ["Power management", "Secure runtime", "Streaming interface", "Approved geography"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certification {
    /// No phantom drain of the vehicle's battery.
    PowerManagement,
    /// Only signed and verified code runs.
    SecureRuntime,
    /// Data are formatted and sent as specified.
    StreamingInterface,
    /// Operation in approved countries only.
    ApprovedGeography,
    /// The device's key lives in a secure element.
    SecureElementWallet,
    /// Signals are configured at run time.
    DbcLoggerConfiguration,
    /// Updates arrive over the cellular connection.
    OtaProcess,
    /// A laboratory has certified the device.
    ThirdPartyCertifications,
}

impl Certification {
    /// Every row, first the table "Both Hardware & Software", then "Hardware Only", in the order of the DIP.
    pub const DIP4: [Self; 8] = [
        Self::PowerManagement,
        Self::SecureRuntime,
        Self::StreamingInterface,
        Self::ApprovedGeography,
        Self::SecureElementWallet,
        Self::DbcLoggerConfiguration,
        Self::OtaProcess,
        Self::ThirdPartyCertifications,
    ];

    /// The rows that a provider of this kind has to fulfil, in the order of the DIP.
    pub fn required_of(kind: ProviderKind) -> impl Iterator<Item = Self> + Clone {
        Self::DIP4.into_iter().filter(move |row| row.applies_to().includes(kind))
    }

    /// Which table it stands in.
    #[must_use]
    pub const fn applies_to(self) -> AppliesTo {
        match self {
            Self::PowerManagement
            | Self::SecureRuntime
            | Self::StreamingInterface
            | Self::ApprovedGeography => AppliesTo::HardwareAndSoftware,
            Self::SecureElementWallet
            | Self::DbcLoggerConfiguration
            | Self::OtaProcess
            | Self::ThirdPartyCertifications => AppliesTo::HardwareOnly,
        }
    }

    /// The name in the DIP's first column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PowerManagement => "Power management",
            Self::SecureRuntime => "Secure runtime",
            Self::StreamingInterface => "Streaming interface",
            Self::ApprovedGeography => "Approved geography",
            Self::SecureElementWallet => "Hardware secure element & EVM wallet",
            Self::DbcLoggerConfiguration => "DBC logger configuration",
            Self::OtaProcess => "OTA process",
            Self::ThirdPartyCertifications => "3rd party certifications",
        }
    }

    /// The description in the DIP's second column; for the laboratory certifications its lead, the rest is [`Certification::standards`].
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::PowerManagement => {
                "DIMO compatible devices must implement power management to prevent phantom drain of the vehicles it \
                 connects to, and efficiently manage being in “sleep” mode."
            }
            Self::SecureRuntime => {
                "Security is of highest importance to DIMO for both safety and security of the users. To provide an \
                 additional layer of safety to the car and the user, DIMO devices must run signed and verified code. \
                 Hardware must use secure boot mechanisms."
            }
            Self::StreamingInterface => {
                "DIMO Integrations will provide a specification for how the data should be formatted (schema) and sent \
                 to the protocol (delivery). Initially, the data will be sent in compressed json, moving to more \
                 efficient binary methods of encoding such as protobuf or avro."
            }
            Self::ApprovedGeography => {
                "Currently, devices may only operate within the United States of America, Canada, and Europe. Support \
                 for new regions may be added by the DIMO community in future DIPs."
            }
            Self::SecureElementWallet => {
                "The identity of the device and the vehicle it is connected to is of high importance. In web3, this is \
                 known as a “wallet”, but is essentially a private key to identify the device. To limit spoofing, DIMO \
                 requires the private keys to be stored inside a hardware secure element. This key is also used for \
                 encrypted, secure transmission of vehicle data. Each device should contain its own EVM compatible \
                 wallet."
            }
            Self::DbcLoggerConfiguration => {
                "Each vehicle is different and provides different signals on the canbus. To handle this variety of \
                 messages, DIMO maintains an open repository [OPENDBC]. To be compatible with DIMO, the device must \
                 accept dynamic configuration of signals for filtering, parsing, and delivery to the protocol."
            }
            Self::OtaProcess => {
                "To be accepted into the program, the device manufacturer must routinely support and update their \
                 devices as new vulnerabilities are found. This must be able to be done via cellular connection."
            }
            Self::ThirdPartyCertifications => "CE Certifications; FCC Certifications",
        }
    }

    /// The standards it names; empty for all rows but the laboratory certifications.
    #[must_use]
    pub const fn standards(self) -> &'static [Standard] {
        match self {
            Self::ThirdPartyCertifications => Standard::DIP4,
            _ => &[],
        }
    }
}

named!(Certification, "a certification", {
    PowerManagement => "power-management",
    SecureRuntime => "secure-runtime",
    StreamingInterface => "streaming-interface",
    ApprovedGeography => "approved-geography",
    SecureElementWallet => "secure-element-wallet",
    DbcLoggerConfiguration => "dbc-logger-configuration",
    OtaProcess => "ota-process",
    ThirdPartyCertifications => "third-party-certifications",
});

/// For whom a specification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AppliesTo {
    /// DIP-4's table "Both Hardware & Software".
    HardwareAndSoftware,
    /// DIP-4's table "Hardware Only".
    HardwareOnly,
}

impl AppliesTo {
    /// Whether a provider of this kind has to fulfil it.
    #[must_use]
    pub const fn includes(self, kind: ProviderKind) -> bool {
        matches!((self, kind), (Self::HardwareAndSoftware, _) | (Self::HardwareOnly, ProviderKind::Hardware))
    }
}

/// A standard that a laboratory certifies against, with the edition that the DIP names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Standard {
    /// Under which mark it is certified.
    pub mark: Mark,
    /// Its number, such as `EN 301 489-1`.
    pub designation: &'static str,
    /// Its edition; `None` where the DIP names none.
    pub edition: Option<&'static str>,
}

impl Standard {
    /// Every standard that DIP-4 names, in its order.
    pub const DIP4: &'static [Self] = &[
        Self { mark: Mark::Ce, designation: "EN 301 489-1", edition: Some("V2.2.0") },
        Self { mark: Mark::Ce, designation: "EN 55025", edition: Some("2008") },
        Self { mark: Mark::Ce, designation: "EN 50498", edition: None },
        Self { mark: Mark::Ce, designation: "Directive 2004/104/EC", edition: None },
        Self { mark: Mark::Ce, designation: "ISO 7637-2", edition: Some("2011") },
        Self { mark: Mark::Ce, designation: "EN 301 489-3", edition: Some("V2.1.1") },
        Self { mark: Mark::Fcc, designation: "FCC 47 CFR Part 15, Class A", edition: Some("10-1-17") },
    ];
}

/// `EN 55025:2008`, `EN 301 489-1 V2.2.0`, `FCC 47 CFR Part 15, Class A, edition 10-1-17`.
impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.designation)?;
        match self.edition {
            None => Ok(()),
            Some(edition) if self.mark == Mark::Fcc => write!(f, ", edition {edition}"),
            Some(edition) if edition.starts_with('V') => write!(f, " {edition}"),
            Some(year) => write!(f, ":{year}"),
        }
    }
}

/// The mark that a certified device bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Mark {
    /// Conformity in Europe.
    Ce,
    /// The US Federal Communications Commission.
    Fcc,
}
