//! Each path of the life of a licence, from the application to the end of its stake.

mod util;

use dimo_rewards::{
    Account, ApplyError, ChallengeError, Licence, LicenceError, LicenceState, LicensingError, OpenError,
    Outcome, Policy, Refusal, ReleaseError, RenounceError, ScheduleState, Slash, StakeError, Standing,
    Verdict, Violation, WithdrawError, good_standing,
};
use dimo_types::{DeviceType, Month, ProviderKind, Timestamp, Wei};
use util::{
    DEVICE, World, acme, ann, bolt, day, dimo, first_of, holder, model, month, name, parts, provider, slash,
};

const NOW: Timestamp = Timestamp::EPOCH;

/// The policy in force with another minimum of the stake.
fn with_stake(world: &World, stake: &str) -> Policy {
    let mut policy = world.economy.policy().clone();
    policy.stake = dimo(stake);
    policy
}

fn short(by: &str) -> Standing {
    Standing::Refused(Refusal::StakeShort { by: dimo(by) })
}

#[test]
fn neither_the_licence_nor_the_stake_alone_is_enough() {
    let (required, licence) = (dimo("100000"), Licence::granted(acme()));
    assert_eq!(good_standing(None, required, required), Standing::Refused(Refusal::NoLicence));
    let almost = Wei::new(required.get() - 1);
    assert_eq!(good_standing(Some(&licence), almost, required), short("0.000000000000000001"));
    assert_eq!(good_standing(Some(&licence), required, required), Standing::Good);
    assert_eq!(good_standing(Some(&licence), dimo("100001"), required), Standing::Good);
}

#[test]
fn every_state_of_a_licence_but_one_refuses() {
    let stake = dimo("100000");
    let mut licence = Licence::granted(acme());
    licence.suspend().unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Suspended));
    assert!(licence.suspend().is_err() && licence.end(NOW).is_err());
    licence.renounce(NOW).unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Renouncing));
    assert_eq!(licence.renounce(NOW).unwrap_err().state, LicenceState::Renouncing { since: NOW });
    assert!(licence.reinstate().is_err());
    licence.revoke(NOW).unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Revoked));
    assert!(licence.suspend().is_err() && licence.renounce(NOW).is_err() && licence.revoke(NOW).is_err());
    licence.end(NOW).unwrap();
    assert_eq!(good_standing(Some(&licence), stake, stake).require(), Err(Refusal::Ended));
    assert!(licence.revoke(NOW).is_err() && licence.end(NOW).is_err() && licence.reinstate().is_err());
}

#[test]
fn an_application_a_grant_and_a_stake_make_a_provider() {
    let mut world = World::without_providers();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::NoLicence));
    let case = world.economy.apply(world.now, &acme(), ProviderKind::Hardware).unwrap();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::NoLicence));
    world.economy.integrations().grant(world.now, &acme()).unwrap();
    assert_eq!(world.standing(&acme()), short("100000"));
    world.stakes(&provider(&acme()), &acme(), "99999.5");
    assert_eq!(world.standing(&acme()), short("0.5"));
    world.stakes(&provider(&acme()), &acme(), "0.5");
    assert_eq!(world.standing(&acme()), Standing::Good);

    let decided = &world.economy.record().cases()[0];
    assert_eq!(decided.outcome, Some((world.now, Outcome::Granted)));
    assert!(decided.owes_analysis());
    world.economy.integrations().publish_analysis(world.now, case, "Two test units, well made.").unwrap();
    assert!(!world.economy.record().cases()[0].owes_analysis());
}

#[test]
fn nobody_is_granted_a_licence_without_an_application() {
    let mut world = World::without_providers();
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert_eq!(refusal, LicensingError::UnknownProvider);
    let case = world.economy.apply(world.now, &acme(), ProviderKind::Hardware).unwrap();
    world.economy.integrations().reject(world.now, case).unwrap();
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert_eq!(refusal, LicensingError::NoApplication);
    // Whoever was rejected may apply again.
    world.licenses(&acme());
}

