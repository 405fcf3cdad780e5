//! [`PowerMachine`]: events in, states out.

use super::config::PowerConfig;
use super::lock::{LockOwner, WakeLock};
use super::reason::Reason;
use super::state::{Change, Line, Millis, PowerState};
use super::voltage::Battery;
use super::watched::Watched;

/// After so long a rest, charging begins a new parked period: an hour.
const LONG_REST_MS: u64 = 3_600_000;

/// When a device in a vehicle is awake.
///
/// - Getters: [`state`](Self::state), [`last_change`](Self::last_change), [`may_transmit`](Self::may_transmit),
///   [`may_write_flash`](Self::may_write_flash), [`battery_mv`](Self::battery_mv), [`poll_timeout`](Self::poll_timeout).
/// - What happened: the `handle_*`, in any order, each with the time. A time before the latest one is taken for the latest.
/// - Commands: [`lock`](Self::lock), [`release`](Self::release).
/// - After each of them, and at [`poll_timeout`](Self::poll_timeout): [`poll`](Self::poll) until it gives nothing.
#[derive(Clone, Debug)]
pub struct PowerMachine {
    config: PowerConfig,
    start: Millis,
    now: Millis,
    last: Change,
    told: bool,
    battery: Battery,
    ignition: Line,
    motion: Watched,
    bus: Watched,
    /// The voltage says that something charges; only while it has not been the only sign for too long.
    charging: Option<Millis>,
    /// It was the only sign for too long: it has to end before it counts again.
    charging_spent: bool,
    /// When the last sign of a running vehicle ended, and which it was.
    ended: Option<(Millis, Reason)>,
    parked_since: Millis,
    awake_ms: u64,
    /// Until when the device listens unless something new happens.
    listen_until: Millis,
    listens_for_heartbeat: bool,
    next_heartbeat: Option<Millis>,
    cut_out: bool,
    locks: [Option<(Millis, Millis)>; LockOwner::COUNT],
}

// ---- getters
impl PowerMachine {
    /// A device that has just got power, in [`PowerState::Listen`]. The configuration is taken as it is: [validate](PowerConfig::validate) it.
    #[must_use]
    pub const fn new(config: PowerConfig, now: Millis) -> Self {
        Self {
            config,
            start: now,
            now,
            last: Change { at: now, state: PowerState::Listen, reason: Reason::PowerOn },
            told: false,
            battery: Battery::new(),
            ignition: Line::Quiet,
            motion: Watched::new(now),
            bus: Watched::new(now),
            charging: None,
            charging_spent: false,
            ended: None,
            parked_since: now,
            awake_ms: 0,
            listen_until: now.plus(config.sleep_after_ms),
            listens_for_heartbeat: false,
            next_heartbeat: None,
            cut_out: false,
            locks: [None; LockOwner::COUNT],
        }
    }

    /// What the device does now.
    #[must_use]
    pub const fn state(&self) -> PowerState {
        self.last.state
    }

    /// When the state changed last, and why. Keep it: it is what a support desk asks for.
    #[must_use]
    pub const fn last_change(&self) -> Change {
        self.last
    }

    /// The voltage without its disturbances, in mV.
    #[must_use]
    pub const fn battery_mv(&self) -> Option<u32> {
        self.battery.value()
    }

    /// Whether the vehicle may be asked something: while it runs, and by a sign that our asking cannot cause. A voltage alone is none: asked for
    /// ever, some vehicles keep their converter on for ever.
    #[must_use]
    pub fn may_transmit(&self) -> bool {
        self.state() == PowerState::Active
            && (self.ignition == Line::Active
                || (self.charging.is_some()
                    && self.motion.is_fresh(self.now, self.config.quiet_ms, self.start)))
    }

    /// Whether a write to flash may begin: not below the margin, where cranking may end it.
    #[must_use]
    pub fn may_write_flash(&self) -> bool {
        self.battery.value().is_some_and(|mv| mv >= self.config.write_mv)
    }

    /// How long the device was awake in this parked period, in ms, signs of life apart.
    #[must_use]
    pub const fn awake_ms(&self) -> u64 {
        self.awake_ms
    }
}

