//! [`Memory`] and [`Tables`]: what the application works in, for statics of the board's.

use dimo_types::wire::{EncoderMemory, ZlibEncoder, ZlibOptions};

/// Signals that a plan may have, both positions counted.
pub(crate) const SIGNALS: usize = 256;
/// Signals that one batch may have; one more ends the batch.
const COLUMNS: usize = 80;
/// Pieces of 28 bytes of a batch.
const BLOCKS: usize = 104;

/// A batch has at most so many bytes before it is deflated.
pub(crate) const BATCH: usize = 1_400;
/// What waits in the queue: the id of the batch, and the message.
pub(crate) const ITEM: usize = 1_536;
/// The dictionary of a plan, before it is deflated.
pub(crate) const DICTIONARY: usize = 7 * 1_024;
/// A message to or from the broker: a chunk of a release with its proof, and what the broker puts around it.
pub(crate) const MESSAGE: usize = 4_480;
/// What is on its way to the broker: a dictionary, or batches until it has them.
const SENT: usize = 3_840;

/// How batches are deflated: level 6 saves one byte of a hundred, and takes a fifth more of all the instructions that a frame takes.
pub(crate) const DEFLATE: ZlibOptions = match ZlibOptions::new(4, 2048) {
    Ok(options) => options,
    Err(_) => ZlibOptions::DEFAULT,
};

/// What the application works in, all zero at first. Make it a static: it is too large for a stack.
#[expect(missing_debug_implementations, reason = "buffers")]
pub struct Memory {
    pub(crate) encoder: EncoderMemory<SIGNALS, COLUMNS, BLOCKS>,
    pub(crate) zlib: ZlibEncoder,
    pub(crate) plain: [u8; DICTIONARY],
    pub(crate) item: [u8; ITEM],
    pub(crate) sealed: [u8; MESSAGE],
    pub(crate) received: [u8; MESSAGE],
    pub(crate) sent: [u8; SENT],
}

impl Memory {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            encoder: EncoderMemory::new(),
            zlib: ZlibEncoder::new(),
            plain: [0; DICTIONARY],
            item: [0; ITEM],
            sealed: [0; MESSAGE],
            received: [0; MESSAGE],
            sent: [0; SENT],
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}