#[test]
fn a_simplified_application_is_for_devices_and_no_second_licence() {
    let mut world = World::new();
    world.applies(&acme());
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert_eq!(refusal, LicensingError::Licence(LicenceError { state: LicenceState::Granted }));
    world.economy.integrations().revoke(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert_eq!(refusal, LicensingError::NoApplication);
    world.licenses(&acme());
}

#[test]
fn a_model_decides_the_oldest_application_that_is_open() {
    let mut world = World::new();
    world.applies(&acme());
    world.applies(&acme());
    world.approves(&acme(), DeviceType::DashCamera);
    let outcomes: Vec<_> = world.economy.record().cases().iter().map(|case| case.outcome).collect();
    assert_eq!(outcomes[1..], [Some((world.now, Outcome::Granted)), None]);
}

#[test]
fn a_financing_partner_puts_up_the_stake_and_gets_it_back() {
    let mut world = World::without_providers();
    world.licenses(&acme());
    world.stakes(&parts(), &acme(), "100000");
    assert_eq!(world.standing(&acme()), Standing::Good);
    world.economy.renounce(world.now, &acme()).unwrap();
    world.on("2023-07-15");
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), dimo("100000"));
    assert_eq!(world.balance(&parts()), "201000");
    assert_eq!(world.balance(&provider(&acme())), "201000");
}

#[test]
fn a_stake_needs_a_licensed_provider_a_depositor_and_funds() {
    let mut world = World::new();
    world.applies(&bolt());
    let wallet = provider(&acme());
    let refusal = world.refuses(|economy, at| economy.stake(at, &wallet, &name("nobody"), dimo("1")));
    assert_eq!(refusal, StakeError::UnknownProvider);
    let refusal = world.refuses(|economy, at| economy.stake(at, &wallet, &bolt(), dimo("1")));
    assert_eq!(refusal, StakeError::NotLicensed);
    for account in [Account::Treasury, Account::Escrow, Account::Burned, Account::Outside] {
        let refusal = world.refuses(|economy, at| economy.stake(at, &account, &acme(), Wei::ZERO));
        assert_eq!(refusal, StakeError::NoActor { account: account.clone() });
        let refusal = world.refuses(|economy, at| economy.open(at, account.clone(), dimo("1")));
        assert_eq!(refusal, OpenError::NoActor { account });
    }
    let stake = Account::Stake(acme());
    let refusal = world.refuses(|economy, at| economy.stake(at, &stake, &acme(), dimo("1")));
    assert_eq!(refusal, StakeError::NoActor { account: stake });
    let refusal = world.refuses(|economy, at| economy.stake(at, &wallet, &acme(), dimo("101001")));
    assert!(matches!(refusal, StakeError::Ledger(_)));
}

#[test]
fn a_raised_requirement_takes_the_good_standing_until_a_partner_tops_it_up() {
    let mut world = World::new();
    world.economy.integrations().require_stake(world.now, &acme(), dimo("150000")).unwrap();
    assert_eq!(world.standing(&acme()), short("50000"));
    world.stakes(&parts(), &acme(), "50000");
    assert_eq!(world.standing(&acme()), Standing::Good);
    assert_eq!(world.deposits(&acme()), ["provider:acme 100000", "holder:parts 50000"]);
}

#[test]
fn a_suspended_provider_stands_again_when_it_is_reinstated() {
    let mut world = World::new();
    world.economy.integrations().suspend(world.now, &acme()).unwrap();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::Suspended));
    let again = world.refuses(|economy, at| economy.integrations().suspend(at, &acme()));
    assert_eq!(again, LicensingError::Licence(LicenceError { state: LicenceState::Suspended }));
    world.economy.integrations().reinstate(world.now, &acme()).unwrap();
    assert_eq!(world.standing(&acme()), Standing::Good);
    let again = world.refuses(|economy, at| economy.integrations().reinstate(at, &acme()));
    assert_eq!(again, LicensingError::Licence(LicenceError { state: LicenceState::Granted }));
}

#[test]
fn a_revocation_ends_the_schedules_and_holds_the_stake_for_six_months() {
    let mut world = World::new();
    let nft = world.connected(DeviceType::StandardDongle, DEVICE);
    world.economy.integrations().revoke(day("2023-02-10"), &acme()).unwrap();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::Revoked));
    assert_eq!(world.economy.nft(nft).unwrap().schedule.state(), ScheduleState::Ended);
    assert_eq!(world.balance(&Account::Escrow), "0");
    assert_eq!(world.balance(&Account::Treasury), "50");
    assert_eq!(world.economy.release_due(&acme()), Some(day("2023-08-10")));
    let due = Some(day("2023-08-10"));
    let early = world.on("2023-08-09").refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(early, ReleaseError::TooEarly { due });
    world.on("2023-08-10");
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), dimo("100000"));
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::Ended));
    let again = world.refuses(|economy, at| economy.release(at, &acme()));
    assert!(matches!(again, ReleaseError::Licence(_)));
}

