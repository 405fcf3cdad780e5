//! Months: where they begin and end, which of them count, and in what order they are closed.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

mod util;

use dimo_rewards::{Account, CloseError, ReleaseError, ScheduleState};
use dimo_types::{DeviceType, Month, Timestamp, Wei};
use proptest::prelude::*;
use util::{DEVICE, OTHER_DEVICE, World, acme, day, dimo, first_of, last_of, month, provider};

/// Every month from the first of the calendar of the tests to the last.
fn months(first: &str, last: &str) -> impl Iterator<Item = Month> {
    let (first, last) = (month(first), month(last));
    (0..).map(move |later| first.plus(later)).take_while(move |month| *month <= last)
}

/// A connected standard dongle, and the first of the months that count.
fn connected(date: &str) -> (World, Month) {
    let mut world = World::new();
    world.on(date).connected(DeviceType::StandardDongle, DEVICE);
    let first = Month::of(world.now);
    (world, first)
}

fn counted(world: &World) -> u16 {
    let nft = world.economy.nft_of(&DEVICE).unwrap();
    world.economy.nft(nft).unwrap().schedule.counted()
}

#[test]
fn every_month_ends_at_midnight_and_is_closed_no_microsecond_earlier() {
    let (mut world, first) = connected("2023-01-31");
    // 30 months, two Februaries among them, one of a leap year.
    for closed in months("2023-01", "2025-06") {
        world.now = last_of(closed);
        let early = world.refuses(|economy, at| economy.close(at, closed));
        assert_eq!(early, CloseError::NotOver { month: closed });
        world.now = first_of(closed.plus(1));
        world.economy.close(world.now, closed).unwrap();
        let again = world.refuses(|economy, at| economy.close(at, closed));
        assert_eq!(again, CloseError::AlreadyClosed { month: closed });
    }
    assert_eq!(world.economy.closed().next(), Some(first));
    assert_eq!((world.economy.closed().count(), counted(&world)), (30, 24));
}

#[test]
fn february_has_a_29th_in_leap_years_and_in_2000_but_not_in_2100() {
    for (year, is_leap) in [("2023", false), ("2024", true), ("2000", true), ("2100", false)] {
        let february = month(&format!("{year}-02"));
        let days = first_of(february.plus(1)).micros_since(first_of(february)) / 86_400_000_000;
        assert_eq!(days, if is_leap { 29 } else { 28 }, "{year}");
        assert_eq!(Month::of(last_of(february)), february);
    }
}

#[test]
fn six_months_end_on_the_same_day_or_on_the_last_there_is() {
    for (renounced, due) in [
        ("2023-08-31", "2024-02-29"),
        ("2024-08-31", "2025-02-28"),
        ("2023-08-29", "2024-02-29"),
        ("2023-12-31", "2024-06-30"),
        ("2024-02-29", "2024-08-29"),
        ("2023-05-15", "2023-11-15"),
    ] {
        let mut world = World::new();
        let noon = day(renounced).checked_add_micros(43_200_000_000).unwrap();
        let due = day(due).checked_add_micros(43_200_000_000).unwrap();
        world.economy.renounce(noon, &acme()).unwrap();
        world.now = due.checked_add_micros(-1).unwrap();
        let early = world.refuses(|economy, at| economy.release(at, &acme()));
        assert_eq!(early, ReleaseError::TooEarly { due: Some(due) }, "{renounced}");
        world.economy.release(due, &acme()).unwrap();
    }
}

#[test]
fn a_device_connected_at_the_last_moment_of_a_month_is_paid_for_it_and_one_that_left_is_not() {
    let (mut world, first) = connected("2023-01-31");
    world.now = last_of(first);
    world.connected(DeviceType::StandardDongle, OTHER_DEVICE);
    world.economy.disconnect(world.now, &DEVICE).unwrap();
    let settlement = world.economy.close(first_of(first.plus(1)), first).unwrap();
    assert_eq!((settlement.counted, settlement.paused), (1, 1));
    assert_eq!(counted(&world), 0);
}

#[test]
fn what_counts_is_what_the_close_finds_not_what_the_month_saw() {
    let (mut world, first) = connected("2023-01-15");
    world.economy.disconnect(day("2023-02-03"), &DEVICE).unwrap();
    let settlement = world.economy.close(day("2023-02-04"), first).unwrap();
    assert_eq!((settlement.counted, settlement.paused), (0, 1));
}

