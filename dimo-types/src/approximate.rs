//! [`ApproximateTrack`]: roughly where a vehicle is.

use crate::Location;
use crate::movement::EARTH_RADIUS_M;

/// Rows of cells from pole to pole: 0.06 degrees each, 6.67 km.
const ROWS: u16 = 3000;
/// Columns around the equator, as wide as the rows are high. Towards the poles there are fewer.
const COLUMNS: f64 = 6000.0;
/// How far outside its cell a position may lie and still count as inside, in metres.
const HOLD_M: f64 = 500.0;

/// A degree of a great circle, in metres.
const DEGREE_M: f64 = EARTH_RADIUS_M * core::f64::consts::PI / 180.0;

/// Roughly where a vehicle is: what a recipient with
/// [`ApproximateLocation`](crate::Privilege::ApproximateLocation) alone may see. Positions become the centre of a cell.
///
/// **The grid.** Rows of 0.06 degrees of latitude, each cut from -180 degrees on into as many equal columns as keep a cell at
/// least as wide as it is high, 6.67 km: 44 square kilometres or more. The centre is less than 6 km away, up to 85 degrees north
/// and south. The live network's own approximate positions are centres of H3 cells of resolution 6, which have
/// 36 square kilometres on average; ours are never finer.
///
/// **The rule.** A vehicle stays in the cell that it was last in until it is more than 500 m outside. So a parked car near
/// a border does not flicker between two cells, which would tell the border. Nothing is random: repeated readings and their
/// mean say no more than one. Altitude, heading and dilution of precision are left out: a mountain road has one place at a given
/// height.
///
/// Hold one for each vehicle, not for each recipient, and put every position through it: all recipients see the same.
/// After a restart it begins anew.
///
/// # Example: two positions, one answer
///
/// ```
/// use dimo_types::{ApproximateTrack, Location};
/// let mut track = ApproximateTrack::new();
/// let home = Location { heading: Some(271.0), ..Location::new(52.5163, 13.3777)? };
/// let rough = track.approximate(&home).unwrap();
/// assert_eq!((rough.latitude, rough.heading), (52.53, None));
/// assert!(rough.distance_m(&home) < 6_000.0);
/// assert_eq!(track.approximate(&Location::new(52.5200, 13.4050)?), Some(rough));
/// # Ok::<(), dimo_types::LocationError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApproximateTrack {
    cell: Option<Cell>,
}

impl ApproximateTrack {
    /// The network's name of an approximate position. It is none of the catalogue, since the network derives it itself.
    pub const SIGNAL: &'static str = "currentLocationApproximateCoordinates";

    /// A track without a past.
    #[must_use]
    pub const fn new() -> Self {
        Self { cell: None }
    }

    /// The centre of the cell that the vehicle is in; `None` for coordinates that are none.
    pub fn approximate(&mut self, position: &Location) -> Option<Location> {
        let position = Location::new(position.latitude, position.longitude).ok()?;
        let cell = match self.cell {
            Some(held) if held.holds(&position) => held,
            _ => Cell::of(&position),
        };
        self.cell = Some(cell);
        Some(cell.centre())
    }
}

/// One cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    row: u16,
    column: u16,
}

impl Cell {
    fn of(position: &Location) -> Self {
        // A cast cuts what is behind the point, and keeps within the type.
        let row = (((position.latitude + 90.0) / row_height()) as u16).min(ROWS - 1);
        let column = ((position.longitude + 180.0) / column_width(row)) as u16;
        // 180 degrees east is 180 degrees west.
        let around = position.longitude >= 180.0 || f64::from(column) >= columns(row);
        Self { row, column: if around { 0 } else { column } }
    }

    /// Computed from the cell alone, so that nothing of the position can be left in it.
    fn centre(self) -> Location {
        Location {
            latitude: (f64::from(self.row) * 6.0 + 3.0 - 9000.0) / 100.0,
            longitude: (f64::from(self.column) + 0.5) * column_width(self.row) - 180.0,
            altitude: None,
            hdop: None,
            heading: None,
        }
    }

    /// Whether a position is inside, or so little outside that it counts as inside. So near, the earth is flat.
    fn holds(self, position: &Location) -> bool {
        let centre = self.centre();
        let north = position.latitude - centre.latitude;
        let mut east = position.longitude - centre.longitude;
        if east > 180.0 {
            east -= 360.0;
        } else if east < -180.0 {
            east += 360.0;
        }
        let north_m = beyond(north, row_height() / 2.0) * DEGREE_M;
        let east_m = beyond(east, column_width(self.row) / 2.0) * DEGREE_M * cosine(position.latitude);
        north_m * north_m + east_m * east_m <= HOLD_M * HOLD_M
    }
}

/// By how much a difference is larger than half a cell; 0 inside.
fn beyond(difference: f64, half: f64) -> f64 {
    difference - difference.max(-half).min(half)
}

/// Degrees of latitude.
fn row_height() -> f64 {
    180.0 / f64::from(ROWS)
}

/// Degrees of longitude of a cell in a row.
fn column_width(row: u16) -> f64 {
    360.0 / columns(row)
}

/// How many columns a row has: as many as fit around its edge nearest to a pole.
fn columns(row: u16) -> f64 {
    let edge = if row < ROWS / 2 { row } else { row + 1 };
    let latitude = f64::from(edge) * row_height() - 90.0;
    // A cast cuts what is behind the point; where the cosine is a fraction, no rounding is to cut a column.
    f64::from((COLUMNS * cosine(latitude) + 1e-9) as u16).max(1.0)
}

/// The cosine of a latitude, in degrees: at most a quarter turn, so that no angle is to be reduced, which is most of what a cosine of any angle takes of flash.
fn cosine(latitude: f64) -> f64 {
    let degrees = latitude.abs();
    // Taylor's series of what is smaller, the angle or what is left of the quarter turn: the first term left out is below 1e-15.
    let (angle, first, mut of) = if degrees <= 45.0 {
        (degrees.to_radians(), 1.0, 0.0)
    } else {
        let rest = (90.0 - degrees).to_radians();
        (rest, rest, 1.0)
    };
    let (mut term, mut sum) = (first, first);
    for _ in 0..8 {
        term *= -angle * angle / ((of + 1.0) * (of + 2.0));
        sum += term;
        of += 2.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_of_a_latitude_is_that_of_any_angle() {
        for step in -90_000..=90_000 {
            let latitude = f64::from(step) / 1_000.0;
            let difference = cosine(latitude) - libm::cos(latitude.to_radians());
            assert!(difference.abs() < 1e-15, "{latitude}: {difference:e}");
        }
    }

    #[test]
    fn each_row_has_as_many_columns_as_fit_around_its_shorter_edge() {
        for row in 0..ROWS {
            let edge = if row < ROWS / 2 { row } else { row + 1 };
            let latitude = f64::from(edge) * 0.06 - 90.0;
            let fit = COLUMNS * libm::cos(latitude.to_radians());
            assert_eq!(columns(row), libm::floor(fit + 1e-9).max(1.0), "{row}");
            assert_eq!(columns(row), libm::floor(fit).max(1.0), "{row}: as without the rounding");
        }
    }
}
