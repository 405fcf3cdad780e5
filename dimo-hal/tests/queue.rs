//! The queue: what it keeps, what it lets go, and what power cuts, damage and other firmware do to it.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::scenario::QueueLife;
use dimo_hal::mock::{CutModel, MockFlash, Supply, sweep_chains, sweep_single};
use dimo_hal::queue::{ItemId, Plain, PushError, Queue, QueueError};
use dimo_hal::wait;
use dimo_types::Priority;

type Flash = MockFlash<4, 512>;
type Store<'f> = Queue<BlockingFlash<&'f mut Flash>, Plain, 16, 256>;

fn open(flash: &mut Flash) -> Store<'_> {
    wait(Queue::open(BlockingFlash(flash), Plain)).unwrap()
}

fn contents(flash: &mut Flash) -> Vec<Vec<u8>> {
    let mut queue = open(flash);
    let mut items = vec![];
    let mut after = None;
    while let Some(item) = wait(queue.next(after)).unwrap() {
        after = Some(item.id);
        items.push(item.bytes.to_vec());
    }
    items
}

#[test]
fn items_of_all_priorities_come_in_the_order_they_were_pushed() {
    let mut flash = Flash::new(16, &Supply::new(0));
    let mut queue = open(&mut flash);
    for number in 0..40u8 {
        wait(queue.push(Priority::ALL[usize::from(number % 4)], &[number; 20])).unwrap();
    }
    let expected: Vec<Vec<u8>> = (0..40).map(|number| vec![number; 20]).collect();
    assert_eq!(contents(&mut flash), expected);
}

fn goes_through_flash_of_words_of<const WORD: usize>() {
    let mut flash = MockFlash::<WORD, 512>::new(8, &Supply::new(0));
    for number in 0..30u8 {
        let mut queue = wait(Queue::<_, _, 8, 128>::open(BlockingFlash(&mut flash), Plain)).unwrap();
        wait(queue.push(Priority::Routine, &vec![number; usize::from(number)])).unwrap();
    }
    let mut queue = wait(Queue::<_, _, 8, 128>::open(BlockingFlash(&mut flash), Plain)).unwrap();
    let mut after = None;
    for number in 0..30u8 {
        let item = wait(queue.next(after)).unwrap().unwrap();
        assert_eq!(item.bytes, vec![number; usize::from(number)]);
        after = Some(item.id);
    }
    assert_eq!(flash.misuses(), 0);
}

#[test]
fn words_of_every_size_hold_items_of_every_length() {
    goes_through_flash_of_words_of::<1>();
    goes_through_flash_of_words_of::<2>();
    goes_through_flash_of_words_of::<16>();
    goes_through_flash_of_words_of::<32>();
}

#[test]
fn what_is_acknowledged_is_gone_and_ids_are_never_given_again() {
    let mut flash = Flash::new(8, &Supply::new(0));
    let mut greatest = 0;
    for _ in 0..200 {
        let mut queue = open(&mut flash);
        let id = wait(queue.push(Priority::Routine, b"item")).unwrap();
        assert!(id.get() > greatest, "{id} after {greatest}");
        greatest = id.get();
        wait(queue.acknowledge(id)).unwrap();
        assert!(wait(queue.next(None)).unwrap().is_none());
        assert_eq!(contents(&mut flash), Vec::<Vec<u8>>::new());
    }
    assert_eq!(flash.misuses(), 0);
}

#[test]
fn an_acknowledgement_of_what_was_never_pushed_acknowledges_what_was() {
    let mut flash = Flash::new(8, &Supply::new(0));
    wait(open(&mut flash).acknowledge(ItemId::new(u64::MAX))).unwrap();
    let mut queue = open(&mut flash);
    wait(queue.push(Priority::Routine, b"later")).unwrap();
    assert_eq!(contents(&mut flash), [b"later"]);
}

#[test]
fn a_device_that_starts_for_every_item_still_fills_its_pages() {
    let mut flash = Flash::new(8, &Supply::new(0));
    for number in 0..40u8 {
        let mut queue = open(&mut flash);
        wait(queue.push(Priority::Routine, &[number; 12])).unwrap();
        assert_eq!(queue.statistics().dropped, [0; 4]);
    }
    assert_eq!(contents(&mut flash).len(), 40);
}

#[test]
fn the_lowest_priority_gives_way_and_is_counted() {
    let mut flash = Flash::new(8, &Supply::new(0));
    let mut queue = open(&mut flash);
    wait(queue.push(Priority::Urgent, b"collision")).unwrap();
    for _ in 0..10 {
        wait(queue.push(Priority::Bulk, &[1; 100])).unwrap();
    }
    for _ in 0..60 {
        wait(queue.push(Priority::Routine, &[2; 100])).unwrap();
    }
    let dropped = queue.statistics().dropped;
    assert_eq!(dropped[0], 10);
    assert!(dropped[1] > 30 && dropped[2..] == [0, 0], "{dropped:?}");
    let left = contents(&mut flash);
    assert_eq!(left[0], b"collision");
    assert_eq!(left.len(), 1 + 60 - usize::try_from(dropped[1]).unwrap());
}

