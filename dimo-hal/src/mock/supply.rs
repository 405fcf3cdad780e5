//! [`Supply`]: the power of a simulated device, and when it goes.

use alloc::rc::Rc;
use core::cell::Cell;

/// What becomes of the operation during which the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CutModel {
    /// It has not begun.
    NotBegun,
    /// It is done, and nobody learns of it.
    Done,
    /// Its first bytes are done, the others as before.
    TornPrefix,
    /// Any of its bits are done, any are as before.
    RandomBits,
    /// Its bits are between the two values: each reading of one gives either, until it is erased.
    UnstableRead,
}

impl CutModel {
    /// Every model.
    pub const ALL: [Self; 5] =
        [Self::NotBegun, Self::Done, Self::TornPrefix, Self::RandomBits, Self::UnstableRead];

    /// How a table names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotBegun => "not-begun",
            Self::Done => "done",
            Self::TornPrefix => "torn-prefix",
            Self::RandomBits => "random-bits",
            Self::UnstableRead => "unstable-read",
        }
    }
}

/// What the supply says to a part that is about to do one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    On,
    GoesNow(CutModel),
    Off,
}

/// The power that the parts of a simulated device share. It counts their operations and goes at the one asked for; from then on every
/// part fails until [`restore`](Self::restore).
#[derive(Clone, Debug, Default)]
pub struct Supply(Rc<State>);

#[derive(Debug, Default)]
struct State {
    operations: Cell<u64>,
    cut: Cell<Option<(u64, CutModel)>>,
    off: Cell<bool>,
    noise: Cell<u64>,
}

impl Supply {
    /// Power that stays. `seed` decides what torn and random bits become.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let supply = Self::default();
        supply.0.noise.set(seed);
        supply
    }

    /// How many operations there were, over all parts, the one during which the power went included.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.0.operations.get()
    }

    /// The power will go during the operation after the next `operations`.
    pub fn cut_after(&self, operations: u64, model: CutModel) {
        self.0.cut.set(Some((self.operations().saturating_add(operations), model)));
    }

    /// Whether the power is gone.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.0.off.get()
    }

    /// The power is back, and stays unless it is cut again.
    pub fn restore(&self) {
        self.0.cut.set(None);
        self.0.off.set(false);
    }

    /// One operation begins.
    pub(super) fn begin(&self) -> Power {
        if self.is_off() {
            return Power::Off;
        }
        let operation = self.operations();
        self.0.operations.set(operation.saturating_add(1));
        match self.0.cut.get() {
            Some((at, model)) if at == operation => {
                self.0.off.set(true);
                Power::GoesNow(model)
            }
            _ => Power::On,
        }
    }

    /// The next number of a small generator (SplitMix64): the same for the same seed and the same calls.
    pub(super) fn noise(&self) -> u64 {
        let state = self.0.noise.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.noise.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
