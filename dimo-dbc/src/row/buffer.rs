//! [`RowBuffer`] and [`Row`]: where the values of a frame lie.

use alloc::vec;
use alloc::vec::Vec;

use dimo_types::SignalIndex;

use crate::row::lanes::WIDTH;

/// Room for one row, used again for every frame.
#[derive(Clone, Debug, Default)]
pub struct RowBuffer {
    pub(crate) values: Vec<[f64; WIDTH]>,
    /// Of rows that do not have all signals of their variant.
    pub(crate) signals: Vec<SignalIndex>,
}

impl RowBuffer {
    /// For rows of at most that many signals; it grows where that is too few.
    pub(crate) fn new(signals: usize) -> Self {
        Self { values: vec![[0.0; WIDTH]; signals.div_ceil(WIDTH)], signals: Vec::with_capacity(signals) }
    }

    /// Room for `width` eights.
    #[inline(always)]
    pub(crate) fn room(&mut self, width: usize) -> Option<&mut [[f64; WIDTH]]> {
        if self.values.len() < width {
            self.widen(width);
        }
        self.values.get_mut(..width)
    }

    #[cold]
    fn widen(&mut self, width: usize) {
        self.values.resize(width, [0.0; WIDTH]);
    }

    /// The row of the signals in the buffer, with zeros behind them.
    pub(crate) fn row(&mut self) -> Option<Row<'_>> {
        let (count, width) = (self.signals.len(), self.signals.len().div_ceil(WIDTH));
        let values = self.values.get_mut(..width)?;
        values.as_flattened_mut().iter_mut().skip(count).for_each(|value| *value = 0.0);
        Some(Row { signals: &self.signals, values })
    }
}

/// The signals that one frame holds, in DBC order.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    pub(crate) signals: &'r [SignalIndex],
    pub(crate) values: &'r [[f64; WIDTH]],
}

impl<'r> Row<'r> {
    /// Which signals there are.
    #[inline]
    #[must_use]
    pub const fn signals(&self) -> &'r [SignalIndex] {
        self.signals
    }

    /// Their physical values, in the order of [`Row::signals`]: the same as [`Sample::physical`](crate::Sample::physical).
    #[inline]
    #[must_use]
    pub fn values(&self) -> &'r [f64] {
        self.values.as_flattened().get(..self.signals.len()).unwrap_or_default()
    }

    /// The values in eights for vector code, with zeros behind the last one.
    #[inline]
    #[must_use]
    pub const fn eights(&self) -> &'r [[f64; 8]] {
        self.values
    }

    /// Signals and values together.
    pub fn iter(&self) -> impl Iterator<Item = (SignalIndex, f64)> + use<'r> {
        self.signals.iter().copied().zip(self.values().iter().copied())
    }
}
