//! Licences and standing: both the licence and the stake, each time they are asked for.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_rewards::{
    Account, BasisPoints, BondError, BuyError, ConnectError, Economy, Licence, LicenceState, LicensingError,
    Name, NftId, OpenError, Policy, Quantity, Refusal, SaleNumber, ScheduleState, StakeError, Standing,
    UnlinkError, good_standing,
};
use dimo_types::{Address, DeviceType, Month, Timestamp, TokenId, Wei};

const NOW: Timestamp = Timestamp::EPOCH;
const DEVICE: Address = Address::new([1; 20]);

fn dimo(amount: u128) -> Wei {
    Wei::from_dimo(amount).unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A provider with a licence and its stake, and 1,000 $DIMO left; a distributor with as much.
fn licensed() -> (Economy, Name, Account) {
    let (maker, wallet) = (name("acme"), Account::Provider(name("acme")));
    let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
    economy.open(NOW, wallet.clone(), dimo(101_000)).unwrap();
    economy.open(NOW, Account::Holder(name("distributor")), dimo(101_000)).unwrap();
    economy.integrations().grant(&maker).unwrap();
    economy.stake(NOW, &wallet, &maker, dimo(100_000)).unwrap();
    (economy, maker, wallet)
}

#[test]
fn neither_the_licence_nor_the_stake_alone_is_enough() {
    let (required, licence) = (dimo(100_000), Licence::granted(name("acme")));
    assert_eq!(good_standing(None, required, required), Standing::Refused(Refusal::NoLicence));
    let short = Refusal::StakeShort { by: Wei::new(1) };
    let almost = Wei::new(required.get() - 1);
    assert_eq!(good_standing(Some(&licence), almost, required), Standing::Refused(short));
    assert_eq!(good_standing(Some(&licence), required, required), Standing::Good);
    assert_eq!(good_standing(Some(&licence), dimo(100_001), required), Standing::Good);
}

#[test]
fn every_state_of_a_licence_but_one_refuses() {
    let stake = dimo(100_000);
    let mut licence = Licence::granted(name("acme"));
    licence.suspend().unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Suspended));
    licence.renounce(NOW).unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Renouncing));
    assert_eq!(licence.renounce(NOW).unwrap_err().state, LicenceState::Renouncing { since: NOW });
    licence.revoke(NOW).unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Revoked));
    assert!(licence.suspend().is_err() && licence.renounce(NOW).is_err() && licence.revoke(NOW).is_err());
}

#[test]
fn a_raised_requirement_takes_the_good_standing_until_a_partner_tops_it_up() {
    let (mut economy, maker, wallet) = licensed();
    economy.integrations().require_stake(&maker, dimo(150_000)).unwrap();
    let short = Refusal::StakeShort { by: dimo(50_000) };
    assert_eq!(economy.standing(&maker), Standing::Refused(short));
    let distributor = Account::Holder(name("distributor"));
    economy.stake(NOW, &distributor, &maker, dimo(50_000)).unwrap();
    assert_eq!(economy.standing(&maker), Standing::Good);
    let deposits: Vec<_> =
        economy.stake_of(&maker).unwrap().deposits().iter().map(|d| (&d.by, d.amount)).collect();
    assert_eq!(deposits, [(&wallet, dimo(100_000)), (&distributor, dimo(50_000))]);
    let lowered = economy.integrations().require_stake(&maker, dimo(99_999));
    assert!(matches!(lowered, Err(LicensingError::Requirement(_))));
}

#[test]
fn a_licence_is_granted_once_and_again_only_after_a_revocation() {
    let (mut economy, maker, _) = licensed();
    assert_eq!(economy.integrations().grant(&maker).unwrap_err().state, LicenceState::Granted);
    economy.integrations().revoke(NOW, &maker).unwrap();
    assert_eq!(economy.standing(&maker).require(), Err(Refusal::Revoked));
    economy.integrations().grant(&maker).unwrap();
    assert_eq!(economy.standing(&maker), Standing::Good);
    assert_eq!(economy.integrations().suspend(&name("nobody")), Err(LicensingError::UnknownProvider));
}

