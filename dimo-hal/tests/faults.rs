//! Faults in front of parts: every kind of error of every trait, lost answers, torn writes, and futures that are dropped half-way.
#![cfg(all(feature = "dev", feature = "alloc", feature = "boot"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::fmt::Debug;

use dimo_hal::boot::BootSlot;
use dimo_hal::can::CanReceiver as _;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue as _};
use dimo_hal::mock::{
    CallFault, FaultError, Faulty, MockBleLink, MockBootControl, MockBus, MockFactoryInfo, MockFlash,
    MockGnss, MockImu, MockModem, MockPower, MockVehiclePort, MockWatchdog, Supply, dropped_after,
};
use dimo_hal::power_manager::WakeSources;
use dimo_hal::queue::{Plain, Queue, QueueError};
use dimo_hal::record::RecordStore;
use dimo_hal::{
    BleLink as _, BlockingAsync, BootControl as _, FactoryInfo as _, Gnss as _, Imu as _, KeySlot,
    Modem as _, PowerManager as _, SecureElement as _, SoftwareSecureElement, VehiclePort as _,
    Watchdog as _, wait,
};
use dimo_types::{CanId, Frame, Priority, Timestamp};
use proptest::prelude::*;

type Flash = MockFlash<4, 512>;

/// Each call of a part that always refuses, as often as there are kinds, gives each kind.
fn all_kinds<K: Debug + PartialEq + Copy, E: Debug, R: Debug, const N: usize>(
    kinds: [K; N],
    mut call: impl FnMut() -> Result<R, FaultError<E, K>>,
) {
    for kind in kinds {
        match call() {
            Err(FaultError::Injected(injected)) => assert_eq!(injected, kind),
            other => panic!("{kind:?}: {other:?}"),
        }
    }
}

fn refusing<T>(part: T) -> Faulty<BlockingAsync<T>> {
    Faulty::new(BlockingAsync::new(part)).every(1, CallFault::Refused)
}

#[test]
fn every_trait_gives_every_kind_of_its_errors() {
    let mut bus = refusing(MockBus::new([]));
    all_kinds(dimo_hal::can::ErrorKind::ALL, || wait(bus.receive()));
    let mut element = refusing(SoftwareSecureElement::new([1; 32]));
    all_kinds(dimo_hal::secure_element::ErrorKind::ALL, || wait(element.public_key(KeySlot(0))));
    let imei = "490154203237518".parse().unwrap();
    let network = dimo_hal::modem::Network::new(dimo_hal::modem::Registration::Idle);
    let mut modem = refusing(MockModem::new(imei, None, network));
    all_kinds(dimo_hal::modem::ErrorKind::ALL, || wait(modem.imei()));
    let mut boot = refusing(MockBootControl::new(1024, 1));
    all_kinds(dimo_hal::boot_control::ErrorKind::ALL, || wait(boot.prepare(BootSlot::B, &[])));
    let mut power = refusing(MockPower::new(WakeSources::ALL));
    all_kinds(dimo_hal::power_manager::ErrorKind::ALL, || wait(power.battery_mv()));
    let mut watchdog = refusing(MockWatchdog::default());
    all_kinds(dimo_hal::watchdog::ErrorKind::ALL, || wait(watchdog.feed()));
    let mut link = refusing(MockBleLink::default());
    all_kinds(dimo_hal::ble_link::ErrorKind::ALL, || wait(link.advertise(&[], &[])));
    let mut port = refusing(MockVehiclePort::default());
    all_kinds(dimo_hal::vehicle_port::ErrorKind::ALL, || wait(port.supply_mv()));
    let mut factory = refusing(MockFactoryInfo::default());
    all_kinds(dimo_hal::factory_info::ErrorKind::ALL, || wait(factory.info()));
    let mut imu = refusing(MockImu::default());
    all_kinds(dimo_hal::imu::ErrorKind::ALL, || wait(imu.disarm()));
    let mut flash = Flash::new(3, &Supply::new(0));
    let store = wait(FlashKeyValue::<_, 64>::open(BlockingFlash(&mut flash))).unwrap();
    let mut store = Faulty::new(store).every(1, CallFault::Refused);
    all_kinds(dimo_hal::key_value::ErrorKind::ALL, || wait(store.remove(Key::new(1, 1))));
    let mut gnss = refusing(MockGnss::new(
        dimo_hal::gnss::Fix {
            time: None,
            latitude_e7: 0,
            longitude_e7: 0,
            altitude_mm: None,
            speed_mm_s: None,
            course_cdeg: None,
            hdop_x100: None,
            satellites: None,
            quality: dimo_hal::gnss::FixQuality::TwoD,
        },
        0,
        (0, 0),
    ));
    all_kinds(dimo_hal::gnss::ErrorKind::ALL, || wait(gnss.next_report()));
}

