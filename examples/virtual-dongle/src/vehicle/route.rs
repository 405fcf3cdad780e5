//! [`Route`]: the road. A loop that does not exist: a town, a motorway, a country road, and the town again.

use core::f64::consts::{PI, TAU};

/// A leg of the loop, up to the corner where the next one begins.
struct Leg {
    /// Metres east and north of the start.
    corner: (f64, f64),
    limit_kmh: f64,
    /// Of the bend at the corner, in metres.
    radius: f64,
    /// How long the light before the corner is red, in seconds; 0 when it is green.
    red_light: f64,
}

const fn leg(east: f64, north: f64, limit_kmh: f64, radius: f64, red_light: f64) -> Leg {
    Leg { corner: (east, north), limit_kmh, radius, red_light }
}

/// The loop begins and ends at the origin.
const LEGS: [Leg; 12] = [
    leg(350.0, 0.0, 50.0, 12.0, 18.0),
    leg(350.0, 420.0, 50.0, 15.0, 0.0),
    leg(700.0, 420.0, 30.0, 10.0, 12.0),
    leg(700.0, 900.0, 50.0, 25.0, 0.0),
    leg(1350.0, 1050.0, 80.0, 140.0, 0.0),
    leg(4100.0, 1500.0, 120.0, 700.0, 0.0),
    leg(5600.0, 200.0, 120.0, 110.0, 0.0),
    leg(5100.0, -700.0, 80.0, 90.0, 0.0),
    leg(2500.0, -1050.0, 100.0, 220.0, 0.0),
    leg(900.0, -600.0, 80.0, 40.0, 22.0),
    leg(0.0, -600.0, 50.0, 12.0, 0.0),
    leg(0.0, 0.0, 50.0, 0.0, 0.0),
];

/// How hard tyres may hold the car in a bend, in m/s²: comfort, not physics.
const SIDEWAYS: f64 = 2.2;
/// How hard the driver brakes for what is ahead, in m/s².
const BRAKING: f64 = 1.7;

/// A straight or a bend.
#[derive(Clone, Debug)]
struct Piece {
    /// Metres of road before it.
    start: f64,
    length: f64,
    from: (f64, f64),
    /// Radians clockwise from north.
    heading: f64,
    /// Radians a metre, positive to the right.
    curvature: f64,
    /// The highest speed, in m/s.
    limit: f64,
    /// Seconds of red light at its end.
    red_light: f64,
}

/// Where the car is and where it points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pose {
    /// Metres east of the start.
    pub(super) east: f64,
    /// Metres north of the start.
    pub(super) north: f64,
    /// Metres above the WGS 84 ellipsoid.
    pub(super) altitude: f64,
    /// Degrees clockwise from north, 0 to 360.
    pub(super) heading: f64,
    /// Radians a metre, positive to the right.
    pub(super) curvature: f64,
    /// Metres up for a metre ahead.
    pub(super) grade: f64,
}

/// Something the driver has to stop for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stop {
    /// Metres of road from the start.
    pub(super) at: f64,
    /// Seconds to wait.
    pub(super) wait: f64,
}

/// The whole loop as pieces of road.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pieces: Vec<Piece>,
    length: f64,
}

impl Route {
    /// The loop.
    pub(super) fn around_the_town() -> Self {
        let mut route = Self { pieces: Vec::new(), length: 0.0 };
        let (mut from, mut cut) = ((0.0, 0.0), 0.0);
        for (index, leg) in LEGS.iter().enumerate() {
            let (heading, distance) = bearing(from, leg.corner);
            let limit = leg.limit_kmh / 3.6;
            let turn = LEGS.get(index + 1).map_or(0.0, |next| {
                let (next_heading, _) = bearing(leg.corner, next.corner);
                (next_heading - heading + PI).rem_euclid(TAU) - PI
            });
            // A bend touches both legs this far from the corner.
            let tangent = leg.radius * (turn.abs() / 2.0).tan();
            let start = along(from, heading, cut);
            route.push(start, heading, distance - cut - tangent, 0.0, limit, leg.red_light);
            if turn != 0.0 {
                let slow = limit.min((SIDEWAYS * leg.radius).sqrt());
                let start = along(leg.corner, heading, -tangent);
                route.push(start, heading, leg.radius * turn.abs(), turn.signum() / leg.radius, slow, 0.0);
            }
            (from, cut) = (leg.corner, tangent);
        }
        route
    }

