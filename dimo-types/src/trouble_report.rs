//! [`TroubleReport`]: the trouble codes a vehicle had stored at one time.

use crate::{Timestamp, TroubleCode};

/// The answer to one reading of a vehicle's trouble codes. No code at all is an answer too: the vehicle was asked and had
/// none.
///
/// # Example: a vehicle without a fault
///
/// ```
/// use dimo_types::{Timestamp, TroubleReport};
/// let report = TroubleReport { time: Timestamp::from_secs(1_700_000_000)?, codes: &[] };
/// assert!(report.codes.is_empty());
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TroubleReport<'a> {
    /// When the vehicle answered.
    pub time: Timestamp,
    /// The codes in the order of the answer.
    pub codes: &'a [TroubleCode],
}
