//! The driver of the SE05x over a simulated element, and over the recorded bytes of a real one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(all(feature = "dev", feature = "se05x"))]

#[path = "util/se05x_sim.rs"]
mod se05x_sim;

use std::collections::BTreeMap;

use dimo_crypto::dev::{block_on, check_blocking_signer};
use dimo_crypto::{Digest, Message, PublicKey, finish_signature, hazmat::AnyPersonal};
use dimo_hal::blocking::SecureElement;
use dimo_hal::conformance::check_blocking_secure_element;
use dimo_hal::se05x::{KeyOrigin, Se05xError, StatusWord};
use dimo_hal::secure_element::{CounterId, Curve, Error as _, ErrorKind, KeyPolicy};
use dimo_hal::{BlockingSe05x, KeyProtection, KeySlot, Wallet, WalletError};
use embedded_hal::i2c;
use se05x_sim::{Elapsed, Element, Fault, Object, Stored};

const SLOT: KeySlot = KeySlot(0x00D1_1000);
const COUNTER: CounterId = CounterId(0);
const COUNTERS: u32 = 0x00D1_0000;

type Driver<'a> = BlockingSe05x<&'a mut Element, &'a mut Elapsed>;

fn driver<'a>(element: &'a mut Element, elapsed: &'a mut Elapsed) -> Driver<'a> {
    BlockingSe05x::new(element, elapsed).with_counters(COUNTERS, 2)
}

