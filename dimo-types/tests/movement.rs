//! A drive that its sensors agree on passes; each way to fake one is caught by the test that is there for it.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{
    BusSpeed, Country, GnssFix, Location, MotionSummary, MovementConclusion, MovementEvidence, MovementTest,
    MovementTolerance, MovementVerdict, NotMade, ServingCell, TestOutcome, Timestamp, check_movement,
};
use proptest::prelude::*;

const START_US: u64 = 1_700_000_000_000_000;

fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(START_US + micros).unwrap()
}

fn place(latitude: f64, longitude: f64) -> Location {
    Location::new(latitude, longitude).unwrap()
}

/// What the four sensors of one device saw.
#[derive(Clone, Default)]
struct Drive {
    fixes: Vec<GnssFix>,
    bus: Vec<BusSpeed>,
    motion: Vec<MotionSummary>,
    cells: Vec<ServingCell>,
}

/// Not its thousands of readings.
impl core::fmt::Debug for Drive {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "from {:?} to {:?}", self.fixes.first(), self.fixes.last())
    }
}

impl Drive {
    /// A drive from `origin` along `course` (degrees from north) whose speed in m/s at a second is `speed`. A fix a second, ten
    /// speeds a second on the bus, a motion span of half a minute, one German cell.
    fn along(origin: Location, course: f64, seconds: u32, speed: impl Fn(f64) -> f64) -> Self {
        let mut drive = Self::default();
        let (mut north, mut east) = (0.0, 0.0);
        for tenth in 0..=seconds * 10 {
            let second = f64::from(tenth) / 10.0;
            let (time, now) = (at(u64::from(tenth) * 100_000), speed(second));
            drive.bus.push(BusSpeed { time, speed_km_h: now * 3.6 });
            if tenth % 10 == 0 {
                let location = moved(origin, north, east);
                drive.fixes.push(GnssFix { time, location, speed_m_s: Some(now), satellites: Some(9) });
            }
            let way = (now + speed(second + 0.1)) / 2.0 * 0.1;
            north += way * course.to_radians().cos();
            east += way * course.to_radians().sin();
        }
        for half_minute in 0..seconds / 30 {
            let from = u64::from(half_minute) * 30_000_000;
            let span = MotionSummary {
                from: at(from),
                until: at(from + 29_900_000),
                mean_m_s2: 0.6,
                peak_m_s2: 3.0,
                samples: 1500,
            };
            drive.motion.push(span);
        }
        drive.cells.push(ServingCell { time: at(0), mcc: 262, mnc: 1, area: 0x1234, cell: 0x12_3456 });
        drive
    }

    /// Ten minutes through a town: 14 m/s, with stops.
    fn through_town() -> Self {
        Self::along(place(52.52, 13.405), 60.0, 600, town)
    }

    fn evidence(&self) -> MovementEvidence<'_> {
        MovementEvidence {
            fixes: &self.fixes,
            bus_speeds: &self.bus,
            motion: &self.motion,
            cells: &self.cells,
        }
    }

    fn verdict(&self) -> MovementVerdict {
        check_movement(&self.evidence(), &MovementTolerance::default(), |_| Some(country("DE")))
    }

    fn failures(&self) -> Vec<MovementTest> {
        self.verdict().failed().map(|(test, _)| test).collect()
    }
}

/// A minute's rhythm: away from the light, along, to the next light, waiting.
fn town(second: f64) -> f64 {
    match second % 60.0 {
        phase if phase < 7.0 => phase * 2.0,
        phase if phase < 43.0 => 14.0,
        phase if phase < 50.0 => (50.0 - phase) * 2.0,
        _ => 0.0,
    }
}

/// A place so many metres north and east.
fn moved(from: Location, north: f64, east: f64) -> Location {
    let degree = 6_371_008.8_f64.to_radians();
    let longitude = from.longitude + east / (degree * from.latitude.to_radians().cos());
    place(from.latitude + north / degree, (longitude + 540.0).rem_euclid(360.0) - 180.0)
}

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

