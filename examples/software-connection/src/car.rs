//! [`Car`]: the simulated car. It measures in metric units, sleeps when it is left alone, and counts what kept it from it.

use core::f64::consts::TAU;
use core::time::Duration;

use dimo_types::Timestamp;

use crate::clock::{after, between};

/// After its last use the car is up for this long in any case.
const SETTLES: Duration = Duration::from_secs(600);
/// Then it falls asleep, unless somebody asked for data within this time.
const SLEEP_TIMER: Duration = Duration::from_secs(600);

const KM_AT_START: f64 = 41_234.56;
/// Kilometres an hour, the middle of the range and its half width.
const SPEED: (f64, f64) = (52.0, 31.0);
/// The speed goes up and down in so many seconds.
const SPEED_CYCLE: f64 = 300.0;
const CHARGE_AT_START: f64 = 81.0;
const PERCENT_PER_KM: f64 = -0.21;
/// Of a charger with 7.2 kW.
const PERCENT_PER_HOUR: f64 = 9.6;
/// A full battery.
const RANGE_KM: f64 = 412.0;

/// What somebody does with the car.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Drive,
    Charge,
    /// The door is opened and closed: the car wakes, and stands.
    Door,
}

/// From when to when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) kind: Kind,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// What the car is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Driving,
    Charging,
    Idle,
    Asleep,
}

/// What the car counted of those who ask about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disturbances {
    /// Requests for data by which it stayed awake longer.
    pub(crate) kept_awake: u32,
    /// Requests to wake up.
    pub(crate) woken: u32,
    /// Requests for data while it slept.
    pub(crate) asked_asleep: u32,
}

/// One car with the uses of its day, in order.
#[derive(Debug)]
pub(crate) struct Car {
    uses: Vec<Use>,
    held_until: Timestamp,
    /// How many kilometres an hour it adds to its speed when it tells it. An honest car adds none.
    pub(crate) boast: f64,
    pub(crate) disturbances: Disturbances,
}

/// Everything that the car measures, in metric units and percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) km_per_hour: Option<f64>,
    pub(crate) km: f64,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) heading: f64,
    pub(crate) charge_percent: f64,
    pub(crate) range_km: f64,
    pub(crate) charging_kw: f64,
    pub(crate) tyres_kpa: f64,
    pub(crate) outside_celsius: f64,
}

impl Car {
    /// A car that is used like this. The first use ends before the day begins.
    pub(crate) fn new(uses: Vec<Use>, boast: f64) -> Self {
        Self { uses, held_until: Timestamp::EPOCH, boast, disturbances: Disturbances::default() }
    }

    /// What it is doing at `now`.
    pub(crate) fn doing(&self, now: Timestamp) -> Doing {
        match self.use_at(now) {
            Some(Use { kind: Kind::Drive, .. }) => Doing::Driving,
            Some(Use { kind: Kind::Charge, .. }) => Doing::Charging,
            Some(Use { kind: Kind::Door, .. }) => Doing::Idle,
            None if now < self.asleep_from(now) => Doing::Idle,
            None => Doing::Asleep,
        }
    }

    /// Somebody asks for data. Whether the car answers.
    pub(crate) fn asked(&mut self, now: Timestamp) -> bool {
        if self.doing(now) == Doing::Asleep {
            self.disturbances.asked_asleep += 1;
            return false;
        }
        let held = after(now, SLEEP_TIMER);
        if self.use_at(now).is_none() && held > self.asleep_from(now) {
            self.held_until = held;
            self.disturbances.kept_awake += 1;
        }
        true
    }

