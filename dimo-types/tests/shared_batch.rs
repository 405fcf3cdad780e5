//! One filtered batch for each recipient, and none that nobody filtered.
#![cfg(feature = "alloc")]
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{
    Address, ApproximateTrack, Batch, BatchParts, BusSpeed, Disclosure, Fingerprint, Grant, Location,
    MovementEvidence, NotShared, Privilege, PrivilegeSet, Raw, Reading, RecordId, Scale, SharedBatch,
    SharingPolicy, SignalIndex, SignalInfo, SignalValue, Timestamp, TokenId, TroubleReport, Unit,
    VehicleEvent, VehicleEventName, VssSignal,
};
use proptest::prelude::*;

const INSURER: Address = Address::new([1; 20]);
const GARAGE: Address = Address::new([2; 20]);
const DEVICE: Address = Address::new([9; 20]);
const VEHICLE: u64 = 1337;
const NOW: u64 = 1_768_478_400;
const TENTH: Scale = Scale { factor: 0.1, offset: 0.0 };

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

fn grant(recipient: Address, privileges: impl IntoIterator<Item = Privilege>) -> Grant {
    let privileges = privileges.into_iter().collect();
    Grant { recipient, privileges, from: at(NOW - 3600), until: at(NOW + 3600) }
}

fn policy(grants: &[Grant]) -> SharingPolicy<'_> {
    SharingPolicy::new(VEHICLE.into(), 7, grants).unwrap()
}

fn dictionary() -> Vec<SignalInfo<'static>> {
    let info = |name, unit, scale| SignalInfo { name, unit, scale };
    vec![
        info("BMS.Secret", Unit::None, Scale::IDENTITY),
        info("speed", Unit::KilometrePerHour, TENTH),
        info("currentLocationCoordinates", Unit::None, Scale::IDENTITY),
        info("currentLocationHeading", Unit::Degree, Scale::IDENTITY),
    ]
}

fn reading(time: u64, signal: u16, value: SignalValue<'static>) -> Reading<'static> {
    Reading { time: at(time), signal: SignalIndex(signal), value }
}

fn position(longitude: f64) -> SignalValue<'static> {
    let location = Location::new(52.5163, longitude).unwrap();
    SignalValue::Location(Location { altitude: Some(34.0), ..location })
}

/// Ten seconds of everything, up to now.
fn batch_of(vehicle: Option<TokenId>) -> Batch<'static> {
    let readings = (NOW - 9..=NOW)
        .flat_map(|time| {
            [
                reading(time, 0, SignalValue::Bool(true)),
                reading(time, 1, SignalValue::Scaled { raw: Raw::Signed(501), scale: TENTH }),
                reading(time, 2, position(13.3777)),
                reading(time, 3, SignalValue::Float(271.0)),
            ]
        })
        .collect();
    Batch::new(RecordId::new(at(NOW), [7; 16]), DEVICE, vehicle, dictionary(), readings).unwrap()
}

fn share<'a>(batch: &Batch<'a>, privileges: &[Privilege]) -> Result<SharedBatch<'a>, NotShared> {
    let grants = [grant(INSURER, privileges.iter().copied())];
    let disclosure = Disclosure::new(&policy(&grants), INSURER, Some(VEHICLE.into()), at(NOW)).unwrap();
    SharedBatch::new(batch, &disclosure, &mut ApproximateTrack::new())
}

fn names<'a>(shared: &'a SharedBatch<'_>) -> Vec<&'a str> {
    shared.batch().dictionary().iter().map(|entry| entry.name).collect()
}

#[test]
fn a_recipient_gets_the_signals_that_it_may_see_and_their_names_only() {
    let batch = batch_of(Some(VEHICLE.into()));
    let shared = share(&batch, &[Privilege::NonLocationData]).unwrap();
    assert_eq!(names(&shared), ["speed"]);
    assert_eq!(shared.batch().readings().len(), 10);
    let expected = reading(NOW, 0, SignalValue::Scaled { raw: Raw::Signed(501), scale: TENTH });
    assert_eq!(shared.batch().readings().last(), Some(&expected), "raw integer and scale as they were");
    assert_eq!((shared.batch().device(), shared.batch().vehicle()), (DEVICE, Some(VEHICLE.into())));
    assert_eq!((shared.recipient(), shared.policy_version()), (INSURER, 7));
    assert_eq!((shared.source(), shared.decided_at()), (batch.id(), at(NOW)));
}

