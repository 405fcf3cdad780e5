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

/// The public key of the backend that sessions are opened to, as `tool server` writes it.
pub const SERVER: &[u8; 32] = include_bytes!("server.bin");
/// Who may read what the device sends.
pub const RECIPIENT: [u8; 20] = [0xBE; 20];
/// The secret of this device, which a factory makes at random for each. This one is that of the Hardhat tool's first account, as the label of the demo has it.
pub const DEVICE: [u8; 32] = [
    0xac, 0x09, 0x74, 0xbe, 0xc3, 0x9a, 0x17, 0xe3, 0x6b, 0xa4, 0xa6, 0xb4, 0xd2, 0x38, 0xff, 0x94, 0x4b,
    0xac, 0xb4, 0x78, 0xcb, 0xed, 0x5e, 0xfc, 0xae, 0x78, 0x4d, 0x7b, 0xf4, 0xf2, 0xff, 0x80,
];
/// When this firmware was built at the earliest, in seconds since the Unix epoch: 2026-11-01.
pub const BUILT: u64 = 1_793_491_200;

/// The maker's keys. `None` when they were made wrongly.
#[must_use]
pub fn root() -> Option<TrustedRoot<'static>> {
    Some(TrustedRoot::provisioned(Root::parse(ROOT).ok()?))
}

/// What every image is verified with. `None` when the root was made wrongly.
#[must_use]
pub fn verifier() -> Option<Verifier<'static, Ed25519>> {
    Some(Verifier { root: root()?, before: None, scheme: Ed25519, class: CLASS, boot_seq: BOOT_SEQ })
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
