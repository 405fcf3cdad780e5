//! [`AdditionalSpecification`]: what DIMO Integrations asks beyond the minimum.

use crate::{AppliesTo, DeviceType, ProviderKind};

/// A specification that "goes above and beyond" the minimum of the DIP, for one device type or for all
/// (DIP-4, Connection Specifications). It adds to [`crate::Certification::DIP4`] and cannot take anything from it: no
/// type here removes or replaces a row.
///
/// # Example: privacy is asked of dash cameras only
///
/// ```
/// use dimo_types::{AdditionalSpecification, DeviceType, ProviderKind};
/// let privacy = AdditionalSpecification::DASH_CAMERA_PRIVACY;
/// assert!(privacy.applies(DeviceType::DashCamera, ProviderKind::Hardware));
/// assert!(!privacy.applies(DeviceType::Hub, ProviderKind::Hardware));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AdditionalSpecification<'a> {
    /// A short name.
    pub name: &'a str,
    /// What is asked.
    pub description: &'a str,
    /// The device type of which it is asked; `None` for every type.
    pub device_type: Option<DeviceType>,
    /// Of which providers it is asked.
    pub applies_to: AppliesTo,
}

impl AdditionalSpecification<'static> {
    /// The DIP's example for dash cameras, privacy. Not in force until a deployment adds it; the wording is ours.
    pub const DASH_CAMERA_PRIVACY: Self = Self {
        name: "Dash camera privacy",
        description: "Footage leaves the device only for recipients the user has opted into sharing footage with.",
        device_type: Some(DeviceType::DashCamera),
        applies_to: AppliesTo::HardwareOnly,
    };
    /// The DIP's example for dash cameras, compression. Not in force until a deployment adds it; the wording is ours.
    pub const DASH_CAMERA_COMPRESSION: Self = Self {
        name: "Dash camera compression",
        description: "Footage is compressed before it is stored or sent.",
        device_type: Some(DeviceType::DashCamera),
        applies_to: AppliesTo::HardwareOnly,
    };
}

impl AdditionalSpecification<'_> {
    /// Whether it is asked of a connection of this type by a provider of this kind.
    #[must_use]
    pub fn applies(&self, device_type: DeviceType, kind: ProviderKind) -> bool {
        self.applies_to.includes(kind) && self.device_type.is_none_or(|only| only == device_type)
    }
}