#[test]
fn who_may_see_everything_gets_the_same_readings() {
    let batch = batch_of(Some(VEHICLE.into()));
    let precise = Privilege::ALL.into_iter().filter(|privilege| *privilege != Privilege::ApproximateLocation);
    let shared = share(&batch, &precise.collect::<Vec<_>>()).unwrap();
    assert_eq!(shared.batch().dictionary(), batch.dictionary());
    assert_eq!(shared.batch().readings(), batch.readings());
}

#[test]
fn rounded_positions_have_a_name_of_their_own() {
    let batch = batch_of(Some(VEHICLE.into()));
    let shared = share(&batch, &[Privilege::ApproximateLocation]).unwrap();
    assert_eq!(names(&shared), [ApproximateTrack::SIGNAL]);
    assert!(VssSignal::by_name(ApproximateTrack::SIGNAL).is_none(), "nobody takes it for the position");
    let first = shared.batch().readings()[0].value;
    assert!(matches!(first, SignalValue::Location(Location { latitude: 52.53, altitude: None, .. })));
    assert!(shared.batch().readings().iter().all(|reading| reading.value == first));
}

#[test]
fn precise_and_rounded_positions_stand_side_by_side() {
    let readings = vec![reading(NOW - 600, 2, position(13.0)), reading(NOW, 2, position(13.0))];
    let id = RecordId::new(at(NOW), [7; 16]);
    let batch = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), readings).unwrap();
    let shared = share(&batch, &[Privilege::CurrentLocation, Privilege::ApproximateLocation]).unwrap();
    let expected = ["currentLocationCoordinates", "currentLocationHeading", ApproximateTrack::SIGNAL];
    assert_eq!(names(&shared), expected);
    let signals: Vec<_> = shared.batch().readings().iter().map(|reading| reading.signal.0).collect();
    assert_eq!(signals, [2, 0]);
}

#[test]
fn the_dictionary_stays_the_same_whatever_a_batch_holds() {
    let full = share(&batch_of(Some(VEHICLE.into())), &[Privilege::CurrentLocation]).unwrap();
    let readings = vec![reading(NOW, 3, SignalValue::Float(271.0))];
    let id = RecordId::new(at(NOW), [8; 16]);
    let batch = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), readings).unwrap();
    let sparse = share(&batch, &[Privilege::CurrentLocation]).unwrap();
    assert_eq!(full.batch().dictionary(), sparse.batch().dictionary());
}

#[test]
fn a_batch_of_another_vehicle_or_of_none_is_not_shared() {
    let shared = share(&batch_of(None), &Privilege::ALL);
    assert_eq!(shared, Err(NotShared::NotPaired));
    let other = share(&batch_of(Some(TokenId::from(1))), &Privilege::ALL);
    assert_eq!(other, Err(NotShared::OtherVehicle { of_policy: VEHICLE.into(), of_device: 1.into() }));
}

#[test]
fn a_batch_of_which_nothing_is_left_is_no_batch() {
    let batch = batch_of(Some(VEHICLE.into()));
    for privileges in [&[Privilege::Commands][..], &[Privilege::RawData, Privilege::LiveData]] {
        assert_eq!(share(&batch, privileges), Err(NotShared::NothingLeft));
    }
}

#[test]
fn ids_differ_for_each_recipient_and_are_the_same_again() {
    let batch = batch_of(Some(VEHICLE.into()));
    let grants = [grant(INSURER, Privilege::ALL), grant(GARAGE, Privilege::ALL), grant(INSURER, [])];
    let all = || SharedBatch::for_all(&batch, &policy(&grants), at(NOW), &mut ApproximateTrack::new());
    let (first, again) = (all(), all());
    assert_eq!(first.iter().map(SharedBatch::recipient).collect::<Vec<_>>(), [INSURER, GARAGE]);
    let id = |shared: &SharedBatch<'_>| shared.batch().id();
    assert_ne!(id(&first[0]), id(&first[1]));
    assert_ne!(id(&first[0]), batch.id());
    assert_eq!((id(&first[0]), id(&first[1])), (id(&again[0]), id(&again[1])));
    assert_eq!(id(&first[0]).as_bytes()[..4], batch.id().as_bytes()[..4], "the time of a KSUID");
}

