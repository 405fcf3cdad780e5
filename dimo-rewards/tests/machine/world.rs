//! [`World`]: the economy under test, what was accepted, and what must hold after every try.

use std::collections::{BTreeMap, BTreeSet};

use dimo_rewards::{
    Account, Actor, BasisPoints, Bond, CaseId, Connection, Economy, IncidentId, Ledger, LicenceState,
    ModelState, Name, Nft, NftId, Policy, SaleNumber, Transfer, Verdict,
};
use dimo_types::{DeviceType, Month, ProviderKind, Timestamp, Wei};

use crate::choose::{Chooser, beacon, providers};
use crate::op::{Given, Op};
use crate::util::{day, dimo, holder, model};

/// How often each operation was accepted and refused.
pub(crate) type Counts = BTreeMap<String, (u32, u32)>;

pub(crate) struct World {
    pub(crate) economy: Economy,
    /// Every NFT ever sold, as it stands.
    pub(crate) nfts: BTreeMap<NftId, Nft>,
    pub(crate) cases: Vec<CaseId>,
    pub(crate) incidents: Vec<IncidentId>,
    accepted: Vec<(Timestamp, Op)>,
    opened: Wei,
    closed: BTreeSet<Month>,
    counts: Counts,
}

pub(crate) const fn nft_id(device_type: DeviceType, number: SaleNumber) -> NftId {
    NftId { device_type, number }
}

fn policy() -> Policy {
    Policy::dip4(BasisPoints::new(250).unwrap())
}

impl World {
    /// Three licensed providers with a stake, models and money, and two holders with money.
    pub(crate) fn new() -> Self {
        let mut world = Self {
            economy: Economy::new(policy()),
            nfts: BTreeMap::new(),
            cases: Vec::new(),
            incidents: Vec::new(),
            accepted: Vec::new(),
            opened: Wei::ZERO,
            closed: BTreeSet::new(),
            counts: Counts::new(),
        };
        let by = Actor::Integrations;
        let mut ops = Vec::new();
        for account in ["ann", "parts"].map(holder) {
            ops.push(Op::Open { account, amount: dimo("300000") });
        }
        for provider in providers() {
            ops.push(Op::Open { account: Account::Provider(provider), amount: dimo("300000") });
        }
        for provider in providers().into_iter().take(3) {
            let kind = ProviderKind::Hardware;
            ops.push(Op::Apply { provider: provider.clone(), kind });
            ops.push(Op::Grant { by: by.clone(), provider: provider.clone() });
            let account = Account::Provider(provider.clone());
            ops.push(Op::Stake { by: account, provider: provider.clone(), amount: dimo("100000") });
            for device_type in [DeviceType::StandardDongle, DeviceType::SoftwareOnly] {
                let (by, provider, model) = (by.clone(), provider.clone(), model(device_type));
                ops.push(Op::Approve { by, provider, model, device_type });
            }
        }
        for op in ops {
            assert!(world.tries(day("2023-01-15"), op), "the world begins");
        }
        world
    }

    /// Lets a word choose what happens next.
    pub(crate) fn step(&mut self, word: u64) {
        let (at, op) = Chooser::new(word).choose(self);
        self.tries(at, op);
    }

    /// Tries something, checks what must hold, and says whether it was accepted.
    fn tries(&mut self, at: Timestamp, op: Op) -> bool {
        let before = self.economy.clone();
        let given = op.perform(&mut self.economy, at);
        let count = self.counts.entry(op.name()).or_default();
        match given {
            Err(refusal) => {
                count.1 += 1;
                assert!(!refusal.is_empty());
                assert!(self.economy == before, "{op:?} was refused ({refusal}) and left a trace");
                return false;
            }
            Ok(Given::Case(case)) => self.cases.push(case),
            Ok(Given::Incident(incident)) => self.incidents.push(incident),
            Ok(Given::Nothing) => {}
        }
        count.0 += 1;
        self.note(&before, at, &op);
        self.check_authority(&before, &op);
        self.check_terms(&before, at, &op);
        self.check_money(&before, &op);
        self.check_stakes();
        self.check_nfts(&before, &op);
        self.check_devices();
        self.check_past(&before);
        self.accepted.push((at, op));
        true
    }

    fn note(&mut self, before: &Economy, at: Timestamp, op: &Op) {
        assert!(before.now() <= at, "{op:?} at {at} let time fall");
        assert_eq!(self.economy.now(), at);
        match op {
            Op::Open { amount, .. } => self.opened = self.opened.checked_add(*amount).unwrap(),
            Op::Close { month } => assert!(self.closed.insert(*month), "{month} was closed twice"),
            _ => {}
        }
        assert!(self.economy.closed().eq(self.closed.iter().copied()));
    }

