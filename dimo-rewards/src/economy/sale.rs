//! Minting NFTs sold and sold on.

use core::num::NonZeroU64;

use dimo_types::{DeviceType, Timestamp, Wei};

use super::stake::can_pay;
use super::{BuyError, Economy, ResellError};
use crate::{Account, LedgerError, Nft, NftId, Policy, Purchase, Purpose, Quantity, SaleNumber, Transfer};

/// NFTs of one type that were sold together. What happens to one of them is kept apart, so that a purchase of a million costs
/// no more memory than one of a single NFT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lot {
    owner: Account,
    last: SaleNumber,
    price: Wei,
    /// Which policy it was sold under.
    policy: usize,
}

impl Economy {
    /// Sells the next minting NFT of a type: rebate and team share are set aside, the rest goes to the treasury.
    ///
    /// # Errors
    ///
    /// [`BuyError`].
    pub fn buy(&mut self, at: Timestamp, by: &Account, device_type: DeviceType) -> Result<NftId, BuyError> {
        let bought = self.buy_many(at, by, device_type, NonZeroU64::MIN)?;
        Ok(NftId { device_type, number: bought.first })
    }

    /// Sells the next `count` minting NFTs of a type, all or none.
    ///
    /// # Errors
    ///
    /// [`BuyError`].
    pub fn buy_many(
        &mut self,
        at: Timestamp,
        by: &Account,
        device_type: DeviceType,
        count: NonZeroU64,
    ) -> Result<Purchase, BuyError> {
        self.at(at, |economy| {
            let terms =
                economy.policy().nfts.get(&device_type).ok_or(BuyError::NotForSale { device_type })?;
            let (price, sold) = (terms.price, economy.sold(device_type));
            let all = sold.checked_add(count.get()).ok_or(BuyError::SoldOut { device_type })?;
            if matches!(terms.quantity, Quantity::Limited(quantity) if all > quantity) {
                return Err(BuyError::SoldOut { device_type });
            }
            if !can_pay(by) {
                return Err(BuyError::NoActor { account: by.clone() });
            }
            let Some(last) = SaleNumber::new(all) else { return Err(BuyError::SoldOut { device_type }) };
            let bought = Purchase { device_type, first: SaleNumber::after(sold), last };
            let (set_aside, treasury) = economy.split_purchase(by, bought, price)?;
            let set_aside =
                Transfer::new(by.clone(), Account::Escrow, set_aside, Purpose::SetAside(device_type));
            let treasury =
                Transfer::new(by.clone(), Account::Treasury, treasury, Purpose::TreasuryShare(device_type));
            economy.ledger.post(at, &[set_aside, treasury])?;
            economy.sold.insert(device_type, all);
            let policy = economy.policies.past.len();
            let lot = Lot { owner: by.clone(), last, price, policy };
            economy.lots.insert(NftId { device_type, number: bought.first }, lot);
            Ok(bought)
        })
    }

    /// What is set aside of a purchase, and what the treasury gets. Asks for the money first: a sum over more sales than
    /// anybody can pay for would take its time.
    fn split_purchase(&self, by: &Account, bought: Purchase, price: Wei) -> Result<(Wei, Wei), BuyError> {
        let policy = self.policy();
        // The share of the team falls, so if the first price holds its parts, all do.
        let first = policy.split(bought.first, price)?;
        let count = u128::from(bought.count());
        let whole = price.checked_mul_ratio(count, 1);
        self.ledger.require(by, whole.unwrap_or(Wei::new(u128::MAX)))?;
        let whole = whole.ok_or(LedgerError::Supply)?;
        let rebates = first.rebate().checked_mul_ratio(count, 1);
        let shares = policy.curve.sum(bought.first, bought.last, price);
        // Parts of the whole, which is there.
        let set_aside = rebates.zip(shares).and_then(|(rebates, shares)| rebates.checked_add(shares));
        let set_aside = set_aside.unwrap_or(whole);
        Ok((set_aside, whole.checked_sub(set_aside).unwrap_or_default()))
    }

    /// The purchase that an NFT was part of.
    fn lot_of(&self, id: NftId) -> Option<&Lot> {
        let (first, lot) = self.lots.range(..=id).next_back()?;
        (first.device_type == id.device_type && id.number <= lot.last).then_some(lot)
    }

    /// The policy under which an NFT was sold.
    pub(super) fn policy_of(&self, id: NftId) -> Option<&Policy> {
        self.lot_of(id).map(|lot| self.policies.get(lot.policy))
    }

    /// An NFT as it was when it was sold.
    pub(super) fn as_sold(&self, id: NftId) -> Option<Nft> {
        let lot = self.lot_of(id)?;
        let policy = self.policies.get(lot.policy);
        // The sale was not refused, so the price can be split.
        let split = policy.split(id.number, lot.price).ok()?;
        Some(Nft::sold(lot.owner.clone(), split, policy.months))
    }

    /// Sells an NFT on, or hands it over for nothing, "until the moment they are bonded to a licensed device" (DIP-4, Device
    /// Minting NFTs). The royalty on the price goes to the treasury.
    ///
    /// # Errors
    ///
    /// [`ResellError`].
    ///
    /// # Example: a distributor hands an NFT to a maker
    ///
    /// ```
    /// use dimo_rewards::{Account, BasisPoints, Economy, Policy};
    /// use dimo_types::{DeviceType, Timestamp, Wei};
    /// let (distributor, maker): (Account, Account) = ("holder:parts".parse()?, "provider:acme".parse()?);
    /// let mut economy = Economy::new(Policy::dip4(BasisPoints::new(250)?));
    /// let now = Timestamp::EPOCH;
    /// economy.open(now, distributor.clone(), "50".parse()?)?;
    /// economy.open(now, maker.clone(), "60".parse()?)?;
    /// let nft = economy.buy(now, &distributor, DeviceType::StandardDongle)?;
    /// let royalty = economy.resell(now, &distributor, &maker, nft, "60".parse()?)?;
    /// assert_eq!(royalty.to_string(), "1.5");
    /// assert_eq!(economy.ledger().balance(&distributor).to_string(), "58.5");
    /// assert_eq!(economy.nft(nft).unwrap().owner, maker);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn resell(
        &mut self,
        at: Timestamp,
        by: &Account,
        to: &Account,
        nft: NftId,
        price: Wei,
    ) -> Result<Wei, ResellError> {
        self.at(at, |economy| {
            let mut sold = economy.nft(nft).ok_or(ResellError::UnknownNft { nft })?;
            if sold.owner != *by {
                return Err(ResellError::NotOwner { nft });
            }
            if let Some(bond) = sold.bond {
                return Err(ResellError::Bonded { device: bond.device });
            }
            if !can_pay(to) {
                return Err(ResellError::NoActor { account: to.clone() });
            }
            // Whoever sells to itself must have the price as well.
            economy.ledger.require(to, price)?;
            let royalty = economy.policy().royalty.of(price);
            let rest = price.checked_sub(royalty).unwrap_or_default();
            let transfers = [
                Transfer::new(to.clone(), Account::Treasury, royalty, Purpose::Royalty(nft.device_type)),
                Transfer::new(to.clone(), by.clone(), rest, Purpose::Resale(nft.device_type)),
            ];
            economy.ledger.post_nonzero(at, &transfers)?;
            sold.owner = to.clone();
            economy.nfts.insert(nft, sold);
            Ok(royalty)
        })
    }
}
