//! The queue against a list in memory: whatever is pushed, acknowledged and read, and wherever the device starts anew.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::collections::VecDeque;

use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{MockFlash, Supply};
use dimo_hal::queue::{ItemId, Plain, PushError, Queue};
use dimo_hal::wait;
use dimo_types::Priority;
use proptest::prelude::*;

const PAGE: usize = 256;
const PAGES: usize = 12;
const LONGEST: usize = 64;
type Flash = MockFlash<4, PAGE>;
type Store = Queue<BlockingFlash<Flash>, Plain, PAGES, LONGEST>;

#[derive(Clone, Copy, Debug)]
enum Step {
    Push {
        level: u8,
        len: usize,
    },
    /// As far as an item that is so far back.
    Acknowledge {
        back: usize,
    },
    /// Reads a few items after one that is so far on.
    Read {
        on: usize,
    },
    Start,
}

/// Of items of so many priorities, on a device that starts anew so often.
fn any_step(levels: u8, starts: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => (0..levels, 0..=LONGEST + 1).prop_map(|(level, len)| Step::Push { level, len }),
        2 => (0..80usize).prop_map(|back| Step::Acknowledge { back }),
        3 => (0..80usize).prop_map(|on| Step::Read { on }),
        starts => Just(Step::Start),
    ]
}

fn any_life() -> impl Strategy<Value = (u8, Vec<Step>)> {
    (1..=4u8, 1..30u32).prop_flat_map(|(levels, starts)| {
        (Just(levels), prop::collection::vec(any_step(levels, starts), 1..300))
    })
}

#[derive(Clone, Debug, PartialEq)]
struct Known {
    id: u64,
    priority: Priority,
    bytes: Vec<u8>,
}

/// A device, and what its queue has to hold.
struct World {
    queue: Option<Store>,
    levels: u8,
    items: VecDeque<Known>,
    /// Those that were acknowledged while the queue had no page to say so in: a start may bring them back.
    forgotten: VecDeque<Known>,
    greatest: u64,
    pushed: u8,
}

impl World {
    fn new(levels: u8) -> Self {
        let flash = Flash::new(PAGES, &Supply::new(0));
        let queue = wait(Queue::open(BlockingFlash(flash), Plain)).unwrap();
        let (items, forgotten) = (VecDeque::new(), VecDeque::new());
        Self { queue: Some(queue), levels, items, forgotten, greatest: 0, pushed: 0 }
    }

    fn queue(&mut self) -> &mut Store {
        self.queue.as_mut().unwrap()
    }

    fn lowest(&self) -> Option<Priority> {
        self.items.iter().map(|item| item.priority).min()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Push { level, len } => self.push(Priority::from_level(level).unwrap(), len),
            Step::Acknowledge { back } => self.acknowledge(back),
            Step::Read { on } => self.read(on),
            Step::Start => self.start(),
        }
    }

    fn push(&mut self, priority: Priority, len: usize) {
        self.pushed = self.pushed.wrapping_add(1);
        let bytes = vec![self.pushed; len];
        let before = self.queue().statistics();
        match wait(self.queue().push(priority, &bytes)) {
            Ok(id) => {
                let after = self.queue().statistics();
                let lost: Vec<u32> =
                    (0..4).map(|level| after.dropped[level] - before.dropped[level]).collect();
                if lost != [0; 4] {
                    assert!(before.free_pages < 2, "something gave way beside free pages");
                    self.give_way(priority, &lost);
                }
                assert!(id.get() > self.greatest, "{id} after {}", self.greatest);
                self.greatest = id.get();
                self.items.push_back(Known { id: id.get(), priority, bytes });
            }
            Err(PushError::TooLong { len: refused, longest }) => {
                assert_eq!((refused, longest), (len, LONGEST));
                assert!(len > LONGEST);
            }
            Err(PushError::Full) => {
                assert!(self.lowest() > Some(priority), "full, where {:?} could give way", self.lowest());
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The oldest items of the lowest priority are gone, no more than a page of them, and not before the flash was in use.
    fn give_way(&mut self, pushed: Priority, lost: &[u32]) {
        let lowest = self.lowest().unwrap();
        assert!(lowest <= pushed, "{lowest:?} gave way to {pushed:?}");
        let stored: usize = self.items.iter().map(|item| 16 + item.bytes.len().next_multiple_of(4)).sum();
        assert!(stored >= self.least_in_use(), "{stored} bytes, and something gave way");
        for (priority, count) in Priority::ALL.into_iter().zip(lost) {
            assert!(*count == 0 || priority == lowest, "{priority:?} gave way before {lowest:?}");
            assert!(*count <= (PAGE / 16) as u32);
            for _ in 0..*count {
                let oldest = self.items.iter().position(|item| item.priority == priority).unwrap();
                self.items.remove(oldest);
            }
        }
    }

    /// Of two neighbours that were not merged, the items fill more than a page. One page is free and one acknowledges; one of each priority
    /// may have no partner, and another begin with items that were acknowledged.
    fn least_in_use(&self) -> usize {
        let levels = usize::from(self.levels);
        let pairs = (PAGES - 2).saturating_sub(2 * levels) / 2;
        let of_a_pair = PAGE - 40 - 16 - 2 * 16;
        (pairs * of_a_pair).saturating_sub(levels * (PAGE - 40))
    }

    fn acknowledge(&mut self, back: usize) {
        let up_to = self.items.iter().rev().nth(back).map_or(0, |item| item.id);
        let can_say_so = self.queue().statistics().free_pages >= 2;
        wait(self.queue().acknowledge(ItemId::new(up_to))).unwrap();
        while self.items.front().is_some_and(|item| item.id <= up_to) {
            self.forgotten.extend(self.items.pop_front());
        }
        if can_say_so && up_to > 0 {
            self.forgotten.clear();
        }
    }

    fn read(&mut self, on: usize) {
        let start = self.items.get(on).map(|item| ItemId::new(item.id));
        let expected: Vec<Known> =
            self.items.iter().skip(start.map_or(0, |_| on + 1)).take(3).cloned().collect();
        let found = self.found(start, expected.len().max(1));
        assert_eq!(found, expected);
    }

    fn found(&mut self, mut after: Option<ItemId>, count: usize) -> Vec<Known> {
        let mut found = vec![];
        while found.len() < count
            && let Some(item) = wait(self.queue().next(after)).unwrap()
        {
            after = Some(item.id);
            found.push(Known { id: item.id.get(), priority: item.priority, bytes: item.bytes.to_vec() });
        }
        found
    }

    fn start(&mut self) {
        let flash = self.queue.take().unwrap().into_inner();
        self.queue = Some(wait(Queue::open(flash, Plain)).unwrap());
        let found = self.found(None, usize::MAX);
        let back = found
            .len()
            .checked_sub(self.items.len())
            .unwrap_or_else(|| panic!("{} items, where {} were taken", found.len(), self.items.len()));
        assert!(found.iter().skip(back).eq(&self.items), "{found:?}, where {:?} was taken", self.items);
        // The newest of those that were acknowledged, as they were.
        let mut known = self.forgotten.iter();
        for item in &found[..back] {
            assert!(known.any(|known| known == item), "{item:?} came back");
        }
        self.items = found.into();
        self.forgotten.clear();
        assert_eq!(self.queue().statistics().damaged, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_queue_is_a_list_from_which_the_oldest_of_the_least_worth_give_way((levels, steps) in any_life()) {
        let mut world = World::new(levels);
        for step in steps {
            world.step(step);
        }
        world.start();
        let flash = world.queue.take().unwrap().into_inner().0;
        prop_assert_eq!(flash.misuses(), 0);
    }
}