#[test]
fn distances_are_those_that_others_publish() {
    // Land's End to John o' Groats, 50°03'59"N 5°42'53"W to 58°38'38"N 3°04'12"W: 968.9 km (Movable Type Scripts).
    let lands_end = place(50.0 + 3.0 / 60.0 + 59.0 / 3600.0, -(5.0 + 42.0 / 60.0 + 53.0 / 3600.0));
    let john_o_groats = place(58.0 + 38.0 / 60.0 + 38.0 / 3600.0, -(3.0 + 4.0 / 60.0 + 12.0 / 3600.0));
    assert!((lands_end.distance_m(&john_o_groats) / 1e3 - 968.9).abs() < 0.06);
    // Nashville to Los Angeles: 2887.2599506 km on a sphere of 6372.8 km (Rosetta Code, Haversine formula).
    let nashville = place(36.12, -86.67);
    let los_angeles = place(33.94, -118.40);
    let scaled = nashville.distance_m(&los_angeles) * 6372.8 / 6_371_008.8;
    assert!((scaled - 2887.2599506).abs() < 1e-6, "{scaled}");
}

#[test]
fn poles_the_antimeridian_and_opposite_points_are_ordinary_places() {
    let quarter = 6_371_008.8 * core::f64::consts::FRAC_PI_2;
    let pole = place(90.0, 0.0);
    assert!((pole.distance_m(&place(0.0, 77.0)) - quarter).abs() < 1e-3);
    assert!(pole.distance_m(&place(90.0, 180.0)) < 1e-6, "a pole has every longitude");
    assert!((place(0.0, 0.0).distance_m(&place(0.0, 180.0)) - 2.0 * quarter).abs() < 1e-3);
    // The haversine formula is flat there: half the digits of the result are lost.
    assert!((place(40.0, 20.0).distance_m(&place(-40.0, -160.0)) - 2.0 * quarter).abs() < 1.0);
    assert_eq!(place(12.0, 180.0).distance_m(&place(12.0, -180.0)).round(), 0.0);
}

#[test]
fn an_honest_drive_passes_every_test() {
    let verdict = Drive::through_town().verdict();
    for (test, outcome) in verdict.iter() {
        assert!(matches!(outcome, TestOutcome::Passed(_)), "{test}: {outcome:?}");
    }
    assert_eq!(verdict.conclusion(), MovementConclusion::Moved);
    // 10 x (2 x 49 m + 36 s x 14 m/s) = 6020 m.
    assert!((verdict.way_by_bus_m() - 6020.0).abs() < 2.0, "{}", verdict.way_by_bus_m());
    assert!((verdict.way_by_fixes_m() - 6020.0).abs() < 5.0, "{}", verdict.way_by_fixes_m());
}

#[test]
fn margins_are_the_room_that_is_left() {
    let verdict = Drive::through_town().verdict();
    let margin = |test| match verdict.outcome(test) {
        TestOutcome::Passed(margin) => margin,
        other => panic!("{test}: {other:?}"),
    };
    // 100 m/s may be, 14 m/s was.
    assert!((margin(MovementTest::PossibleSpeed).value - 86.0).abs() < 1e-9);
    // A fifth of 6020 m and two fixes at 50 m each may be apart, next to nothing is.
    assert!((margin(MovementTest::Distance).value - 1304.0).abs() < 5.0);
    // Ten speeds a second.
    assert_eq!(margin(MovementTest::TimesInOrder).value, 0.1);
    // 20 fixes in a hundred may lie abroad, none does.
    assert_eq!(margin(MovementTest::CellCountry).value, 20.0);
    // The strongest change that a span of 29.9 s shows must stay within 0.6 + 0.3; the least motion is 0.55 away.
    assert!(margin(MovementTest::Motion).value > 0.4 && margin(MovementTest::Motion).value <= 0.55);
}

#[test]
fn a_parked_car_with_jittering_fixes_stood() {
    let mut drive = Drive::along(place(52.52, 13.405), 0.0, 900, |_| 0.0);
    for (index, fix) in drive.fixes.iter_mut().enumerate() {
        let angle = index as f64 * 2.4;
        fix.location = moved(fix.location, 12.0 * angle.cos(), 12.0 * angle.sin());
    }
    let verdict = drive.verdict();
    assert_eq!(verdict.conclusion(), MovementConclusion::Stood, "{verdict:?}");
}

#[test]
fn fixes_that_stand_still_while_the_bus_drives_are_caught() {
    let mut drive = Drive::through_town();
    let first = drive.fixes[0].location;
    drive.fixes.iter_mut().for_each(|fix| fix.location = first);
    assert_eq!(drive.failures(), [MovementTest::Distance, MovementTest::Pace]);
}

