//! [`Memory`] and [`Tables`]: what the application works in, for statics of the board's.

use dimo_dbc::logger::{Rule, Slot};
use dimo_types::wire::{EncoderMemory, ZlibEncoder};

/// Signals that a plan may have, the position counted.
pub(crate) const SIGNALS: usize = 256;
/// Signals that one batch may have.
const COLUMNS: usize = 128;
/// Pieces of 28 bytes of a batch.
const BLOCKS: usize = 160;
/// Signals that have a rule of their own; all readings of the others are kept.
const RULES: usize = 32;

/// A batch has at most so many bytes before it is deflated.
pub(crate) const BATCH: usize = 1_400;
/// What waits in the queue: the id of the batch, and the message.
pub(crate) const ITEM: usize = 1_536;
/// The dictionary of a plan, before it is deflated.
pub(crate) const DICTIONARY: usize = 10 * 1_024;
/// A message to or from the broker: a chunk of a release with its proof, and what the broker puts around it.
pub(crate) const MESSAGE: usize = 4_736;

/// Buffers, all zero at first. Make it a static: it is too large for a stack.
#[expect(missing_debug_implementations, reason = "buffers")]
pub struct Memory {
    pub(crate) zlib: ZlibEncoder,
    pub(crate) plain: [u8; DICTIONARY],
    pub(crate) sealed: [u8; MESSAGE],
    pub(crate) received: [u8; MESSAGE],
    pub(crate) sent: [u8; MESSAGE],
}

/// What is not zero at first, and so takes flash too. Make it a static.
#[expect(missing_debug_implementations, reason = "buffers")]
pub struct Tables {
    pub(crate) slots: [Slot; RULES],
    pub(crate) encoder: EncoderMemory<SIGNALS, COLUMNS, BLOCKS>,
}

impl Memory {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            zlib: ZlibEncoder::new(),
            plain: [0; DICTIONARY],
            sealed: [0; MESSAGE],
            received: [0; MESSAGE],
            sent: [0; MESSAGE],
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Tables {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: [const { Slot::new(Rule::every(core::time::Duration::ZERO)) }; RULES],
            encoder: EncoderMemory::new(),
        }
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}
