//! Minting NFTs and devices: bought, sold on, bonded, connected, unlinked, banned.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

mod util;

use std::num::NonZeroU64;

use dimo_rewards::{
    Account, BondError, Bonding, BuyError, ConnectError, NftId, Quantity, Refusal, ResellError, SaleNumber,
    ScheduleState, TeamSplit, UnlinkError,
};
use dimo_types::{Country, DeviceType, Timestamp, Wei};
use util::{
    DEVICE, OTHER_DEVICE, World, acme, bolt, bonding, day, dimo, holder, model, month, name, parts, provider,
    vehicle,
};

fn nft(text: &str) -> NftId {
    text.parse().unwrap()
}

#[test]
fn a_purchase_ends_with_the_supply_or_the_money() {
    let mut world = World::new();
    let mut policy = world.economy.policy().clone();
    policy.nfts.get_mut(&DeviceType::Hub).unwrap().quantity = Quantity::Limited(2);
    policy.nfts.remove(&DeviceType::AiDevice);
    world.economy.token_holders().amend(world.now, policy).unwrap();
    world.buys(&parts(), DeviceType::Hub);
    let two = NonZeroU64::new(2).unwrap();
    let device_type = DeviceType::Hub;
    // All or none: one is left.
    let refusal = world.refuses(|economy, at| economy.buy_many(at, &parts(), device_type, two));
    assert_eq!(refusal, BuyError::SoldOut { device_type });
    world.buys(&parts(), DeviceType::Hub);
    let refusal = world.refuses(|economy, at| economy.buy(at, &parts(), device_type));
    assert_eq!(refusal, BuyError::SoldOut { device_type });
    world.economy.token_holders().add_quantity(world.now, device_type, 1).unwrap();
    assert_eq!(world.buys(&parts(), device_type), nft("hub#3"));
    let device_type = DeviceType::AiDevice;
    let refusal = world.refuses(|economy, at| economy.buy(at, &parts(), device_type));
    assert_eq!(refusal, BuyError::NotForSale { device_type });
    let refusal = world.refuses(|economy, at| economy.buy(at, &holder("poor"), DeviceType::Hub));
    assert_eq!(refusal, BuyError::SoldOut { device_type: DeviceType::Hub });
    let refusal = world.refuses(|economy, at| economy.buy(at, &holder("poor"), DeviceType::StandardDongle));
    assert!(matches!(refusal, BuyError::Ledger(_)));
    // A refused purchase takes no number.
    assert_eq!(world.buys(&parts(), DeviceType::StandardDongle).number, SaleNumber::FIRST);
}

#[test]
fn more_than_anybody_can_pay_for_is_refused_at_once() {
    let mut world = World::new();
    world.economy.token_holders().lift_quantity(world.now, DeviceType::Hub).unwrap();
    let all = NonZeroU64::MAX;
    let refusal = world.refuses(|economy, at| economy.buy_many(at, &parts(), DeviceType::Hub, all));
    assert!(matches!(refusal, BuyError::Ledger(_)));
    let stake = Account::Stake(acme());
    let refusal = world.refuses(|economy, at| economy.buy(at, &stake, DeviceType::Hub));
    assert_eq!(refusal, BuyError::NoActor { account: stake });
}

#[test]
fn nfts_bought_together_are_those_bought_one_by_one() {
    let (mut together, mut apart) = (World::new(), World::new());
    let count = NonZeroU64::new(50).unwrap();
    let bought = together.economy.buy_many(together.now, &parts(), DeviceType::Hub, count).unwrap();
    let ids: Vec<_> = (0..50).map(|_| apart.buys(&parts(), DeviceType::Hub)).collect();
    assert_eq!(bought.ids().collect::<Vec<_>>(), ids);
    for id in ids {
        assert_eq!(together.economy.nft(id), apart.economy.nft(id));
    }
    assert_eq!(together.economy.ledger().balances(), apart.economy.ledger().balances());
    assert_eq!(together.economy.nft(nft("hub#51")), None);
}

