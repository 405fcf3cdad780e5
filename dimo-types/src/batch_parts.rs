//! [`BatchParts`]: what a batch carries beside readings.

use crate::{Fingerprint, TroubleReport, VehicleEvent};

/// What a batch carries beside readings, borrowed. Nothing by default.
///
/// # Example: a drive with one hard brake
///
/// ```
/// use dimo_types::{BatchParts, Timestamp, VehicleEvent, VehicleEventName};
/// let events = [VehicleEvent::new(VehicleEventName::HarshBraking, Timestamp::from_secs(1_700_000_000)?)];
/// let parts = BatchParts { events: &events, ..BatchParts::default() };
/// assert_eq!(parts.fingerprint, None);
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BatchParts<'a> {
    /// What happened to the vehicle.
    pub events: &'a [VehicleEvent<'a>],
    /// Answers to readings of the vehicle's trouble codes.
    pub trouble_codes: &'a [TroubleReport<'a>],
    /// Which vehicle it is, once per boot.
    pub fingerprint: Option<Fingerprint<'a>>,
    /// 16 random bytes that the salts of the batch's leaves are made from; with them, who is shown one leaf cannot find out
    /// by trying what the others hold. For batches of which single signals will be shown to third parties.
    pub leaf_seed: Option<[u8; 16]>,
}

impl BatchParts<'_> {
    /// Whether there is nothing but readings, a seed not counted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.trouble_codes.is_empty() && self.fingerprint.is_none()
    }
}