#[test]
fn a_revocation_is_published_as_a_case_of_its_own() {
    let mut world = World::new();
    let case = world.economy.integrations().revoke(world.now, &acme()).unwrap();
    let revoked = world.economy.record().cases().last().unwrap();
    assert_eq!((revoked.outcome, revoked.owes_analysis()), (Some((world.now, Outcome::Revoked)), true));
    world.economy.integrations().publish_analysis(world.now, case, "It sold data.").unwrap();
}

#[test]
fn a_renunciation_pauses_the_schedules_and_its_completion_ends_them() {
    let mut world = World::new();
    let nft = world.connected(DeviceType::StandardDongle, DEVICE);
    world.economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    world.economy.renounce(day("2023-02-28"), &acme()).unwrap();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::Renouncing));
    let settlement = world.economy.close(day("2023-03-01"), month("2023-02")).unwrap();
    assert_eq!((settlement.counted, settlement.paused), (0, 1));
    assert_eq!(world.economy.nft(nft).unwrap().schedule.state(), ScheduleState::Paused);

    let early = world.on("2023-08-27").refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(early, ReleaseError::TooEarly { due: Some(day("2023-08-28")) });
    world.on("2023-08-28");
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), dimo("100000"));
    assert_eq!(world.economy.nft(nft).unwrap().schedule.state(), ScheduleState::Ended);
    assert_eq!(world.balance(&Account::Escrow), "0");
    // 7.5 at the sale, and what was left of 42.5 after one month of 24.
    assert_eq!(world.balance(&Account::Treasury), "48.229166666666666667");
    assert_eq!(world.balance(&Account::Stake(acme())), "0");
}

#[test]
fn nothing_is_renounced_or_released_that_is_not_held() {
    let mut world = World::without_providers();
    let refusal = world.refuses(|economy, at| economy.renounce(at, &acme()));
    assert_eq!(refusal, RenounceError::UnknownProvider);
    let refusal = world.refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(refusal, ReleaseError::UnknownProvider);
    world.applies(&acme());
    let refusal = world.refuses(|economy, at| economy.renounce(at, &acme()));
    assert_eq!(refusal, RenounceError::NotLicensed);
    let refusal = world.refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(refusal, ReleaseError::NotLicensed);
    world.economy.integrations().grant(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(refusal, ReleaseError::Licence(LicenceError { state: LicenceState::Granted }));
    world.economy.renounce(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.renounce(at, &acme()));
    assert!(matches!(refusal, RenounceError::Licence(_)));
}

#[test]
fn a_renouncing_provider_neither_tops_up_nor_applies_nor_is_licensed_anew() {
    let mut world = World::new();
    world.applies(&acme());
    world.economy.renounce(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.stake(at, &parts(), &acme(), dimo("1")));
    assert!(matches!(refusal, StakeError::Licence(_)));
    let refusal = world.refuses(|economy, at| economy.apply(at, &acme(), ProviderKind::Hardware));
    assert!(matches!(refusal, ApplyError::Licence(_)));
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert!(matches!(refusal, LicensingError::Licence(_)));
}

#[test]
fn a_challenge_inside_the_wait_holds_the_stake_until_it_is_rejected() {
    let mut world = World::new();
    world.economy.renounce(world.now, &acme()).unwrap();
    world.on("2023-07-14").challenges(&acme(), "c-1");
    let refusal = world.on("2023-12-01").refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(refusal, ReleaseError::Challenged { id: name("c-1") });
    world.decides("c-1", Verdict::Rejected);
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), dimo("100000"));
    assert_eq!(world.balance(&provider(&acme())), "201000");
}

