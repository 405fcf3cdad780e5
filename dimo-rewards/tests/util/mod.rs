//! The world of the tests: acme makes devices, parts distributes and finances, ann holds $DIMO and drives.
#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests say what they expect")]

use dimo_rewards::{
    Account, Actor, BasisPoints, Bonding, Economy, Name, NftId, Policy, Slash, Standing, Verdict, Violation,
};
use dimo_types::{
    Address, CertificationStatus, Checklist, DeviceType, Month, ProviderKind, Timestamp, TokenId, Wei,
};

pub(crate) const DEVICE: Address = Address::new([0xDE; 20]);
pub(crate) const OTHER_DEVICE: Address = Address::new([0xDF; 20]);

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn provider(name: &Name) -> Account {
    Account::Provider(name.clone())
}

pub(crate) fn holder(text: &str) -> Account {
    Account::Holder(name(text))
}

pub(crate) fn acme() -> Name {
    name("acme")
}

/// A second provider, which the world does not know yet.
pub(crate) fn bolt() -> Name {
    name("bolt")
}

pub(crate) fn parts() -> Account {
    holder("parts")
}

pub(crate) fn ann() -> Actor {
    Actor::Holder(name("ann"))
}

/// An amount like `7.5`, in $DIMO.
pub(crate) fn dimo(amount: &str) -> Wei {
    amount.parse().unwrap()
}

/// Midnight, UTC, of a date like `2023-01-31`.
pub(crate) fn day(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap()
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// The first moment of a month.
pub(crate) fn first_of(month: Month) -> Timestamp {
    day(&format!("{month}-01"))
}

/// The last moment of a month.
pub(crate) fn last_of(month: Month) -> Timestamp {
    first_of(month.plus(1)).checked_add_micros(-1).unwrap()
}

pub(crate) fn vehicle(number: u64) -> TokenId {
    TokenId::from(number)
}

/// The name of the model that a provider has approved for a type.
pub(crate) fn model(device_type: DeviceType) -> Name {
    name(&format!("model of {device_type}"))
}

pub(crate) fn kind(device_type: DeviceType) -> ProviderKind {
    device_type.dip4().map_or(ProviderKind::Hardware, |info| info.provider)
}

/// A certification list on which all is met.
pub(crate) fn met(device_type: DeviceType) -> Checklist<'static> {
    let mut list = Checklist::new(device_type, kind(device_type), &[]);
    list.set_all(CertificationStatus::Met { evidence: "report 7" });
    list
}

pub(crate) fn bonding(nft: NftId, device: Address) -> Bonding {
    Bonding { nft, device, model: model(nft.device_type), country: None }
}

/// A verdict that burns `burned` and gives `given` to ann.
pub(crate) fn slash(burned: &str, given: &str) -> Verdict {
    Verdict::Upheld(Slash::new(dimo(burned)).and_compensate(holder("ann"), dimo(given)))
}

/// The economy, and what the clock shows.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) economy: Economy,
    pub(crate) now: Timestamp,
}

impl World {
    /// 15 January 2023. Acme, parts and ann have 201,000, 201,000 and 1,000 $DIMO, and nobody has a licence. 2.5 % of
    /// resales are the treasury's.
    pub(crate) fn without_providers() -> Self {
        let mut economy = Economy::new(Policy::dip4(BasisPoints::new(250).unwrap()));
        let now = day("2023-01-15");
        for (account, amount) in [(provider(&acme()), "201000"), (parts(), "201000"), (holder("ann"), "1000")]
        {
            economy.open(now, account, dimo(amount)).unwrap();
        }
        Self { economy, now }
    }

    /// The same with acme licensed by its own stake of 100,000 $DIMO, and with a model of each of three types.
    pub(crate) fn new() -> Self {
        let mut world = Self::without_providers();
        world.licenses(&acme());
        world.stakes(&provider(&acme()), &acme(), "100000");
        for device_type in [DeviceType::StandardDongle, DeviceType::Hub, DeviceType::SoftwareOnly] {
            world.approves(&acme(), device_type);
        }
        world
    }

    /// Lets the time come.
    pub(crate) fn on(&mut self, date: &str) -> &mut Self {
        self.now = day(date);
        self
    }

    #[track_caller]
    pub(crate) fn applies(&mut self, provider: &Name) {
        self.economy.apply(self.now, provider, ProviderKind::Hardware).unwrap();
    }

    /// An application and the grant.
    #[track_caller]
    pub(crate) fn licenses(&mut self, provider: &Name) {
        self.applies(provider);
        self.economy.integrations().grant(self.now, provider).unwrap();
    }

    #[track_caller]
    pub(crate) fn stakes(&mut self, by: &Account, provider: &Name, amount: &str) {
        self.economy.stake(self.now, by, provider, dimo(amount)).unwrap();
    }

    #[track_caller]
    pub(crate) fn approves(&mut self, provider: &Name, device_type: DeviceType) {
        let (model, list) = (model(device_type), met(device_type));
        self.economy.integrations().approve(self.now, provider, &model, &list, &[]).unwrap();
    }

    #[track_caller]
    pub(crate) fn buys(&mut self, by: &Account, device_type: DeviceType) -> NftId {
        self.economy.buy(self.now, by, device_type).unwrap()
    }

    #[track_caller]
    pub(crate) fn bonds(&mut self, provider: &Name, nft: NftId, device: Address) {
        self.economy.bond(self.now, provider, &bonding(nft, device)).unwrap();
    }

    #[track_caller]
    pub(crate) fn connects(&mut self, device: Address, to: u64) {
        self.economy.connect(self.now, &device, vehicle(to)).unwrap();
    }

    /// Acme buys an NFT, bonds a device of its own to it, and connects it to vehicle 42.
    #[track_caller]
    pub(crate) fn connected(&mut self, device_type: DeviceType, device: Address) -> NftId {
        let nft = self.buys(&provider(&acme()), device_type);
        self.bonds(&acme(), nft, device);
        self.connects(device, 42);
        nft
    }

    /// Ann challenges a provider.
    #[track_caller]
    pub(crate) fn challenges(&mut self, provider: &Name, id: &str) {
        let violation = Violation::new("no-false-data").unwrap();
        self.economy.challenge(self.now, &ann(), &name(id), provider, violation).unwrap();
    }

    #[track_caller]
    pub(crate) fn decides(&mut self, id: &str, verdict: Verdict) {
        self.economy.court().decide(self.now, &name(id), verdict).unwrap();
    }

    /// Tries what is to be refused, sees that it changed nothing, and returns why.
    #[track_caller]
    pub(crate) fn refuses<T, E>(&mut self, act: impl FnOnce(&mut Economy, Timestamp) -> Result<T, E>) -> E {
        let before = self.economy.clone();
        let Err(refusal) = act(&mut self.economy, self.now) else { panic!("it was not refused") };
        assert!(self.economy == before, "it was refused and left a trace");
        refusal
    }

    pub(crate) fn standing(&self, provider: &Name) -> Standing {
        self.economy.standing(provider)
    }

    pub(crate) fn balance(&self, account: &Account) -> String {
        self.economy.ledger().balance(account).to_string()
    }

    /// Who deposited how much for a provider.
    pub(crate) fn deposits(&self, provider: &Name) -> Vec<String> {
        let stake = self.economy.stake_of(provider).unwrap();
        stake.deposits().iter().map(|deposit| format!("{} {}", deposit.by, deposit.amount)).collect()
    }
}