#[test]
fn recipients_with_nothing_valid_get_nothing_and_do_not_hold_up_the_others() {
    let batch = batch_of(Some(VEHICLE.into()));
    let expired = Grant { from: at(1), until: at(NOW), ..grant(INSURER, Privilege::ALL) };
    let grants =
        [expired, grant(Address::new([3; 20]), [Privilege::Commands]), grant(GARAGE, Privilege::ALL)];
    let shared = SharedBatch::for_all(&batch, &policy(&grants), at(NOW), &mut ApproximateTrack::new());
    assert_eq!(shared.iter().map(SharedBatch::recipient).collect::<Vec<_>>(), [GARAGE]);
    let none = SharingPolicy::deny_all(VEHICLE.into());
    assert_eq!(SharedBatch::for_all(&batch, &none, at(NOW), &mut ApproximateTrack::new()), []);
}

#[test]
fn all_recipients_see_the_same_approximate_positions_and_the_track_goes_on_once() {
    // East over several borders.
    let drive = |start: f64| {
        let step =
            |index: u32| reading(NOW - 9 + u64::from(index), 2, position(start + f64::from(index) * 0.02));
        let id = RecordId::new(at(NOW), [7; 16]);
        Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), (0..10).map(step).collect()).unwrap()
    };
    let rough = [Privilege::ApproximateLocation];
    let grants = [grant(INSURER, rough), grant(GARAGE, rough)];
    let mut track = ApproximateTrack::new();
    let shared = SharedBatch::for_all(&drive(13.0), &policy(&grants), at(NOW), &mut track);
    assert_eq!(shared[0].batch().readings(), shared[1].batch().readings());
    // Also when nobody may see it.
    let mut unseen = ApproximateTrack::new();
    assert_eq!(SharedBatch::for_all(&drive(13.0), &policy(&[]), at(NOW), &mut unseen), []);
    assert_eq!(unseen, track);
}

#[test]
fn two_ways_through_the_same_cells_cannot_be_told_apart() {
    let drive = |north: f64| {
        let location = |index: u64| {
            let place = Location::new(52.505 + north, 13.3777 + index as f64 * 0.002).unwrap();
            SignalValue::Location(place)
        };
        let readings = (0..10).map(|index| reading(NOW - 9 + index, 2, location(index))).collect();
        let id = RecordId::new(at(NOW), [7; 16]);
        let batch = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), readings).unwrap();
        share(&batch, &[Privilege::ApproximateLocation]).unwrap()
    };
    assert_eq!(drive(0.0), drive(0.03));
}

/// With everything that a batch can carry.
fn batch_with_parts(speeds: &[BusSpeed; 1]) -> Batch<'_> {
    let time = speeds[0].time;
    let report = TroubleReport { time, codes: &[] };
    let fingerprint = Fingerprint {
        time,
        vehicle: "1HGBH41JXMN109186".parse().unwrap(),
        protocol: None,
        odometer_km: Some(31_415.0),
        software_version: "1.0.0",
    };
    batch_of(Some(VEHICLE.into()))
        .with_events([VehicleEvent::new(VehicleEventName::HarshBraking, time)])
        .with_trouble_codes([report])
        .with_fingerprint(fingerprint)
        .with_movement(MovementEvidence { bus_speeds: speeds, ..MovementEvidence::default() })
        .with_leaf_seed([7; 16])
}

fn speeds(time: u64) -> [BusSpeed; 1] {
    [BusSpeed { time: at(time), speed_km_h: 50.0 }]
}

#[test]
fn events_codes_the_fingerprint_and_movement_go_only_with_their_own_privileges() {
    use Privilege::{AllTimeLocation, CurrentLocation, NonLocationData, RawData, VinCredential};
    let speeds = speeds(NOW);
    let batch = batch_with_parts(&speeds);
    let parts = |privileges: &[Privilege]| {
        let shared = share(&batch, privileges).unwrap();
        let parts = shared.batch().parts();
        (parts.events.len(), parts.trouble_codes.len(), parts.fingerprint.is_some(), parts.movement.is_some())
    };
    assert_eq!(parts(&[NonLocationData]), (0, 1, false, false));
    assert_eq!(parts(&[NonLocationData, CurrentLocation, RawData]), (0, 1, false, false));
    assert_eq!(parts(&[NonLocationData, AllTimeLocation]), (1, 1, false, true));
    assert_eq!(parts(&[NonLocationData, VinCredential]), (0, 1, true, false));
    assert_eq!(parts(&[AllTimeLocation]), (0, 0, false, false));
    let all = share(&batch, &Privilege::ALL).unwrap();
    // The seed would salt the leaves of the whole batch: who has a part of it has none of their salts.
    let expected = BatchParts { leaf_seed: None, ..batch.parts() };
    assert_eq!(all.batch().parts(), expected, "as they were");
}