#[test]
fn a_provider_in_no_standing_at_all_may_buy_and_sell_on() {
    let mut world = World::without_providers();
    let id = world.buys(&provider(&acme()), DeviceType::Hub);
    world.economy.resell(world.now, &provider(&acme()), &parts(), id, dimo("100")).unwrap();
    assert_eq!(world.economy.nft(id).unwrap().owner, parts());
    assert_eq!(world.balance(&parts()), "200900");
    // 70 paid, 97.5 received.
    assert_eq!(world.balance(&provider(&acme())), "201027.5");
}

#[test]
fn what_is_resold_is_owned_unbonded_and_paid_for() {
    let mut world = World::new();
    let (id, unknown) = (world.buys(&parts(), DeviceType::Hub), nft("hub#2"));
    let (ann, wallet) = (holder("ann"), provider(&acme()));
    let mut refusal = |by: &Account, to: &Account, id, price: &str| {
        world.refuses(|economy, at| economy.resell(at, by, to, id, dimo(price)))
    };
    assert_eq!(refusal(&parts(), &ann, unknown, "1"), ResellError::UnknownNft { nft: unknown });
    assert_eq!(refusal(&ann, &parts(), id, "1"), ResellError::NotOwner { nft: id });
    let account = Account::Treasury;
    assert_eq!(refusal(&parts(), &account, id, "0"), ResellError::NoActor { account: Account::Treasury });
    assert!(matches!(refusal(&parts(), &ann, id, "1000.000000000000000001"), ResellError::Ledger(_)));
    assert!(matches!(refusal(&parts(), &parts(), id, "250000"), ResellError::Ledger(_)));
    world.economy.resell(world.now, &parts(), &wallet, id, Wei::ZERO).unwrap();
    world.bonds(&acme(), id, DEVICE);
    let refusal = world.refuses(|economy, at| economy.resell(at, &wallet, &parts(), id, Wei::ZERO));
    assert_eq!(refusal, ResellError::Bonded { device: DEVICE });
}

#[test]
fn whoever_sells_to_itself_pays_the_royalty() {
    let mut world = World::new();
    let id = world.buys(&parts(), DeviceType::Hub);
    let royalty = world.economy.resell(world.now, &parts(), &parts(), id, Wei::new(199)).unwrap();
    // 2.5 % of 199 wei, floored.
    assert_eq!(royalty, Wei::new(4));
    assert_eq!(world.balance(&parts()), "200929.999999999999999996");
}

#[test]
fn a_bond_needs_good_standing_an_own_nft_and_a_device_without_one() {
    let mut world = World::new();
    let mine = world.buys(&provider(&acme()), DeviceType::StandardDongle);
    let second = world.buys(&provider(&acme()), DeviceType::StandardDongle);
    let theirs = world.buys(&parts(), DeviceType::StandardDongle);
    let bond = |world: &mut World, id, device| {
        world.refuses(|economy, at| economy.bond(at, &acme(), &bonding(id, device)))
    };
    let unknown = nft("hub#1");
    assert_eq!(bond(&mut world, unknown, DEVICE), BondError::UnknownNft { nft: unknown });
    assert_eq!(bond(&mut world, theirs, DEVICE), BondError::NotOwner { nft: theirs });
    world.economy.integrations().suspend(world.now, &acme()).unwrap();
    assert_eq!(bond(&mut world, mine, DEVICE), BondError::Standing(Refusal::Suspended));
    world.economy.integrations().reinstate(world.now, &acme()).unwrap();
    world.bonds(&acme(), mine, DEVICE);
    assert_eq!(bond(&mut world, second, DEVICE), BondError::DeviceBonded { nft: mine });
    assert_eq!(bond(&mut world, mine, OTHER_DEVICE), BondError::NftBonded { device: DEVICE });
}

