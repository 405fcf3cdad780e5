//! [`ReplayWindow`]: which of the latest 64 numbers were received.

use super::number::SequenceNumber;

/// How far a record may be overtaken by others: a number is taken when fewer than this many follow it up to the highest one.
pub const WINDOW_LEN: u64 = 64;

/// The highest number received, and a bit for each of the 64 up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ReplayWindow {
    highest: Option<SequenceNumber>,
    /// Bit i: the highest number less i was received.
    seen: u64,
}

/// Why a number is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stale {
    /// It was received.
    Seen,
    /// It lies before the window.
    Old,
}

impl ReplayWindow {
    /// Whether a number is new.
    pub(super) fn check(&self, number: SequenceNumber) -> Result<(), Stale> {
        match self.age(number) {
            None => Ok(()),
            Some(age) if age >= WINDOW_LEN => Err(Stale::Old),
            Some(age) if self.seen >> age & 1 == 1 => Err(Stale::Seen),
            Some(_) => Ok(()),
        }
    }

    /// Marks a number, which [`check`](Self::check) found new, as received.
    pub(super) fn mark(&mut self, number: SequenceNumber) {
        match self.age(number) {
            Some(age) if age < WINDOW_LEN => self.seen |= 1 << age,
            Some(_) => {}
            None => {
                let ahead = self.highest.map_or(WINDOW_LEN, |highest| number.get() - highest.get());
                let shifted = if ahead < WINDOW_LEN { self.seen << ahead } else { 0 };
                (self.highest, self.seen) = (Some(number), shifted | 1);
            }
        }
    }

    /// The lowest number that can still be taken.
    pub(super) fn floor(&self) -> u64 {
        self.highest.map_or(0, |highest| highest.get().saturating_sub(WINDOW_LEN - 1))
    }

    pub(super) const fn highest(&self) -> Option<SequenceNumber> {
        self.highest
    }

    /// How far behind the highest number; `None` above it.
    fn age(&self, number: SequenceNumber) -> Option<u64> {
        self.highest.and_then(|highest| highest.get().checked_sub(number.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Keeps every number it ever took.
    #[derive(Default)]
    struct Naive(BTreeSet<u64>);

    impl Naive {
        fn take(&mut self, number: u64) -> Result<(), Stale> {
            match self.0.last().copied() {
                Some(highest) if number + WINDOW_LEN <= highest => Err(Stale::Old),
                _ if !self.0.insert(number) => Err(Stale::Seen),
                _ => Ok(()),
            }
        }
    }

    fn numbers() -> impl Strategy<Value = Vec<u64>> {
        // Around a place: near enough for reordering and duplicates, far enough for loss; at both ends of the numbers.
        let place = prop_oneof![Just(0), 0..SequenceNumber::MAX.get(), Just(SequenceNumber::MAX.get() - 400)];
        place.prop_flat_map(|place| {
            let near = move |by: u64| (place + by).min(SequenceNumber::MAX.get());
            prop::collection::vec(prop_oneof![8 => 0..100u64, 2 => 0..400u64].prop_map(near), 1..200)
        })
    }

    proptest! {
        #[test]
        fn the_window_takes_what_a_complete_memory_takes(numbers in numbers()) {
            let (mut window, mut naive) = (ReplayWindow::default(), Naive::default());
            for number in numbers {
                let sequence = SequenceNumber::new(number).unwrap();
                let answer = window.check(sequence);
                prop_assert_eq!(answer, naive.take(number));
                if answer.is_ok() {
                    window.mark(sequence);
                }
                prop_assert_eq!(window.highest().map(SequenceNumber::get), naive.0.last().copied());
            }
        }
    }

    #[test]
    fn the_window_holds_exactly_64_numbers() {
        let number = |n| SequenceNumber::new(n).unwrap();
        let mut window = ReplayWindow::default();
        window.mark(number(100));
        assert_eq!(window.floor(), 37);
        assert_eq!(window.check(number(37)), Ok(()));
        assert_eq!(window.check(number(36)), Err(Stale::Old));
        window.mark(number(37));
        assert_eq!(window.check(number(37)), Err(Stale::Seen));
        window.mark(number(101));
        assert_eq!(window.check(number(37)), Err(Stale::Old));
        assert_eq!(window.check(number(100)), Err(Stale::Seen));
        window.mark(number(101 + 64));
        assert_eq!(window.check(number(102)), Ok(()));
    }

    #[test]
    fn what_lies_before_the_window_marks_nothing_in_it() {
        let number = |n| SequenceNumber::new(n).unwrap();
        let mut window = ReplayWindow::default();
        window.mark(number(100));
        let before = window;
        for old in [0, 20, 36] {
            window.mark(number(old));
            assert_eq!(window, before, "{old}");
        }
    }
}
