//! What each authority may not do is refused, and changes nothing. What it has no method for does not compile: see the
//! documentation of `Licensing`, `Court` and `TokenHolders`.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

mod util;

use dimo_rewards::{
    Account, Actor, ApprovalError, BanError, ChallengeError, Economy, LicensingError, NftTerms, Power,
    Quantity, ReportError, RequirementError, Slash, TeamSplit, TypeError, Verdict, VerdictError, Violation,
    VoteError,
};
use dimo_types::{
    AdditionalSpecification, CertificationStatus, Checklist, Country, DeviceType, GeographyError,
    ProviderKind, Timestamp, Wei,
};
use util::{
    DEVICE, OTHER_DEVICE, World, acme, ann, bolt, bonding, day, dimo, holder, met, model, name, provider,
    slash,
};

/// Acme with a device, bolt with an application; an incident and a case that are to be reported on.
fn busy() -> World {
    let mut world = World::new();
    world.connected(DeviceType::StandardDongle, DEVICE);
    world.applies(&bolt());
    world
}

fn text<T>(result: Result<T, impl std::fmt::Display>) -> Result<(), String> {
    result.map(drop).map_err(|refusal| refusal.to_string())
}

fn beacon() -> (DeviceType, NftTerms) {
    let (price, quantity) = (dimo("5"), Quantity::Limited(9));
    ("beacon".parse().unwrap(), NftTerms { price, quantity, provider: ProviderKind::Hardware })
}

/// Tries an act of DIMO Integrations by all who have not its power, by a team to which it is given, and by a vote that overrules.
fn is_refused_without(power: Power, act: impl Fn(&mut Economy, Actor, Timestamp) -> Result<(), String>) {
    let mut world = busy();
    let team = Actor::Holder(name("auditors"));
    let all_but_it = Power::DIP4.into_iter().filter(|other| *other != power);
    let at = world.now;
    world.economy.token_holders().set_powers(at, team.clone(), all_but_it.clone()).unwrap();
    let mut strangers = vec![Actor::Court, ann(), Actor::Provider(acme()), Actor::Provider(bolt()), team];
    for stranger in &strangers {
        let refusal = world.refuses(|economy, at| act(economy, stranger.clone(), at));
        assert_eq!(refusal, format!("{stranger} has no power over {power}"));
    }
    // DIMO Integrations has it, until a vote takes it away.
    assert_eq!(act(&mut world.clone().economy, Actor::Integrations, world.now), Ok(()));
    world.economy.token_holders().set_powers(at, Actor::Integrations, all_but_it).unwrap();
    let refusal = world.refuses(|economy, at| act(economy, Actor::Integrations, at));
    assert_eq!(refusal, format!("integrations has no power over {power}"));
    // Whoever a vote gives it to has it, and the vote itself.
    let team = strangers.pop().unwrap();
    world.economy.token_holders().set_powers(at, team.clone(), [power]).unwrap();
    assert_eq!(act(&mut world.clone().economy, team, world.now), Ok(()));
    assert_eq!(act(&mut world.economy, Actor::TokenHolders, world.now), Ok(()));
}

macro_rules! nobody_without_the_power {
    ($($test:ident: $power:ident, |$economy:ident, $by:ident, $at:ident| $act:expr;)*) => {
        $(
            #[test]
            fn $test() {
                is_refused_without(Power::$power, |$economy, $by, $at| text($act));
            }
        )*
    };
}

