//! The motion sensor against bus and fixes.

use super::course::{BusTrack, seconds};
use super::verdict::{NotMade, TestOutcome, Worst};
use super::{GnssFix, MotionSummary, MovementTolerance};

/// Compares each span of the motion sensor with what bus and fixes tell of it.
pub(super) fn motion(
    spans: &[MotionSummary],
    fixes: &[GnssFix],
    bus: BusTrack<'_>,
    tolerance: &MovementTolerance,
) -> TestOutcome {
    let mut worst = Worst::default();
    for span in spans {
        let by_bus = bus_mean(span, bus);
        let by_fixes = fix_mean(span, fixes, tolerance);
        let moved = [by_bus, by_fixes].into_iter().flatten().any(|speed| speed >= tolerance.moving_m_s);
        if moved {
            worst.note(span.mean_m_s2 - tolerance.least_motion_m_s2, span.from);
        }
        if let (Some(by_bus), Some(by_fixes)) = (by_bus, by_fixes)
            && by_bus.max(by_fixes) < tolerance.resting_m_s
        {
            worst.note(tolerance.most_rest_m_s2 - span.mean_m_s2, span.from);
        }
        if let Some(change) = speed_change(span, bus) {
            // A mean of lengths is never below the length of the mean.
            worst.note(span.mean_m_s2 + tolerance.motion_m_s2 - change, span.from);
        }
    }
    worst.outcome(if spans.is_empty() { NotMade::Missing } else { NotMade::NoOverlap })
}

fn duration(span: &MotionSummary) -> Option<f64> {
    Some(seconds(span.until, span.from)).filter(|duration| *duration > 0.0)
}

/// The mean speed over the span by the bus, in metres a second.
fn bus_mean(span: &MotionSummary, bus: BusTrack<'_>) -> Option<f64> {
    Some(bus.way(span.from, span.until)? / duration(span)?)
}

/// The mean change of speed that the bus tells between the ends of the span, in metres a second squared.
fn speed_change(span: &MotionSummary, bus: BusTrack<'_>) -> Option<f64> {
    Some((bus.speed_at(span.until)? - bus.speed_at(span.from)?).abs() / duration(span)?)
}

/// The least mean speed over the span by its first and last fix, in metres a second; needs fixes over half of it.
fn fix_mean(span: &MotionSummary, fixes: &[GnssFix], tolerance: &MovementTolerance) -> Option<f64> {
    let start = fixes.partition_point(|fix| fix.time < span.from);
    let end = fixes.partition_point(|fix| fix.time <= span.until);
    let inside = fixes.get(start..end)?;
    let (first, last) = (inside.first()?, inside.last()?);
    let covered = seconds(last.time, first.time);
    let way = (first.location.distance_m(&last.location) - tolerance.position_m).max(0.0);
    (covered * 2.0 >= duration(span)?).then(|| way / covered)
}
