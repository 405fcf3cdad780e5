//! [`Outbox`]: batches wait in a file, which survives the power as flash does, until the backend has them.

use std::path::Path;

use dimo_hal::flash::BlockingFlash;
use dimo_hal::host::FileFlash;
use dimo_hal::queue::{ItemId, Plain, Queue};
use dimo_hal::wait;
use dimo_types::{Priority, RecordId};

use crate::Failed;

/// Pages of 64 KiB, as many as a long tunnel needs.
const PAGES: usize = 16;
const PAGE: usize = 65_536;
/// The longest message.
pub const LONGEST: usize = 32 * 1024;

type Flash = BlockingFlash<FileFlash<4, PAGE>>;

/// The queue of dimo-hal over a file.
#[derive(Debug)]
pub struct Outbox(Queue<Flash, Plain, PAGES, LONGEST>);

/// What waits: the id of the batch, and the message with it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its place in the queue.
    pub item: ItemId,
    /// The id that the backend acknowledges.
    pub batch: RecordId,
    /// What goes into a record.
    pub message: Vec<u8>,
}

impl Outbox {
    /// Opens what is there, or makes it.
    ///
    /// # Errors
    ///
    /// When the file cannot be used.
    pub fn open(file: &Path) -> Result<Self, Failed> {
        let flash = FileFlash::open(file, PAGES).map_err(|error| Failed::at("the outbox", error))?;
        let queue = wait(Queue::open(BlockingFlash(flash), Plain));
        queue.map(Self).map_err(|error| Failed::at("the outbox", format!("{error:?}")))
    }

    /// Keeps a message until it is acknowledged.
    ///
    /// # Errors
    ///
    /// When it is too long, or the file fails.
    pub fn push(&mut self, batch: RecordId, message: &[u8]) -> Result<(), Failed> {
        let item = [batch.as_bytes().as_slice(), message].concat();
        let pushed = wait(self.0.push(Priority::Routine, &item));
        pushed.map(drop).map_err(|error| Failed::at("the outbox", format!("{error:?}")))
    }

    /// The first message behind one.
    ///
    /// # Errors
    ///
    /// When the file fails.
    pub fn next(&mut self, after: Option<ItemId>) -> Result<Option<Waiting>, Failed> {
        let item =
            wait(self.0.next(after)).map_err(|error| Failed::at("the outbox", format!("{error:?}")))?;
        Ok(item.and_then(|item| {
            let (batch, message) = item.bytes.split_first_chunk()?;
            Some(Waiting { item: item.id, batch: RecordId::from_bytes(*batch), message: message.to_vec() })
        }))
    }

    /// The backend has everything up to this one.
    ///
    /// # Errors
    ///
    /// When the file fails; then it is sent again after the next start.
    pub fn acknowledge(&mut self, item: ItemId) -> Result<(), Failed> {
        wait(self.0.acknowledge(item)).map_err(|error| Failed::at("the outbox", format!("{error:?}")))
    }
}
