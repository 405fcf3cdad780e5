//! [`Bench`]: a power machine and what it did so far.

use dimo_hal::power::{Change, Line, Millis, PowerConfig, PowerMachine, PowerState, Reason};

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

pub(crate) struct Bench {
    pub(crate) power: PowerMachine,
    pub(crate) now: u64,
    pub(crate) changes: Vec<Change>,
}

impl Bench {
    pub(crate) fn new(config: PowerConfig) -> Self {
        config.validate().unwrap();
        let mut bench = Self { power: PowerMachine::new(config, Millis(0)), now: 0, changes: vec![] };
        bench.poll();
        bench
    }

    /// A car that was driven for an hour and has been asleep for one.
    pub(crate) fn asleep() -> Self {
        let mut bench = Self::new(PowerConfig::TWELVE_VOLT);
        bench.battery(14_200);
        bench.ignition(Line::Active);
        bench.wait(HOUR);
        bench.ignition(Line::Quiet);
        bench.battery(12_600);
        bench.wait(90 * MINUTE);
        assert_eq!(bench.power.state(), PowerState::Sleep);
        bench.changes.clear();
        bench
    }

    pub(crate) fn poll(&mut self) {
        while let Some(change) = self.power.poll(Millis(self.now)) {
            self.changes.push(change);
        }
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(timer) = self.power.poll_timeout().filter(|timer| timer.0 <= until) {
            assert!(timer.0 > self.now, "a timer at {timer:?} that has passed at {}", self.now);
            self.now = timer.0;
            self.poll();
        }
        self.now = until;
        self.poll();
    }

    pub(crate) fn battery(&mut self, mv: u32) {
        self.power.handle_battery(Millis(self.now), mv);
        self.poll();
    }

    pub(crate) fn ignition(&mut self, line: Line) {
        self.power.handle_ignition(Millis(self.now), line);
        self.poll();
    }

    pub(crate) fn motion(&mut self, line: Line) {
        self.power.handle_motion(Millis(self.now), line);
        self.poll();
    }

    pub(crate) fn bus(&mut self, line: Line) {
        self.power.handle_can(Millis(self.now), line);
        self.poll();
    }

    pub(crate) fn state(&self) -> PowerState {
        self.power.state()
    }

    pub(crate) fn reasons(&self) -> Vec<Reason> {
        self.changes.iter().map(|change| change.reason).collect()
    }
}
