//! A signal over time in bounded memory, whatever the length of the log.

use dimo_types::Timestamp;

/// Buckets kept per signal; more than the pixels a small plot has.
const BUCKETS: usize = 400;

/// What happened in one slice of time, in the order first, extremes, last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) first: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) last: f64,
}

impl Bucket {
    fn of(value: f64) -> Self {
        Self { first: value, min: value, max: value, last: value }
    }

    fn join(self, later: Self) -> Self {
        Self {
            first: self.first,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            last: later.last,
        }
    }
}

/// The values of one signal in buckets of equal width, which doubles whenever the log outgrows them.
#[derive(Debug)]
pub(crate) struct Series {
    start: Timestamp,
    width_micros: u64,
    buckets: Vec<Option<Bucket>>,
    count: u64,
    changes: u64,
    last: f64,
}

impl Series {
    /// An empty series whose time axis begins at `start`.
    pub(crate) fn new(start: Timestamp) -> Self {
        Self { start, width_micros: 10_000, buckets: Vec::new(), count: 0, changes: 0, last: f64::NAN }
    }

    /// Adds a value. Values before the start of the axis (a clock set back) are drawn at its beginning.
    pub(crate) fn push(&mut self, time: Timestamp, value: f64) {
        self.count += 1;
        self.changes += u64::from(value != self.last);
        self.last = value;
        if !value.is_finite() {
            return;
        }
        let since = u64::try_from(time.micros_since(self.start)).unwrap_or(0);
        while since / self.width_micros >= BUCKETS as u64 {
            self.halve();
        }
        let index = usize::try_from(since / self.width_micros).unwrap_or(0);
        if self.buckets.len() <= index {
            self.buckets.resize(index + 1, None);
        }
        if let Some(slot) = self.buckets.get_mut(index) {
            *slot = Some(slot.map_or(Bucket::of(value), |bucket| bucket.join(Bucket::of(value))));
        }
    }

    fn halve(&mut self) {
        self.width_micros *= 2;
        let joined = self.buckets.chunks(2).map(|pair| match pair {
            [Some(a), Some(b)] => Some(a.join(*b)),
            [one, other] => one.or(*other),
            [one] => *one,
            _ => None,
        });
        self.buckets = joined.collect();
    }

    /// How many values it was given.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// How often the value was another than the one before.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// The last value it was given.
    pub(crate) fn last(&self) -> f64 {
        self.last
    }

    /// The smallest and the largest value, if there is any.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        self.buckets.iter().flatten().map(|b| (b.min, b.max)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Seconds since `origin` and value, in drawing order: at most four points a bucket.
    pub(crate) fn points(&self, origin: Timestamp) -> Vec<(f64, f64)> {
        let width = self.width_micros as f64 / 1e6;
        let start = self.start.micros_since(origin) as f64 / 1e6;
        let mut points = Vec::new();
        for (index, bucket) in self.buckets.iter().enumerate() {
            let Some(bucket) = bucket else { continue };
            let from = start + index as f64 * width;
            for (part, value) in
                [(0.1, bucket.first), (0.4, bucket.min), (0.6, bucket.max), (0.9, bucket.last)]
            {
                if points.last().is_none_or(|(_, last)| *last != value) || part == 0.9 {
                    points.push((from + part * width, value));
                }
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_survives_however_long_the_log_is() {
        let mut series = Series::new(Timestamp::EPOCH);
        for second in 0..100_000u64 {
            let value = if second == 777 { 99.0 } else { (second % 3) as f64 };
            series.push(Timestamp::from_secs(second).unwrap(), value);
        }
        assert_eq!(series.range(), Some((0.0, 99.0)));
        assert!(series.buckets.len() <= BUCKETS);
        let (at, _) = series.points(Timestamp::EPOCH).into_iter().find(|(_, value)| *value == 99.0).unwrap();
        assert!((at - 777.0).abs() < 400.0, "drawn at {at} s");
    }

    #[test]
    fn values_that_are_no_numbers_are_counted_and_not_drawn() {
        let mut series = Series::new(Timestamp::EPOCH);
        series.push(Timestamp::EPOCH, f64::NAN);
        assert_eq!((series.count(), series.range()), (1, None));
    }
}
