//! [`check_movement`]: whether a movement's evidence agrees with itself.

use super::compare::{Ways, ground_speed, ways};
use super::course::{BusTrack, seconds};
use super::verdict::{MovementVerdict, NotMade, TestOutcome, Worst};
use super::{MotionSummary, MovementEvidence, MovementTolerance, cell, motion};
use crate::{Country, Location, Timestamp};

/// Whether a movement's evidence agrees with itself, test by test (DIP-4, Pairing & Connectivity: "Proof of Movement
/// Certification").
///
/// `country_of` looks up the country of a position; where it cannot tell (the sea, a strip along a border that cells of both
/// sides serve) it says `None`, and those fixes are left out. Without such a lookup, pass `|_| None`. No heap; the time is
/// that of one walk along the fixes, with a search in the other parts for each.
///
/// When a value is unusable or a time out of order, the comparisons are not made: that test has failed then, and with it
/// the whole.
///
/// # Example: a minute at 72 km/h, and the same fixes from a car that says it stood
///
/// ```
/// use dimo_types::{BusSpeed, GnssFix, Location, MovementConclusion, MovementEvidence, MovementTest, MovementTolerance};
/// use dimo_types::{Timestamp, check_movement};
/// let time = |second: u64| Timestamp::from_secs(1_700_000_000 + second).unwrap();
/// // 20 metres a second to the north.
/// let location = |second: u64| Location::new(52.5 + second as f64 * 20.0 / 111_195.0, 13.4).unwrap();
/// let fix = |second: u64| GnssFix { time: time(second), location: location(second), speed_m_s: None, satellites: None };
/// let fixes: Vec<_> = (0..=60).map(fix).collect();
/// let driving: Vec<_> = (0..=60).map(|second| BusSpeed { time: time(second), speed_km_h: 72.0 }).collect();
/// let standing: Vec<_> = (0..=60).map(|second| BusSpeed { time: time(second), speed_km_h: 0.0 }).collect();
///
/// let evidence = MovementEvidence { fixes: &fixes, bus_speeds: &driving, ..MovementEvidence::default() };
/// let verdict = check_movement(&evidence, &MovementTolerance::default(), |_| None);
/// assert_eq!(verdict.conclusion(), MovementConclusion::Moved);
///
/// let evidence = MovementEvidence { bus_speeds: &standing, ..evidence };
/// let verdict = check_movement(&evidence, &MovementTolerance::default(), |_| None);
/// assert_eq!(verdict.conclusion(), MovementConclusion::Contradicted);
/// assert_eq!(verdict.failed().next().map(|(test, _)| test), Some(MovementTest::Distance));
/// ```
#[must_use]
pub fn check_movement(
    evidence: &MovementEvidence<'_>,
    tolerance: &MovementTolerance,
    country_of: impl Fn(&Location) -> Option<Country>,
) -> MovementVerdict {
    let values = values(evidence);
    let order = times_in_order(evidence);
    let unusable = |outcome| matches!(outcome, TestOutcome::Failed(_));
    let mut verdict = MovementVerdict {
        outcomes: [TestOutcome::NotMade(NotMade::Unusable); 8],
        way_by_fixes_m: 0.0,
        way_by_bus_m: 0.0,
        least_way_m: tolerance.least_way_m,
    };
    if unusable(values) || unusable(order) {
        let [first, second, ..] = &mut verdict.outcomes;
        (*first, *second) = (values, order);
        return verdict;
    }
    let bus = BusTrack::new(evidence.bus_speeds, tolerance);
    let Ways { distance, pace, by_fixes_m, by_bus_m } = compared_ways(evidence, bus, tolerance);
    (verdict.way_by_fixes_m, verdict.way_by_bus_m) = (by_fixes_m, by_bus_m);
    // In the order of `MovementTest::ALL`.
    verdict.outcomes = [
        values,
        order,
        possible_speed(evidence, tolerance),
        distance,
        pace,
        ground_speed(evidence.fixes, bus, tolerance),
        motion::motion(evidence.motion, evidence.fixes, bus, tolerance),
        cell::cell_country(evidence.cells, evidence.fixes, country_of, tolerance),
    ];
    verdict
}

