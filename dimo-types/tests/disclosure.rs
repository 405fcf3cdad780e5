//! Who may see what of which time: everything is withheld that nobody opened.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{
    Address, ApproximateTrack, BusSpeed, Disclosed, Disclosure, GnssFix, Grant, Location, MovementEvidence,
    NotShared, Privilege, PrivilegeSet, Raw, Reading, Scale, SharingPolicy, SignalClass, SignalIndex,
    SignalValue, Timestamp, TokenId, Treatment, VssKind, VssSignal,
};
use proptest::prelude::*;

const INSURER: Address = Address::new([1; 20]);
const GARAGE: Address = Address::new([2; 20]);
const VEHICLE: u64 = 1337;
/// The grants of these tests begin at 10,000 s and end at 20,000 s.
const FROM: u64 = 10_000;
const UNTIL: u64 = 20_000;
const NOW: u64 = 15_000;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

fn grant(recipient: Address, privileges: &[Privilege]) -> Grant {
    let privileges = privileges.iter().copied().collect();
    Grant { recipient, privileges, from: at(FROM), until: at(UNTIL) }
}

/// What the insurer may see at [`NOW`] with these privileges.
fn with(privileges: &[Privilege]) -> Disclosure {
    let grants = [grant(INSURER, privileges)];
    let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
    Disclosure::new(&policy, INSURER, Some(VEHICLE.into()), at(NOW)).unwrap()
}

fn reading(time: u64, value: SignalValue<'_>) -> Reading<'_> {
    Reading { time: at(time), signal: SignalIndex(0), value }
}

fn position() -> SignalValue<'static> {
    let location = Location::new(52.5163, 13.3777).unwrap();
    SignalValue::Location(Location {
        altitude: Some(34.0),
        hdop: Some(0.9),
        heading: Some(271.0),
        ..location
    })
}

fn disclose<'a>(disclosure: &Disclosure, name: &str, time: u64, value: SignalValue<'a>) -> Disclosed<'a> {
    let named = VssSignal::by_name(name);
    disclosure.reading(named, &reading(time, value), &mut ApproximateTrack::new())
}

fn is_shown(disclosure: &Disclosure, name: &str, time: u64, value: SignalValue<'_>) -> bool {
    disclose(disclosure, name, time, value) == Disclosed::Shown(reading(time, value))
}

/// A value of the kind that the catalogue gives a signal.
fn value_of(kind: VssKind) -> SignalValue<'static> {
    match kind {
        VssKind::Text => SignalValue::Text("text"),
        VssKind::Location => position(),
        _ => SignalValue::Float(1.0),
    }
}

const UNNAMED: [&str; 6] = ["Engine.Rpm", "vin", "Vehicle.Speed", "latitude", "vehicleSpeed", ""];

#[test]
fn an_unpaired_device_shares_nothing() {
    let grants = [grant(INSURER, &Privilege::ALL)];
    let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
    assert_eq!(Disclosure::new(&policy, INSURER, None, at(NOW)), Err(NotShared::NotPaired));
}

#[test]
fn the_policy_of_another_vehicle_opens_nothing() {
    let grants = [grant(INSURER, &Privilege::ALL)];
    let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
    let denied = Disclosure::new(&policy, INSURER, Some(TokenId::from(1338)), at(NOW));
    assert_eq!(denied, Err(NotShared::OtherVehicle { of_policy: VEHICLE.into(), of_device: 1338.into() }));
}

#[test]
fn unknown_early_expired_and_empty_grants_open_nothing() {
    let grants = [grant(INSURER, &Privilege::ALL), grant(Address::new([3; 20]), &[])];
    let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
    let at_time = |recipient, now| Disclosure::new(&policy, recipient, Some(VEHICLE.into()), at(now));
    assert!(at_time(INSURER, NOW).is_ok());
    for (recipient, now) in
        [(GARAGE, NOW), (INSURER, FROM - 1), (INSURER, UNTIL), (Address::new([3; 20]), NOW)]
    {
        assert_eq!(at_time(recipient, now), Err(NotShared::NothingGranted));
    }
    assert!(at_time(INSURER, FROM).is_ok() && at_time(INSURER, UNTIL - 1).is_ok());
}