    fn check_authority(&self, before: &Economy, op: &Op) {
        if let Some((by, power)) = op.authority() {
            assert_eq!(before.authorise(by, power), Ok(()), "{op:?}");
        }
        if let Op::Challenge { by, .. } = op {
            assert_ne!(*by, Actor::Court);
        }
    }

    /// What an operation asks for was there, and it moved what it says.
    fn check_terms(&self, before: &Economy, at: Timestamp, op: &Op) {
        let gained = |account: &Account| {
            let (now, then) = (self.economy.ledger().balance(account), before.ledger().balance(account));
            now.checked_sub(then).unwrap_or_default()
        };
        let spent = |account: &Account| {
            let (now, then) = (self.economy.ledger().balance(account), before.ledger().balance(account));
            then.checked_sub(now).unwrap_or_default()
        };
        match op {
            Op::Bond { provider, bonding } => {
                assert!(before.standing(provider).is_good(), "{op:?}");
                let (_, model) = before.models(provider).find(|(model, _)| **model == bonding.model).unwrap();
                assert_eq!((model.state, model.device_type), (ModelState::Approved, bonding.nft.device_type));
            }
            Op::Release { provider } => {
                assert!(before.release_due(provider).unwrap() <= at, "{op:?}");
                let mut theirs = before.challenges().values().filter(|it| it.provider == *provider);
                assert!(theirs.all(|challenge| !challenge.is_open()), "{op:?}");
            }
            Op::Resell { by, to, price, .. } => {
                let royalty = before.policy().royalty.of(*price);
                assert_eq!(gained(&Account::Treasury), royalty, "{op:?}");
                let (paid, received) = if by == to {
                    (royalty, Wei::ZERO)
                } else {
                    (*price, price.checked_sub(royalty).unwrap())
                };
                assert_eq!((spent(to), gained(by)), (paid, received), "{op:?}");
            }
            Op::Buy { by, device_type, count } => {
                let price = before.policy().nfts[device_type].price;
                assert_eq!(Some(spent(by)), price.checked_mul_ratio(count.get().into(), 1), "{op:?}");
            }
            Op::Decide { id, verdict: Verdict::Upheld(slash) } => {
                let stake = Account::Stake(before.challenges()[id].provider.clone());
                assert_eq!((Some(spent(&stake)), gained(&Account::Burned)), (slash.total(), slash.burn));
            }
            _ => {}
        }
    }

    fn check_money(&self, before: &Economy, op: &Op) {
        let (ledger, then) = (self.economy.ledger(), before.ledger());
        assert!(ledger.is_conserved());
        assert_eq!(ledger.supply(), self.opened);
        for only_grows in [Account::Burned, Account::Treasury] {
            assert!(ledger.balance(&only_grows) >= then.balance(&only_grows), "{op:?}");
        }
        let burns = ledger.balance(&Account::Burned) > then.balance(&Account::Burned);
        assert!(!burns || matches!(op, Op::Decide { .. }), "{op:?} burned");
        // What is written is never changed.
        assert!(then.entries().eq(ledger.entries().take(then.entries().count())));
    }

    fn check_stakes(&self) {
        let ledger = self.economy.ledger();
        for provider in providers() {
            let balance = ledger.balance(&Account::Stake(provider.clone()));
            let Some(stake) = self.economy.stake_of(&provider) else {
                assert_eq!(balance, Wei::ZERO);
                continue;
            };
            let deposits = Wei::checked_sum(stake.deposits().iter().map(|deposit| deposit.amount));
            assert_eq!(deposits, Some(balance), "the stake of {provider} is the sum of its deposits");
            let state = self.economy.licence(&provider).map(|licence| licence.state());
            let is_good = state == Some(LicenceState::Granted) && balance >= stake.requirement();
            assert_eq!(self.economy.standing(&provider).is_good(), is_good);
            if matches!(state, None | Some(LicenceState::Ended { .. })) {
                assert_eq!(balance, Wei::ZERO, "{provider} has a stake and no licence");
            }
        }
    }

