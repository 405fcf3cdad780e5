//! [`Power`]: what DIP-4 lets DIMO Integrations do, in parts that a vote may move.

use core::fmt;

/// One of the powers that DIP-4 gives to DIMO Integrations (Authority & Domain; Slashing & License Revocation).
///
/// The token holders "may amend the powers and responsibilities this team possesses, and/or may extend these powers and
/// responsibilities to other teams": [`TokenHolders::set_powers`](crate::TokenHolders::set_powers). To take from a stake is
/// not among them. That is the [`Court`](crate::Court)'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Power {
    /// To grant licences, to reject applications, to transfer a licence.
    Licences,
    /// To suspend licences and to reinstate them.
    Suspensions,
    /// To revoke licences.
    Revocations,
    /// To raise what a provider must stake, never below the minimum.
    Requirements,
    /// To approve the device models and software services of providers.
    Models,
    /// To ban devices and models from the network.
    Bans,
    /// To add device types.
    DeviceTypes,
    /// To add specifications beyond the minimum, never to lower it.
    Specifications,
    /// To publish analyses, alerts and post-mortems.
    Reports,
    /// To share out what DIMO Integrations has earned among its members.
    TeamShare,
}

impl Power {
    /// All of them: what DIP-4 gives to DIMO Integrations.
    pub const DIP4: [Self; 10] = [
        Self::Licences,
        Self::Suspensions,
        Self::Revocations,
        Self::Requirements,
        Self::Models,
        Self::Bans,
        Self::DeviceTypes,
        Self::Specifications,
        Self::Reports,
        Self::TeamShare,
    ];
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Licences => "licences",
            Self::Suspensions => "suspensions",
            Self::Revocations => "revocations",
            Self::Requirements => "stake requirements",
            Self::Models => "device models",
            Self::Bans => "bans",
            Self::DeviceTypes => "device types",
            Self::Specifications => "specifications",
            Self::Reports => "reports",
            Self::TeamShare => "the share of the team",
        })
    }
}
