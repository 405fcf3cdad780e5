//! Receivers of satellites: what they say, what is made of it, and what is not believed.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::time::Duration;

use dimo_hal::clock::{Clock as _, ClockPolicy, InSleep, Trust, TrustedClock};
use dimo_hal::conformance::{GnssViolation, check_gnss};
use dimo_hal::gnss::{
    ErrorKind, Fix, FixQuality, Gnss as _, GnssPower, GnssReport, Locator, LocatorPolicy, NmeaError,
    NmeaReader, NmeaReceiver,
};
use dimo_hal::mock::{MockGnss, MockGnssError, MockMonotonic};
use dimo_hal::{BlockingAsync, wait};
use dimo_types::Timestamp;
use proptest::prelude::*;

fn line(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n")
}

fn reports(bodies: &[&str]) -> Vec<GnssReport> {
    let mut reader = NmeaReader::default();
    bodies.iter().flat_map(|body| line(body).into_bytes()).filter_map(|byte| reader.push(byte)).collect()
}

fn fix(bodies: &[&str]) -> Fix {
    let reports = reports(bodies);
    let [GnssReport::Fix(fix)] = reports[..] else { panic!("{reports:?}") };
    fix
}

const RMC: &str = "GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280526,,,A";
const GGA: &str = "GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,";

#[test]
fn the_sentences_of_a_moment_make_one_fix_in_either_order() {
    let both = fix(&[RMC, GGA]);
    assert_eq!(fix(&[GGA, RMC]), both);
    assert_eq!((both.latitude_e7, both.longitude_e7), (533_613_367, -65_056_200));
    assert_eq!((both.speed_mm_s, both.course_cdeg), (Some(10), Some(3_166)));
    assert_eq!((both.hdop_x100, both.satellites, both.quality), (Some(103), Some(8), FixQuality::ThreeD));
}

#[test]
fn a_receiver_that_sends_only_one_of_them_reports_a_moment_later() {
    let next = "GPRMC,092751.000,A,5321.6803,N,00630.3372,W,0.02,31.66,280526,,,A";
    let later = fix(&[RMC, next]);
    assert_eq!((later.altitude_mm, later.quality), (None, FixQuality::TwoD));
    let next = "GPGGA,092751.000,5321.6803,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,";
    assert_eq!(fix(&[GGA, next]).time, None, "a time of day without a date is no time");
}

#[test]
fn a_receiver_that_sends_only_one_of_them_is_soon_not_waited_for() {
    let seconds = |report: &GnssReport| {
        let GnssReport::Fix(fix) = report else { panic!("{report:?}") };
        fix.time.unwrap().to_string()[17..19].parse::<u32>().unwrap()
    };
    let mut reader = NmeaReader::default();
    let mut came = Vec::new();
    for second in 50..56 {
        let text = line(&RMC.replace("092750", &format!("0927{second}")));
        let reports: Vec<_> = text.bytes().filter_map(|byte| reader.push(byte)).collect();
        came.push(reports.iter().map(seconds).collect::<Vec<_>>());
    }
    assert_eq!(came, [vec![], vec![50], vec![51, 52], vec![53], vec![54], vec![55]]);
}

