//! The weekly baseline rewards, against what the network's own service is known to compute.
#![cfg(feature = "baseline")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests say what they expect")]

use std::collections::BTreeMap;

use dimo_rewards::baseline::{
    ActiveVehicle, AftermarketDevice, CONSTANT_SIGNALS, Connected, DuplicateVehicle, Level, NotEligible,
    Points, PoolError, PoolShares, Streak, SyntheticDevice, Tokens, VehicleStake, Vendor, VendorKind, Week,
    WeekPoints, points_of_week,
};
use dimo_types::{Address, Timestamp, TokenId, Wei};
use num_bigint::BigUint;
use proptest::prelude::*;

const ANN: Address = Address::new([0xA1; 20]);
const BEN: Address = Address::new([0xB2; 20]);
const VIN: &str = "00000000000000001";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn week(number: u32) -> Week {
    Week::new(number).unwrap()
}

fn id(number: u64) -> TokenId {
    TokenId::from(number)
}

fn vendor(name: &str) -> &'static Vendor {
    const { &Vendor::LIVE }.iter().find(|vendor| vendor.name == name).unwrap()
}

fn source(name: &str) -> &'static [Address] {
    core::slice::from_ref(&vendor(name).connection)
}

/// Ann's vehicle with a synthetic device of its own number + 100, sending through Tesla.
fn tesla(vehicle: u64, vin: &'static str) -> ActiveVehicle<'static> {
    let synthetic = SyntheticDevice { device: id(vehicle + 100), connection: vendor("Tesla").connection };
    let active = ActiveVehicle::new(id(vehicle), ANN, source("Tesla"));
    ActiveVehicle { synthetic: Some(synthetic), vin: Some(vin), ..active }
}

/// Ann's vehicle with a device of a maker, for which Ben is paid.
fn with_device(vehicle: u64, maker: &str) -> ActiveVehicle<'static> {
    let VendorKind::Aftermarket { manufacturer } = vendor(maker).kind else {
        panic!("{maker} makes nothing")
    };
    let device = AftermarketDevice { device: id(12), manufacturer: id(manufacturer), beneficiary: BEN };
    let active = ActiveVehicle::new(id(vehicle), ANN, source(maker));
    ActiveVehicle { aftermarket: Some(device), vin: Some(VIN), ..active }
}

