//! [`Handler`]: the rest of the device, as its radio sees it.

use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Pair, Unpair};
use dimo_pairing::{Answer, Refusal, Request, UploadKind, UploadPlan};

/// What the rest of the device does for phones.
///
/// Whether a phone may ask was decided before: by its role, by somebody's presence, by the device's allowance. One request is handed out at a
/// time.
///
/// # Contract
///
/// - A call that takes longer than 30 s is given up: its future is dropped where it waits, and the phone is told so. It asks again, so what is
///   done must bear being done twice.
/// - Refuse with [`Refusal::Unavailable`] what the device does not have.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait Handler {
    /// Does what a phone asks for: anything but uploads and what the protocol answers by itself.
    async fn perform(&mut self, request: &Request<'_>) -> Answer<'_>;

    /// A file is to come. What had come of another one may be dropped.
    ///
    /// # Errors
    ///
    /// Why it is not wanted.
    async fn begin(&mut self, plan: &UploadPlan) -> Result<(), Refusal>;

    /// A piece of it, 1 to 208 bytes, each behind the one before: no gap, and none twice, unless one was not taken. `Ok` means that it need not
    /// be sent again while the device runs.
    ///
    /// # Errors
    ///
    /// Why it was not taken. The phone may send it again.
    async fn piece(&mut self, kind: UploadKind, offset: u32, bytes: &[u8]) -> Result<(), Refusal>;

    /// All of it is there, and its SHA-256 is the announced one. That says who sent it and not that it is right: a firmware counts for its
    /// signatures.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rejected`] for a file that is not what it should be.
    async fn finish(&mut self, plan: &UploadPlan) -> Result<(), Refusal>;
}

impl<H: Handler> Handler for &mut H {
    async fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        (**self).perform(request).await
    }

    async fn begin(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        (**self).begin(plan).await
    }

    async fn piece(&mut self, kind: UploadKind, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        (**self).piece(kind, offset, bytes).await
    }

    async fn finish(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        (**self).finish(plan).await
    }
}

/// What has happened between a phone and the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Phones can find the device, and the next one can connect.
    Advertising,
    /// A phone has connected. Who it is is not known yet.
    Connected,
    /// The phone is gone.
    Disconnected,
    /// The owner has let this phone in, and it is remembered.
    Paired {
        /// What it may do.
        role: Role,
    },
    /// A phone that is remembered is back.
    Resumed {
        /// What it may do.
        role: Role,
    },
    /// The wallet has signed that this owner takes the device. It belongs to him once the registry says so: see
    /// [`Radio::set_owner`](crate::Radio::set_owner).
    Claimed(Claim),
    /// The wallet has signed that the device belongs to a vehicle.
    PairedWithVehicle(Pair),
    /// The wallet has signed that the device no longer belongs to a vehicle.
    UnpairedFromVehicle(Unpair),
}
