//! [`Curve`]: the share of a minting NFT's price that DIMO Integrations earns, falling with every sale.

use core::fmt;

use dimo_types::Wei;
use rust_decimal::Decimal;
use thiserror::Error;

use crate::fixed::{Fraction, Power, Wide};
use crate::{BasisPoints, SaleNumber};

mod exact;
mod rewards;

pub use rewards::Rewards;

/// The reverse bonding curve `max(floor, ceiling x decay^(n-1))` of DIP-4, exact to the wei.
///
/// DIP-4, Rewards Calculation for DIMO Integrations Team: "Price of NFT * maximum of (0.1% OR 15% * (99.9999% ^ (# of
/// that NFT type sold - 1)))", a curve for each device type. Build it once; a value costs less than a microsecond.
///
/// # How it is exact
///
/// `ceiling x decay^(n-1)` is multiplied together from a table of `decay^1, decay^2, decay^4, ...` with 128 binary
/// places and a counted error of at most 86 in the last of them, so that the reward is known to lie in an interval. Where
/// both ends of the interval floor to the same wei, that is the reward; even at a price of 1,000,000 $DIMO all but about
/// one in 10^12 cases end here. The others are multiplied again with 256 places, and if need be with 512, 1024, ... That
/// ends, because the reward before flooring is a fraction with the denominator `10^(6(n-1) + 4)`: once the interval is
/// narrower than one such step and still contains a whole number, the reward *is* that whole number. From `n = 2^28 + 1`
/// on there is nothing to multiply: `0.999999^(2^28)` is below 2^-387, which leaves nothing of 2^128 wei.
///
/// # Example: the first sale, a late one, and the floor
///
/// ```
/// use dimo_rewards::{Curve, SaleNumber};
/// use dimo_types::Wei;
/// let (curve, price) = (Curve::dip4(), Wei::from_dimo(50).unwrap());
/// let reward = |n| curve.reward(SaleNumber::new(n).unwrap(), price).to_string();
/// assert_eq!(reward(1), "7.5");
/// assert_eq!(reward(100_000), "6.786287082242529551");
/// assert_eq!(reward(5_010_634), "0.05");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Curve {
    ceiling: BasisPoints,
    floor: BasisPoints,
    decay: u32,
    /// The ceiling as a share.
    start: Wide,
    /// `decay^(2^i)`.
    powers: [Wide; Self::BITS],
}

impl Curve {
    /// Parts in the whole of a decay.
    pub const PER_MILLION: u32 = 1_000_000;
    /// Bits of an exponent that leaves anything of a price. The slowest decay is 0.999999, and
    /// `0.999999^(2^28) < e^-268 < 2^-387`.
    const BITS: usize = 28;

    /// A curve that starts at `ceiling`, keeps `decay` millionths of itself with every sale, and never pays less than
    /// `floor`.
    ///
    /// # Errors
    ///
    /// [`CurveError`] when the floor is above the ceiling, or the decay is not from 1 to 999,999.
    pub fn new(ceiling: BasisPoints, floor: BasisPoints, decay: u32) -> Result<Self, CurveError> {
        if floor > ceiling {
            return Err(CurveError::FloorAboveCeiling { ceiling, floor });
        }
        if decay == 0 || decay >= Self::PER_MILLION {
            return Err(CurveError::Decay { decay });
        }
        Ok(Self::tabulate(ceiling, floor, decay))
    }

    /// The curve of DIP-4: from 15 % down to 0.1 %, by 99.9999 % with every sale.
    #[must_use]
    pub fn dip4() -> Self {
        Self::tabulate(BasisPoints::known(1_500), BasisPoints::known(10), 999_999)
    }

    /// Squares `decay` with 320 places and keeps the highest 256.
    ///
    /// With `e` units of error a square has `2e + 1`, so the last entry has less than 2^28 of them, a small part of a
    /// place kept. With what is dropped the error of each entry is below 2 places kept.
    fn tabulate(ceiling: BasisPoints, floor: BasisPoints, decay: u32) -> Self {
        let mut power = Fraction::ratio(u64::from(decay), u64::from(Self::PER_MILLION), 5);
        let powers = core::array::from_fn(|_| {
            let entry = power.wide();
            power = power.times(&power);
            entry
        });
        let start = Fraction::ratio(u64::from(ceiling.get()), u64::from(BasisPoints::WHOLE), 4).wide();
        Self { ceiling, floor, decay, start, powers }
    }

    /// The share of the first sale.
    #[must_use]
    pub const fn ceiling(&self) -> BasisPoints {
        self.ceiling
    }

    /// The share that no sale falls below.
    #[must_use]
    pub const fn floor(&self) -> BasisPoints {
        self.floor
    }