#[test]
fn a_receiver_that_sends_both_after_all_is_waited_for_again() {
    let at = |body: &str, second: u32| body.replace("092750", &format!("0927{second}"));
    let mut bodies: Vec<String> = (50..54).map(|second| at(RMC, second)).collect();
    bodies.extend([at(GGA, 53), at(RMC, 54), at(GGA, 54)]);
    let reports = reports(&bodies.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(reports.len(), 5);
    let Some(GnssReport::Fix(last)) = reports.last() else { panic!("{reports:?}") };
    assert_eq!(last.altitude_mm, Some(116_900));
}

#[test]
fn a_receiver_that_does_not_know_the_time_is_searching() {
    let void = "GPRMC,,V,,,,,,,,,,N";
    assert_eq!(reports(&[void, void]), [GnssReport::Searching { satellites: None }]);
}

#[test]
fn the_solutions_of_several_constellations_count_together() {
    let gsa = |mode: u8, system: u8| format!("GNGSA,A,{mode},,,,,,,,,,,,,1,1,1,{system}");
    let (none, flat, deep) = (gsa(1, 3), gsa(2, 2), gsa(3, 1));
    assert_eq!(fix(&[&deep, &flat, &none, RMC, GGA]).quality, FixQuality::ThreeD);
    assert_eq!(fix(&[GGA, &flat, &none, RMC]).quality, FixQuality::TwoD);
    assert_eq!(
        fix(&[&deep, GGA, &flat, RMC]).quality,
        FixQuality::TwoD,
        "those of the moment before are over"
    );
    let searching = GnssReport::Searching { satellites: Some(8) };
    assert_eq!(reports(&[GGA, &none, &none, RMC]), [searching]);
    let later = [RMC.replace("092750", "092751"), GGA.replace("092750", "092751")];
    let both = reports(&[GGA, &none, RMC, &later[0], &later[1]]);
    assert!(
        matches!(both[..], [GnssReport::Searching { .. }, GnssReport::Fix(_)]),
        "it says so of one moment"
    );
}

#[test]
fn a_leap_second_has_no_time_so_that_none_comes_twice() {
    let rmc = |clock: &str, date: &str| RMC.replace("092750.000", clock).replace("280526", date);
    let gga = |clock: &str| GGA.replace("092750.000", clock);
    assert_eq!(fix(&[&rmc("235960.000", "311216"), &gga("235960.000")]).time, None);
    let after = fix(&[&rmc("000000.000", "010117"), &gga("000000.000")]);
    assert_eq!(after.time.unwrap().to_string(), "2017-01-01T00:00:00Z");
}

#[test]
fn a_solution_in_two_dimensions_is_none_in_three() {
    assert_eq!(fix(&["GNGSA,A,2,,,,,,,,,,,,,1,1,1", RMC, GGA]).quality, FixQuality::TwoD);
    assert_eq!(fix(&["GNGSA,A,3,,,,,,,,,,,,,1,1,1", RMC, GGA]).quality, FixQuality::ThreeD);
}

#[test]
fn what_is_invalid_simulated_entered_by_hand_or_reckoned_is_said_to_be() {
    for mode in ["N", "S", "M"] {
        let rmc = RMC.replace(",,,A", &format!(",,,{mode}"));
        assert!(matches!(reports(&[&rmc, GGA])[..], [GnssReport::Searching { .. }]), "{mode}");
    }
    let void = RMC.replace(",A,5321", ",V,5321");
    assert!(matches!(reports(&[&void, GGA])[..], [GnssReport::Searching { .. }]));
    for quality in ["0", "7", "8"] {
        let gga = GGA.replace(",W,1,", &format!(",W,{quality},"));
        assert_eq!(reports(&[RMC, &gga]), [GnssReport::Searching { satellites: Some(8) }], "{quality}");
    }
    let reckoned = GGA.replace(",W,1,", ",W,6,");
    assert_eq!(fix(&[RMC, &reckoned]).quality, FixQuality::DeadReckoning);
}

#[test]
fn edges_of_the_globe_and_of_the_calendar_are_read() {
    let pole =
        fix(&["GPRMC,000000.000,A,9000.0000,S,18000.0000,W,,,290228,,,A", "GPGGA,000000.000,,,,,1,,,,,,,,"]);
    assert_eq!((pole.latitude_e7, pole.longitude_e7), (-900_000_000, -1_800_000_000));
    assert_eq!(pole.time.unwrap().to_string(), "2028-02-29T00:00:00Z");
    assert_eq!((pole.speed_mm_s, pole.course_cdeg), (None, None));
    let last = fix(&[
        "GPRMC,235959.999,A,0000.0000,N,00000.0001,E,1.0,360.00,311299,,,A",
        "GPGGA,235959.999,,,,,1,,,,,,,,",
    ]);
    assert_eq!(last.time.unwrap().to_string(), "1999-12-31T23:59:59.999Z");
    assert_eq!((last.longitude_e7, last.course_cdeg, last.speed_mm_s), (17, Some(0), Some(514)));
}

#[test]
fn lines_that_make_no_sense_are_counted_and_not_believed() {
    let mut reader = NmeaReader::default();
    let malformed = [
        "GPRMC,250000.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280526,,,A",
        "GPRMC,092750.000,A,9100.0000,N,00630.3372,W,0.02,31.66,280526,,,A",
        "GPRMC,092750.000,A,5360.0000,N,00630.3372,W,0.02,31.66,280526,,,A",
        "GPRMC,092750.000,A,5321.6802,X,00630.3372,W,0.02,31.66,280526,,,A",
        "GPRMC,092750.000,A,5321.6802,N,00630.3372,W,fast,31.66,280526,,,A",
        "GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,310226,,,A",
        "GPGGA,092750.000,5321.6802,N,,W,1,8,1.03,61.7,M,55.2,M,,",
        "GPRMC,092750.000,A,5321.6802,N,00630.3372,W,9999999999999,31.66,280526,,,A",
        "GPRMC,0120000,A,5321.6802,N,00630.3372,W,0.02,31.66,280526,,,A",
        "GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,5000000000000000,M,5000000000000000,M,,",
        "GPGSA,A,9",
    ];
    let bytes = malformed.iter().flat_map(|body| line(body).into_bytes());
    let wrong_sum = format!("${RMC}*00\r\n$GP\r\n$no end $GPTXT*{}\r\n", "41");
    let too_long = format!("${}\r\n", "x".repeat(200));
    let all = bytes.chain(wrong_sum.into_bytes()).chain(too_long.into_bytes());
    assert_eq!(all.filter_map(|byte| reader.push(byte)).count(), 0);
    let counters = reader.counters();
    assert_eq!((counters.malformed, counters.read), (11, 0));
    assert!(counters.damaged >= 4);
}

#[test]
fn the_mock_and_a_stream_of_sentences_keep_the_contract() {
    let start = Fix { time: Timestamp::from_secs(1_800_000_000).ok(), ..fix(&[RMC, GGA]) };
    let mut mock = BlockingAsync::new(MockGnss::new(start, 3, (5, -5)));
    assert_eq!(wait(mock.next_report()), Err(MockGnssError(ErrorKind::Timeout)), "it is off");
    wait(check_gnss(&mut mock, (533_613_367, -65_056_200), 100, 10)).unwrap();

    let mut stream = String::from("noise$");
    for second in 50..60 {
        stream += &line(&RMC.replace("092750", &format!("0927{second}")));
        stream += &line(&GGA.replace("092750", &format!("0927{second}")));
    }
    let mut receiver = NmeaReceiver::new(stream.as_bytes());
    wait(check_gnss(&mut receiver, (533_613_367, -65_056_200), 100, 10)).unwrap();
    assert_eq!(wait(receiver.next_report()), Err(NmeaError::End));
    assert_eq!(wait(receiver.set_power(GnssPower::Off)), Err(NmeaError::Unsupported));
    assert_eq!(receiver.counters().read, 20);
}

#[test]
fn the_suite_finds_each_thing_that_is_wrong() {
    let good = Fix { time: Timestamp::from_secs(1_800_000_000).ok(), ..fix(&[RMC, GGA]) };
    let found = |fix, step| {
        let mut mock = BlockingAsync::new(MockGnss::new(fix, 0, step));
        wait(check_gnss(&mut mock, (533_613_367, -65_056_200), 1_000, 10)).unwrap_err()
    };
    assert_eq!(found(Fix { latitude_e7: 900_000_001, ..good }, (0, 0)), GnssViolation::OffTheGlobe);
    assert_eq!(found(Fix { course_cdeg: Some(36_000), ..good }, (0, 0)), GnssViolation::Course);
    assert_eq!(found(good, (500, 0)), GnssViolation::Elsewhere { off_e7: 1_500 });
    let mut searching = BlockingAsync::new(MockGnss::new(good, 20, (0, 0)));
    assert_eq!(wait(check_gnss(&mut searching, (0, 0), 0, 10)), Err(GnssViolation::NoFix));
    let back = [
        line(RMC),
        line(GGA),
        line(&RMC.replace("092750", "092749")),
        line(&GGA.replace("092750", "092749")),
    ];
    let bytes = back.concat();
    let mut receiver = NmeaReceiver::new(bytes.as_bytes());
    let went_back = wait(check_gnss(&mut receiver, (533_613_367, -65_056_200), 1_000, 2));
    assert_eq!(went_back, Err(GnssViolation::WentBack));
    let undated = [RMC, GGA].map(|body| line(&body.replace("092750", "092751").replace("280526", "")));
    let bytes = [&back[..2], &undated, &back[2..]].concat().concat();
    let mut receiver = NmeaReceiver::new(bytes.as_bytes());
    let went_back = wait(check_gnss(&mut receiver, (533_613_367, -65_056_200), 1_000, 3));
    assert_eq!(went_back, Err(GnssViolation::WentBack), "a fix without a time is between");
}

#[test]
fn a_clock_is_set_by_satellites_and_by_nothing_reckoned_or_poor() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let policy = ClockPolicy::new("2026-01-01T00:00:00Z".parse().unwrap());
    let mut clock = TrustedClock::new(&counter, policy);
    let mut locator = Locator::new(LocatorPolicy::USUAL);
    let good = fix(&[RMC, GGA]);
    for poor in [Fix { quality: FixQuality::DeadReckoning, ..good }, Fix { hdop_x100: Some(1_001), ..good }] {
        locator.handle(&GnssReport::Fix(poor), &mut clock);
        assert_eq!((clock.wall(), locator.position(counter_now(&counter))), (None, None));
    }
    locator.handle(&GnssReport::Fix(good), &mut clock);
    let wall = clock.wall().unwrap();
    assert_eq!((wall.time, wall.trust), (good.time.unwrap(), Trust::Gnss));
    counter.advance(Duration::from_secs(121));
    assert_eq!(locator.position(counter_now(&counter)), None);
}