/// The points of week 30, after vehicle 1 had the streak given.
fn after(streak: Option<Streak>, vehicles: &mut [ActiveVehicle<'_>]) -> WeekPoints {
    let before = streak.into_iter().map(|streak| (id(1), streak)).collect();
    points_of_week(week(30), vehicles, &before).unwrap()
}

fn streak(connected: u32, missed: u32) -> Streak {
    Streak { connected, missed }
}

mod weeks {
    use super::*;

    #[test]
    fn begin_on_mondays_at_five_without_daylight_saving() {
        assert_eq!(week(0).starts(), at("2022-01-31T05:00:00Z"));
        assert_eq!(week(9).starts(), at("2022-04-04T05:00:00Z"));
        assert_eq!(week(44).starts(), at("2022-12-05T05:00:00Z"));
        assert_eq!(week(9).ends(), week(10).starts());
    }

    #[test]
    fn contain_their_first_moment_and_not_their_last() {
        let one = week(1);
        assert_eq!(Week::of(one.starts()), Some(one));
        assert_eq!(Week::of(one.starts().checked_add_micros(-1).unwrap()), Week::new(0));
        assert_eq!(Week::of(one.ends()), Week::new(2));
        assert_eq!(Week::of(one.ends().checked_add_micros(-1).unwrap()), Some(one));
    }

    #[test]
    fn end_within_the_range_of_time() {
        assert_eq!(Week::of(Timestamp::EPOCH), None);
        assert!(Week::MAX.ends() > at("9999-12-24T00:00:00Z"));
        assert!(Week::MAX.ends() < Timestamp::MAX);
        assert_eq!(Week::of(Week::MAX.ends()), None);
        assert_eq!(Week::of(Timestamp::MAX), None);
        assert_eq!(Week::new(Week::MAX.number() + 1), None);
        assert_eq!(Week::new(u32::MAX), None);
    }

    /// The two vectors of the service's own test: a job shortly before and shortly after a week's end.
    #[test]
    fn are_settled_by_the_job_nearest_to_their_end() {
        assert_eq!(Week::settled_at(at("2022-02-07T05:00:02Z")), Week::new(0));
        assert_eq!(Week::settled_at(at("2022-02-07T04:58:44Z")), Week::new(0));
        assert_eq!(Week::settled_at(at("2022-01-31T05:00:00Z")), None);
        assert_eq!(Week::settled_at(Timestamp::EPOCH), None);
    }

    #[test]
    fn count_for_the_contract_from_the_first_it_paid() {
        assert_eq!(week(43).contract_week(), None);
        assert_eq!(week(44).contract_week(), Some(0));
        assert_eq!(week(96).contract_week(), Some(52));
    }

    #[test]
    fn have_a_pool_that_falls_with_each_year_of_the_contract() {
        let dimo = |text: &str| text.parse::<Wei>().unwrap();
        for (number, pool) in [
            (0, "1105000"),
            (44, "1105000"),
            (95, "1105000"),
            (96, "939250"),
            (147, "939250"),
            (148, "798362.5"),
            (200, "678608.125"),
            (252, "576816.90625"),
        ] {
            assert_eq!(week(number).pool(), dimo(pool), "week {number}");
        }
    }

    #[test]
    fn floor_the_pool_every_year_until_it_is_gone() {
        let (mut pool, mut years) = (BigUint::from(Week::FIRST_POOL.get()), 0);
        while pool > BigUint::ZERO {
            assert_eq!(BigUint::from(week(44 + years * 52).pool().get()), pool, "year {years}");
            pool = pool * 85u32 / 100u32;
            years += 1;
        }
        assert!(years > 300, "{years}");
        assert_eq!(week(44 + years * 52).pool(), Wei::ZERO);
        assert_eq!(Week::MAX.pool(), Wei::ZERO);
    }
}

mod streaks {
    use super::*;

    /// The cases of the service's own test: missed and connected weeks before, this week, and what follows.
    #[test]
    fn follow_the_service_case_by_case() {
        for (missed, connected, now, expected, points) in [
            (0, 0, Connected::Yes, streak(1, 0), 0),
            (0, 1, Connected::Yes, streak(2, 0), 0),
            (0, 0, Connected::No, streak(0, 1), 0),
            (0, 1, Connected::No, streak(1, 1), 0),
            (1, 1, Connected::No, streak(1, 2), 0),
            (2, 1, Connected::No, streak(0, 3), 0),
            (0, 3, Connected::Yes, streak(4, 0), 1_000),
            (0, 21, Connected::Yes, streak(22, 0), 2_000),
            (2, 22, Connected::No, streak(4, 3), 0),
            (5, 21, Connected::No, streak(4, 6), 0),
        ] {
            let next = streak(connected, missed).after(now);
            assert_eq!(next, expected, "{connected} connected, {missed} missed, {now:?}");
            if now == Connected::Yes {
                assert_eq!(next.level().points, points);
            }
        }
    }

    #[test]
    fn reach_each_level_in_the_week_it_begins() {
        let points = |weeks| streak(weeks, 0).level().points;
        for (weeks, expected) in
            [(0, 0), (3, 0), (4, 1_000), (20, 1_000), (21, 2_000), (35, 2_000), (36, 3_000)]
        {
            assert_eq!(points(weeks), expected, "{weeks} weeks");
        }
        assert_eq!(points(u32::MAX), 3_000);
        assert_eq!(Level::LIVE.map(|level| level.number), [1, 2, 3, 4]);
    }

    #[test]
    fn lose_everything_in_twelve_missed_weeks() {
        let (mut lost, mut levels) = (streak(500, 0), Vec::new());
        for _ in 0..12 {
            lost = lost.after(Connected::No);
            levels.push(lost.connected);
        }
        assert_eq!(levels, [500, 500, 21, 21, 21, 4, 4, 4, 0, 0, 0, 0]);
    }

    #[test]
    fn never_overflow() {
        assert_eq!(streak(u32::MAX, 0).after(Connected::Yes).connected, u32::MAX);
        assert_eq!(streak(5, u32::MAX).after(Connected::No).missed, u32::MAX);
    }
}

mod vendors {
    use super::*;

    #[test]
    fn are_those_of_the_service() {
        let rows = Vendor::LIVE.map(|vendor| (vendor.name, vendor.connection.to_string(), vendor.points));
        let expected = [
            ("AutoPi", "0x5e31bBc786D7bEd95216383787deA1ab0f1c1897", 6_000),
            ("Macaron", "0x4c674ddE8189aEF6e3b58F5a36d7438b2b1f6Bc2", 3_000),
            ("Ruptela", "0xF26421509Efe92861a587482100c6d728aBf1CD0", 6_000),
            ("Tesla", "0xc4035Fecb1cc906130423EF05f9C20977F643722", 6_000),
            ("Kaufmann", "0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD", 6_000),
        ];
        assert_eq!(rows, expected.map(|(name, address, points)| (name, String::from(address), points)));
    }

    #[test]
    fn are_found_by_their_manufacturer_or_their_connection() {
        for (manufacturer, name) in [(137, "AutoPi"), (142, "Macaron"), (144, "Ruptela")] {
            assert_eq!(Vendor::of_manufacturer(id(manufacturer)).unwrap().name, name);
        }
        assert_eq!(Vendor::of_manufacturer(id(1)), None);
        assert_eq!(Vendor::of_manufacturer(TokenId::from_be_bytes([0xFF; 32])), None);
        assert_eq!(Vendor::of_connection(vendor("Kaufmann").connection), Some(vendor("Kaufmann")));
        assert_eq!(Vendor::of_connection(ANN), None);
    }

    #[test]
    fn do_not_earn_by_what_never_changes() {
        assert_eq!(CONSTANT_SIGNALS, ["powertrainTractionBatteryGrossCapacity"]);
    }
}

/// The scenarios of the service's own test, and those it leaves out.
mod points {
    use super::*;

    #[test]
    fn grow_a_streak_of_level_one_without_points_for_it() {
        let points = after(Some(streak(1, 0)), &mut [tesla(1, VIN)]);
        let [earned] = points.earned[..] else { panic!("{points:?}") };
        assert_eq!((earned.receiver, earned.streak), (ANN, streak(2, 0)));
        assert_eq!(earned.points, Points { streak: 0, synthetic: 6_000, aftermarket: 0 });
        assert_eq!((earned.synthetic, earned.aftermarket), (Some(id(101)), None));
        assert_eq!(points.streaks, BTreeMap::from([(id(1), streak(2, 0))]));
    }

    #[test]
    fn begin_with_the_first_week() {
        let points = after(None, &mut [tesla(1, VIN)]);
        assert_eq!(points.earned[0].streak, streak(1, 0));
        assert_eq!(points.earned[0].points.sum(), 6_000);
    }

    #[test]
    fn join_level_two_in_the_fourth_week_and_go_to_the_beneficiary() {
        let points = after(Some(streak(3, 0)), &mut [with_device(1, "AutoPi")]);
        let [earned] = points.earned[..] else { panic!("{points:?}") };
        assert_eq!((earned.receiver, earned.streak), (BEN, streak(4, 0)));
        assert_eq!(earned.points, Points { streak: 1_000, synthetic: 0, aftermarket: 6_000 });
        assert_eq!(earned.aftermarket, Some(id(12)));
    }

    #[test]
    fn are_none_in_a_week_without_a_signal() {
        let points = after(Some(streak(1, 0)), &mut []);
        assert_eq!((points.earned.len(), points.refused.len()), (0, 0));
        assert_eq!(points.streaks, BTreeMap::from([(id(1), streak(1, 1))]));
    }

    #[test]
    fn are_none_and_a_level_is_lost_in_the_third_missed_week() {
        assert_eq!(after(Some(streak(22, 2)), &mut []).streaks, BTreeMap::from([(id(1), streak(4, 3))]));
    }

    #[test]
    fn forget_a_vehicle_with_nothing_left_to_lose() {
        assert_eq!(after(Some(streak(3, 2)), &mut []).streaks, BTreeMap::new());
    }

    #[test]
    fn go_to_the_vehicle_minted_last_where_two_have_one_vin() {
        let mut vehicles = [tesla(1, VIN), tesla(2, VIN)];
        let points = after(Some(streak(1, 0)), &mut vehicles);
        assert_eq!(points.earned.iter().map(|earned| earned.vehicle).collect::<Vec<_>>(), [id(2)]);
        assert_eq!(points.refused, [(id(1), NotEligible::VinUsed { by: id(2) })]);
        // For the streak the older one was not connected.
        assert_eq!(points.streaks, BTreeMap::from([(id(1), streak(1, 1)), (id(2), streak(1, 0))]));
    }

    #[test]
    fn leave_the_vin_to_the_older_one_where_the_younger_does_not_qualify() {
        let unpaired = ActiveVehicle { synthetic: None, ..tesla(2, VIN) };
        let points = after(None, &mut [unpaired, tesla(1, VIN)]);
        assert_eq!(points.refused, [(id(2), NotEligible::NoPairedSource)]);
        assert_eq!(points.earned[0].vehicle, id(1));
    }

    #[test]
    fn need_a_signal_from_what_the_chain_pairs() {
        let elsewhere = ActiveVehicle { sources: source("Kaufmann"), ..tesla(1, VIN) };
        let unknown = AftermarketDevice { device: id(12), manufacturer: id(1), beneficiary: BEN };
        let stranger = ActiveVehicle { aftermarket: Some(unknown), ..with_device(2, "AutoPi") };
        let points = after(Some(streak(9, 0)), &mut [elsewhere, stranger]);
        let reason = NotEligible::NoPairedSource;
        assert_eq!(points.refused, [(id(2), reason), (id(1), reason)]);
        assert_eq!(points.streaks, BTreeMap::from([(id(1), streak(9, 1))]));
    }

    #[test]
    fn need_an_attested_vin() {
        let points = after(None, &mut [ActiveVehicle { vin: None, ..tesla(1, VIN) }]);
        assert_eq!(points.refused, [(id(1), NotEligible::NoVin)]);
    }

    #[test]
    fn add_up_over_both_devices_and_go_to_the_beneficiary() {
        let sources = [vendor("Tesla").connection, vendor("Macaron").connection];
        let synthetic = tesla(1, VIN).synthetic;
        let both = ActiveVehicle { sources: &sources, synthetic, ..with_device(1, "Macaron") };
        let points = after(None, &mut [both]);
        assert_eq!(points.earned[0].points, Points { streak: 0, synthetic: 6_000, aftermarket: 3_000 });
        assert_eq!(points.earned[0].receiver, BEN);
        // Where the device is silent, the owner is paid.
        let silent = ActiveVehicle { sources: source("Tesla"), ..both };
        let points = after(None, &mut [silent]);
        assert_eq!((points.earned[0].receiver, points.earned[0].points.sum()), (ANN, 6_000));
        assert_eq!(points.earned[0].aftermarket, None);
    }

    #[test]
    fn of_a_stake_count_while_it_lasts_beyond_the_week() {
        let ends = week(30).ends();
        for (until, expected) in [(ends, 0), (ends.checked_add_micros(1).unwrap(), 2_500)] {
            let stake = Some(VehicleStake { points: 2_500, until });
            let points = after(None, &mut [ActiveVehicle { stake, ..tesla(1, VIN) }]);
            assert_eq!(points.earned[0].points.streak, expected);
        }
    }

    #[test]
    fn are_refused_for_a_vehicle_given_twice() {
        let mut vehicles = [tesla(1, VIN), tesla(2, "2"), tesla(1, "3")];
        let refused = points_of_week(week(30), &mut vehicles, &BTreeMap::new());
        assert_eq!(refused, Err(DuplicateVehicle { vehicle: id(1) }));
    }

    #[test]
    fn do_not_depend_on_the_order_of_the_vehicles() {
        let vehicles = [tesla(3, "3"), with_device(2, "Ruptela"), tesla(1, VIN)];
        let (mut sorted, mut shuffled) = (vehicles, [vehicles[1], vehicles[2], vehicles[0]]);
        let points = after(None, &mut sorted);
        assert_eq!(points, after(None, &mut shuffled));
        assert_eq!(points.earned.iter().map(|earned| earned.vehicle).collect::<Vec<_>>(), [id(3), id(2)]);
    }
}

mod shares {
    use super::*;

    fn synthetic(points: u32, streak: u32) -> Points {
        Points { streak, synthetic: points, aftermarket: 0 }
    }

    /// The two vectors of the service's own test, whose first automated week is 40: four weeks before the live one.
    #[test]
    fn are_those_of_the_service_before_and_after_the_pool_falls() {
        let vehicles = [synthetic(1_000, 1_000), synthetic(4_000, 0)];
        for (service_week, expected) in [
            (80, [184_166_666_666_666_666_666_666, 736_666_666_666_666_666_666_666]),
            (92, [156_541_666_666_666_666_666_666, 626_166_666_666_666_666_666_666]),
        ] {
            let shares = PoolShares::new(week(service_week + 4).pool(), vehicles).unwrap();
            assert_eq!(vehicles.map(|points| shares.tokens(points).synthetic), expected.map(Wei::new));
        }
    }

    #[test]
    fn are_floored_one_by_one() {
        let points = Points { streak: 1, synthetic: 1, aftermarket: 1 };
        let shares = PoolShares::new(Wei::new(5), [points]).unwrap();
        let one = Wei::new(1);
        assert_eq!(shares.tokens(points), Tokens { streak: one, synthetic: one, aftermarket: one });
    }

    #[test]
    fn refuse_more_than_there_could_be() {
        let pool = Wei::new(PoolShares::MAX_POOL.get() + 1);
        assert_eq!(PoolShares::new(pool, []), Err(PoolError::Pool { pool }));
        let most = Points { streak: u32::MAX, synthetic: u32::MAX, aftermarket: u32::MAX };
        let shares = PoolShares::new(PoolShares::MAX_POOL, [most]).unwrap();
        assert_eq!(shares.tokens(most).sum(), PoolShares::MAX_POOL);
    }

    #[test]
    fn become_transfers_with_zeros_for_what_is_not_there() {
        let points = after(Some(streak(3, 0)), &mut [with_device(1, "AutoPi"), tesla(2, "2")]);
        let transfers = points.transfers(Wei::new(13_000)).unwrap();
        let [second, first] = transfers[..] else { panic!("{transfers:?}") };
        assert_eq!((first.user, first.vehicle_id), (BEN, id(1)));
        assert_eq!((first.aftermarket_device_id, first.synthetic_device_id), (id(12), id(0)));
        assert_eq!(first.value_from_aftermarket_device, Wei::new(6_000));
        assert_eq!((first.connection_streak, first.value_from_streak), (4, Wei::new(1_000)));
        assert_eq!(first.value_from_synthetic_device, Wei::ZERO);
        assert_eq!(
            (second.user, second.synthetic_device_id, second.value()),
            (ANN, id(102), Wei::new(6_000))
        );
    }

    #[test]
    fn below_a_wei_make_no_transfer() {
        let points = after(None, &mut [tesla(1, VIN), tesla(2, "2")]);
        assert_eq!(points.transfers(Wei::new(1)).unwrap(), []);
        assert_eq!(after(None, &mut []).transfers(week(30).pool()).unwrap(), []);
    }

    fn any_points() -> impl Strategy<Value = Points> {
        let part = || prop_oneof![Just(0), 0..=12_000u32, any::<u32>()];
        (part(), part(), part()).prop_map(|(streak, synthetic, aftermarket)| Points {
            streak,
            synthetic,
            aftermarket,
        })
    }

    proptest! {
        #[test]
        fn never_exceed_the_pool_and_leave_less_than_a_wei_for_each(
            pool in prop_oneof![0..=Week::FIRST_POOL.get(), 0..=PoolShares::MAX_POOL.get()],
            vehicles in prop::collection::vec(any_points(), 0..40),
        ) {
            let shares = PoolShares::new(Wei::new(pool), vehicles.iter().copied()).unwrap();
            let paid = Wei::checked_sum(vehicles.iter().map(|points| shares.tokens(*points).sum())).unwrap();
            prop_assert!(paid.get() <= pool);
            if shares.points() > 0 {
                prop_assert!(pool - paid.get() < 3 * vehicles.len() as u128);
            } else {
                prop_assert_eq!(paid, Wei::ZERO);
            }
        }

        #[test]
        fn are_the_floors_of_the_exact_quotients(
            pool in 0..=PoolShares::MAX_POOL.get(),
            vehicles in prop::collection::vec(any_points(), 1..40),
        ) {
            let shares = PoolShares::new(Wei::new(pool), vehicles.iter().copied()).unwrap();
            let total: BigUint = vehicles.iter().map(|points| BigUint::from(points.sum())).sum();
            prop_assume!(total > BigUint::ZERO);
            for points in vehicles {
                let exact = BigUint::from(pool) * points.aftermarket / &total;
                prop_assert_eq!(BigUint::from(shares.tokens(points).aftermarket.get()), exact);
            }
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_week_and_a_streak_are_kept_as_json() {
    use serde_json::{from_value, json, to_value};
    assert_eq!(to_value(week(44)).unwrap(), json!(44));
    assert_eq!(from_value::<Week>(json!(44)).unwrap(), week(44));
    assert!(from_value::<Week>(json!(u32::MAX)).is_err());
    assert_eq!(to_value(streak(4, 3)).unwrap(), json!({ "connected": 4, "missed": 3 }));
}
