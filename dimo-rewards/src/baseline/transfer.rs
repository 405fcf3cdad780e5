//! [`RewardTransfer`]: what the reward contract is called with.

use alloc::vec::Vec;

use dimo_types::{Address, TokenId, Wei};

use super::{Earned, PoolError, PoolShares, WeekPoints};

/// One element of the array that the reward contract's `batchTransfer` takes; the fields are its tuple, in order.
///
/// Encoding the call is for whoever sends it. A device that the vehicle has not, or that did not earn, has id 0 and value 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RewardTransfer {
    /// Who is paid: the beneficiary of the aftermarket device where that one earned, else the owner of the vehicle.
    pub user: Address,
    /// The vehicle.
    pub vehicle_id: TokenId,
    /// The aftermarket device.
    pub aftermarket_device_id: TokenId,
    /// What it earned.
    pub value_from_aftermarket_device: Wei,
    /// The synthetic device.
    pub synthetic_device_id: TokenId,
    /// What it earned.
    pub value_from_synthetic_device: Wei,
    /// Weeks of connection, this one included.
    pub connection_streak: u32,
    /// What the streak, and $DIMO staked on the vehicle, earned.
    pub value_from_streak: Wei,
}

impl RewardTransfer {
    fn of(earned: &Earned, shares: &PoolShares) -> Self {
        let tokens = shares.tokens(earned.points);
        let id = |device: Option<TokenId>| device.unwrap_or(TokenId::from(0));
        Self {
            user: earned.receiver,
            vehicle_id: earned.vehicle,
            aftermarket_device_id: id(earned.aftermarket),
            value_from_aftermarket_device: tokens.aftermarket,
            synthetic_device_id: id(earned.synthetic),
            value_from_synthetic_device: tokens.synthetic,
            connection_streak: earned.streak.connected,
            value_from_streak: tokens.streak,
        }
    }

    /// What is paid in all.
    #[must_use]
    pub fn value(&self) -> Wei {
        let parts =
            [self.value_from_aftermarket_device, self.value_from_synthetic_device, self.value_from_streak];
        Wei::checked_sum(parts).unwrap_or(Wei::new(u128::MAX))
    }
}

impl WeekPoints {
    /// Shares `pool` out among those who earned, in their order. Whoever gets less than a wei is left out.
    ///
    /// The service also leaves out the owners on a list of its own, after sharing out: their part stays with the contract. Filter
    /// the result for that.
    ///
    /// # Errors
    ///
    /// [`PoolError`]; the pool of a [`Week`](super::Week) is never too large.
    pub fn transfers(&self, pool: Wei) -> Result<Vec<RewardTransfer>, PoolError> {
        let shares = PoolShares::new(pool, self.earned.iter().map(|earned| earned.points))?;
        let transfers = self.earned.iter().map(|earned| RewardTransfer::of(earned, &shares));
        Ok(transfers.filter(|transfer| transfer.value() > Wei::ZERO).collect())
    }
}
