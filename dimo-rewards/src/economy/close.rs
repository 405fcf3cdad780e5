//! The close of a month, and the end of schedules.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{DeviceType, Month, Timestamp, Wei};

use super::{CloseError, Economy};
use crate::{Account, Bond, Bonded, LedgerError, NftId, Purpose, Settlement, Transfer};

impl Economy {
    /// Closes `month`: pays an instalment for every device that is connected and whose provider is in good standing now,
    /// and pauses the others. Once for each month, any time after it.
    ///
    /// # Errors
    ///
    /// [`CloseError`].
    pub fn close(&mut self, at: Timestamp, month: Month) -> Result<Settlement, CloseError> {
        self.at(at, |economy| {
            if Month::of(at) <= month {
                return Err(CloseError::NotOver { month });
            }
            if economy.closed.contains(&month) {
                return Err(CloseError::AlreadyClosed { month });
            }
            let bonded = economy.nfts.iter().filter_map(|(id, nft)| {
                let Bond { provider, connection, .. } = nft.bond.as_ref()?;
                let (device_type, schedule) = (id.device_type, &nft.schedule);
                Some(Bonded { provider, device_type, schedule, connection: *connection })
            });
            let settlement = Settlement::of(month, bonded, |provider| economy.standing(provider))?;
            economy.ledger.post_nonzero(at, &settlement.transfers())?;
            let bonded = economy.nfts.values_mut().filter(|nft| nft.bond.is_some());
            for (nft, schedule) in bonded.zip(&settlement.schedules) {
                nft.schedule = *schedule;
            }
            economy.closed.insert(month);
            Ok(settlement)
        })
    }

    /// The months that are closed, in order.
    pub fn closed(&self) -> impl Iterator<Item = Month> {
        self.closed.iter().copied()
    }

    /// The bonded NFTs of which something is true, in order.
    pub(crate) fn bonded(&self, which: impl Fn(NftId, &Bond) -> bool) -> Vec<NftId> {
        let bonds = self.nfts.iter().filter_map(|(id, nft)| Some((*id, nft.bond.as_ref()?)));
        bonds.filter(|(id, bond)| which(*id, bond)).map(|(id, _)| id).collect()
    }

    /// Ends the schedules of bonded NFTs. What was left of them goes to the treasury.
    pub(crate) fn end_schedules(&mut self, at: Timestamp, which: &[NftId]) -> Result<Wei, LedgerError> {
        let mut rests: BTreeMap<DeviceType, Wei> = BTreeMap::new();
        for (id, nft) in which.iter().filter_map(|id| Some((id, self.nfts.get(id)?))) {
            let sum = rests.entry(id.device_type).or_default();
            // All of it lies in escrow, so the sum fits.
            *sum = sum.checked_add(nft.schedule.rest()).ok_or(LedgerError::Supply)?;
        }
        let forfeits = rests.iter().map(|(device_type, rest)| {
            Transfer::new(Account::Escrow, Account::Treasury, *rest, Purpose::Forfeit(*device_type))
        });
        let forfeits: Vec<_> = forfeits.collect();
        let sum = Wei::checked_sum(rests.into_values()).ok_or(LedgerError::Supply)?;
        self.ledger.post_nonzero(at, &forfeits)?;
        for id in which {
            if let Some(nft) = self.nfts.get_mut(id) {
                // Refused for one that is paid or ended: then nothing was left of it.
                let _ = nft.schedule.end();
            }
        }
        Ok(sum)
    }
}
