//! The stream from the device to the backend, with a copy of what was sent in `batches/`.

use dimo_rewards::Economy;
use dimo_types::Reading;

use crate::backend::{Backend, Refused};
use crate::device::{Openings, Uplink};
use crate::error::TripError;
use crate::form::{ByForm, Form};
use crate::output::Output;

/// What went over the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SentTotals {
    pub(crate) batches: u64,
    /// Bytes of whole messages.
    pub(crate) wire_bytes: ByForm<u64>,
    /// Bytes without envelopes, seals, signatures and dictionaries.
    pub(crate) payload_bytes: ByForm<u64>,
    pub(crate) left_out_of_json: u64,
    /// Readings that the backend has decoded.
    received: ByForm<u64>,
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
    /// Opens the sealed sessions and sends each its dictionary.
    pub(crate) fn open(
        output: &'t Output,
        uplink: Uplink<'p>,
        openings: &Openings,
        backend: &'t mut Backend,
        economy: &'t Economy,
    ) -> Result<Self, TripError> {
        let (dictionary, hash) = &openings.dictionary;
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        output.write(&format!("batches/dictionary-{hash}.pb"), dictionary)?;
        let mut totals = SentTotals::default();
        for (form, opening, record) in &openings.streams {
            backend.accept(*form, opening, uplink.address(), economy).map_err(refused)?;
            backend.receive(*form, record, economy).map_err(refused)?;
            *totals.wire_bytes.get_mut(*form) += (opening.len() + record.len()) as u64;
        }
        Ok(Self { output, uplink, backend, economy, totals })
    }

    /// Sends one batch in all forms and has the backend take each.
    pub(crate) fn send(&mut self, readings: Vec<Reading<'p>>) -> Result<(), TripError> {
        let sent = self.uplink.send(readings)?;
        self.totals.batches += 1;
        let name = format!("batches/{:06}", self.totals.batches);
        self.output.write(&format!("{name}.gen1.json"), &sent.messages.gen1)?;
        self.output.write(&format!("{name}.pb.z"), &sent.batch)?;
        for form in Form::ALL {
            let message = sent.messages.get(form);
            *self.totals.wire_bytes.get_mut(form) += message.len() as u64;
            *self.totals.payload_bytes.get_mut(form) += sent.payload_bytes.get(form);
            let received = self.backend.receive(form, message, self.economy).map_err(refused)?;
            *self.totals.received.get_mut(form) += received;
        }
        self.totals.left_out_of_json += sent.left_out_of_json;
        Ok(())
    }

    /// The totals, once the backend has as many readings as the device kept.
    pub(crate) fn finish(self, kept: u64) -> Result<SentTotals, TripError> {
        for form in [Form::Protobuf, Form::Avro] {
            let received = *self.totals.received.get(form);
            if received != kept {
                let reason = format!("{received} of {kept} readings arrived as {}", form.key());
                return Err(TripError::part("the uplink")(&reason));
            }
        }
        Ok(self.totals)
    }
}

fn refused(reason: Refused) -> TripError {
    TripError::part("the uplink")(&reason)
}
