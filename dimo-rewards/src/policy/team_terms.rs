//! [`TeamTerms`]: what the DIMO Integrations team is given and promises.

use dimo_types::{Month, Wei};

/// What DIP-4 gives the DIMO Integrations team, and what it promises in return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct TeamTerms {
    /// The first infusion in $DIMO: 50,000 (Budget & Financial Projections).
    pub infusion: Wei,
    /// The first infusion in whole $DAI: 150,000 (Budget & Financial Projections).
    pub infusion_dai: u32,
    /// Days until the Resource Allocation DIP and its presentation: 90 (Team Composition & Operating Structure).
    pub resource_allocation_days: u32,
    /// Days until the application process is documented: 60 (Application).
    pub application_documents_days: u32,
    /// The last month for the goals: December 2023 (Operating Goals & Metrics).
    pub goals_until: Option<Month>,
    /// Distinct device manufacturers to onboard: 5 (Operating Goals & Metrics).
    pub goal_manufacturers: u32,
    /// Devices to approve: 5 (Operating Goals & Metrics).
    pub goal_devices: u32,
    /// Device types that those devices span: 2 (Operating Goals & Metrics).
    pub goal_device_types: u32,
}

impl TeamTerms {
    /// As DIP-4 has them.
    pub const DIP4: Self = Self {
        infusion: Wei::new(50_000 * Wei::PER_DIMO),
        infusion_dai: 150_000,
        resource_allocation_days: 90,
        application_documents_days: 60,
        goals_until: match Month::new(2023, 12) {
            Ok(month) => Some(month),
            Err(_) => None,
        },
        goal_manufacturers: 5,
        goal_devices: 5,
        goal_device_types: 2,
    };

    /// Nothing given and nothing promised: the adopted form of DIP-4 has no such team.
    pub const NONE: Self = Self {
        infusion: Wei::ZERO,
        infusion_dai: 0,
        resource_allocation_days: 0,
        application_documents_days: 0,
        goals_until: None,
        goal_manufacturers: 0,
        goal_devices: 0,
        goal_device_types: 0,
    };
}