nobody_without_the_power! {
    nobody_without_the_power_grants_a_licence:
        Licences, |economy, by, at| economy.licensing(by).grant(at, &bolt());
    nobody_without_the_power_transfers_a_licence:
        Licences, |economy, by, at| economy.licensing(by).transfer(at, &acme(), &bolt());
    nobody_without_the_power_suspends:
        Suspensions, |economy, by, at| economy.licensing(by).suspend(at, &acme());
    nobody_without_the_power_revokes:
        Revocations, |economy, by, at| economy.licensing(by).revoke(at, &acme());
    nobody_without_the_power_raises_a_requirement:
        Requirements, |economy, by, at| economy.licensing(by).require_stake(at, &acme(), dimo("100001"));
    nobody_without_the_power_approves_a_model:
        Models, |economy, by, at| {
            let (model, list) = (name("new"), met(DeviceType::Hub));
            economy.licensing(by).approve(at, &acme(), &model, &list, &[])
        };
    nobody_without_the_power_bans_a_device:
        Bans, |economy, by, at| economy.licensing(by).ban(at, &DEVICE);
    nobody_without_the_power_bans_a_model:
        Bans, |economy, by, at| economy.licensing(by).ban_model(at, &acme(), &model(DeviceType::Hub));
    nobody_without_the_power_adds_a_device_type:
        DeviceTypes, |economy, by, at| economy.licensing(by).add_device_type(at, beacon().0, beacon().1);
    nobody_without_the_power_adds_a_specification:
        Specifications, |economy, by, at| {
            economy.licensing(by).add_specification(at, &AdditionalSpecification::DASH_CAMERA_PRIVACY)
        };
    nobody_without_the_power_alerts:
        Reports, |economy, by, at| economy.licensing(by).alert(at, &acme(), "keys leaked");
}

#[test]
fn nobody_without_the_power_reinstates() {
    let mut world = World::new();
    world.economy.integrations().suspend(world.now, &acme()).unwrap();
    let by = Actor::Provider(acme());
    let refusal = world.refuses(|economy, at| economy.licensing(by).reinstate(at, &acme()));
    assert!(matches!(refusal, LicensingError::Unauthorised(_)));
}

#[test]
fn nobody_without_the_power_shares_out_what_the_team_earned() {
    let split = TeamSplit::new([(name("ada"), 1)]).unwrap();
    is_refused_without(Power::TeamShare, |economy, by, at| {
        text(economy.licensing(by).pay_members(at, &split, Wei::ZERO))
    });
}

#[test]
fn nobody_without_the_power_rejects_publishes_or_explains() {
    let mut world = World::new();
    let case = world.economy.apply(world.now, &bolt(), ProviderKind::Software).unwrap();
    let incident = world.economy.integrations().alert(world.now, &acme(), "keys leaked").unwrap();
    let refusal = world.refuses(|economy, at| economy.licensing(ann()).reject(at, case));
    assert!(matches!(refusal, ReportError::Unauthorised(_)));
    world.economy.integrations().reject(world.now, case).unwrap();
    let refusal = world.refuses(|economy, at| economy.licensing(ann()).publish_analysis(at, case, "no"));
    assert!(matches!(refusal, ReportError::Unauthorised(_)));
    let refusal =
        world.refuses(|economy, at| economy.licensing(ann()).publish_post_mortem(at, incident, "no"));
    assert!(matches!(refusal, ReportError::Unauthorised(_)));
}

#[test]
fn integrations_cannot_go_below_the_minimum_and_a_vote_cannot_by_overruling() {
    let mut world = World::new();
    let (minimum, requirement) = (dimo("100000"), dimo("99999.999999999999999999"));
    for by in [Actor::Integrations, Actor::TokenHolders] {
        let refusal =
            world.refuses(|economy, at| economy.licensing(by).require_stake(at, &acme(), requirement));
        assert_eq!(refusal, LicensingError::Requirement(RequirementError { minimum, requirement }));
    }
}

#[test]
fn integrations_cannot_raise_the_requirement_of_whoever_holds_no_licence() {
    let mut world = World::new();
    let refusal =
        world.refuses(|economy, at| economy.integrations().require_stake(at, &bolt(), dimo("150000")));
    assert_eq!(refusal, LicensingError::UnknownProvider);
    world.applies(&bolt());
    let refusal =
        world.refuses(|economy, at| economy.integrations().require_stake(at, &bolt(), dimo("150000")));
    assert_eq!(refusal, LicensingError::NotLicensed);
    world.economy.renounce(world.now, &acme()).unwrap();
    let refusal =
        world.refuses(|economy, at| economy.integrations().require_stake(at, &acme(), dimo("150000")));
    assert!(matches!(refusal, LicensingError::Licence(_)));
}

#[test]
fn integrations_cannot_change_the_price_of_a_type_or_give_one_away() {
    let mut world = World::new();
    let (_, terms) = beacon();
    let device_type = DeviceType::Hub;
    let refusal = world.refuses(|economy, at| economy.integrations().add_device_type(at, device_type, terms));
    assert_eq!(refusal, TypeError::Known { device_type });
    let (device_type, mut terms) = beacon();
    terms.price = Wei::ZERO;
    let refusal = world.refuses(|economy, at| economy.integrations().add_device_type(at, device_type, terms));
    assert_eq!(refusal, TypeError::Free);
}