#[test]
fn a_bond_needs_an_approved_model_of_the_type_in_a_country_it_was_approved_for() {
    let mut world = World::new();
    let (at, hub) = (world.now, world.buys(&provider(&acme()), DeviceType::Hub));
    let (germany, list) = (Country::new(*b"DE").unwrap(), util::met(DeviceType::Hub));
    world.economy.integrations().approve(at, &acme(), &name("us"), &list, &[Country::UNITED_STATES]).unwrap();
    let bond = |world: &mut World, model: &str, country| {
        let bonding = Bonding { nft: hub, device: DEVICE, model: name(model), country };
        world.refuses(|economy, at| economy.bond(at, &acme(), &bonding))
    };
    assert_eq!(bond(&mut world, "unknown", None), BondError::NotApproved);
    let other = BondError::OtherType { device_type: DeviceType::StandardDongle };
    assert_eq!(bond(&mut world, "model of standard-dongle", None), other);
    assert_eq!(bond(&mut world, "us", Some(germany)), BondError::OtherCountry { country: germany });
    let japan = Country::new(*b"JP").unwrap();
    assert!(matches!(bond(&mut world, "model of hub", Some(japan)), BondError::Geography(_)));
    world.economy.integrations().ban_model(at, &acme(), &name("us")).unwrap();
    assert_eq!(bond(&mut world, "us", Some(Country::UNITED_STATES)), BondError::ModelBanned);
    let bonding = Bonding { nft: hub, device: DEVICE, model: model(DeviceType::Hub), country: Some(germany) };
    world.economy.bond(at, &acme(), &bonding).unwrap();
}

#[test]
fn a_device_moves_between_vehicles_and_a_software_connection_does_not() {
    let mut world = World::new();
    let refusal = world.refuses(|economy, at| economy.connect(at, &DEVICE, vehicle(1)));
    assert_eq!(refusal, ConnectError::NotBonded);
    let refusal = world.refuses(|economy, at| economy.disconnect(at, &DEVICE));
    assert_eq!(refusal, ConnectError::NotBonded);
    world.connected(DeviceType::Hub, DEVICE);
    world.connected(DeviceType::SoftwareOnly, OTHER_DEVICE);
    world.connects(DEVICE, 43);
    let refusal = world.refuses(|economy, at| economy.connect(at, &OTHER_DEVICE, vehicle(43)));
    assert_eq!(refusal, ConnectError::SoftwareMoved { vehicle: vehicle(42) });
    world.economy.disconnect(world.now, &OTHER_DEVICE).unwrap();
    let refusal = world.refuses(|economy, at| economy.connect(at, &OTHER_DEVICE, vehicle(43)));
    assert_eq!(refusal, ConnectError::SoftwareMoved { vehicle: vehicle(42) });
    world.connects(OTHER_DEVICE, 42);
}

#[test]
fn a_software_connection_stays_one_when_its_type_is_sold_no_more() {
    let mut world = World::new();
    world.connected(DeviceType::SoftwareOnly, DEVICE);
    let mut policy = world.economy.policy().clone();
    policy.nfts.remove(&DeviceType::SoftwareOnly);
    world.economy.token_holders().amend(world.now, policy).unwrap();
    let refusal = world.refuses(|economy, at| economy.connect(at, &DEVICE, vehicle(43)));
    assert_eq!(refusal, ConnectError::SoftwareMoved { vehicle: vehicle(42) });
    world.economy.unlink(world.now, &DEVICE).unwrap();
}