#[test]
fn a_bus_that_stands_still_while_the_fixes_drive_is_caught() {
    let mut drive = Drive::through_town();
    drive.bus.iter_mut().for_each(|speed| speed.speed_km_h = 0.0);
    let failures = drive.failures();
    assert_eq!(failures, [MovementTest::Distance, MovementTest::Pace, MovementTest::GroundSpeed]);
}

#[test]
fn fixes_of_another_drive_of_the_same_length_are_caught_by_their_pace() {
    let mut drive = Drive::through_town();
    // The same way, driven evenly: 6020 m in 600 s would do; here the first half is the slow one.
    let other = Drive::along(place(48.1, 11.5), 10.0, 600, |second| if second < 300.0 { 4.0 } else { 16.0 });
    drive.fixes = other.fixes;
    assert_eq!(drive.failures(), [MovementTest::Pace, MovementTest::GroundSpeed]);
}

#[test]
fn fixes_replayed_from_an_earlier_day_are_not_compared_and_show_nothing() {
    let mut drive = Drive::through_town();
    for fix in &mut drive.fixes {
        fix.time = fix.time.checked_add_micros(-86_400_000_000).unwrap();
    }
    let verdict = drive.verdict();
    assert_eq!(verdict.outcome(MovementTest::Distance), TestOutcome::NotMade(NotMade::NoOverlap));
    assert_eq!(verdict.conclusion(), MovementConclusion::Insufficient);
}

#[test]
fn a_jump_of_one_fix_is_impossible() {
    let mut drive = Drive::through_town();
    drive.fixes[300].location = place(48.137, 11.575);
    assert!(drive.failures().contains(&MovementTest::PossibleSpeed));
}

#[test]
fn a_slow_jump_that_no_speed_limit_forbids_is_caught_by_the_way() {
    let mut drive = Drive::through_town();
    // 4 km in the 59 s between two fixes: 68 m/s, which a vehicle could do, and this one did not.
    drive.fixes.drain(301..359);
    for fix in &mut drive.fixes[301..] {
        fix.location = moved(fix.location, 4000.0, 0.0);
    }
    assert_eq!(drive.failures(), [MovementTest::Distance, MovementTest::Pace]);
}

#[test]
fn two_places_at_one_time_are_impossible() {
    let mut drive = Drive::through_town();
    drive.fixes[300].time = drive.fixes[299].time;
    drive.fixes[300].location = moved(drive.fixes[299].location, 900.0, 0.0);
    assert!(drive.failures().contains(&MovementTest::PossibleSpeed));
}

#[test]
fn a_clock_that_jumps_back_is_caught_whichever_part_shows_it() {
    let back = |time: &mut Timestamp| *time = time.checked_add_micros(-60_000_000).unwrap();
    let mut fixes = Drive::through_town();
    back(&mut fixes.fixes[300].time);
    let mut bus = Drive::through_town();
    back(&mut bus.bus[3000].time);
    let mut motion = Drive::through_town();
    back(&mut motion.motion[10].from);
    let mut cells = Drive::through_town();
    cells.cells.push(cells.cells[0]);
    back(&mut cells.cells[1].time);
    for drive in [fixes, bus, motion, cells] {
        assert_eq!(drive.failures(), [MovementTest::TimesInOrder]);
        let not_made = TestOutcome::NotMade(NotMade::Unusable);
        assert_eq!(drive.verdict().outcome(MovementTest::Distance), not_made);
        assert_eq!(drive.verdict().conclusion(), MovementConclusion::Contradicted);
    }
}

#[test]
fn values_that_are_none_are_caught_and_nothing_is_computed_from_them() {
    for bad in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
        let mut place = Drive::through_town();
        place.fixes[5].location.latitude = bad;
        let mut told = Drive::through_town();
        told.fixes[5].speed_m_s = Some(bad);
        let mut bus = Drive::through_town();
        bus.bus[5].speed_km_h = bad;
        let mut mean = Drive::through_town();
        mean.motion[5].mean_m_s2 = bad;
        let mut peak = Drive::through_town();
        peak.motion[5].peak_m_s2 = bad;
        for drive in [place, told, bus, mean, peak] {
            assert_eq!(drive.failures(), [MovementTest::Values]);
        }
    }
    let mut mean_above_peak = Drive::through_town();
    mean_above_peak.motion[0].peak_m_s2 = 0.1;
    let mut no_samples = Drive::through_town();
    no_samples.motion[0].samples = 0;
    let mut no_network = Drive::through_town();
    no_network.cells[0].mcc = 1000;
    for drive in [mean_above_peak, no_samples, no_network] {
        assert_eq!(drive.failures(), [MovementTest::Values]);
    }
}