#[test]
fn an_upheld_challenge_takes_its_share_and_the_rest_returns() {
    let mut world = World::without_providers();
    world.licenses(&acme());
    world.stakes(&provider(&acme()), &acme(), "60000");
    world.stakes(&parts(), &acme(), "40000");
    world.economy.renounce(world.now, &acme()).unwrap();
    world.challenges(&acme(), "c-1");
    world.decides("c-1", slash("1000", "500"));
    assert_eq!(world.balance(&Account::Burned), "1000");
    assert_eq!(world.balance(&holder("ann")), "1500");
    assert_eq!(world.deposits(&acme()), ["provider:acme 59100", "holder:parts 39400"]);
    world.on("2023-07-15");
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), dimo("98500"));
    assert_eq!(world.balance(&provider(&acme())), "200100");
    assert_eq!(world.balance(&parts()), "200400");
}

#[test]
fn the_wei_that_flooring_leaves_of_a_slash_is_the_last_depositors() {
    let mut world = World::without_providers();
    world.licenses(&acme());
    for (by, wei) in [(provider(&acme()), 5), (holder("ann"), 5), (parts(), 4)] {
        world.economy.stake(world.now, &by, &acme(), Wei::new(wei)).unwrap();
    }
    world.challenges(&acme(), "c-1");
    // 3 x 5/14, 5/14 and 4/14 of a wei floor to 1, 1 and 0.
    world.decides("c-1", Verdict::Upheld(Slash::new(Wei::new(3))));
    let left: Vec<_> =
        world.economy.stake_of(&acme()).unwrap().deposits().iter().map(|it| it.amount.get()).collect();
    assert_eq!(left, [4, 4, 3]);
    // And where that is too small, of those before it: 10 x 4/11, 4/11 and 3/11 floor to 3, 3 and 2.
    world.challenges(&acme(), "c-2");
    world.decides("c-2", Verdict::Upheld(Slash::new(Wei::new(10))));
    let deposits = world.economy.stake_of(&acme()).unwrap().deposits();
    let left: Vec<_> = deposits.iter().map(|it| format!("{} {}", it.by, it.amount.get())).collect();
    assert_eq!(left, ["provider:acme 1"]);
}

#[test]
fn a_stake_that_is_forfeited_whole_leaves_nothing_to_return() {
    let mut world = World::new();
    world.challenges(&acme(), "c-1");
    world.decides("c-1", slash("0", "100000"));
    assert_eq!(world.standing(&acme()), short("100000"));
    world.economy.integrations().revoke(world.now, &acme()).unwrap();
    world.on("2023-07-15");
    assert_eq!(world.economy.release(world.now, &acme()).unwrap(), Wei::ZERO);
    assert_eq!(world.balance(&holder("ann")), "101000");
}

#[test]
fn a_challenge_needs_a_provider_with_something_at_stake() {
    let mut world = World::new();
    world.applies(&bolt());
    let violation = || Violation::new("late").unwrap();
    let mut refusal = |provider: &str| {
        let (provider, id) = (name(provider), name("c-1"));
        world.refuses(|economy, at| economy.challenge(at, &ann(), &id, &provider, violation()))
    };
    assert_eq!(refusal("nobody"), ChallengeError::UnknownProvider);
    assert_eq!(refusal("bolt"), ChallengeError::NotLicensed);
    world.challenges(&acme(), "c-1");
    let again =
        world.refuses(|economy, at| economy.challenge(at, &ann(), &name("c-1"), &acme(), violation()));
    assert_eq!(again, ChallengeError::KnownId);
    world.decides("c-1", Verdict::Rejected);
    world.economy.renounce(world.now, &acme()).unwrap();
    world.on("2023-07-15");
    world.economy.release(world.now, &acme()).unwrap();
    let late = world.refuses(|economy, at| economy.challenge(at, &ann(), &name("c-2"), &acme(), violation()));
    assert!(matches!(late, ChallengeError::Licence(_)));
}

#[test]
fn whoever_left_applies_again_and_stakes_again() {
    let mut world = World::new();
    world.economy.renounce(world.now, &acme()).unwrap();
    world.on("2023-07-15");
    world.economy.release(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.integrations().grant(at, &acme()));
    assert_eq!(refusal, LicensingError::NoApplication);
    world.licenses(&acme());
    assert_eq!(world.standing(&acme()), short("100000"));
    world.stakes(&provider(&acme()), &acme(), "100000");
    assert_eq!(world.standing(&acme()), Standing::Good);
}