    /// What is left of the share from one sale to the next, in millionths.
    #[must_use]
    pub const fn decay(&self) -> u32 {
        self.decay
    }

    /// What DIMO Integrations earns in all for sale `n` of a device type at `price`, floored to the wei.
    #[must_use]
    pub fn reward(&self, n: SaleNumber, price: Wei) -> Wei {
        // Flooring keeps order, so the larger floor is the floor of the larger share.
        self.falling(n.get() - 1, price).max(self.floor.of(price))
    }

    /// The share that sale `n` earns, from 0 to 1, floored to 28 decimals: for display, never for money.
    #[must_use]
    pub fn share(&self, n: SaleNumber) -> Decimal {
        const SCALE: u32 = 28;
        // Of a price of 10^28 the reward is the share in units of the last decimal: at most 10^28, below 2^96.
        let reward = self.reward(n, Wei::new(10u128.pow(SCALE)));
        Decimal::try_from_i128_with_scale(reward.get().cast_signed(), SCALE).unwrap_or_default().normalize()
    }

    /// The first sale whose share is the floor; all that follow have it too. `None` where a share falls towards a floor of
    /// nothing, which it never reaches.
    ///
    /// # Example: it lies beyond every initial quantity of DIP-4
    ///
    /// ```
    /// use dimo_rewards::Curve;
    /// assert_eq!(Curve::dip4().first_at_floor().unwrap().get(), 5_010_634);
    /// ```
    #[must_use]
    pub fn first_at_floor(&self) -> Option<SaleNumber> {
        if self.ceiling == self.floor {
            return Some(SaleNumber::FIRST);
        }
        if self.floor == BasisPoints::ZERO {
            return None;
        }
        // Of a price of 10^4 wei the share is that many basis points, and a number is below a whole one exactly if its
        // floor is.
        let whole = Wei::new(u128::from(BasisPoints::WHOLE));
        let is_below = |exponent| self.falling(exponent, whole) < self.floor.of(whole);
        let (mut from, mut to) = (0u64, 1 << Self::BITS);
        while from < to {
            let middle = from.midpoint(to);
            if is_below(middle) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        // The sale before may touch the floor without falling below it.
        let exponent = from.checked_sub(1).filter(|before| self.touches_floor(*before)).unwrap_or(from);
        Some(SaleNumber::after(exponent))
    }

    /// `floor(price x ceiling x decay^exponent)`, without the floor of the curve.
    fn falling(&self, exponent: u64, price: Wei) -> Wei {
        if exponent == 0 {
            return self.ceiling.of(price);
        }
        if exponent >> Self::BITS != 0 {
            return Wei::ZERO;
        }
        let wei = self.falling_share(exponent).of(price.get());
        Wei::new(wei.unwrap_or_else(|| self.exactly(exponent, price)))
    }

    /// `ceiling x decay^exponent` with 128 places, of an exponent below `2^BITS`. At most 28 factors of error 2 after
    /// the ceiling, so the error is at most 2 + 28 x 3 = 86.
    fn falling_share(&self, exponent: u64) -> Power {
        self.factors(exponent).fold(self.start.top(), |share, factor| share.times(factor.top()))
    }

    /// The same with 256 places: an error of at most 1 + 28 x 5 = 141.
    fn falling_share_wide(&self, exponent: u64) -> Wide {
        self.factors(exponent).fold(self.start, |share, factor| share.times(*factor))
    }

    /// The entries of the table whose product is `decay^exponent`.
    fn factors(&self, exponent: u64) -> impl Iterator<Item = &Wide> {
        self.powers
            .iter()
            .enumerate()
            .filter(move |(bit, _)| (exponent >> bit) & 1 == 1)
            .map(|(_, entry)| entry)
    }

    /// `decay` with 128 places.
    fn decay_power(&self) -> Power {
        self.powers.first().map_or(Power::ZERO, |decay| decay.top())
    }
}

impl fmt::Debug for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Curve")
            .field("ceiling", &self.ceiling)
            .field("floor", &self.floor)
            .field("decay", &self.decay)
            .finish_non_exhaustive()
    }
}

/// Why terms make no [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CurveError {
    /// The curve would have to rise to its floor. Swap them, or lower the floor.
    #[error("a floor of {floor} is above the ceiling of {ceiling}")]
    FloorAboveCeiling {
        /// The share of the first sale.
        ceiling: BasisPoints,
        /// The least share.
        floor: BasisPoints,
    },
    /// Not a decay. Check the unit: 99.9999 % are 999,999 millionths. A curve that does not fall has ceiling = floor.
    #[error("a decay is from 1 to 999999 millionths, not {decay}")]
    Decay {
        /// The millionths given.
        decay: u32,
    },
}
