//! Thins readings out: at most one per signal and interval.

use dimo_types::{SignalIndex, Timestamp};

/// Remembers when each signal was last kept.
#[derive(Debug)]
pub(crate) struct MinInterval {
    micros: u64,
    last_kept: Vec<Option<Timestamp>>,
}

impl MinInterval {
    /// Keeps every reading when `millis` is 0.
    pub(crate) fn from_millis(millis: u64, signals: usize) -> Self {
        Self { micros: millis.saturating_mul(1000), last_kept: vec![None; signals] }
    }

    /// Whether to keep the reading of `signal` at `time`. The first of each signal is kept. A clock that jumps back by
    /// more than the interval starts a new interval, so that nothing is lost until it catches up.
    pub(crate) fn keeps(&mut self, signal: SignalIndex, time: Timestamp) -> bool {
        let Some(last) = self.last_kept.get_mut(usize::from(signal.0)) else { return true };
        let keep = last.is_none_or(|last| time.micros_since(last).unsigned_abs() >= self.micros);
        if keep {
            *last = Some(time);
        }
        keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(interval_ms: u64, millis: &[u64]) -> Vec<u64> {
        let mut interval = MinInterval::from_millis(interval_ms, 1);
        let at = |ms: &u64| Timestamp::from_millis(*ms).unwrap();
        millis.iter().copied().filter(|ms| interval.keeps(SignalIndex(0), at(ms))).collect()
    }

    #[test]
    fn an_interval_of_zero_keeps_every_reading_even_when_time_runs_backwards() {
        assert_eq!(kept(0, &[5, 5, 3, 4]), [5, 5, 3, 4]);
    }

    #[test]
    fn the_first_reading_counts_and_the_next_comes_a_full_interval_later() {
        assert_eq!(kept(100, &[1000, 1099, 1100, 1150, 1199, 1200]), [1000, 1100, 1200]);
    }

    #[test]
    fn jitter_backwards_gives_no_second_reading_but_a_clock_set_back_does() {
        assert_eq!(kept(100, &[1000, 999, 100, 150, 200]), [1000, 100, 200]);
    }
}
