//! What a backend tells a device of the vehicle's owner: commands of the reference application, whose `sharing` obeys them.
//!
//! A device records nothing before it knows whose the vehicle is, and what the owner consents to. The backend has the first from the registry of the chain. The second
//! is signed by the owner, so that the backend can only carry it.

use dimo_crypto::Registry;
use dimo_types::{Address, TokenId};

/// The kind of a command that says whose the vehicle is.
pub const OWNER: u8 = 20;
/// The kind of a command that carries a consent.
pub const CONSENT: u8 = 21;

/// Whose vehicle a device is in. The device reports 20, 1 or 0 for taken or not, and the version of the consent that is in force, 8 bytes, little-endian.
#[must_use]
pub fn owner(registry: &Registry, vehicle: TokenId, owner: Address) -> Vec<u8> {
    let chain = registry.chain_id.to_be_bytes();
    let (contract, vehicle) = (registry.contract.as_bytes(), vehicle.as_be_bytes());
    [&[OWNER], chain.as_slice(), contract, vehicle, owner.as_bytes()].concat()
}

/// A consent, signed, as the owner's phone would upload it (SPEC.md of `dimo-pairing`, Uploads). The device reports 21, and then as for [`owner`].
#[must_use]
pub fn consent(uploaded: &[u8]) -> Vec<u8> {
    [&[CONSENT], uploaded].concat()
}
