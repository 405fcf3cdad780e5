//! The drive, read back the way a user's log is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use dimo_dbc::log::{LogFormat, LogItem, LogReader};
use dimo_dbc::{Mapping, Plan, Selection, compile, import};
use dimo_types::{Frame, FrameKind, SignalDictionary as _, SignalIndex, Timestamp};

use super::{DBC, MAPPING, drive};

const SEED: u64 = 4;
static LOG: LazyLock<Vec<u8>> = LazyLock::new(|| drive(SEED).unwrap());
static TRIP: LazyLock<Trip> = LazyLock::new(|| Trip::read(&LOG));

/// A drive as its readers see it.
struct Trip {
    frames: Vec<Frame>,
    malformed: usize,
}

impl Trip {
    fn read(log: &[u8]) -> Self {
        let mut trip = Self { frames: Vec::new(), malformed: 0 };
        for item in LogReader::new(log, LogFormat::Candump) {
            match item.unwrap() {
                LogItem::Frame(frame) => trip.frames.push(frame),
                LogItem::Malformed(_) => trip.malformed += 1,
                _ => {}
            }
        }
        trip
    }

    fn count(&self, kind: FrameKind) -> usize {
        self.frames.iter().filter(|frame| frame.kind() == kind).count()
    }

    /// Times in seconds and physical values by `Message.Signal`.
    fn signals(&self) -> HashMap<String, Vec<(f64, f64)>> {
        let blob = compile(&import(DBC.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
        let plan = Plan::from_bytes(&blob).unwrap();
        let start = self.frames[0].time();
        let mut signals = HashMap::<String, Vec<_>>::new();
        for frame in &self.frames {
            let seconds = frame.time().micros_since(start) as f64 / 1e6;
            let Some(samples) = plan.decode(frame) else { continue };
            assert!(samples.missing().is_none(), "{frame:?}");
            for sample in samples {
                let name = plan.signal(sample.signal).unwrap().name.to_owned();
                signals.entry(name).or_default().push((seconds, sample.value().as_f64().unwrap()));
            }
        }
        signals
    }
}

/// The least and the greatest value.
fn range(samples: &[(f64, f64)]) -> (f64, f64) {
    samples.iter().fold((f64::MAX, f64::MIN), |(low, high), (_, value)| (low.min(*value), high.max(*value)))
}

#[test]
fn the_same_seed_drives_the_same_way_and_another_one_does_not() {
    assert!(drive(SEED).unwrap() == *LOG);
    assert!(drive(SEED + 1).unwrap() != *LOG);
}

#[test]
fn any_seed_arrives() {
    for seed in [0, u64::MAX] {
        let trip = Trip::read(&drive(seed).unwrap());
        let seconds =
            trip.frames[trip.frames.len() - 1].time().micros_since(trip.frames[0].time()) / 1_000_000;
        assert!((600..1200).contains(&seconds), "seed {seed}: {seconds} s");
    }
}

#[test]
fn the_log_begins_on_a_march_morning_and_never_goes_back_in_time() {
    let start: Timestamp = "2026-03-14T08:00:00Z".parse().unwrap();
    let late = TRIP.frames[0].time().micros_since(start);
    assert!((0..100_000).contains(&late), "{late} µs");
    assert!(TRIP.frames.is_sorted_by_key(Frame::time));
}

#[test]
fn the_log_has_frames_of_every_kind_and_some_damage() {
    assert!((100_000..300_000).contains(&TRIP.frames.len()), "{}", TRIP.frames.len());
    assert!(TRIP.count(FrameKind::Fd) > 1_000);
    assert!((1..100).contains(&TRIP.count(FrameKind::Remote)));
    assert!((1..100).contains(&TRIP.count(FrameKind::Error)));
    assert!((1..100).contains(&TRIP.malformed), "{}", TRIP.malformed);
    assert!(TRIP.frames.iter().any(|frame| frame.id().is_extended() && frame.is_data()));
}

#[test]
fn every_signal_of_the_dbc_file_is_seen() {
    let database = import(DBC.as_bytes()).unwrap();
    let signals = TRIP.signals();
    let described: HashSet<_> = database
        .messages
        .iter()
        .flat_map(|message| message.signals.iter().map(|signal| format!("{}.{}", message.name, signal.name)))
        .collect();
    assert_eq!(signals.keys().cloned().collect::<HashSet<_>>(), described);
}

#[test]
fn every_mapped_signal_gets_its_vss_name_and_some_signals_keep_their_own() {
    let mapping = Mapping::parse(MAPPING).unwrap();
    let blob = compile(&import(DBC.as_bytes()).unwrap(), &Selection::all(), Some(&mapping)).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let count = u16::try_from(plan.signal_count()).unwrap();
    let names: Vec<_> = (0..count).map(|index| plan.signal(SignalIndex(index)).unwrap().name).collect();
    for (_, vss) in mapping.signals() {
        assert_eq!(names.iter().filter(|name| **name == vss).count(), 1, "{vss}");
    }
    let unmapped = names.iter().filter(|name| name.contains('.')).count();
    assert!(unmapped > 20, "{unmapped}");
    assert_eq!(unmapped + mapping.signals().count(), names.len());
}

#[test]
fn the_car_behaves_like_a_car() {
    let signals = TRIP.signals();
    for (name, low, high) in [
        ("Dashboard.VehicleSpeed", (0.0, 0.0), (110.0, 130.0)),
        ("EngineStatus.EngineSpeed", (0.0, 0.0), (2_500.0, 6_500.0)),
        ("EngineStatus.EngineTorque", (-60.0, -10.0), (100.0, 250.0)),
        ("Transmission.CurrentGear", (0.0, 0.0), (7.0, 7.0)),
        ("ObdResponse.CoolantTemperature", (8.0, 9.0), (85.0, 105.0)),
        ("LowVoltageBattery.BatteryVoltage", (9.0, 12.4), (13.5, 14.8)),
        ("TractionBattery.PackCurrent", (-250.0, -50.0), (50.0, 250.0)),
        ("CellVoltages.Cell07", (3_300.0, 3_800.0), (3_800.0, 4_250.0)),
        ("BrakeStatus.BrakePressure", (0.0, 0.0), (500.0, 4_000.0)),
        ("Climate.ExteriorTemperature", (8.0, 9.0), (9.0, 12.0)),
        ("TyrePressures.RearRightPressure", (1.8, 1.9), (1.9, 2.2)),
        ("BodyStatus.DoorFrontLeft", (0.0, 0.0), (2.0, 2.0)),
    ] {
        let (least, most) = range(&signals[name]);
        assert!((low.0..=low.1).contains(&least), "{name}: at least {least}");
        assert!((high.0..=high.1).contains(&most), "{name}: at most {most}");
    }
    let red_lights = signals["Dashboard.VehicleSpeed"].chunk_by(|a, b| (a.1 == 0.0) == (b.1 == 0.0));
    assert!(red_lights.filter(|stretch| stretch[0].1 == 0.0).count() >= 5, "start, three lights and the end");
}

#[test]
fn the_positions_agree_with_speed_and_heading_and_come_back_to_the_start() {
    let signals = TRIP.signals();
    let metres =
        |name: &str, scale: f64| signals[name].iter().map(|(t, v)| (*t, v * scale)).collect::<Vec<_>>();
    let north = metres("GnssPosition.Latitude", 111_320.0);
    let (latitude, _) = range(&signals["GnssPosition.Latitude"]);
    let east = metres("GnssPosition.Longitude", 111_320.0 * latitude.to_radians().cos());
    let course = &signals["GnssMovement.Heading"];
    let speed = &signals["GnssMovement.GroundSpeed"];
    let at = |samples: &[(f64, f64)], time: f64| {
        samples.iter().min_by(|a, b| (a.0 - time).abs().total_cmp(&(b.0 - time).abs())).unwrap().1
    };
    let mut checked = 0;
    for (now, then) in north.iter().zip(&north[5..]) {
        let (from, to, seconds) = (now.0, then.0, then.0 - now.0);
        let steady =
            (at(course, from) - at(course, to)).abs() < 1.0 && (at(speed, from) - at(speed, to)).abs() < 4.0;
        if !steady || at(speed, from) < 40.0 {
            continue;
        }
        let (up, right) = (then.1 - now.1, at(&east, to) - at(&east, from));
        let (driven, expected) = (up.hypot(right), at(speed, from) / 3.6 * seconds);
        assert!(
            (driven / expected - 1.0).abs() < 0.12,
            "{driven} m driven, {expected} m by speed, at {from} s"
        );
        let off = (right.atan2(up).to_degrees() - at(course, from) + 540.0).rem_euclid(360.0) - 180.0;
        assert!(off.abs() < 8.0, "{off} degrees off at {from} s");
        checked += 1;
    }
    assert!(checked > 200, "{checked}");
    let gap = (north[north.len() - 1].1 - north[0].1).hypot(east[east.len() - 1].1 - east[0].1);
    assert!(gap < 15.0, "{gap} m between start and end");
}