#[test]
fn integrations_cannot_replace_a_specification() {
    let mut world = World::new();
    let mut privacy = AdditionalSpecification::DASH_CAMERA_PRIVACY;
    world.economy.integrations().add_specification(world.now, &privacy).unwrap();
    privacy.description = "None.";
    let refusal = world.refuses(|economy, at| economy.integrations().add_specification(at, &privacy));
    assert_eq!(refusal, TypeError::KnownSpecification);
}

#[test]
fn integrations_cannot_approve_what_misses_a_specification_of_its_own() {
    let mut world = World::new();
    let privacy = AdditionalSpecification::DASH_CAMERA_PRIVACY;
    let (camera, at) = (model(DeviceType::DashCamera), world.now);
    world.economy.integrations().add_specification(at, &privacy).unwrap();
    let list = met(DeviceType::DashCamera);
    let refusal =
        world.refuses(|economy, at| economy.integrations().approve(at, &acme(), &camera, &list, &[]));
    assert_eq!(refusal, ApprovalError::NotMet { specification: privacy.name.into() });
    // A hub has no camera, and a list that shows it is met is enough.
    world.approves(&acme(), DeviceType::Hub);
    let shown = [(privacy, CertificationStatus::Met { evidence: "report 8" })];
    let mut list = Checklist::new(DeviceType::DashCamera, ProviderKind::Hardware, &shown);
    list.set_all(CertificationStatus::Met { evidence: "report 7" });
    world.economy.integrations().approve(at, &acme(), &camera, &list, &[]).unwrap();
    let (_, approved) = world.economy.models(&acme()).find(|(model, _)| **model == camera).unwrap();
    assert!(approved.certifications.iter().any(|row| row.specification == privacy.name));
}

#[test]
fn integrations_cannot_approve_on_a_list_that_is_not_met() {
    let mut world = World::new();
    let list = Checklist::new(DeviceType::Hub, ProviderKind::Hardware, &[]);
    let refusal =
        world.refuses(|economy, at| economy.integrations().approve(at, &acme(), &name("h"), &list, &[]));
    assert!(matches!(refusal, ApprovalError::NotMet { .. }));
}

#[test]
fn integrations_cannot_approve_for_whoever_holds_no_licence() {
    let mut world = World::new();
    let list = met(DeviceType::Hub);
    let mut refusal = |provider: &str| {
        let (provider, model) = (name(provider), name("m"));
        world.refuses(|economy, at| economy.integrations().approve(at, &provider, &model, &list, &[]))
    };
    assert_eq!(refusal("nobody"), ApprovalError::UnknownProvider);
    world.applies(&bolt());
    let mut refusal = |provider: &str| {
        let (provider, model) = (name(provider), name("m"));
        world.refuses(|economy, at| economy.integrations().approve(at, &provider, &model, &list, &[]))
    };
    assert_eq!(refusal("bolt"), ApprovalError::NotLicensed);
    world.economy.renounce(world.now, &acme()).unwrap();
    let refusal =
        world.refuses(|economy, at| economy.integrations().approve(at, &acme(), &name("m"), &list, &[]));
    assert!(matches!(refusal, ApprovalError::Licence(_)));
}

#[test]
fn integrations_cannot_approve_a_type_without_nfts_or_of_the_other_kind_or_as_another() {
    let mut world = World::new();
    let (device_type, _) = beacon();
    let mut refusal = |device_type, kind, model: &str| {
        let mut list = Checklist::new(device_type, kind, &[]);
        list.set_all(CertificationStatus::Met { evidence: "report 7" });
        let model = name(model);
        world.refuses(|economy, at| economy.integrations().approve(at, &acme(), &model, &list, &[]))
    };
    let hardware = ProviderKind::Hardware;
    assert_eq!(refusal(device_type, hardware, "b"), ApprovalError::NotForSale { device_type });
    let other = ApprovalError::OtherKind { kind: hardware };
    // A software list has fewer rows.
    assert_eq!(refusal(DeviceType::Hub, ProviderKind::Software, "h"), other);
    let known = ApprovalError::OtherType { device_type: DeviceType::Hub };
    assert_eq!(refusal(DeviceType::AiDevice, hardware, "model of hub"), known);
}

