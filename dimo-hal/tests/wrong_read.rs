//! A flash that reads wrong once and does not say so: the record and the queue lose nothing, wherever that happens.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{CutModel, MockFlash, MockFlashError, Supply};
use dimo_hal::queue::{ItemId, Plain, Queue};
use dimo_hal::record::RecordStore;
use dimo_hal::wait;
use dimo_types::Priority;
use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

type Flash = MockFlash<4, 128>;

/// What a reading gives in the place of what is there.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// One bit is another.
    Bit(usize),
    /// Two are.
    Bits([usize; 2]),
    /// All bits are.
    Inverted,
    /// As if nothing were written, or all.
    All(u8),
    /// What stands a word further on.
    Shifted,
}

impl Wrong {
    /// Each bit of the longest header, and the others.
    fn all() -> impl Iterator<Item = Self> {
        let others = [Self::Inverted, Self::All(0xFF), Self::All(0), Self::Shifted];
        // Of a queue's item, these are what the check of eight bits in its header does not tell: in its length, in its id, and in both.
        let unseen = [[19, 85], [25, 119], [33, 47], [40, 90], [92, 113]].map(Self::Bits);
        (0..128).map(Self::Bit).chain(others).chain(unseen)
    }

    fn apply(self, bytes: &mut [u8]) {
        match self {
            Self::Bit(bit) => flip(bytes, bit),
            Self::Bits(bits) => bits.into_iter().for_each(|bit| flip(bytes, bit)),
            Self::Inverted => bytes.iter_mut().for_each(|byte| *byte = !*byte),
            Self::All(value) => bytes.fill(value),
            Self::Shifted => bytes.rotate_left(4 % bytes.len()),
        }
    }
}

fn flip(bytes: &mut [u8], bit: usize) {
    let place = bit / 8 % bytes.len();
    bytes[place] ^= 1 << (bit % 8);
}

/// A flash whose `nth` reading is wrong.
#[derive(Debug)]
struct WrongOnce {
    flash: Flash,
    reads: u32,
    nth: u32,
    wrong: Wrong,
}

impl WrongOnce {
    const fn new(flash: Flash, nth: u32, wrong: Wrong) -> Self {
        Self { flash, reads: 0, nth, wrong }
    }
}

impl ErrorType for WrongOnce {
    type Error = MockFlashError;
}

