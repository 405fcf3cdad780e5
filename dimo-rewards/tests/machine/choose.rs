//! [`Chooser`]: picks what to try next, mostly something that the state allows.

use dimo_rewards::{
    Account, Actor, BasisPoints, Bonding, Economy, LicenceState, Matter, Model, ModelState, Name, NftId,
    NftTerms, Policy, Power, Quantity, SaleNumber, Slash, TeamSplit, Verdict, Violation,
};
use dimo_types::{Address, Country, DeviceType, Month, ProviderKind, Timestamp, TokenId, Wei};
use std::num::{NonZeroU16, NonZeroU64};

use crate::op::{KINDS, Op};
use crate::util::{day, model, name};
use crate::world::{World, nft_id};

/// Choices drawn from one word: the same word in the same state makes the same choices (SplitMix64).
pub(crate) struct Chooser {
    word: u64,
}

const DAY: i64 = 86_400_000_000;

impl Chooser {
    pub(crate) const fn new(word: u64) -> Self {
        Self { word }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.word = self.word.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.word;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        let place = self.below(choices.len().max(1) as u64);
        choices.get(place as usize).cloned()
    }

    fn any<T: Clone, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[self.below(N as u64) as usize].clone()
    }

    /// One of those for which `likely` holds; one time in eight, or where there is none, any.
    fn likely<T: Clone>(&mut self, all: &[T], likely: impl Fn(&T) -> bool) -> T {
        let fitting: Vec<T> = all.iter().filter(|it| likely(it)).cloned().collect();
        let unlikely = self.one_in(8);
        let choice = if unlikely { None } else { self.of(&fitting) };
        choice.or_else(|| self.of(all)).unwrap()
    }

    fn provider(&mut self, economy: &Economy, likely: impl Fn(Option<LicenceState>) -> bool) -> Name {
        let state = |provider: &Name| economy.licence(provider).map(|licence| licence.state());
        self.likely(&providers(), |provider| likely(state(provider)))
    }

    /// Somebody with money of its own.
    fn account(&mut self) -> Account {
        let mut accounts: Vec<_> = providers().into_iter().map(Account::Provider).collect();
        accounts.extend(["ann", "parts"].map(|holder| Account::Holder(name(holder))));
        accounts.push(Account::Integrations);
        if self.one_in(20) { Account::Treasury } else { self.of(&accounts).unwrap() }
    }

    /// Mostly somebody who has the power.
    fn authority(&mut self, economy: &Economy, power: Power) -> Actor {
        self.likely(&actors(), |actor| economy.authorise(actor, power).is_ok())
    }

    fn amount(&mut self, most: u64) -> Wei {
        let whole = u128::from(self.below(most)) * Wei::PER_DIMO;
        Wei::new(whole + if self.one_in(3) { u128::from(self.next()) % Wei::PER_DIMO } else { 0 })
    }

    fn device_type(&mut self) -> DeviceType {
        self.any([
            DeviceType::StandardDongle,
            DeviceType::StandardDongle,
            DeviceType::SoftwareOnly,
            DeviceType::SoftwareOnly,
            DeviceType::Hub,
            beacon(),
        ])
    }

    fn device(&mut self, likely: impl Fn(&Address) -> bool) -> Address {
        self.likely(&(0..40).map(|n| Address::new([n; 20])).collect::<Vec<_>>(), likely)
    }

    /// When it happens: mostly a little later, sometimes much, rarely before the last event.
    fn time(&mut self, now: Timestamp) -> Timestamp {
        let micros = match self.below(40) {
            0 => -1,
            1..=10 => 0,
            11..=30 => DAY,
            31..=38 => 14 * DAY,
            _ => 100 * DAY,
        };
        now.checked_add_micros(micros).unwrap()
    }

    /// What to try, and when.
    pub(crate) fn choose(&mut self, world: &World) -> (Timestamp, Op) {
        let at = self.time(world.economy.now());
        let op = self.op(world, at);
        match &op {
            // Half of those who leave wait until they may.
            Op::Release { provider } if self.one_in(2) => {
                (at.max(world.economy.release_due(provider).unwrap_or(at)), op)
            }
            _ => (at, op),
        }
    }

    fn op(&mut self, world: &World, at: Timestamp) -> Op {
        // What moves money comes more often than what a vote changes.
        const OFTEN: [u64; 12] = [9, 11, 16, 16, 17, 18, 18, 18, 19, 19, 22, 22];
        let kind = if self.one_in(2) { self.any(OFTEN) } else { self.below(KINDS as u64) };
        match kind {
            0..=8 => self.licensing(world, kind),
            9..=15 => self.securing(world, kind),
            16..=21 => self.trading(world, kind),
            22..=26 => self.settling(world, kind, at),
            _ => self.governing(world, kind),
        }
    }

    fn licensing(&mut self, world: &World, kind: u64) -> Op {
        let economy = &world.economy;
        let held = |state: Option<LicenceState>| state.is_some_and(LicenceState::is_held);
        match kind {
            0 => Op::Open { account: self.account(), amount: self.amount(200_000) },
            1 => {
                let provider =
                    self.provider(economy, |state| !matches!(state, Some(LicenceState::Renouncing { .. })));
                Op::Apply { provider, kind: self.any([ProviderKind::Hardware, ProviderKind::Software]) }
            }
            2 | 3 if providers().iter().any(|provider| asks(economy, provider)) && !self.one_in(5) => {
                let by = self.authority(economy, Power::Licences);
                Op::Grant { by, provider: self.likely(&providers(), |provider| asks(economy, provider)) }
            }
            3 => match world.cases.last() {
                Some(&case) => Op::Reject { by: self.authority(economy, Power::Licences), case },
                None => self.licensing(world, 1),
            },
            4 => {
                let by = self.authority(economy, Power::Suspensions);
                Op::Suspend { by, provider: self.provider(economy, held) }
            }
            5 => {
                let by = self.authority(economy, Power::Suspensions);
                let suspended = |state| state == Some(LicenceState::Suspended);
                Op::Reinstate { by, provider: self.provider(economy, suspended) }
            }
            6 if self.one_in(3) => {
                let by = self.authority(economy, Power::Revocations);
                Op::Revoke { by, provider: self.provider(economy, held) }
            }
            7 => {
                let provider = self.provider(economy, held);
                let balance = economy.stake_of(&provider).map_or(Wei::ZERO, |stake| stake.balance());
                let minimum = economy.policy().stake;
                let near = if self.one_in(4) { self.amount(130_000) } else { balance.max(minimum) };
                Op::Require { by: self.authority(economy, Power::Requirements), provider, requirement: near }
            }
            8 if providers().iter().any(|provider| asks(economy, provider)) => {
                let by = self.authority(economy, Power::Licences);
                let to = self.likely(&providers(), |provider| asks(economy, provider));
                Op::Transfer { by, from: self.provider(economy, held), to }
            }
            _ => self.licensing(world, 1),
        }
    }

    fn securing(&mut self, world: &World, kind: u64) -> Op {
        let economy = &world.economy;
        let held = |state: Option<LicenceState>| state.is_some_and(LicenceState::is_held);
        match kind {
            9 => {
                let provider = self.provider(economy, held);
                let missing = economy
                    .stake_of(&provider)
                    .map(|stake| stake.requirement().checked_sub(stake.balance()).unwrap_or_default());
                let amount = match missing {
                    Some(missing) if missing > Wei::ZERO && !self.one_in(3) => missing,
                    _ => self.amount(2_000),
                };
                Op::Stake { by: self.account(), provider, amount }
            }
            10 => Op::WithdrawExcess { provider: self.provider(economy, held) },
            11 => {
                let (provider, device_type) = (self.provider(economy, held), self.device_type());
                let model = if self.one_in(8) { name("second") } else { model(device_type) };
                Op::Approve { by: self.authority(economy, Power::Models), provider, model, device_type }
            }
            12 => {
                let by = self.authority(economy, Power::Bans);
                let device =
                    self.device(|device| economy.nft_of(device).is_some() && !economy.is_banned(device));
                if self.one_in(3) { Op::Ban { by, device } } else { self.securing(world, 9) }
            }
            13 => {
                let (by, provider) =
                    (self.authority(economy, Power::Bans), self.provider(economy, |state| state.is_some()));
                let models: Vec<_> = economy.models(&provider).map(|(model, _)| model.clone()).collect();
                let model = self.of(&models).unwrap_or(name("unknown"));
                if self.one_in(5) { Op::BanModel { by, provider, model } } else { self.securing(world, 11) }
            }
            14 if self.one_in(4) => {
                let quantity = self.any([Quantity::Unlimited, Quantity::Limited(4)]);
                let (price, provider) = (self.amount(20), ProviderKind::Hardware);
                let device_type = if self.one_in(4) { DeviceType::Hub } else { beacon() };
                let by = self.authority(economy, Power::DeviceTypes);
                Op::AddType { by, device_type, terms: NftTerms { price, quantity, provider } }
            }
            15 if self.one_in(8) => {
                Op::AddSpecification { by: self.authority(economy, Power::Specifications) }
            }
            _ => self.securing(world, 11),
        }
    }

    fn trading(&mut self, world: &World, kind: u64) -> Op {
        let economy = &world.economy;
        match kind {
            16 => {
                let count = NonZeroU64::new(1 + self.below(3)).unwrap();
                Op::Buy { by: self.account(), device_type: self.device_type(), count }
            }
            17 => {
                let sold: Vec<_> = world.nfts.iter().map(|(id, nft)| (*id, nft.clone())).collect();
                let any = self.likely(&[0, 1], |place| *place == 1) == 0;
                let free: Vec<_> =
                    sold.iter().filter(|(_, nft)| any || nft.bond.is_none()).cloned().collect();
                let Some((nft, it)) = self.of(&free) else { return self.trading(world, 16) };
                let by = if any { self.account() } else { it.owner };
                Op::Resell { by, to: self.account(), nft, price: self.amount(100) }
            }
            18 => self.bond(world),
            19 | 20 if kind == 19 || self.one_in(2) => {
                let device =
                    self.device(|device| economy.nft_of(device).is_some() && !economy.is_banned(device));
                let bond = economy.nft_of(&device).and_then(|nft| economy.nft(nft)).and_then(|nft| nft.bond);
                let same = bond.and_then(|bond| bond.vehicle).filter(|_| !self.one_in(3));
                Op::Connect { device, vehicle: same.unwrap_or(TokenId::from(self.below(3))) }
            }
            20 => {
                let device = self.device(|device| economy.nft_of(device).is_some());
                Op::Disconnect { device }
            }
            _ => {
                let software = |device: &Address| {
                    economy.nft_of(device).is_some_and(|nft| nft.device_type == DeviceType::SoftwareOnly)
                };
                Op::Unlink { device: self.device(software) }
            }
        }
    }

    fn bond(&mut self, world: &World) -> Op {
        let economy = &world.economy;
        let bondable = |provider: &Name, nft: &dimo_rewards::Nft| {
            nft.bond.is_none() && nft.owner == Account::Provider(provider.clone())
        };
        let has_model = |provider: &Name, nft: &NftId| {
            let approved =
                |model: &Model| model.device_type == nft.device_type && model.state == ModelState::Approved;
            economy.models(provider).any(|(_, model)| approved(model))
        };
        let ids_of = |provider: &Name| -> Vec<_> {
            let theirs = world.nfts.iter().filter(|(_, nft)| bondable(provider, nft)).map(|(id, _)| *id);
            theirs.filter(|id| has_model(provider, id)).collect()
        };
        let provider = self.likely(&providers(), |provider| {
            economy.standing(provider).is_good() && !ids_of(provider).is_empty()
        });
        if ids_of(&provider).is_empty() && !self.one_in(8) {
            let by = self.likely(&providers(), |provider| economy.standing(provider).is_good());
            let types: Vec<_> = economy.models(&by).map(|(_, model)| model.device_type).collect();
            let device_type = self.of(&types).unwrap_or(DeviceType::StandardDongle);
            return Op::Buy { by: Account::Provider(by), device_type, count: NonZeroU64::MIN };
        }
        let nft = if self.one_in(10) { None } else { self.of(&ids_of(&provider)) };
        let nft =
            nft.unwrap_or(nft_id(DeviceType::StandardDongle, SaleNumber::new(1 + self.below(4)).unwrap()));
        let device = self.device(|device| economy.nft_of(device).is_none() && !economy.is_banned(device));
        let models: Vec<_> = economy
            .models(&provider)
            .filter(|(_, it)| it.device_type == nft.device_type && it.state == ModelState::Approved)
            .map(|(model, _)| model.clone())
            .collect();
        let model = self.of(&models).unwrap_or(model(nft.device_type));
        let country = self.one_in(3).then_some(Country::CANADA);
        Op::Bond { provider, bonding: Bonding { nft, device, model, country } }
    }

    fn settling(&mut self, world: &World, kind: u64, at: Timestamp) -> Op {
        let economy = &world.economy;
        match kind {
            22 => {
                if self.one_in(2) && economy.closed().any(|month| month.plus(1) == Month::of(at)) {
                    return self.trading(world, 19);
                }
                let first = Month::of(day("2023-01-15"));
                let months: Vec<_> = (0..)
                    .map(|later| first.plus(later))
                    .take_while(|month| *month <= Month::of(at))
                    .collect();
                let closed: Vec<_> = economy.closed().collect();
                let month = self.likely(&months, |month| *month < Month::of(at) && !closed.contains(month));
                Op::Close { month }
            }
            23 => {
                let by = self.of(&actors()).unwrap();
                let id = name(&format!("c-{}", self.below(40)));
                let provider = self.provider(economy, |state| state.is_some());
                let violation = Violation::new(self.any(["no-false-data", "late again"])).unwrap();
                Op::Challenge { by, id, provider, violation }
            }
            24 => {
                let open: Vec<_> = economy.challenges().keys().cloned().collect();
                if open.is_empty() {
                    return self.settling(world, 23, at);
                }
                let id = self.likely(&open, |id| economy.challenges()[id].is_open());
                let staked = economy.stake_of(&economy.challenges()[&id].provider).unwrap().balance();
                let verdict = if self.one_in(3) { Verdict::Rejected } else { self.slash(staked) };
                Op::Decide { id, verdict }
            }
            25 if self.one_in(3) => {
                let held = |state: Option<LicenceState>| state.is_some_and(LicenceState::is_held);
                Op::Renounce { provider: self.provider(economy, held) }
            }
            _ => {
                let waits =
                    |state: Option<LicenceState>| state.is_some_and(|state| state.waits_since().is_some());
                let provider = self.provider(economy, waits);
                if !waits(economy.licence(&provider).map(|licence| licence.state())) && !self.one_in(8) {
                    return self.trading(world, 16);
                }
                Op::Release { provider }
            }
        }
    }

    fn slash(&mut self, staked: Wei) -> Verdict {
        let part = |parts: u64| staked.checked_mul_ratio(parts.into(), 100).unwrap();
        let (burn, given) = (part(self.below(30)), part(self.below(30)));
        let user = if self.one_in(8) { Account::Treasury } else { Account::Holder(name("ann")) };
        let other = if self.one_in(8) { staked } else { Wei::new(self.below(9).into()).min(staked) };
        let slash = Slash::new(burn).and_compensate(user, given);
        Verdict::Upheld(slash.and_compensate(Account::Provider(name("bolt")), other))
    }

    fn governing(&mut self, world: &World, kind: u64) -> Op {
        let economy = &world.economy;
        match kind {
            27 => {
                let team = self.any([
                    Actor::Holder(name("auditors")),
                    Actor::Holder(name("auditors")),
                    Actor::Integrations,
                    Actor::Court,
                ]);
                // Integrations loses little, so that most goes on.
                let keep = if team == Actor::Integrations { 8 } else { 2 };
                let powers = Power::DIP4.into_iter().filter(|_| !self.one_in(keep)).collect();
                Op::SetPowers { team, powers }
            }
            28 => Op::AddQuantity { device_type: self.device_type(), more: self.below(3) },
            29 => {
                if self.one_in(4) {
                    Op::LiftQuantity { device_type: self.device_type() }
                } else {
                    self.governing(world, 28)
                }
            }
            30 => Op::ApproveCountry { country: Country::new(*b"JP").unwrap() },
            31 => Op::Amend { policy: self.policy(economy) },
            32 => {
                let members = [(name("ada"), 2), (name("bo"), 1 + self.below(3) as u32)];
                let there = economy.ledger().balance(&Account::Integrations);
                let amount = if self.one_in(5) { self.amount(9_000_000) } else { there };
                let by = self.authority(economy, Power::TeamShare);
                Op::PayMembers { by, split: TeamSplit::new(members).unwrap(), amount }
            }
            33 => match self.of(&world.cases) {
                Some(case) => Op::PublishAnalysis { by: self.authority(economy, Power::Reports), case },
                None => self.licensing(world, 1),
            },
            34 => {
                let by = self.authority(economy, Power::Reports);
                Op::Alert { by, provider: self.provider(economy, |state| state.is_some()) }
            }
            _ => match self.of(&world.incidents) {
                Some(incident) => Op::PostMortem { by: self.authority(economy, Power::Reports), incident },
                None => self.governing(world, 34),
            },
        }
    }

    /// The policy in force with some of its numbers changed.
    fn policy(&mut self, economy: &Economy) -> Policy {
        let mut policy = economy.policy().clone();
        policy.stake = self.any(["100000", "80000", "120000"]).parse().unwrap();
        policy.renunciation_months = self.any([6, 6, 1]);
        policy.royalty = BasisPoints::new(self.any([0, 250, 10_000])).unwrap();
        policy.rebate =
            BasisPoints::new(self.any([7_000, 7_000, 7_000, 7_000, 7_000, 5_000, 5_000, 9_900])).unwrap();
        policy.months = NonZeroU16::new(self.any([24, 24, 3])).unwrap();
        if self.one_in(6) {
            policy.nfts.remove(&self.device_type());
        } else {
            let dip4 = Policy::dip4(BasisPoints::ZERO).nfts;
            for (device_type, terms) in dip4 {
                policy.nfts.entry(device_type).or_insert(terms);
            }
            if let Some(terms) = policy.nfts.get_mut(&DeviceType::Hub) {
                terms.quantity = Quantity::Limited(3);
            }
        }
        policy
    }
}

/// Whether a provider has an open application for a licence.
fn asks(economy: &Economy, provider: &Name) -> bool {
    economy.record().cases().iter().any(|case| {
        case.provider == *provider
            && case.outcome.is_none()
            && matches!(case.matter, Matter::FirstApplication(_))
    })
}

pub(crate) fn beacon() -> DeviceType {
    "beacon".parse().unwrap()
}

/// All who are providers, or may become one.
pub(crate) fn providers() -> Vec<Name> {
    ["acme", "bolt", "cog", "dyn"].map(name).into()
}

fn actors() -> Vec<Actor> {
    let holders = ["ann", "auditors"].map(|holder| Actor::Holder(name(holder)));
    let mut actors = vec![Actor::Integrations, Actor::Integrations, Actor::TokenHolders, Actor::Court];
    actors.extend(holders);
    actors.push(Actor::Provider(name("acme")));
    actors
}