    fn push(
        &mut self,
        from: (f64, f64),
        heading: f64,
        length: f64,
        curvature: f64,
        limit: f64,
        red_light: f64,
    ) {
        self.pieces.push(Piece { start: self.length, length, from, heading, curvature, limit, red_light });
        self.length += length;
    }

    /// The pose `distance` metres from the start.
    pub(super) fn pose(&self, distance: f64) -> Pose {
        let distance = distance.clamp(0.0, self.length);
        let place = self.pieces.partition_point(|piece| piece.start <= distance).saturating_sub(1);
        let Some(piece) = self.pieces.get(place) else {
            return Pose { east: 0.0, north: 0.0, altitude: 0.0, heading: 0.0, curvature: 0.0, grade: 0.0 };
        };
        let (into, before) = (distance - piece.start, piece.heading);
        let now = before + piece.curvature * into;
        let (east, north) = if piece.curvature == 0.0 {
            along(piece.from, before, into)
        } else {
            let (east, north) = piece.from;
            let radius = 1.0 / piece.curvature;
            (east + radius * (before.cos() - now.cos()), north + radius * (now.sin() - before.sin()))
        };
        let (altitude, grade) = self.height(distance);
        let heading = now.to_degrees().rem_euclid(360.0);
        Pose { east, north, altitude, heading, curvature: piece.curvature, grade }
    }

    /// A hill with a smaller wave on it, as high at the end as at the start.
    fn height(&self, distance: f64) -> (f64, f64) {
        let turn = TAU / self.length;
        let angle = distance * turn;
        let altitude = 412.0 + 16.0 * (1.0 - angle.cos()) + 5.0 * (3.0 * angle).sin();
        (altitude, turn * (16.0 * angle.sin() + 15.0 * (3.0 * angle).cos()))
    }

    /// The speed in m/s that the road here and the road ahead allow.
    pub(super) fn allowed_speed(&self, distance: f64) -> f64 {
        let here_or_ahead = self.pieces.iter().filter(|piece| piece.start + piece.length > distance);
        let allowed = here_or_ahead.map(|piece| speed_for(piece.limit, piece.start - distance));
        allowed.fold(f64::INFINITY, f64::min)
    }

    /// The first red light beyond `distance`, or the end of the road.
    pub(super) fn next_stop(&self, distance: f64) -> Stop {
        let ahead =
            self.pieces.iter().map(|piece| Stop { at: piece.start + piece.length, wait: piece.red_light });
        let end = Stop { at: self.length, wait: f64::INFINITY };
        ahead.filter(|stop| stop.wait > 0.0).find(|stop| stop.at > distance).unwrap_or(end)
    }
}

/// The highest speed from which the driver can brake to `then` within `distance` metres.
fn speed_for(then: f64, distance: f64) -> f64 {
    (then * then + 2.0 * BRAKING * distance.max(0.0)).sqrt()
}

/// Heading and distance between two points.
fn bearing(from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    let (east, north) = (to.0 - from.0, to.1 - from.1);
    (east.atan2(north), east.hypot(north))
}

/// The point `distance` metres from `from`.
fn along(from: (f64, f64), heading: f64, distance: f64) -> (f64, f64) {
    (from.0 + distance * heading.sin(), from.1 + distance * heading.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_road_is_without_gaps_and_comes_back_to_where_it_began() {
        let route = Route::around_the_town();
        let mut last = route.pose(0.0);
        let mut distance = 0.0;
        while distance < route.length {
            distance += 1.0;
            let next = route.pose(distance);
            let step = (next.east - last.east).hypot(next.north - last.north);
            assert!((0.99..=1.001).contains(&step) || distance > route.length, "{step} m at {distance} m");
            last = next;
        }
        assert!(last.east.hypot(last.north) < 1e-6, "{last:?}");
    }
}
