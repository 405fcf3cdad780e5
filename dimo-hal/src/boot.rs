//! What a boot loader decides before each start, and what the application asks of it: signed images in two slots.
//!
//! DIP-4: "devices must run signed and verified code". A release has one image for each slot, linked for where it runs, so nothing is copied and a cut leaves nothing
//! half-copied; changing over is one [record](crate::record). Before every start, of a trial and of an image that has run for years, the loader checks the release's
//! signature, the hash of the whole image, the class of the hardware, and that the image's security number is not below the counter.
//!
//! - [`BootFlash::stage`] makes a verified image in the other slot the one to try, for so many starts.
//! - [`BootFlash::start`] counts a trial down before it starts it. A trial that is used up, or not sound, ends, and the confirmed image starts.
//! - [`BootFlash::confirm`] makes the image that runs the confirmed one. Only then is the counter raised, by one record that says so first: a cut between the
//!   two is healed at the next start. A counter that was raised earlier would leave nothing to go back to.
//!
//! An image is verified under the root of its own key epoch, the current one or the one before, so that a device whose keys were rotated still starts what it has. The
//! lowest security numbers that the current root allows hold for both.

mod control;
mod counter;
mod error;
mod flash;
mod layout;
mod roots;
mod state;

pub use control::FlashBootControl;
pub use counter::SecurityCounter;
pub use error::BootError;
pub use flash::{BootFlash, ConfirmToken, Started, Verifier};
pub use layout::{BootLayout, MANIFEST_MAX};
pub use roots::{RootError, RootStore, Roots};
pub use state::{BootReason, BootSlot, BootState};
