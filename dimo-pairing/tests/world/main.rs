//! A phone and a device with a link and a maker that do anything, on a virtual clock: in the end both agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

#[path = "../util/mod.rs"]
mod util;

mod app;
mod pair;

use app::App;
use pair::{Mishap, Pair, Part};
use proptest::prelude::*;

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        12 => Just(Mishap::None),
        2 => Just(Mishap::Drop),
        1 => (0..20_000u16).prop_map(|millis| Mishap::Twice { millis }),
        2 => (1..20_000u16).prop_map(|millis| Mishap::Late { millis }),
        1 => any::<u16>().prop_map(|bit| Mishap::Corrupt { bit }),
        2 => (23..=517u16).prop_map(Mishap::Mtu),
        1 => Just(Mishap::Cut),
        1 => any::<prop::sample::Index>().prop_map(Mishap::Replay),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        8 => Just(Part::AtOnce),
        3 => (1..70u8).prop_map(|secs| Part::Late { secs }),
        2 => Just(Part::Fails),
        1 => Just(Part::Restart),
        1 => (0..12u8).prop_map(|secs| Part::Twice { secs }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What each of them asserts on its way: every command ends in exactly one event and in time, nobody else's key is taken for the
    /// device's, nothing is signed twice, and never more than the allowance.
    #[test]
    fn whatever_the_link_and_the_maker_do_both_agree_in_the_end(
        mishaps in prop::collection::vec(mishap(), 0..60),
        parts in prop::collection::vec(part(), 0..12),
        mtu in 23..=517u16,
    ) {
        let mut pair = Pair::new(mtu, mishaps, parts);
        let mut app = App::default();
        app.run_until_claimed(&mut pair);
        app.settle(&mut pair);
        pair.assert_both_agree(&app);
    }

    /// Bytes that no side wrote end no side's life: the machines go on.
    #[test]
    fn noise_on_the_link_ends_nothing_but_what_is_under_way(
        noise in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..64)), 0..40),
    ) {
        let mut pair = Pair::new(247, vec![], vec![]);
        for (up, bytes) in &noise {
            pair.inject(*up, bytes);
        }
        let mut app = App::default();
        app.run_until_claimed(&mut pair);
        for (up, bytes) in &noise {
            pair.inject(*up, bytes);
        }
        pair.assert_both_agree(&app);
    }
}