// ---- what happened
impl PowerMachine {
    /// A sample of the battery's voltage, in mV. It holds until the next one.
    pub fn handle_battery(&mut self, now: Millis, mv: u32) {
        let now = self.advance(now);
        self.battery.sample(now, mv, &self.config);
    }

    /// The ignition line, or what stands for it on the bus.
    pub fn handle_ignition(&mut self, now: Millis, ignition: Line) {
        let now = self.advance(now);
        if self.ignition == Line::Active && ignition == Line::Quiet {
            // What is left in the battery's surface after a drive is no sign that it charges.
            (self.charging, self.charging_spent) = (None, true);
            self.ended = Some((now, Reason::IgnitionOff));
            self.park(now);
        }
        self.ignition = ignition;
    }

    /// Whether the vehicle is being moved.
    pub fn handle_motion(&mut self, now: Millis, motion: Line) {
        let now = self.advance(now);
        self.motion.set(now, motion, self.config.quiet_ms);
    }

    /// Whether the vehicle's own control units talk. Frames that answer ours, and ours, are no activity: leave them out.
    pub fn handle_can(&mut self, now: Millis, activity: Line) {
        let now = self.advance(now);
        self.bus.set(now, activity, self.config.quiet_ms);
    }

    /// Asks for time. Until the lock ends the device listens at least; a sleeping one wakes. `None` while it hibernates, when the time of this
    /// parked period is used up, and when this owner's maximum has passed.
    pub fn lock(&mut self, now: Millis, owner: LockOwner) -> Option<WakeLock> {
        let now = self.advance(now);
        if self.state() == PowerState::Hibernate || self.is_spent() {
            return None;
        }
        let place = self.locks.get_mut(owner.place())?;
        let rested = |(from, until): &(Millis, Millis)| now.since(*until) >= until.since(*from);
        if place.as_ref().is_none_or(|lock| lock.1 <= now && rested(lock)) {
            *place = Some((now, now.plus(owner.longest_ms())));
        }
        place.filter(|(_, until)| *until > now).map(|(_, until)| WakeLock { owner, until })
    }

    /// The time is not needed any more. After a pause of as long as the lock was held it may be asked for again.
    pub fn release(&mut self, now: Millis, owner: LockOwner) {
        let now = self.advance(now);
        if let Some(place) = self.locks.get_mut(owner.place()) {
            *place = place.map(|(from, until)| (from, until.min(now)));
        }
    }
}

// ---- poll
impl PowerMachine {
    /// What to do now, once for each change; the state after the start is the first.
    pub fn poll(&mut self, now: Millis) -> Option<Change> {
        self.advance(now);
        if let Some((state, reason)) = self.decide() {
            self.enter(state, reason);
        }
        (!core::mem::replace(&mut self.told, true)).then_some(self.last)
    }