fn with<T>(element: &mut Element, work: impl FnOnce(&mut Driver<'_>) -> T) -> T {
    let mut elapsed = Elapsed::default();
    let result = work(&mut driver(element, &mut elapsed));
    assert!(elapsed.ns < 200_000_000_000, "{} ns passed", elapsed.ns);
    result
}

fn generate(element: &mut Element, policy: KeyPolicy) -> Result<[u8; 64], Se05xError> {
    with(element, |driver| driver.generate(SLOT, Curve::Secp256k1, policy))
}

#[test]
fn it_passes_the_suite_of_secure_elements() {
    let mut element = Element::new();
    with(&mut element, |driver| check_blocking_secure_element(driver, SLOT, COUNTER)).unwrap();
    with(&mut element, |driver| check_blocking_secure_element(driver, SLOT, CounterId(2))).unwrap();
}

#[test]
fn it_passes_the_suite_with_commands_and_answers_in_many_small_blocks() {
    for (takes, information) in [(1, 1), (16, 254), (254, 7), (32, 32)] {
        let mut element = Element::new();
        (element.takes, element.information) = (takes, information);
        with(&mut element, |driver| check_blocking_secure_element(driver, SLOT, COUNTER)).unwrap();
    }
}

#[test]
fn a_wallet_on_it_passes_the_suite_of_signers_and_is_created_once() {
    let mut element = Element::new();
    let address = with(&mut element, |driver| Wallet::create_blocking(driver, SLOT).unwrap().address());
    let again = with(&mut element, |driver| Wallet::create_blocking(driver, SLOT).map(|_| ()).unwrap_err());
    assert_eq!(again, WalletError::Element(Se05xError::SlotTaken { slot: SLOT }));
    with(&mut element, |driver| {
        let mut wallet = Wallet::open_blocking(driver, SLOT).unwrap();
        check_blocking_signer(&mut wallet).unwrap();
        assert_eq!((wallet.address(), wallet.key_protection()), (address, KeyProtection::SecureElement));
        assert_eq!(wallet.refused_answers(), 0);
    });
}

/// What a bus that replays a recording expects to be written, and what is read then.
struct Recording(Vec<(&'static [u8], &'static [u8])>, Vec<u8>);

impl i2c::ErrorType for Recording {
    type Error = i2c::ErrorKind;
}

impl i2c::I2c for Recording {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        assert_eq!(address, 0x48);
        for operation in operations {
            match operation {
                i2c::Operation::Write(bytes) => {
                    let (expected, answer) = self.0.remove(0);
                    assert_eq!(bytes, &expected);
                    self.1 = answer.to_vec();
                }
                i2c::Operation::Read(into) => {
                    let rest = self.1.split_off(into.len());
                    into.copy_from_slice(&self.1);
                    self.1 = rest;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn it_starts_a_real_element_byte_for_byte_as_recorded() {
    // A public thread of NXP's forum, "SE050 Failed to generate new ECC keypair": an SE050C and the host library of its makers.
    let recording = Recording(
        vec![
            (b"\x5A\xC0\x00\xFF\xFC", b"\xA5\xE0\x00\x3F\x19"),
            (
                b"\x5A\xC7\x00\xF7\xB1",
                b"\xA5\xE7\x23\x00\xA0\x00\x00\x03\x96\x04\x03\xE8\x00\xFE\x02\x0B\x03\xE8\x08\x01\x00\x00\x00\x00\x64\x00\x00\x0A\x4A\x43\x4F\x50\x34\x20\x41\x54\x50\x4F\x2A\x8D",
            ),
            (
                b"\x5A\x00\x16\x00\xA4\x04\x00\x10\xA0\x00\x00\x03\x96\x54\x53\x00\x00\x00\x01\x03\x00\x00\x00\x00\x00\xA8\xC8",
                b"\xA5\x00\x09\x03\x01\x01\x6F\xFF\x01\x0B\x90\x00\xCC\x8B",
            ),
        ],
        Vec::new(),
    );
    let mut driver = BlockingSe05x::new(recording, Elapsed::default());
    assert_eq!(driver.start().unwrap().to_string(), "3.1.1");
    assert!(driver.release().0.0.is_empty());
}

#[test]
fn the_element_stores_a_permanent_key_with_a_policy_that_only_signs_and_reads() {
    let mut element = Element::new();
    generate(&mut element, KeyPolicy::Permanent).unwrap();
    assert_eq!(element.objects[&SLOT.0].policy, [8, 0, 0, 0, 0, 0x10, 0x20, 0, 0]);
    let attributes = with(&mut element, |driver| driver.attributes(SLOT)).unwrap();
    assert_eq!((attributes.origin(), attributes.is_permanent()), (KeyOrigin::Internal, true));

    let mut element = Element::new();
    generate(&mut element, KeyPolicy::Replaceable).unwrap();
    assert!(!with(&mut element, |driver| driver.attributes(SLOT)).unwrap().is_permanent());
}

#[test]
fn a_replaceable_key_can_be_made_permanent_by_generating_again() {
    let mut element = Element::new();
    let first = generate(&mut element, KeyPolicy::Replaceable).unwrap();
    let second = generate(&mut element, KeyPolicy::Permanent).unwrap();
    assert_ne!(first, second);
    let refused = generate(&mut element, KeyPolicy::Replaceable);
    assert_eq!(refused, Err(Se05xError::SlotTaken { slot: SLOT }));
    assert_eq!(with(&mut element, |driver| driver.public_key(SLOT)), Ok(second));
}

#[test]
fn a_key_written_from_outside_is_no_wallet() {
    for (origin, expected) in [(1, KeyOrigin::External), (3, KeyOrigin::Provisioned)] {
        let mut element = Element::new();
        generate(&mut element, KeyPolicy::Permanent).unwrap();
        element.objects.get_mut(&SLOT.0).unwrap().origin = origin;
        let error = with(&mut element, |driver| driver.public_key(SLOT)).unwrap_err();
        assert_eq!((error, error.kind()), (Se05xError::KeyImported { slot: SLOT }, ErrorKind::PolicyDenied));
        let attributes = with(&mut element, |driver| driver.attributes(SLOT)).unwrap();
        assert_eq!((attributes.origin(), attributes.is_permanent()), (expected, false));
    }
}

#[test]
fn generating_over_something_that_this_driver_did_not_make_leaves_it_alone() {
    let taken = Err(Se05xError::SlotTaken { slot: SLOT });
    let mut element = Element::new();
    element.objects.insert(SLOT.0, Stored { object: Object::File, policy: Vec::new(), origin: 1 });
    assert_eq!(generate(&mut element, KeyPolicy::Permanent), taken);
    assert!(matches!(element.objects[&SLOT.0].object, Object::File));
    let no_key = with(&mut element, |driver| driver.attributes(SLOT)).unwrap_err();
    assert_eq!(no_key, Se05xError::SlotTaken { slot: SLOT });

    // A key of somebody else's, with the element's own policy: it could be deleted.
    let mut element = Element::new();
    let key = generate(&mut element, KeyPolicy::Replaceable).unwrap();
    element.objects.get_mut(&SLOT.0).unwrap().policy.clear();
    assert_eq!(generate(&mut element, KeyPolicy::Replaceable), taken);
    assert_eq!(with(&mut element, |driver| driver.public_key(SLOT)), Ok(key));
}

/// The driver reads the policy before it deletes; the element would not delete all the same.
#[test]
fn the_element_itself_keeps_a_permanent_key() {
    let mut element = Element::new();
    generate(&mut element, KeyPolicy::Permanent).unwrap();
    let deleted = element.apply([0x80, 0x04, 0x00, 0x28], 0x41, &SLOT.0.to_be_bytes());
    let replaced = element.apply([0x80, 0x01, 0x61, 0x00], 0x41, &SLOT.0.to_be_bytes());
    assert_eq!((deleted, replaced), (Err(0x6986), Err(0x6986)));
}

#[test]
fn an_empty_slot_is_told_from_a_refusal() {
    let mut element = Element::new();
    let empty = Se05xError::SlotEmpty { slot: SLOT };
    assert_eq!(with(&mut element, |driver| driver.public_key(SLOT)), Err(empty));
    assert_eq!(with(&mut element, |driver| driver.sign_prehash(SLOT, &[1; 32])), Err(empty));

    generate(&mut element, KeyPolicy::Permanent).unwrap();
    let key = element.objects.get_mut(&SLOT.0).unwrap();
    key.policy = vec![8, 0, 0, 0, 0, 0, 0x20, 0, 0];
    let refused = with(&mut element, |driver| driver.sign_prehash(SLOT, &[1; 32])).unwrap_err();
    assert_eq!(
        (refused, refused.kind()),
        (Se05xError::Status(StatusWord::NOT_ALLOWED), ErrorKind::PolicyDenied)
    );
}

#[test]
fn reserved_objects_are_no_slots_and_only_the_counters_it_was_made_with_are_there() {
    let mut element = Element::new();
    for object in [0, 0x7FFF_0000, 0x7FFF_0206, 0xF000_0000, u32::MAX, COUNTERS, COUNTERS + 1] {
        let slot = KeySlot(object);
        let refused =
            with(&mut element, |driver| driver.generate(slot, Curve::Secp256k1, KeyPolicy::Permanent));
        assert_eq!(refused, Err(Se05xError::NoSuchSlot { slot }));
    }
    let counter = CounterId(2);
    let refused = with(&mut element, |driver| driver.advance_counter_to(counter, 1));
    assert_eq!(refused, Err(Se05xError::NoSuchCounter { counter }));
    let refused = with(&mut element, |driver| driver.generate(SLOT, Curve::P256, KeyPolicy::Permanent));
    assert_eq!(refused, Err(Se05xError::CurveUnsupported { curve: Curve::P256 }));
    assert_eq!(element.transfers, 0);
}

#[test]
fn the_curve_is_told_once_and_an_interrupted_telling_goes_on() {
    let parameters = |element: &Element| {
        element.commands.iter().filter(|command| command[..4] == [0x80, 1, 0x0B, 0x40]).count()
    };
    let mut element = Element::new();
    element.curve = Some([1, 2].into());
    generate(&mut element, KeyPolicy::Replaceable).unwrap();
    assert_eq!(parameters(&element), 5);
    generate(&mut element, KeyPolicy::Replaceable).unwrap();
    assert_eq!(parameters(&element), 5);
}

#[test]
fn a_part_without_the_curve_says_so() {
    let mut element = Element::new();
    element.has_curve = false;
    let error = generate(&mut element, KeyPolicy::Permanent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CurveUnsupported);
}

#[test]
fn a_part_that_demands_a_secure_channel_denies() {
    let mut element = Element::new();
    element.refuses = Some(0x6982);
    let error = generate(&mut element, KeyPolicy::Permanent).unwrap_err();
    assert_eq!(
        (error, error.kind()),
        (Se05xError::Status(StatusWord::SECURITY_STATUS), ErrorKind::PolicyDenied)
    );
}

#[test]
fn each_status_has_the_kind_that_says_what_to_do() {
    let kind = |status| Se05xError::Status(StatusWord(status)).kind();
    assert_eq!(kind(0x66A6), ErrorKind::Busy);
    for denied in [0x6982, 0x6985, 0x6986] {
        assert_eq!(kind(denied), ErrorKind::PolicyDenied);
    }
    for unsupported in [0x6A82, 0x6A86, 0x6D00, 0x6E00] {
        assert_eq!(kind(unsupported), ErrorKind::Unsupported);
    }
    for other in [0x6700, 0x6984, 0x6A80, 0x6A84, 0x6F00, 0x0000] {
        assert_eq!(kind(other), ErrorKind::Other);
    }
    assert_eq!(Se05xError::Status(StatusWord(0x6A84)).to_string(), "the applet answered 6A84");
}

#[test]
fn a_counter_cannot_be_deleted_and_only_goes_up() {
    let mut element = Element::new();
    let read = |element: &mut Element| with(element, |driver| driver.read_counter(COUNTER)).unwrap();
    assert_eq!(read(&mut element), 0);
    assert_eq!(with(&mut element, |driver| driver.advance_counter_to(COUNTER, 0)), Ok(0));
    assert!(element.objects.is_empty());
    for (at_least, value) in [(7, 7), (7, 7), (3, 7), (u64::MAX, u64::MAX), (8, u64::MAX)] {
        assert_eq!(with(&mut element, |driver| driver.advance_counter_to(COUNTER, at_least)), Ok(value));
        assert_eq!(read(&mut element), value);
    }
    assert_eq!(element.objects[&COUNTERS].policy, [8, 0, 0, 0, 0, 0, 0x30, 0, 0]);
}

/// A day of a wallet, with everything the driver does; what came out, or the first error.
fn day(element: &mut Element) -> Result<(), Se05xError> {
    with(element, |driver| {
        let key = driver.generate(SLOT, Curve::Secp256k1, KeyPolicy::Replaceable)?;
        let digest: Digest = AnyPersonal(b"a day").digest();
        let answer = driver.sign_prehash(SLOT, digest.as_bytes())?;
        finish_signature(&PublicKey::from_bytes(&key).unwrap(), &digest, &answer).unwrap();
        let mut random = [0; 200];
        driver.random(&mut random)?;
        assert!(random.windows(8).all(|part| part != [0; 8]));
        let value = driver.read_counter(COUNTER)?;
        assert_eq!(driver.advance_counter_to(COUNTER, value + 1)?, value + 1);
        Ok(())
    })
}

/// How many blocks a day has, with small blocks too.
fn blocks(element: &mut Element) -> usize {
    day(element).unwrap();
    element.blocks.len()
}

fn small_blocks() -> Element {
    let mut element = Element::new();
    (element.takes, element.information) = (24, 20);
    element
}

#[test]
fn one_fault_at_any_block_of_a_day_is_healed() {
    let faults = [
        Fault::BusyToWrite(1),
        Fault::BusyToWrite(40),
        Fault::BusyToRead(1),
        Fault::BusyToRead(900),
        Fault::LoseCommand,
        Fault::DamageCommand,
        Fault::LoseAnswer,
        Fault::DamageAnswer(0),
        Fault::DamageAnswer(1),
        Fault::DamageAnswer(2),
        Fault::DamageAnswer(4),
        Fault::DamageAnswer(usize::MAX),
        Fault::WaitingTime(1),
        Fault::WaitingTime(255),
    ];
    for fresh in [Element::new, small_blocks] {
        let count = blocks(&mut fresh());
        assert!(count > 20);
        for number in 0..count {
            for fault in faults {
                // Supervision of the start is not extended: the first two blocks.
                if number < 2 && matches!(fault, Fault::WaitingTime(_)) {
                    continue;
                }
                let mut element = fresh();
                element.faults = BTreeMap::from([(number, fault)]);
                day(&mut element).unwrap_or_else(|error| panic!("{fault:?} at block {number}: {error}"));
            }
        }
    }
}

#[test]
fn after_a_fault_that_ends_a_call_the_next_day_is_a_good_one() {
    for fresh in [Element::new, small_blocks] {
        let count = blocks(&mut fresh());
        for number in 0..count {
            for fault in [Fault::Bus, Fault::PowerBefore, Fault::PowerAfter, Fault::BusyToWrite(120)] {
                let mut element = fresh();
                element.faults = BTreeMap::from([(number, fault)]);
                let mut elapsed = Elapsed::default();
                let mut driver = driver(&mut element, &mut elapsed);
                // One driver over both days: it finds out by itself that the link is in doubt.
                let before = driver.advance_counter_to(COUNTER, 1).ok();
                let _ = driver.generate(SLOT, Curve::Secp256k1, KeyPolicy::Replaceable);
                let _ = driver.sign_prehash(SLOT, &[7; 32]);
                let _ = driver.random(&mut [0; 200]);
                let key = driver.generate(SLOT, Curve::Secp256k1, KeyPolicy::Replaceable);
                let key =
                    key.or_else(|_| driver.generate(SLOT, Curve::Secp256k1, KeyPolicy::Replaceable)).unwrap();
                assert_eq!(driver.public_key(SLOT), Ok(key), "{fault:?} at block {number}");
                let after =
                    driver.advance_counter_to(COUNTER, 2).or_else(|_| driver.advance_counter_to(COUNTER, 2));
                assert_eq!(after, Ok(2), "{before:?} {fault:?} at block {number}");
            }
        }
    }
}

#[test]
fn an_element_whose_power_failed_behind_the_drivers_back_is_started_again() {
    let mut element = Element::new();
    // Two blocks to start, SELECT, a command; then both ends are at number zero, and only the missing applet shows.
    element.faults = BTreeMap::from([(4, Fault::PowerBefore)]);
    with(&mut element, |driver| {
        driver.random(&mut [0; 8]).unwrap();
        assert_eq!(driver.random(&mut [0; 8]), Err(Se05xError::Status(StatusWord::UNKNOWN_COMMAND)));
        driver.random(&mut [0; 8]).unwrap();
    });
}

#[test]
fn a_bus_that_fails_is_reported_with_its_own_word() {
    let mut element = Element::new();
    element.faults = BTreeMap::from([(0, Fault::Bus)]);
    let error = with(&mut element, |driver| driver.start()).unwrap_err();
    assert_eq!((error, error.kind()), (Se05xError::Bus(i2c::ErrorKind::ArbitrationLoss), ErrorKind::Bus));
}

#[test]
fn an_element_that_is_not_there_ends_in_a_timeout() {
    let mut element = Element::new();
    let mut elapsed = Elapsed::default();
    let mut driver = BlockingSe05x::new(&mut element, &mut elapsed).with_address(0x20);
    assert_eq!(driver.start(), Err(Se05xError::Timeout));
    assert!(elapsed.ns < 1_000_000_000);
}

#[test]
fn an_element_that_falls_silent_ends_in_a_timeout() {
    let mut element = Element::new();
    with(&mut element, |driver| driver.start().map(|_| ())).unwrap();
    let started = element.blocks.len();
    element.faults = (started + 3..started + 40).map(|number| (number, Fault::LoseAnswer)).collect();
    let error = generate(&mut element, KeyPolicy::Permanent).unwrap_err();
    assert_eq!((error, error.kind()), (Se05xError::Timeout, ErrorKind::Timeout));
}

#[test]
fn an_element_that_asks_for_ever_more_time_is_given_up() {
    let mut element = Element::new();
    element.faults = (3..99).map(|number| (number, Fault::WaitingTime(1))).collect();
    let error = with(&mut element, |driver| driver.random(&mut [0; 8])).unwrap_err();
    assert_eq!((error, error.kind()), (Se05xError::Stalled, ErrorKind::Timeout));
}

#[test]
fn a_counter_that_stays_where_it_was_is_reported() {
    let mut element = Element::new();
    element.forgets_counters = true;
    let error = with(&mut element, |driver| driver.advance_counter_to(COUNTER, 7)).unwrap_err();
    assert_eq!(error, Se05xError::CounterStuck { counter: COUNTER, value: 0 });
}

#[test]
fn blocks_that_stay_damaged_are_given_up() {
    let mut element = Element::new();
    element.faults = (3..99).map(|number| (number, Fault::DamageAnswer(4))).collect();
    let error = with(&mut element, |driver| driver.random(&mut [0; 8])).unwrap_err();
    assert_eq!((error, error.kind()), (Se05xError::Damaged, ErrorKind::Integrity));
}

/// A bus that answers the start as a real element does, and then each block with what the test says; the last for ever.
struct Script(Vec<Vec<u8>>, usize, Vec<u8>);

impl Script {
    fn new(answers: &[(u8, &[u8])]) -> Self {
        let mut blocks = vec![
            se05x_sim::frame(0xE0, &[]),
            se05x_sim::frame(0xE7, &se05x_sim::ATR),
            se05x_sim::frame(0x00, &[3, 1, 1, 0x6F, 0xFF, 1, 0x0B, 0x90, 0]),
        ];
        blocks.extend(answers.iter().map(|(control, information)| se05x_sim::frame(*control, information)));
        Self(blocks, 0, Vec::new())
    }

    fn driver(answers: &[(u8, &[u8])]) -> BlockingSe05x<Self, Elapsed> {
        let mut driver = BlockingSe05x::new(Self::new(answers), Elapsed::default());
        driver.start().unwrap();
        driver
    }
}

impl i2c::ErrorType for Script {
    type Error = i2c::ErrorKind;
}

impl i2c::I2c for Script {
    fn transaction(&mut self, _: u8, operations: &mut [i2c::Operation<'_>]) -> Result<(), i2c::ErrorKind> {
        for operation in operations {
            match operation {
                i2c::Operation::Write(_) => {
                    self.2 = self.0[self.1.min(self.0.len() - 1)].clone();
                    self.1 += 1;
                    assert!(self.1 < 1_000, "the driver does not give up");
                }
                i2c::Operation::Read(into) => {
                    let rest = self.2.split_off(into.len());
                    into.copy_from_slice(&self.2);
                    self.2 = rest;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn an_answer_of_another_form_is_refused_whole() {
    let answers: [&[u8]; 8] = [
        b"",
        b"\x90",
        b"\x90\x00",
        b"\x41\x03abc\x90\x00",
        b"\x42\x04abcd\x90\x00",
        b"\x41\x04abcde\x90\x00",
        b"\x41\x83\x00\x00\x04abcd\x90\x00",
        b"\x41\x05abcd\x90\x00",
    ];
    for answer in answers {
        let mut out = [0x77; 4];
        let error = Script::driver(&[(0x40, answer)]).random(&mut out).unwrap_err();
        assert!(matches!(error, Se05xError::Answer | Se05xError::Protocol), "{answer:02X?}: {error}");
        assert_eq!(out, [0x77; 4]);
    }
    let mut out = [0; 4];
    Script::driver(&[(0x40, b"\x41\x04abcd\x90\x00")]).random(&mut out).unwrap();
    assert_eq!(&out, b"abcd");
}

#[test]
fn a_block_that_comes_twice_is_not_taken_twice() {
    // Number 0 was the answer to SELECT; here it comes again in place of number 1.
    let again = Script::driver(&[(0x00, b"\x41\x04abcd\x90\x00")]).random(&mut [0; 4]);
    assert_eq!(again, Err(Se05xError::Damaged));
    let mut out = [0; 4];
    let healed = [(0x00, &b"\x41\x04aaaa\x90\x00"[..]), (0x40, b"\x41\x04abcd\x90\x00")];
    Script::driver(&healed).random(&mut out).unwrap();
    assert_eq!(&out, b"abcd");
}

#[test]
fn an_answer_without_end_is_given_up() {
    // Empty blocks, blocks that fill the answer, requests to change the size, and blocks wanted again.
    for (one, other) in [(0x60, 0x20), (0xC1, 0xC1), (0x90, 0x90), (0x80, 0x80), (0x91, 0x81), (0xC2, 0xC2)] {
        for information in [&b""[..], b"\x08", &[7; 200]] {
            let blocks: Vec<(u8, &[u8])> =
                (0..400).map(|at| (if at % 2 == 0 { one } else { other }, information)).collect();
            Script::driver(&blocks).random(&mut [0; 8]).unwrap_err();
        }
    }
}

#[test]
fn faults_in_many_blocks_of_one_answer_do_not_add_up() {
    let mut element = Element::new();
    element.information = 10;
    element.faults = (4..40).step_by(2).map(|number| (number, Fault::DamageAnswer(4))).collect();
    with(&mut element, |driver| driver.random(&mut [0; 128])).unwrap();
}

#[test]
fn an_element_that_asked_for_time_has_it() {
    let mut element = Element::new();
    element.faults = BTreeMap::from([(3, Fault::WaitingTime(3)), (4, Fault::BusyToRead(2_500))]);
    with(&mut element, |driver| driver.random(&mut [0; 8])).unwrap();
    assert_eq!(element.blocks.len(), 5, "it was asked again before its time was over");
}

#[test]
fn a_counter_that_is_there_already_is_not_written() {
    let mut element = Element::new();
    with(&mut element, |driver| driver.advance_counter_to(COUNTER, 7)).unwrap();
    let written = |element: &Element| element.commands.iter().filter(|command| command[1] == 1).count();
    let before = written(&element);
    with(&mut element, |driver| driver.advance_counter_to(COUNTER, 7)).unwrap();
    assert_eq!(written(&element), before);
}

/// Two ends that fall out of step must not pass one answer for another.
#[test]
fn a_call_that_is_dropped_half_way_leaves_the_element_usable() {
    use core::task::{Context, Poll, Waker};
    use dimo_hal::{Se05x, SecureElement};

    /// Pends once before each transfer.
    struct Slow<T>(T, bool);
    impl<T: i2c::ErrorType> i2c::ErrorType for Slow<T> {
        type Error = T::Error;
    }
    impl<T: i2c::I2c> embedded_hal_async::i2c::I2c for Slow<T> {
        async fn transaction(
            &mut self,
            address: u8,
            operations: &mut [i2c::Operation<'_>],
        ) -> Result<(), T::Error> {
            self.1 = false;
            core::future::poll_fn(|_| {
                self.1 = !self.1;
                if self.1 { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
            self.0.transaction(address, operations)
        }
    }
    struct Soon;
    impl embedded_hal_async::delay::DelayNs for Soon {
        async fn delay_ns(&mut self, _: u32) {}
    }

    let mut element = small_blocks();
    let key = generate(&mut element, KeyPolicy::Permanent).unwrap();
    let mut driver = Se05x::new(Slow(element, false), Soon);
    let key = PublicKey::from_bytes(&key).unwrap();
    for polls in 1..60 {
        {
            let mut random = [0; 100];
            let mut dropped = core::pin::pin!(driver.random(&mut random));
            for _ in 0..polls {
                if dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
            }
        }
        let digest = AnyPersonal(&[polls]).digest();
        let answer = block_on(driver.sign_prehash(SLOT, digest.as_bytes())).unwrap();
        finish_signature(&key, &digest, &answer).unwrap();
    }
}

/// A bus on which everything may be read.
struct Noise<'a>(core::slice::Iter<'a, u8>);

impl i2c::ErrorType for Noise<'_> {
    type Error = i2c::ErrorKind;
}

impl i2c::I2c for Noise<'_> {
    fn transaction(&mut self, _: u8, operations: &mut [i2c::Operation<'_>]) -> Result<(), i2c::ErrorKind> {
        for operation in operations {
            if let i2c::Operation::Read(into) = operation {
                for byte in into.iter_mut() {
                    *byte = *self.0.next().ok_or(i2c::ErrorKind::Bus)?;
                }
            }
        }
        Ok(())
    }
}

fn everything(bytes: &[u8]) {
    let mut driver = BlockingSe05x::new(Noise(bytes.iter()), Elapsed::default()).with_counters(COUNTERS, 2);
    let _ = driver.start();
    let _ = driver.generate(SLOT, Curve::Secp256k1, KeyPolicy::Permanent);
    let _ = driver.public_key(SLOT);
    let _ = driver.sign_prehash(SLOT, &[7; 32]);
    let _ = driver.random(&mut [0; 200]);
    let _ = driver.advance_counter_to(COUNTER, 9);
}

proptest::proptest! {
    #[test]
    fn no_bytes_on_the_bus_reach_a_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        everything(&bytes);
    }

    #[test]
    fn no_well_formed_blocks_reach_a_panic(
        blocks in proptest::collection::vec(
            (proptest::num::u8::ANY, proptest::collection::vec(proptest::num::u8::ANY, 0..80)),
            0..40,
        )
    ) {
        let mut bytes = [se05x_sim::frame(0xE0, &[]), se05x_sim::frame(0xE7, &se05x_sim::ATR)].concat();
        bytes.extend(blocks.iter().flat_map(|(control, information)| se05x_sim::frame(*control, information)));
        everything(&bytes);
    }
}
