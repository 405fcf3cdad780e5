//! [`LicenceApplication`] of a prospective provider, and the simplified [`DesignApplication`] of a licensed one.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::{Address, DeviceType, ProviderKind, TokenId};

/// The first application of a prospective integration provider (DIP-4, Application).
///
/// # Example: what an applicant still owes
///
/// ```
/// use dimo_types::{Address, LicenceApplication, MissingPart, ProviderKind};
/// let mut application = LicenceApplication::new("Example Motors", Address::ZERO, ProviderKind::Software);
/// application.business_background = "Connects vehicles of three makers.".into();
/// let refused = application.validate().unwrap_err();
/// assert_eq!(refused.missing, [MissingPart::OperatingHistory, MissingPart::Design, MissingPart::Samples]);
/// assert_eq!(
///     refused.to_string(),
///     "the application lacks operating history, the specification of a design, \
///      data samples or a code repository with a functioning demo"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LicenceApplication {
    /// The name of the business.
    pub applicant: String,
    /// The account that would hold the licence.
    pub account: Address,
    /// Which kind of provider it would be.
    pub kind: ProviderKind,
    /// Details about the business.
    pub business_background: String,
    /// Its operating history.
    pub operating_history: String,
    /// The specifications of the first devices or software services, at least one.
    pub designs: Vec<Design>,
    /// The units sent for testing, by serial number. Asked of hardware: software has no units.
    pub test_units: Vec<String>,
    /// Data samples and/or a repository with a demo.
    pub samples: Samples,
}

impl LicenceApplication {
    /// An application in which all but the applicant is still to be filled in.
    #[must_use]
    pub fn new(applicant: &str, account: Address, kind: ProviderKind) -> Self {
        Self {
            applicant: applicant.into(),
            account,
            kind,
            business_background: String::new(),
            operating_history: String::new(),
            designs: Vec::new(),
            test_units: Vec::new(),
            samples: Samples::default(),
        }
    }

    /// Whether it has every part that the DIP asks for.
    ///
    /// # Errors
    ///
    /// [`IncompleteApplication`] with all parts that are missing, in the order of the DIP.
    pub fn validate(&self) -> Result<(), IncompleteApplication> {
        let parts = [
            (MissingPart::Applicant, is_filled(&self.applicant)),
            (MissingPart::BusinessBackground, is_filled(&self.business_background)),
            (MissingPart::OperatingHistory, is_filled(&self.operating_history)),
            (MissingPart::Design, self.designs.iter().any(Design::is_specified)),
            (
                MissingPart::TestUnits,
                self.kind == ProviderKind::Software || self.test_units.iter().any(|unit| is_filled(unit)),
            ),
            (MissingPart::Samples, self.samples.are_sufficient()),
        ];
        IncompleteApplication::check(parts)
    }
}

/// The additional, simplified application of a licensed provider for a new device or software method
/// (DIP-4, Application: "at any time"): the licence stands for the business, so only the design is described.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DesignApplication {
    /// The licence of the provider.
    pub licence: TokenId,
    /// The new design.
    pub design: Design,
    /// Data samples, a repository, a demo: welcome, not asked for.
    pub samples: Samples,
}

impl DesignApplication {
    /// Whether the design is specified. Whether the licence is in good standing is the ledger's to say.
    ///
    /// # Errors
    ///
    /// [`IncompleteApplication`] when it is not.
    pub fn validate(&self) -> Result<(), IncompleteApplication> {
        IncompleteApplication::check([(MissingPart::Design, self.design.is_specified())])
    }
}

/// A device, or a software service, that a provider wants to offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Design {
    /// The model's name.
    pub name: String,
    /// Its type.
    pub device_type: DeviceType,
    /// Its specification, or where it is found.
    pub specification: String,
}

impl Design {
    fn is_specified(&self) -> bool {
        is_filled(&self.name) && is_filled(&self.specification)
    }
}

/// What shows that a design works: "data samples and/or a code repository and a functioning demo".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Samples {
    /// Where data samples are found.
    pub data: Vec<String>,
    /// Where the code is found.
    pub repository: Option<String>,
    /// Where the functioning demo is found.
    pub demo: Option<String>,
}

impl Samples {
    /// Data samples suffice, and so does a repository together with a demo.
    fn are_sufficient(&self) -> bool {
        let given = |place: &Option<String>| place.as_deref().is_some_and(is_filled);
        self.data.iter().any(|sample| is_filled(sample)) || given(&self.repository) && given(&self.demo)
    }
}

/// Blanks do not fill in a form.
fn is_filled(text: &str) -> bool {
    !text.trim().is_empty()
}

/// A part that an application must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum MissingPart {
    /// Who applies.
    Applicant,
    /// Details about the business.
    BusinessBackground,
    /// What it has done so far.
    OperatingHistory,
    /// A design with a name and a specification.
    Design,
    /// Units to test; hardware only.
    TestUnits,
    /// Data samples, or a repository and a demo.
    Samples,
}

impl fmt::Display for MissingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applicant => "the applicant's name",
            Self::BusinessBackground => "business background",
            Self::OperatingHistory => "operating history",
            Self::Design => "the specification of a design",
            Self::TestUnits => "test units",
            Self::Samples => "data samples or a code repository with a functioning demo",
        })
    }
}

/// Parts are missing. Fill them in and submit again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct IncompleteApplication {
    /// All of them, in the order of the DIP; never empty.
    pub missing: Vec<MissingPart>,
}

impl IncompleteApplication {
    fn check(parts: impl IntoIterator<Item = (MissingPart, bool)>) -> Result<(), Self> {
        let missing: Vec<_> = parts.into_iter().filter(|(_, given)| !given).map(|(part, _)| part).collect();
        if missing.is_empty() { Ok(()) } else { Err(Self { missing }) }
    }
}

impl fmt::Display for IncompleteApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the application lacks ")?;
        self.missing
            .iter()
            .enumerate()
            .try_for_each(|(i, part)| write!(f, "{}{part}", if i == 0 { "" } else { ", " }))
    }
}