impl ReadNorFlash for WrongOnce {
    const READ_SIZE: usize = Flash::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), MockFlashError> {
        self.flash.read(offset, bytes)?;
        self.reads += 1;
        if self.reads == self.nth && !bytes.is_empty() {
            self.wrong.apply(bytes);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl NorFlash for WrongOnce {
    const WRITE_SIZE: usize = Flash::WRITE_SIZE;
    const ERASE_SIZE: usize = Flash::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), MockFlashError> {
        self.flash.erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), MockFlashError> {
        self.flash.write(offset, bytes)
    }
}

/// Runs a life with each wrong reading in each place; the life says how many readings it took.
fn everywhere(mut live: impl FnMut(u32, Wrong) -> u32) {
    for wrong in Wrong::all() {
        let mut nth = 1;
        while live(nth, wrong) >= nth {
            nth += 1;
        }
        assert!(nth > 10, "{nth} readings");
    }
}

type Record<F> = RecordStore<BlockingFlash<F>, 16>;

fn record_is_found(flash: &Flash, expected: &[u8]) {
    everywhere(|nth, wrong| {
        let store: Record<_> =
            wait(RecordStore::open(BlockingFlash(WrongOnce::new(flash.clone(), nth, wrong)))).unwrap();
        assert_eq!(store.get(), Some(expected), "reading {nth}: {wrong:?}");
        let first = store.into_inner().0;
        let mut store: Record<_> = wait(RecordStore::open(BlockingFlash(first.flash))).unwrap();
        assert_eq!(store.get(), Some(expected), "the start after reading {nth}: {wrong:?}");
        wait(store.store(b"next")).unwrap();
        let store: Record<_> = wait(RecordStore::open(store.into_inner())).unwrap();
        assert_eq!(store.get(), Some(&b"next"[..]), "stored after reading {nth}: {wrong:?}");
        first.reads
    });
}

#[test]
fn a_record_is_found_though_a_reading_of_it_is_wrong() {
    let mut flash = Flash::new(3, &Supply::new(0));
    for records in [&[&b"first"[..], b"second"][..], &[b"third", b"a fourth record"]] {
        let mut store: Record<_> = wait(RecordStore::open(BlockingFlash(&mut flash))).unwrap();
        records.iter().for_each(|record| wait(store.store(record)).unwrap());
    }
    record_is_found(&flash, b"a fourth record");
}

#[test]
fn so_is_one_whose_second_copy_was_cut_off() {
    let supply = Supply::new(0);
    let mut flash = Flash::new(3, &supply);
    let mut store: Record<_> = wait(RecordStore::open(BlockingFlash(&mut flash))).unwrap();
    wait(store.store(b"known")).unwrap();
    // Six words are its first copy.
    supply.cut_after(6, CutModel::NotBegun);
    wait(store.store(b"newest")).unwrap_err();
    supply.restore();
    record_is_found(&flash, b"newest");
}

type Items<F> = Queue<BlockingFlash<F>, Plain, 6, 32>;
type Found = Vec<(ItemId, Priority, Vec<u8>)>;

fn found<F: NorFlash>(queue: &mut Items<F>) -> Found {
    let (mut found, mut after) = (vec![], None);
    while let Some(item) = wait(queue.next(after)).unwrap() {
        after = Some(item.id);
        found.push((item.id, item.priority, item.bytes.to_vec()));
    }
    found
}

/// Pages that a push copies together before it finds room, of two priorities, the first items acknowledged.
fn half_full_pages() -> Flash {
    let mut flash = Flash::new(6, &Supply::new(0));
    for number in 0..6u8 {
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(flash), Plain)).unwrap();
        let priority = if number == 3 { Priority::Urgent } else { Priority::Routine };
        let id = wait(queue.push(priority, &vec![number; usize::from(number) + 3])).unwrap();
        if number == 0 {
            wait(queue.acknowledge(id)).unwrap();
        }
        flash = queue.into_inner().0;
    }
    flash
}

#[test]
fn no_item_is_lost_or_stepped_over_though_a_reading_is_wrong() {
    let flash = half_full_pages();
    let mut queue: Items<_> = wait(Queue::open(BlockingFlash(flash.clone()), Plain)).unwrap();
    let before = found(&mut queue);
    assert_eq!(before.len(), 5);
    everywhere(|nth, wrong| {
        let flash = WrongOnce::new(flash.clone(), nth, wrong);
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(flash), Plain)).unwrap();
        assert_eq!(found(&mut queue), before, "reading {nth}: {wrong:?}");
        let mut expected = before.clone();
        for number in 0..2 {
            let id = wait(queue.push(Priority::Routine, &[number; 9])).unwrap();
            expected.push((id, Priority::Routine, vec![number; 9]));
            // Nothing is left out but what a start leaves out.
            assert!(id.get() <= expected[0].0.get() + 20, "{id} after reading {nth}: {wrong:?}");
        }
        let statistics = queue.statistics();
        assert_eq!((statistics.damaged, statistics.foreign_pages), (0, 0), "reading {nth}: {wrong:?}");
        let dropped = usize::try_from(statistics.dropped.iter().sum::<u32>()).unwrap();
        let first = queue.into_inner().0;
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(first.flash), Plain)).unwrap();
        assert_eq!(dropped, 0, "reading {nth}: {wrong:?}");
        assert_eq!(found(&mut queue), expected, "the start after reading {nth}: {wrong:?}");
        first.reads
    });
}

#[test]
fn what_gives_way_is_counted_though_a_reading_is_wrong() {
    let flash = half_full_pages();
    everywhere(|nth, wrong| {
        let flash = WrongOnce::new(flash.clone(), nth, wrong);
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(flash), Plain)).unwrap();
        let mut taken = found(&mut queue).len();
        while queue.statistics().dropped == [0; 4] {
            wait(queue.push(Priority::Routine, &[7; 30])).unwrap();
            taken += 1;
        }
        let dropped = usize::try_from(queue.statistics().dropped.iter().sum::<u32>()).unwrap();
        assert_eq!(found(&mut queue).len() + dropped, taken, "reading {nth}: {wrong:?}");
        queue.into_inner().0.reads
    });
}