    /// Somebody wakes the car.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        self.disturbances.woken += 1;
        self.held_until = self.held_until.max(after(now, SLEEP_TIMER));
    }

    /// When it last measured what it measures every `period`: while it is in use, and once at the end.
    pub(crate) fn measured_at(&self, now: Timestamp, period: Duration) -> Timestamp {
        match self.use_at(now) {
            Some(Use { from, .. }) => {
                let whole = between(from, now).as_secs() / period.as_secs().max(1);
                after(from, Duration::from_secs(whole * period.as_secs()))
            }
            None => self.last_end(now),
        }
    }

    /// What it measures at `time`.
    pub(crate) fn measure(&self, time: Timestamp) -> Measured {
        let hours = |span: Duration| span.as_secs_f64() / 3600.0;
        let spent = |kind: Kind| self.uses.iter().filter(move |one| one.kind == kind && one.from <= time);
        let driven: f64 =
            spent(Kind::Drive).map(|drive| driven_km(between(drive.from, time.min(drive.until)))).sum();
        let charged: f64 = spent(Kind::Charge).map(|one| hours(between(one.from, time.min(one.until)))).sum();
        let driving = self.use_at(time).filter(|one| one.kind == Kind::Drive);
        let charge_percent = CHARGE_AT_START + PERCENT_PER_KM * driven + PERCENT_PER_HOUR * charged;
        Measured {
            km_per_hour: driving.map(|drive| speed(between(drive.from, time))),
            km: KM_AT_START + driven,
            latitude: 48.137_154 + driven * 0.006,
            longitude: 11.576_124 + driven * 0.004,
            heading: 34.0,
            charge_percent,
            range_km: RANGE_KM * charge_percent / 100.0,
            charging_kw: if self.doing(time) == Doing::Charging { 7.2 } else { 0.0 },
            tyres_kpa: 241.0 + driven * 0.05,
            outside_celsius: 9.0
                + 5.0 * (TAU * hours(Duration::from_secs(time.as_secs() % 86_400)) / 24.0).sin(),
        }
    }

    fn use_at(&self, time: Timestamp) -> Option<Use> {
        self.uses.iter().find(|one| one.from <= time && time < one.until).copied()
    }

    /// The end of the last use before `now`.
    fn last_end(&self, now: Timestamp) -> Timestamp {
        self.uses.iter().map(|one| one.until).filter(|end| *end <= now).max().unwrap_or(Timestamp::EPOCH)
    }

    /// When it falls asleep after the last use before `now`.
    fn asleep_from(&self, now: Timestamp) -> Timestamp {
        after(self.last_end(now), SETTLES + SLEEP_TIMER).max(self.held_until)
    }
}

/// Kilometres an hour, so long after the start of a drive.
fn speed(span: Duration) -> f64 {
    SPEED.0 + SPEED.1 * (TAU * span.as_secs_f64() / SPEED_CYCLE).sin()
}

/// Kilometres since the start of a drive: the integral of the speed.
fn driven_km(span: Duration) -> f64 {
    let seconds = span.as_secs_f64();
    let swing = SPEED.1 * SPEED_CYCLE / TAU * (1.0 - (TAU * seconds / SPEED_CYCLE).cos());
    (SPEED.0 * seconds + swing) / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minutes: u64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + minutes * 60).unwrap()
    }

    /// Parked at minute 10.
    fn parked() -> Car {
        let drive = Use { kind: Kind::Drive, from: minute(0), until: minute(10) };
        Car::new(vec![drive], 0.0)
    }

    #[test]
    fn a_car_that_is_left_alone_sleeps_twenty_minutes_after_the_drive() {
        let car = parked();
        assert_eq!(car.doing(minute(9)), Doing::Driving);
        assert_eq!(car.doing(minute(29)), Doing::Idle);
        assert_eq!(car.doing(minute(30)), Doing::Asleep);
    }

    #[test]
    fn a_question_soon_after_the_drive_costs_no_sleep_and_a_later_one_does() {
        let mut car = parked();
        assert!(car.asked(minute(20)));
        assert_eq!(car.disturbances, Disturbances::default());
        assert!(car.asked(minute(25)));
        assert_eq!(car.disturbances.kept_awake, 1);
        assert_eq!(car.doing(minute(34)), Doing::Idle);
        assert_eq!(car.doing(minute(35)), Doing::Asleep);
        assert!(!car.asked(minute(35)));
        assert_eq!(car.disturbances.asked_asleep, 1);
    }

    #[test]
    fn the_odometer_is_the_integral_of_the_speed() {
        let car = parked();
        let (mut km, mut second) = (0.0, 0);
        while second < 600 {
            let time = Timestamp::from_secs(1_700_000_000 + second).unwrap();
            km += car.measure(time).km_per_hour.unwrap() / 3600.0;
            second += 1;
        }
        assert!((car.measure(minute(10)).km - KM_AT_START - km).abs() < 0.01);
    }
}
