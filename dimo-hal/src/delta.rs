//! Deltas: a new image as changes of the one that runs.
//!
//! Between two releases of a firmware most code moves and little changes: where a function grew, everything behind it has other addresses, and every call of it another distance.
//! So a delta copies pieces of the old image from elsewhere and adds small differences to them. It is applied in one pass with a kilobyte of memory, and the manifest signs it twice: chunk
//! by chunk as it comes, and the image that it has to become.
//!
//! # The format
//!
//! Numbers are LEB128: seven bits in each byte, the lowest first, the highest bit set in all but the last; at most five bytes.
//!
//! ```text
//! "DFD1"                       mark and version
//! length of the image
//! then, until the image is whole:
//!   insert                     a number of bytes, and these bytes
//!   copy                       a number of bytes to copy from the old image; if it is not 0:
//!     from                     where, from the end of the last copy on: zigzag, 2n forwards, 2n - 1 backwards
//!     until all are copied:
//!       same                   so many bytes as they are in the old image
//!       changed                so many bytes, each given as what is to be added to the old one, modulo 256
//! ```
//!
//! # After a power cut
//!
//! A delta begins anew with its first chunk: it is short, and what was written is not believed. The slot that runs is read only, so nothing is lost.
//!
//! # Example: an image of which a word has changed
//!
//! ```
//! # #[cfg(feature = "alloc")] {
//! use dimo_hal::delta::{DeltaApplier, DeltaTarget, encode};
//! use dimo_hal::wait;
//!
//! struct Memory<'b> { base: &'b [u8], image: Vec<u8> }
//! impl DeltaTarget for Memory<'_> {
//!     type Error = &'static str;
//!     async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
//!         let base = self.base.get(offset as usize..).and_then(|base| base.get(..bytes.len()));
//!         bytes.copy_from_slice(base.ok_or("beyond the base")?);
//!         Ok(())
//!     }
//!     async fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
//!         self.image.extend(bytes);
//!         Ok(())
//!     }
//! }
//!
//! let base: Vec<u8> = (0..10_000u32).flat_map(u32::to_le_bytes).collect();
//! let mut image = base.clone();
//! image[20_000] ^= 1;
//! let delta = encode(&base, &image);
//! assert!(delta.len() < 32);
//! let mut memory = Memory { base: &base, image: Vec::new() };
//! let mut applier = DeltaApplier::new(image.len() as u32);
//! wait(applier.push(&delta, &mut memory))?;
//! applier.finish::<&str>()?;
//! assert_eq!(memory.image, image);
//! # }
//! # Ok::<(), dimo_hal::delta::DeltaError<&'static str>>(())
//! ```

mod apply;
#[cfg(feature = "alloc")]
mod encode;
mod error;

pub use apply::{DeltaApplier, DeltaTarget};
#[cfg(feature = "alloc")]
pub use encode::encode;
pub use error::DeltaError;

/// Mark and version.
const HEAD: [u8; 4] = *b"DFD1";
