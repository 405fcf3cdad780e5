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
}
