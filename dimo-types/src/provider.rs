//! [`ProviderKind`]: who connects vehicles; [`ConnectivityProvider`]: whose network carries the data.

use crate::named::named;

/// The two kinds of integration provider (DIP-4, Abstract): who makes devices, and who builds digital integrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProviderKind {
    /// A manufacturer of devices with a wallet of their own.
    Hardware,
    /// A developer of connections through a vehicle maker's API.
    Software,
}

named!(ProviderKind, "a kind of provider", {
    Hardware => "hardware",
    Software => "software",
});

/// Whose cellular network a device uses (DIP-4, Pairing & Connectivity).
///
/// # Example: the provider the DIP names, and a maker's own
///
/// ```
/// use dimo_types::ConnectivityProvider;
/// assert_eq!(ConnectivityProvider::Twilio.name(), "Twilio");
/// assert_eq!(ConnectivityProvider::Own("Example Mobile").name(), "Example Mobile");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ConnectivityProvider<'a> {
    /// The initial provider, at the bulk price negotiated for all approved devices.
    Twilio,
    /// A provider the manufacturer chose. Proof of Movement Certification may then need additional integration work.
    Own(&'a str),
}

impl<'a> ConnectivityProvider<'a> {
    /// The provider's name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        match self {
            Self::Twilio => "Twilio",
            Self::Own(name) => name,
        }
    }
}
