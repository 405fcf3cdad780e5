//! Positions against the bus: the way, the pace, the speed over ground.

use super::course::{BusTrack, Course, CoursePoint, seconds};
use super::verdict::{NotMade, TestOutcome, Worst};
use super::{GnssFix, MovementTolerance};
use crate::Timestamp;

/// What the comparison of both ways gave.
pub(super) struct Ways {
    pub(super) distance: TestOutcome,
    pub(super) pace: TestOutcome,
    pub(super) by_fixes_m: f64,
    pub(super) by_bus_m: f64,
}

/// Compares the way along `fixes` with that by the bus, as a whole and stretch by stretch.
pub(super) fn ways(fixes: &[GnssFix], bus: BusTrack<'_>, tolerance: &MovementTolerance) -> Ways {
    let (mut whole, mut stretches) = (Worst::default(), Worst::default());
    let (mut anchor, mut last): (Option<CoursePoint>, Option<CoursePoint>) = (None, None);
    for point in Course::new(fixes, bus, tolerance) {
        if !point.joined {
            // The stretch before the gap, however short: a gap must not hide it.
            note(&mut stretches, anchor, last, tolerance);
            anchor = Some(point);
        } else if anchor.is_some_and(|anchor| seconds(point.time, anchor.time) >= tolerance.window_s) {
            note(&mut stretches, anchor, Some(point), tolerance);
            anchor = Some(point);
        }
        last = Some(point);
    }
    note(&mut stretches, anchor, last, tolerance);
    let Some(end) = last.filter(|end| end.compared_s >= tolerance.least_overlap_s) else {
        let not_made = TestOutcome::NotMade(NotMade::NoOverlap);
        return Ways { distance: not_made, pace: not_made, by_fixes_m: 0.0, by_bus_m: 0.0 };
    };
    whole.note(room(end.by_fixes, end.by_bus, tolerance), end.time);
    Ways {
        distance: whole.outcome(NotMade::NoOverlap),
        pace: stretches.outcome(NotMade::NoOverlap),
        by_fixes_m: end.by_fixes,
        by_bus_m: end.by_bus,
    }
}

/// Notes how much room one stretch leaves.
fn note(
    worst: &mut Worst,
    from: Option<CoursePoint>,
    until: Option<CoursePoint>,
    tolerance: &MovementTolerance,
) {
    if let (Some(from), Some(until)) = (from, until)
        && from.time < until.time
    {
        let by_fixes = until.by_fixes - from.by_fixes;
        worst.note(room(by_fixes, until.by_bus - from.by_bus, tolerance), until.time);
    }
}

/// How much more two ways might differ, in metres.
fn room(by_fixes: f64, by_bus: f64, tolerance: &MovementTolerance) -> f64 {
    tolerance.way_m(by_fixes, by_bus) - (by_fixes - by_bus).abs()
}

/// Compares the receiver's speed over ground with that of the bus, on average over all fixes that have both.
pub(super) fn ground_speed(
    fixes: &[GnssFix],
    bus: BusTrack<'_>,
    tolerance: &MovementTolerance,
) -> TestOutcome {
    let (mut count, mut differences, mut speeds) = (0.0, 0.0, 0.0);
    let (mut largest, mut at) = (0.0, Timestamp::EPOCH);
    let both = fixes.iter().filter_map(|fix| Some((fix.time, fix.speed_m_s?, bus.speed_at(fix.time)?)));
    for (time, told, by_bus) in both {
        let difference = (told - by_bus).abs();
        count += 1.0;
        differences += difference;
        speeds += told.max(by_bus);
        if difference >= largest {
            (largest, at) = (difference, time);
        }
    }
    if count == 0.0 {
        let told = fixes.iter().any(|fix| fix.speed_m_s.is_some());
        return TestOutcome::NotMade(if told { NotMade::NoOverlap } else { NotMade::Missing });
    }
    let mut worst = Worst::default();
    worst.note(tolerance.speed_m_s + (tolerance.ratio * speeds - differences) / count, at);
    worst.outcome(NotMade::NoOverlap)
}