#[test]
fn an_unlinked_software_connection_gives_its_rest_to_the_treasury_and_needs_another_nft_to_come_back() {
    let mut world = World::new();
    let first = world.connected(DeviceType::SoftwareOnly, DEVICE);
    world.on("2023-02-10").economy.close(day("2023-02-10"), month("2023-01")).unwrap();
    let rest = world.economy.unlink(world.now, &DEVICE).unwrap();
    // 85 % of 10 $DIMO less one month of 24, floored part by part.
    let month_paid = 7_000_000_000_000_000_000 / 24 + 1_500_000_000_000_000_000 / 24;
    assert_eq!(rest, Wei::new(8_500_000_000_000_000_000 - month_paid));
    let treasury = dimo("1.5").checked_add(rest).unwrap();
    assert_eq!(world.balance(&Account::Treasury), treasury.to_string());
    assert_eq!(world.balance(&Account::Escrow), "0");
    assert_eq!(world.economy.nft(first).unwrap().schedule.state(), ScheduleState::Ended);
    assert_eq!(world.economy.nft_of(&DEVICE), None);

    let refusal = world.refuses(|economy, at| economy.unlink(at, &DEVICE));
    assert_eq!(refusal, UnlinkError::NotBonded);
    let refusal = world.refuses(|economy, at| economy.connect(at, &DEVICE, vehicle(42)));
    assert_eq!(refusal, ConnectError::NotBonded);
    let refusal = world.refuses(|economy, at| economy.bond(at, &acme(), &bonding(first, DEVICE)));
    assert_eq!(refusal, BondError::NftBonded { device: DEVICE });
    let second = world.connected(DeviceType::SoftwareOnly, DEVICE);
    let settled = world.economy.close(day("2023-03-10"), month("2023-02")).unwrap();
    assert_eq!((settled.counted, settled.paused), (1, 0));
    assert_eq!(world.economy.nft(second).unwrap().schedule.counted(), 1);
}

#[test]
fn a_device_is_not_unlinked_and_a_time_before_the_last_event_changes_nothing() {
    let mut world = World::new();
    let dongle = world.connected(DeviceType::StandardDongle, DEVICE);
    let refusal = world.refuses(|economy, at| economy.unlink(at, &DEVICE));
    assert_eq!(refusal, UnlinkError::Hardware { nft: dongle });
    world.connected(DeviceType::SoftwareOnly, OTHER_DEVICE);
    world.now = Timestamp::EPOCH;
    let refusal = world.refuses(|economy, at| economy.unlink(at, &OTHER_DEVICE));
    assert!(matches!(refusal, UnlinkError::Ledger(_)));
}

#[test]
fn a_banned_device_ends_its_schedule_and_never_connects_again() {
    let mut world = World::new();
    let id = world.connected(DeviceType::StandardDongle, DEVICE);
    assert_eq!(world.economy.integrations().ban(world.now, &DEVICE).unwrap(), dimo("42.5"));
    assert!(world.economy.is_banned(&DEVICE));
    assert_eq!(world.economy.nft(id).unwrap().schedule.state(), ScheduleState::Ended);
    let refusal = world.refuses(|economy, at| economy.connect(at, &DEVICE, vehicle(42)));
    assert_eq!(refusal, ConnectError::Banned);
    let refusal = world.refuses(|economy, at| economy.disconnect(at, &DEVICE));
    assert_eq!(refusal, ConnectError::Banned);
    let settled = world.economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    assert_eq!((settled.counted, settled.paused), (0, 0));
}

#[test]
fn a_software_connection_that_is_banned_does_not_come_back_with_another_nft() {
    let mut world = World::new();
    world.connected(DeviceType::SoftwareOnly, DEVICE);
    world.economy.integrations().ban(world.now, &DEVICE).unwrap();
    assert_eq!(world.economy.unlink(world.now, &DEVICE).unwrap(), Wei::ZERO);
    let second = world.buys(&provider(&acme()), DeviceType::SoftwareOnly);
    let refusal = world.refuses(|economy, at| economy.bond(at, &acme(), &bonding(second, DEVICE)));
    assert_eq!(refusal, BondError::Banned);
}

#[test]
fn a_banned_model_bans_its_own_devices_and_no_others() {
    let mut world = World::new();
    world.connected(DeviceType::StandardDongle, DEVICE);
    world.connected(DeviceType::Hub, OTHER_DEVICE);
    let dongle = model(DeviceType::StandardDongle);
    assert_eq!(world.economy.integrations().ban_model(world.now, &acme(), &dongle).unwrap(), dimo("42.5"));
    assert!(world.economy.is_banned(&DEVICE) && !world.economy.is_banned(&OTHER_DEVICE));
    let settled = world.economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    assert_eq!((settled.counted, settled.paused), (1, 0));
}