fn counter_now(counter: &MockMonotonic) -> dimo_hal::clock::Uptime {
    dimo_hal::Monotonic::uptime(counter)
}

#[test]
fn a_fix_becomes_a_location_of_telemetry() {
    let location = fix(&[RMC, GGA]).location().unwrap();
    assert!((location.latitude - 53.361_336_7).abs() < 1e-9);
    assert_eq!(location.altitude, Some(116.9));
    let nowhere = Fix { latitude_e7: i32::MAX, ..fix(&[RMC, GGA]) };
    assert!(nowhere.location().is_err());
}

proptest! {
    #[test]
    fn any_bytes_come_to_fixes_on_the_globe_or_to_nothing(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        let mut reader = NmeaReader::default();
        for byte in bytes {
            if let Some(GnssReport::Fix(fix)) = reader.push(byte) {
                prop_assert!(fix.location().is_ok());
            }
        }
    }

    #[test]
    fn any_fields_with_a_right_checksum_come_to_fixes_on_the_globe_or_to_nothing(
        fields in prop::collection::vec("[0-9.NSEWAV-]{0,20}", 0..16),
        name in "(GP|GN)(RMC|GGA|GSA)",
    ) {
        let body = format!("{name},{}", fields.join(","));
        let next = GGA.replace("092750", "111111");
        for report in reports(&[&body, &next, RMC]) {
            if let GnssReport::Fix(fix) = report {
                prop_assert!(fix.location().is_ok());
            }
        }
    }
}
