//! [`Device`]: what a backend keeps of one device.

use std::collections::HashSet;

use dimo_crypto::session::{LastOpening, ServerSession};
use dimo_types::RecordId;

/// What is kept of one device. The latest opening has to outlive the program of a real backend; the rest may be lost.
#[derive(Debug, Default)]
pub(crate) struct Device {
    pub(crate) last_opening: LastOpening,
    pub(crate) session: Option<ServerSession>,
    /// The batches that are stored.
    pub(crate) stored: HashSet<RecordId>,
}
