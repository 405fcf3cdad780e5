//! [`Firmware`]: an update that a phone brings.

use dimo_crypto::manifest::{SignatureScheme, TrustedRoot};
use dimo_hal::BootControl;
use dimo_hal::boot::MANIFEST_MAX;
use dimo_hal::clock::Uptime;
use dimo_hal::key_value::KeyValue;
use dimo_hal::update::{Begun, Order, PushError, PushedPayload, UpdateError, UpdateTarget, Updater};
use dimo_pairing::{Refusal, UploadKind};

use crate::document::Document;

/// The longest signed directive, in bytes.
const DIRECTIVE_MAX: usize = 512;
/// A page and the proof of a payload of up to 128 of them.
const CHUNK_MAX: usize = 4096 + 7 * 32;

/// The firmware that a phone uploads: the director's directive, the release's manifest, and the payload with its proofs, in this order.
///
/// Nothing counts because of who sent it. The order is verified before a page is erased, and each chunk before it is written; the image is
/// verified as it stands in flash before it is tried. A directive is for this device: it names one release.
#[derive(Debug)]
pub struct Firmware {
    directive: Document<DIRECTIVE_MAX>,
    manifest: Document<MANIFEST_MAX>,
    payload: PushedPayload<CHUNK_MAX>,
}

/// What a firmware goes to, which the device has for updates from elsewhere too.
#[derive(Debug)]
pub struct Updates<'u, K, B, S> {
    /// Tell it the battery's voltage.
    pub updater: &'u mut Updater<K>,
    /// The slots.
    pub boot: &'u mut B,
    /// Whose firmware is taken.
    pub root: &'u TrustedRoot<'u>,
    /// How its signatures are verified.
    pub scheme: &'u S,
    /// What the device is.
    pub target: &'u UpdateTarget<'u>,
}

fn now() -> Uptime {
    Uptime::from_micros(embassy_time::Instant::now().as_micros())
}

impl Default for Firmware {
    fn default() -> Self {
        Self::new()
    }
}

impl Firmware {
    /// Nothing has come yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { directive: Document::EMPTY, manifest: Document::EMPTY, payload: PushedPayload::new() }
    }

    /// A part of it is to come.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] for an image that nobody ordered, [`Refusal::Unavailable`] for what is no firmware.
    pub fn begin<K: KeyValue>(&mut self, kind: UploadKind, updater: &mut Updater<K>) -> Result<(), Refusal> {
        match kind {
            UploadKind::FirmwareDirective => self.directive.clear(),
            UploadKind::FirmwareManifest => self.manifest.clear(),
            UploadKind::FirmwareImage => {
                updater.go_on(now());
                self.payload.restart();
                updater.wanted().map(drop).ok_or(Refusal::Rejected)?;
            }
            _ => return Err(Refusal::Unavailable),
        }
        Ok(())
    }

    /// A piece of it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] for what was not signed, [`Refusal::TooLong`], [`Refusal::StorageFailed`].
    pub async fn piece<K: KeyValue, B: BootControl>(
        &mut self,
        kind: UploadKind,
        offset: u32,
        bytes: &[u8],
        updater: &mut Updater<K>,
        boot: &mut B,
    ) -> Result<(), Refusal> {
        match kind {
            UploadKind::FirmwareDirective => self.directive.put(offset, bytes),
            UploadKind::FirmwareManifest => self.manifest.put(offset, bytes),
            UploadKind::FirmwareImage => {
                let pushed = self.payload.push(now(), offset, bytes, updater, boot).await;
                pushed.map(drop).map_err(|error| match error {
                    PushError::Update(error) => refusal(&error),
                    PushError::Room { .. } => Refusal::TooLong,
                    _ => Refusal::StorageFailed,
                })
            }
            _ => Err(Refusal::Unavailable),
        }
    }

    /// All of a part is there. After the image the next start tries it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] for what is not ordered, not signed, not newer, or not for this device; [`Refusal::StorageFailed`].
    pub async fn finish<K: KeyValue, B: BootControl, S: SignatureScheme>(
        &mut self,
        kind: UploadKind,
        to: Updates<'_, K, B, S>,
    ) -> Result<(), Refusal> {
        match kind {
            UploadKind::FirmwareDirective => Ok(()),
            UploadKind::FirmwareManifest => self.order(to).await,
            UploadKind::FirmwareImage => to.updater.stage(to.boot).await.map_err(|error| refusal(&error)),
            _ => Err(Refusal::Unavailable),
        }
    }

    async fn order<K: KeyValue, B: BootControl, S: SignatureScheme>(
        &self,
        to: Updates<'_, K, B, S>,
    ) -> Result<(), Refusal> {
        let Updates { updater, boot, root, scheme, target } = to;
        let order = Order { directive: self.directive.bytes(), releases: &[self.manifest.bytes()] };
        match updater.begin(now(), &order, target, root, scheme, boot).await {
            Ok(Begun::Fetching) => Ok(()),
            // There is nothing to bring.
            Ok(_) => Err(Refusal::Rejected),
            Err(error) => Err(refusal(&error)),
        }
    }
}

fn refusal<B: core::fmt::Debug, K: core::fmt::Debug>(error: &UpdateError<B, K>) -> Refusal {
    match error {
        UpdateError::Boot(_) | UpdateError::Store(_) => Refusal::StorageFailed,
        // A battery is charged, and what is on trial confirms itself.
        UpdateError::Voltage { .. } | UpdateError::OnTrial | UpdateError::TooSlow => Refusal::TimedOut,
        _ => Refusal::Rejected,
    }
}