#[test]
fn a_stake_that_waits_after_a_revocation_counts_for_the_next_licence() {
    let mut world = World::new();
    world.economy.integrations().require_stake(world.now, &acme(), dimo("150000")).unwrap();
    world.economy.integrations().revoke(world.now, &acme()).unwrap();
    world.licenses(&acme());
    // What was asked of it alone was asked under the licence it lost.
    assert_eq!(world.standing(&acme()), Standing::Good);
    let refusal = world.on("2024-01-01").refuses(|economy, at| economy.release(at, &acme()));
    assert!(matches!(refusal, ReleaseError::Licence(_)));
}

#[test]
fn a_transferred_licence_takes_stake_models_and_devices_along() {
    let mut world = World::new();
    let nft = world.connected(DeviceType::StandardDongle, DEVICE);
    world.applies(&bolt());
    world.economy.integrations().transfer(world.now, &acme(), &bolt()).unwrap();
    assert_eq!(world.standing(&acme()).require(), Err(Refusal::NoLicence));
    assert_eq!(world.standing(&bolt()), Standing::Good);
    assert_eq!(world.economy.licence(&bolt()).unwrap().holder(), &bolt());
    assert_eq!(world.deposits(&bolt()), ["provider:acme 100000"]);
    assert_eq!(world.economy.models(&bolt()).count(), 3);
    assert_eq!(world.economy.nft(nft).unwrap().bond.unwrap().provider, bolt());
    let settlement = world.economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    assert_eq!(settlement.rebate_of(&bolt()), dimo("1.458333333333333333"));
    // The stake is still acme's money.
    world.economy.renounce(day("2023-02-01"), &bolt()).unwrap();
    world.on("2023-08-01");
    world.economy.release(world.now, &bolt()).unwrap();
    assert_eq!(world.balance(&provider(&acme())), "200950");
}

#[test]
fn a_licence_is_transferred_to_an_applicant_without_one_and_not_out_of_a_challenge() {
    let mut world = World::new();
    let transfer = |world: &mut World| {
        world.refuses(|economy, at| economy.integrations().transfer(at, &acme(), &bolt()))
    };
    assert_eq!(transfer(&mut world), LicensingError::UnknownProvider);
    let case = world.economy.apply(world.now, &bolt(), ProviderKind::Hardware).unwrap();
    world.economy.integrations().reject(world.now, case).unwrap();
    assert_eq!(transfer(&mut world), LicensingError::NoApplication);
    world.applies(&bolt());
    world.challenges(&acme(), "c-1");
    assert_eq!(transfer(&mut world), LicensingError::Challenged { id: name("c-1") });
    world.decides("c-1", Verdict::Rejected);
    world.economy.integrations().grant(world.now, &bolt()).unwrap();
    let state = LicenceState::Granted;
    assert_eq!(transfer(&mut world), LicensingError::Licence(LicenceError { state }));
    world.stakes(&parts(), &bolt(), "1");
    world.economy.integrations().revoke(world.now, &bolt()).unwrap();
    world.applies(&bolt());
    assert_eq!(transfer(&mut world), LicensingError::StakeLocked);
    let itself = world.refuses(|economy, at| economy.integrations().transfer(at, &acme(), &acme()));
    assert!(matches!(itself, LicensingError::Licence(_)));
}

#[test]
fn a_ban_on_a_model_survives_the_transfer_of_the_licence_on_both_sides() {
    let mut world = World::new();
    let hub = model(DeviceType::Hub);
    world.economy.integrations().ban_model(world.now, &acme(), &hub).unwrap();
    world.applies(&bolt());
    world.economy.integrations().transfer(world.now, &acme(), &bolt()).unwrap();
    world.licenses(&acme());
    for provider in [acme(), bolt()] {
        let list = util::met(DeviceType::Hub);
        let refusal =
            world.refuses(|economy, at| economy.integrations().approve(at, &provider, &hub, &list, &[]));
        assert_eq!(refusal, dimo_rewards::ApprovalError::Banned);
    }
}

