//! [`Model`]: a device model or a software service that was approved.

use alloc::string::String;
use alloc::vec::Vec;

use dimo_types::{
    AdditionalSpecification, AppliesTo, CertificationStatus, Checklist, Country, DeviceType, Specification,
};

/// A device model, or a software service, approved for one provider (DIP-4, Authority & Domain: "grant and revoke licenses
/// to integration providers and their devices/software services").
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Model {
    /// Its type, which says what NFT it takes.
    pub device_type: DeviceType,
    /// The specifications it met when it was approved.
    pub certifications: Vec<Certified>,
    /// Where it may be sold and connected. Where none is named: wherever the policy lets devices operate.
    pub countries: Vec<Country>,
    /// Whether it is still approved.
    pub state: ModelState,
}

/// Whether a [`Model`] may be bonded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "a model is approved or it is banned")]
pub enum ModelState {
    /// It may.
    Approved,
    /// It was banned, and every device of it.
    Banned,
}

/// A specification that a model met, and by what that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Certified {
    /// The name of the specification.
    pub specification: String,
    /// The check, document or certificate number.
    pub evidence: String,
}

impl Certified {
    /// The rows of a list, or the name of the first that is not met.
    pub(crate) fn rows(list: &Checklist<'_>) -> Result<Vec<Self>, String> {
        let row = |specification: Specification<'_>, status| match status {
            CertificationStatus::Met { evidence } => {
                Ok(Self { specification: specification.name().into(), evidence: evidence.into() })
            }
            _ => Err(specification.name().into()),
        };
        list.rows().map(|listed| row(listed.specification, listed.status)).collect()
    }
}

/// A specification beyond the minimum that is in force (DIP-4, Connection Specifications). It can be added and not taken back,
/// and binds the models approved from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AddedSpecification {
    /// A short name.
    pub name: String,
    /// What is asked.
    pub description: String,
    /// The device type of which it is asked; `None` for every type.
    pub device_type: Option<DeviceType>,
    /// Of which providers it is asked.
    pub applies_to: AppliesTo,
}

impl AddedSpecification {
    pub(crate) fn of(addition: &AdditionalSpecification<'_>) -> Self {
        let AdditionalSpecification { name, description, device_type, applies_to } = *addition;
        Self { name: name.into(), description: description.into(), device_type, applies_to }
    }

    /// As a [`Checklist`] takes it.
    #[must_use]
    pub fn as_additional(&self) -> AdditionalSpecification<'_> {
        let Self { name, description, device_type, applies_to } = self;
        AdditionalSpecification { name, description, device_type: *device_type, applies_to: *applies_to }
    }
}
