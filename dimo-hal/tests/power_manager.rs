//! Boards that are driven as the power machine decides, and the suites of power managers and watchdogs.
#![cfg(all(feature = "dev", feature = "std"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use core::time::Duration;
use std::fs;

use dimo_hal::blocking;
use dimo_hal::conformance::{
    PowerViolation, WatchdogViolation, check_power_manager, check_wake_race, check_watchdog,
};
use dimo_hal::host::{FileWatchdog, SysfsPower};
use dimo_hal::mock::{MockDelay, MockPower, MockPowerError, MockWatchdog, MockWatchdogError};
use dimo_hal::power::{
    DriveError, DrivePolicy, Line, Millis, PowerConfig, PowerDriver, PowerMachine, PowerRecord, PowerState,
    Reason, Step,
};
use dimo_hal::power_manager::{
    ErrorKind, ErrorType, Part, ResetCause, SleepDepth, Suspension, WakeSource, WakeSources, Woken,
};
use dimo_hal::{BlockingAsync, wait, watchdog};

const PARTS: [Part; 3] = [Part::Gnss, Part::Modem, Part::Transceivers];

type Driver<P> = PowerDriver<'static, BlockingAsync<P>>;

struct Rig<P> {
    machine: PowerMachine,
    driver: Driver<P>,
    now: Millis,
    delay: MockDelay,
}

impl<P: blocking::PowerManager> Rig<P> {
    fn new(board: P) -> Self {
        Self {
            machine: PowerMachine::new(PowerConfig::TWELVE_VOLT, Millis(0)),
            driver: PowerDriver::new(BlockingAsync::new(board), &PARTS, DrivePolicy::USUAL),
            now: Millis(0),
            delay: MockDelay::default(),
        }
    }

    fn step(&mut self) -> Result<Step, DriveError<P::Error>> {
        let step = wait(self.driver.step(&mut self.machine, self.now, &mut self.delay))?;
        if let Step::Slept { now, .. } = step {
            self.now = now;
        }
        Ok(step)
    }

    /// Until it has slept once.
    fn until_slept(&mut self) -> Result<Woken, DriveError<P::Error>> {
        loop {
            match self.step()? {
                Step::Slept { woken, .. } => return Ok(woken),
                Step::Awake { .. } => self.now = self.machine.poll_timeout().unwrap(),
            }
        }
    }

    fn board(&mut self) -> &mut P {
        self.driver.manager().get_mut()
    }
}

#[test]
fn guarantee_5_an_event_between_arming_and_sleeping_is_acted_on() {
    /// The vehicle is moved while the modem is still leaving its network.
    struct Moved(MockPower);
    impl ErrorType for Moved {
        type Error = MockPowerError;
    }
    impl blocking::PowerManager for Moved {
        fn reset_cause(&self) -> ResetCause {
            self.0.reset_cause()
        }
        fn battery_mv(&mut self) -> Result<u32, MockPowerError> {
            self.0.battery_mv()
        }
        fn ignition(&mut self) -> Result<Line, MockPowerError> {
            self.0.ignition()
        }
        fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, MockPowerError> {
            self.0.arm(sources)
        }
        fn suspend(&mut self, part: Part) -> Result<Suspension, MockPowerError> {
            self.0.happen(WakeSource::Motion);
            self.0.suspend(part)
        }
        fn cut_power(&mut self, part: Part) -> Result<(), MockPowerError> {
            self.0.cut_power(part)
        }
        fn resume(&mut self, part: Part) -> Result<(), MockPowerError> {
            self.0.resume(part)
        }
        fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, MockPowerError> {
            self.0.sleep(depth, longest)
        }
        fn power_cycle(&mut self) -> Result<(), MockPowerError> {
            self.0.power_cycle()
        }
    }
    let mut rig = Rig::new(Moved(MockPower::new(WakeSources::ALL)));
    let woken = rig.until_slept().unwrap();
    assert_eq!((woken.sources, woken.slept), (WakeSource::Motion.into(), Duration::ZERO));
    // It came right after the device went down, so it is acted on when the dwell is over.
    loop {
        if let Step::Awake { change: Some(change) } = rig.step().unwrap() {
            assert_eq!((change.state, change.reason), (PowerState::Listen, Reason::Motion));
            return;
        }
    }
}