#[test]
fn a_call_whose_answer_is_lost_was_done_and_a_refused_one_was_not() {
    for (fault, armed) in [(CallFault::AnswerLost, true), (CallFault::Refused, false)] {
        let mut power = Faulty::new(BlockingAsync::new(MockPower::new(WakeSources::ALL))).nth(1, fault);
        assert!(wait(power.arm(WakeSources::ALL)).is_err());
        assert_eq!(power.get_ref().get_ref().armed() == WakeSources::ALL, armed, "{fault:?}");
        assert_eq!((power.calls(), power.injected()), (1, 1));
        assert!(wait(power.arm(WakeSources::NONE)).is_ok());
    }
}

#[test]
fn a_late_call_takes_its_time_and_one_that_hangs_never_ends() {
    let late =
        |polls| Faulty::new(BlockingAsync::new(MockImu::default())).every(1, CallFault::Delayed { polls });
    assert_eq!(dropped_after(late(3).take_motion(), 3), None);
    assert!(dropped_after(late(3).take_motion(), 4).is_some());
    assert_eq!(dropped_after(late(u32::MAX).take_motion(), 1_000), None);
}

#[test]
fn a_dropped_receive_neither_loses_nor_doubles_a_frame() {
    let frames =
        [1, 2, 3, 4].map(|n| Frame::classic(Timestamp::EPOCH, CanId::standard(n).unwrap(), &[]).unwrap());
    let mut bus =
        Faulty::new(BlockingAsync::new(MockBus::new(frames))).every(2, CallFault::Delayed { polls: 2 });
    let mut seen = vec![];
    while seen.len() < 4 {
        if let Some(frame) = dropped_after(bus.receive(), 2) {
            seen.push(frame.unwrap().id().number());
        }
    }
    assert_eq!(seen, [1, 2, 3, 4]);
}

/// Every flash operation yields once, so that a future can be dropped before each.
fn slow(flash: &mut Flash) -> Faulty<BlockingFlash<&mut Flash>> {
    Faulty::new(BlockingFlash(flash)).every(1, CallFault::Delayed { polls: 1 })
}

#[test]
fn a_dropped_store_leaves_the_old_or_the_new_record_and_the_store_goes_on() {
    for polls in 0.. {
        let mut flash = Flash::new(3, &Supply::new(0));
        let mut store = wait(RecordStore::<_, 16>::open(slow(&mut flash))).unwrap();
        wait(store.store(b"old")).unwrap();
        let done = dropped_after(store.store(b"new"), polls).is_some();
        if polls % 2 == 0 {
            wait(store.store(b"newest")).unwrap();
            assert_eq!(store.get(), Some(&b"newest"[..]));
        }
        let store = wait(RecordStore::<_, 16>::open(BlockingFlash(&mut flash))).unwrap();
        let found = store.get().unwrap().to_vec();
        let fine: &[&[u8]] = if polls % 2 == 0 {
            &[b"newest"]
        } else if done {
            &[b"new"]
        } else {
            &[b"old", b"new"]
        };
        assert!(fine.contains(&found.as_slice()), "after {polls} polls: {found:?}");
        assert_eq!(flash.misuses(), 0, "after {polls} polls");
        if done && polls % 2 == 1 {
            return;
        }
    }
}

#[test]
fn a_dropped_put_leaves_the_old_or_the_new_value_and_the_others() {
    let (one, other) = (Key::new(1, 1), Key::new(2, 1));
    for polls in 0.. {
        let mut flash = Flash::new(3, &Supply::new(0));
        let mut store = wait(FlashKeyValue::<_, 64>::open(slow(&mut flash))).unwrap();
        wait(store.put(other, b"other")).unwrap();
        wait(store.put(one, b"old")).unwrap();
        let done = dropped_after(store.put(one, b"new"), polls).is_some();
        let mut store = wait(FlashKeyValue::<_, 64>::open(BlockingFlash(&mut flash))).unwrap();
        let mut buffer = [0; 8];
        let len = wait(store.get(one, &mut buffer)).unwrap().unwrap();
        assert!(&buffer[..len] == b"new" || (!done && &buffer[..len] == b"old"), "after {polls} polls");
        let len = wait(store.get(other, &mut buffer)).unwrap().unwrap();
        assert_eq!(&buffer[..len], b"other");
        if done {
            return;
        }
    }
}

type Items<F> = Queue<F, Plain, 16, 256>;

fn items<F: embedded_storage_async::nor_flash::NorFlash>(queue: &mut Items<F>) -> Vec<Vec<u8>> {
    let (mut items, mut after) = (vec![], None);
    while let Some(item) = wait(queue.next(after)).unwrap() {
        after = Some(item.id);
        items.push(item.bytes.to_vec());
    }
    items
}

