//! [`MovementTolerance`]: how far honest sensors may differ.

/// How far honest sensors may differ, and from when on a comparison means something.
///
/// # Example: a fleet that sends one fix in two minutes
///
/// ```
/// use dimo_types::MovementTolerance;
/// let tolerance = MovementTolerance { fix_gap_s: 150.0, window_s: 600.0, ..MovementTolerance::default() };
/// assert_eq!(tolerance.top_speed_m_s, 100.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementTolerance {
    /// How far a fix may be off, in metres. Shorter steps between fixes do not count as a way made, so that a parked vehicle's
    /// jitter does not add up. Default 50: reflections between houses.
    pub position_m: f64,
    /// The part of a distance or speed by which the bus may differ. Default 0.2: a speedometer may show a tenth and 4 km/h
    /// too much (UN Regulation 39), which is 18 % at 50 km/h, and straight lines between fixes cut bends.
    pub ratio: f64,
    /// The difference between two speeds that means nothing, in metres a second. Default 2: the two are measured up to a second
    /// apart, and hard braking is 8 m/s^2.
    pub speed_m_s: f64,
    /// The fastest that a vehicle can be, in metres a second. Default 100, or 360 km/h.
    pub top_speed_m_s: f64,
    /// The longest pause between two speeds of the bus that is bridged by a straight line, in seconds. Default 5.
    pub bus_gap_s: f64,
    /// The longest pause between two fixes that is compared with the bus, in seconds. Default 60: beyond it, straight lines
    /// say little of the way.
    pub fix_gap_s: f64,
    /// How long the stretches are in which pace is compared, in seconds. Default 120.
    pub window_s: f64,
    /// How much time with both fixes and bus speeds it takes to compare them at all, in seconds. Default 60.
    pub least_overlap_s: f64,
    /// A way shorter than this is none: the vehicle stood. In metres, default 200.
    pub least_way_m: f64,
    /// The least mean motion of a vehicle under way, in metres a second squared. Default 0.05: a few times the noise of
    /// a cheap sensor, and well below a smooth road.
    pub least_motion_m_s2: f64,
    /// The largest mean motion of a vehicle that stands, in metres a second squared. Default 1: loading, wind, a lorry
    /// that passes.
    pub most_rest_m_s2: f64,
    /// How far a motion sensor's mean may be off, in metres a second squared. Default 0.3: the zero of an uncalibrated
    /// sensor.
    pub motion_m_s2: f64,
    /// At this mean speed and above, a vehicle is under way, in metres a second. Default 3.
    pub moving_m_s: f64,
    /// Below this mean speed it stands, in metres a second. Default 0.5.
    pub resting_m_s: f64,
    /// How many fixes in a hundred may lie in another country than the serving cell, from 0 to 100. Default 20: cells reach
    /// across borders.
    pub foreign_percent: f64,
}

impl Default for MovementTolerance {
    fn default() -> Self {
        Self {
            position_m: 50.0,
            ratio: 0.2,
            speed_m_s: 2.0,
            top_speed_m_s: 100.0,
            bus_gap_s: 5.0,
            fix_gap_s: 60.0,
            window_s: 120.0,
            least_overlap_s: 60.0,
            least_way_m: 200.0,
            least_motion_m_s2: 0.05,
            most_rest_m_s2: 1.0,
            motion_m_s2: 0.3,
            moving_m_s: 3.0,
            resting_m_s: 0.5,
            foreign_percent: 20.0,
        }
    }
}

impl MovementTolerance {
    /// By how much two distances may differ, in metres: their ratio, and both ends' fixes.
    pub(super) fn way_m(&self, one: f64, other: f64) -> f64 {
        self.ratio * one.max(other) + 2.0 * self.position_m
    }
}
