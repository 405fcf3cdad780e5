//! Each guarantee of the module's documentation, by its number.

use dimo_hal::power::{Line, LockOwner, Millis, PowerConfig, PowerState, Reason};

use crate::bench::{Bench, DAY, HOUR, MINUTE, SECOND};

#[test]
fn a_drive_ends_in_listening_and_then_in_sleep() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(14_200);
    bench.ignition(Line::Active);
    bench.wait(HOUR);
    bench.ignition(Line::Quiet);
    bench.battery(12_700);
    bench.wait(MINUTE - 1);
    assert_eq!(bench.state(), PowerState::Active);
    bench.wait(1);
    assert_eq!(bench.state(), PowerState::Listen);
    bench.wait(30 * MINUTE);
    assert_eq!(bench.state(), PowerState::Sleep);
    let reasons = [Reason::PowerOn, Reason::IgnitionOn, Reason::IgnitionOff, Reason::Idle];
    assert_eq!(bench.reasons(), reasons);
}

#[test]
fn guarantee_01_a_voltage_around_a_threshold_does_not_flap() {
    for (low, high) in [(13_100, 13_300), (12_750, 13_250), (12_150, 12_250), (12_750, 12_850)] {
        let mut bench = Bench::asleep();
        for _ in 0..2_000 {
            bench.battery(low);
            bench.wait(4 * SECOND);
            bench.battery(high);
            bench.wait(4 * SECOND);
        }
        let besides_heartbeats =
            bench.reasons().iter().filter(|reason| **reason != Reason::Heartbeat).count();
        assert!(besides_heartbeats <= 10, "{low} {high}: {:?}", bench.changes);
    }
}

#[test]
fn guarantee_01_three_seconds_at_the_wake_threshold_wake_and_less_do_not() {
    let mut bench = Bench::asleep();
    bench.battery(13_200);
    bench.wait(2_999);
    bench.battery(12_900);
    bench.wait(MINUTE);
    assert!(!bench.reasons().contains(&Reason::Charging));
    bench.battery(13_200);
    bench.wait(3 * SECOND + 100);
    assert_eq!(bench.reasons().last(), Some(&Reason::Charging));
}

#[test]
fn a_rise_by_half_a_volt_in_a_second_wakes_and_a_slower_one_does_not() {
    let mut bench = Bench::asleep();
    bench.wait(MINUTE);
    for mv in (12_600..13_150).step_by(50) {
        bench.battery(mv);
        bench.wait(SECOND);
    }
    assert!(!bench.reasons().contains(&Reason::VoltageRise));
    let mut bench = Bench::asleep();
    bench.battery(13_100);
    bench.wait(SECOND);
    assert_eq!(bench.reasons(), [Reason::VoltageRise]);
    assert_eq!(bench.state(), PowerState::Listen);
}

#[test]
fn a_dip_of_less_than_a_tenth_of_a_second_is_no_voltage() {
    let mut bench = Bench::asleep();
    for _ in 0..200 {
        bench.battery(8_000);
        bench.wait(99);
        bench.battery(12_600);
        bench.wait(5 * SECOND);
    }
    assert!(bench.reasons().iter().all(|reason| [Reason::Heartbeat, Reason::Idle].contains(reason)));
    assert_eq!(bench.power.battery_mv(), Some(12_600));
}

#[test]
fn guarantee_02_asking_ends_with_the_ignition_not_with_the_voltage() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(14_200);
    bench.ignition(Line::Active);
    assert!(bench.power.may_transmit());
    bench.wait(HOUR);
    bench.ignition(Line::Quiet);
    assert!(!bench.power.may_transmit());
    assert_eq!(bench.state(), PowerState::Active);
    bench.wait(DAY);
    assert_eq!(bench.state(), PowerState::Sleep);
}

#[test]
fn guarantee_02_a_converter_that_our_questions_keep_on_is_not_asked() {
    let mut bench = Bench::new(PowerConfig::ELECTRIC);
    bench.battery(14_000);
    bench.bus(Line::Active);
    bench.wait(5 * SECOND);
    assert_eq!(bench.state(), PowerState::Active);
    assert!(!bench.power.may_transmit());
    bench.wait(DAY);
    assert_eq!(bench.state(), PowerState::Sleep);
    assert!(bench.reasons().contains(&Reason::VoltageOnly));
}

