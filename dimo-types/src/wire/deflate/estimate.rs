//! [`Estimate`]: how many bits symbols will take, before there is a code.

/// About how many bits say how long the code of a symbol is.
const LENGTH_BITS: u32 = 4;

/// About how many bits symbols take, and what describes their code.
#[derive(Clone, Copy, Default)]
pub(super) struct Estimate {
    total: u32,
    different: u32,
    /// The sum of [`weight`] over the counts.
    weights: u32,
}

impl Estimate {
    pub(super) fn of(counts: &[u16]) -> Self {
        counts.iter().filter(|count| **count > 0).fold(Self::default(), |sum, count| Self {
            total: sum.total + u32::from(*count),
            different: sum.different + 1,
            weights: sum.weights + weight(u32::from(*count)),
        })
    }

    /// One more of a symbol that occurred so often.
    pub(super) fn add(&mut self, count: u16) {
        let count = u32::from(count);
        self.total += 1;
        self.different += u32::from(count == 0);
        self.weights += weight(count + 1) - weight(count);
    }

    /// One less.
    pub(super) fn remove(&mut self, count: u16) {
        let count = u32::from(count);
        self.total -= 1;
        self.different -= u32::from(count == 1);
        self.weights -= weight(count) - weight(count - 1);
    }

    pub(super) fn bits(self) -> u32 {
        self.different * LENGTH_BITS + (weight(self.total).saturating_sub(self.weights) >> 4)
    }
}

/// A count times its logarithm, in 16ths.
fn weight(count: u32) -> u32 {
    (count * log2(count.max(1))) >> 4
}

/// Logarithm to base 2, in 256ths, of a number that is not 0.
pub(super) fn log2(number: u32) -> u32 {
    let whole = number.ilog2();
    // The fraction f in 256ths; log2(1 + f) is close to f + 0.344 f (1 - f).
    let fraction = if whole >= 8 { number >> (whole - 8) } else { number << (8 - whole) } & 0xFF;
    (whole << 8) + fraction + ((fraction * (256 - fraction) * 88) >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_from_one_part_to_the_other_is_estimated_as_if_counted_anew() {
        let (mut front, mut behind) = ([0u16; 3], [5u16, 1, 900]);
        let (mut one, mut other) = (Estimate::default(), Estimate::of(&behind));
        for symbol in [0, 2, 2, 1, 0, 2] {
            one.add(front[symbol]);
            other.remove(behind[symbol]);
            front[symbol] += 1;
            behind[symbol] -= 1;
            assert_eq!(one.bits(), Estimate::of(&front).bits());
            assert_eq!(other.bits(), Estimate::of(&behind).bits());
        }
    }

    #[test]
    fn logarithms_are_close() {
        for number in 1..100_000u32 {
            let exact = f64::from(number).log2() * 256.0;
            assert!((f64::from(log2(number)) - exact).abs() < 6.0, "{number}");
        }
    }
}
