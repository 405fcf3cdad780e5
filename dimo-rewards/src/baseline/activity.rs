//! [`points_of_week`]: who earns points in a week, and who does not.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{Address, Timestamp, TokenId};
use thiserror::Error;

use super::{Connected, Points, Streak, Vendor, Week};

/// The signals that never change, by the names of the network: they come with the VIN, and are no sign of a connection.
pub const CONSTANT_SIGNALS: [&str; 1] = ["powertrainTractionBatteryGrossCapacity"];

/// A vehicle that sent something in a week, and what the chain says of it at the week's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveVehicle<'a> {
    /// Its token.
    pub vehicle: TokenId,
    /// Who owns it.
    pub owner: Address,
    /// The connections from which at least one signal came in the week that is not one of [`CONSTANT_SIGNALS`].
    pub sources: &'a [Address],
    /// The aftermarket device paired with it, if one is.
    pub aftermarket: Option<AftermarketDevice>,
    /// The synthetic device of it, if there is one.
    pub synthetic: Option<SyntheticDevice>,
    /// Its VIN by the latest attestation, as text; not every one is a valid VIN.
    pub vin: Option<&'a str>,
    /// $DIMO staked on it, if any is.
    pub stake: Option<VehicleStake>,
}

impl<'a> ActiveVehicle<'a> {
    /// A vehicle that sent from `sources`, with nothing paired, attested or staked.
    #[must_use]
    pub const fn new(vehicle: TokenId, owner: Address, sources: &'a [Address]) -> Self {
        Self { vehicle, owner, sources, aftermarket: None, synthetic: None, vin: None, stake: None }
    }

    fn earning_aftermarket(&self) -> Option<(AftermarketDevice, u32)> {
        let device = self.aftermarket?;
        let vendor = Vendor::of_manufacturer(device.manufacturer)?;
        self.sources.contains(&vendor.connection).then_some((device, vendor.points))
    }

    fn earning_synthetic(&self) -> Option<(SyntheticDevice, u32)> {
        let device = self.synthetic?;
        let vendor = Vendor::of_connection(device.connection)?;
        self.sources.contains(&vendor.connection).then_some((device, vendor.points))
    }

    /// A stake counts while it lasts beyond the end of the week.
    fn stake_points(&self, week: Week) -> u32 {
        self.stake.filter(|stake| week.ends() < stake.until).map_or(0, |stake| stake.points)
    }
}

/// A device paired with a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AftermarketDevice {
    /// Its token.
    pub device: TokenId,
    /// The token of its manufacturer.
    pub manufacturer: TokenId,
    /// Who is paid for the vehicle while it earns.
    pub beneficiary: Address,
}

/// A connection without a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntheticDevice {
    /// Its token.
    pub device: TokenId,
    /// The connection it stands for.
    pub connection: Address,
}

/// $DIMO that its owner staked on a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VehicleStake {
    /// Points in each week.
    pub points: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// Who earned in a week and who did not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WeekPoints {
    /// Who earned, by vehicle, the highest token first.
    pub earned: Vec<Earned>,
    /// Who sent something and earned nothing, and why, in the same order. They count as not connected.
    pub refused: Vec<(TokenId, NotEligible)>,
    /// The streaks to give to the week after this one.
    pub streaks: BTreeMap<TokenId, Streak>,
}

/// What one vehicle earned in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Earned {
    /// The vehicle.
    pub vehicle: TokenId,
    /// Who is paid, for the streak too.
    pub receiver: Address,
    /// The aftermarket device, if it earned.
    pub aftermarket: Option<TokenId>,
    /// The synthetic device, if it earned.
    pub synthetic: Option<TokenId>,
    /// The streak, this week included.
    pub streak: Streak,
    /// The points.
    pub points: Points,
}

/// Why a vehicle that sent something earns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotEligible {
    /// Nothing came from a [`Vendor`] whose device the chain pairs with it.
    NoPairedSource,
    /// Nobody attested a VIN.
    NoVin,
    /// The VIN earned already this week: of several vehicles with one VIN the highest token wins.
    VinUsed {
        /// The vehicle that earned for it.
        by: TokenId,
    },
}

