//! Values in flash against a map in memory: whatever is put and removed, and wherever the device starts anew.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::collections::BTreeMap;

use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue as _, KeyValueError};
use dimo_hal::mock::{MockFlash, Supply};
use dimo_hal::wait;
use proptest::prelude::*;

type Flash = MockFlash<4, 256>;
/// All values with their heads of four bytes.
const ROOM: usize = 64;
type Store = FlashKeyValue<BlockingFlash<Flash>, ROOM>;

#[derive(Clone, Debug)]
enum Step {
    Put(Key, Vec<u8>),
    Remove(Key),
    /// Into a buffer of so many bytes.
    Get(Key, usize),
    Start,
}

fn any_key() -> impl Strategy<Value = Key> {
    (0..3u8, 0..2u8).prop_map(|(thing, version)| Key::new(thing, version))
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (any_key(), prop::collection::vec(0..2u8, 0..40)).prop_map(|(key, value)| Step::Put(key, value)),
        2 => any_key().prop_map(Step::Remove),
        3 => (any_key(), 0..40usize).prop_map(|(key, len)| Step::Get(key, len)),
        1 => Just(Step::Start),
    ]
}

struct World {
    store: Option<Store>,
    values: BTreeMap<Key, Vec<u8>>,
    supply: Supply,
}

impl World {
    fn new() -> Self {
        let supply = Supply::new(0);
        let store = wait(FlashKeyValue::open(BlockingFlash(Flash::new(3, &supply)))).unwrap();
        Self { store: Some(store), values: BTreeMap::new(), supply }
    }

    fn store(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Put(key, value) => self.put(key, value),
            Step::Remove(key) => {
                let (before, was_there) = (self.supply.operations(), self.values.remove(&key).is_some());
                wait(self.store().remove(key)).unwrap();
                assert_eq!(self.supply.operations() > before, was_there, "only what is there is removed");
            }
            Step::Get(key, len) => self.get(key, len),
            Step::Start => self.start(),
        }
    }

    fn put(&mut self, key: Key, value: Vec<u8>) {
        let others = self.values.iter().filter(|(other, _)| **other != key).map(|(_, value)| 4 + value.len());
        let needed = others.sum::<usize>() + 4 + value.len();
        let (before, is_new) = (self.supply.operations(), self.values.get(&key) != Some(&value));
        let result = wait(self.store().put(key, &value));
        if needed > ROOM {
            assert_eq!(result, Err(KeyValueError::Full));
            assert_eq!(self.supply.operations(), before);
        } else {
            assert_eq!(result, Ok(()));
            assert_eq!(self.supply.operations() > before, is_new, "only what is new is written");
            self.values.insert(key, value);
        }
    }

    fn get(&mut self, key: Key, len: usize) {
        let mut buffer = vec![0xEE; len];
        let result = wait(self.store().get(key, &mut buffer));
        match self.values.get(&key) {
            None => assert_eq!(result, Ok(None)),
            Some(value) if value.len() > len => {
                assert_eq!(result, Err(KeyValueError::Buffer { needs: value.len() }));
            }
            Some(value) => {
                assert_eq!(result, Ok(Some(value.len())));
                assert_eq!(&buffer[..value.len()], value);
            }
        }
    }

    /// Everything is as before.
    fn start(&mut self) {
        let flash = self.store.take().unwrap().into_inner();
        self.store = Some(wait(FlashKeyValue::open(flash)).unwrap());
        for (thing, version) in (0..3).flat_map(|thing| [(thing, 0), (thing, 1)]) {
            self.get(Key::new(thing, version), 40);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_store_of_values_is_a_map_that_is_full_at_its_room(
        steps in prop::collection::vec(any_step(), 1..60),
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.start();
        let flash = world.store.take().unwrap().into_inner().0;
        prop_assert_eq!(flash.misuses(), 0);
    }
}