#[test]
fn a_stake_needs_a_licensed_provider_a_depositor_and_funds() {
    let (mut economy, maker, wallet) = licensed();
    assert_eq!(economy.stake(NOW, &wallet, &name("nobody"), dimo(1)), Err(StakeError::UnknownProvider));
    let account = Account::Treasury;
    assert_eq!(
        economy.stake(NOW, &account, &maker, Wei::ZERO),
        Err(StakeError::NoActor { account: Account::Treasury })
    );
    assert_eq!(economy.open(NOW, account, dimo(1)), Err(OpenError::NoActor { account: Account::Treasury }));
    assert!(matches!(economy.stake(NOW, &wallet, &maker, dimo(1_001)), Err(StakeError::Ledger(_))));
    assert_eq!(economy.stake_of(&maker).unwrap().deposits().len(), 1);
}

#[test]
fn a_purchase_ends_with_the_supply_or_the_money() {
    let mut policy = Policy::dip4(BasisPoints::ZERO);
    policy.nfts.get_mut(&DeviceType::Hub).unwrap().quantity = Quantity::Limited(1);
    policy.nfts.remove(&DeviceType::AiDevice);
    let (mut economy, buyer) = (Economy::new(policy), Account::Holder(name("distributor")));
    economy.open(NOW, buyer.clone(), dimo(75)).unwrap();
    economy.buy(NOW, &buyer, DeviceType::Hub).unwrap();
    let device_type = DeviceType::Hub;
    assert_eq!(economy.buy(NOW, &buyer, device_type), Err(BuyError::SoldOut { device_type }));
    let device_type = DeviceType::AiDevice;
    assert_eq!(economy.buy(NOW, &buyer, device_type), Err(BuyError::NotForSale { device_type }));
    assert!(matches!(economy.buy(NOW, &buyer, DeviceType::StandardDongle), Err(BuyError::Ledger(_))));
    // A refused purchase takes no number.
    economy.open(NOW, buyer.clone(), dimo(50)).unwrap();
    let nft = economy.buy(NOW, &buyer, DeviceType::StandardDongle).unwrap();
    assert_eq!(nft.number, SaleNumber::FIRST);
}

#[test]
fn a_bond_needs_good_standing_an_own_nft_and_a_device_without_one() {
    let (mut economy, maker, wallet) = licensed();
    let distributor = Account::Holder(name("distributor"));
    let mine = economy.buy(NOW, &wallet, DeviceType::StandardDongle).unwrap();
    let second = economy.buy(NOW, &wallet, DeviceType::StandardDongle).unwrap();
    let theirs = economy.buy(NOW, &distributor, DeviceType::StandardDongle).unwrap();
    let nft = NftId { device_type: DeviceType::Hub, number: SaleNumber::FIRST };
    assert_eq!(economy.bond(&maker, nft, DEVICE), Err(BondError::UnknownNft { nft }));
    assert_eq!(economy.bond(&maker, theirs, DEVICE), Err(BondError::NotOwner { nft: theirs }));
    economy.integrations().suspend(&maker).unwrap();
    assert_eq!(economy.bond(&maker, mine, DEVICE), Err(BondError::Standing(Refusal::Suspended)));
    economy.integrations().reinstate(&maker).unwrap();
    economy.bond(&maker, mine, DEVICE).unwrap();
    assert_eq!(economy.bond(&maker, second, DEVICE), Err(BondError::DeviceBonded { nft: mine }));
    let other = Address::new([2; 20]);
    assert_eq!(economy.bond(&maker, mine, other), Err(BondError::NftBonded { device: DEVICE }));
}