#[test]
fn each_signal_of_the_catalogue_takes_its_own_privilege() {
    for signal in VssSignal::all() {
        let value = value_of(signal.kind);
        assert!(is_shown(&with(&[signal.privilege]), signal.name, NOW, value), "{}", signal.name);
        let others: Vec<_> =
            Privilege::ALL.into_iter().filter(|privilege| *privilege != signal.privilege).collect();
        // A current position takes either of two privileges.
        let is_position = signal.privilege == Privilege::AllTimeLocation;
        assert_eq!(is_shown(&with(&others), signal.name, NOW, value), is_position, "{}", signal.name);
        let without_current: Vec<_> =
            others.into_iter().filter(|privilege| *privilege != Privilege::CurrentLocation).collect();
        assert!(!is_shown(&with(&without_current), signal.name, NOW, value), "{}", signal.name);
    }
}

#[test]
fn the_current_position_is_that_of_the_last_five_minutes() {
    let current = with(&[Privilege::CurrentLocation]);
    for name in ["currentLocationCoordinates", "currentLocationAltitude", "currentLocationHeading"] {
        let value = value_of(VssSignal::by_name(name).unwrap().kind);
        assert!(is_shown(&current, name, NOW - 300, value));
        assert!(!is_shown(&current, name, NOW - 301, value));
        assert!(is_shown(&with(&[Privilege::AllTimeLocation]), name, NOW - 301, value));
    }
}

#[test]
fn no_grant_opens_what_is_older_than_itself() {
    let all = with(&Privilege::ALL);
    for signal in VssSignal::all() {
        let value = value_of(signal.kind);
        assert!(is_shown(&all, signal.name, FROM, value));
        assert_eq!(disclose(&all, signal.name, FROM - 1, value), Disclosed::Withheld);
        assert_eq!(disclose(&all, signal.name, UNTIL, value), Disclosed::Withheld, "a clock that is ahead");
    }
    let (before, after) = (at(FROM - 1), at(FROM));
    for treatment in [Disclosure::event, Disclosure::trouble_codes, Disclosure::fingerprint] {
        assert_eq!(
            (treatment(&all, before), treatment(&all, after)),
            (Treatment::Withheld, Treatment::Shown)
        );
    }
}

#[test]
fn grants_of_one_recipient_add_up_and_expired_ones_do_not() {
    let valid = grant(INSURER, &[Privilege::NonLocationData]);
    let longer = Grant { from: at(12_000), until: at(30_000), ..valid };
    let expired = Grant { from: at(1_000), until: at(14_000), ..valid };
    let location =
        Grant { from: at(14_000), until: at(16_000), ..grant(INSURER, &[Privilege::AllTimeLocation]) };
    let grants = [valid, longer, expired, location, grant(GARAGE, &Privilege::ALL)];
    let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
    let insurer = Disclosure::new(&policy, INSURER, Some(VEHICLE.into()), at(NOW)).unwrap();
    let speed = SignalValue::Float(50.0);
    assert!(!is_shown(&insurer, "speed", 9_999, speed), "only the expired grant covers it");
    assert!(is_shown(&insurer, "speed", 10_000, speed));
    assert!(is_shown(&insurer, "speed", 29_999, speed));
    assert!(!is_shown(&insurer, "currentLocationCoordinates", 13_999, position()));
    assert!(is_shown(&insurer, "currentLocationCoordinates", 14_000, position()));
}

#[test]
fn a_signal_without_a_name_takes_the_privileges_of_all_that_it_may_be() {
    let needed = [
        Privilege::RawData,
        Privilege::NonLocationData,
        Privilege::VinCredential,
        Privilege::AllTimeLocation,
    ];
    for name in UNNAMED {
        assert!(is_shown(&with(&needed), name, FROM, SignalValue::Float(1.0)), "{name}");
        for missing in needed {
            let rest: Vec<_> = Privilege::ALL
                .into_iter()
                .filter(|privilege| *privilege != missing && *privilege != Privilege::CurrentLocation)
                .collect();
            for value in [SignalValue::Float(1.0), SignalValue::Text("WVWZZZ"), position()] {
                assert_eq!(disclose(&with(&rest), name, NOW, value), Disclosed::Withheld, "{name}");
            }
        }
    }
}

#[test]
fn a_value_of_another_kind_is_not_believed_to_be_what_its_name_says() {
    let driving = with(&[Privilege::NonLocationData, Privilege::ApproximateLocation]);
    for (name, value) in [
        ("speed", SignalValue::Text("1HGBH41JXMN109186")),
        ("speed", position()),
        ("obdDTCList", SignalValue::Float(52.5163)),
        ("obdDTCList", position()),
        ("currentLocationCoordinates", SignalValue::Float(52.5163)),
        ("currentLocationCoordinates", SignalValue::Text("52.5163,13.3777")),
        (
            "currentLocationCoordinates",
            SignalValue::Scaled { raw: Raw::Signed(525_163), scale: Scale { factor: 1e-4, offset: 0.0 } },
        ),
    ] {
        assert_eq!(disclose(&driving, name, NOW, value), Disclosed::Withheld, "{name} {value:?}");
    }
}