#[test]
fn a_banned_model_leaves_the_account_that_another_model_has_taken_over() {
    let mut world = World::new();
    world.connected(DeviceType::SoftwareOnly, DEVICE);
    world.economy.unlink(world.now, &DEVICE).unwrap();
    let (second, list) =
        (world.buys(&provider(&acme()), DeviceType::SoftwareOnly), util::met(DeviceType::SoftwareOnly));
    let better = name("better");
    world.economy.integrations().approve(world.now, &acme(), &better, &list, &[]).unwrap();
    let bonding = Bonding { model: better, ..bonding(second, DEVICE) };
    world.economy.bond(world.now, &acme(), &bonding).unwrap();
    let first = model(DeviceType::SoftwareOnly);
    assert_eq!(world.economy.integrations().ban_model(world.now, &acme(), &first).unwrap(), Wei::ZERO);
    assert!(!world.economy.is_banned(&DEVICE));
    assert_eq!(world.economy.nft(second).unwrap().schedule.state(), ScheduleState::Running);
}

#[test]
fn every_connection_and_its_end_is_counted_once_for_its_month() {
    let mut world = World::new();
    world.connected(DeviceType::Hub, DEVICE);
    world.connects(DEVICE, 43);
    world.connects(DEVICE, 43);
    world.on("2023-02-28").economy.disconnect(day("2023-02-28"), &DEVICE).unwrap();
    world.economy.disconnect(world.now, &DEVICE).unwrap();
    world.connects(DEVICE, 42);
    world.economy.integrations().ban(day("2023-03-01"), &DEVICE).unwrap();
    let traffic: Vec<_> = world
        .economy
        .record()
        .traffic()
        .map(|(month, maker, kind, it)| {
            format!("{month} {maker} {kind} +{} -{}", it.connected, it.disconnected)
        })
        .collect();
    assert_eq!(traffic, ["2023-01 acme hub +1 -0", "2023-02 acme hub +1 -1", "2023-03 acme hub +0 -1"]);
}

#[test]
fn the_share_of_the_team_is_split_among_its_members_to_the_wei() {
    let mut world = World::new();
    world.connected(DeviceType::StandardDongle, DEVICE);
    world.economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    world.on("2023-02-01");
    let split = TeamSplit::new([(name("ada"), 1), (name("bo"), 1), (name("cy"), 1)]).unwrap();
    let too_much = dimo("0.3125").checked_add(Wei::new(1)).unwrap();
    world.refuses(|economy, at| economy.integrations().pay_members(at, &split, too_much));
    world.economy.integrations().pay_members(world.now, &split, dimo("0.3125")).unwrap();
    assert_eq!(world.balance(&Account::Integrations), "0");
    assert_eq!(world.balance(&holder("ada")), "0.104166666666666668");
    assert_eq!(world.balance(&holder("bo")), "0.104166666666666666");
}

#[test]
fn a_provider_without_a_licence_has_no_devices() {
    let mut world = World::new();
    world.licenses(&bolt());
    let id = world.buys(&parts(), DeviceType::Hub);
    world.economy.resell(world.now, &parts(), &provider(&bolt()), id, Wei::ZERO).unwrap();
    let refusal = world.refuses(|economy, at| economy.bond(at, &bolt(), &bonding(id, DEVICE)));
    assert_eq!(refusal, BondError::Standing(Refusal::StakeShort { by: dimo("100000") }));
    world.stakes(&parts(), &bolt(), "100000");
    // A model is approved for one provider.
    let refusal = world.refuses(|economy, at| economy.bond(at, &bolt(), &bonding(id, DEVICE)));
    assert_eq!(refusal, BondError::NotApproved);
}
