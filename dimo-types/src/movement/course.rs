//! Two ways of one drive, side by side: along the fixes, and by the bus's speed.

use super::{BusSpeed, GnssFix, MovementTolerance};
use crate::{Location, Timestamp};

/// `later - earlier` in seconds.
pub(super) fn seconds(later: Timestamp, earlier: Timestamp) -> f64 {
    later.micros_since(earlier) as f64 / 1e6
}

/// The bus's speeds in order of time, joined by straight lines where they are close enough.
#[derive(Clone, Copy)]
pub(super) struct BusTrack<'a> {
    samples: &'a [BusSpeed],
    gap_s: f64,
}

impl<'a> BusTrack<'a> {
    pub(super) fn new(samples: &'a [BusSpeed], tolerance: &MovementTolerance) -> Self {
        Self { samples, gap_s: tolerance.bus_gap_s }
    }

    /// Metres a second, without direction.
    fn speed(sample: &BusSpeed) -> f64 {
        sample.speed_km_h.abs() / 3.6
    }

    /// The speed at a time in metres a second, where it is known.
    pub(super) fn speed_at(&self, time: Timestamp) -> Option<f64> {
        let (before, after) =
            self.samples.split_at_checked(self.samples.partition_point(|sample| sample.time <= time))?;
        let last = before.last()?;
        if last.time == time {
            return Some(Self::speed(last));
        }
        let next = after.first()?;
        let gap = seconds(next.time, last.time);
        let share = seconds(time, last.time) / gap;
        (gap <= self.gap_s).then(|| Self::speed(last) + share * (Self::speed(next) - Self::speed(last)))
    }

    /// The way between two times in metres, where the speed is known all along.
    pub(super) fn way(&self, from: Timestamp, until: Timestamp) -> Option<f64> {
        let (mut time, mut speed, mut way) = (from, self.speed_at(from)?, 0.0);
        let end = self.speed_at(until)?;
        let (_, rest) =
            self.samples.split_at_checked(self.samples.partition_point(|sample| sample.time <= from))?;
        let inner = rest.iter().take_while(|sample| sample.time < until);
        let points = inner.map(|sample| (sample.time, Self::speed(sample))).chain([(until, end)]);
        for (next_time, next_speed) in points {
            let step = seconds(next_time, time);
            if step > self.gap_s {
                return None;
            }
            way += step * (speed + next_speed) / 2.0;
            (time, speed) = (next_time, next_speed);
        }
        Some(way)
    }
}

/// How far the drive has come at one fix.
#[derive(Clone, Copy)]
pub(super) struct CoursePoint {
    pub(super) time: Timestamp,
    /// Whether it follows its predecessor without a gap; what lies in a gap is counted on neither way.
    pub(super) joined: bool,
    /// Metres along the fixes so far.
    pub(super) by_fixes: f64,
    /// Metres by the bus's speed so far.
    pub(super) by_bus: f64,
    /// Seconds compared so far.
    pub(super) compared_s: f64,
}

/// Walks along the fixes, in order of time, and counts both ways.
pub(super) struct Course<'a> {
    fixes: core::slice::Iter<'a, GnssFix>,
    bus: BusTrack<'a>,
    position_m: f64,
    gap_s: f64,
    last: Option<(Timestamp, Location)>,
    /// The last fix that lay far enough from the one counted before it.
    counted: Option<Location>,
    counted_m: f64,
    by_bus: f64,
    compared_s: f64,
}

impl<'a> Course<'a> {
    pub(super) fn new(fixes: &'a [GnssFix], bus: BusTrack<'a>, tolerance: &MovementTolerance) -> Self {
        Self {
            fixes: fixes.iter(),
            bus,
            position_m: tolerance.position_m,
            gap_s: tolerance.fix_gap_s,
            last: None,
            counted: None,
            counted_m: 0.0,
            by_bus: 0.0,
            compared_s: 0.0,
        }
    }

    /// The way by the bus from the last fix to `time`, when the two can be compared.
    fn bus_step(&self, time: Timestamp) -> Option<(f64, f64)> {
        let (last, _) = self.last?;
        let step = seconds(time, last);
        (step <= self.gap_s).then(|| self.bus.way(last, time).map(|way| (way, step))).flatten()
    }

    /// The way from the last counted fix to `place`; counts it when it is longer than fixes are off.
    fn fix_step(&mut self, place: &Location) -> f64 {
        let rest = self.counted.map_or(0.0, |counted| counted.distance_m(place));
        if rest < self.position_m {
            return rest;
        }
        self.counted_m += rest;
        self.counted = Some(*place);
        0.0
    }
}

impl Iterator for Course<'_> {
    type Item = CoursePoint;

    fn next(&mut self) -> Option<CoursePoint> {
        let fix = self.fixes.next()?;
        let step = self.bus_step(fix.time);
        let rest = if let Some((way, seconds)) = step {
            self.by_bus += way;
            self.compared_s += seconds;
            self.fix_step(&fix.location)
        } else {
            if let (Some(counted), Some((_, last))) = (self.counted, self.last) {
                self.counted_m += counted.distance_m(&last);
            }
            self.counted = Some(fix.location);
            0.0
        };
        self.last = Some((fix.time, fix.location));
        Some(CoursePoint {
            time: fix.time,
            joined: step.is_some(),
            by_fixes: self.counted_m + rest,
            by_bus: self.by_bus,
            compared_s: self.compared_s,
        })
    }
}