#[test]
fn who_may_know_the_approximate_position_sees_the_cell_and_nothing_beside_it() {
    let rough = with(&[Privilege::ApproximateLocation]);
    let Disclosed::Rounded(seen) = disclose(&rough, "currentLocationCoordinates", NOW, position()) else {
        panic!("rounded")
    };
    let SignalValue::Location(seen) = seen.value else { panic!("a position") };
    assert_eq!((seen.altitude, seen.hdop, seen.heading), (None, None, None));
    assert_eq!(seen.latitude, 52.53);
    assert_eq!(rough.signal(VssSignal::by_name("currentLocationCoordinates")), Treatment::Rounded);
    for name in ["currentLocationAltitude", "currentLocationHeading"] {
        assert_eq!(rough.signal(VssSignal::by_name(name)), Treatment::Withheld);
        assert_eq!(disclose(&rough, name, NOW, SignalValue::Float(34.0)), Disclosed::Withheld);
    }
    // The whole of the grant's time, not only five minutes of it.
    assert!(matches!(
        disclose(&rough, "currentLocationCoordinates", FROM, position()),
        Disclosed::Rounded(_)
    ));
    assert_eq!(disclose(&rough, "currentLocationCoordinates", FROM - 1, position()), Disclosed::Withheld);
}

#[test]
fn who_may_know_the_current_position_too_sees_older_ones_rounded() {
    let both = with(&[Privilege::ApproximateLocation, Privilege::CurrentLocation]);
    assert!(is_shown(&both, "currentLocationCoordinates", NOW, position()));
    let older = disclose(&both, "currentLocationCoordinates", NOW - 301, position());
    assert!(matches!(older, Disclosed::Rounded(_)));
}

#[test]
fn events_codes_fingerprints_and_evidence_take_privileges_of_their_own() {
    let location = Location::new(52.5163, 13.3777).unwrap();
    let fixes = [GnssFix { time: at(NOW), location, speed_m_s: None, satellites: None }];
    let speeds = [BusSpeed { time: at(NOW), speed_km_h: 50.0 }];
    let evidence = MovementEvidence { fixes: &fixes, bus_speeds: &speeds, ..MovementEvidence::default() };
    let shown = |privileges: &[Privilege]| {
        let disclosure = with(privileges);
        let treatments = [
            disclosure.event(at(NOW)),
            disclosure.trouble_codes(at(NOW)),
            disclosure.fingerprint(at(NOW)),
            disclosure.movement(&evidence),
        ];
        treatments.map(|treatment| treatment == Treatment::Shown)
    };
    use Privilege::{AllTimeLocation, ApproximateLocation, CurrentLocation, NonLocationData, VinCredential};
    assert_eq!(shown(&[NonLocationData]), [false, true, false, false]);
    assert_eq!(shown(&[NonLocationData, CurrentLocation]), [false, true, false, false]);
    assert_eq!(shown(&[NonLocationData, ApproximateLocation]), [false, true, false, false]);
    assert_eq!(shown(&[NonLocationData, AllTimeLocation]), [true, true, false, true]);
    assert_eq!(shown(&[NonLocationData, VinCredential]), [false, true, true, false]);
    assert_eq!(shown(&[VinCredential, AllTimeLocation]), [false, false, false, false]);
}

#[test]
fn movement_evidence_goes_whole_or_not_at_all() {
    let location = Location::new(52.5163, 13.3777).unwrap();
    let fix = |time| GnssFix { time: at(time), location, speed_m_s: None, satellites: None };
    let all = with(&Privilege::ALL);
    let (inside, across) = ([fix(FROM), fix(FROM + 1)], [fix(FROM - 1), fix(FROM)]);
    let of = |fixes| MovementEvidence { fixes, ..MovementEvidence::default() };
    assert_eq!(all.movement(&of(&inside)), Treatment::Shown);
    assert_eq!(all.movement(&of(&across)), Treatment::Withheld);
    assert_eq!(all.movement(&of(&[])), Treatment::Withheld, "nothing is no evidence");
}

fn privileges() -> impl Strategy<Value = PrivilegeSet> {
    prop::collection::vec(prop::sample::select(Privilege::ALL.to_vec()), 0..8)
        .prop_map(PrivilegeSet::from_iter)
}

fn names() -> impl Strategy<Value = &'static str> {
    let known = VssSignal::all().iter().map(|signal| signal.name);
    prop::sample::select(known.chain(UNNAMED).collect::<Vec<_>>())
}

