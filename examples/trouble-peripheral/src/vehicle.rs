//! [`Vehicle`]: one that answers after a while, so that a read of its VIN is held.

use dimo_pairing::JobId;
use dimo_pairing::gen1::{Action, Gen1};
use dimo_types::{CanProtocol, Timestamp, TroubleCode, Vin};
use heapless::Vec;

/// How long it takes for an answer, in microseconds.
const ANSWER_TIME: i64 = 300_000;

/// A vehicle in the place of a real one.
pub struct Vehicle {
    /// Its VIN.
    pub vin: Vin,
    /// What it speaks.
    pub protocol: CanProtocol,
    /// What is wrong with it.
    pub codes: Vec<TroubleCode, 8>,
    asked: Vec<(Timestamp, Question), 4>,
}

#[derive(Clone, Copy)]
enum Question {
    Vin(JobId),
    Protocol(JobId),
    Codes(JobId),
}

impl Vehicle {
    /// A vehicle without a fault.
    pub fn new(vin: Vin, protocol: CanProtocol) -> Self {
        Self { vin, protocol, codes: Vec::new(), asked: Vec::new() }
    }

    /// Takes what is for the vehicle; anything else comes back.
    pub(crate) fn take(&mut self, now: Timestamp, action: Action) -> Option<Action> {
        let question = match action {
            Action::ReadVin(job) => Question::Vin(job),
            Action::ReadProtocol(job) => Question::Protocol(job),
            Action::ReadTroubleCodes(job) => Question::Codes(job),
            Action::ClearTroubleCodes => {
                self.codes.clear();
                return None;
            }
            other => return Some(other),
        };
        let until = now.checked_add_micros(ANSWER_TIME).unwrap_or(Timestamp::MAX);
        // A vehicle that is asked too much does not answer, and the read says so.
        let _ = self.asked.push((until, question));
        None
    }

    /// Gives the answers that are due.
    pub(crate) fn answer(&mut self, now: Timestamp, gen1: &mut Gen1) {
        let Self { vin, protocol, codes, asked } = self;
        asked.retain(|(until, question)| {
            if now < *until {
                return true;
            }
            // Nothing is to be done about an answer that came too late.
            let _ = match *question {
                Question::Vin(job) => gen1.handle_vin(now, job, Ok(*vin)),
                Question::Protocol(job) => gen1.handle_protocol(now, job, Ok(*protocol)),
                Question::Codes(job) => gen1.handle_trouble_codes(now, job, Ok(codes.as_slice())),
            };
            false
        });
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.asked.iter().map(|(until, _)| *until).min()
    }
}
