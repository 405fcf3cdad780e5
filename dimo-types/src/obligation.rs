//! [`Obligation`]: what an integration provider and its connections must and must not do.

use crate::named::named;

/// One obligation of DIP-4, Obligations. The DIP calls its list illustrative, not exhaustive, so more may come.
///
/// # Example: the clause that a challenge names
///
/// ```
/// use dimo_types::{Obligation, ObligationKind};
/// let violated: Obligation = "no-false-data".parse()?;
/// assert_eq!(violated.kind(), ObligationKind::MustNot);
/// assert_eq!(violated.clause(), "Deliberately or negligently generate false data.");
/// # Ok::<(), dimo_types::UnknownName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Obligation {
    /// Quality and security are the provider's to keep.
    StrictStandards,
    /// The provider supports its services.
    SupportForServices,
    /// The provider acts in good faith, always.
    GoodFaith,
    /// The provider does nothing unlawful.
    NoUnlawfulActivities,
    /// Driving stays safe.
    NoInterference,
    /// The vehicle stays whole.
    NoDamage,
    /// The data are true.
    NoFalseData,
    /// Local law is kept.
    LocalRegulations,
    /// Each connection is supported for a reasonable time.
    AdequateSupport,
    /// It does what it is sold for.
    PerformAsExpected,
    /// Data go only where the user opted in: see [`crate::SharingPolicy`].
    ShareOnlyWithOptIn,
    /// Devices arrive in reasonable time; physical devices only.
    ReasonableDelivery,
}

impl Obligation {
    /// Every obligation of the DIP, in its order.
    pub const DIP4: [Self; 12] = [
        Self::StrictStandards,
        Self::SupportForServices,
        Self::GoodFaith,
        Self::NoUnlawfulActivities,
        Self::NoInterference,
        Self::NoDamage,
        Self::NoFalseData,
        Self::LocalRegulations,
        Self::AdequateSupport,
        Self::PerformAsExpected,
        Self::ShareOnlyWithOptIn,
        Self::ReasonableDelivery,
    ];

    /// Whether it forbids, demands, or is a general commitment of the provider.
    #[must_use]
    pub const fn kind(self) -> ObligationKind {
        match self {
            Self::StrictStandards
            | Self::SupportForServices
            | Self::GoodFaith
            | Self::NoUnlawfulActivities => ObligationKind::Commitment,
            Self::NoInterference | Self::NoDamage | Self::NoFalseData => ObligationKind::MustNot,
            Self::LocalRegulations
            | Self::AdequateSupport
            | Self::PerformAsExpected
            | Self::ShareOnlyWithOptIn
            | Self::ReasonableDelivery => ObligationKind::Must,
        }
    }

    /// The clause in the words of the DIP, to be read behind [`ObligationKind::lead`].
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::StrictStandards => "maintaining strict quality and security standards",
            Self::SupportForServices => "provide support for their services",
            Self::GoodFaith => "abide to always act in good faith",
            Self::NoUnlawfulActivities => "agree not to engage in unlawful activities",
            Self::NoInterference => "Interfere with the users safe operation of their vehicle;",
            Self::NoDamage => "Damage the vehicle it is installed in;",
            Self::NoFalseData => "Deliberately or negligently generate false data.",
            Self::LocalRegulations => "Comply with all local regulations;",
            Self::AdequateSupport => {
                "Receive adequate support from the provider for a reasonable duration of time;"
            }
            Self::PerformAsExpected => "Perform as expected;",
            Self::ShareOnlyWithOptIn => {
                "Only share data with recipients that the user has opted into sharing with per the parameters of the \
                 DIMO protocol; and"
            }
            Self::ReasonableDelivery => {
                "If a physical device, be delivered to customers in a reasonable timeframe and fashion."
            }
        }
    }
}

named!(Obligation, "an obligation", {
    StrictStandards => "strict-standards",
    SupportForServices => "support-for-services",
    GoodFaith => "good-faith",
    NoUnlawfulActivities => "no-unlawful-activities",
    NoInterference => "no-interference",
    NoDamage => "no-damage",
    NoFalseData => "no-false-data",
    LocalRegulations => "local-regulations",
    AdequateSupport => "adequate-support",
    PerformAsExpected => "perform-as-expected",
    ShareOnlyWithOptIn => "share-only-with-opt-in",
    ReasonableDelivery => "reasonable-delivery",
});

/// How the DIP introduces an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObligationKind {
    /// A general commitment of the provider.
    Commitment,
    /// Forbidden to a connection.
    MustNot,
    /// Demanded of a connection.
    Must,
}

impl ObligationKind {
    /// The words in front of the clauses of this kind.
    #[must_use]
    pub const fn lead(self) -> &'static str {
        match self {
            Self::Commitment => "Integration providers commit to",
            Self::MustNot => "Connection methods must not:",
            Self::Must => "Connection methods must:",
        }
    }
}
