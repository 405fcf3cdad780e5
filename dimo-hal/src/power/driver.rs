//! [`PowerDriver`]: what the machine decides, done to a board.

use core::fmt::Debug;
use core::time::Duration;

use embedded_hal_async::delay::DelayNs;
use thiserror::Error;

use super::lock::LockOwner;
use super::machine::PowerMachine;
use super::record::PowerRecord;
use super::state::{Change, Line, Millis, PowerState};
use crate::power_manager::{Part, PowerManager, SleepDepth, Suspension, WakeSource, WakeSources, Woken};

/// How a device goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "settings of a maker")]
pub struct DrivePolicy {
    /// A part that does not sleep by then is switched off.
    pub deadline: Duration,
    /// How often a part that is on its way is asked.
    pub ask_every: Duration,
    /// Where a wake source is not armed, the device wakes this often and looks for itself.
    pub look_every: Duration,
}

impl DrivePolicy {
    /// Ten seconds for a modem to leave its network, ten questions a second, a look a minute.
    pub const USUAL: Self = Self {
        deadline: Duration::from_secs(10),
        ask_every: Duration::from_millis(100),
        look_every: Duration::from_secs(60),
    };
}

/// Drives a [`PowerManager`] as a [`PowerMachine`] decides.
///
/// Call [`step`](Self::step) in a loop: whenever something happened, and when the machine's timeout is over.
///
/// # Example: a modem that does not sleep is switched off, and an event on the way down is not lost
///
/// ```
/// # #[cfg(feature = "dev")] {
/// use dimo_hal::mock::{MockDelay, MockPower};
/// use dimo_hal::power::{DrivePolicy, Millis, PowerConfig, PowerDriver, PowerMachine, Step};
/// use dimo_hal::power_manager::{Part, WakeSource, WakeSources};
/// use dimo_hal::{BlockingAsync, wait};
///
/// let mut board = MockPower::new(WakeSources::ALL);
/// board.stick(Part::Modem);
/// let mut machine = PowerMachine::new(PowerConfig::TWELVE_VOLT, Millis(0));
/// let parts = [Part::Transceivers, Part::Modem];
/// let mut driver = PowerDriver::new(BlockingAsync::new(board), &parts, DrivePolicy::USUAL);
///
/// // Parked for half an hour: it goes down, and its heartbeat wakes it.
/// let mut now = Millis(0);
/// let slept = loop {
///     match wait(driver.step(&mut machine, now, &mut MockDelay::default()))? {
///         Step::Awake { .. } => now = machine.poll_timeout().unwrap(),
///         Step::Slept { woken, .. } => break woken,
///     }
/// };
/// assert!(slept.sources.contains(WakeSource::Timer));
/// assert!(driver.record().forced().eq([Part::Modem]));
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PowerDriver<'p, P> {
    manager: P,
    parts: &'p [Part],
    policy: DrivePolicy,
    state: PowerState,
    parts_are_down: bool,
    record: PowerRecord,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a device is awake or has slept")]
pub enum Step {
    /// The device is awake.
    Awake {
        /// What changed, if anything.
        change: Option<Change>,
    },
    /// The device has slept. Step again at once.
    Slept {
        /// What changed before.
        change: Option<Change>,
        /// What woke it.
        woken: Woken,
        /// What time it is now.
        now: Millis,
    },
}

impl<'p, P: PowerManager> PowerDriver<'p, P> {
    /// For a board with these parts, all of which are awake, in the order in which they are to go down.
    pub const fn new(manager: P, parts: &'p [Part], policy: DrivePolicy) -> Self {
        let record = PowerRecord { down: None, up: None, forced: 0 };
        Self { manager, parts, policy, state: PowerState::Listen, parts_are_down: false, record }
    }

    /// Why it went down and up last. Store it when it changes.
    pub const fn record(&self) -> PowerRecord {
        self.record
    }

    /// The power manager, for what else it does.
    pub const fn manager(&mut self) -> &mut P {
        &mut self.manager
    }

    /// Tells the machine of battery and ignition, and does what it decides. If that is to sleep, the device sleeps in here, and the machine knows afterwards what woke it.
    ///
    /// A voltage that could not be measured is not told; the last one holds.
    ///
    /// # Errors
    ///
    /// [`DriveError`]; the device is awake then. Step again later.
    pub async fn step<D: DelayNs>(
        &mut self,
        machine: &mut PowerMachine,
        now: Millis,
        delay: &mut D,
    ) -> Result<Step, DriveError<P::Error>> {
        if let Ok(mv) = self.manager.battery_mv().await {
            machine.handle_battery(now, mv);
        }
        machine.handle_ignition(now, self.manager.ignition().await?);
        let change = machine.poll(now);
        if let Some(change) = change {
            self.record.note(self.state, change);
        }
        self.state = machine.state();
        match self.state {
            PowerState::Active | PowerState::Listen => {
                self.raise_parts().await?;
                Ok(Step::Awake { change })
            }
            PowerState::Sleep | PowerState::Hibernate => {
                let (woken, took) = self.go_down(machine, now, delay).await?;
                let now = now.plus(millis(took)).plus(millis(woken.slept));
                Self::report(machine, now, woken.sources);
                Ok(Step::Slept { change, woken, now })
            }
        }
    }

