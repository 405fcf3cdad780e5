//! [`Epoch`]: the sentences of one moment.

use super::sentence::{Gga, Rmc, Sentence, TimeOfDay};
use crate::gnss::fix::{Fix, FixQuality, GnssReport};

/// What was said of the present moment, and how good the receiver last said that its solution is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Epoch {
    rmc: Option<Rmc>,
    gga: Option<Gga>,
    solution: Solution,
    /// The moment that was reported last: what else is said of it comes too late.
    reported: Option<TimeOfDay>,
    /// How many moments in succession had one of the two sentences and not the other.
    alone: u8,
    /// A report that was whole together with the one before it.
    next: Option<GnssReport>,
}

/// After so many moments with one sentence, the other one is not waited for: a single one may have been damaged.
const ALONE: u8 = 2;

/// What the `GSA` of all constellations say together. They follow one another, one for each.
#[derive(Clone, Copy, Debug, Default)]
enum Solution {
    #[default]
    Unsaid,
    /// More of them may follow.
    Growing(Option<FixQuality>),
    /// Another sentence came: with the next `GSA` they begin anew.
    Whole(Option<FixQuality>),
}

impl Solution {
    /// The best of them counts: a constellation that is not in the solution says that it has none.
    fn grow(self, said: Option<FixQuality>) -> Self {
        match self {
            Self::Growing(before) => Self::Growing(before.max(said)),
            Self::Unsaid | Self::Whole(_) => Self::Growing(said),
        }
    }

    fn end(self) -> Self {
        match self {
            Self::Growing(said) => Self::Whole(said),
            other => other,
        }
    }

    fn said(self) -> Option<Option<FixQuality>> {
        match self {
            Self::Unsaid => None,
            Self::Growing(said) | Self::Whole(said) => Some(said),
        }
    }
}

impl Epoch {
    pub(super) fn take(&mut self, sentence: &Sentence) -> Option<GnssReport> {
        let (at, again) = match sentence {
            Sentence::Gsa(said) => {
                self.solution = self.solution.grow(*said);
                return None;
            }
            Sentence::Rmc(rmc) => (rmc.at, self.rmc.is_some()),
            Sentence::Gga(gga) => (gga.at, self.gga.is_some()),
        };
        // A receiver that does not know the time yet says the same sentence again.
        let is_next = |before: &TimeOfDay| *before != at || at.is_none() && again;
        let unfinished = self.at().filter(is_next).and_then(|_| {
            self.alone = self.alone.saturating_add(1);
            self.report()
        });
        self.solution = self.solution.end();
        if at.is_some() && self.reported == Some(at) {
            // It was not alone after all.
            self.alone = 0;
            return unfinished;
        }
        match sentence {
            Sentence::Rmc(rmc) => self.rmc = Some(*rmc),
            Sentence::Gga(gga) => self.gga = Some(*gga),
            Sentence::Gsa(_) => {}
        }
        let both = self.rmc.is_some() && self.gga.is_some();
        if both {
            self.alone = 0;
        }
        let whole = if both || self.alone >= ALONE { self.report() } else { None };
        match unfinished {
            Some(_) => {
                self.next = whole;
                unfinished
            }
            None => whole,
        }
    }

    /// The report that was whole together with the last one.
    pub(super) fn take_next(&mut self) -> Option<GnssReport> {
        self.next.take()
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
        // Who says no is believed; `GSA` once, as it may not be said of each moment.
        if self.solution.said() == Some(None) {
            self.solution = Solution::Unsaid;
            return Some(searching);
        }
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
        let solution = self.solution.said().flatten();
        let either = |quality| said.contains(&Some(quality));
        if either(FixQuality::DeadReckoning) {
            FixQuality::DeadReckoning
        } else if solution == Some(FixQuality::TwoD) {
            FixQuality::TwoD
        } else if either(FixQuality::Corrected) {
            FixQuality::Corrected
        } else if solution == Some(FixQuality::ThreeD) || either(FixQuality::ThreeD) {
            FixQuality::ThreeD
        } else {
            FixQuality::TwoD
        }
    }
}
