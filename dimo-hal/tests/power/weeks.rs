//! Weeks in the life of a vehicle: a battery that our current drains, drives, chargers, noise and cranking.

use dimo_hal::power::{Line, PowerConfig, PowerState, Reason};
use proptest::prelude::*;

use crate::bench::{Bench, DAY, HOUR, MINUTE, SECOND};

/// One thing that happens to a vehicle.
#[derive(Clone, Debug)]
enum Event {
    Drive {
        minutes: u64,
    },
    Park {
        hours: u64,
    },
    /// A converter or a charger lifts the voltage, for as long as it pleases.
    Charge {
        hours: u64,
    },
    /// Wind, a ferry, children: motion again and again.
    Shaken {
        times: u64,
    },
    /// Doors, a key near by: the bus wakes again and again.
    Chatter {
        times: u64,
    },
    Crank,
    /// Somebody left the ignition on.
    KeyLeftOn {
        hours: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (5..180u64).prop_map(|minutes| Event::Drive { minutes }),
        (1..300u64).prop_map(|hours| Event::Park { hours }),
        (1..20u64).prop_map(|hours| Event::Charge { hours }),
        (1..60u64).prop_map(|times| Event::Shaken { times }),
        (1..60u64).prop_map(|times| Event::Chatter { times }),
        Just(Event::Crank),
        (1..30u64).prop_map(|hours| Event::KeyLeftOn { hours }),
    ]
}

/// A lead-acid battery of 50 Ah in microampere hours, with what the vehicle itself draws.
struct Vehicle {
    bench: Bench,
    charge: i64,
    noise: u64,
    /// Time and charge that our device took while the vehicle stood and nothing charged it.
    parked_ms: u64,
    parked_ua_ms: u128,
    /// Below the cut-out for so long while our device was awake.
    below_ms: u64,
}

const FULL: i64 = 50_000_000;
const PARASITIC_UA: i64 = 25_000;

impl Vehicle {
    fn new(charge_percent: i64, noise: u64) -> Self {
        let bench = Bench::new(PowerConfig::TWELVE_VOLT);
        Self { bench, charge: FULL * charge_percent / 100, noise, parked_ms: 0, parked_ua_ms: 0, below_ms: 0 }
    }

    /// 11.6 V empty, 12.7 V full, with a little noise.
    fn rest_mv(&mut self) -> u32 {
        self.noise =
            self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let noise = i64::try_from(self.noise >> 58).unwrap() - 32;
        u32::try_from((11_600 + 1_100 * self.charge / FULL + noise).max(6_000)).unwrap()
    }

    fn own_ua(&self) -> u32 {
        let currents = PowerConfig::TWELVE_VOLT.currents;
        match self.bench.state() {
            PowerState::Active => currents.active,
            PowerState::Listen => currents.listen,
            PowerState::Sleep => currents.sleep,
            PowerState::Hibernate => currents.hibernate,
        }
    }

    /// One step of at most five minutes, at rest or on a charger.
    fn step(&mut self, ms: u64, charger_mv: Option<u32>) {
        let rest = self.rest_mv();
        let mv = charger_mv.unwrap_or(rest);
        self.bench.battery(mv);
        let own = self.own_ua();
        self.bench.wait(ms);
        let drawn = i64::from(own) + PARASITIC_UA;
        let hours = |ua: i64| ua * i64::try_from(ms).unwrap() / i64::try_from(HOUR).unwrap();
        match charger_mv {
            Some(_) => self.charge = (self.charge + hours(5_000_000)).min(FULL),
            None => {
                self.charge = (self.charge - hours(drawn)).max(0);
                self.parked_ms += ms;
                self.parked_ua_ms += u128::from(own) * u128::from(ms);
                // A sample is as old as the step before the cut-out's time is over.
                let awake = self.bench.state() != PowerState::Hibernate;
                self.below_ms = if mv < 12_200 && awake { self.below_ms + ms } else { 0 };
            }
        }
    }

    fn rest(&mut self, hours: u64) {
        (0..hours * 12).for_each(|_| self.step(5 * MINUTE, None));
    }

    fn live(&mut self, event: &Event) {
        match *event {
            Event::Drive { minutes } => {
                self.live(&Event::Crank);
                self.bench.ignition(Line::Active);
                self.bench.motion(Line::Active);
                self.bench.bus(Line::Active);
                (0..minutes).for_each(|_| self.step(MINUTE, Some(14_100)));
                self.bench.ignition(Line::Quiet);
                self.bench.motion(Line::Quiet);
                self.bench.bus(Line::Quiet);
                self.step(MINUTE, Some(12_950));
            }
            Event::Park { hours } => self.rest(hours),
            Event::Charge { hours } => (0..hours * 12).for_each(|_| self.step(5 * MINUTE, Some(13_700))),
            Event::Shaken { times } => (0..times).for_each(|_| {
                self.bench.motion(Line::Active);
                self.step(30 * SECOND, None);
                self.bench.motion(Line::Quiet);
                self.step(4 * MINUTE, None);
            }),
            Event::Chatter { times } => (0..times).for_each(|_| {
                self.bench.bus(Line::Active);
                self.step(MINUTE, None);
                self.bench.bus(Line::Quiet);
                self.step(5 * MINUTE, None);
            }),
            Event::Crank => {
                self.bench.battery(7_500);
                self.bench.wait(80);
                self.step(SECOND, None);
            }
            Event::KeyLeftOn { hours } => {
                self.bench.ignition(Line::Active);
                self.rest(hours);
                self.bench.ignition(Line::Quiet);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Below the cut-out nothing but hibernation, and no flapping: a change for each cause at most, and heartbeats.
    #[test]
    fn no_life_drains_a_battery_or_flaps(
        events in prop::collection::vec(event(), 1..14),
        charge_percent in 30..100i64,
        noise in any::<u64>(),
    ) {
        let mut vehicle = Vehicle::new(charge_percent, noise);
        let mut causes = 4;
        for event in &events {
            vehicle.live(event);
            causes += match event {
                Event::Shaken { times } | Event::Chatter { times } => 2 * usize::try_from(*times).unwrap() + 4,
                _ => 8,
            };
            prop_assert!(vehicle.below_ms <= 10 * MINUTE, "awake below the cut-out for {} ms", vehicle.below_ms);
        }
        let beats = vehicle.bench.reasons().iter().filter(|reason| **reason == Reason::Heartbeat).count();
        prop_assert!(vehicle.bench.changes.len() <= causes + 2 * beats, "{:?}", vehicle.bench.changes);
    }

    /// Left alone, whatever shakes it and whatever talks on its bus, a vehicle gives us 5 mA on average and less.
    #[test]
    fn a_parked_vehicle_gives_five_milliamperes_at_most(
        nuisances in prop::collection::vec(prop_oneof![
            (1..60u64).prop_map(|times| Event::Shaken { times }),
            (1..60u64).prop_map(|times| Event::Chatter { times }),
            (1..48u64).prop_map(|hours| Event::Park { hours }),
        ], 0..10),
        noise in any::<u64>(),
    ) {
        let mut vehicle = Vehicle::new(100, noise);
        vehicle.live(&Event::Drive { minutes: 30 });
        (vehicle.parked_ms, vehicle.parked_ua_ms) = (0, 0);
        for nuisance in &nuisances {
            vehicle.live(nuisance);
        }
        vehicle.rest(5 * DAY / HOUR);
        let average = vehicle.parked_ua_ms / u128::from(vehicle.parked_ms);
        prop_assert!(average <= 5_000, "{average} microampere");
    }
}