fn compared_ways(evidence: &MovementEvidence<'_>, bus: BusTrack<'_>, tolerance: &MovementTolerance) -> Ways {
    if evidence.fixes.is_empty() || evidence.bus_speeds.is_empty() {
        let not_made = TestOutcome::NotMade(NotMade::Missing);
        return Ways { distance: not_made, pace: not_made, by_fixes_m: 0.0, by_bus_m: 0.0 };
    }
    ways(evidence.fixes, bus, tolerance)
}

/// Whether every value can be one.
fn values(evidence: &MovementEvidence<'_>) -> TestOutcome {
    let fixes = evidence.fixes.iter().map(|fix| {
        let on_globe = Location::new(fix.location.latitude, fix.location.longitude).is_ok();
        (fix.time, on_globe && fix.speed_m_s.is_none_or(is_amount))
    });
    let speeds = evidence.bus_speeds.iter().map(|speed| (speed.time, speed.speed_km_h.is_finite()));
    let spans = evidence.motion.iter().map(|span| (span.from, is_span(span)));
    let cells = evidence.cells.iter().map(|cell| (cell.time, cell.mcc <= 999 && cell.mnc <= 999));
    let (mut worst, mut bad) = (Worst::default(), 0.0);
    for (time, good) in fixes.chain(speeds).chain(spans).chain(cells) {
        bad += if good { 0.0 } else { 1.0 };
        worst.note(-bad, time);
    }
    worst.outcome(NotMade::Missing)
}

fn is_amount(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn is_span(span: &MotionSummary) -> bool {
    is_amount(span.mean_m_s2)
        && is_amount(span.peak_m_s2)
        && span.mean_m_s2 <= span.peak_m_s2
        && span.from <= span.until
        && span.samples > 0
}

/// Whether time runs forward in every part.
fn times_in_order(evidence: &MovementEvidence<'_>) -> TestOutcome {
    let mut worst = Worst::default();
    note_steps(&mut worst, evidence.fixes.iter().map(|fix| fix.time));
    note_steps(&mut worst, evidence.bus_speeds.iter().map(|speed| speed.time));
    note_steps(&mut worst, evidence.motion.iter().flat_map(|span| [span.from, span.until]));
    note_steps(&mut worst, evidence.cells.iter().map(|cell| cell.time));
    worst.outcome(NotMade::Missing)
}

fn note_steps(worst: &mut Worst, times: impl Iterator<Item = Timestamp> + Clone) {
    for (earlier, later) in times.clone().zip(times.skip(1)) {
        worst.note(seconds(later, earlier), later);
    }
}

/// Whether a vehicle can be as fast as the fixes, the receiver and the bus say.
fn possible_speed(evidence: &MovementEvidence<'_>, tolerance: &MovementTolerance) -> TestOutcome {
    let mut worst = Worst::default();
    let mut note = |speed: f64, at| worst.note(tolerance.top_speed_m_s - speed, at);
    for fix in evidence.fixes {
        fix.speed_m_s.into_iter().for_each(|speed| note(speed, fix.time));
    }
    for sample in evidence.bus_speeds {
        note(sample.speed_km_h.abs() / 3.6, sample.time);
    }
    for (from, to) in evidence.fixes.iter().zip(evidence.fixes.iter().skip(1)) {
        // Two fixes at one time may lie as far apart as both are off, and no further.
        let way = from.location.distance_m(&to.location) - 2.0 * tolerance.position_m;
        if way > 0.0 {
            note(way / seconds(to.time, from.time), to.time);
        } else {
            note(0.0, to.time);
        }
    }
    worst.outcome(NotMade::Missing)
}