#[test]
fn a_device_moves_between_vehicles_and_a_software_connection_does_not() {
    let (mut economy, maker, wallet) = licensed();
    let software = Address::new([2; 20]);
    let (first, second) = (TokenId::from(1), TokenId::from(2));
    assert_eq!(economy.connect(&DEVICE, first), Err(ConnectError::NotBonded));
    assert_eq!(economy.disconnect(&DEVICE), Err(ConnectError::NotBonded));
    for (device_type, device) in [(DeviceType::Hub, DEVICE), (DeviceType::SoftwareOnly, software)] {
        let nft = economy.buy(NOW, &wallet, device_type).unwrap();
        economy.bond(&maker, nft, device).unwrap();
        economy.connect(&device, first).unwrap();
    }
    economy.connect(&DEVICE, second).unwrap();
    assert_eq!(economy.connect(&software, second), Err(ConnectError::SoftwareMoved { vehicle: first }));
    economy.disconnect(&software).unwrap();
    economy.connect(&software, first).unwrap();
}

#[test]
fn an_unlinked_software_connection_gives_its_rest_to_the_treasury_and_needs_another_nft_to_come_back() {
    let (mut economy, maker, wallet) = licensed();
    let first = economy.buy(NOW, &wallet, DeviceType::SoftwareOnly).unwrap();
    economy.bond(&maker, first, DEVICE).unwrap();
    economy.connect(&DEVICE, TokenId::from(42)).unwrap();
    let month = Month::of(NOW);
    let february = Timestamp::from_secs(40 * 86_400).unwrap();
    economy.close(february, month).unwrap();

    let treasury = economy.ledger().balance(&Account::Treasury);
    let rest = economy.unlink(february, &DEVICE).unwrap();
    // 85 % of 10 $DIMO less one month of 24, floored part by part.
    let month_paid = 7_000_000_000_000_000_000 / 24 + 1_500_000_000_000_000_000 / 24;
    assert_eq!(rest, Wei::new(8_500_000_000_000_000_000 - month_paid));
    assert_eq!(economy.ledger().balance(&Account::Treasury), treasury.checked_add(rest).unwrap());
    assert_eq!(economy.ledger().balance(&Account::Escrow), Wei::ZERO);
    assert_eq!(economy.nft(first).unwrap().schedule.state(), ScheduleState::Ended);
    assert_eq!(economy.nft_of(&DEVICE), None);

    assert_eq!(economy.unlink(february, &DEVICE), Err(UnlinkError::NotBonded));
    assert_eq!(economy.connect(&DEVICE, TokenId::from(42)), Err(ConnectError::NotBonded));
    assert_eq!(economy.bond(&maker, first, DEVICE), Err(BondError::NftBonded { device: DEVICE }));
    let second = economy.buy(february, &wallet, DeviceType::SoftwareOnly).unwrap();
    economy.bond(&maker, second, DEVICE).unwrap();
    economy.connect(&DEVICE, TokenId::from(42)).unwrap();
    let settled = economy.close(Timestamp::from_secs(70 * 86_400).unwrap(), month.plus(1)).unwrap();
    assert_eq!((settled.counted, settled.paused), (1, 0));
    assert!(economy.ledger().is_conserved());
}

#[test]
fn a_device_is_not_unlinked_and_a_time_before_the_last_entry_changes_nothing() {
    let (mut economy, maker, wallet) = licensed();
    let dongle = economy.buy(NOW, &wallet, DeviceType::StandardDongle).unwrap();
    economy.bond(&maker, dongle, DEVICE).unwrap();
    assert_eq!(economy.unlink(NOW, &DEVICE), Err(UnlinkError::Hardware { nft: dongle }));

    let (later, software) = (Timestamp::from_secs(1).unwrap(), Address::new([2; 20]));
    let nft = economy.buy(later, &wallet, DeviceType::SoftwareOnly).unwrap();
    economy.bond(&maker, nft, software).unwrap();
    let before = economy.clone();
    assert!(matches!(economy.unlink(NOW, &software), Err(UnlinkError::Ledger(_))));
    assert_eq!(economy, before);
}