#[test]
fn a_queue_full_of_higher_priorities_says_so() {
    let mut flash = Flash::new(4, &Supply::new(0));
    let mut queue = open(&mut flash);
    let mut taken = 0;
    while queue.statistics().dropped == [0; 4] {
        wait(queue.push(Priority::Urgent, &[1; 200])).unwrap();
        taken += 1;
    }
    assert!(taken > 2);
    assert_eq!(wait(queue.push(Priority::Bulk, b"log")), Err(PushError::Full));
}

#[test]
fn an_item_that_is_too_long_is_refused_whole() {
    let mut flash = Flash::new(4, &Supply::new(0));
    let mut queue = open(&mut flash);
    assert_eq!(
        wait(queue.push(Priority::Bulk, &[0; 257])),
        Err(PushError::TooLong { len: 257, longest: 256 })
    );
    assert_eq!(contents(&mut flash), Vec::<Vec<u8>>::new());
}

#[test]
fn a_flash_that_does_not_fit_is_refused() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let opened = wait(Store::open(BlockingFlash(&mut flash), Plain));
    assert!(matches!(opened, Err(QueueError::Layout)));
    let mut flash = Flash::new(17, &Supply::new(0));
    let opened = wait(Store::open(BlockingFlash(&mut flash), Plain));
    assert!(matches!(opened, Err(QueueError::Layout)));
}

#[test]
fn a_damaged_item_is_stepped_over_and_the_others_stay() {
    let mut flash = Flash::new(8, &Supply::new(0));
    for number in 0..3u8 {
        wait(open(&mut flash).push(Priority::Routine, &[number; 50])).unwrap();
    }
    let place = flash.cells().windows(50).position(|bytes| bytes == [1; 50]).unwrap();
    flash.cells_mut()[place + 7] ^= 0x10;
    assert_eq!(contents(&mut flash), [vec![0; 50], vec![2; 50]]);
}

#[test]
fn stores_that_were_cut_off_take_no_later_one_with_them() {
    // The sequence of sequential-storage's issue 136.
    for model in CutModel::ALL {
        let supply = Supply::new(7);
        let mut flash = Flash::new(8, &supply);
        wait(open(&mut flash).push(Priority::Routine, b"first")).unwrap();
        for operations in [3, 4, 9, 14] {
            supply.cut_after(operations, model);
            let _ = wait(open(&mut flash).push(Priority::Routine, b"torn"));
            supply.restore();
        }
        wait(open(&mut flash).push(Priority::Routine, b"later")).unwrap();
        let found = contents(&mut flash);
        assert_eq!(
            (found.first().unwrap().as_slice(), found.last().unwrap().as_slice()),
            (&b"first"[..], &b"later"[..])
        );
    }
}

#[test]
fn pages_wear_evenly() {
    let mut flash = Flash::new(8, &Supply::new(0));
    for number in 0..3_000u32 {
        let mut queue = open(&mut flash);
        let id = wait(queue.push(Priority::Routine, &number.to_le_bytes())).unwrap();
        if number % 3 == 0 {
            wait(queue.acknowledge(id)).unwrap();
        }
    }
    let (least, most) = (flash.erasures().iter().min().unwrap(), flash.erasures().iter().max().unwrap());
    assert!(most - least <= most / 4, "{:?}", flash.erasures());
}

#[test]
fn a_page_of_a_later_firmware_is_left_alone() {
    let mut flash = Flash::new(8, &Supply::new(0));
    wait(open(&mut flash).push(Priority::Routine, b"of today")).unwrap();
    // A format of tomorrow: the third byte, and the sum over it.
    let header: Vec<u8> =
        flash.cells()[..36].iter().enumerate().map(|(at, byte)| if at == 2 { 9 } else { *byte }).collect();
    let mut sum = u32::MAX;
    for byte in &header {
        sum ^= u32::from(*byte);
        (0..8).for_each(|_| sum = (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 });
    }
    flash.cells_mut()[..36].copy_from_slice(&header);
    flash.cells_mut()[36..40].copy_from_slice(&(!sum).to_le_bytes());
    let before = flash.cells()[..512].to_vec();
    let mut queue = open(&mut flash);
    assert_eq!(queue.statistics().foreign_pages, 1);
    for number in 0..200u8 {
        wait(queue.push(Priority::Urgent, &[number; 100])).unwrap();
    }
    assert_eq!(flash.cells()[..512], before);
}

/// A life in which a push is cut off.
#[derive(Debug)]
struct Torn {
    seed: u64,
    /// How many items are pushed before, and the last of them that is acknowledged.
    before: u8,
    acknowledged: Option<u8>,
    /// At which operation of the push.
    at: u64,
    item: &'static [u8],
}

