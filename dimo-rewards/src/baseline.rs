//! The weekly baseline rewards of the live network, for interoperability: what DIP-2 promises vehicles, as the network's own
//! service computes it. DIP-4 pays providers; this pays the owners of vehicles.
//!
//! 1. A [`Week`] says when it begins and how large its pool is.
//! 2. [`points_of_week`] takes what each [`ActiveVehicle`] did, and the [`Streak`]s of the week before, and gives
//!    [`WeekPoints`]: who earns how many points, who earns none and why, and the streaks to keep for the next week.
//! 3. [`WeekPoints::transfers`] shares the pool out by points, and gives what the contract is called with.
//!
//! All of it is pure and in integers. Vendors, levels and limits are data ([`Vendor::LIVE`], [`Level::LIVE`]), read from the
//! service's source in April 2026; where its README differs (points of vendors, level 3 at 20 weeks), the source is followed. The
//! contract's own rules stay with the contract: it refuses a batch beyond its cap for the week, and, in the form of 2022 whose
//! source is public, skips a vehicle paid within the last six days and a sanctioned owner.
//!
//! # Example: one week of two vehicles
//!
//! ```
//! use std::collections::BTreeMap;
//! use dimo_rewards::baseline::{ActiveVehicle, SyntheticDevice, Streak, Vendor, Week, points_of_week};
//! use dimo_types::{Address, TokenId, Wei};
//! let tesla = Vendor::LIVE.iter().find(|vendor| vendor.name == "Tesla").unwrap();
//! let ann = Address::new([1; 20]);
//! let mut vehicles = [7, 8].map(|id| ActiveVehicle {
//!     synthetic: Some(SyntheticDevice { device: TokenId::from(id + 100), connection: tesla.connection }),
//!     vin: Some(if id == 7 { "5YJ3E1EA7KF000007" } else { "5YJ3E1EA7KF000008" }),
//!     ..ActiveVehicle::new(TokenId::from(id), ann, core::slice::from_ref(&tesla.connection))
//! });
//! let before = BTreeMap::from([(TokenId::from(7), Streak { connected: 3, missed: 0 })]);
//!
//! let week = Week::new(200).unwrap();
//! let points = points_of_week(week, &mut vehicles, &before)?;
//! let transfers = points.transfers(week.pool())?;
//! // 6,000 points each, and 1,000 more for the vehicle that reached four weeks.
//! let seven = transfers.iter().find(|transfer| transfer.vehicle_id == TokenId::from(7)).unwrap();
//! assert_eq!(seven.connection_streak, 4);
//! let pool = week.pool().get();
//! assert_eq!(seven.value_from_synthetic_device, Wei::new(pool * 6 / 13));
//! assert_eq!(seven.value_from_streak, Wei::new(pool / 13));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod activity;
mod pool;
mod streak;
mod transfer;
mod vendor;
mod week;

pub use self::activity::{
    ActiveVehicle, AftermarketDevice, CONSTANT_SIGNALS, DuplicateVehicle, Earned, NotEligible,
    SyntheticDevice, VehicleStake, WeekPoints, points_of_week,
};
pub use self::pool::{Points, PoolError, PoolShares, Tokens};
pub use self::streak::{Connected, Level, Streak};
pub use self::transfer::RewardTransfer;
pub use self::vendor::{Vendor, VendorKind};
pub use self::week::Week;
