//! Groups readings into the batches that a device sends.

use dimo_types::{Reading, Timestamp};

/// As long as today's devices collect before they send, in microseconds.
const SPAN_MICROS: i64 = 20_000_000;
/// A batch never holds more, so that a log whose clock stands still cannot fill the memory.
const MAX_READINGS: usize = 1 << 16;

/// Collects readings until a batch is full.
#[derive(Debug, Default)]
pub(crate) struct Batcher<'p> {
    span: Option<Span>,
    readings: Vec<Reading<'p>>,
}

/// The earliest and the latest time in a batch; a log may run backwards.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    fn at(time: Timestamp) -> Self {
        Self { from: time, to: time }
    }

    fn with(self, time: Timestamp) -> Self {
        Self { from: self.from.min(time), to: self.to.max(time) }
    }
}

impl<'p> Batcher<'p> {
    /// Tells that the frame of `time` comes next; returns the readings before it when they make a batch of their own:
    /// because with it they would span 20 s, or because there are too many.
    pub(crate) fn advance(&mut self, time: Timestamp) -> Option<Vec<Reading<'p>>> {
        let span = self.span.map_or(Span::at(time), |span| span.with(time));
        if span.to.micros_since(span.from) < SPAN_MICROS && self.readings.len() < MAX_READINGS {
            self.span = Some(span);
            return None;
        }
        self.span = Some(Span::at(time));
        self.finish()
    }

    /// Adds a reading to the batch.
    pub(crate) fn push(&mut self, reading: Reading<'p>) {
        self.readings.push(reading);
    }

    /// The readings collected so far, if any.
    pub(crate) fn finish(&mut self) -> Option<Vec<Reading<'p>>> {
        (!self.readings.is_empty()).then(|| std::mem::take(&mut self.readings))
    }
}

#[cfg(test)]
mod tests {
    use dimo_types::{SignalIndex, SignalValue};

    use super::*;

    /// The times, in ms, of the readings of each batch.
    fn batches(millis: &[u64]) -> Vec<Vec<u64>> {
        let mut batcher = Batcher::default();
        let mut batches = Vec::new();
        for ms in millis {
            let time = Timestamp::from_millis(*ms).unwrap();
            batches.extend(batcher.advance(time));
            batcher.push(Reading { time, signal: SignalIndex(0), value: SignalValue::Bool(true) });
        }
        batches.extend(batcher.finish());
        batches.iter().map(|batch| batch.iter().map(|reading| reading.time.as_millis()).collect()).collect()
    }

    #[test]
    fn a_batch_spans_less_than_twenty_seconds() {
        assert_eq!(
            batches(&[1000, 20_999, 21_000, 50_000]),
            [vec![1000, 20_999], vec![21_000], vec![50_000]]
        );
    }

    #[test]
    fn a_clock_set_far_back_begins_a_new_batch_and_no_reading_is_lost() {
        assert_eq!(batches(&[50_000, 51_000, 3000, 3500]), [vec![50_000, 51_000], vec![3000, 3500]]);
    }

    #[test]
    fn a_log_that_runs_backwards_is_batched_like_any_other() {
        assert_eq!(batches(&[40_000, 30_000, 20_001, 20_000]), [vec![40_000, 30_000, 20_001], vec![20_000]]);
    }

    #[test]
    fn no_readings_make_no_batch() {
        assert!(batches(&[]).is_empty());
    }
}
