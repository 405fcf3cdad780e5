//! The clock: trust, staleness, sleep and jumps; the suites and what they catch.
#![allow(clippy::unwrap_used, reason = "test helpers over constants")]
#![cfg(feature = "dev")]

use core::cell::Cell;
use core::time::Duration;

use dimo_hal::clock::{
    Adjustment, Clock, ClockPolicy, ClockRefusal, InSleep, Monotonic, Slept, Trust, TrustedClock, Uptime,
    WallTime,
};
use dimo_hal::conformance::{ClockViolation, check_clock, check_monotonic};
use dimo_hal::mock::MockMonotonic;
use dimo_types::Timestamp;
use proptest::prelude::*;

const HOUR: Duration = Duration::from_secs(3600);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn built() -> Timestamp {
    at("2026-11-01T00:00:00Z")
}

fn clock(counter: &MockMonotonic) -> TrustedClock<&MockMonotonic> {
    TrustedClock::new(counter, ClockPolicy::new(built()))
}

fn time(clock: &impl Clock) -> Option<Timestamp> {
    clock.wall().map(|wall| wall.time)
}

#[test]
fn the_time_goes_on_with_the_counter() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let mut clock = clock(&counter);
    counter.advance(Duration::from_secs(7));
    assert_eq!(clock.set(at("2026-11-23T08:00:00Z"), Trust::Network), Ok(Adjustment::First));
    counter.advance(HOUR);
    assert_eq!(time(&clock), Some(at("2026-11-23T09:00:00Z")));
    assert_eq!(clock.wall_at(Uptime::START), Some(at("2026-11-23T07:59:53Z")));
}

#[test]
fn a_lower_source_overrides_a_higher_one_only_when_that_is_a_day_old() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let mut clock = clock(&counter);
    let _ = clock.set(at("2026-11-23T08:00:00Z"), Trust::Authenticated).unwrap();
    counter.advance(HOUR * 24 - Duration::from_micros(1));
    let refused = ClockRefusal::LessTrusted { held: Trust::Authenticated, offered: Trust::Rtc };
    assert_eq!(clock.set(at("2026-11-24T08:00:02Z"), Trust::Rtc), Err(refused));
    counter.advance(Duration::from_micros(1));
    assert_eq!(clock.set(at("2026-11-24T08:00:02Z"), Trust::Rtc), Ok(Adjustment::Jump { micros: 2_000_000 }));
    assert_eq!(clock.wall().unwrap().trust, Trust::Rtc);
}

#[test]
fn small_corrections_are_told_from_jumps_in_both_directions() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let mut clock = clock(&counter);
    let _ = clock.set(at("2026-11-23T08:00:00Z"), Trust::Rtc).unwrap();
    let fine = clock.set(at("2026-11-23T07:59:59.000001Z"), Trust::Gnss);
    assert_eq!(fine, Ok(Adjustment::Fine { micros: -999_999 }));
    let jump = clock.set(at("2026-11-23T07:59:58.000001Z"), Trust::Gnss);
    assert_eq!(jump, Ok(Adjustment::Jump { micros: -1_000_000 }));
}

#[test]
fn a_time_before_the_firmware_was_built_is_refused_whoever_says_so() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let mut clock = clock(&counter);
    let time = at("2007-04-07T00:00:00Z");
    let refused = ClockRefusal::BeforeBuild { time, not_before: built() };
    assert_eq!(clock.set(time, Trust::Authenticated), Err(refused));
    assert_eq!(clock.wall(), None);
}

#[test]
fn a_counter_that_stands_still_in_sleep_is_told_how_long() {
    let counter = MockMonotonic::new(InSleep::Stops);
    let mut clock = clock(&counter);
    let _ = clock.set(at("2026-11-23T08:00:00Z"), Trust::Gnss).unwrap();
    counter.sleep(HOUR * 25);
    assert_eq!(time(&clock), Some(at("2026-11-23T08:00:00Z")));
    clock.woke(Slept::For(HOUR * 25));
    assert_eq!(time(&clock), Some(at("2026-11-24T09:00:00Z")));
    assert!(clock.may_be_set_by(Trust::Rtc), "the sleep counts for the age");
    clock.woke(Slept::Unknown);
    assert_eq!(clock.wall(), None);
}

#[test]
fn a_counter_that_runs_on_in_sleep_is_not_moved_twice() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let mut clock = clock(&counter);
    let _ = clock.set(at("2026-11-23T08:00:00Z"), Trust::Gnss).unwrap();
    counter.sleep(HOUR);
    clock.woke(Slept::For(HOUR));
    assert_eq!(time(&clock), Some(at("2026-11-23T09:00:00Z")));
}

#[test]
fn the_clock_over_the_mock_conforms() {
    let counter = MockMonotonic::new(InSleep::Counts);
    check_monotonic(&counter, 10, || counter.advance(Duration::from_millis(1))).unwrap();
    check_clock(&mut clock(&counter), at("2026-11-23T08:00:00Z")).unwrap();
}

