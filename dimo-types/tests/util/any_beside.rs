//! Everything that a batch can carry beside readings, for property tests.

use dimo_types::{
    Batch, BatchParts, BusSpeed, CanProtocol, Fingerprint, GnssFix, Location, MotionSummary,
    MovementEvidence, ServingCell, Tags, Timestamp, TroubleCode, TroubleReport, VehicleEvent,
    VehicleEventName,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::any_batch::{any_float, any_location, any_time};

/// What parts are made of; they borrow from it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    events: Vec<Event>,
    trouble_codes: Vec<(Timestamp, Vec<TroubleCode>)>,
    fingerprint: Option<Found>,
    movement: Option<Movement>,
    leaf_seed: Option<[u8; 16]>,
}

type Event = (VehicleEventName, Timestamp, Option<u64>, Option<String>, Vec<String>);
/// Time, vehicle number, protocol, odometer, version.
type Found = (Timestamp, &'static str, Option<CanProtocol>, Option<f64>, String);
type Movement = (Vec<GnssFix>, Vec<BusSpeed>, Vec<MotionSummary>, Vec<ServingCell>);

impl Beside {
    /// Calls `look` with `batch` and the parts.
    pub(crate) fn with(&self, batch: Batch<'_>, look: impl FnOnce(&Batch<'_>)) {
        let events = self.events.iter().map(|(name, time, duration_ns, metadata, tags)| VehicleEvent {
            duration_ns: *duration_ns,
            metadata: metadata.as_deref(),
            tags: Tags::from(tags.as_slice()),
            ..VehicleEvent::new(*name, *time)
        });
        let reports = self.trouble_codes.iter().map(|(time, codes)| TroubleReport { time: *time, codes });
        let mut batch =
            batch.with_events(events.collect::<Vec<_>>()).with_trouble_codes(reports.collect::<Vec<_>>());
        if let Some((time, number, protocol, odometer_km, software_version)) = &self.fingerprint {
            batch = batch.with_fingerprint(Fingerprint {
                time: *time,
                vehicle: number.parse().unwrap(),
                protocol: *protocol,
                odometer_km: *odometer_km,
                software_version,
            });
        }
        if let Some((fixes, bus_speeds, motion, cells)) = &self.movement {
            batch = batch.with_movement(MovementEvidence { fixes, bus_speeds, motion, cells });
        }
        if let Some(seed) = self.leaf_seed {
            batch = batch.with_leaf_seed(seed);
        }
        look(&batch);
    }

    /// One entry of each list, with everything that may be absent.
    pub(crate) fn one_of_each() -> Self {
        let (time, location) =
            (Timestamp::MAX, Location { heading: Some(-0.0), ..super::position(52.5, 13.4) });
        let code = TroubleCode::from_bytes([0xFF; 2]).unwrap();
        let text = "é".to_owned();
        let fix = GnssFix { time, location, speed_m_s: Some(f64::NAN), satellites: Some(255) };
        let motion = MotionSummary {
            from: time,
            until: Timestamp::EPOCH,
            mean_m_s2: -0.0,
            peak_m_s2: 9.8,
            samples: u32::MAX,
        };
        let cell = ServingCell { time, mcc: u16::MAX, mnc: u16::MAX, area: u32::MAX, cell: u64::MAX };
        Self {
            events: vec![(
                VehicleEventName::Collision,
                time,
                Some(u64::MAX),
                Some(text.clone()),
                vec![text.clone()],
            )],
            trouble_codes: vec![(time, vec![code])],
            fingerprint: Some((time, VIN, Some(CanProtocol::Can29Bit250), Some(f64::NAN), text)),
            movement: Some((vec![fix], vec![BusSpeed { time, speed_km_h: -0.0 }], vec![motion], vec![cell])),
            leaf_seed: Some([0xFF; 16]),
        }
    }
}

const VIN: &str = "1HGBH41JXMN109186";

pub(crate) fn any_beside() -> impl Strategy<Value = Beside> {
    let name = proptest::sample::select(VehicleEventName::ALL.as_slice());
    let event = (name, any_time(), of(any::<u64>()), of(".{0,3}"), vec(".{0,3}", 0..3));
    let code = any::<[u8; 2]>().prop_filter_map("no padding", TroubleCode::from_bytes);
    let report = (any_time(), vec(code, 0..4));
    let protocol = (6u8..10).prop_map(|number| CanProtocol::from_number(number).unwrap());
    let found = (any_time(), Just(VIN), of(protocol), of(any_float()), ".{0,3}");
    (vec(event, 0..3), vec(report, 0..3), of(found), of(any_movement()), of(any::<[u8; 16]>())).prop_map(
        |(events, trouble_codes, fingerprint, movement, leaf_seed)| Beside {
            events,
            trouble_codes,
            fingerprint,
            movement,
            leaf_seed,
        },
    )
}

fn any_movement() -> impl Strategy<Value = Movement> {
    let fix = (any_time(), any_location(), of(any_float()), of(any::<u8>())).prop_map(
        |(time, location, speed_m_s, satellites)| GnssFix { time, location, speed_m_s, satellites },
    );
    let speed = (any_time(), any_float()).prop_map(|(time, speed_km_h)| BusSpeed { time, speed_km_h });
    let motion = (any_time(), any_time(), any_float(), any_float(), any::<u32>()).prop_map(
        |(from, until, mean_m_s2, peak_m_s2, samples)| MotionSummary {
            from,
            until,
            mean_m_s2,
            peak_m_s2,
            samples,
        },
    );
    let cell = (any_time(), any::<u16>(), any::<u16>(), any::<u32>(), any::<u64>())
        .prop_map(|(time, mcc, mnc, area, cell)| ServingCell { time, mcc, mnc, area, cell });
    (vec(fix, 0..4), vec(speed, 0..4), vec(motion, 0..4), vec(cell, 0..4))
}

/// Compares floats to the bit.
#[track_caller]
pub(crate) fn assert_same_parts(a: BatchParts<'_>, b: BatchParts<'_>) {
    assert_eq!((a.events, a.trouble_codes, a.leaf_seed), (b.events, b.trouble_codes, b.leaf_seed));
    let found = |parts: BatchParts<'_>| {
        let found = parts.fingerprint?;
        let odometer = found.odometer_km.map(f64::to_bits);
        Some((found.time, found.vehicle, found.protocol, odometer, found.software_version.to_owned()))
    };
    assert_eq!(found(a), found(b));
    assert_eq!(a.movement.is_some(), b.movement.is_some());
    let (a, b) = (a.movement.unwrap_or_default(), b.movement.unwrap_or_default());
    let fix = |fix: &GnssFix| {
        let floats = super::place_bits(&fix.location);
        (fix.time, floats, fix.speed_m_s.map(f64::to_bits), fix.satellites)
    };
    assert!(a.fixes.iter().map(fix).eq(b.fixes.iter().map(fix)), "{:?}, not {:?}", a.fixes, b.fixes);
    let speed = |speed: &BusSpeed| (speed.time, speed.speed_km_h.to_bits());
    assert!(a.bus_speeds.iter().map(speed).eq(b.bus_speeds.iter().map(speed)), "{a:?}, not {b:?}");
    let motion = |motion: &MotionSummary| {
        (motion.from, motion.until, motion.mean_m_s2.to_bits(), motion.peak_m_s2.to_bits(), motion.samples)
    };
    assert!(a.motion.iter().map(motion).eq(b.motion.iter().map(motion)), "{a:?}, not {b:?}");
    assert_eq!(a.cells, b.cells);
}
