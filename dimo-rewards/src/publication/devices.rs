//! Devices bonded, connected and disconnected, by manufacturer and type.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use dimo_types::{DeviceType, Month, Timestamp};

use crate::{Connection, Economy, Name, Period, Traffic};

/// "Devices connected and disconnected by manufacturer and by device type" in one month (DIP-4, Operating Goals & Metrics).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MonthlyTraffic {
    /// When.
    pub month: Month,
    /// Whose devices: the provider that held the licence then.
    pub provider: Name,
    /// Of which type.
    pub device_type: DeviceType,
    /// Connections begun. A device that only changes its vehicle begins none.
    pub connected: u64,
    /// Connections ended.
    pub disconnected: u64,
}

/// The devices of one provider and type at the moment of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fleet {
    /// Whose they are: the provider that earns their rebates.
    pub provider: Name,
    /// Their type.
    pub device_type: DeviceType,
    /// NFTs bonded. A bond is for good, so those of banned devices and of ended software connections are among them.
    pub bonded: u64,
    /// Of those, the ones that are connected.
    pub connected: u64,
}

/// One fleet for each provider and type of which an NFT is bonded.
pub(super) fn fleets(economy: &Economy) -> Vec<Fleet> {
    let mut counts: BTreeMap<(&Name, DeviceType), (u64, u64)> = BTreeMap::new();
    for (id, nft) in &economy.nfts {
        if let Some(bond) = &nft.bond {
            let (bonded, connected) = counts.entry((&bond.provider, id.device_type)).or_default();
            *bonded += 1;
            *connected += u64::from(bond.connection == Connection::Connected);
        }
    }
    let fleet = |((provider, device_type), (bonded, connected)): ((&Name, _), _)| Fleet {
        provider: provider.clone(),
        device_type,
        bonded,
        connected,
    };
    counts.into_iter().map(fleet).collect()
}

/// A row for every month of `period` that has begun and everybody who has devices or traffic in it.
pub(super) fn traffic(
    economy: &Economy,
    fleets: &[Fleet],
    at: Timestamp,
    period: Period,
) -> Vec<MonthlyTraffic> {
    let (first, last) = (period.first(), period.last().min(Month::of(at)));
    let within = economy.record().traffic().filter(|(month, ..)| (first..=last).contains(month));
    let counts: BTreeMap<(Month, &Name, DeviceType), Traffic> =
        within.map(|(month, provider, device_type, count)| ((month, provider, device_type), count)).collect();
    let bonded = fleets.iter().map(|fleet| (&fleet.provider, fleet.device_type));
    let moved = counts.keys().map(|(_, provider, device_type)| (*provider, *device_type));
    let pairs: BTreeSet<_> = bonded.chain(moved).collect();
    let row = |month, &(provider, device_type): &(&Name, DeviceType)| {
        let Traffic { connected, disconnected } =
            counts.get(&(month, provider, device_type)).copied().unwrap_or_default();
        MonthlyTraffic { month, provider: provider.clone(), device_type, connected, disconnected }
    };
    months(first, last).flat_map(|month| pairs.iter().map(move |pair| row(month, pair))).collect()
}

/// From `first` to `last`; none where they stand the wrong way round, because the period has not begun.
fn months(first: Month, last: Month) -> impl Iterator<Item = Month> {
    let count = u32::try_from(last.months_since(first)).map_or(0, |later| later + 1);
    (0..count).map(move |later| first.plus(later))
}
