//! The money of one device: licence, stake, minting NFT, and 24 months of settlement.

use dimo_rewards::{
    Account, BasisPoints, Bonding, Economy, Name, NftId, Period, Policy, SaleNumber, Statement,
};
use dimo_types::{
    Address, CertificationStatus, Checklist, Country, DeviceType, Month, ProviderKind, Timestamp, TokenId,
    Wei,
};

use crate::error::TripError;
use crate::report::page::{CurvePlot, MoneyRow};

/// Who makes the device.
const MAKER: &str = "laptop-works";
/// What it makes.
const MODEL: &str = "virtual-dongle";
/// The device leaves the factory on 2026-03-01.
const FACTORY_DAY: u64 = 1_772_323_200;
/// DIP-4 names no royalty; this trip has no resale.
const ROYALTY: BasisPoints = BasisPoints::ZERO;
/// Just beyond the sale at which the curve reaches its floor.
const LAST_SALE_PLOTTED: u64 = 10_000_000;

/// The books of the trip.
pub(crate) struct Books {
    pub(crate) economy: Economy,
    pub(crate) maker: Name,
    now: Timestamp,
}

/// What 24 months amount to.
pub(crate) struct Settled {
    pub(crate) statement: Statement,
    pub(crate) money: Vec<MoneyRow>,
    pub(crate) curve: CurvePlot,
    pub(crate) months: u32,
}

impl Books {
    /// A maker with money and a licence, and no stake yet.
    pub(crate) fn open() -> Result<Self, TripError> {
        let maker = Name::new(MAKER).map_err(failed)?;
        let now = Timestamp::from_secs(FACTORY_DAY).map_err(failed)?;
        let mut economy = Economy::new(Policy::dip4(ROYALTY));
        let terms = economy.policy().nfts.get(&DeviceType::StandardDongle);
        let price = terms.map_or(Wei::ZERO, |terms| terms.price);
        let funds = economy.policy().stake.checked_add(price).unwrap_or_default();
        economy.open(now, Account::Provider(maker.clone()), funds).map_err(failed)?;
        economy.apply(now, &maker, ProviderKind::Hardware).map_err(failed)?;
        economy.integrations().grant(now, &maker).map_err(failed)?;
        Ok(Self { economy, maker, now })
    }

    /// The day on which the device leaves the factory.
    pub(crate) fn factory_day(&self) -> Timestamp {
        self.now
    }

    /// The maker deposits its stake.
    pub(crate) fn stake(&mut self) -> Result<Wei, TripError> {
        let amount = self.economy.policy().stake;
        let by = Account::Provider(self.maker.clone());
        self.economy.stake(self.now, &by, &self.maker, amount).map_err(failed)?;
        Ok(amount)
    }

    /// The maker's model is approved. The list is that of a device this one stands for: what the laptop itself fulfils is printed
    /// by the factory.
    pub(crate) fn approve(&mut self) -> Result<(), TripError> {
        let mut list = Checklist::new(DeviceType::StandardDongle, ProviderKind::Hardware, &[]);
        list.set_all(CertificationStatus::Met { evidence: "stated for this run" });
        let model = Name::new(MODEL).map_err(failed)?;
        self.economy.integrations().approve(self.now, &self.maker, &model, &list, &[]).map_err(failed)
    }

    /// The maker buys a minting NFT and bonds it to the device.
    pub(crate) fn mint(&mut self, device: Address) -> Result<NftId, TripError> {
        let by = Account::Provider(self.maker.clone());
        let nft = self.economy.buy(self.now, &by, DeviceType::StandardDongle).map_err(failed)?;
        let model = Name::new(MODEL).map_err(failed)?;
        let bonding = Bonding { nft, device, model, country: Some(Country::UNITED_STATES) };
        self.economy.bond(self.now, &self.maker, &bonding).map_err(failed)?;
        Ok(nft)
    }

    /// The device is connected to its vehicle.
    pub(crate) fn connect(&mut self, device: &Address, vehicle: TokenId) -> Result<(), TripError> {
        self.economy.connect(self.now, device, vehicle).map_err(failed)
    }

    /// Lets the months of DIP-4 pass, with the device connected, and closes each.
    pub(crate) fn settle(&mut self, nft: NftId) -> Result<Settled, TripError> {
        let first = Month::of(self.now);
        let months = u32::from(self.economy.policy().months.get());
        for count in 0..months {
            let month = first.plus(count);
            self.now = first_day_of(month.plus(1))?;
            self.economy.close(self.now, month).map_err(failed)?;
        }
        let period = Period::new(first, first.plus(months)).map_err(failed)?;
        Ok(Settled {
            statement: self.economy.statement(period).map_err(failed)?,
            money: self.money(nft),
            curve: self.curve(nft.number)?,
            months,
        })
    }

    fn money(&self, nft: NftId) -> Vec<MoneyRow> {
        let Some(split) = self.economy.nft(nft).map(|nft| nft.split) else { return Vec::new() };
        let row = |who: &str, what: &str, amount: Wei| MoneyRow {
            who: who.to_owned(),
            what: what.to_owned(),
            amount: amount.to_string(),
        };
        vec![
            row(MAKER, "paid for one minting NFT, standard dongle", split.price()),
            row(MAKER, "rebate, 70 % in 24 instalments", split.rebate()),
            row("DIMO Integrations", "team share by the reward curve, in 24 instalments", split.team()),
            row("DIMO treasury", "the rest, at the sale", split.treasury()),
        ]
    }

    fn curve(&self, number: SaleNumber) -> Result<CurvePlot, TripError> {
        let curve = &self.economy.policy().curve;
        let percent = |n: SaleNumber| {
            curve.share(n).to_string().parse::<f64>().map(|share| share * 100.0).map_err(failed)
        };
        let mut points = Vec::new();
        let mut n = 1u64;
        while n <= LAST_SALE_PLOTTED {
            if let Some(sale) = SaleNumber::new(n) {
                points.push((n as f64, percent(sale)?));
            }
            n = (n * 21 / 20).max(n + 1);
        }
        Ok(CurvePlot {
            points,
            device: (number.get() as f64, percent(number)?),
            text: "Share of the price that goes to the DIMO Integrations team, by number of the sale of a device type: \
                   15 % of the first, 99.9999 % of the share before with every further sale, never less than 0.1 %."
                .to_owned(),
        })
    }
}

/// Midnight, UTC, of the first day of a month.
fn first_day_of(month: Month) -> Result<Timestamp, TripError> {
    format!("{month}-01T00:00:00Z").parse().map_err(failed)
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the settlement")(&reason)
}
