//! [`DecodeLimits`]: what a received message may make its decoder allocate.

/// Bounds on a received message. A decoder checks them before it allocates what they bound, so a hostile message costs
/// at most twice `inflated_bytes` and once `memory_bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// The longest message after decompression, in bytes.
    pub inflated_bytes: usize,
    /// What the decoded message and the batch made of it may take in memory, in bytes, as estimated from above: 300 or
    /// so for a reading.
    pub memory_bytes: usize,
}

/// 8 MiB and 256 MiB: some 800,000 readings, more than a full bus gives in the usual 20 s.
impl Default for DecodeLimits {
    fn default() -> Self {
        Self { inflated_bytes: 8 << 20, memory_bytes: 256 << 20 }
    }
}
