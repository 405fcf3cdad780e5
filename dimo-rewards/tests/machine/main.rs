//! All operations by all actors, in any order: what must hold holds after each of them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests say what they expect")]

mod choose;
mod op;
#[path = "../util/mod.rs"]
mod util;
mod world;

use choose::Chooser;
use proptest::prelude::*;
use world::{Counts, World};

/// A story of so many steps, told by one seed.
fn story(seed: u64, steps: usize) -> Counts {
    let (mut world, mut words) = (World::new(), Chooser::new(seed));
    for _ in 0..steps {
        world.step(words.next());
    }
    world.ends()
}

#[test]
fn every_operation_is_accepted_and_refused_and_most_are_accepted() {
    let mut counts = Counts::new();
    for seed in 0..400 {
        for (name, (accepted, refused)) in story(seed, 200) {
            let count = counts.entry(name).or_default();
            *count = (count.0 + accepted, count.1 + refused);
        }
    }
    let table: String =
        counts.iter().map(|(name, (accepted, refused))| format!("{name}\t{accepted}\t{refused}\n")).collect();
    println!("operation\taccepted\trefused\n{table}");
    assert_eq!(counts.len(), op::KINDS, "operations tried:\n{table}");
    assert!(counts.values().all(|(accepted, refused)| *accepted > 0 && *refused > 0), "{table}");
    let (accepted, refused) = counts.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    assert!(accepted > 2 * refused, "{accepted} accepted, {refused} refused:\n{table}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_money_is_conserved_and_a_refusal_changes_nothing(
        words in prop::collection::vec(any::<u64>(), 1..200),
    ) {
        let mut world = World::new();
        for word in words {
            world.step(word);
        }
        world.ends();
    }
}
