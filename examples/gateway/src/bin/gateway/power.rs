//! [`Power`]: battery and ignition, where the computer knows of them.

use core::time::Duration;

use dimo_hal::blocking::PowerManager as _;
use dimo_hal::host::SysfsPower;
use dimo_hal::power::{Line, PowerConfig};
use dimo_hal::power_manager::{
    Error, ErrorKind, ErrorType, Part, PowerManager, ResetCause, SleepDepth, Suspension, WakeSource,
    WakeSources, Woken,
};
use embassy_time::{Instant, Timer};

use crate::settings::{BatteryKind, PowerSettings};

/// How often a sleeping gateway looks at its ignition.
const LOOK: embassy_time::Duration = embassy_time::Duration::from_millis(100);

/// What the computer knows.
pub(crate) enum Power {
    /// Nothing: no voltage, and an ignition that counts as off, so that a parked vehicle is never asked.
    Always,
    /// Files of the system's, and what was armed.
    Files(SysfsPower, WakeSources),
}

impl Power {
    pub(crate) fn of(settings: &PowerSettings) -> Self {
        match settings {
            PowerSettings::Always => Self::Always,
            PowerSettings::Files { voltage, ignition, .. } => {
                Self::Files(SysfsPower::new(voltage.clone(), ignition.clone()), WakeSources::NONE)
            }
        }
    }
}

/// When it sleeps: where nothing is known of the battery, never.
pub(crate) const fn config(settings: &PowerSettings) -> PowerConfig {
    const NEVER: u64 = PowerConfig::LONGEST_MS;
    match settings {
        PowerSettings::Always => PowerConfig {
            sleep_after_ms: NEVER,
            sleep_after_wake_ms: NEVER,
            awake_max_ms: NEVER,
            hibernate_after_ms: NEVER,
            ..PowerConfig::TWELVE_VOLT
        },
        PowerSettings::Files { battery: BatteryKind::TwelveVolt, .. } => PowerConfig::TWELVE_VOLT,
        PowerSettings::Files { battery: BatteryKind::TwentyFourVolt, .. } => PowerConfig::TWENTY_FOUR_VOLT,
        PowerSettings::Files { battery: BatteryKind::Electric, .. } => PowerConfig::ELECTRIC,
    }
}

/// The computer does not know, or cannot do it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the computer has nothing for it: {0:?}")]
pub(crate) struct Unknown(ErrorKind);

impl Error for Unknown {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

fn told<T, E: Error>(result: Result<T, E>) -> Result<T, Unknown> {
    result.map_err(|error| Unknown(error.kind()))
}

impl ErrorType for Power {
    type Error = Unknown;
}

impl PowerManager for Power {
    fn reset_cause(&self) -> ResetCause {
        ResetCause::Unknown
    }

    async fn battery_mv(&mut self) -> Result<u32, Unknown> {
        match self {
            Self::Always => Err(Unknown(ErrorKind::Measurement)),
            Self::Files(files, _) => told(files.battery_mv()),
        }
    }

    async fn ignition(&mut self) -> Result<Line, Unknown> {
        match self {
            Self::Always => Ok(Line::Quiet),
            Self::Files(files, _) => told(files.ignition()),
        }
    }

    async fn arm(&mut self, sources: WakeSources) -> Result<WakeSources, Unknown> {
        match self {
            Self::Always => Ok(sources.and(WakeSource::Timer.into())),
            Self::Files(files, armed) => {
                // The timer lets it look now and then.
                let there = told(files.arm(sources | WakeSource::Timer))?;
                *armed = there.and(sources);
                Ok(*armed)
            }
        }
    }

    async fn suspend(&mut self, _: Part) -> Result<Suspension, Unknown> {
        Ok(Suspension::Asleep)
    }

    async fn cut_power(&mut self, _: Part) -> Result<(), Unknown> {
        Err(Unknown(ErrorKind::NoSuchPart))
    }

    async fn resume(&mut self, _: Part) -> Result<(), Unknown> {
        Ok(())
    }

    /// Does nothing for a while, and lets the rest of the device go on meanwhile.
    async fn sleep(&mut self, depth: SleepDepth, longest: Option<Duration>) -> Result<Woken, Unknown> {
        let began = Instant::now();
        loop {
            let slept = Duration::from_micros(began.elapsed().as_micros());
            if let Self::Files(files, _) = self {
                let woken = told(files.sleep(depth, Some(Duration::ZERO)))?;
                if woken.sources.contains(WakeSource::Ignition) {
                    return Ok(Woken { sources: woken.sources, slept });
                }
            }
            if longest.is_some_and(|longest| slept >= longest) {
                return Ok(Woken { sources: WakeSource::Timer.into(), slept });
            }
            Timer::after(LOOK).await;
        }
    }

    async fn power_cycle(&mut self) -> Result<(), Unknown> {
        Err(Unknown(ErrorKind::Unsupported))
    }
}

#[cfg(test)]
mod tests {
    use dimo_hal::power::{Millis, PowerMachine, PowerState};
    use dimo_hal::wait;

    use super::*;

    const YEAR_MS: u64 = 365 * 24 * 3_600_000;

    #[test]
    fn a_gateway_that_knows_nothing_of_its_vehicle_never_sleeps_and_never_asks_it() {
        let mut power = Power::of(&PowerSettings::Always);
        let mut machine = PowerMachine::new(config(&PowerSettings::Always), Millis(0));
        assert_eq!(config(&PowerSettings::Always).validate(), Ok(()));
        for hour in 0..YEAR_MS / 3_600_000 {
            let now = Millis(hour * 3_600_000);
            assert!(wait(power.battery_mv()).is_err());
            if let Ok(ignition) = wait(power.ignition()) {
                machine.handle_ignition(now, ignition);
            }
            // The vehicle talks half of the day.
            machine.handle_can(now, if hour % 24 < 12 { Line::Active } else { Line::Quiet });
            while machine.poll(now).is_some() {}
            assert!(
                matches!(machine.state(), PowerState::Listen | PowerState::Active),
                "{:?}",
                machine.state()
            );
            assert!(!machine.may_transmit());
        }
    }
}
