//! The policy as a document, DIP-4's numbers, and the adopted amendment as data.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_rewards::{
    BasisPoints, BondRule, CreditCost, Curve, DollarBond, Geography, HolderEffect, MintingCost, PastBond,
    Policy, PolicyError, Quantity, RebaseCause, RebaseError, SaleNumber, TeamTerms, UsDollars,
    UsDollarsError,
};
use dimo_types::{Country, DeviceType, GeographyError, Month, ProviderKind, Region, Timestamp, Wei};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn at(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn dollars(text: &str) -> UsDollars {
    text.parse().unwrap()
}

fn dimo(whole: u128) -> Wei {
    Wei::from_dimo(whole).unwrap()
}

fn half() -> BasisPoints {
    BasisPoints::new(5_000).unwrap()
}

/// A bond of $10,000 computed at $2.00 on 1 January 2025.
fn bond_at_two_dollars() -> DollarBond {
    DollarBond::new(UsDollars::from_whole(10_000), half(), at("2025-01-01"), dollars("2.00")).unwrap()
}

mod dip4 {
    use super::*;

    #[test]
    fn has_the_numbers_of_its_text() {
        let policy = Policy::dip4(BasisPoints::ZERO);
        assert_eq!((policy.stake, policy.bond), (dimo(100_000), BondRule::Fixed));
        assert_eq!((policy.rebate.get(), policy.months.get(), policy.renunciation_months), (7_000, 24, 6));
        let curve = (policy.curve.ceiling().get(), policy.curve.floor().get(), policy.curve.decay());
        assert_eq!(curve, (1_500, 10, 999_999));
        assert_eq!((policy.minting, policy.time_lock_days), (MintingCost::Dimo, 4));
        let team = policy.team;
        assert_eq!((team.infusion, team.infusion_dai), (dimo(50_000), 150_000));
        assert_eq!((team.resource_allocation_days, team.application_documents_days), (90, 60));
        assert_eq!(team.goals_until, Some(Month::new(2023, 12).unwrap()));
        assert_eq!((team.goal_manufacturers, team.goal_devices, team.goal_device_types), (5, 5, 2));
        assert_eq!(policy.check(), Ok(()));
    }

    #[test]
    fn sells_six_types_at_the_prices_of_its_table() {
        let policy = Policy::dip4(BasisPoints::ZERO);
        let rows: Vec<_> =
            policy.nfts.iter().map(|(kind, terms)| (kind.as_str(), terms.quantity, terms.price)).collect();
        let row = |kind, quantity, price| (kind, Quantity::Limited(quantity), dimo(price));
        assert_eq!(
            rows,
            [
                row("software-only", 1_000_000, 10),
                row("standard-dongle", 100_000, 50),
                row("hub", 30_000, 70),
                row("dash-camera", 30_000, 80),
                row("fleet-device", 100_000, 120),
                row("ai-device", 30_000, 150),
            ]
        );
    }

    #[test]
    fn lets_devices_operate_in_three_regions_until_a_vote_adds_more() {
        let mut policy = Policy::dip4(BasisPoints::ZERO);
        let [germany, japan] = ["DE", "JP"].map(|code| code.parse::<Country>().unwrap());
        for country in [Country::UNITED_STATES, Country::CANADA, germany] {
            assert_eq!(policy.geography.check(country), Ok(()));
        }
        assert_eq!(policy.geography.check(japan), Err(GeographyError::NotApproved { country: japan }));
        for country in [germany, japan, japan] {
            policy.geography.add_country(country);
        }
        assert_eq!(policy.geography.check(japan), Ok(()));
        assert_eq!(
            (policy.geography.regions(), policy.geography.countries()),
            (&Region::DIP4[..], &[japan][..])
        );
        assert_eq!(
            Geography::new([], []).check(germany),
            Err(GeographyError::NotApproved { country: germany })
        );
    }

    #[test]
    fn ignores_prices() {
        let mut policy = Policy::dip4(BasisPoints::ZERO);
        assert_eq!(policy.observe_price(at("2030-01-01"), dollars("1000")), Ok(None));
        assert_eq!(policy, Policy::dip4(BasisPoints::ZERO));
    }
}

mod the_bond {
    use super::*;

    /// The amendment's worked example.
    #[test]
    fn is_5000_at_two_dollars_stays_at_two_eighty_and_falls_to_3333_at_three() {
        let mut bond = bond_at_two_dollars();
        assert_eq!(bond.requirement(), dimo(5_000));
        assert_eq!(bond.observe(at("2025-05-01"), dollars("2.80")), Ok(None));
        assert_eq!(bond.requirement(), dimo(5_000));
        let rebased = bond.observe(at("2025-06-01"), dollars("3.00")).unwrap().unwrap();
        assert_eq!(
            (rebased.cause, rebased.before, rebased.after),
            (RebaseCause::Price, dimo(5_000), dimo(3_333))
        );
        assert_eq!(bond.requirement(), dimo(3_333));
        assert_eq!((bond.last().at, bond.last().price), (at("2025-06-01"), dollars("3")));
    }

    #[test]
    fn is_rebased_at_half_of_the_price_last_used_to_the_last_decimal() {
        for (price, moves) in [
            ("2.999999999999999999", false),
            ("3", true),
            ("1.000000000000000001", false),
            ("1", true),
            ("0.5", true),
            ("2", false),
        ] {
            let rebased = bond_at_two_dollars().observe(at("2025-06-01"), dollars(price)).unwrap();
            assert_eq!(rebased.is_some(), moves, "${price}");
        }
    }

    #[test]
    fn is_compared_with_the_price_last_used_and_not_with_the_last_seen() {
        let mut bond = bond_at_two_dollars();
        for price in ["2.5", "2.9", "2.2", "1.1"] {
            assert_eq!(bond.observe(at("2025-02-01"), dollars(price)), Ok(None), "${price}");
        }
        assert!(bond.observe(at("2025-02-01"), dollars("3")).unwrap().is_some());
        // Half of 3 is 1.50 now.
        assert_eq!(bond.observe(at("2025-02-01"), dollars("1.6")), Ok(None));
        assert_eq!(bond.observe(at("2025-02-01"), dollars("1.5")).unwrap().unwrap().after, dimo(6_666));
    }

    #[test]
    fn is_rebased_once_as_a_year_begins() {
        let mut bond = bond_at_two_dollars();
        let last_second: Timestamp = "2025-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(bond.observe(last_second, dollars("2.5")), Ok(None));
        let rebased = bond.observe(at("2026-01-01"), dollars("2.5")).unwrap().unwrap();
        assert_eq!((rebased.cause, rebased.after), (RebaseCause::NewYear, dimo(4_000)));
        assert_eq!(bond.observe(at("2026-01-02"), dollars("2.6")), Ok(None));
    }

    #[test]
    fn takes_the_first_price_of_a_year_for_that_of_1_january() {
        let mut bond = bond_at_two_dollars();
        let rebased = bond.observe(at("2028-02-29"), dollars("2")).unwrap().unwrap();
        assert_eq!(
            (rebased.cause, rebased.before, rebased.after),
            (RebaseCause::NewYear, dimo(5_000), dimo(5_000))
        );
        assert_eq!(bond.observe(at("2028-03-01"), dollars("2")), Ok(None));
    }

    #[test]
    fn refuses_prices_that_make_none_and_does_not_change() {
        let mut bond = bond_at_two_dollars();
        let worth = bond.worth();
        let mut refused = |day, price| bond.observe(at(day), price).unwrap_err();
        assert_eq!(refused("2026-01-01", UsDollars::ZERO), RebaseError::NoPrice);
        let (high, low) = (dollars("10000.000000000000000001"), UsDollars::new(1));
        assert_eq!(refused("2026-01-01", high), RebaseError::Price { worth, price: high });
        assert_eq!(refused("2026-01-01", low), RebaseError::Price { worth, price: low });
        let (now, last) = (at("2024-12-31"), at("2025-01-01"));
        assert_eq!(refused("2024-12-31", dollars("5")), RebaseError::Earlier { at: now, last });
        assert_eq!(bond, bond_at_two_dollars());
    }

    #[test]
    fn was_what_the_amendment_lists() {
        let listed = PastBond::ALL.map(|past| (past.from, past.requirement));
        assert_eq!(listed, [(at("2022-12-12"), dimo(100_000)), (at("2024-07-05"), dimo(77_101))]);
        let bond = DollarBond::amendment2();
        let computed = DollarBond::new(bond.worth(), bond.threshold(), bond.last().at, bond.last().price);
        assert_eq!(computed, Ok(bond));
        assert_eq!(
            (bond.worth(), bond.threshold(), bond.last().price),
            (dollars("10000"), half(), dollars("0.1297"))
        );
        assert_eq!((bond.last().at, bond.requirement()), listed[1]);
    }

    #[test]
    fn that_falls_lets_holders_withdraw_and_that_rises_leaves_them_alone() {
        let mut bond = bond_at_two_dollars();
        let fallen = bond.observe(at("2025-06-01"), dollars("4")).unwrap().unwrap();
        let risen = bond.observe(at("2025-07-01"), dollars("1")).unwrap().unwrap();
        assert_eq!((fallen.after, risen.after), (dimo(2_500), dimo(10_000)));
        let withdraw = |excess| HolderEffect::MayWithdraw { requirement: dimo(2_500), excess: dimo(excess) };
        assert_eq!(fallen.effect_on(dimo(5_000), dimo(5_000)), withdraw(2_500));
        assert_eq!(fallen.effect_on(dimo(5_000), dimo(7_000)), withdraw(4_500));
        // A partial stake has less to give back, or nothing.
        assert_eq!(fallen.effect_on(dimo(5_000), dimo(2_600)), withdraw(100));
        assert_eq!(fallen.effect_on(dimo(5_000), dimo(100)), withdraw(0));
        assert_eq!(
            risen.effect_on(dimo(2_500), dimo(2_500)),
            HolderEffect::Grandfathered { requirement: dimo(2_500) }
        );
        // Raised for this holder alone.
        assert_eq!(fallen.effect_on(dimo(6_000), dimo(6_000)), HolderEffect::Unchanged);
        assert_eq!(risen.effect_on(dimo(10_000), dimo(10_000)), HolderEffect::Unchanged);
    }

    #[test]
    fn of_a_holder_grandfathered_below_falls_only_when_the_bond_falls_below_that() {
        let mut bond = bond_at_two_dollars();
        bond.observe(at("2025-02-01"), dollars("1")).unwrap().unwrap();
        let fallen = bond.observe(at("2025-03-01"), dollars("1.6")).unwrap().unwrap();
        assert_eq!((fallen.before, fallen.after), (dimo(10_000), dimo(6_250)));
        assert_eq!(
            fallen.effect_on(dimo(5_000), dimo(5_000)),
            HolderEffect::Grandfathered { requirement: dimo(5_000) }
        );
        let fallen = bond.observe(at("2025-04-01"), dollars("4")).unwrap().unwrap();
        let (requirement, excess) = (dimo(2_500), dimo(2_500));
        assert_eq!(
            fallen.effect_on(dimo(5_000), dimo(5_000)),
            HolderEffect::MayWithdraw { requirement, excess }
        );
    }

    proptest! {
        #[test]
        fn is_always_the_whole_dimo_that_the_worth_buys(
            worth in 1..=u64::MAX, price in 1..=u128::MAX, next in 1..=u128::MAX,
        ) {
            let worth = UsDollars::from_whole(worth);
            let Ok(mut bond) = DollarBond::new(worth, half(), at("2025-01-01"), UsDollars::new(price)) else {
                let whole = worth.get() / price;
                prop_assert!(whole == 0 || Wei::from_dimo(whole).is_none());
                return Ok(());
            };
            let before = bond;
            prop_assert_eq!(bond.requirement(), dimo(worth.get() / price));
            match bond.observe(at("2025-01-02"), UsDollars::new(next)) {
                Ok(Some(rebased)) => {
                    prop_assert!(price.abs_diff(next) >= price / 2);
                    prop_assert_eq!(rebased.after, dimo(worth.get() / next));
                }
                Ok(None) => {
                    prop_assert!(price.abs_diff(next) <= price / 2);
                    prop_assert_eq!(bond, before);
                }
                Err(_) => prop_assert_eq!(bond, before),
            }
        }
    }
}

mod the_amended_policy {
    use super::*;

    #[test]
    fn has_a_bond_for_its_stake_and_credits_for_its_prices() {
        let policy = Policy::amended();
        assert_eq!(policy.stake, dimo(77_101));
        assert_eq!(policy.bond, BondRule::UsDollars(DollarBond::amendment2()));
        assert_eq!(policy.minting, MintingCost::Credits(CreditCost::AMENDMENT2));
        let cost = CreditCost::AMENDMENT2;
        assert_eq!(
            (cost.credits, cost.price, cost.worth()),
            (4_000, dollars("0.0001"), Some(dollars("0.40")))
        );
        assert_eq!((policy.team, policy.renunciation_months), (TeamTerms::NONE, 6));
        assert_eq!(policy.check(), Ok(()));
    }

    #[test]
    fn sets_nothing_aside_whatever_is_sold_and_whatever_it_costs() {
        let policy = Policy::amended();
        for terms in policy.nfts.values() {
            assert_eq!((terms.price, terms.quantity), (Wei::ZERO, Quantity::Unlimited));
        }
        assert_eq!(policy.nfts[&DeviceType::SoftwareOnly].provider, ProviderKind::Software);
        for n in [1, 2, 1_000, 5_010_634, u64::MAX] {
            let n = SaleNumber::new(n).unwrap();
            let split = policy.split(n, dimo(1_000_000)).unwrap();
            assert_eq!(
                (split.rebate(), split.team(), split.treasury()),
                (Wei::ZERO, Wei::ZERO, dimo(1_000_000))
            );
        }
    }

    #[test]
    fn moves_its_stake_with_its_bond() {
        let mut policy = Policy::amended();
        assert_eq!(policy.observe_price(at("2024-09-01"), dollars("0.18")), Ok(None));
        assert_eq!(policy.stake, dimo(77_101));
        let rebased = policy.observe_price(at("2024-12-01"), dollars("0.25")).unwrap().unwrap();
        assert_eq!((rebased.before, rebased.after, policy.stake), (dimo(77_101), dimo(40_000), dimo(40_000)));
        assert_eq!(policy.check(), Ok(()));
    }

    #[test]
    fn does_not_move_for_a_price_it_refuses() {
        let mut policy = Policy::amended();
        assert_eq!(policy.observe_price(at("2025-01-01"), UsDollars::ZERO), Err(RebaseError::NoPrice));
        assert_eq!(policy, Policy::amended());
    }
}

mod a_policy_is_refused {
    use super::*;

    #[test]
    fn when_it_promises_more_than_the_price() {
        let mut policy = Policy::dip4(BasisPoints::ZERO);
        policy.rebate = BasisPoints::new(8_500).unwrap();
        assert_eq!(policy.check(), Ok(()));
        let rebate = BasisPoints::new(8_501).unwrap();
        policy.rebate = rebate;
        let ceiling = Curve::dip4().ceiling();
        assert_eq!(policy.check(), Err(PolicyError::MoreThanThePrice { rebate, ceiling }));
    }

    #[test]
    fn when_its_stake_is_not_its_bond() {
        let mut policy = Policy::amended();
        policy.stake = dimo(100_000);
        let (stake, bond) = (dimo(100_000), dimo(77_101));
        assert_eq!(policy.check(), Err(PolicyError::StakeIsNotTheBond { stake, bond }));
    }
}

mod dollars {
    use super::*;

    #[test]
    fn are_read_and_written_exactly() {
        for text in
            ["0", "0.1297", "10000", "0.000000000000000001", "340282366920938463463.374607431768211455"]
        {
            assert_eq!(dollars(text).to_string(), text);
        }
        assert_eq!("-1".parse::<UsDollars>(), Err(UsDollarsError::NotDecimal));
        assert_eq!("$1".parse::<UsDollars>(), Err(UsDollarsError::NotDecimal));
        assert_eq!("0.0000000000000000001".parse::<UsDollars>(), Err(UsDollarsError::TooPrecise));
        assert_eq!("340282366920938463464".parse::<UsDollars>(), Err(UsDollarsError::TooLarge));
    }

    #[test]
    fn come_from_decimals_or_are_refused() {
        let from = |text: &str| UsDollars::try_from(text.parse::<Decimal>().unwrap());
        assert_eq!(from("2.80"), Ok(dollars("2.8")));
        assert_eq!(from("0.12970000000000000000000000"), Ok(dollars("0.1297")));
        assert_eq!(from("-0.01"), Err(UsDollarsError::Negative));
        assert_eq!(from("0.1234567890123456789"), Err(UsDollarsError::TooPrecise));
        assert_eq!(UsDollars::try_from(Decimal::MAX), Err(UsDollarsError::TooLarge));
        assert_eq!(UsDollars::new(u128::MAX).to_decimal(), None);
        assert_eq!(UsDollars::from_whole(u64::MAX).to_decimal(), Some(Decimal::from(u64::MAX)));
    }

    proptest! {
        #[test]
        fn come_back_from_decimals_as_they_went(parts in 0..1u128 << 96) {
            let amount = UsDollars::new(parts);
            prop_assert_eq!(UsDollars::try_from(amount.to_decimal().unwrap()), Ok(amount));
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
    }
}

#[cfg(feature = "serde")]
mod the_document {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;

    fn document(policy: &Policy) -> Value {
        to_value(policy).unwrap()
    }

    #[test]
    fn of_dip4_reads_like_its_text() {
        let dip4 = document(&Policy::dip4(BasisPoints::new(250).unwrap()));
        assert_eq!(dip4["stake"], json!("100000"));
        assert_eq!(dip4["bond"], json!("fixed"));
        assert_eq!(dip4["curve"], json!({ "ceiling": 1500, "floor": 10, "decay": 999_999 }));
        assert_eq!(dip4["minting"], json!("dimo"));
        let hub = json!({ "price": "70", "quantity": { "limited": 30_000 }, "provider": "hardware" });
        assert_eq!(dip4["nfts"]["hub"], hub);
        assert_eq!(
            dip4["geography"],
            json!({ "regions": ["united-states", "canada", "europe"], "countries": [] })
        );
        assert_eq!(dip4["team"]["goals_until"], json!("2023-12"));
        assert_eq!((&dip4["royalty"], &dip4["time_lock_days"]), (&json!(250), &json!(4)));
    }

    #[test]
    fn of_the_amendment_names_price_and_threshold() {
        let amended = document(&Policy::amended());
        let last = json!({ "at": 1_720_137_600_000_000u64, "price": "0.1297" });
        let bond = json!({ "worth": "10000", "threshold": 5_000, "last": last });
        assert_eq!(amended["bond"], json!({ "us-dollars": bond }));
        assert_eq!(amended["minting"], json!({ "credits": { "credits": 4_000, "price": "0.0001" } }));
        assert_eq!(amended["nfts"]["hub"]["quantity"], json!("unlimited"));
    }

    #[test]
    fn is_read_as_it_was_written() {
        let mut rebased = Policy::amended();
        rebased.geography.add_country("JP".parse().unwrap());
        rebased.observe_price(at("2025-01-01"), dollars("0.20")).unwrap();
        for policy in [Policy::dip4(BasisPoints::new(250).unwrap()), Policy::amended(), rebased] {
            assert_eq!(from_value::<Policy>(document(&policy)).unwrap(), policy);
            let text = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
        }
    }

    #[test]
    fn is_checked_as_it_is_read() {
        let dip4 = document(&Policy::dip4(BasisPoints::ZERO));
        let with = |field: &str, value: Value| {
            let mut changed = dip4.clone();
            changed[field] = value;
            from_value::<Policy>(changed).map_err(|error| error.to_string())
        };
        assert!(with("stake", json!("100000")).is_ok());
        for (field, value, complaint) in [
            ("rebate", json!(8_501), "more than the price"),
            ("rebate", json!(10_001), "more than all"),
            ("months", json!(0), "nonzero"),
            ("curve", json!({ "ceiling": 10, "floor": 20, "decay": 1 }), "floor"),
            ("curve", json!({ "ceiling": 10, "floor": 10, "decay": 1_000_000 }), "decay"),
            ("stake", json!("-1"), "12.5"),
            ("bond", json!("gold"), "gold"),
            ("geography", json!({ "regions": ["moon"], "countries": [] }), "region"),
            ("nfts", json!({ "Hub": {} }), "lower case"),
            ("stakes", json!("100000"), "stakes"),
        ] {
            let error = with(field, value.clone()).expect_err(&format!("{field}: {value}"));
            assert!(error.to_lowercase().contains(complaint), "{field}: {value}: {error}");
        }
        let mut missing = dip4.clone();
        missing.as_object_mut().unwrap().remove("geography");
        assert!(from_value::<Policy>(missing).unwrap_err().to_string().contains("geography"));
    }

    #[test]
    fn of_a_bond_that_disagrees_with_its_stake_is_refused() {
        let mut amended = document(&Policy::amended());
        amended["bond"]["us-dollars"]["last"]["price"] = json!("0.13");
        assert!(from_value::<Policy>(amended.clone()).unwrap_err().to_string().contains("76923"));
        amended["bond"]["us-dollars"]["last"]["price"] = json!("0");
        assert!(from_value::<Policy>(amended).is_err());
    }
}
