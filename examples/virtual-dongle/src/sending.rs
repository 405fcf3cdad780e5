//! The stream from the device to the backend, with a copy of everything sent in `batches/`.

use dimo_rewards::Economy;
use dimo_types::Reading;

use crate::backend::{Backend, Refused};
use crate::device::Uplink;
use crate::error::TripError;
use crate::output::Output;

/// What went over the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SentTotals {
    pub(crate) batches: u64,
    pub(crate) gen1_bytes: u64,
    pub(crate) protobuf_bytes: u64,
    pub(crate) left_out_of_gen1: u64,
    /// Readings that the backend has decoded.
    received: u64,
}

/// A stream under way.
pub(crate) struct Sending<'t, 'p> {
    output: &'t Output,
    uplink: Uplink<'p>,
    backend: &'t mut Backend,
    economy: &'t Economy,
    totals: SentTotals,
}

impl<'t, 'p> Sending<'t, 'p> {
    /// Opens the stream with the dictionary.
    pub(crate) fn open(
        output: &'t Output,
        uplink: Uplink<'p>,
        backend: &'t mut Backend,
        economy: &'t Economy,
    ) -> Result<Self, TripError> {
        let dictionary = uplink.dictionary_message();
        output.write("batches/dictionary.pb", &dictionary)?;
        backend.receive(&dictionary, economy).map_err(refused)?;
        let totals = SentTotals { protobuf_bytes: dictionary.len() as u64, ..SentTotals::default() };
        Ok(Self { output, uplink, backend, economy, totals })
    }

    /// Sends one batch in both forms and has the backend take each.
    pub(crate) fn send(&mut self, readings: Vec<Reading<'p>>) -> Result<(), TripError> {
        let sent = self.uplink.send(readings)?;
        self.totals.batches += 1;
        let name = format!("batches/{:06}", self.totals.batches);
        self.output.write(&format!("{name}.gen1.json"), &sent.gen1)?;
        self.output.write(&format!("{name}.pb"), &sent.protobuf)?;
        self.totals.gen1_bytes += sent.gen1.len() as u64;
        self.totals.protobuf_bytes += sent.protobuf.len() as u64;
        self.totals.left_out_of_gen1 += sent.left_out_of_gen1;
        self.backend.receive_gen1(&sent.gen1, self.economy).map_err(refused)?;
        self.totals.received += self.backend.receive(&sent.protobuf, self.economy).map_err(refused)?;
        Ok(())
    }

    /// The totals, once the backend has as many readings as the device kept.
    pub(crate) fn finish(self, kept: u64) -> Result<SentTotals, TripError> {
        if self.totals.received == kept {
            return Ok(self.totals);
        }
        let reason = format!("{} of {kept} readings arrived", self.totals.received);
        Err(TripError::part("the uplink")(&reason))
    }
}

fn refused(reason: Refused) -> TripError {
    TripError::part("the uplink")(&reason)
}
