//! [`Power`]: what the board knows of the vehicle's battery and ignition, and how it sleeps.

use core::time::Duration;

use blueprint::Reset;
use blueprint::memory::PINS;
use dimo_hal::power::Line;
use dimo_hal::power_manager::{
    Error, ErrorKind, ErrorType, Part, PowerManager, ResetCause, SleepDepth, Suspension, WakeSource,
    WakeSources, Woken,
};
use embassy_time::{Instant, Timer};

use crate::port::has_stirred;

/// The pins are words that the host writes: the battery's voltage in mV, and the ignition, 1 for off. Where the host wrote nothing, the vehicle drives.
///
/// Parts have no switches here. A sleeping core waits for interrupts, and looks at its pins twenty times a second.
#[derive(Debug)]
pub struct Power {
    armed: WakeSources,
    /// Ignition and voltage when the sources were armed: what changed since then wakes.
    pins: (Line, u32),
    cause: ResetCause,
}

/// The board cannot do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this board has no switch for it")]
pub struct NoSwitch;

impl Error for NoSwitch {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoSuchPart
    }
}

/// A change of the voltage that wakes.
const RISE_MV: u32 = 500;
/// What the host wrote nothing to.
const DRIVING_MV: u32 = 14_000;
const LOOK: embassy_time::Duration = embassy_time::Duration::from_millis(50);

impl Power {
    pub(crate) const fn new() -> Self {
        Self { armed: WakeSources::NONE, pins: (Line::Active, DRIVING_MV), cause: ResetCause::Unknown }
    }

    /// The boot loader knows why the device was started.
    pub const fn started_by(&mut self, reset: Reset) {
        self.cause = match reset {
            Reset::PowerOn => ResetCause::PowerOn,
            Reset::Software => ResetCause::Software,
            Reset::Watchdog => ResetCause::Watchdog,
        };
    }

    /// What happened of what is armed.
    fn events(&self) -> WakeSources {
        let happened = [
            (WakeSource::Ignition, ignition() != self.pins.0),
            (WakeSource::Can, has_stirred()),
            (WakeSource::Voltage, voltage().abs_diff(self.pins.1) >= RISE_MV),
        ];
        let events = happened.into_iter().filter(|(_, happened)| *happened);
        events.fold(WakeSources::NONE, |all, (source, _)| all | source).and(self.armed)
    }
}

impl ErrorType for Power {
    type Error = NoSwitch;
}

impl PowerManager for Power {
    fn reset_cause(&self) -> ResetCause {
        self.cause
    }

    async fn battery_mv(&mut self) -> Result<u32, NoSwitch> {
        Ok(voltage())
    }

    async fn ignition(&mut self) -> Result<Line, NoSwitch> {
        Ok(ignition())
    }

    async fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, NoSwitch> {
        let there = WakeSource::Timer | WakeSource::Ignition | WakeSource::Can | WakeSource::Voltage;
        self.armed = sources.and(there);
        // What was before is no wake.
        let _ = has_stirred();
        self.pins = (ignition(), voltage());
        Ok(self.armed)
    }

    async fn suspend(&mut self, _part: Part) -> Result<Suspension, NoSwitch> {
        Ok(Suspension::Asleep)
    }

    async fn cut_power(&mut self, _part: Part) -> Result<(), NoSwitch> {
        Err(NoSwitch)
    }

    async fn resume(&mut self, _part: Part) -> Result<(), NoSwitch> {
        Ok(())
    }

    async fn sleep(&mut self, _depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, NoSwitch> {
        let began = Instant::now();
        loop {
            let slept = Duration::from_millis(began.elapsed().as_millis());
            let sources = self.events();
            if !sources.is_empty() {
                return Ok(Woken { sources, slept });
            }
            if longest.is_some_and(|longest| slept >= longest) {
                return Ok(Woken { sources: WakeSource::Timer.into(), slept });
            }
            Timer::after(LOOK).await;
        }
    }

    async fn power_cycle(&mut self) -> Result<(), NoSwitch> {
        Err(NoSwitch)
    }
}

fn voltage() -> u32 {
    match pin(0) {
        0 => DRIVING_MV,
        mv => mv,
    }
}

fn ignition() -> Line {
    if pin(1) == 1 { Line::Quiet } else { Line::Active }
}

#[expect(unsafe_code, reason = "memory at a fixed address")]
fn pin(number: u32) -> u32 {
    // SAFETY: RAM of the machine at a fixed address behind the flash, which no program is linked to; the host writes whole words.
    unsafe { core::ptr::read_volatile((PINS + number * 4) as *const u32) }
}