fn values() -> impl Strategy<Value = SignalValue<'static>> {
    prop_oneof![
        any::<f64>().prop_map(SignalValue::Float),
        Just(SignalValue::Text("1HGBH41JXMN109186")),
        any::<bool>().prop_map(SignalValue::Bool),
        Just(position()),
    ]
}

#[test]
fn a_class_says_of_each_name_what_the_catalogue_says() {
    for signal in VssSignal::all() {
        let class = SignalClass::by_name(signal.name);
        assert_eq!(class, Some(SignalClass::of(signal)), "{}", signal.name);
        assert_eq!(
            class.map(|class| (class.privilege(), class.kind())),
            Some((signal.privilege, signal.kind))
        );
    }
    assert_eq!(SignalClass::by_name("Engine.Rpm"), None);
    assert_eq!(SignalClass::by_name(""), None);
}

#[test]
fn what_waits_in_a_queue_is_no_current_position() {
    let current = with(&[Privilege::CurrentLocation]);
    let mut track = ApproximateTrack::new();
    let named = VssSignal::by_name("currentLocationCoordinates");
    let reading = reading(NOW, position());
    assert!(matches!(current.reading(named, &reading, &mut track), Disclosed::Shown(_)));
    assert_eq!(current.for_queue().reading(named, &reading, &mut track), Disclosed::Withheld);
    let ever = with(&[Privilege::CurrentLocation, Privilege::AllTimeLocation]).for_queue();
    assert!(matches!(ever.reading(named, &reading, &mut track), Disclosed::Shown(_)));
}

#[test]
fn less_or_later_or_somebody_else_keeps_not_what_was_shown() {
    let disclosure = |recipient, privileges: &[Privilege], from| {
        let grants = [Grant { from: at(from), ..grant(recipient, privileges) }];
        let policy = SharingPolicy::new(VEHICLE.into(), 3, &grants).unwrap();
        Disclosure::new(&policy, recipient, Some(VEHICLE.into()), at(NOW)).unwrap()
    };
    let both = [Privilege::NonLocationData, Privilege::VinCredential];
    let before = disclosure(INSURER, &both[..1], FROM);
    assert!(before.keeps(&before));
    assert!(disclosure(INSURER, &both, FROM).keeps(&before));
    assert!(disclosure(INSURER, &both, FROM - 1).keeps(&before));
    assert!(!before.keeps(&disclosure(INSURER, &both, FROM)));
    assert!(!disclosure(INSURER, &both, FROM + 1).keeps(&before));
    assert!(!disclosure(GARAGE, &both, FROM).keeps(&before));
}

proptest! {
    #[test]
    fn a_class_decides_as_the_catalogue(set in privileges(), name in names(), value in values(), time in 0..30_000u64) {
        let held: Vec<_> = set.iter().collect();
        prop_assume!(!held.is_empty());
        let (disclosure, reading) = (with(&held), reading(time, value));
        let (mut one, mut other) = (ApproximateTrack::new(), ApproximateTrack::new());
        let by_catalogue = disclosure.reading(VssSignal::by_name(name), &reading, &mut one);
        let by_class = disclosure.classified(SignalClass::by_name(name), &reading, &mut other);
        // The values may be no numbers.
        prop_assert_eq!(format!("{by_catalogue:?}"), format!("{by_class:?}"));
    }

    #[test]
    fn a_precise_position_needs_a_privilege_for_it(set in privileges(), name in names(), time in 0..30_000u64) {
        let held: Vec<_> = set.iter().collect();
        prop_assume!(!held.is_empty());
        if is_shown(&with(&held), name, time, position()) {
            prop_assert!(set.contains(Privilege::AllTimeLocation) || set.contains(Privilege::CurrentLocation));
            prop_assert!((FROM..UNTIL).contains(&time));
        }
    }

    #[test]
    fn more_privileges_never_show_less(
        set in privileges(),
        more in privileges(),
        name in names(),
        value in values(),
        time in 0..30_000u64,
    ) {
        let held: Vec<_> = set.iter().collect();
        prop_assume!(!held.is_empty());
        let rank = |disclosed| match disclosed {
            Disclosed::Shown(_) => 2,
            Disclosed::Rounded(_) => 1,
            _ => 0,
        };
        let all: Vec<_> = set.union(more).iter().collect();
        let (before, after) = (disclose(&with(&held), name, time, value), disclose(&with(&all), name, time, value));
        prop_assert!(rank(after) >= rank(before));
    }
}
