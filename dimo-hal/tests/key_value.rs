//! Values under names: the contract, what an update and its rollback leave, and what is refused.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::collections::BTreeMap;

use dimo_hal::BlockingAsync;
use dimo_hal::conformance::{KeyValueViolation, check_key_value};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{
    Error as _, ErrorKind, ErrorType, FlashKeyValue, Key, KeyValue, KeyValueError, forget_older, load_newest,
};
use dimo_hal::mock::{MockFlash, Supply};
use dimo_hal::record::{FlashCounter, RecordError};
use dimo_hal::{blocking, wait};

type Flash = MockFlash<4, 512>;
const KEYS: [Key; 2] = [Key::new(1, 1), Key::new(1, 2)];
const POLICY: u8 = 3;

fn flash() -> Flash {
    Flash::new(3, &Supply::new(0))
}

fn open(flash: &mut Flash) -> FlashKeyValue<BlockingFlash<&mut Flash>, 128> {
    wait(FlashKeyValue::open(BlockingFlash(flash))).unwrap()
}

/// What is stored under the newest form of the policy that a firmware knows.
fn policy(flash: &mut Flash, known: &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut buffer = [0; 32];
    let (version, len) = wait(load_newest(&mut open(flash), POLICY, known, &mut buffer)).unwrap()?;
    Some((version, buffer[..len].to_vec()))
}

#[test]
fn values_in_flash_keep_the_contract() {
    assert_eq!(wait(check_key_value(&mut open(&mut flash()), KEYS)), Ok(()));
}

/// A store in memory, with one thing wrong.
#[derive(Default)]
struct InMemory {
    values: BTreeMap<Key, Vec<u8>>,
    keeps_the_old: bool,
    forgets_versions: bool,
    cuts_short: bool,
    removes_nothing: bool,
}

#[derive(Debug, PartialEq)]
struct TooShort;

impl dimo_hal::key_value::Error for TooShort {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Length
    }
}

impl ErrorType for InMemory {
    type Error = TooShort;
}

impl InMemory {
    fn name(&self, key: Key) -> Key {
        if self.forgets_versions { Key::new(key.thing(), 0) } else { key }
    }
}

impl blocking::KeyValue for InMemory {
    fn get(&mut self, key: Key, buffer: &mut [u8]) -> Result<Option<usize>, TooShort> {
        let Some(value) = self.values.get(&self.name(key)) else { return Ok(None) };
        if buffer.len() < value.len() && !self.cuts_short {
            return Err(TooShort);
        }
        buffer.iter_mut().zip(value).for_each(|(to, from)| *to = *from);
        Ok(Some(value.len()))
    }

    fn put(&mut self, key: Key, value: &[u8]) -> Result<(), TooShort> {
        let name = self.name(key);
        if !(self.keeps_the_old && self.values.contains_key(&name)) {
            self.values.insert(name, value.to_vec());
        }
        Ok(())
    }

    fn remove(&mut self, key: Key) -> Result<(), TooShort> {
        if !self.removes_nothing {
            let name = self.name(key);
            self.values.remove(&name);
        }
        Ok(())
    }
}

#[test]
fn the_suite_finds_each_thing_that_is_wrong() {
    let check = |store| wait(check_key_value(&mut BlockingAsync::new(store), KEYS));
    assert_eq!(check(InMemory::default()), Ok(()));
    let wrong = |key| Err(KeyValueViolation::Value { key });
    assert_eq!(check(InMemory { keeps_the_old: true, ..InMemory::default() }), wrong(KEYS[0]));
    assert_eq!(check(InMemory { forgets_versions: true, ..InMemory::default() }), wrong(KEYS[0]));
    assert_eq!(check(InMemory { removes_nothing: true, ..InMemory::default() }), wrong(KEYS[0]));
    assert_eq!(check(InMemory { cuts_short: true, ..InMemory::default() }), Err(KeyValueViolation::CutShort));
}

#[test]
fn an_update_reads_what_the_old_firmware_wrote() {
    let mut flash = flash();
    wait(open(&mut flash).put(Key::new(POLICY, 1), b"old form")).unwrap();
    assert_eq!(policy(&mut flash, &[1, 2]), Some((1, b"old form".to_vec())));
}

#[test]
fn a_rollback_finds_its_own_and_loses_nothing_of_the_new_firmware() {
    let mut flash = flash();
    wait(open(&mut flash).put(Key::new(POLICY, 1), b"old form")).unwrap();
    wait(open(&mut flash).put(Key::new(POLICY, 2), b"new form")).unwrap();
    // Taken back: the old firmware reads and writes its form.
    assert_eq!(policy(&mut flash, &[1]), Some((1, b"old form".to_vec())));
    wait(open(&mut flash).put(Key::new(POLICY, 1), b"old again")).unwrap();
    // Updated once more: the new one goes on from its own.
    assert_eq!(policy(&mut flash, &[1, 2]), Some((2, b"new form".to_vec())));
}

#[test]
fn once_an_update_is_confirmed_older_forms_are_gone_and_newer_ones_stay() {
    let mut flash = flash();
    for version in 1..=3 {
        wait(open(&mut flash).put(Key::new(POLICY, version), &[version])).unwrap();
    }
    wait(forget_older(&mut open(&mut flash), POLICY, 2)).unwrap();
    assert_eq!(policy(&mut flash, &[1]), None);
    assert_eq!(policy(&mut flash, &[2]), Some((2, vec![2])));
    assert_eq!(policy(&mut flash, &[1, 2, 3]), Some((3, vec![3])));
}

#[test]
fn a_value_without_room_is_refused_and_the_others_stay() {
    let mut flash = flash();
    let mut store = open(&mut flash);
    wait(store.put(KEYS[0], &[1; 60])).unwrap();
    let full = wait(store.put(KEYS[1], &[2; 61])).unwrap_err();
    assert_eq!((full, full.kind()), (KeyValueError::Full, ErrorKind::Full));
    wait(store.put(KEYS[1], &[2; 60])).unwrap();
    let mut buffer = [0; 60];
    assert_eq!(wait(store.get(KEYS[0], &mut buffer)), Ok(Some(60)));
    assert_eq!(buffer, [1; 60]);
}

#[test]
fn the_same_value_again_wears_nothing() {
    let supply = Supply::new(0);
    let mut flash = Flash::new(3, &supply);
    wait(open(&mut flash).put(KEYS[0], b"apn")).unwrap();
    let before = supply.operations();
    wait(open(&mut flash).put(KEYS[0], b"apn")).unwrap();
    wait(open(&mut flash).remove(KEYS[1])).unwrap();
    assert_eq!(supply.operations(), before);
}

#[test]
fn a_counter_never_goes_down_and_reserves_each_number_once() {
    let mut flash = flash();
    {
        let mut counter = wait(FlashCounter::open(BlockingFlash(&mut flash))).unwrap();
        assert_eq!(wait(counter.advance_to(5)), Ok(5));
        assert_eq!(wait(counter.advance_to(3)), Ok(5));
        assert_eq!(wait(counter.reserve(10)), Ok(5));
    }
    let mut counter = wait(FlashCounter::open(BlockingFlash(&mut flash))).unwrap();
    assert_eq!(counter.get(), 15);
    assert_eq!(wait(counter.reserve(u64::MAX)), Err(RecordError::WornOut));
    assert_eq!(counter.get(), 15);
}
