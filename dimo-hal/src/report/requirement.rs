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
    /// It sleeps no longer than it was told, and an event wakes it.
    PowerManager,
    /// Its transceivers stand by until they are told otherwise, and as long as it sleeps.
    VehiclePort,
    /// The sensor that is to wake it feels a tow and nothing else.
    MotionSensor,
    /// The part starts only what its first boot stage has verified.
    SecureBoot,
    /// An image that is not signed is refused.
    UnsignedImage,
    /// Flashing and writing services are not sent to the vehicle.
    TransmitGuard,
    /// What hangs is started anew.
    Watchdog,
    /// The factory gave it a name and a secret of its own.
    FactoryInfo,
    /// A record goes through a sealed session and comes out as it was.
    SealedSession,
    /// What was acknowledged to the producer outlives a power cut.
    OfflineQueue,
    /// Nothing goes out that the owner has not consented to (Obligations: "Only share data with recipients that the user has opted into").
    OwnersConsent,
    /// A country that is not approved is refused, approved ones are not.
    Country,
    /// It finds out where it is.
    Position,
    /// The secure element keeps its contract.
    ElementContract,
    /// The private key cannot be read.
    KeyProtected,
    /// Signals are configured by a plan that arrives at run time.
    RuntimePlan,
    /// A release that was signed and ordered is fetched, tried, confirmed and counted.
    UpdateRun,
    /// An update is refused that is not signed, not ordered, older or for other hardware.
    UpdateRefusals,
    /// An update survives a power cut at each flash operation.
    UpdateCuts,
}

/// Which devices a requirement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// For each: without its check the row is not judged.
    Always,
    /// For those that have the part. A check that fails counts, one that did not run is not missed.
    WherePresent,
}

impl Requirement {
    /// All of them, in the order of the rows.
    pub const ALL: [Self; 21] = [
        Self::ParkedAverage,
        Self::CutOut,
        Self::PowerManager,
        Self::VehiclePort,
        Self::MotionSensor,
        Self::SecureBoot,
        Self::UnsignedImage,
        Self::TransmitGuard,
        Self::Watchdog,
        Self::FactoryInfo,
        Self::SealedSession,
        Self::OfflineQueue,
        Self::OwnersConsent,
        Self::Country,
        Self::Position,
        Self::ElementContract,
        Self::KeyProtected,
        Self::RuntimePlan,
        Self::UpdateRun,
        Self::UpdateRefusals,
        Self::UpdateCuts,
    ];

    /// The row it belongs to.
    #[must_use]
    pub const fn row(self) -> Certification {
        match self {
            Self::ParkedAverage
            | Self::CutOut
            | Self::PowerManager
            | Self::VehiclePort
            | Self::MotionSensor => Certification::PowerManagement,
            Self::SecureBoot
            | Self::UnsignedImage
            | Self::TransmitGuard
            | Self::Watchdog
            | Self::FactoryInfo => Certification::SecureRuntime,
            Self::SealedSession | Self::OfflineQueue | Self::OwnersConsent => {
                Certification::StreamingInterface
            }
            Self::Country | Self::Position => Certification::ApprovedGeography,
            Self::ElementContract | Self::KeyProtected => Certification::SecureElementWallet,
            Self::RuntimePlan => Certification::DbcLoggerConfiguration,
            Self::UpdateRun | Self::UpdateRefusals | Self::UpdateCuts => Certification::OtaProcess,
        }
    }

    /// Whether each device has to show it. DIP-4 asks for no motion sensor, the country may come from the network instead of a
    /// position, and the tables do not name the owner's consent, which the obligations do.
    #[must_use]
    pub const fn need(self) -> Need {
        match self {
            Self::MotionSensor | Self::Position | Self::OwnersConsent => Need::WherePresent,
            _ => Need::Always,
        }
    }

    /// Its short name, as the report prints it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParkedAverage => "parked average",
            Self::CutOut => "battery cut-out",
            Self::PowerManager => "power manager suite",
            Self::VehiclePort => "vehicle port suite",
            Self::MotionSensor => "motion sensor suite",
            Self::SecureBoot => "secure boot",
            Self::UnsignedImage => "unsigned image refused",
            Self::TransmitGuard => "transmit guard",
            Self::Watchdog => "watchdog suite",
            Self::FactoryInfo => "factory info suite",
            Self::SealedSession => "sealed session",
            Self::OfflineQueue => "offline queue",
            Self::OwnersConsent => "owner's consent",
            Self::Country => "country policy",
            Self::Position => "position suite",
            Self::ElementContract => "secure element suite",
            Self::KeyProtected => "key protection",
            Self::RuntimePlan => "plan at run time",
            Self::UpdateRun => "update run",
            Self::UpdateRefusals => "update refusals",
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