#[test]
fn a_device_on_a_desk_is_caught_by_its_motion_sensor() {
    // Evenly, so that no change of speed gives it away.
    let mut both = Drive::along(place(52.52, 13.405), 60.0, 300, |_| 14.0);
    both.motion.iter_mut().for_each(|span| span.mean_m_s2 = 0.01);
    let bus_alone = Drive { fixes: vec![], ..both.clone() };
    let fixes_alone = Drive { bus: vec![], ..both.clone() };
    for drive in [both, bus_alone, fixes_alone] {
        assert_eq!(drive.failures(), [MovementTest::Motion]);
    }
}

#[test]
fn two_fixes_say_little_of_half_a_minute() {
    let mut drive = Drive::along(place(52.52, 13.405), 60.0, 30, |_| 90.0);
    drive.motion.iter_mut().for_each(|span| span.mean_m_s2 = 0.01);
    (drive.bus, drive.fixes) = (vec![], drive.fixes[..3].to_vec());
    assert_eq!(drive.verdict().outcome(MovementTest::Motion), TestOutcome::NotMade(NotMade::NoOverlap));
}

#[test]
fn a_bus_that_tells_reverse_as_negative_is_understood() {
    let mut drive = Drive::along(place(52.52, 13.405), 60.0, 120, |_| 3.0);
    drive.bus.iter_mut().for_each(|speed| speed.speed_km_h = -speed.speed_km_h);
    assert_eq!(drive.failures(), []);
    assert_eq!(drive.verdict().conclusion(), MovementConclusion::Moved);
}

#[test]
fn a_pause_of_the_bus_between_two_fixes_is_not_bridged() {
    let mut drive = Drive::along(place(52.52, 13.405), 60.0, 300, |_| 14.0);
    drive.fixes.retain(|fix| fix.time.as_secs() % 30 == at(0).as_secs() % 30);
    // Ten seconds without a speed in the middle of each half minute, where somebody braked and sped up again.
    drive.bus.retain(|speed| !(10..20).contains(&((speed.time.as_secs() - at(0).as_secs()) % 30)));
    let no_overlap = TestOutcome::NotMade(NotMade::NoOverlap);
    assert_eq!(drive.verdict().outcome(MovementTest::Distance), no_overlap);
}

#[test]
fn fixes_too_far_apart_are_not_compared() {
    let mut drive = Drive::along(place(52.52, 13.405), 60.0, 300, |_| 14.0);
    drive.fixes.retain(|fix| (fix.time.as_secs() - at(0).as_secs()).is_multiple_of(61));
    let no_overlap = TestOutcome::NotMade(NotMade::NoOverlap);
    assert_eq!(drive.verdict().outcome(MovementTest::Distance), no_overlap);
    assert_eq!(drive.verdict().conclusion(), MovementConclusion::Insufficient);
}

#[test]
fn two_receivers_may_be_off_in_opposite_directions() {
    let mut drive = Drive::through_town();
    drive.fixes[300].time = drive.fixes[299].time;
    drive.fixes[300].location = moved(drive.fixes[299].location, 90.0, 0.0);
    assert_eq!(drive.failures(), []);
}

#[test]
fn a_drive_that_fixes_and_bus_deny_is_caught_by_the_motion_sensor() {
    let mut drive = Drive::along(place(52.52, 13.405), 0.0, 300, |_| 0.0);
    drive.motion.iter_mut().for_each(|span| span.mean_m_s2 = 1.5);
    assert_eq!(drive.failures(), [MovementTest::Motion]);
}

#[test]
fn braking_that_no_sensor_felt_is_caught() {
    // 1.5 m/s^2 all along, and the sensor's mean is 0.6.
    let drive = Drive::along(place(52.52, 13.405), 0.0, 60, |second| second * 1.5);
    let outcome = drive.verdict().outcome(MovementTest::Motion);
    let TestOutcome::Failed(margin) = outcome else { panic!("{outcome:?}") };
    assert!((margin.value - (0.6 + 0.3 - 1.5)).abs() < 1e-9, "{margin:?}");
}

