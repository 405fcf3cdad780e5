//! [`Queue`]: what could not be sent yet, in NOR flash, through any power cut.
//!
//! An item that [`push`](Queue::push) has taken is delivered at least once, in the order of its [`ItemId`], unless the queue is full and drops it by
//! its priority, which is counted. The id is never given to another item in the life of the device, so whoever receives an item twice can tell.
//!
//! # How it is stored
//!
//! Pages are a pool. Each holds items of one priority, or acknowledgements, and is written in one start of the device: nothing is appended to what an
//! earlier start has written, so only the last item of a page can be half-written, and what stands in a page before it does not depend on it. Every page
//! is erased right before it is used, the one that was unused for longest first, which levels wear.
//!
//! - A page begins with 40 bytes: mark, format, what it holds, page number, the least id that is still free, the greatest id acknowledged, the pages it
//!   stands for, CRC-32.
//! - An item has 16 bytes of header (mark, check, length, id, CRC-32 over all of it) and is padded to the word of the flash.
//! - Ids that a cut-off writing may have used are left out, so that none is used twice. Of the free pages the one that was begun first is erased first, so
//!   nothing comes back that was copied, or gave way.
//! - Acknowledgements are cumulative, 16 bytes each.
//!
//! When no page is free, two neighbours whose items fit into one are copied there, and a mark behind the copy says that it is whole; a cut before
//! leaves some items twice, with the same id. When that helps no more, the oldest page of the lowest priority gives way, never one of a higher priority than the new item's.
//!
//! # What it costs
//!
//! 16 bytes an item and 40 a page; one writing for each item and, in a start that stores anything, one page for each priority in use. RAM: 48 bytes a
//! page and one item. Opening reads each page once; reading on reads from where the last reading ended.
//!
//! # At rest
//!
//! With [`Sealed`] instead of [`Plain`], items are stored under ChaCha20-Poly1305 with the id as nonce, which is used once. It keeps secrets from whoever
//! takes the flash, not order or number.

mod at_rest;
mod entry;
mod error;
mod find;
mod index;
mod item;
mod part;
mod room;
mod store;

#[cfg(feature = "seal")]
pub use at_rest::Sealed;
pub use at_rest::{AtRest, Damaged, Plain};
pub use error::{PushError, QueueError};
pub use item::{Item, ItemId};
pub use store::{Queue, QueueStatistics};
