//! An approximate position tells the cell, and nothing else.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{ApproximateTrack, Location};
use proptest::prelude::*;

fn place(latitude: f64, longitude: f64) -> Location {
    Location::new(latitude, longitude).unwrap()
}

/// Of a vehicle that was nowhere before.
fn rough(latitude: f64, longitude: f64) -> Location {
    ApproximateTrack::new().approximate(&place(latitude, longitude)).unwrap()
}

fn bits(location: Location) -> (u64, u64) {
    (location.latitude.to_bits(), location.longitude.to_bits())
}

/// Where the answer changes between two positions, to a ten-millionth of a degree.
fn border(west: (f64, f64), east: (f64, f64)) -> (f64, f64) {
    let (mut low, mut high) = (west, east);
    let start = rough(low.0, low.1);
    assert_ne!(start, rough(high.0, high.1));
    while (high.0 - low.0).abs().max((high.1 - low.1).abs()) > 1e-7 {
        let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        if rough(middle.0, middle.1) == start { low = middle } else { high = middle }
    }
    low
}

#[test]
fn a_cell_is_no_finer_than_the_networks() {
    // H3 cells of resolution 6: 36.13 square kilometres on average (H3's own table).
    for latitude in [0.0, 23.4, 52.5, 69.6, 80.0] {
        let (_, first) = border((latitude, 10.0), (latitude, 10.0 + cell_width(latitude)));
        let (_, second) = border((latitude, first + 1e-5), (latitude, first + 1e-5 + cell_width(latitude)));
        let (south, _) = border((latitude, 10.0), (latitude + 0.07, 10.0));
        let (north, _) = border((south + 1e-5, 10.0), (south + 0.07, 10.0));
        let width = place(latitude, first).distance_m(&place(latitude, second)) / 1e3;
        let height = place(south, 10.0).distance_m(&place(north, 10.0)) / 1e3;
        assert!((height - 6.67).abs() < 0.01, "{height} km high");
        assert!(width >= 6.6, "{width} km wide at {latitude} degrees");
        assert!(width * height > 36.13);
    }
}

/// Degrees of longitude in which there is a border for sure, and no two.
fn cell_width(latitude: f64) -> f64 {
    0.062 / latitude.to_radians().cos()
}

#[test]
fn a_parked_car_near_a_border_does_not_flicker() {
    let (latitude, longitude) = border((52.5, 13.40), (52.5, 13.51));
    let mut track = ApproximateTrack::new();
    let first = track.approximate(&place(latitude, longitude)).unwrap();
    for step in 0..200 {
        // 0.003 degrees are 200 m there.
        let east = 0.003 * f64::from(step).sin();
        assert_eq!(track.approximate(&place(latitude, longitude + east)), Some(first));
    }
}

#[test]
fn a_car_that_drives_on_changes_its_cell_once() {
    let mut track = ApproximateTrack::new();
    let (latitude, longitude) = border((52.5, 13.40), (52.5, 13.51));
    let answers: Vec<_> = (-400..400)
        .map(|step| track.approximate(&place(latitude, longitude + f64::from(step) * 1e-4)).unwrap())
        .collect();
    let changes = answers.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(changes, 1);
    // 500 m behind the border: 74 steps of 6.77 m.
    assert_eq!(answers.iter().position(|answer| *answer != answers[0]), Some(474));
}

#[test]
fn the_end_of_the_globe_is_as_good_as_its_middle() {
    for row in -89..=89 {
        let latitude = f64::from(row) + 0.01;
        assert_eq!(bits(rough(latitude, 180.0)), bits(rough(latitude, -180.0)), "{latitude}");
    }
    for longitude in [-180.0, -13.0, 0.0, 99.0, 180.0] {
        assert_eq!(bits(rough(90.0, longitude)), bits(rough(89.99, 0.0)), "the cap has one cell");
        assert_eq!(bits(rough(-90.0, longitude)), bits(rough(-89.99, 0.0)));
    }
    // A cell is held across the antimeridian too.
    let mut track = ApproximateTrack::new();
    let west = track.approximate(&place(10.0, 179.999)).unwrap();
    assert_eq!(track.approximate(&place(10.0, -179.999)), Some(west));
    let mut track = ApproximateTrack::new();
    let east = track.approximate(&place(10.0, -179.999)).unwrap();
    assert_eq!(track.approximate(&place(10.0, 179.999)), Some(east));
}

#[test]
fn coordinates_that_are_none_have_no_cell_and_change_nothing() {
    let mut track = ApproximateTrack::new();
    let home = track.approximate(&place(52.5, 13.4));
    for (latitude, longitude) in [(f64::NAN, 0.0), (0.0, f64::INFINITY), (91.0, 0.0), (0.0, -180.5)] {
        let nowhere = Location { latitude, longitude, ..place(0.0, 0.0) };
        assert_eq!(track.approximate(&nowhere), None);
    }
    assert_eq!(track.approximate(&place(52.5, 13.4)), home);
}

proptest! {
    #[test]
    fn the_centre_of_a_cell_lies_in_it(latitude in -90.0..=90.0f64, longitude in -180.0..=180.0f64) {
        let centre = rough(latitude, longitude);
        prop_assert_eq!(bits(rough(centre.latitude, centre.longitude)), bits(centre));
    }

    #[test]
    fn the_centre_is_near(latitude in -85.0..=85.0f64, longitude in -180.0..=180.0f64) {
        let exact = place(latitude, longitude);
        prop_assert!(rough(latitude, longitude).distance_m(&exact) < 5_000.0);
    }

    #[test]
    fn nothing_but_coordinates_goes_in_and_nothing_else_comes_out(
        latitude in -90.0..=90.0f64,
        longitude in -180.0..=180.0f64,
        altitude: Option<f64>,
        hdop: Option<f64>,
        heading: Option<f64>,
    ) {
        let exact = Location { altitude, hdop, heading, ..place(latitude, longitude) };
        let answer = ApproximateTrack::new().approximate(&exact).unwrap();
        prop_assert_eq!(answer, rough(latitude, longitude));
        prop_assert_eq!((answer.altitude, answer.hdop, answer.heading), (None, None, None));
    }

    #[test]
    fn a_held_cell_is_never_further_than_the_rule_says(
        latitude in -80.0..80.0f64,
        longitude in -180.0..180.0f64,
        steps in prop::collection::vec((-0.02..0.02f64, -0.02..0.02f64), 1..50),
    ) {
        let mut track = ApproximateTrack::new();
        let (mut north, mut east) = (latitude, longitude);
        for (up, right) in steps {
            (north, east) = ((north + up).clamp(-80.0, 80.0), (east + right).clamp(-180.0, 180.0));
            let answer = track.approximate(&place(north, east)).unwrap();
            prop_assert!(answer.distance_m(&place(north, east)) < 6_000.0);
        }
    }
}
