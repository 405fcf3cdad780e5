//! Whom the device trusts, and what it is.

use dimo_crypto::manifest::{Algorithm, ClassId, Root, SchemeError, SignatureScheme, TrustedRoot, VendorId};
use dimo_hal::boot::Verifier;

/// The maker of this firmware.
pub const VENDOR: VendorId = VendorId(*b"DIMO crates demo");
/// QEMU's mps2-an386 with this memory.
pub const CLASS: ClassId = ClassId(*b"QEMU mps2-an386\x01");
/// The security number of the boot loader.
pub const BOOT_SEQ: u64 = 1;

/// The public keys of the maker, as `tool root` writes them from its test keys.
const ROOT: &[u8] = include_bytes!("root.bin");

/// What every image is verified with. `None` when the root was made wrongly.
#[must_use]
pub fn verifier() -> Option<Verifier<'static, Ed25519>> {
    let root = TrustedRoot::provisioned(Root::parse(ROOT).ok()?);
    Some(Verifier { root, before: None, scheme: Ed25519, class: CLASS, boot_seq: BOOT_SEQ })
}

/// Ed25519 by `salty`: a quarter of the flash of `ed25519-dalek`, and two and a half times its instructions, once at each start.
///
/// It takes keys of small order for keys; those of a root are trusted, so there are none.
#[derive(Clone, Copy, Debug)]
pub struct Ed25519;

impl SignatureScheme for Ed25519 {
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SchemeError> {
        if algorithm != Algorithm::Ed25519 {
            return Err(SchemeError::Unsupported);
        }
        let key: &[u8; 32] = key.try_into().map_err(|_| SchemeError::Key)?;
        let key = salty::PublicKey::try_from(key).map_err(|_| SchemeError::Key)?;
        let signature = salty::Signature::from(signature);
        key.verify(message, &signature).map_err(|_| SchemeError::Signature)
    }
}
