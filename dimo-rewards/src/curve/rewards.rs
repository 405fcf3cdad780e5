//! [`Rewards`]: the rewards of consecutive sales, each from the one before.

use core::iter::FusedIterator;

use dimo_types::Wei;

use super::Curve;
use crate::SaleNumber;
use crate::fixed::Power;

impl Curve {
    /// The rewards of sale `first` and all after it at `price`, each floored to the wei: what [`Curve::reward`] says,
    /// several times as fast. Ends with the last sale number there is.
    ///
    /// # Example: the first three sales
    ///
    /// ```
    /// use dimo_rewards::{Curve, SaleNumber};
    /// use dimo_types::Wei;
    /// let (curve, price) = (Curve::dip4(), Wei::from_dimo(50).unwrap());
    /// let rewards: Vec<_> = curve.rewards(SaleNumber::FIRST, price).take(3).map(|reward| reward.to_string()).collect();
    /// assert_eq!(rewards, ["7.5", "7.4999925", "7.4999850000075"]);
    /// ```
    #[must_use]
    pub fn rewards(&self, first: SaleNumber, price: Wei) -> Rewards<'_> {
        Rewards {
            curve: self,
            price,
            floor: self.floor.of(price),
            next: Some(first),
            share: Power::ZERO,
            steps: 0,
            // Beyond the table nothing is left but the floor.
            at_floor: (first.get() - 1) >> Self::BITS != 0,
        }
    }

    /// The sum of the rewards of the sales from `first` to `last`, both included, at `price`: exact, since each is
    /// floored by itself. `None` beyond 2^128 wei; nothing where `last` comes before `first`.
    ///
    /// Adds one by one up to the floor of the curve, some 10 ns each. Sales at the floor are counted, however many.
    ///
    /// # Example: what all sales of a type earn
    ///
    /// ```
    /// use dimo_rewards::{Curve, SaleNumber};
    /// use dimo_types::Wei;
    /// let (curve, price) = (Curve::dip4(), Wei::from_dimo(50).unwrap());
    /// let sum = curve.sum(SaleNumber::FIRST, SaleNumber::new(3_000).unwrap(), price).unwrap();
    /// assert_eq!(sum.to_string(), "22466.294941010723448028");
    /// ```
    #[must_use]
    pub fn sum(&self, first: SaleNumber, last: SaleNumber, price: Wei) -> Option<Wei> {
        let (mut rewards, mut sum) = (self.rewards(first, price), Wei::ZERO);
        loop {
            let next = match rewards.next {
                Some(next) if next <= last => next,
                _ => return Some(sum),
            };
            if rewards.at_floor {
                let left = u128::from(last.get() - next.get()) + 1;
                return sum.checked_add(rewards.floor.checked_mul_ratio(left, 1)?);
            }
            sum = sum.checked_add(rewards.next()?)?;
        }
    }
}

/// The rewards of consecutive sales; see [`Curve::rewards`].
#[derive(Clone, Debug)]
pub struct Rewards<'a> {
    curve: &'a Curve,
    price: Wei,
    floor: Wei,
    /// The sale whose reward comes next.
    next: Option<SaleNumber>,
    /// The share of that sale, unless `steps` is 0.
    share: Power,
    /// How often the share is carried on before it is taken from the table anew.
    steps: u16,
    /// Whether a falling share was at or below the floor; then all that follow are below.
    at_floor: bool,
}

impl Rewards<'_> {
    /// Each step adds 3 to the error of a share, in 2^-128: 1,024 of them leave it so small that one reward in 10^10 is
    /// computed anew at a price of 10^24 wei.
    const STEPS: u16 = 1024;

    fn reward(&mut self, exponent: u64) -> Wei {
        if self.at_floor {
            return self.floor;
        }
        let falling =
            self.share(exponent).of(self.price.get()).map_or_else(|| self.exactly(exponent), Wei::new);
        self.at_floor = falling <= self.floor;
        falling.max(self.floor)
    }

    /// The share of the sale after `exponent` others, and the next one prepared.
    fn share(&mut self, exponent: u64) -> Power {
        if self.steps == 0 {
            self.steps = Self::STEPS;
            self.share = self.curve.falling_share(exponent);
        }
        let share = self.share;
        self.steps -= 1;
        self.share = share.times(self.curve.decay_power());
        share
    }

    #[cold]
    fn exactly(&self, exponent: u64) -> Wei {
        self.curve.falling(exponent, self.price)
    }
}

impl Iterator for Rewards<'_> {
    type Item = Wei;

    fn next(&mut self) -> Option<Wei> {
        let sale = self.next?;
        self.next = sale.get().checked_add(1).and_then(SaleNumber::new);
        Some(self.reward(sale.get() - 1))
    }
}

impl FusedIterator for Rewards<'_> {}
