//! [`Books`]: the provider's licence, stake and minting NFTs, and what the connection earns.

use dimo_rewards::{Account, BasisPoints, Bonding, Economy, Name, NftId, Policy, Settlement};
use dimo_types::{Address, CertificationStatus, Checklist, DeviceType, Month, ProviderKind, Timestamp, Wei};

use crate::report::{Checked, reason};

/// Who connects the vehicle.
const PROVIDER: &str = "cloud-works";
/// What it offers.
const SERVICE: &str = "cloud-link";
/// DIP-4 names no royalty; this day has no resale.
const ROYALTY: BasisPoints = BasisPoints::ZERO;
/// Minting NFTs that the provider has money for.
const CONNECTIONS: usize = 2;

/// The books of one provider.
pub(crate) struct Books {
    pub(crate) economy: Economy,
    pub(crate) provider: Name,
}

impl Books {
    /// A provider with money, a licence and no stake yet.
    pub(crate) fn open(now: Timestamp) -> Checked<Self> {
        let provider = Name::new(PROVIDER).map_err(reason)?;
        let mut economy = Economy::new(Policy::dip4(ROYALTY));
        let prices = core::iter::repeat_n(price(&economy)?, CONNECTIONS);
        let funds = Wei::checked_sum(prices.chain([economy.policy().stake])).ok_or("too much money")?;
        economy.open(now, Account::Provider(provider.clone()), funds).map_err(reason)?;
        economy.apply(now, &provider, ProviderKind::Software).map_err(reason)?;
        economy.integrations().grant(now, &provider).map_err(reason)?;
        let mut list = Checklist::new(DeviceType::SoftwareOnly, ProviderKind::Software, &[]);
        list.set_all(CertificationStatus::Met { evidence: "stated for this run" });
        let service = Name::new(SERVICE).map_err(reason)?;
        economy.integrations().approve(now, &provider, &service, &list, &[]).map_err(reason)?;
        Ok(Self { economy, provider })
    }

    /// The provider deposits its stake.
    pub(crate) fn stake(&mut self, now: Timestamp) -> Checked {
        let amount = self.economy.policy().stake;
        self.economy.stake(now, &self.account(), &self.provider, amount).map_err(reason)
    }

    /// The provider buys a minting NFT for a software connection.
    pub(crate) fn buy(&mut self, now: Timestamp) -> Checked<NftId> {
        self.economy.buy(now, &self.account(), DeviceType::SoftwareOnly).map_err(reason)
    }

    /// Bonds an NFT to a connection.
    pub(crate) fn bond(&mut self, now: Timestamp, nft: NftId, connection: Address) -> Checked {
        let model = Name::new(SERVICE).map_err(reason)?;
        let bonding = Bonding { nft, device: connection, model, country: None };
        self.economy.bond(now, &self.provider, &bonding).map_err(reason)
    }

    /// What the provider has left, beside its stake.
    pub(crate) fn balance(&self) -> Wei {
        self.economy.ledger().balance(&self.account())
    }

    /// What a minting NFT for a software connection costs.
    pub(crate) fn price(&self) -> Checked<Wei> {
        price(&self.economy)
    }

    /// Closes the month in which `day` falls, at `now`.
    pub(crate) fn close(&mut self, now: Timestamp, day: Timestamp) -> Checked<Settlement> {
        self.economy.close(now, Month::of(day)).map_err(reason)
    }

    fn account(&self) -> Account {
        Account::Provider(self.provider.clone())
    }
}

fn price(economy: &Economy) -> Checked<Wei> {
    let terms = economy.policy().nfts.get(&DeviceType::SoftwareOnly);
    Ok(terms.ok_or("there are no minting NFTs for software connections")?.price)
}
