//! No sequence of operations makes or loses money, and a refusal changes nothing.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_rewards::{Account, BasisPoints, Economy, Name, NftId, Policy, SaleNumber, ScheduleState};
use dimo_types::{Address, DeviceType, Month, Timestamp, TokenId, Wei};
use proptest::prelude::*;

/// Something that somebody tries; small ranges, so that they meet.
#[derive(Clone, Debug)]
enum Act {
    Open(u8, u128),
    Stake { by: u8, provider: u8, amount: u128 },
    Grant(u8),
    Suspend(u8),
    Reinstate(u8),
    Revoke(u8),
    Require(u8, u128),
    Buy(u8, DeviceType),
    Bond { provider: u8, device_type: DeviceType, number: u64, device: u8 },
    Connect(u8, u64),
    Disconnect(u8),
    NextMonth,
    Close(u32),
}

fn device_type() -> impl Strategy<Value = DeviceType> {
    prop::sample::select(vec![DeviceType::StandardDongle, DeviceType::SoftwareOnly, DeviceType::AiDevice])
}

fn act() -> impl Strategy<Value = Act> {
    let wei =
        || prop_oneof![Just(0), 0..300_000 * Wei::PER_DIMO, Just(200_000 * Wei::PER_DIMO), any::<u128>()];
    prop_oneof![
        2 => (0u8..5, wei()).prop_map(|(who, amount)| Act::Open(who, amount)),
        4 => (0u8..5, 0u8..3, wei()).prop_map(|(by, provider, amount)| Act::Stake { by, provider, amount }),
        2 => (0u8..3).prop_map(Act::Grant),
        1 => (0u8..3).prop_map(Act::Suspend),
        1 => (0u8..3).prop_map(Act::Reinstate),
        1 => (0u8..3).prop_map(Act::Revoke),
        1 => (0u8..3, wei()).prop_map(|(provider, amount)| Act::Require(provider, amount)),
        6 => (0u8..5, device_type()).prop_map(|(by, kind)| Act::Buy(by, kind)),
        8 => (0u8..3, device_type(), 1u64..5, 0u8..6).prop_map(|(provider, device_type, number, device)| {
            Act::Bond { provider, device_type, number, device }
        }),
        6 => (0u8..6, 0u64..3).prop_map(|(device, vehicle)| Act::Connect(device, vehicle)),
        1 => (0u8..6).prop_map(Act::Disconnect),
        6 => Just(Act::NextMonth),
        6 => (0u32..4).prop_map(Act::Close),
    ]
}

struct World {
    economy: Economy,
    now: Month,
    refused: u32,
    done: u32,
}

fn provider(who: u8) -> Name {
    Name::new(format!("maker-{who}")).unwrap()
}

/// The first three are providers, the others holders.
fn account(who: u8) -> Account {
    if who < 3 {
        Account::Provider(provider(who))
    } else {
        Account::Holder(Name::new(format!("h{who}")).unwrap())
    }
}

fn device(which: u8) -> Address {
    Address::new([which; 20])
}

impl World {
    /// Two licensed providers with a stake and some money, so that not everything is refused.
    fn new() -> Self {
        let policy = Policy::dip4(BasisPoints::ZERO);
        let mut world =
            Self { economy: Economy::new(policy), now: Month::new(2023, 1).unwrap(), refused: 0, done: 0 };
        let dimo = |amount: u128| amount * Wei::PER_DIMO;
        for who in 0..2 {
            world.try_act(&Act::Open(who, dimo(101_000)));
            world.try_act(&Act::Grant(who));
            world.try_act(&Act::Stake { by: who, provider: who, amount: dimo(100_000) });
        }
        assert_eq!(world.refused, 0);
        world
    }

    fn at(&self) -> Timestamp {
        format!("{}-15T00:00:00Z", self.now).parse().unwrap()
    }