#[test]
fn guarantee_5_what_is_not_armed_is_looked_after_by_the_timer_or_the_device_stays_awake() {
    let mut rig = Rig::new(MockPower::new(WakeSource::Timer | WakeSource::Ignition));
    rig.until_slept().unwrap();
    let woken = rig.until_slept().unwrap();
    assert_eq!(woken.slept, DrivePolicy::USUAL.look_every, "no motion wakes it, so it looks");
    let mut rig = Rig::new(MockPower::new(WakeSource::Ignition.into()));
    let Err(DriveError::NotArmed { missing }) = rig.until_slept() else { panic!("it slept") };
    assert!(missing.contains(WakeSource::Timer) && missing.contains(WakeSource::Motion));
    assert!(PARTS.iter().all(|part| !rig.board().is_down(*part)), "nothing went down");
}

#[test]
fn guarantee_6_why_it_went_down_and_up_is_kept_in_four_bytes() {
    let mut rig = Rig::new(MockPower::new(WakeSources::ALL));
    rig.until_slept().unwrap();
    rig.board().set_ignition(Line::Active);
    rig.step().unwrap();
    let record = rig.driver.record();
    assert_eq!((record.down, record.up), (Some(Reason::Idle), Some(Reason::IgnitionOn)));
    assert_eq!(PowerRecord::from_bytes(record.to_bytes()), Some(record));
    assert_eq!(PowerRecord::from_bytes([2, 0, 0, 0]), None);
    let of_another_firmware = PowerRecord::from_bytes([1, 250, 2, 0]).unwrap();
    assert_eq!((of_another_firmware.down, of_another_firmware.up), (None, Some(Reason::IgnitionOn)));
}

#[test]
fn guarantee_7_a_part_that_refuses_to_sleep_is_switched_off_within_the_deadline() {
    let mut board = MockPower::new(WakeSources::ALL);
    board.stick(Part::Modem);
    let mut rig = Rig::new(board);
    rig.until_slept().unwrap();
    assert!(PARTS.iter().all(|part| rig.board().is_down(*part)));
    assert!(rig.board().is_cut(Part::Modem) && !rig.board().is_cut(Part::Gnss));
    assert!(rig.driver.record().forced().eq([Part::Modem]));
    assert_eq!(rig.delay.waited(), DrivePolicy::USUAL.deadline);
    // It gets its power back with the others.
    rig.board().set_ignition(Line::Active);
    rig.step().unwrap();
    assert!(PARTS.iter().all(|part| !rig.board().is_down(*part)));
}

#[test]
fn guarantee_7_two_stubborn_parts_share_one_deadline() {
    let mut board = MockPower::new(WakeSources::ALL);
    board.stick(Part::Modem);
    board.stick(Part::Gnss);
    let mut rig = Rig::new(board);
    rig.until_slept().unwrap();
    assert_eq!(rig.delay.waited(), DrivePolicy::USUAL.deadline);
    assert!(rig.driver.record().forced().eq([Part::Modem, Part::Gnss]));
}

#[test]
fn parts_that_are_down_stay_down_while_the_device_wakes_only_to_look() {
    let mut rig = Rig::new(MockPower::new(WakeSource::Timer | WakeSource::Ignition));
    rig.until_slept().unwrap();
    for _ in 0..3 {
        assert!(matches!(rig.step().unwrap(), Step::Slept { .. }));
        assert!(rig.board().is_down(Part::Modem));
    }
}

#[test]
fn a_battery_below_the_cut_out_hibernates_whatever_else_is_armed() {
    let mut rig = Rig::new(MockPower::new(WakeSources::ALL));
    rig.board().set_battery(Some(11_900));
    while rig.machine.state() != PowerState::Hibernate {
        match rig.step() {
            Ok(_) => rig.now = Millis(rig.now.0 + 1_000),
            // A mock cannot wait for an event that never comes.
            Err(error) => assert_eq!(error, DriveError::Board(MockPowerError(ErrorKind::Other))),
        }
    }
    assert_eq!(rig.board().depth(), Some(SleepDepth::Hibernate));
    assert!(!rig.board().armed().contains(WakeSource::Modem));
    assert_eq!(rig.driver.record().down, Some(Reason::CutOut));
}

#[test]
fn a_voltage_that_cannot_be_measured_changes_nothing() {
    let mut rig = Rig::new(MockPower::new(WakeSources::ALL));
    rig.step().unwrap();
    rig.board().set_battery(None);
    rig.step().unwrap();
    assert_eq!(rig.machine.battery_mv(), Some(12_700));
}