#[cfg(feature = "std")]
#[test]
fn the_host_counts_and_knows_the_time_and_lets_nobody_set_it() {
    use dimo_hal::host::{StdClock, StdMonotonic};
    let pause = || std::thread::sleep(Duration::from_millis(1));
    check_monotonic(&StdMonotonic::new(), 10, pause).unwrap();
    check_clock(
        &mut TrustedClock::new(StdMonotonic::new(), ClockPolicy::new(built())),
        at("2026-11-23T08:00:00Z"),
    )
    .unwrap();
    let mut clock = StdClock::new(Trust::Ntp);
    assert!(time(&clock) > Some(at("2025-01-01T00:00:00Z")));
    assert_eq!(clock.set(at("2026-11-23T08:00:00Z"), Trust::Authenticated), Err(ClockRefusal::NotOurs));
}

/// A clock with one thing wrong.
struct Wrong<'c> {
    inner: TrustedClock<&'c MockMonotonic>,
    fault: Fault,
    readings: Cell<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    GoesBack,
    StandsStill,
    ForgetsTrust,
    BelievesAnybody,
    MovesTheCounter,
    IsSetFromTheStart,
}

impl<'c> Wrong<'c> {
    fn new(counter: &'c MockMonotonic, fault: Fault) -> Self {
        Self { inner: clock(counter), fault, readings: Cell::new(100) }
    }
}

impl Monotonic for Wrong<'_> {
    fn uptime(&self) -> Uptime {
        match self.fault {
            Fault::GoesBack => {
                self.readings.set(self.readings.get() - 1);
                Uptime::from_micros(self.readings.get())
            }
            Fault::StandsStill => Uptime::START,
            Fault::MovesTheCounter => match self.inner.wall() {
                Some(wall) => Uptime::from_micros(wall.time.as_micros()),
                None => self.inner.uptime(),
            },
            _ => self.inner.uptime(),
        }
    }

    fn in_sleep(&self) -> InSleep {
        InSleep::Counts
    }
}

impl Clock for Wrong<'_> {
    fn wall(&self) -> Option<WallTime> {
        let wall = self.inner.wall();
        match self.fault {
            Fault::IsSetFromTheStart => {
                wall.or(Some(WallTime::new(Timestamp::EPOCH, Trust::Unset, Uptime::START)))
            }
            Fault::ForgetsTrust => wall.map(|wall| WallTime::new(wall.time, Trust::Unset, wall.set_at)),
            _ => wall,
        }
    }

    fn set(&mut self, time: Timestamp, trust: Trust) -> Result<Adjustment, ClockRefusal> {
        let trust = if self.fault == Fault::BelievesAnybody { Trust::Authenticated } else { trust };
        self.inner.set(time, trust)
    }
}

#[test]
fn the_suites_catch_a_clock_with_one_thing_wrong() {
    let counter = MockMonotonic::new(InSleep::Counts);
    let pause = || counter.advance(Duration::from_millis(1));
    let monotonic = |fault| check_monotonic(&Wrong::new(&counter, fault), 3, pause).unwrap_err();
    assert!(matches!(monotonic(Fault::GoesBack), ClockViolation::WentBack { .. }));
    assert!(matches!(monotonic(Fault::StandsStill), ClockViolation::StandsStill { .. }));
    let wall = |fault| check_clock(&mut Wrong::new(&counter, fault), at("2026-11-23T08:00:00Z")).unwrap_err();
    assert!(matches!(wall(Fault::ForgetsTrust), ClockViolation::SaysOtherwise { .. }));
    assert!(matches!(wall(Fault::BelievesAnybody), ClockViolation::SaysOtherwise { .. }));
    assert!(matches!(wall(Fault::MovesTheCounter), ClockViolation::SettingMovesTheCounter { .. }));
    assert_eq!(wall(Fault::IsSetFromTheStart), ClockViolation::KnowsWithoutBeingTold);
}

proptest! {
    #[test]
    fn no_order_of_events_lets_a_lower_source_move_a_fresh_higher_one(
        events in proptest::collection::vec((0u8..5, 0u64..100_000_000_000, 0u64..4_000_000_000_000), 1..50),
    ) {
        const LEVELS: [Trust; 5] = [Trust::Rtc, Trust::Network, Trust::Ntp, Trust::Gnss, Trust::Authenticated];
        let counter = MockMonotonic::new(InSleep::Counts);
        let mut clock = clock(&counter);
        let mut held: Option<(Trust, Uptime)> = None;
        for (level, step, offset) in events {
            counter.advance(Duration::from_micros(step));
            let trust = LEVELS[usize::from(level)];
            let time = built().checked_add_micros(offset as i64).unwrap();
            let now = counter.uptime();
            let fresh = held.filter(|(_, set)| now.since(*set) < HOUR * 24);
            let before = clock.wall();
            let result = clock.set(time, trust);
            prop_assert_eq!(result.is_ok(), fresh.is_none_or(|(held, _)| trust >= held));
            if result.is_ok() {
                held = Some((trust, now));
                prop_assert_eq!(clock.wall(), Some(WallTime::new(time, trust, now)));
            } else {
                prop_assert_eq!(clock.wall(), before);
            }
        }
    }
}