    /// Arms, puts the parts to sleep, sleeps. Arming comes first: what happens from then on is latched, and ends the sleep before it begins.
    async fn go_down<D: DelayNs>(
        &mut self,
        machine: &PowerMachine,
        now: Millis,
        delay: &mut D,
    ) -> Result<(Woken, Duration), DriveError<P::Error>> {
        let wanted = sources(self.state);
        let armed = self.manager.arm(wanted).await?;
        let missing = wanted.without(armed);
        let timer = machine.poll_timeout().map(|at| Duration::from_millis(at.since(now)));
        // What cannot wake is looked after by the timer.
        let blind = !missing.without(WakeSource::Timer.into()).is_empty();
        let look = blind.then_some(self.policy.look_every);
        let longest = [timer, look].into_iter().flatten().min();
        if longest.is_some() && !armed.contains(WakeSource::Timer) {
            return Err(DriveError::NotArmed { missing });
        }
        let took = self.lower_parts(delay).await?;
        let depth = if self.state == PowerState::Sleep { SleepDepth::Sleep } else { SleepDepth::Hibernate };
        let longest = longest.map(|longest| longest.saturating_sub(took));
        Ok((self.manager.sleep(depth, longest).await?, took))
    }

    /// Puts every part to sleep, or takes its power from it, and says how long it took.
    async fn lower_parts<D: DelayNs>(&mut self, delay: &mut D) -> Result<Duration, DriveError<P::Error>> {
        let mut took = Duration::ZERO;
        if self.parts_are_down {
            return Ok(took);
        }
        self.record.begin_down();
        for part in self.parts {
            loop {
                match self.manager.suspend(*part).await {
                    Ok(Suspension::Asleep) => break,
                    Ok(Suspension::Busy) if took < self.policy.deadline => {
                        let ask_every = self.policy.ask_every.max(Duration::from_millis(1));
                        delay.delay_us(u32::try_from(ask_every.as_micros()).unwrap_or(u32::MAX)).await;
                        took = took.saturating_add(ask_every);
                    }
                    // It is late, or says nothing of use.
                    Ok(Suspension::Busy) | Err(_) => {
                        self.force(*part).await?;
                        break;
                    }
                }
            }
        }
        self.parts_are_down = true;
        Ok(took)
    }

    async fn force(&mut self, part: Part) -> Result<(), DriveError<P::Error>> {
        self.record.force(part);
        if self.manager.cut_power(part).await.is_ok() {
            return Ok(());
        }
        // Nothing else is left that keeps the battery.
        let cycled = self.manager.power_cycle().await;
        cycled.map_err(|error| DriveError::Stuck { part, error })
    }

    async fn raise_parts(&mut self) -> Result<(), DriveError<P::Error>> {
        if self.parts_are_down {
            for part in self.parts.iter().rev() {
                self.manager.resume(*part).await?;
            }
            self.parts_are_down = false;
        }
        Ok(())
    }

    /// Tells the machine what woke the device. Battery and ignition are read at the next step.
    fn report(machine: &mut PowerMachine, now: Millis, sources: WakeSources) {
        for source in sources.iter() {
            match source {
                WakeSource::Motion => {
                    machine.handle_motion(now, Line::Active);
                    machine.handle_motion(now, Line::Quiet);
                }
                WakeSource::Can => {
                    machine.handle_can(now, Line::Active);
                    machine.handle_can(now, Line::Quiet);
                }
                WakeSource::Modem => {
                    let _ = machine.lock(now, LockOwner::Uplink);
                }
                WakeSource::Button => {
                    let _ = machine.lock(now, LockOwner::Pairing);
                }
                WakeSource::Plug => {
                    let _ = machine.lock(now, LockOwner::Application);
                }
                WakeSource::Timer | WakeSource::Ignition | WakeSource::Voltage => {}
            }
        }
    }
}

/// What may wake from a state.
fn sources(state: PowerState) -> WakeSources {
    match state {
        PowerState::Hibernate => {
            WakeSource::Timer | WakeSource::Ignition | WakeSource::Voltage | WakeSource::Plug
        }
        _ => WakeSources::ALL,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Why a device did not go down, or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DriveError<E: Debug> {
    /// The board failed.
    #[error("the board failed: {0:?}")]
    Board(E),
    /// Neither these sources nor a timer that would make up for them is armed: the device would not wake.
    #[error("not armed: {missing:?}")]
    NotArmed {
        /// What was asked for and is not armed.
        missing: WakeSources,
    },
    /// A part neither sleeps nor can be switched off, and the board cannot be power-cycled.
    #[error("{part:?} cannot be switched off: {error:?}")]
    Stuck {
        /// Which.
        part: Part,
        /// Why the board was not power-cycled.
        error: E,
    },
}

impl<E: crate::power_manager::Error> From<E> for DriveError<E> {
    fn from(error: E) -> Self {
        Self::Board(error)
    }
}