#[test]
fn a_suspended_licence_is_still_suspended_in_other_hands() {
    let mut world = World::new();
    world.applies(&bolt());
    world.economy.integrations().suspend(world.now, &acme()).unwrap();
    world.economy.integrations().transfer(world.now, &acme(), &bolt()).unwrap();
    assert_eq!(world.standing(&bolt()).require(), Err(Refusal::Suspended));
}

#[test]
fn a_minimum_that_rises_binds_only_those_who_come_after() {
    let mut world = World::new();
    world.applies(&bolt());
    let policy = with_stake(&world, "120000");
    world.economy.token_holders().amend(world.now, policy).unwrap();
    assert_eq!(world.standing(&acme()), Standing::Good);
    world.economy.integrations().grant(world.now, &bolt()).unwrap();
    assert_eq!(world.standing(&bolt()), short("120000"));
}

#[test]
fn a_minimum_that_falls_frees_the_excess_to_who_deposited_last() {
    let mut world = World::without_providers();
    world.licenses(&acme());
    world.stakes(&provider(&acme()), &acme(), "60000");
    world.stakes(&parts(), &acme(), "40000");
    let policy = with_stake(&world, "50000");
    world.economy.token_holders().amend(world.now, policy).unwrap();
    assert_eq!(world.economy.withdraw_excess(world.now, &acme()).unwrap(), dimo("50000"));
    assert_eq!(world.deposits(&acme()), ["provider:acme 50000"]);
    assert_eq!(world.balance(&parts()), "201000");
    assert_eq!(world.standing(&acme()), Standing::Good);
    assert_eq!(world.economy.withdraw_excess(world.now, &acme()).unwrap(), Wei::ZERO);
}

#[test]
fn a_grandfathered_provider_follows_a_minimum_that_falls_below_its_own() {
    let mut world = World::new();
    for (minimum, excess) in [("200000", "0"), ("150000", "0"), ("80000", "20000"), ("90000", "0")] {
        let policy = with_stake(&world, minimum);
        world.economy.token_holders().amend(world.now, policy).unwrap();
        assert_eq!(world.economy.withdraw_excess(world.now, &acme()).unwrap(), dimo(excess), "{minimum}");
        assert_eq!(world.standing(&acme()), Standing::Good, "{minimum}");
    }
}

#[test]
fn a_requirement_of_one_provider_alone_stays_when_the_minimum_falls() {
    let mut world = World::new();
    world.economy.integrations().require_stake(world.now, &acme(), dimo("110000")).unwrap();
    let policy = with_stake(&world, "50000");
    world.economy.token_holders().amend(world.now, policy).unwrap();
    assert_eq!(world.standing(&acme()), short("10000"));
    world.economy.integrations().require_stake(world.now, &acme(), dimo("50000")).unwrap();
    assert_eq!(world.economy.withdraw_excess(world.now, &acme()).unwrap(), dimo("50000"));
}

#[test]
fn no_excess_is_withdrawn_before_a_verdict_or_without_a_licence() {
    let mut world = World::new();
    world.stakes(&parts(), &acme(), "1");
    let refusal = world.refuses(|economy, at| economy.withdraw_excess(at, &bolt()));
    assert_eq!(refusal, WithdrawError::UnknownProvider);
    world.applies(&bolt());
    let refusal = world.refuses(|economy, at| economy.withdraw_excess(at, &bolt()));
    assert_eq!(refusal, WithdrawError::NotLicensed);
    world.challenges(&acme(), "c-1");
    let refusal = world.refuses(|economy, at| economy.withdraw_excess(at, &acme()));
    assert_eq!(refusal, WithdrawError::Challenged { id: name("c-1") });
    world.decides("c-1", Verdict::Rejected);
    world.economy.renounce(world.now, &acme()).unwrap();
    let refusal = world.refuses(|economy, at| economy.withdraw_excess(at, &acme()));
    assert!(matches!(refusal, WithdrawError::Licence(_)));
}

#[test]
fn a_stake_renounced_at_the_end_of_the_calendar_is_never_due() {
    let mut world = World::new();
    let late = first_of(Month::new(9999, 8).unwrap());
    world.economy.renounce(late, &acme()).unwrap();
    world.now = Timestamp::MAX;
    let refusal = world.refuses(|economy, at| economy.release(at, &acme()));
    assert_eq!(refusal, ReleaseError::TooEarly { due: None });
}