    /// When to [`poll`](Self::poll) next although nothing happened: what the timer of a sleeping device is set to.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Millis> {
        let config = &self.config;
        let held = |since: Option<Millis>, ms| since.map(|since| since.plus(ms));
        let charging = self.charging.is_some();
        let lock_ends =
            self.locks.iter().flatten().map(|(_, until)| *until).filter(|until| *until > self.now).min();
        let in_state = match self.state() {
            PowerState::Active if self.ignition == Line::Active => [None; 4],
            PowerState::Active => [
                held(self.ended.map(|(since, _)| since), config.listen_after_ms),
                self.voltage_only_ends(),
                self.budget_ends(),
                None,
            ],
            PowerState::Listen => [Some(self.listen_until), lock_ends, self.budget_ends(), None],
            PowerState::Sleep => [
                self.next_heartbeat,
                Some(self.parked_since.plus(config.hibernate_after_ms)),
                self.dwell_ends(),
                None,
            ],
            PowerState::Hibernate => [None; 4],
        };
        let voltage = [
            self.battery.timeout(config),
            held(self.battery.below_cut_out(), config.cut_out_ms).filter(|_| !self.cut_out),
            held(self.battery.above_wake(), config.wake_ms).filter(|_| !charging && !self.charging_spent),
            held(self.battery.below_sleep(), config.wake_ms).filter(|_| charging || self.charging_spent),
        ];
        in_state.into_iter().chain(voltage).flatten().filter(|at| *at > self.now).min()
    }

    fn decide(&mut self) -> Option<(PowerState, Reason)> {
        let config = self.config;
        let rose = self.battery.take_rise();
        let motion_woke = core::mem::take(&mut self.motion.woke);
        let bus_woke = core::mem::take(&mut self.bus.woke);
        self.watch_charging();
        let state = self.state();
        if self.battery.below_cut_out().is_some_and(|since| self.now.since(since) >= config.cut_out_ms) {
            self.cut_out = true;
            return (state != PowerState::Hibernate).then_some((PowerState::Hibernate, Reason::CutOut));
        }
        if self.cut_out {
            if self.battery.value().is_none_or(|mv| mv < config.recover_mv) {
                return None;
            }
            self.cut_out = false;
        }
        if self.ignition == Line::Active {
            return (state != PowerState::Active).then_some((PowerState::Active, Reason::IgnitionOn));
        }
        if state == PowerState::Active {
            return self.wind_down();
        }
        if self.charging.is_some() && self.may_charging_wake() {
            return Some((PowerState::Active, Reason::Charging));
        }
        match state {
            PowerState::Listen => {
                if rose || motion_woke || bus_woke {
                    self.stay();
                }
                self.grow_tired()
            }
            PowerState::Sleep => self.wake_up(rose, motion_woke, bus_woke),
            _ => None,
        }
    }

    /// A vehicle that begins to charge after a long rest is driven again, also where no ignition line tells; one that does so every few minutes is not.
    fn may_charging_wake(&mut self) -> bool {
        let rests = matches!(self.state(), PowerState::Sleep | PowerState::Hibernate);
        if rests && self.now.since(self.last.at) >= LONG_REST_MS {
            self.park(self.now);
        }
        if self.is_spent() {
            self.spend_charging();
        }
        !self.is_spent()
    }

    /// Active without the ignition.
    fn wind_down(&mut self) -> Option<(PowerState, Reason)> {
        if self.charging.is_some() {
            self.ended = None;
            if self.is_spent() {
                self.spend_charging();
                return Some((PowerState::Sleep, Reason::BudgetSpent));
            }
            if self.voltage_only_ends().is_some_and(|at| self.now >= at) {
                self.spend_charging();
                return Some((PowerState::Listen, Reason::VoltageOnly));
            }
            return None;
        }
        let (since, reason) = *self.ended.get_or_insert((self.now, Reason::ChargingEnded));
        (self.now.since(since) >= self.config.listen_after_ms).then_some((PowerState::Listen, reason))
    }

    /// Something happened while the device listens: it does so for as long as if that had woken it.
    fn stay(&mut self) {
        if !self.is_spent() {
            self.listens_for_heartbeat = false;
            self.listen_until = self.listen_until.max(self.now.plus(self.config.sleep_after_wake_ms));
        }
    }

    fn grow_tired(&mut self) -> Option<(PowerState, Reason)> {
        if self.is_spent() && !self.listens_for_heartbeat {
            return Some((PowerState::Sleep, Reason::BudgetSpent));
        }
        let locked = self.locks.iter().flatten().any(|(_, until)| *until > self.now);
        (self.now >= self.listen_until && !locked).then_some((PowerState::Sleep, Reason::Idle))
    }

    fn wake_up(&mut self, rose: bool, motion: bool, bus: bool) -> Option<(PowerState, Reason)> {
        if self.now.since(self.parked_since) >= self.config.hibernate_after_ms {
            return Some((PowerState::Hibernate, Reason::LongParked));
        }
        let settled = self.dwell_ends().is_none_or(|at| self.now >= at);
        let locked = self.locks.iter().flatten().any(|(_, until)| *until > self.now);
        let event = [
            (rose, Reason::VoltageRise),
            (motion, Reason::Motion),
            (bus, Reason::CanActivity),
            (locked, Reason::WakeLock),
        ];
        if let Some((_, reason)) = event.into_iter().find(|(happened, _)| *happened) {
            if settled && !self.is_spent() {
                return Some((PowerState::Listen, reason));
            }
            // It came too soon to be acted on and is not to be lost: it is looked at again when the dwell is over.
            (self.motion.woke, self.bus.woke) = (motion, bus);
            self.battery.keep_rise(rose);
        }
        self.next_heartbeat
            .is_some_and(|at| self.now >= at)
            .then_some((PowerState::Listen, Reason::Heartbeat))
    }
}

