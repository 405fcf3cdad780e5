//! [`PoolShares`]: the pool of a week, shared out by points.

use dimo_types::Wei;
use thiserror::Error;

/// The points of one vehicle in one week, by what earned them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Points {
    /// For its streak, and for $DIMO staked on the vehicle.
    pub streak: u32,
    /// For its synthetic device.
    pub synthetic: u32,
    /// For its aftermarket device.
    pub aftermarket: u32,
}

impl Points {
    /// All three together.
    #[must_use]
    pub const fn sum(self) -> u64 {
        self.streak as u64 + self.synthetic as u64 + self.aftermarket as u64
    }
}

/// What [`Points`] are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tokens {
    /// For the streak.
    pub streak: Wei,
    /// For the synthetic device.
    pub synthetic: Wei,
    /// For the aftermarket device.
    pub aftermarket: Wei,
}

impl Tokens {
    /// All three together; at most the pool they come from.
    #[must_use]
    pub fn sum(self) -> Wei {
        Wei::checked_sum([self.streak, self.synthetic, self.aftermarket]).unwrap_or(Wei::new(u128::MAX))
    }
}

/// A pool and the points of all vehicles: what one vehicle's points are worth.
///
/// Each of a vehicle's three amounts is `floor(points x pool / points of all)` by itself, in wei. So all amounts together never
/// exceed the pool, and fall short of it by less than one wei for each amount. What is left over is not paid to anyone: it stays
/// with the contract, and is not part of the next week's pool.
///
/// # Example: a pool that does not divide
///
/// ```
/// use dimo_rewards::baseline::{Points, PoolShares};
/// use dimo_types::Wei;
/// let vehicles = [Points { streak: 1, synthetic: 1, aftermarket: 0 }, Points { aftermarket: 1, ..Points::default() }];
/// let shares = PoolShares::new(Wei::new(100), vehicles)?;
/// let paid = vehicles.map(|points| shares.tokens(points).sum());
/// assert_eq!(paid, [Wei::new(66), Wei::new(33)]);
/// # Ok::<(), dimo_rewards::baseline::PoolError>(())
/// ```
///
/// # Example: a week without points pays nothing
///
/// ```
/// use dimo_rewards::baseline::{Points, PoolShares, Tokens};
/// use dimo_types::Wei;
/// let shares = PoolShares::new(Wei::new(100), [Points::default()])?;
/// assert_eq!(shares.tokens(Points::default()), Tokens::default());
/// # Ok::<(), dimo_rewards::baseline::PoolError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolShares {
    pool: Wei,
    points: u64,
}

impl PoolShares {
    /// The largest pool: 2^96 - 1 wei, 79 billion $DIMO, so that its product with any points fits 128 bits.
    pub const MAX_POOL: Wei = Wei::new(u128::MAX >> u32::BITS);

    /// A pool for vehicles with these points.
    ///
    /// # Errors
    ///
    /// [`PoolError`] when the pool or the sum of the points is too large.
    pub fn new(pool: Wei, vehicles: impl IntoIterator<Item = Points>) -> Result<Self, PoolError> {
        if pool > Self::MAX_POOL {
            return Err(PoolError::Pool { pool });
        }
        let add = |sum: u64, points: Points| sum.checked_add(points.sum()).ok_or(PoolError::Points);
        Ok(Self { pool, points: vehicles.into_iter().try_fold(0, add)? })
    }

    /// What is shared out.
    #[must_use]
    pub const fn pool(&self) -> Wei {
        self.pool
    }

    /// The points of all vehicles.
    #[must_use]
    pub const fn points(&self) -> u64 {
        self.points
    }

    /// What the points of one of these vehicles are worth.
    #[must_use]
    pub fn tokens(&self, points: Points) -> Tokens {
        Tokens {
            streak: self.worth(points.streak),
            synthetic: self.worth(points.synthetic),
            aftermarket: self.worth(points.aftermarket),
        }
    }

    fn worth(&self, points: u32) -> Wei {
        // Below 2^96 x 2^32, so nothing overflows; without any points there is nothing to pay.
        let product = self.pool.get() * u128::from(points);
        Wei::new(product.checked_div(u128::from(self.points)).unwrap_or(0))
    }
}

/// Why a pool is not shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PoolError {
    /// More than there could be. Check the unit: [`Week::pool`](super::Week::pool) is in wei, as every pool.
    #[error("a pool of {pool} $DIMO is beyond 2^96 wei")]
    Pool {
        /// The pool given.
        pool: Wei,
    },
    /// The points of all vehicles together are beyond 2^64. Share out in the weeks they belong to.
    #[error("the points of all vehicles are beyond 2^64")]
    Points,
}
