//! [`Release`]: an image and its signed manifest, sound or with one thing wrong.

use std::error::Error;

use blueprint::memory;
use blueprint::trust::{BOOT_SEQ, CLASS, VENDOR};
use dimo_crypto::manifest::{
    Algorithm, ChunkSize, ClassId, Dependencies, Envelope, EnvelopeSignature, ImageHash, ImageKind, Manifest,
    Role, Slot, ToBeSigned, Version, chunk_root,
};
use dimo_hal::boot::{BootSlot, MANIFEST_MAX};

use crate::key::Key;

/// What is wrong with a release, to try a boot loader with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has no manifest.
    Unsigned,
    /// Somebody else signed it.
    Stranger,
    /// A bit of the image was changed afterwards.
    Tampered,
    /// It does nothing, and so never confirms itself.
    Dead,
    /// It is for other hardware.
    OtherClass,
    /// It says that it is linked for the other slot.
    OtherSlot,
}

impl Fault {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "unsigned" => Some(Self::Unsigned),
            "stranger" => Some(Self::Stranger),
            "tampered" => Some(Self::Tampered),
            "dead" => Some(Self::Dead),
            "other-class" => Some(Self::OtherClass),
            "other-slot" => Some(Self::OtherSlot),
            _ => None,
        }
    }
}

/// What to make of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) slot: BootSlot,
    pub(crate) seq: u64,
    pub(crate) fault: Option<Fault>,
}

/// An image and its signed manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) image: Vec<u8>,
    /// Empty when there is none.
    pub(crate) signed: Vec<u8>,
}

impl Plan {
    pub(crate) fn build(self, mut image: Vec<u8>) -> Result<Release, Box<dyn Error>> {
        if self.fault == Some(Fault::Dead) {
            image = dead(self.slot);
        }
        let signed = self.sign(&self.manifest(&image)?)?;
        if self.fault == Some(Fault::Tampered) {
            *image.last_mut().ok_or("an empty image")? ^= 1;
        }
        let signed = if self.fault == Some(Fault::Unsigned) { Vec::new() } else { signed };
        Ok(Release { image, signed })
    }

    fn manifest(&self, image: &[u8]) -> Result<Manifest, Box<dyn Error>> {
        let len = u32::try_from(image.len())?;
        let slot = if self.fault == Some(Fault::OtherSlot) { self.slot.other() } else { self.slot };
        Ok(Manifest {
            vendor: VENDOR,
            class: if self.fault == Some(Fault::OtherClass) { ClassId([7; 16]) } else { CLASS },
            kind: ImageKind::APPLICATION,
            slot: Slot::new(slot.number()),
            seq: self.seq,
            version: Version { major: 1, minor: 0, patch: 0 },
            image_len: len,
            image_hash: ImageHash::of(image),
            payload_len: len,
            chunk_size: ChunkSize::FLASH_PAGE,
            chunk_root: chunk_root(image, ChunkSize::FLASH_PAGE)?,
            min_boot_seq: BOOT_SEQ,
            dependencies: Dependencies::NONE,
            epoch: 0,
            not_after: None,
            delta_base: None,
            payload_key: None,
        })
    }

    fn sign(&self, manifest: &Manifest) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut buffer = [0; Manifest::MAX_LEN];
        let payload = manifest.encode(&mut buffer)?;
        let key = Key::test(if self.fault == Some(Fault::Stranger) { Key::STRANGER } else { Key::RELEASE });
        envelope(Role::Release, &key, payload)
    }
}

/// A document with one signature.
pub(crate) fn envelope(role: Role, key: &Key, payload: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (algorithm, id) = (Algorithm::Ed25519, key.id());
    let bytes = ToBeSigned::new(role, algorithm, id, payload)?;
    let signature = EnvelopeSignature { algorithm, key: id, signature: key.sign(bytes.as_bytes()) };
    Ok(Envelope::write(payload, &[signature], &mut [0; MANIFEST_MAX])?.to_vec())
}

/// The stack, the vectors of every exception, and behind them a branch to itself, where all of them lead.
fn dead(slot: BootSlot) -> Vec<u8> {
    const VECTORS: u32 = 16;
    const BRANCH_TO_ITSELF: u32 = 0xE7FE_E7FE;
    let entry = memory::image(slot).start + VECTORS * memory::WORD;
    let mut words = vec![entry | 1; VECTORS as usize];
    words.insert(0, memory::RAM.end);
    words.pop();
    words.push(BRANCH_TO_ITSELF);
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}
