//! Schedules: the parts sum to the total, whatever happens between.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use core::num::NonZeroU16;

use dimo_rewards::{BasisPoints, Policy, SaleNumber, Schedule, ScheduleError, ScheduleState, paid_after};
use dimo_types::Wei;
use num_bigint::BigUint;
use proptest::prelude::*;

fn schedule(price: u128) -> Schedule {
    let policy = Policy::dip4(BasisPoints::ZERO);
    Schedule::new(&policy.split(SaleNumber::FIRST, Wei::new(price)).unwrap(), policy.months)
}

const fn refused<T>(state: ScheduleState) -> Result<T, ScheduleError> {
    Err(ScheduleError { state })
}

#[test]
fn each_state_refuses_what_it_does_not_allow() {
    let mut running = schedule(100);
    assert_eq!(running.resume(), refused(ScheduleState::Running));
    running.pause().unwrap();
    assert_eq!(running.pause(), refused(ScheduleState::Paused));
    assert_eq!(running.pay_month(), refused(ScheduleState::Paused));

    let mut ended = running;
    assert_eq!(ended.end(), Ok(Wei::new(85)));
    assert_eq!(ended.end(), refused(ScheduleState::Ended));
    assert_eq!(ended.resume(), refused(ScheduleState::Ended));
    assert_eq!((ended.rest(), ended.counted()), (Wei::ZERO, 0));

    let mut paid = schedule(100);
    for _ in 0..24 {
        paid.pay_month().unwrap();
    }
    assert_eq!(paid.pay_month(), refused(ScheduleState::Paid));
    assert_eq!(paid.end(), refused(ScheduleState::Paid));
    assert_eq!((paid.paid().rebate, paid.paid().team, paid.rest()), (Wei::new(70), Wei::new(15), Wei::ZERO));
}

proptest! {
    #[test]
    fn after_k_months_exactly_the_floor_is_paid(total: u128, months in 1u16.., k: u16) {
        let months = NonZeroU16::new(months).unwrap();
        let expected = BigUint::from(total) * k.min(months.get()) / months.get();
        prop_assert_eq!(paid_after(Wei::new(total), k, months).get().to_string(), expected.to_string());
    }

    #[test]
    fn parts_sum_to_the_total_and_differ_by_one_wei_at_most(price in 0u128..=u128::MAX) {
        let mut schedule = schedule(price);
        let owed = schedule.rest();
        let parts: Vec<_> = (0..24).map(|_| schedule.pay_month().unwrap()).collect();
        let rebates: Vec<u128> = parts.iter().map(|part| part.rebate.get()).collect();
        prop_assert!(rebates.iter().max().unwrap() - rebates.iter().min().unwrap() <= 1);
        let paid = Wei::checked_sum(parts.iter().flat_map(|part| [part.rebate, part.team]));
        prop_assert_eq!(paid, Some(owed));
        prop_assert_eq!(schedule.state(), ScheduleState::Paid);
    }

    #[test]
    fn what_is_paid_and_what_is_returned_sum_to_what_was_set_aside(
        price in 0u128..=u128::MAX,
        connected in prop::collection::vec(any::<bool>(), 0..40),
    ) {
        let mut schedule = schedule(price);
        let owed = schedule.rest();
        let mut paid = Wei::ZERO;
        for connected in connected {
            if !connected {
                let _ = schedule.pause();
                continue;
            }
            let _ = schedule.resume();
            if let Ok(part) = schedule.pay_month() {
                paid = Wei::checked_sum([paid, part.rebate, part.team]).unwrap();
            }
        }
        let returned = schedule.end().unwrap_or_default();
        prop_assert_eq!(paid.checked_add(returned), Some(owed));
    }

    #[test]
    fn the_parts_of_a_price_sum_to_it(n in 1u64..6_000_000, price: u128) {
        let policy = Policy::dip4(BasisPoints::ZERO);
        let split = policy.split(SaleNumber::new(n).unwrap(), Wei::new(price)).unwrap();
        let parts = [split.rebate(), split.team(), split.treasury()];
        prop_assert_eq!(Wei::checked_sum(parts), Some(split.price()));
        prop_assert_eq!(split.rebate(), BasisPoints::new(7_000).unwrap().of(Wei::new(price)));
    }
}
