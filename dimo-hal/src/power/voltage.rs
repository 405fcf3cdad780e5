//! [`Battery`]: from samples of a voltage to what they mean.

use super::config::PowerConfig;
use super::state::Millis;

/// Parts of the window in which a rise is looked for.
const PARTS: u64 = 4;

/// A voltage without its disturbances, and how long it has been where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Battery {
    /// What is believed.
    value: Option<u32>,
    /// What would be believed if it stays, and since when it is there.
    candidate: Option<(Millis, u32)>,
    /// The lowest value believed in each part of the window, the current part first.
    lows: [u32; PARTS as usize],
    part: u64,
    below_cut_out: Option<Millis>,
    /// Since when it is above the cut-out again: for a moment only, that is a disturbance too.
    recovering: Option<Millis>,
    above_wake: Option<Millis>,
    below_sleep: Option<Millis>,
    rose: bool,
}

impl Battery {
    pub(super) const fn new() -> Self {
        Self {
            value: None,
            candidate: None,
            lows: [u32::MAX; PARTS as usize],
            part: 0,
            below_cut_out: None,
            recovering: None,
            above_wake: None,
            below_sleep: None,
            rose: false,
        }
    }

    /// In mV, `None` before the first sample.
    pub(super) const fn value(&self) -> Option<u32> {
        self.value
    }

    /// A sample. Close to what is believed it is believed at once, else once it has stayed.
    pub(super) fn sample(&mut self, now: Millis, mv: u32, config: &PowerConfig) {
        self.advance(now, config);
        let step = config.rise_mv / 2;
        match self.value {
            Some(value) if value.abs_diff(mv) >= step && config.dip_ms > 0 => {
                // However it swings: as long as it stays on one side, it is no dip.
                let since = match self.candidate {
                    Some((since, candidate)) if (candidate < value) == (mv < value) => since,
                    _ => now,
                };
                self.candidate = Some((since, mv));
            }
            _ => {
                self.candidate = None;
                self.believe(now, mv, config);
            }
        }
    }

    /// Time passes, the voltage stays.
    pub(super) fn advance(&mut self, now: Millis, config: &PowerConfig) {
        if let Some((since, mv)) = self.candidate
            && now >= since.plus(config.dip_ms)
        {
            self.candidate = None;
            self.believe(since.plus(config.dip_ms), mv, config);
        }
        if self.recovering.is_some_and(|since| now >= since.plus(config.dip_ms)) {
            (self.below_cut_out, self.recovering) = (None, None);
        }
        self.turn_window(now, config);
    }

    /// When a candidate is believed, or a recovery.
    pub(super) fn timeout(&self, config: &PowerConfig) -> Option<Millis> {
        let pending = [self.candidate.map(|(since, _)| since), self.recovering];
        pending.into_iter().flatten().map(|since| since.plus(config.dip_ms)).min()
    }

    /// Since when it is below the cut-out; `None` also while it may be recovering.
    pub(super) fn below_cut_out(&self) -> Option<Millis> {
        self.below_cut_out.filter(|_| self.recovering.is_none())
    }

    pub(super) const fn above_wake(&self) -> Option<Millis> {
        self.above_wake
    }

    pub(super) const fn below_sleep(&self) -> Option<Millis> {
        self.below_sleep
    }

    /// Whether it rose since this was asked last.
    pub(super) const fn take_rise(&mut self) -> bool {
        let rose = self.rose;
        self.rose = false;
        rose
    }

    /// The rise is not to be forgotten yet.
    pub(super) const fn keep_rise(&mut self, rose: bool) {
        self.rose |= rose;
    }

    fn believe(&mut self, now: Millis, mv: u32, config: &PowerConfig) {
        self.turn_window(now, config);
        let lowest = self.lows.into_iter().min().unwrap_or(u32::MAX);
        // A battery that something charges, not one that a load has let go.
        self.rose |= mv >= config.sleep_mv && mv >= lowest.saturating_add(config.rise_mv);
        if self.rose {
            self.lows = [mv; PARTS as usize];
        }
        self.value = Some(mv);
        if let Some(low) = self.lows.first_mut() {
            *low = mv.min(*low);
        }
        if mv < config.cut_out_mv {
            self.recovering = None;
            keep(&mut self.below_cut_out, now, true);
        } else if self.below_cut_out.is_some() {
            keep(&mut self.recovering, now, true);
        }
        keep(&mut self.above_wake, now, mv >= config.wake_mv);
        keep(&mut self.below_sleep, now, mv < config.sleep_mv);
    }

    /// Begins a new part of the window for each that has passed; in all of them the voltage was what is believed.
    fn turn_window(&mut self, now: Millis, config: &PowerConfig) {
        let Some(value) = self.value else { return };
        let part = now.0 / (config.rise_ms / PARTS).max(1);
        for _ in 0..part.saturating_sub(self.part).min(PARTS) {
            self.lows.rotate_right(1);
            if let Some(low) = self.lows.first_mut() {
                *low = value;
            }
        }
        self.part = part;
    }
}

/// Since when something holds.
const fn keep(since: &mut Option<Millis>, now: Millis, holds: bool) {
    match (holds, &since) {
        (true, None) => *since = Some(now),
        (false, Some(_)) => *since = None,
        _ => {}
    }
}