// ---- inside
impl PowerMachine {
    /// Time goes on, never back.
    fn advance(&mut self, now: Millis) -> Millis {
        let now = now.max(self.now);
        if self.counts_as_awake() {
            self.awake_ms = self.awake_ms.saturating_add(now.since(self.now));
        }
        self.now = now;
        self.battery.advance(now, &self.config);
        now
    }

    fn counts_as_awake(&self) -> bool {
        let awake = matches!(self.state(), PowerState::Active | PowerState::Listen);
        awake && self.ignition == Line::Quiet && !self.listens_for_heartbeat
    }

    fn is_spent(&self) -> bool {
        self.awake_ms >= self.config.awake_max_ms
    }

    fn budget_ends(&self) -> Option<Millis> {
        let left = self.config.awake_max_ms.saturating_sub(self.awake_ms);
        (self.counts_as_awake() && left > 0).then(|| self.now.plus(left))
    }

    fn dwell_ends(&self) -> Option<Millis> {
        (self.state() == PowerState::Sleep).then(|| self.last.at.plus(self.config.dwell_ms))
    }

    /// A parked period begins.
    fn park(&mut self, now: Millis) {
        self.parked_since = now;
        self.awake_ms = 0;
        self.locks = [None; LockOwner::COUNT];
    }

    fn watch_charging(&mut self) {
        let held =
            |since: Option<Millis>| since.is_some_and(|since| self.now.since(since) >= self.config.wake_ms);
        if held(self.battery.below_sleep()) {
            (self.charging, self.charging_spent) = (None, false);
        } else if held(self.battery.above_wake()) && self.charging.is_none() && !self.charging_spent {
            self.charging = Some(self.now);
        }
    }

    /// The voltage has had its time, until it ends and comes again.
    const fn spend_charging(&mut self) {
        (self.charging, self.charging_spent) = (None, true);
    }

    /// When a voltage that nothing else confirms has had its time. Traffic on the bus is no confirmation: the converter's own control unit talks.
    fn voltage_only_ends(&self) -> Option<Millis> {
        let since = self.charging?;
        let confirmed = match self.motion.line {
            Line::Active => return None,
            Line::Quiet => self.motion.since,
        };
        Some(since.max(confirmed).plus(self.config.voltage_only_ms))
    }

    fn enter(&mut self, state: PowerState, reason: Reason) {
        let config = self.config;
        self.last = Change { at: self.now, state, reason };
        self.told = false;
        self.listens_for_heartbeat = reason == Reason::Heartbeat;
        match state {
            PowerState::Active => self.ended = None,
            PowerState::Listen => {
                let ms = match reason {
                    Reason::Heartbeat => config.heartbeat_ms,
                    Reason::IgnitionOff | Reason::ChargingEnded => config.sleep_after_ms,
                    _ => config.sleep_after_wake_ms,
                };
                self.listen_until = self.now.plus(ms);
            }
            PowerState::Sleep => self.next_heartbeat = self.heartbeat_after(),
            PowerState::Hibernate => {
                self.next_heartbeat = None;
                self.locks = [None; LockOwner::COUNT];
                (self.motion.woke, self.bus.woke) = (false, false);
                // A voltage that is high already does not wake: it has to end first.
                self.charging_spent = self.battery.above_wake().is_some();
                self.charging = None;
            }
        }
    }

    fn heartbeat_after(&self) -> Option<Millis> {
        let parked = self.now.since(self.parked_since);
        let row = self.config.heartbeats.iter().find(|row| parked < row.until_ms)?;
        Some(self.now.plus(row.every_ms))
    }
}
