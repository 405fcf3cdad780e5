//! What a trip amounts to: `summary.json` and the table at the end.

use std::collections::BTreeMap;
use std::fmt;

use dimo_types::Address;
use serde::Serialize;

use crate::backend::Tally;
use crate::drive::{Counts, Driven};
use crate::error::TripError;
use crate::sending::SentTotals;

/// The contents of `summary.json`; the names are a contract.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary {
    #[serde(flatten)]
    pub(crate) counts: Counts,
    pub(crate) batches: u64,
    /// Form -> bytes of everything sent: envelopes and signatures, or openings of sessions, records and dictionary.
    pub(crate) wire_bytes: BTreeMap<&'static str, u64>,
    /// Form -> bytes without all that.
    pub(crate) payload_bytes: BTreeMap<&'static str, u64>,
    /// Readings that JSON cannot write, because they are no finite numbers.
    pub(crate) left_out_of_gen1: u64,
    pub(crate) device_address: Address,
    pub(crate) signatures_verified: u64,
    pub(crate) signatures_failed: u64,
    pub(crate) log_seconds: f64,
    pub(crate) wall_seconds: f64,
}

impl Summary {
    /// The summary of a finished drive; how long it took is not known yet.
    pub(crate) fn new(driven: &Driven, sent: SentTotals, tally: Tally, device_address: Address) -> Self {
        let micros = driven.clock.map_or(0, |clock| clock.latest.micros_since(clock.earliest));
        Self {
            counts: driven.counts,
            batches: sent.batches,
            wire_bytes: sent.wire_bytes.to_map(),
            payload_bytes: sent.payload_bytes.to_map(),
            left_out_of_gen1: sent.left_out_of_json,
            device_address,
            signatures_verified: tally.signatures_verified,
            signatures_failed: tally.signatures_failed,
            log_seconds: micros as f64 / 1e6,
            wall_seconds: 0.0,
        }
    }

    /// The text of `summary.json`.
    pub(crate) fn to_json(&self) -> Result<String, TripError> {
        let json =
            serde_json::to_string_pretty(self).map_err(|error| TripError::part("the summary")(&error))?;
        Ok(json + "\n")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        let mut row = |label: &str, value: &dyn fmt::Display| writeln!(f, "  {label:<34}{value:>16}");
        row("data frames", &counts.frames)?;
        row("  known to the DBC", &counts.decoded_frames)?;
        row("  unknown", &counts.unknown_frames)?;
        row("remote and error frames", &counts.remote_or_error_frames)?;
        row("malformed lines", &counts.malformed_lines)?;
        row("frames back in time", &counts.frames_back_in_time)?;
        row("signals cut short", &counts.signals_cut_short)?;
        row("readings kept", &counts.samples)?;
        row("signals", &counts.signals)?;
        row("batches", &self.batches)?;
        for (form, bytes) in &self.wire_bytes {
            row(&format!("bytes sent as {form}"), bytes)?;
            if counts.samples > 0 {
                let each = format!("{:.3}", *bytes as f64 / counts.samples as f64);
                row("  bytes a reading", &each)?;
            }
        }
        row("signatures verified", &self.signatures_verified)?;
        row("signatures failed", &self.signatures_failed)?;
        row("seconds of log", &format!("{:.3}", self.log_seconds))?;
        row("seconds it took", &format!("{:.3}", self.wall_seconds))
    }
}
