//! [`SignRequest`]: what a device's wallet is to sign.

use dimo_crypto::pairing::PairingProof;
use dimo_crypto::{Claim, Pair, Signature, Unpair};

use super::Request;

/// What a device is to sign: one of four structs that it made or read field by field, never bytes.
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
    /// That the device is at the end of this handshake.
    Proof(PairingProof),
    /// That an owner takes the device.
    Claim(Claim),
    /// That the device belongs to a vehicle.
    Pair(Pair),
    /// That the device no longer belongs to a vehicle.
    Unpair(Unpair),
}

impl SignRequest {
    /// What the request asks to be signed; `None` for all but claim, pair and unpair.
    #[must_use]
    pub const fn of(request: &Request<'_>) -> Option<Self> {
        match request {
            Request::Claim(claim) => Some(Self::Claim(*claim)),
            Request::Pair(pair) => Some(Self::Pair(*pair)),
            Request::Unpair(unpair) => Some(Self::Unpair(*unpair)),
            _ => None,
        }
    }

    /// Has `wallet` sign it.
    ///
    /// # Errors
    ///
    /// Those of the wallet.
    pub async fn sign<W: dimo_crypto::DeviceSigner>(&self, wallet: &mut W) -> Result<Signature, W::Error> {
        match self {
            Self::Proof(proof) => wallet.sign(proof).await,
            Self::Claim(claim) => wallet.sign(claim).await,
            Self::Pair(pair) => wallet.sign(pair).await,
            Self::Unpair(unpair) => wallet.sign(unpair).await,
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
            Self::Proof(proof) => wallet.sign(proof),
            Self::Claim(claim) => wallet.sign(claim),
            Self::Pair(pair) => wallet.sign(pair),
            Self::Unpair(unpair) => wallet.sign(unpair),
        }
    }
}
