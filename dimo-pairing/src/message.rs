//! The messages: what a phone may ask ([`Request`]) and what a device may answer ([`Answer`]).

use core::fmt;

use dimo_crypto::{Claim, Pair, Signature};
use dimo_types::{Address, VehicleNumber};
use thiserror::Error;

use crate::{Refusal, Text};

/// The longest message of any kind, in bytes, without its envelope.
pub const MESSAGE_MAX: usize = 256;
/// The longest packet a side must take, in bytes: a message, and room for its protection.
pub const PACKET_MAX: usize = MESSAGE_MAX + 32;

/// The version of the messages that this crate writes.
pub const VERSION: u8 = 1;

/// What a phone asks for. There is no request that carries a digest: the device builds what it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Who are you?
    Identify,
    /// Sign that this owner takes you.
    Claim(Claim),
    /// Sign that you belong to this vehicle.
    Pair(Pair),
    /// Ask the vehicle for its VIN, now.
    ReadVin,
}

impl From<SignRequest> for Request {
    fn from(request: SignRequest) -> Self {
        match request {
            SignRequest::Claim(claim) => Self::Claim(claim),
            SignRequest::Pair(pair) => Self::Pair(pair),
        }
    }
}

/// What a device answers to one [`Request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// To [`Request::Identify`].
    Identity(Identity),
    /// To [`Request::Claim`]: the device's signature over that claim.
    ClaimProof(Signature),
    /// To [`Request::Pair`]: the device's signature over that pairing.
    PairProof(Signature),
    /// To [`Request::ReadVin`]: the number as the vehicle tells it, its check digit not verified.
    Vin(VehicleNumber),
    /// To any of them: no, and why.
    Refused(Refusal),
}

/// What a device says of itself. It proves nothing: only a signature does.
///
/// # Example: the identity that a maker sets at the factory
///
/// ```
/// use dimo_pairing::{Identity, Text, Versions};
/// let identity = Identity {
///     address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?,
///     serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?,
///     hardware: Text::new("7.0")?,
///     firmware: Text::new("1.22.8")?,
///     versions: Versions::SUPPORTED,
/// };
/// assert_eq!(identity.versions.highest(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The account of its wallet.
    pub address: Address,
    /// Its serial number, as printed on it.
    pub serial: Text<36>,
    /// The version of its hardware.
    pub hardware: Text<16>,
    /// The version of its firmware.
    pub firmware: Text<32>,
    /// The versions of these messages that it speaks.
    pub versions: Versions,
}

/// A range of message versions, from the lowest to the highest spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions {
    lowest: u8,
    highest: u8,
}

impl Versions {
    /// What this crate speaks.
    pub const SUPPORTED: Self = Self { lowest: VERSION, highest: VERSION };

    /// A range; `None` when `lowest` is above `highest`.
    #[must_use]
    pub const fn new(lowest: u8, highest: u8) -> Option<Self> {
        if lowest <= highest { Some(Self { lowest, highest }) } else { None }
    }

    /// The lowest version spoken.
    #[must_use]
    pub const fn lowest(self) -> u8 {
        self.lowest
    }

    /// The highest version spoken.
    #[must_use]
    pub const fn highest(self) -> u8 {
        self.highest
    }

    /// Whether `version` is among them.
    #[must_use]
    pub const fn contains(self, version: u8) -> bool {
        self.lowest <= version && version <= self.highest
    }
}

/// `1 to 2`.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.lowest, self.highest)
    }
}

/// Names a request of one link; its answer carries the same. A phone uses each once, then the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(u16);

impl RequestId {
    /// A request id from its number.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Self(id)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The one after it; 0 follows 65,535.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// What a device is to sign: one of two structs that it read field by field, never bytes.
///
/// # Example: a wallet answers
///
/// ```
/// # use dimo_crypto::{Registry, SoftwareKey, Claim, recover, blocking::DeviceSigner};
/// # use dimo_pairing::SignRequest;
/// # let mut wallet = SoftwareKey::from_bytes([7; 32])?;
/// # let claim = Claim { registry: Registry::AMOY, device_node: 42.into(), owner: wallet.address() };
/// let request = SignRequest::Claim(claim);
/// let signature = request.sign_blocking(&mut wallet)?;
/// assert_eq!(recover(&claim, &signature)?, wallet.address());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignRequest {
    /// That an owner takes the device.
    Claim(Claim),
    /// That the device belongs to a vehicle.
    Pair(Pair),
}

impl SignRequest {
    /// Has `wallet` sign it.
    ///
    /// # Errors
    ///
    /// Those of the wallet.
    pub async fn sign<W: dimo_crypto::DeviceSigner>(&self, wallet: &mut W) -> Result<Signature, W::Error> {
        match self {
            Self::Claim(claim) => wallet.sign(claim).await,
            Self::Pair(pair) => wallet.sign(pair).await,
        }
    }

    /// Has `wallet` sign it and waits.
    ///
    /// # Errors
    ///
    /// Those of the wallet.
    pub fn sign_blocking<W: dimo_crypto::blocking::DeviceSigner>(
        &self,
        wallet: &mut W,
    ) -> Result<Signature, W::Error> {
        match self {
            Self::Claim(claim) => wallet.sign(claim),
            Self::Pair(pair) => wallet.sign(pair),
        }
    }
}

/// Why a vehicle's VIN is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum VinUnavailable {
    /// It did not answer.
    #[error("the vehicle did not answer")]
    NoAnswer,
    /// It is off, and the question would wake it.
    #[error("the vehicle is off")]
    VehicleOff,
    /// It does not tell it on its diagnostic bus.
    #[error("the vehicle does not tell its VIN")]
    NotSupported,
}

impl From<VinUnavailable> for Refusal {
    fn from(reason: VinUnavailable) -> Self {
        match reason {
            VinUnavailable::NoAnswer => Self::VinNoAnswer,
            VinUnavailable::VehicleOff => Self::VinVehicleOff,
            VinUnavailable::NotSupported => Self::VinNotSupported,
        }
    }
}
