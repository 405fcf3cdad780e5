//! How a device fetches a signed release and lets it be tried: [`Updater`], over any [`BootControl`](crate::BootControl) and any source of bytes.
//!
//! ```text
//! idle --ask--> asked --begin--> fetching --stage--> (restart) trial --confirm--> idle
//!   ^             |                 |                             |
//!   +--no answer--+----too slow-----+-------- reverted, with a reason
//! ```
//!
//! - Nothing is fetched before release keys and director have both signed, and nothing is written before the directive's mark is stored: no older directive is taken afterwards.
//! - A chunk is checked before it is written. Nothing that was not signed reaches the flash, and no more than was signed.
//! - After a power cut the same directive is announced again, and fetching goes on where it was noted last. What was written is not believed: the whole image is read again from
//!   flash and hashed before it is staged, and by the boot loader before each start.
//! - A release that was taken back is not tried again until a new directive orders it.
//! - Confirming is the application's: see [`BootControl::confirm`](crate::BootControl::confirm). The security counter follows, never earlier.
//!
//! A release may be a [delta](crate::delta) of the image that runs: then it is applied while its chunks come, and after a power cut it begins anew.
//!
//! # Sealed payloads
//!
//! With the feature `seal` a payload may be sealed, so that nobody who listens reads the image: `dimo_crypto::manifest::PayloadKey` has the format, a stream of ChaCha20 under a key that
//! is made of the whole payload and serves no other one. Before an update begins, the device is handed the key with `Updater::handle_payload_key`; the manifest names it, and without it
//! nothing is fetched. Where the key comes from is the maker's choice: a reply in the sealed session with the backend is usual.
//!
//! The hashes of chunks are those of the sealed bytes, so a chunk is checked, then opened, then written or applied. An open image never waits for its check, and what is written is open:
//! the boot loader needs no key. After a power cut fetching goes on in the middle of the stream, as soon as order and key have come again: the key is in memory only.
//!
//! # Slots
//!
//! Images run where they lie: a release has one image for each slot. A directive for one device names the one for its free slot; one for a group names both.

mod delta;
mod error;
mod key;
mod order;
mod plain;
mod policy;
mod pushed;
mod record;
mod source;
mod updater;

pub use error::UpdateError;
pub use order::{Order, OrderRefusal, UpdateTarget};
pub use policy::UpdatePolicy;
pub use pushed::{PushError, PushedPayload};
pub use source::{ChunkSource, FetchError, PayloadReader, PayloadReaderError, fetch};
pub use updater::{Begun, Progress, UpdateEvent, Updater, Wanted};

#[cfg(feature = "alloc")]
pub use source::payload_with_proofs;