#[test]
fn a_text_message_a_button_and_a_plug_wake_for_a_bounded_time() {
    for source in [WakeSource::Modem, WakeSource::Button, WakeSource::Plug] {
        let mut rig = Rig::new(MockPower::new(WakeSources::ALL));
        rig.until_slept().unwrap();
        rig.now = Millis(rig.now.0 + 600_000);
        rig.board().happen(source);
        rig.until_slept().unwrap();
        let Step::Awake { change: Some(change) } = rig.step().unwrap() else { panic!("{source:?}") };
        assert_eq!(change.reason, Reason::WakeLock, "{source:?}");
        rig.until_slept().unwrap();
    }
}

#[test]
fn the_mock_and_a_gateway_of_files_keep_the_contract() {
    let mut board = BlockingAsync::new(MockPower::new(WakeSources::ALL));
    wait(check_power_manager(&mut board, 12_700, &PARTS, Duration::from_secs(1))).unwrap();
    wait(check_wake_race(&mut board, WakeSource::Motion, |board| board.get_mut().happen(WakeSource::Motion)))
        .unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (voltage, ignition) = (folder.path().join("voltage_now"), folder.path().join("value"));
    fs::write(&voltage, "12650000\n").unwrap();
    fs::write(&ignition, "0\n").unwrap();
    let mut gateway = BlockingAsync::new(SysfsPower::new(voltage.clone(), Some(ignition.clone())));
    wait(check_power_manager(&mut gateway, 12_650, &[Part::Modem], Duration::from_secs(2))).unwrap();
    wait(check_wake_race(&mut gateway, WakeSource::Ignition, |_| fs::write(&ignition, "1\n").unwrap()))
        .unwrap();

    use blocking::PowerManager as _;
    fs::write(&voltage, "none").unwrap();
    assert!(matches!(gateway.get_mut().battery_mv(), Err(error) if error.to_string().contains("number")));
    fs::remove_file(&voltage).unwrap();
    assert!(gateway.get_mut().battery_mv().is_err());
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    Measures,
    ArmsEverything,
    HasNoTimer,
    Oversleeps,
    WakesByItself,
    NeverPutsDown,
    LosesTheRace,
    WakesTwice,
}

struct Bad(MockPower, Wrong, WakeSources);

impl ErrorType for Bad {
    type Error = MockPowerError;
}

impl blocking::PowerManager for Bad {
    fn reset_cause(&self) -> ResetCause {
        self.0.reset_cause()
    }

    fn battery_mv(&mut self) -> Result<u32, MockPowerError> {
        Ok(self.0.battery_mv()? + if self.1 == Wrong::Measures { 1_000 } else { 0 })
    }

    fn ignition(&mut self) -> Result<Line, MockPowerError> {
        self.0.ignition()
    }

    fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, MockPowerError> {
        let armed = self.0.arm(sources)?;
        if self.1 == Wrong::LosesTheRace {
            self.2 = WakeSources::NONE;
        }
        Ok(if self.1 == Wrong::ArmsEverything { WakeSources::ALL } else { armed })
    }

    fn suspend(&mut self, part: Part) -> Result<Suspension, MockPowerError> {
        if self.1 == Wrong::NeverPutsDown { Ok(Suspension::Busy) } else { self.0.suspend(part) }
    }

    fn cut_power(&mut self, part: Part) -> Result<(), MockPowerError> {
        let no_switch = MockPowerError(ErrorKind::NoSuchPart);
        if self.1 == Wrong::NeverPutsDown { Err(no_switch) } else { self.0.cut_power(part) }
    }

    fn resume(&mut self, part: Part) -> Result<(), MockPowerError> {
        self.0.resume(part)
    }

    fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, MockPowerError> {
        let mut woken = self.0.sleep(depth, longest)?;
        match self.1 {
            Wrong::Oversleeps => woken.slept *= 2,
            Wrong::WakesByItself => woken.sources = woken.sources | WakeSource::Can,
            Wrong::LosesTheRace if !woken.sources.contains(WakeSource::Timer) => {
                woken = Woken { sources: WakeSource::Timer.into(), slept: longest.unwrap() };
            }
            Wrong::WakesTwice => {
                self.2 = self.2 | woken.sources;
                woken.sources = self.2;
            }
            _ => {}
        }
        Ok(woken)
    }

    fn power_cycle(&mut self) -> Result<(), MockPowerError> {
        self.0.power_cycle()
    }
}