/// Finds who earns points in `week`: each vehicle with a signal from a paired connection, and with a VIN that no vehicle of a
/// higher token earned for. Points of an aftermarket and of a synthetic device add up.
///
/// `streaks` are those that the week before [left](WeekPoints::streaks). The vehicles come in any order, and are sorted by token,
/// highest first. A vehicle of which nothing is left but missed weeks is forgotten.
///
/// # Errors
///
/// [`DuplicateVehicle`] when a vehicle is given twice.
pub fn points_of_week(
    week: Week,
    vehicles: &mut [ActiveVehicle<'_>],
    streaks: &BTreeMap<TokenId, Streak>,
) -> Result<WeekPoints, DuplicateVehicle> {
    vehicles.sort_unstable_by_key(|active| core::cmp::Reverse(active.vehicle));
    let twice = vehicles.windows(2).find_map(|pair| match pair {
        [a, b] if a.vehicle == b.vehicle => Some(DuplicateVehicle { vehicle: a.vehicle }),
        _ => None,
    });
    if let Some(duplicate) = twice {
        return Err(duplicate);
    }
    let (mut earned, mut refused, mut vins) = (Vec::new(), Vec::new(), BTreeMap::new());
    for vehicle in vehicles.iter() {
        let before = streaks.get(&vehicle.vehicle).copied().unwrap_or_default();
        match earn(week, vehicle, before, &mut vins) {
            Ok(points) => earned.push(points),
            Err(reason) => refused.push((vehicle.vehicle, reason)),
        }
    }
    let streaks = streaks_after(streaks, &earned);
    Ok(WeekPoints { earned, refused, streaks })
}

/// What a vehicle earns; notes its VIN as used.
fn earn<'a>(
    week: Week,
    vehicle: &ActiveVehicle<'a>,
    before: Streak,
    vins: &mut BTreeMap<&'a str, TokenId>,
) -> Result<Earned, NotEligible> {
    let (aftermarket, synthetic) = (vehicle.earning_aftermarket(), vehicle.earning_synthetic());
    if aftermarket.is_none() && synthetic.is_none() {
        return Err(NotEligible::NoPairedSource);
    }
    let vin = vehicle.vin.ok_or(NotEligible::NoVin)?;
    if let Some(by) = vins.get(vin) {
        return Err(NotEligible::VinUsed { by: *by });
    }
    vins.insert(vin, vehicle.vehicle);
    let streak = before.after(Connected::Yes);
    let points = Points {
        streak: streak.level().points.saturating_add(vehicle.stake_points(week)),
        synthetic: synthetic.map_or(0, |(_, points)| points),
        aftermarket: aftermarket.map_or(0, |(_, points)| points),
    };
    Ok(Earned {
        vehicle: vehicle.vehicle,
        receiver: aftermarket.map_or(vehicle.owner, |(device, _)| device.beneficiary),
        aftermarket: aftermarket.map(|(device, _)| device.device),
        synthetic: synthetic.map(|(device, _)| device.device),
        streak,
        points,
    })
}

/// The streaks of those who earned, and of those who missed the week and have something left to lose.
fn streaks_after(before: &BTreeMap<TokenId, Streak>, earned: &[Earned]) -> BTreeMap<TokenId, Streak> {
    let missed = before.iter().map(|(vehicle, streak)| (*vehicle, streak.after(Connected::No)));
    let mut after: BTreeMap<_, _> = missed.filter(|(_, streak)| streak.connected > 0).collect();
    after.extend(earned.iter().map(|earned| (earned.vehicle, earned.streak)));
    after
}

/// A vehicle was given twice. Give its sources together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("vehicle {vehicle} is given twice")]
pub struct DuplicateVehicle {
    /// The vehicle.
    pub vehicle: TokenId,
}
