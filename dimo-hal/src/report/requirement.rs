//! [`Requirement`]: what software can show of a row.

use core::fmt;

use dimo_types::Certification;

/// One thing that is to be shown of a device. Each belongs to one row of DIP-4's tables (Connection Specifications).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// Parked, the device draws no more on average than its budget.
    ParkedAverage,
    /// Below the cut-out the device hibernates.
    CutOut,
    /// The part starts only what its first boot stage has verified.
    SecureBoot,
    /// An image that is not signed is refused.
    UnsignedImage,
    /// Flashing and writing services are not sent to the vehicle.
    TransmitGuard,
    /// A record goes through a sealed session and comes out as it was.
    SealedSession,
    /// What was acknowledged to the producer outlives a power cut.
    OfflineQueue,
    /// A country that is not approved is refused, approved ones are not.
    Country,
    /// The secure element keeps its contract.
    ElementContract,
    /// The private key cannot be read.
    KeyProtected,
    /// Signals are configured by a plan that arrives at run time.
    RuntimePlan,
    /// An update survives a power cut at each flash operation.
    UpdateCuts,
}

impl Requirement {
    /// All of them, in the order of the rows.
    pub const ALL: [Self; 12] = [
        Self::ParkedAverage,
        Self::CutOut,
        Self::SecureBoot,
        Self::UnsignedImage,
        Self::TransmitGuard,
        Self::SealedSession,
        Self::OfflineQueue,
        Self::Country,
        Self::ElementContract,
        Self::KeyProtected,
        Self::RuntimePlan,
        Self::UpdateCuts,
    ];

    /// The row it belongs to.
    #[must_use]
    pub const fn row(self) -> Certification {
        match self {
            Self::ParkedAverage | Self::CutOut => Certification::PowerManagement,
            Self::SecureBoot | Self::UnsignedImage | Self::TransmitGuard => Certification::SecureRuntime,
            Self::SealedSession | Self::OfflineQueue => Certification::StreamingInterface,
            Self::Country => Certification::ApprovedGeography,
            Self::ElementContract | Self::KeyProtected => Certification::SecureElementWallet,
            Self::RuntimePlan => Certification::DbcLoggerConfiguration,
            Self::UpdateCuts => Certification::OtaProcess,
        }
    }

    /// Its short name, as the report prints it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParkedAverage => "parked average",
            Self::CutOut => "battery cut-out",
            Self::SecureBoot => "secure boot",
            Self::UnsignedImage => "unsigned image refused",
            Self::TransmitGuard => "transmit guard",
            Self::SealedSession => "sealed session",
            Self::OfflineQueue => "offline queue",
            Self::Country => "country policy",
            Self::ElementContract => "secure element suite",
            Self::KeyProtected => "key protection",
            Self::RuntimePlan => "plan at run time",
            Self::UpdateCuts => "update through power cuts",
        }
    }
}

/// Its [`name`](Requirement::name).
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