#[test]
fn a_cell_of_another_country_is_caught() {
    let mut drive = Drive::through_town();
    drive.cells[0].mcc = 724;
    assert_eq!(drive.failures(), [MovementTest::CellCountry]);
}

#[test]
fn a_cell_across_the_border_for_a_while_is_no_contradiction() {
    let mut drive = Drive::through_town();
    let polish = ServingCell { time: at(100_000_000), mcc: 260, ..drive.cells[0] };
    let german = ServingCell { time: at(200_000_000), ..drive.cells[0] };
    drive.cells.extend([polish, german]);
    let outcome = drive.verdict().outcome(MovementTest::CellCountry);
    let TestOutcome::Passed(margin) = outcome else { panic!("{outcome:?}") };
    assert!((margin.value - (20.0 - 100.0 * 100.0 / 601.0)).abs() < 1e-9); // 100 of 601 fixes
    assert_eq!(margin.at, at(100_000_000));
}

#[test]
fn territories_share_the_codes_of_their_networks() {
    let mut drive = Drive::through_town();
    let check = |drive: &Drive, code| {
        let verdict =
            check_movement(&drive.evidence(), &MovementTolerance::default(), |_| Some(country(code)));
        verdict.outcome(MovementTest::CellCountry)
    };
    for (mcc, code) in [(310, "PR"), (330, "PR"), (330, "US"), (234, "JE"), (340, "MQ"), (647, "YT")] {
        drive.cells[0].mcc = mcc;
        assert!(matches!(check(&drive, code), TestOutcome::Passed(_)), "{mcc} {code}");
    }
    drive.cells[0].mcc = 901;
    assert_eq!(check(&drive, "DE"), TestOutcome::NotMade(NotMade::CountryUnknown), "satellites have none");
}

#[test]
fn parts_that_are_missing_are_said_to_be_missing() {
    let verdict = check_movement(&MovementEvidence::default(), &MovementTolerance::default(), |_| None);
    for (test, outcome) in verdict.iter() {
        assert_eq!(outcome, TestOutcome::NotMade(NotMade::Missing), "{test}");
    }
    assert_eq!(verdict.conclusion(), MovementConclusion::Insufficient);
    let drive = Drive { motion: vec![], cells: vec![], ..Drive::through_town() };
    let verdict = drive.verdict();
    assert_eq!(verdict.outcome(MovementTest::Motion), TestOutcome::NotMade(NotMade::Missing));
    assert_eq!(verdict.outcome(MovementTest::CellCountry), TestOutcome::NotMade(NotMade::Missing));
    assert_eq!(verdict.conclusion(), MovementConclusion::Moved);
}

#[test]
fn speeds_left_out_where_they_would_contradict_make_no_way() {
    let mut drive = Drive::through_town();
    // Everything between the second and the eighth minute: no speed there, no way there.
    drive.bus.retain(|speed| speed.time < at(120_000_000) || speed.time > at(480_000_000));
    for fix in &mut drive.fixes {
        if fix.time >= at(300_000_000) {
            fix.location = moved(fix.location, 0.0, 60.0);
        }
    }
    let verdict = drive.verdict();
    assert!(verdict.way_by_bus_m() < 2500.0 && verdict.way_by_fixes_m() < 2600.0, "{verdict:?}");
}

#[test]
fn a_drive_across_the_antimeridian_passes() {
    let drive = Drive::along(place(-16.8, 179.99), 90.0, 300, |_| 25.0);
    assert!(drive.fixes.first().unwrap().location.longitude > 0.0);
    assert!(drive.fixes.last().unwrap().location.longitude < 0.0);
    assert_eq!(drive.failures(), []);
}