#[test]
fn integrations_cannot_approve_for_a_country_before_a_vote_does() {
    let mut world = World::new();
    let (japan, canada) = (Country::new(*b"JP").unwrap(), Country::CANADA);
    let (model, list) = (name("h"), met(DeviceType::Hub));
    let refusal = world
        .refuses(|economy, at| economy.integrations().approve(at, &acme(), &model, &list, &[canada, japan]));
    assert_eq!(refusal, ApprovalError::Geography(GeographyError::NotApproved { country: japan }));
    world.economy.token_holders().approve_country(world.now, japan).unwrap();
    assert_eq!(world.economy.policy().geography.check(japan), Ok(()));
    let at = world.now;
    world.economy.integrations().approve(at, &acme(), &model, &list, &[canada, japan]).unwrap();
    let nft = world.buys(&provider(&acme()), DeviceType::Hub);
    let bonding = dimo_rewards::Bonding { model, country: Some(japan), ..bonding(nft, DEVICE) };
    world.economy.bond(at, &acme(), &bonding).unwrap();
}

#[test]
fn integrations_cannot_approve_a_banned_model_again_or_ban_twice() {
    let mut world = World::new();
    world.connected(DeviceType::StandardDongle, DEVICE);
    let hub = model(DeviceType::Hub);
    world.economy.integrations().ban_model(world.now, &acme(), &hub).unwrap();
    let list = met(DeviceType::Hub);
    let refusal = world.refuses(|economy, at| economy.integrations().approve(at, &acme(), &hub, &list, &[]));
    assert_eq!(refusal, ApprovalError::Banned);
    let refusal = world.refuses(|economy, at| economy.integrations().ban_model(at, &acme(), &hub));
    assert_eq!(refusal, BanError::Banned);
    world.economy.integrations().ban(world.now, &DEVICE).unwrap();
    let refusal = world.refuses(|economy, at| economy.integrations().ban(at, &DEVICE));
    assert_eq!(refusal, BanError::Banned);
}

#[test]
fn integrations_cannot_ban_what_it_does_not_know() {
    let mut world = World::new();
    let refusal = world.refuses(|economy, at| economy.integrations().ban(at, &OTHER_DEVICE));
    assert_eq!(refusal, BanError::UnknownDevice);
    for provider in [acme(), bolt()] {
        let refusal =
            world.refuses(|economy, at| economy.integrations().ban_model(at, &provider, &name("x")));
        assert_eq!(refusal, BanError::UnknownModel);
    }
}

#[test]
fn integrations_cannot_publish_before_the_outcome_or_twice_or_nothing() {
    let mut world = World::new();
    let case = world.economy.apply(world.now, &bolt(), ProviderKind::Hardware).unwrap();
    let publish = |world: &mut World, text: &'static str| {
        world.refuses(|economy, at| economy.integrations().publish_analysis(at, case, text))
    };
    assert_eq!(publish(&mut world, "good"), ReportError::Undecided);
    world.economy.integrations().grant(world.now, &bolt()).unwrap();
    let refusal = world.refuses(|economy, at| economy.integrations().reject(at, case));
    assert_eq!(refusal, ReportError::Decided);
    assert_eq!(publish(&mut world, " "), ReportError::Blank);
    world.economy.integrations().publish_analysis(world.now, case, "good").unwrap();
    assert_eq!(publish(&mut world, "better"), ReportError::Published);

    let refusal = world.refuses(|economy, at| economy.integrations().alert(at, &name("nobody"), "keys"));
    assert_eq!(refusal, ReportError::UnknownProvider);
    let refusal = world.refuses(|economy, at| economy.integrations().alert(at, &acme(), "\n"));
    assert_eq!(refusal, ReportError::Blank);
    let incident = world.economy.integrations().alert(world.now, &acme(), "keys leaked").unwrap();
    world.economy.integrations().publish_post_mortem(world.now, incident, "keys changed").unwrap();
    let refusal =
        world.refuses(|economy, at| economy.integrations().publish_post_mortem(at, incident, "again"));
    assert_eq!(refusal, ReportError::Published);
}