#[test]
fn the_suite_of_power_managers_finds_each_thing_that_is_wrong() {
    let found = |wrong| {
        let timerless = WakeSource::Motion.into();
        let has = if wrong == Wrong::HasNoTimer { timerless } else { WakeSources::ALL };
        let mut bad = BlockingAsync::new(Bad(MockPower::new(has), wrong, WakeSources::NONE));
        wait(check_power_manager(&mut bad, 12_700, &PARTS, Duration::from_secs(1))).unwrap_err()
    };
    assert!(matches!(found(Wrong::Measures), PowerViolation::Voltage { mv: 13_700, .. }));
    assert_eq!(found(Wrong::ArmsEverything), PowerViolation::ArmsMore);
    assert_eq!(found(Wrong::HasNoTimer), PowerViolation::NoTimer);
    assert!(matches!(found(Wrong::Oversleeps), PowerViolation::Slept { .. }));
    assert!(matches!(found(Wrong::WakesByItself), PowerViolation::WokenBy { .. }));
    assert_eq!(found(Wrong::NeverPutsDown), PowerViolation::NeverDown { part: Part::Gnss });
    let race = |wrong| {
        let mut bad = BlockingAsync::new(Bad(MockPower::new(WakeSources::ALL), wrong, WakeSources::NONE));
        wait(check_wake_race(&mut bad, WakeSource::Motion, |bad| bad.get_mut().0.happen(WakeSource::Motion)))
    };
    assert_eq!(race(Wrong::LosesTheRace), Err(PowerViolation::WakeLost { event: WakeSource::Motion }));
    assert_eq!(race(Wrong::WakesTwice), Err(PowerViolation::WakeStuck { event: WakeSource::Motion }));
}

#[test]
fn a_part_that_cannot_be_switched_off_power_cycles_the_board() {
    let mut rig = Rig::new(Bad(MockPower::new(WakeSources::ALL), Wrong::NeverPutsDown, WakeSources::NONE));
    let _ = rig.until_slept();
    assert!(rig.board().0.cycles() >= 1);
}

#[test]
fn the_mock_and_the_watchdog_of_a_gateway_keep_the_contract() {
    let mut mock = BlockingAsync::new(MockWatchdog::default());
    let real = wait(check_watchdog(&mut mock, Duration::from_millis(1_300))).unwrap();
    assert_eq!(real, Duration::from_millis(1_375));
    mock.get_mut().advance(Duration::from_millis(1_376));
    assert!(mock.get_mut().has_bitten());

    let folder = tempfile::tempdir().unwrap();
    let (device, timeout) = (folder.path().join("watchdog"), folder.path().join("timeout"));
    fs::write(&device, "").unwrap();
    fs::write(&timeout, "15\n").unwrap();
    let mut gateway = BlockingAsync::new(FileWatchdog::new(device.clone(), timeout.clone()));
    wait(check_watchdog(&mut gateway, Duration::from_secs(10))).unwrap();
    assert_eq!(fs::read(&device).unwrap(), [0], "fed once after its start, and nothing that would stop it");
    let mut short = BlockingAsync::new(FileWatchdog::new(device, timeout));
    assert!(wait(check_watchdog(&mut short, Duration::from_secs(16))).is_err());
}

#[test]
fn the_suite_of_watchdogs_finds_each_thing_that_is_wrong() {
    struct Bad(Option<Duration>);
    impl watchdog::ErrorType for Bad {
        type Error = MockWatchdogError;
    }
    impl blocking::Watchdog for Bad {
        fn start(&mut self, timeout: Duration) -> Result<Duration, MockWatchdogError> {
            Ok(self.0.unwrap_or(timeout))
        }
        fn feed(&mut self) -> Result<(), MockWatchdogError> {
            Ok(())
        }
    }
    let timeout = Duration::from_secs(5);
    let real = Duration::from_secs(4);
    let short = wait(check_watchdog(&mut BlockingAsync::new(Bad(Some(real))), timeout));
    assert_eq!(short, Err(WatchdogViolation::TooShort { timeout, real }));
    let anew = wait(check_watchdog(&mut BlockingAsync::new(Bad(None)), timeout));
    assert_eq!(anew, Err(WatchdogViolation::SetAnew));
}

#[test]
fn a_watchdog_is_fed_only_when_all_tasks_live() {
    let mut feeder = watchdog::Feeder::new(BlockingAsync::new(MockWatchdog::default()), 3);
    for task in [0, 1, 1, 40] {
        feeder.alive(task);
    }
    assert_eq!((wait(feeder.feed()).unwrap(), feeder.silent()), (false, 0b100));
    feeder.alive(2);
    assert!(wait(feeder.feed()).unwrap());
    assert_eq!(feeder.silent(), 0b111);
}