#[test]
fn guarantee_03_the_cut_out_wins_over_ignition_locks_and_budgets() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(12_600);
    bench.ignition(Line::Active);
    assert!(bench.power.lock(Millis(0), LockOwner::Update).is_some());
    bench.battery(12_100);
    bench.wait(240 * SECOND);
    assert_eq!(bench.state(), PowerState::Active);
    bench.wait(100);
    assert_eq!((bench.state(), bench.power.last_change().reason), (PowerState::Hibernate, Reason::CutOut));
    assert!(bench.power.lock(Millis(bench.now), LockOwner::Update).is_none());
    bench.ignition(Line::Quiet);
    bench.ignition(Line::Active);
    bench.motion(Line::Active);
    bench.wait(30 * DAY);
    assert_eq!(bench.state(), PowerState::Hibernate);
    bench.battery(12_400);
    bench.wait(MINUTE);
    assert_eq!(bench.state(), PowerState::Hibernate);
    bench.battery(12_500);
    bench.wait(MINUTE);
    assert_eq!(bench.state(), PowerState::Active);
}

#[test]
fn guarantee_03_a_moment_above_the_cut_out_begins_its_time_anew() {
    let mut bench = Bench::asleep();
    for _ in 0..10 {
        bench.battery(12_150);
        bench.wait(200 * SECOND);
        bench.battery(12_250);
        bench.wait(SECOND);
    }
    assert!(!bench.reasons().contains(&Reason::CutOut));
}

#[test]
fn guarantee_03_a_voltage_that_swings_fast_below_the_cut_out_is_below_it() {
    let mut bench = Bench::asleep();
    for _ in 0..3_000 {
        bench.battery(11_000);
        bench.wait(50);
        bench.battery(11_900);
        bench.wait(50);
    }
    assert_eq!(bench.power.last_change().reason, Reason::CutOut);
}

#[test]
fn guarantee_03_a_sample_at_the_cut_out_does_not_put_it_off() {
    let mut bench = Bench::asleep();
    for _ in 0..2 {
        bench.battery(12_150);
        bench.wait(200 * SECOND);
        bench.battery(12_200);
        bench.wait(10);
    }
    bench.battery(12_150);
    bench.wait(SECOND);
    assert_eq!(bench.power.last_change().reason, Reason::CutOut);
}

#[test]
fn guarantee_04_a_lock_ends_at_its_maximum_however_often_it_is_asked_for() {
    let mut bench = Bench::asleep();
    let lock = bench.power.lock(Millis(bench.now), LockOwner::Uplink).unwrap();
    assert_eq!(lock.until.0, bench.now + LockOwner::Uplink.longest_ms());
    bench.poll();
    assert_eq!(bench.reasons(), [Reason::WakeLock]);
    for _ in 0..60 {
        bench.wait(MINUTE);
        let _ = bench.power.lock(Millis(bench.now), LockOwner::Uplink);
        bench.poll();
    }
    assert!(bench.reasons().contains(&Reason::Idle));
}

#[test]
fn guarantee_04_the_time_awake_of_a_parked_period_is_bounded() {
    let mut bench = Bench::asleep();
    for _ in 0..14 * 24 * 30 {
        for owner in [LockOwner::Pairing, LockOwner::Update, LockOwner::Uplink, LockOwner::Application] {
            let _ = bench.power.lock(Millis(bench.now), owner);
        }
        bench.motion(Line::Active);
        bench.bus(Line::Active);
        bench.wait(MINUTE);
        bench.motion(Line::Quiet);
        bench.bus(Line::Quiet);
        bench.wait(MINUTE);
    }
    assert!(bench.reasons().contains(&Reason::BudgetSpent));
    assert!(bench.power.awake_ms() <= PowerConfig::TWELVE_VOLT.awake_max_ms);
}