impl Torn {
    /// What is pushed after the next start has an id of its own for ever, and stays, whatever the torn item then reads as.
    fn is_harmless<const WORD: usize>(&self) {
        let supply = Supply::new(self.seed);
        let mut flash = MockFlash::<WORD, 512>::new(8, &supply);
        let open = |flash| wait(Queue::<_, _, 8, 128>::open(BlockingFlash(flash), Plain)).unwrap();
        let mut queue = open(flash);
        let mut expected = vec![];
        for number in 0..self.before {
            expected.push((wait(queue.push(Priority::Routine, &[number, 1])).unwrap(), vec![number, 1]));
        }
        if let Some(last) = self.acknowledged {
            wait(queue.acknowledge(expected[usize::from(last)].0)).unwrap();
            expected.drain(..=usize::from(last));
        }
        supply.cut_after(self.at, CutModel::UnstableRead);
        let torn = wait(queue.push(Priority::Routine, self.item));
        supply.restore();
        queue = open(queue.into_inner().0);
        let later = wait(queue.push(Priority::Routine, b"later")).unwrap();
        expected.extend(torn.is_ok().then(|| (torn.unwrap(), self.item.to_vec())));
        expected.push((later, b"later".to_vec()));
        for _ in 0..8 {
            flash = queue.into_inner().0;
            queue = open(flash);
            let (mut found, mut after) = (vec![], None);
            while let Some(item) = wait(queue.next(after)).unwrap() {
                after = Some(item.id);
                assert!(item.id != later || item.bytes == b"later", "{self:?}: {later} is two items");
                // The torn one may show itself, under an id that nothing else has.
                if torn.is_ok() || item.bytes != self.item {
                    found.push((item.id, item.bytes.to_vec()));
                }
            }
            assert_eq!(found, expected, "{self:?}");
        }
    }
}

#[test]
fn an_id_that_a_torn_item_may_have_is_not_given_again() {
    for (seed, at) in (0..8).flat_map(|seed| (0..18).map(move |at| (seed, at))) {
        for (before, acknowledged) in
            [(0, None), (1, None), (1, Some(0)), (2, None), (2, Some(0)), (2, Some(1))]
        {
            // A bit of its last word reads as either value.
            Torn { seed, before, acknowledged, at, item: &[0xFE] }.is_harmless::<4>();
        }
    }
}

#[test]
fn nor_is_one_whose_header_was_torn() {
    for (seed, before) in (0..8).flat_map(|seed| (0..24u8).map(move |before| (seed, before))) {
        // The last byte of an item without bytes is the last of its header; the first item of a page has the page's header before it.
        let at = if before == 0 { 1 + 40 + 15 } else { 15 };
        for acknowledged in [None, before.checked_sub(1)] {
            let at = if acknowledged.is_some() { 1 + 40 + 15 } else { at };
            Torn { seed, before, acknowledged, at, item: &[] }.is_harmless::<1>();
        }
    }
}

#[cfg(feature = "seal")]
#[test]
fn sealed_items_are_no_plain_text_in_the_flash_and_another_key_opens_none() {
    use dimo_hal::queue::Sealed;
    let mut flash = Flash::new(8, &Supply::new(0));
    type Secret<'f> = Queue<BlockingFlash<&'f mut Flash>, Sealed, 16, 256>;
    fn opened(flash: &mut Flash, key: u8) -> Secret<'_> {
        wait(Queue::open(BlockingFlash(flash), Sealed::new(&[key; 32]))).unwrap()
    }
    let secret = [0x11; 40];
    wait(opened(&mut flash, 1).push(Priority::Routine, &secret)).unwrap();
    wait(opened(&mut flash, 1).push(Priority::Routine, &secret)).unwrap();
    assert!(!flash.cells().windows(8).any(|bytes| bytes == &secret[..8]));
    let mut queue = opened(&mut flash, 1);
    assert_eq!(wait(queue.next(None)).unwrap().unwrap().bytes, secret);
    let mut queue = opened(&mut flash, 2);
    assert!(wait(queue.next(None)).unwrap().is_none());
    assert_eq!(queue.statistics().damaged, 2);
}

#[test]
fn wherever_the_power_goes_nothing_that_was_taken_is_lost() {
    for life in QueueLife::ALL {
        for model in CutModel::ALL {
            let tally = sweep_single(&life, model, 1);
            assert!(tally.cuts > 70, "{} cuts", tally.cuts);
            assert_eq!((tally.violations, tally.first), (0, None), "{life:?} {}", model.name());
        }
    }
}

#[test]
fn however_often_the_power_goes_nothing_that_was_taken_is_lost() {
    for life in QueueLife::ALL {
        for model in CutModel::ALL {
            let tally = sweep_chains(&life, model, 200);
            assert_eq!((tally.violations, tally.first), (0, None), "{life:?} {}", model.name());
        }
    }
}
