//! [`Epoch`]: the sentences of one moment.

use super::sentence::{Gga, Rmc, Sentence, TimeOfDay};
use crate::gnss::fix::{Fix, FixQuality, GnssReport};

/// What was said of the present moment, and how good the receiver last said that its solution is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Epoch {
    rmc: Option<Rmc>,
    gga: Option<Gga>,
    solution: Option<FixQuality>,
    /// The moment that was reported last: what else is said of it comes too late.
    reported: Option<TimeOfDay>,
}

impl Epoch {
    pub(super) fn take(&mut self, sentence: &Sentence) -> Option<GnssReport> {
        let at = match sentence {
            Sentence::Gsa(solution) => {
                self.solution = *solution;
                return None;
            }
            Sentence::Rmc(rmc) => rmc.at,
            Sentence::Gga(gga) => gga.at,
        };
        let unfinished = self.at().filter(|before| *before != at).and_then(|_| self.report());
        if at.is_some() && self.reported == Some(at) {
            return unfinished;
        }
        match sentence {
            Sentence::Rmc(rmc) => self.rmc = Some(*rmc),
            Sentence::Gga(gga) => self.gga = Some(*gga),
            Sentence::Gsa(_) => {}
        }
        if self.rmc.is_some() && self.gga.is_some() {
            // A moment that was left unfinished cannot be in here as well.
            return self.report();
        }
        unfinished
    }

    fn at(&self) -> Option<TimeOfDay> {
        self.rmc.map(|rmc| rmc.at).or(self.gga.map(|gga| gga.at))
    }

    /// Makes a report of what was said, and begins anew.
    fn report(&mut self) -> Option<GnssReport> {
        self.reported = self.at();
        let (rmc, gga) = (self.rmc.take(), self.gga.take());
        if rmc.is_none() && gga.is_none() {
            return None;
        }
        let satellites = gga.and_then(|gga| gga.satellites);
        let searching = GnssReport::Searching { satellites };
        // Who says no is believed.
        let qualities = [rmc.map(|rmc| rmc.quality), gga.map(|gga| gga.quality)];
        if qualities.into_iter().flatten().any(|quality| quality.is_none()) {
            return Some(searching);
        }
        let place = rmc.and_then(|rmc| rmc.place).or(gga.and_then(|gga| gga.place));
        let Some((latitude_e7, longitude_e7)) = place else { return Some(searching) };
        Some(GnssReport::Fix(Fix {
            time: rmc.and_then(|rmc| rmc.time),
            latitude_e7,
            longitude_e7,
            altitude_mm: gga.and_then(|gga| gga.altitude_mm),
            speed_mm_s: rmc.and_then(|rmc| rmc.speed_mm_s),
            course_cdeg: rmc.and_then(|rmc| rmc.course_cdeg),
            hdop_x100: gga.and_then(|gga| gga.hdop_x100),
            satellites,
            quality: self.quality(qualities),
        }))
    }

    /// `RMC` does not tell an assumed altitude from a measured one, `GGA` does not either; `GSA` does.
    fn quality(&self, said: [Option<Option<FixQuality>>; 2]) -> FixQuality {
        let said = said.map(Option::flatten);
        let either = |quality| said.contains(&Some(quality));
        if either(FixQuality::DeadReckoning) {
            FixQuality::DeadReckoning
        } else if self.solution == Some(FixQuality::TwoD) {
            FixQuality::TwoD
        } else if either(FixQuality::Corrected) {
            FixQuality::Corrected
        } else if self.solution == Some(FixQuality::ThreeD) || either(FixQuality::ThreeD) {
            FixQuality::ThreeD
        } else {
            FixQuality::TwoD
        }
    }
}
