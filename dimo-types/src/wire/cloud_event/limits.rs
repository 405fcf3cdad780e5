//! [`CloudEventLimits`]: what a received CloudEvent may make its reader allocate.

/// How many unknown fields are ever kept, whatever the limit says.
pub(super) const MOST_EXTRAS: usize = 4096;

/// Bounds on a received CloudEvent. Reading one and its data takes at most about three times `json_bytes` and 600 bytes an
/// entry, whatever it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloudEventLimits {
    /// The longest event, in bytes.
    pub json_bytes: usize,
    /// The most entries of `data.signals`, of `data.events`, and tags of all events together.
    pub entries: usize,
    /// The most fields that this crate has no meaning for, beside `data` and in it; more than 4096 are never taken.
    pub extras: usize,
    /// How deep objects and lists may stand in each other; `{}` is 1.
    pub nesting: usize,
}

/// 16 MiB, 262,144 entries, 256 extras, 32 levels: some ten times a full bus recorded for 20 s.
impl Default for CloudEventLimits {
    fn default() -> Self {
        Self { json_bytes: 16 << 20, entries: 1 << 18, extras: 256, nesting: 32 }
    }
}
