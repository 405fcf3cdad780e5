//! [`Driver`]: the person at the wheel, from getting in to getting out.

use super::random::Random;
use super::route::{Route, Stop};

/// When things happen before the car moves, in seconds from the start of the log.
const CLOSES_DOOR: f64 = 2.0;
const IGNITION_ON: f64 = 3.5;
const CRANKS: f64 = 6.0;
const ENGINE_RUNS: f64 = 6.9;
const BUCKLES_UP: f64 = 9.0;
const DRIVES_OFF: f64 = 12.0;
/// And after it has stopped for good, in seconds from then.
const ENGINE_OFF: f64 = 4.0;
const UNBUCKLES: f64 = 5.5;
const OPENS_DOOR: f64 = 7.0;
const LEAVES: f64 = 9.0;

/// The deceleration at which the driver begins to brake for a stop, in m/s².
const STOPS_WITH: f64 = 1.4;

/// The position of the ignition, as in the value table of the DBC file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignition {
    Off = 0,
    On = 2,
    Start = 3,
}

/// What a person does to a car, and what the car notices of it.
#[derive(Clone, Debug)]
pub(super) struct Driver {
    pub(super) ignition: Ignition,
    pub(super) has_door_open: bool,
    pub(super) is_buckled: bool,
    /// In Drive with the parking brake off; else in Park with it on.
    pub(super) is_in_drive: bool,
    /// The acceleration asked for, in m/s².
    pub(super) wish: f64,
    /// Seconds to wait at the stop the car stands at.
    waits: f64,
    /// Where the last stop was, in metres of road.
    served: f64,
    /// When the car stood at the end of the road, in seconds.
    arrived: Option<f64>,
    /// No foot is steady: a share of the speed, slowly wandering.
    unsteadiness: f64,
}

impl Driver {
    /// Somebody with the key in the hand.
    pub(super) fn getting_in() -> Self {
        Self {
            ignition: Ignition::Off,
            has_door_open: true,
            is_buckled: false,
            is_in_drive: false,
            wish: 0.0,
            waits: 0.0,
            served: 0.0,
            arrived: None,
            unsteadiness: 0.0,
        }
    }

    /// Whether the drive is over.
    pub(super) fn has_left(&self, now: f64) -> bool {
        self.arrived.is_some_and(|arrived| now - arrived > LEAVES)
    }

    /// What the driver does at `now` seconds, `distance` metres along the road at `speed` m/s, for `dt` seconds.
    pub(super) fn step(
        &mut self,
        now: f64,
        distance: f64,
        speed: f64,
        route: &Route,
        random: &mut Random,
        dt: f64,
    ) {
        let since_arrival = self.arrived.map_or(f64::NEG_INFINITY, |arrived| now - arrived);
        self.ignition = match now {
            _ if now < IGNITION_ON || since_arrival > ENGINE_OFF => Ignition::Off,
            _ if (CRANKS..ENGINE_RUNS).contains(&now) => Ignition::Start,
            _ => Ignition::On,
        };
        self.has_door_open = now < CLOSES_DOOR || since_arrival > OPENS_DOOR;
        self.is_buckled = now > BUCKLES_UP && since_arrival < UNBUCKLES;
        self.is_in_drive = now > DRIVES_OFF && self.arrived.is_none();
        self.wish = if self.is_in_drive { self.drive(now, distance, speed, route, random, dt) } else { -1.0 };
    }

    fn drive(
        &mut self,
        now: f64,
        distance: f64,
        speed: f64,
        route: &Route,
        random: &mut Random,
        dt: f64,
    ) -> f64 {
        let stop = route.next_stop(self.served);
        let left = stop.at - distance;
        if left < 1.0 {
            if speed == 0.0 {
                self.stand(now, stop, dt);
            }
            return -2.0;
        }
        self.unsteadiness = self.unsteadiness * (1.0 - 0.1 * dt) + 0.02 * random.noise() * dt.sqrt();
        let wanted = route.allowed_speed(distance) * (0.97 + self.unsteadiness);
        let strongest = if speed < 14.0 { 1.9 } else { 1.2 };
        let cruising = ((wanted - speed) * 1.1).clamp(-3.2, strongest);
        let stopping = speed * speed / (2.0 * left);
        if stopping > STOPS_WITH { cruising.min(-stopping).max(-4.5) } else { cruising }
    }

    /// Waits at a stop; at the end of the road for good.
    fn stand(&mut self, now: f64, stop: Stop, dt: f64) {
        if stop.wait.is_infinite() {
            self.arrived = Some(now);
            return;
        }
        self.waits += dt;
        if self.waits > stop.wait {
            (self.waits, self.served) = (0.0, stop.at);
        }
    }
}
