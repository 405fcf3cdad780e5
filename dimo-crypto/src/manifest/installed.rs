//! [`InstalledState`]: what a device is and has, which decides what may be installed on it.

use dimo_types::Address;

use super::directive::Target;
use super::part::{ClassId, GroupId, ImageHash, ImageKind, Nonce, PayloadKeyId, Slot};

/// One thing of the device that is updated on its own, as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstalledImage {
    /// What it is for.
    pub kind: ImageKind,
    /// The greatest security sequence number that was ever confirmed: the counter, not what the image in the slot says of itself.
    ///
    /// For an image that is staged in the same update and waits for others: the number of the staged one, so that they see it.
    pub seq: u64,
    /// The hash of the image that runs, the base of a delta.
    pub hash: ImageHash,
    /// The slot that would be written; `None` where images are copied to the place where they run.
    pub target_slot: Option<Slot>,
    /// The bytes that fit into it.
    pub capacity: u32,
}

/// The last directive that was taken. Persist it before anything of the update is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DirectorMark {
    /// Its key epoch. Numbers are compared within one only: a new root begins anew, which is how a vendor recovers from a stolen
    /// director key that used the numbers up.
    pub epoch: u32,
    /// Its number.
    pub seq: u64,
    /// The SHA-256 of its bytes, so that the same one may be taken again after a restart.
    pub hash: [u8; 32],
}

/// What a device is and has. Everything in it comes from the device itself, nothing from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstalledState<'a> {
    /// The address of its wallet.
    pub device: Address,
    /// The groups that it is in.
    pub groups: &'a [GroupId],
    /// Its hardware.
    pub class: ClassId,
    /// Its images, but for the boot loader unless that is updated too.
    pub images: &'a [InstalledImage],
    /// The security sequence number of the boot loader.
    pub boot_seq: u64,
    /// The last directive that was taken, if any.
    pub director: Option<DirectorMark>,
    /// What it asked the director, while it waits for the answer: then nothing but the answer will do.
    pub nonce: Option<Nonce>,
    /// The keys that it can decrypt a payload with.
    pub payload_keys: &'a [PayloadKeyId],
    /// How far a security sequence number may jump at once: without a limit, one release could use the counter up for good.
    /// [`Self::USUAL_JUMP`] unless there is a reason.
    pub max_jump: u64,
}

impl InstalledState<'_> {
    /// A jump that no vendor makes and that still leaves 2^54 of them.
    pub const USUAL_JUMP: u64 = 1024;

    /// The image of this kind, if the device has one.
    #[must_use]
    pub fn image(&self, kind: ImageKind) -> Option<&InstalledImage> {
        self.images.iter().find(|image| image.kind == kind)
    }

    pub(super) fn is_meant_by(&self, target: &Target) -> bool {
        match target {
            Target::Device(address) => *address == self.device,
            Target::Group(group) => self.groups.contains(group),
        }
    }
}