#[test]
fn parts_from_before_the_grant_stay_where_they_are() {
    let speeds = speeds(NOW - 3601);
    let shared = share(&batch_with_parts(&speeds), &Privilege::ALL).unwrap();
    assert_eq!(shared.batch().parts(), BatchParts::default());
}

#[test]
fn trouble_codes_alone_are_something() {
    let id = RecordId::new(at(NOW), [7; 16]);
    let empty = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), vec![]).unwrap();
    assert_eq!(share(&empty, &Privilege::ALL), Err(NotShared::NothingLeft));
    let report = TroubleReport { time: at(NOW), codes: &[] };
    let shared = share(&empty.with_trouble_codes([report]), &[Privilege::NonLocationData]).unwrap();
    assert_eq!(shared.batch().trouble_codes(), [report], "that there were none is an answer too");
}

#[test]
fn every_recipient_begins_with_the_cell_that_the_vehicle_was_in() {
    // From less than 500 m before a border into the next cell. Whoever begins in that next cell would not see the first.
    let rough = |east| ApproximateTrack::new().approximate(&Location::new(52.5163, east).unwrap());
    let step = (0..200).find(|step| rough(13.3 + f64::from(*step) * 1e-3) != rough(13.3)).unwrap();
    let border = 13.3 + f64::from(step) * 1e-3;
    let readings =
        vec![reading(NOW - 1, 2, position(border - 1e-3)), reading(NOW, 2, position(border + 0.04))];
    let id = RecordId::new(at(NOW), [7; 16]);
    let batch = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), readings).unwrap();
    let grants = [INSURER, GARAGE].map(|recipient| grant(recipient, [Privilege::ApproximateLocation]));
    let shared = SharedBatch::for_all(&batch, &policy(&grants), at(NOW), &mut ApproximateTrack::new());
    assert_eq!(shared[0].batch().readings(), shared[1].batch().readings());
    let [first, last] = shared[1].batch().readings() else { panic!("two positions") };
    assert_ne!(first.value, last.value);
}

proptest! {
    #[test]
    fn nothing_gets_through_that_no_privilege_opens(
        privileges in prop::collection::vec(prop::sample::select(Privilege::ALL.to_vec()), 1..8),
        ages in prop::collection::vec((0..7200u64, 0..4u16, -180.0..180.0f64), 1..30),
    ) {
        let readings = ages
            .iter()
            .map(|(age, signal, longitude)| match signal {
                1 => reading(NOW - age, 1, SignalValue::Scaled { raw: Raw::Signed(501), scale: TENTH }),
                2 => reading(NOW - age, 2, position(*longitude)),
                other => reading(NOW - age, *other, SignalValue::Float(*longitude)),
            })
            .collect();
        let id = RecordId::new(at(NOW), [7; 16]);
        let batch = Batch::new(id, DEVICE, Some(VEHICLE.into()), dictionary(), readings).unwrap();
        let set = PrivilegeSet::from_iter(privileges.iter().copied());
        let Ok(shared) = share(&batch, &privileges) else { return Ok(()) };
        prop_assert!(!shared.batch().readings().is_empty());
        for reading in shared.batch().readings() {
            prop_assert!(reading.time >= at(NOW - 3600));
            let name = shared.batch().dictionary()[usize::from(reading.signal.0)].name;
            let is_current = set.contains(Privilege::CurrentLocation) && reading.time >= at(NOW - 300);
            let is_precise = is_current || set.contains(Privilege::AllTimeLocation);
            let may_go = match name {
                "speed" => set.contains(Privilege::NonLocationData),
                "currentLocationCoordinates" | "currentLocationHeading" => is_precise,
                ApproximateTrack::SIGNAL => set.contains(Privilege::ApproximateLocation),
                _ => is_precise && set.contains(Privilege::RawData) && set.contains(Privilege::VinCredential),
            };
            prop_assert!(may_go, "{}", name);
        }
    }
}