/// A steady drive with a slow swing of speed, from anywhere but the last metres before a pole.
fn drives() -> impl Strategy<Value = Drive> {
    let origin = (-85.0..85.0f64, -180.0..180.0f64);
    (origin, 0.0..360.0f64, 10.0..40.0f64, 0.0..0.3f64, 120u32..300).prop_map(
        |((latitude, longitude), course, speed, swing, seconds)| {
            let origin = place(latitude, longitude);
            Drive::along(origin, course, seconds, |second| speed * (1.0 + swing * (second / 20.0).sin()))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_consistent_drive_passes(drive in drives()) {
        prop_assert_eq!(drive.failures(), []);
        prop_assert_eq!(drive.verdict().conclusion(), MovementConclusion::Moved);
    }

    #[test]
    fn fixes_that_are_off_by_some_metres_pass(drive in drives(), seed in 0.0..6.0f64) {
        let mut drive = drive;
        for (index, fix) in drive.fixes.iter_mut().enumerate() {
            let angle = seed + index as f64 * 2.4;
            fix.location = moved(fix.location, 8.0 * angle.cos(), 8.0 * angle.sin());
        }
        prop_assert_eq!(drive.failures(), []);
    }

    #[test]
    fn a_bus_that_tells_another_speed_is_caught(drive in drives(), factor in prop_oneof![0.0..0.6f64, 1.5..3.0f64]) {
        let mut drive = drive;
        drive.bus.iter_mut().for_each(|speed| speed.speed_km_h *= factor);
        // The shortest of these ways is 1200 m: 40 % of it are more than a fifth and 100 m.
        prop_assert!(drive.failures().contains(&MovementTest::Distance));
    }

    #[test]
    fn whatever_can_be_true_has_margins_that_are_numbers(
        fixes in prop::collection::vec((0..100u64, -90.0..=90.0f64, -180.0..=180.0f64, 0.0..1e300f64), 0..30),
        bus in prop::collection::vec((0..100u64, -1e300..1e300f64), 0..30),
        motion in prop::collection::vec((0..50u64, 50..100u64, 0.0..1e300f64), 0..2),
    ) {
        let second = |second| at(second * 1_000_000);
        let fix = |(time, latitude, longitude, speed)| {
            let location = place(latitude, longitude);
            GnssFix { time: second(time), location, speed_m_s: Some(speed), satellites: None }
        };
        let span = |(from, until, mean_m_s2)| {
            let (from, until) = (second(from), second(until));
            MotionSummary { from, until, mean_m_s2, peak_m_s2: mean_m_s2, samples: 1 }
        };
        let mut drive = Drive {
            fixes: fixes.into_iter().map(fix).collect(),
            bus: bus.into_iter().map(|(time, speed_km_h)| BusSpeed { time: second(time), speed_km_h }).collect(),
            motion: motion.into_iter().map(span).collect(),
            cells: vec![],
        };
        drive.fixes.sort_by_key(|fix| fix.time);
        drive.bus.sort_by_key(|speed| speed.time);
        for (test, outcome) in drive.verdict().iter() {
            if let TestOutcome::Passed(margin) | TestOutcome::Failed(margin) = outcome {
                prop_assert!(!margin.value.is_nan(), "{test}: {outcome:?}");
            }
        }
    }

    #[test]
    fn nothing_that_can_be_said_makes_it_panic(
        fixes in prop::collection::vec((any::<u32>(), any::<f64>(), any::<f64>(), any::<Option<f64>>()), 0..20),
        bus in prop::collection::vec((any::<u32>(), any::<f64>()), 0..20),
        motion in prop::collection::vec((any::<u32>(), any::<u32>(), any::<f64>(), any::<f64>()), 0..5),
        cells in prop::collection::vec((any::<u32>(), any::<u16>()), 0..5),
        sorted in any::<bool>(),
    ) {
        let fix = |(time, latitude, longitude, speed_m_s)| {
            let location = Location { latitude, longitude, altitude: None, hdop: None, heading: None };
            GnssFix { time: at(u64::from(time)), location, speed_m_s, satellites: None }
        };
        let span = |(from, until, mean_m_s2, peak_m_s2)| {
            MotionSummary { from: at(u64::from(from)), until: at(u64::from(until)), mean_m_s2, peak_m_s2, samples: 1 }
        };
        let mut drive = Drive {
            fixes: fixes.into_iter().map(fix).collect(),
            bus: bus.into_iter().map(|(time, speed_km_h)| BusSpeed { time: at(u64::from(time)), speed_km_h }).collect(),
            motion: motion.into_iter().map(span).collect(),
            cells: cells
                .into_iter()
                .map(|(time, mcc)| ServingCell { time: at(u64::from(time)), mcc, mnc: 1, area: 1, cell: 1 })
                .collect(),
        };
        if sorted {
            drive.fixes.sort_by_key(|fix| fix.time);
            drive.bus.sort_by_key(|speed| speed.time);
            drive.cells.sort_by_key(|cell| cell.time);
        }
        let _ = drive.verdict().conclusion();
    }
}