#[test]
fn no_authority_acts_in_the_past() {
    let mut world = busy();
    let past = day("2023-01-14");
    world.challenges(&acme(), "c-1");
    let suspended = world.refuses(|economy, _| economy.integrations().suspend(past, &acme()));
    assert!(matches!(suspended, LicensingError::Ledger(_)));
    let decided = world.refuses(|economy, _| economy.court().decide(past, &name("c-1"), Verdict::Rejected));
    assert!(matches!(decided, VerdictError::Ledger(_)));
    let voted = world.refuses(|economy, _| economy.token_holders().lift_quantity(past, DeviceType::Hub));
    assert!(matches!(voted, VoteError::Ledger(_)));
}

#[test]
fn the_court_cannot_challenge() {
    let mut world = World::new();
    let violation = Violation::new("good-faith").unwrap();
    let refusal =
        world.refuses(|economy, at| economy.challenge(at, &Actor::Court, &name("c-1"), &acme(), violation));
    assert_eq!(refusal, ChallengeError::Court);
}

#[test]
fn the_court_cannot_slash_without_a_challenge_or_decide_one_twice() {
    let mut world = World::new();
    let decide = |world: &mut World| {
        world.refuses(|economy, at| economy.court().decide(at, &name("c-1"), slash("1", "1")))
    };
    assert_eq!(decide(&mut world), VerdictError::UnknownChallenge);
    world.challenges(&acme(), "c-1");
    world.decides("c-1", Verdict::Rejected);
    assert_eq!(decide(&mut world), VerdictError::Decided);
}

#[test]
fn the_court_cannot_take_more_than_is_staked() {
    let mut world = World::new();
    world.challenges(&acme(), "c-1");
    let stake = dimo("100000");
    for verdict in [slash("60000", "40000.000000000000000001"), slash("340282366920938463463", "1")] {
        let refusal = world.refuses(|economy, at| economy.court().decide(at, &name("c-1"), verdict));
        assert_eq!(refusal, VerdictError::MoreThanStaked { stake });
    }
    world.decides("c-1", slash("60000", "40000"));
}

#[test]
fn the_court_cannot_give_a_stake_to_an_authority() {
    let mut world = World::new();
    world.challenges(&acme(), "c-1");
    let stake = Account::Stake(acme());
    for account in [Account::Treasury, Account::Integrations, Account::Escrow, stake, Account::Outside] {
        let verdict = Verdict::Upheld(Slash::default().and_compensate(account.clone(), dimo("1")));
        let refusal = world.refuses(|economy, at| economy.court().decide(at, &name("c-1"), verdict));
        assert_eq!(refusal, VerdictError::NoUser { account });
    }
}

#[test]
fn a_vote_cannot_give_the_powers_of_integrations_to_the_court_a_provider_or_itself() {
    let mut world = World::new();
    for actor in [Actor::Court, Actor::Provider(acme()), Actor::TokenHolders] {
        let team = actor.clone();
        let refusal = world.refuses(|economy, at| economy.token_holders().set_powers(at, team, Power::DIP4));
        assert_eq!(refusal, VoteError::NoTeam { actor });
    }
}

#[test]
fn a_vote_cannot_raise_the_quantity_of_what_is_not_sold() {
    let mut world = World::new();
    let (device_type, _) = beacon();
    let refusal = world.refuses(|economy, at| economy.token_holders().add_quantity(at, device_type, 1));
    assert_eq!(refusal, VoteError::UnknownType { device_type });
    let refusal = world.refuses(|economy, at| economy.token_holders().lift_quantity(at, device_type));
    assert_eq!(refusal, VoteError::UnknownType { device_type });
}

#[test]
fn any_holder_and_integrations_may_challenge_and_a_challenge_alone_takes_nothing() {
    let mut world = World::new();
    let challengers = [ann(), Actor::Integrations, Actor::Provider(bolt()), Actor::TokenHolders];
    for (number, by) in challengers.iter().enumerate() {
        let (id, violation) = (name(&format!("c-{number}")), Violation::new("late again").unwrap());
        world.economy.challenge(world.now, by, &id, &acme(), violation).unwrap();
    }
    assert_eq!(world.balance(&Account::Stake(acme())), "100000");
    assert!(world.standing(&acme()).is_good());
    assert_eq!(world.balance(&holder("ann")), "1000");
}
