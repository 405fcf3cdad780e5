//! [`order`]: a director's directive with the manifests that it names, as a device takes it.

use std::error::Error;

use dimo_crypto::manifest::{Directive, ManifestList, Role, SignedManifest, Target};
use dimo_types::Address;

use crate::key::Key;
use crate::release::envelope;

/// Number `seq` of the director's directives for a device, and behind it the manifests: each piece with the count of its bytes before it, two bytes, little-endian.
pub(crate) fn order(device: Address, seq: u64, manifests: &[Vec<u8>]) -> Result<Vec<u8>, Box<dyn Error>> {
    let hashes: Vec<_> = manifests
        .iter()
        .map(|signed| Ok(SignedManifest::parse(signed)?.hash()))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let manifests_named = ManifestList::new(&hashes).ok_or("one to four manifests")?;
    let directive = Directive {
        target: Target::Device(device),
        manifests: manifests_named,
        seq,
        epoch: 0,
        nonce: None,
        issued: None,
    };
    let mut buffer = [0; Directive::MAX_LEN];
    let directive = envelope(Role::Director, &Key::test(Key::DIRECTOR), directive.encode(&mut buffer)?)?;
    let mut order = Vec::new();
    for piece in std::iter::once(&directive).chain(manifests) {
        order.extend(u16::try_from(piece.len())?.to_le_bytes());
        order.extend(piece);
    }
    Ok(order)
}