#[test]
fn months_closed_out_of_order_pay_the_same_parts() {
    let (world, first) = connected("2023-01-15");
    let (mut upwards, mut downwards) = (world.clone(), world);
    let late = day("2025-07-01");
    let paid = |world: &mut World, month| {
        let settlement = world.economy.close(late, month).unwrap();
        (settlement.month, settlement.rebate_of(&acme()), settlement.team_share())
    };
    let up: Vec<_> = (0..24).map(|later| paid(&mut upwards, first.plus(later))).collect();
    let down: Vec<_> = (0..24).rev().map(|later| paid(&mut downwards, first.plus(later))).collect();
    // The parts come in the order of the closes, whichever months they are for.
    assert!(up.iter().zip(&down).all(|(up, down)| (up.1, up.2) == (down.1, down.2) && up.0 != down.0));
    for world in [&upwards, &downwards] {
        assert_eq!(world.balance(&Account::Escrow), "0");
        assert_eq!(world.balance(&provider(&acme())), "100985");
        assert!(world.economy.closed().is_sorted());
    }
    // The 25th month pays nothing more.
    let settlement = upwards.economy.close(late, first.plus(24)).unwrap();
    assert_eq!((settlement.counted, settlement.paused, settlement.transfers().len()), (0, 0, 0));
}

#[test]
fn the_last_month_of_the_calendar_is_never_over() {
    let (mut world, _) = connected("9999-12-01");
    let (november, december) = (month("9999-11"), month("9999-12"));
    assert_eq!(december.plus(1), december);
    world.now = Timestamp::MAX;
    let refusal = world.refuses(|economy, at| economy.close(at, december));
    assert_eq!(refusal, CloseError::NotOver { month: december });
    assert_eq!(world.economy.close(Timestamp::MAX, november).unwrap().counted, 1);
}

#[test]
fn a_close_in_the_past_is_refused() {
    let (mut world, first) = connected("2023-03-15");
    world.now = day("2023-03-14");
    let refusal = world.refuses(|economy, at| economy.close(at, first));
    assert!(matches!(refusal, CloseError::Ledger(_)));
}

#[test]
fn two_types_and_two_providers_are_settled_apart() {
    let (mut world, first) = connected("2023-01-15");
    world.connected(DeviceType::SoftwareOnly, OTHER_DEVICE);
    let settlement = world.economy.close(first_of(first.plus(1)), first).unwrap();
    let rebates: Vec<_> =
        settlement.rebates.iter().map(|((maker, kind), amount)| format!("{maker} {kind} {amount}")).collect();
    let expected = ["acme software-only 0.291666666666666666", "acme standard-dongle 1.458333333333333333"];
    assert_eq!(rebates, expected);
    assert_eq!(settlement.team_share(), dimo("0.375"));
}

/// 35 $DIMO and 7.5 in 24 parts by the sum of all parts so far: no schedule, no state, only how many months counted.
fn naive(counted: u128) -> (Wei, Wei) {
    let part = |total: u128| Wei::new(total * counted.min(24) / 24);
    (part(35 * Wei::PER_DIMO), part(75 * Wei::PER_DIMO / 10))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_pattern_of_leaving_and_returning_pays_what_a_naive_count_of_months_pays(
        pattern in prop::collection::vec((any::<bool>(), prop::bool::weighted(0.2)), 30..60),
    ) {
        let (mut world, first) = connected("2023-01-15");
        let before = world.economy.ledger().balance(&provider(&acme()));
        let (mut connected, mut suspended, mut months) = (true, false, 0);
        for (later, (device, licence)) in (0u32..).zip(pattern) {
            let closed = first.plus(later);
            world.now = last_of(closed);
            let at = world.now;
            if device {
                connected = !connected;
                if connected {
                    world.connects(DEVICE, later.into());
                } else {
                    world.economy.disconnect(at, &DEVICE).unwrap();
                }
            }
            if licence {
                suspended = !suspended;
                let mut integrations = world.economy.integrations();
                let done =
                    if suspended { integrations.suspend(at, &acme()) } else { integrations.reinstate(at, &acme()) };
                done.unwrap();
            }
            world.economy.close(first_of(closed.plus(1)), closed).unwrap();
            months += u128::from(connected && !suspended);

            let (rebate, team) = naive(months);
            let ledger = world.economy.ledger();
            prop_assert_eq!(ledger.balance(&provider(&acme())).checked_sub(before), Some(rebate));
            prop_assert_eq!(ledger.balance(&Account::Integrations), team);
            let escrow = dimo("42.5").checked_sub(rebate).and_then(|rest| rest.checked_sub(team));
            prop_assert_eq!(Some(ledger.balance(&Account::Escrow)), escrow);
            let schedule = world.economy.nft(world.economy.nft_of(&DEVICE).unwrap()).unwrap().schedule;
            let state = match (months < 24, connected && !suspended) {
                (false, _) => ScheduleState::Paid,
                (true, true) => ScheduleState::Running,
                (true, false) => ScheduleState::Paused,
            };
            prop_assert_eq!(schedule.state(), state);
        }
    }
}