#[test]
fn guarantee_05_an_event_right_after_falling_asleep_is_kept() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(12_600);
    bench.wait(30 * MINUTE);
    assert_eq!(bench.state(), PowerState::Sleep);
    bench.motion(Line::Active);
    bench.motion(Line::Quiet);
    assert_eq!(bench.state(), PowerState::Sleep);
    bench.wait(10 * SECOND);
    assert_eq!(bench.reasons().last(), Some(&Reason::Motion));
}

#[test]
fn guarantee_05_an_event_right_before_falling_asleep_is_kept() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(12_600);
    bench.wait(30 * MINUTE - 1);
    bench.motion(Line::Active);
    bench.wait(9 * MINUTE);
    assert_eq!(bench.state(), PowerState::Listen);
    bench.wait(2 * MINUTE);
    assert_eq!(bench.state(), PowerState::Sleep);
}

#[test]
fn guarantee_05_the_ignition_wakes_at_once() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    bench.battery(12_600);
    bench.wait(30 * MINUTE);
    bench.ignition(Line::Active);
    assert_eq!(bench.state(), PowerState::Active);
}

#[test]
fn guarantee_06_the_last_change_and_its_number_are_there_to_be_kept() {
    let bench = Bench::asleep();
    let last = bench.power.last_change();
    assert_eq!((last.state, Reason::from_code(last.reason.code())), (PowerState::Sleep, Some(Reason::Idle)));
}

#[test]
fn guarantee_08_nothing_is_written_where_cranking_may_end_it() {
    let mut bench = Bench::new(PowerConfig::TWELVE_VOLT);
    assert!(!bench.power.may_write_flash());
    bench.battery(12_600);
    assert!(bench.power.may_write_flash());
    bench.battery(8_900);
    bench.wait(100);
    assert!(!bench.power.may_write_flash());
}

#[test]
fn guarantee_09_an_update_under_trial_does_not_put_the_cut_out_off() {
    let mut bench = Bench::asleep();
    bench.battery(12_100);
    for _ in 0..5 {
        let _ = bench.power.lock(Millis(bench.now), LockOwner::Update);
        bench.wait(MINUTE);
    }
    assert_eq!(bench.power.last_change().reason, Reason::CutOut);
}

#[test]
fn guarantee_10_a_time_that_goes_back_changes_nothing() {
    let mut bench = Bench::asleep();
    let (state, timer) = (bench.power.last_change(), bench.power.poll_timeout());
    bench.power.handle_battery(Millis(5), 12_600);
    assert_eq!(bench.power.poll(Millis(7)), None);
    assert_eq!((bench.power.last_change(), bench.power.poll_timeout()), (state, timer));
}

#[test]
fn signs_of_life_grow_rarer_and_end() {
    let mut bench = Bench::asleep();
    bench.wait(40 * DAY);
    let beats: Vec<u64> = bench
        .changes
        .iter()
        .filter(|change| change.reason == Reason::Heartbeat)
        .map(|change| change.at.0)
        .collect();
    let on_day = |day: u64| beats.iter().filter(|at| **at / DAY == day).count();
    assert!((20..=24).contains(&on_day(0)), "{}", on_day(0));
    assert!((3..=4).contains(&on_day(3)));
    assert!((0..=1).contains(&on_day(10)));
    assert_eq!(on_day(16), 0);
    assert_eq!(bench.power.last_change().reason, Reason::LongParked);
}

#[test]
fn only_the_vehicle_ends_a_hibernation() {
    let mut bench = Bench::asleep();
    bench.wait(20 * DAY);
    assert_eq!(bench.state(), PowerState::Hibernate);
    bench.motion(Line::Active);
    bench.bus(Line::Active);
    assert!(bench.power.lock(Millis(bench.now), LockOwner::Pairing).is_none());
    bench.wait(DAY);
    assert_eq!(bench.state(), PowerState::Hibernate);
    bench.battery(13_900);
    bench.wait(4 * SECOND);
    assert_eq!(bench.reasons().last(), Some(&Reason::Charging));
}
