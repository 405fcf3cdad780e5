//! [`Gen1Limits`]: what a received payload may make its reader allocate.

/// Bounds on a received Gen 1 payload. Reading one takes at most about seven times `json_bytes` and 250 bytes a signal,
/// whatever the payload holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gen1Limits {
    /// The longest payload, as received and after decompression, in bytes.
    pub json_bytes: usize,
    /// The most entries of `data.vehicle.signals`.
    pub signals: usize,
}

/// 16 MiB of JSON, 524,288 signals: some ten times a full bus recorded for the usual 20 s.
impl Default for Gen1Limits {
    fn default() -> Self {
        Self { json_bytes: 16 << 20, signals: 1 << 19 }
    }
}