    /// Tries `act` and says whether it was done.
    fn perform(&mut self, act: &Act) -> bool {
        let (at, economy) = (self.at(), &mut self.economy);
        match act {
            Act::Open(who, amount) => economy.open(at, account(*who), Wei::new(*amount)).is_ok(),
            Act::Stake { by, provider: who, amount } => {
                economy.stake(at, &account(*by), &provider(*who), Wei::new(*amount)).is_ok()
            }
            Act::Grant(who) => economy.integrations().grant(&provider(*who)).is_ok(),
            Act::Suspend(who) => economy.integrations().suspend(&provider(*who)).is_ok(),
            Act::Reinstate(who) => economy.integrations().reinstate(&provider(*who)).is_ok(),
            Act::Revoke(who) => economy.integrations().revoke(at, &provider(*who)).is_ok(),
            Act::Require(who, amount) => {
                economy.integrations().require_stake(&provider(*who), Wei::new(*amount)).is_ok()
            }
            Act::Buy(by, kind) => economy.buy(at, &account(*by), *kind).is_ok(),
            Act::Bond { provider: who, device_type, number, device: which } => {
                let nft = NftId { device_type: *device_type, number: SaleNumber::new(*number).unwrap() };
                economy.bond(&provider(*who), nft, device(*which)).is_ok()
            }
            Act::Connect(which, vehicle) => economy.connect(&device(*which), TokenId::from(*vehicle)).is_ok(),
            Act::Disconnect(which) => economy.disconnect(&device(*which)).is_ok(),
            Act::NextMonth => {
                self.now = self.now.plus(1);
                true
            }
            Act::Close(back) => {
                // From the month running, which is refused, to three before.
                let month = Month::new(2022, 1).unwrap();
                let back = u32::try_from(self.now.months_since(month)).unwrap() - back;
                economy.close(at, month.plus(back)).is_ok()
            }
        }
    }

    fn try_act(&mut self, act: &Act) {
        let before = self.economy.clone();
        if self.perform(act) {
            self.done += 1;
        } else {
            self.refused += 1;
            assert!(self.economy == before, "{act:?} was refused and left a trace");
        }
        self.check();
    }

    /// What always holds.
    fn check(&self) {
        let ledger = self.economy.ledger();
        assert!(ledger.is_conserved());
        let nfts: Vec<_> = device_types()
            .flat_map(|device_type| {
                (1..).map_while(move |n| {
                    self.economy.nft(NftId { device_type, number: SaleNumber::new(n).unwrap() })
                })
            })
            .collect();
        let set_aside = Wei::checked_sum(nfts.iter().map(|nft| nft.schedule.rest())).unwrap();
        assert_eq!(ledger.balance(&Account::Escrow), set_aside, "escrow is what the schedules are owed");
        for who in 0..3 {
            let staked = ledger.balance(&Account::Stake(provider(who)));
            if let Some(stake) = self.economy.stake_of(&provider(who)) {
                let deposits =
                    Wei::checked_sum(stake.deposits().iter().map(|deposit| deposit.amount)).unwrap();
                assert_eq!(staked, deposits, "a stake is the sum of its deposits");
                assert!(!self.economy.standing(&provider(who)).is_good() || staked >= stake.requirement());
            }
        }
        for nft in nfts {
            assert_eq!(nft.schedule.counted() == 24, nft.schedule.state() == ScheduleState::Paid);
        }
    }
}

fn device_types() -> impl Iterator<Item = DeviceType> {
    [DeviceType::StandardDongle, DeviceType::SoftwareOnly, DeviceType::AiDevice].into_iter()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_and_a_refusal_changes_nothing(acts in prop::collection::vec(act(), 1..120)) {
        let mut world = World::new();
        for act in &acts {
            world.try_act(act);
        }
    }
}

#[test]
fn a_schedule_runs_to_its_end_in_this_world() {
    let mut world = World::new();
    let kind = DeviceType::StandardDongle;
    world.try_act(&Act::Buy(0, kind));
    world.try_act(&Act::Bond { provider: 0, device_type: kind, number: 1, device: 0 });
    world.try_act(&Act::Connect(0, 1));
    for _ in 0..24 {
        world.try_act(&Act::NextMonth);
        world.try_act(&Act::Close(1));
    }
    assert_eq!(world.refused, 0);
    assert_eq!(world.economy.ledger().balance(&Account::Escrow), Wei::ZERO);
}
