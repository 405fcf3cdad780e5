//! [`UploadPlan`] and [`Chunk`]: files in pieces, from a phone to a device.

use super::Who;
use super::number::numbered;
use crate::MessageError;

numbered! {
    /// What is uploaded.
    UploadKind {
        /// A plan for decoding a vehicle's bus.
        Plan = 1,
        /// The image of a firmware.
        FirmwareImage = 2,
        /// The signed manifest of a firmware.
        FirmwareManifest = 3,
        /// With whom the owner shares what, signed by the owner.
        SharingConsent = 4,
        /// The order of a fleet's director to install releases, signed by the director.
        FirmwareDirective = 5,
    }
}

impl UploadKind {
    /// The longest that a device takes, in bytes (SPEC.md, Uploads): 16 MiB for a firmware image, 64 KiB for all else.
    #[must_use]
    pub const fn length_max(self) -> u32 {
        match self {
            Self::FirmwareImage => 16 * 1024 * 1024,
            Self::Plan | Self::FirmwareManifest | Self::SharingConsent | Self::FirmwareDirective => 64 * 1024,
        }
    }

    /// Who may upload it.
    #[must_use]
    pub const fn who(self) -> Who {
        match self {
            Self::SharingConsent => Who::Owner,
            Self::Plan | Self::FirmwareImage | Self::FirmwareManifest | Self::FirmwareDirective => {
                Who::OwnerOrInstaller
            }
        }
    }
}

/// What a phone is about to upload. The same plan again goes on where the last one stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadPlan {
    /// What it is.
    pub kind: UploadKind,
    /// How many bytes.
    pub length: u32,
    /// The SHA-256 of all bytes.
    pub sha256: [u8; 32],
}

/// A piece of an upload: 1 to 208 bytes.
///
/// # Example: a file in chunks
///
/// ```
/// use dimo_pairing::Chunk;
/// let file = [7; 500];
/// let first = Chunk::first_of(&file).unwrap();
/// assert_eq!(first.bytes().len(), Chunk::MAX);
/// assert_eq!(Chunk::first_of(&file[416..]).unwrap().bytes().len(), 84);
/// assert_eq!(Chunk::first_of(&[]), None);
/// assert!(Chunk::new(&file).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chunk<'a>(&'a [u8]);

impl<'a> Chunk<'a> {
    /// The longest, in bytes.
    pub const MAX: usize = 208;

    /// A chunk of all of `bytes`.
    ///
    /// # Errors
    ///
    /// [`MessageError::Chunk`] for no byte and for more than 208.
    pub const fn new(bytes: &'a [u8]) -> Result<Self, MessageError> {
        if bytes.is_empty() || bytes.len() > Self::MAX {
            return Err(MessageError::Chunk { len: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The longest chunk that `bytes` begin with; `None` when there are none.
    #[must_use]
    pub fn first_of(bytes: &'a [u8]) -> Option<Self> {
        Self::new(bytes.get(..Self::MAX).unwrap_or(bytes)).ok()
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }
}
