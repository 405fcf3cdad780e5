//! [`RecordStore`]: one small record in NOR flash that a power cut leaves as it was or as it was to become, never otherwise.
//!
//! # How it is stored
//!
//! A record is an entry: 16 bytes of header (mark, format, sequence number, length, CRC-32 over all of it) and its bytes, padded to
//! the word of the flash. Each entry is written twice in a row. The one with the greatest sequence number is the record.
//!
//! A cell whose writing was cut off may read as either value, each time anew. So an entry that reads well proves little, but a second copy
//! proves the first one: it was begun after the first was done. A newest entry without its second copy is copied to another page when the store
//! is [opened](RecordStore::open), before anyone acts on it: what was seen after a start stays. Nothing is appended to a page that an earlier
//! start has written, and every page is erased right before it is used, since a page whose erasure was cut off may read as blank.
//!
//! Wear: an erasure in each start that stores something, and one whenever a page is full, taking turns over all pages.

mod counter;
mod crc32;
mod entry;
mod store;

pub use counter::FlashCounter;
pub use store::{RecordError, RecordStore, StoredRecord};

pub(crate) use crc32::Crc32;