#[test]
fn a_dropped_push_leaves_the_item_whole_or_not_at_all_and_none_of_the_others_missing() {
    for polls in 0.. {
        let mut flash = Flash::new(8, &Supply::new(0));
        let mut queue: Items<_> = wait(Queue::open(slow(&mut flash), Plain)).unwrap();
        wait(queue.push(Priority::Routine, b"first")).unwrap();
        let done = dropped_after(queue.push(Priority::Routine, b"second"), polls).is_some();
        wait(queue.push(Priority::Routine, b"third")).unwrap();
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(&mut flash), Plain)).unwrap();
        let found = items(&mut queue);
        let with: &[&[u8]] = &[b"first", b"second", b"third"];
        let without: &[&[u8]] = &[b"first", b"third"];
        assert!(found == with || (!done && found == without), "after {polls} polls: {found:?}");
        assert_eq!(flash.misuses(), 0, "after {polls} polls");
        if done {
            return;
        }
    }
}

fn any_fault() -> impl Strategy<Value = CallFault> {
    // Not torn: a flash that reads wrong without saying so makes an entry look damaged, which is what an unfinished one looks like.
    prop_oneof![Just(CallFault::Refused), Just(CallFault::AnswerLost)]
}

proptest! {
    #[test]
    fn a_queue_over_a_flash_that_fails_now_and_then_keeps_what_it_acknowledged(
        seed: u32, one_in in 3u32..60, fault in any_fault(),
    ) {
        let mut flash = Flash::new(12, &Supply::new(0));
        let mut kept = vec![];
        for round in 0..6u8 {
            let faulty = Faulty::new(BlockingFlash(&mut flash)).one_in(one_in, seed ^ u32::from(round), fault);
            let opened: Result<Items<_>, QueueError<_>> = wait(Queue::open(faulty, Plain));
            let Ok(mut queue) = opened else { continue };
            for number in 0..8u8 {
                let item = [round, number, 7];
                if wait(queue.push(Priority::Routine, &item)).is_ok() {
                    kept.push(item.to_vec());
                }
            }
        }
        let mut queue: Items<_> = wait(Queue::open(BlockingFlash(&mut flash), Plain)).unwrap();
        let found = items(&mut queue);
        // What was not acknowledged may be there as well; the order is that of the pushes.
        let mut rest = found.iter();
        for item in &kept {
            prop_assert!(rest.any(|found| found == item), "{item:?} is lost");
        }
        prop_assert_eq!(flash.misuses(), 0);
    }

    #[test]
    fn a_store_over_a_flash_that_fails_now_and_then_has_the_value_it_said_it_has(
        seed: u32, one_in in 2u32..40, fault in any_fault(),
    ) {
        let key = Key::new(1, 1);
        let mut flash = Flash::new(4, &Supply::new(0));
        // What may be there: what was stored, and all that was tried since.
        let mut fine: Vec<Option<u8>> = vec![None];
        for round in 0..6u8 {
            let faulty = Faulty::new(BlockingFlash(&mut flash)).one_in(one_in, seed ^ u32::from(round), fault);
            let Ok(mut store) = wait(FlashKeyValue::<_, 64>::open(faulty)) else { continue };
            for number in 0..5u8 {
                let value = round * 8 + number;
                match wait(store.put(key, &[value])) {
                    Ok(()) => fine = vec![Some(value)],
                    Err(_) => fine.push(Some(value)),
                }
            }
        }
        let mut store = wait(FlashKeyValue::<_, 64>::open(BlockingFlash(&mut flash))).unwrap();
        let mut buffer = [0; 4];
        let found = wait(store.get(key, &mut buffer)).unwrap().map(|_| buffer[0]);
        prop_assert!(fine.contains(&found), "{found:?} of {fine:?}");
    }
}

#[test]
fn a_torn_write_leaves_half_of_the_bytes_and_a_torn_read_is_wrong_once() {
    use embedded_storage_async::nor_flash::{NorFlash as _, ReadNorFlash as _};
    let mut flash = Flash::new(1, &Supply::new(0));
    let mut faulty = Faulty::new(BlockingFlash(&mut flash)).nth(1, CallFault::Torn).nth(2, CallFault::Torn);
    assert!(wait(faulty.write(0, &[1; 8])).is_err());
    let mut read = [0; 8];
    wait(faulty.read(0, &mut read)).unwrap();
    let right = [1, 1, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_ne!(read, right);
    wait(faulty.read(0, &mut read)).unwrap();
    assert_eq!(read, right);
}

#[test]
fn faults_of_chance_are_the_same_for_the_same_seed_and_about_as_many_as_asked_for() {
    let failed = |seed| {
        let mut imu =
            Faulty::new(BlockingAsync::new(MockImu::default())).one_in(10, seed, CallFault::Refused);
        (0..10_000).filter(|_| wait(imu.take_motion()).is_err()).count()
    };
    assert_eq!(failed(3), failed(3));
    assert!((800..1_200).contains(&failed(3)), "{}", failed(3));
}
