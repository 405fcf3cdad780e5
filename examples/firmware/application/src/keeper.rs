//! What keeps the device: [`sleep_and_wake`], and [`feed`] for the watchdog.

use dimo_hal::power::{DrivePolicy, Line, LockOwner, Millis, PowerConfig, PowerDriver, PowerMachine};
use dimo_hal::power_manager::Part;
use dimo_hal::{PowerManager as _, Watchdog as _};
use embassy_time::{Delay, Duration, Instant, Timer};

use crate::event::Event;
use crate::hardware::Hardware;
use crate::world::{Power, World};
use crate::{bus, uplink};

/// How often voltage and ignition are looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(200);
/// How often the watchdog is fed.
const FEED: Duration = Duration::from_millis(1_500);
/// A part that has shown no sign of life for so long is stuck: the longest wait for a modem or a broker, and some.
const SILENCE: Duration = Duration::from_secs(90);

/// Drives the board's power as the machine decides, for ever.
pub(crate) async fn sleep_and_wake<H: Hardware>(world: &World<H>, power: H::Power, config: PowerConfig) {
    let parts = [Part::Transceivers, Part::Modem, Part::Gnss];
    let mut driver = PowerDriver::new(power, &parts, DrivePolicy::USUAL);
    let mut machine = PowerMachine::new(config, now());
    let mut line = None;
    loop {
        machine.handle_can(now(), if world.bus_talks.take() { Line::Active } else { Line::Quiet });
        if let Ok(mv) = driver.manager().battery_mv().await {
            machine.handle_battery(now(), mv);
        }
        if let Ok(ignition) = driver.manager().ignition().await {
            machine.handle_ignition(now(), ignition);
            line = Some(ignition);
        }
        keep_awake(world, &mut machine);
        // The others see where it goes before it sleeps.
        let mut ahead = machine.clone();
        if let Some(change) = ahead.poll(now()) {
            world.tell(Event::Power(change));
        }
        tell(world, &ahead, line);
        // A part that fails is asked again.
        let _ = driver.step(&mut machine, now(), &mut Delay).await;
        tell(world, &machine, line);
        Timer::after(LOOK).await;
    }
}

/// As long as a phone has asked for, and the machine lets it.
fn keep_awake<H: Hardware>(world: &World<H>, machine: &mut PowerMachine) {
    let wanted = world.awake_until.get().filter(|until| *until > now());
    let Some(until) = wanted else {
        if world.awake_until.take().is_some() {
            machine.release(now(), LockOwner::Pairing);
        }
        world.held_until.set(None);
        return;
    };
    let lock = machine.lock(now(), LockOwner::Pairing);
    world.held_until.set(lock.map(|lock| lock.until.min(until)));
}

fn tell<H: Hardware>(world: &World<H>, machine: &PowerMachine, ignition: Option<Line>) {
    let (state, may_ask, battery_mv) = (machine.state(), machine.may_transmit(), machine.battery_mv());
    world.power.set(Power { state, may_ask, battery_mv, ignition });
}

/// Since the start.
pub(crate) fn now() -> Millis {
    Millis(Instant::now().as_millis())
}

/// Feeds the watchdog as long as every part lives, and tells how far the stack has grown, for ever.
pub(crate) async fn feed<H: Hardware>(world: &World<H>, mut watchdog: H::Watchdog, stack_used: fn() -> u32) {
    let all = 1 << bus::PART | 1 << uplink::PART;
    let mut seen = Instant::now();
    let mut deepest = 0;
    loop {
        let deep = stack_used();
        if deep > deepest {
            deepest = deep;
            world.tell(Event::Stack(deep));
        }
        if world.alive.get() & all == all {
            world.alive.set(0);
            seen = Instant::now();
        }
        if seen.elapsed() < SILENCE {
            // Nobody can be told that it was not fed; the watchdog itself does.
            let _ = watchdog.feed().await;
        }
        Timer::after(FEED).await;
    }
}
