//! A record in flash: what is stored, what a cut leaves, and what a store refuses.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::scenario::RecordOnce;
use dimo_hal::mock::{CutModel, MockFlash, Supply, sweep_chains, sweep_single};
use dimo_hal::record::{RecordError, RecordStore};
use dimo_hal::wait;

type Flash = MockFlash<8, 256>;

fn open(flash: &mut Flash) -> RecordStore<BlockingFlash<&mut Flash>, 32> {
    wait(RecordStore::open(BlockingFlash(flash))).unwrap()
}

#[test]
fn a_blank_flash_holds_no_record_and_what_is_stored_is_found_again() {
    let mut flash = Flash::new(3, &Supply::new(0));
    assert_eq!(open(&mut flash).get(), None);
    for value in 0..100u8 {
        let mut store = open(&mut flash);
        wait(store.store(&[value; 32])).unwrap();
        wait(store.store(&[value, 1])).unwrap();
        assert_eq!(open(&mut flash).get(), Some(&[value, 1][..]));
    }
    assert_eq!(flash.misuses(), 0);
}

#[test]
fn an_empty_record_is_a_record() {
    let mut flash = Flash::new(3, &Supply::new(0));
    wait(open(&mut flash).store(&[])).unwrap();
    assert_eq!(open(&mut flash).get(), Some(&[][..]));
}

#[test]
fn a_longer_record_is_refused_and_the_old_one_stays() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let mut store = open(&mut flash);
    wait(store.store(b"old")).unwrap();
    assert_eq!(wait(store.store(&[0; 33])), Err(RecordError::TooLong { len: 33 }));
    assert_eq!(store.get(), Some(&b"old"[..]));
}

#[test]
fn two_pages_are_too_few_and_a_page_takes_the_record_twice() {
    let mut flash = Flash::new(2, &Supply::new(0));
    let opened = wait(RecordStore::<_, 32>::open(BlockingFlash(&mut flash)));
    assert!(matches!(opened, Err(RecordError::Layout)));
    let mut flash = Flash::new(3, &Supply::new(0));
    let opened = wait(RecordStore::<_, 128>::open(BlockingFlash(&mut flash)));
    assert!(matches!(opened, Err(RecordError::Layout)));
}

#[test]
fn pages_take_turns() {
    let mut flash = Flash::new(5, &Supply::new(0));
    for value in 0..100u8 {
        wait(open(&mut flash).store(&[value])).unwrap();
    }
    assert_eq!(flash.erasures(), [20; 5]);
}

#[test]
fn whoever_only_peeks_writes_nothing() {
    let supply = Supply::new(0);
    let mut flash = Flash::new(3, &supply);
    wait(open(&mut flash).store(b"state")).unwrap();
    let before = supply.operations();
    let found = wait(RecordStore::<_, 32>::peek(&mut BlockingFlash(&mut flash))).unwrap().unwrap();
    assert_eq!(found.as_bytes(), b"state");
    assert_eq!(supply.operations(), before);
}

#[test]
fn wherever_the_power_goes_the_record_is_the_old_or_the_new_one() {
    for model in CutModel::ALL {
        let tally = sweep_single(&RecordOnce, model, 1);
        assert!(tally.cuts > 300, "{} cuts", tally.cuts);
        assert_eq!((tally.violations, tally.first), (0, None), "{}", model.name());
    }
}

#[test]
fn however_often_the_power_goes_the_record_is_the_old_or_the_new_one() {
    for model in CutModel::ALL {
        let tally = sweep_chains(&RecordOnce, model, 1000);
        assert_eq!((tally.violations, tally.first), (0, None), "{}", model.name());
    }
}

#[test]
fn a_record_stays_whatever_the_torn_one_before_it_reads_as() {
    for (seed, starts) in (0..20).flat_map(|seed| (0..3u8).map(move |starts| (seed, starts))) {
        for operations in 0..6 {
            let supply = Supply::new(seed);
            let mut flash = Flash::new(3, &supply);
            // So that the torn one lies before the later one, and behind it.
            (0..starts).for_each(|value| wait(open(&mut flash).store(&[value])).unwrap());
            let mut store = open(&mut flash);
            wait(store.store(b"known")).unwrap();
            supply.cut_after(operations, CutModel::UnstableRead);
            // One bit of its last word reads as either value.
            assert!(wait(store.store(&[0xFE])).is_err());
            supply.restore();
            wait(open(&mut flash).store(b"later")).unwrap();
            for start in 0..8 {
                let found = open(&mut flash).get().map(<[u8]>::to_vec);
                assert_eq!(
                    found.as_deref(),
                    Some(&b"later"[..]),
                    "seed {seed}, {starts} starts, cut at {operations}, read at {start}"
                );
            }
        }
    }
}