    /// Escrow is what all NFTs are owed; and only what may change of an NFT has changed.
    fn check_nfts(&mut self, before: &Economy, op: &Op) {
        let mut nfts = BTreeMap::new();
        for device_type in DeviceType::DIP4.into_iter().chain([beacon()]) {
            let all = (1..=self.economy.sold(device_type)).filter_map(SaleNumber::new);
            nfts.extend(
                all.map(|number| nft_id(device_type, number)).map(|id| (id, self.economy.nft(id).unwrap())),
            );
            let next = nft_id(device_type, SaleNumber::after(self.economy.sold(device_type)));
            assert_eq!(self.economy.nft(next), None);
        }
        let owed = Wei::checked_sum(nfts.values().map(|nft| nft.schedule.rest()));
        assert_eq!(owed, Some(self.economy.ledger().balance(&Account::Escrow)), "{op:?}");
        for (id, then) in &self.nfts {
            let now = &nfts[id];
            assert_eq!(now.split, then.split);
            if now.owner != then.owner {
                assert!(matches!(op, Op::Resell { .. }) && then.bond.is_none(), "{op:?} changed an owner");
            }
            assert!(then.schedule.is_owed() || now.schedule == then.schedule, "{op:?} revived {id}");
            let paid = now.schedule.counted() - then.schedule.counted();
            assert_eq!(
                paid,
                u16::from(matches!(op, Op::Close { .. }) && counts(before, then)),
                "{op:?} paid {id}"
            );
            if let Some(then) = &then.bond {
                check_bond(*id, then, now, op);
            }
        }
        self.nfts = nfts;
    }

    /// A device has one NFT, and one that is banned is neither connected nor owed anything.
    fn check_devices(&self) {
        let mut connected = BTreeSet::new();
        for (id, nft) in &self.nfts {
            let Some(bond) = &nft.bond else { continue };
            if bond.connection == Connection::Connected {
                assert!(!self.economy.is_banned(&bond.device), "a banned device is connected");
                assert_eq!(self.economy.nft_of(&bond.device), Some(*id));
                assert!(connected.insert(bond.device), "a device is connected twice");
            }
            if self.economy.is_banned(&bond.device) {
                assert!(!nft.schedule.is_owed(), "a banned device is owed something");
            }
        }
    }

    /// Verdicts and what is published stay.
    fn check_past(&self, before: &Economy) {
        for (id, then) in before.challenges() {
            let now = &self.economy.challenges()[id];
            assert!(then.is_open() || now == then);
        }
        for (then, now) in before.record().cases().iter().zip(self.economy.record().cases()) {
            assert!(then.outcome.is_none() || now.outcome == then.outcome);
            assert!(then.analysis.is_none() || now.analysis == then.analysis);
        }
        let approved_and_banned = providers().into_iter().flat_map(|provider| {
            let banned = |economy: &Economy| -> BTreeSet<_> {
                let models = economy.models(&provider);
                let banned = models.filter(|(_, model)| model.state == ModelState::Banned);
                banned.map(|(model, _)| model.clone()).collect()
            };
            let (then, now) = (banned(before), banned(&self.economy));
            then.difference(&now).cloned().collect::<Vec<_>>()
        });
        assert_eq!(approved_and_banned.collect::<Vec<_>>(), [] as [Name; 0], "a ban was lifted");
    }

    /// What was accepted, done again in a new economy and nothing else, makes the same; and the books alone the same balances.
    pub(crate) fn ends(self) -> Counts {
        let mut again = Economy::new(policy());
        for (at, op) in &self.accepted {
            op.perform(&mut again, *at).unwrap();
        }
        assert!(again == self.economy, "the accepted operations alone make another economy");
        let ledger = self.economy.ledger();
        let mut posted = Ledger::new();
        for entry in ledger.entries() {
            let transfer = Transfer::new(entry.from.clone(), entry.to.clone(), entry.amount, entry.purpose);
            posted.post(entry.at, &[transfer]).unwrap();
        }
        assert_eq!(posted.balances(), ledger.balances());
        assert!(posted == *ledger);
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(ledger).unwrap();
            assert!(
                serde_json::from_str::<Ledger>(&text).unwrap() == *ledger,
                "read back it is another ledger"
            );
        }
        self.counts
    }
}

/// Whether the close of a month pays for an NFT that was in this state before it.
fn counts(before: &Economy, nft: &Nft) -> bool {
    let connected = |bond: &&Bond| bond.connection == Connection::Connected;
    let bond = nft.bond.as_ref().filter(connected);
    nft.schedule.is_owed() && bond.is_some_and(|bond| before.standing(&bond.provider).is_good())
}

/// What was bonded stays bonded, to the same device; a software connection stays with its vehicle.
fn check_bond(id: NftId, then: &Bond, nft: &Nft, op: &Op) {
    let now = nft.bond.as_ref().unwrap();
    assert_eq!((now.device, &now.model), (then.device, &then.model));
    let moved = now.provider != then.provider;
    let moves = matches!(op, Op::Transfer { from, .. } if *from == then.provider);
    assert_eq!(moved, moves, "{op:?} moved a bond, or did not");
    if id.device_type == DeviceType::SoftwareOnly && then.vehicle.is_some() {
        assert_eq!(now.vehicle, then.vehicle, "{op:?} moved a software connection");
    }
    if let Op::Revoke { provider, .. } | Op::Release { provider } = op
        && now.provider == *provider
    {
        assert!(!nft.schedule.is_owed(), "{op:?} ended no schedule");
    }
}
