//! The connector of the vehicle, and what the factory wrote.
#![cfg(all(feature = "dev", feature = "alloc"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

use dimo_hal::blocking;
use dimo_hal::conformance::{
    FactoryInfoViolation, VehiclePortViolation, check_factory_info, check_vehicle_port,
};
use dimo_hal::factory_info::{
    self, DeviceInfo, FactoryInfo as _, FactoryPage, FlashFactoryError, FlashFactoryInfo, write_factory_page,
};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{
    CutModel, MockBlank, MockFactoryInfo, MockFlash, MockPin, MockVehiclePort, MockVehiclePortError, Supply,
};
use dimo_hal::power::PowerState;
use dimo_hal::vehicle_port::{
    ErrorKind, ErrorType, GpioPort, GpioPortError, PortBus, TransceiverMode, follow,
};
use dimo_hal::{BlockingAsync, wait};
use dimo_types::Timestamp;
use embedded_hal::digital::OutputPin;
use proptest::prelude::*;

type Pins = GpioPort<MockPin, MockPin>;

#[test]
fn the_mock_and_a_transceiver_on_pins_keep_the_contract() {
    wait(check_vehicle_port(&mut BlockingAsync::new(MockVehiclePort::default()))).unwrap();
    let with_silence = Pins::new(MockPin::default(), Some(MockPin::default())).unwrap();
    wait(check_vehicle_port(&mut BlockingAsync::new(with_silence))).unwrap();
    let without = Pins::new(MockPin::default(), None).unwrap();
    wait(check_vehicle_port(&mut BlockingAsync::new(without))).unwrap();
}

#[test]
fn a_transceiver_is_silent_before_it_leaves_standby() {
    use blocking::VehiclePort as _;
    let (standby, silent) = (MockPin::default(), MockPin::default());
    let mut port = Pins::new(standby.clone(), Some(silent.clone())).unwrap();
    assert!(standby.is_high() && silent.is_high());
    port.set_mode(PortBus::Can, TransceiverMode::Normal).unwrap();
    assert!(!standby.is_high() && !silent.is_high());
    port.set_mode(PortBus::Can, TransceiverMode::ListenOnly).unwrap();
    assert!(!standby.is_high() && silent.is_high());
    let mut plain = Pins::new(MockPin::default(), None).unwrap();
    let refused = plain.set_mode(PortBus::Can, TransceiverMode::ListenOnly);
    assert_eq!(refused, Err(GpioPortError::NoListenOnly));
}

#[test]
fn every_bus_follows_the_power_state_and_none_drives_at_once() {
    let mut port = BlockingAsync::new(MockVehiclePort::default());
    let expected = [
        (PowerState::Active, TransceiverMode::Normal),
        (PowerState::Listen, TransceiverMode::ListenOnly),
        (PowerState::Sleep, TransceiverMode::Standby),
        (PowerState::Hibernate, TransceiverMode::Standby),
        (PowerState::Active, TransceiverMode::Normal),
    ];
    for (state, mode) in expected {
        wait(follow(&mut port, state)).unwrap();
        for bus in [PortBus::Can, PortBus::KLine] {
            assert_eq!(blocking::VehiclePort::mode(port.get_mut(), bus), Ok(mode), "{state:?}");
        }
    }
    assert!(!port.get_ref().drove_from_standby());
}

#[test]
fn a_transceiver_without_a_silent_pin_follows_to_active_and_not_to_listen() {
    let mut port = BlockingAsync::new(Pins::new(MockPin::default(), None).unwrap());
    wait(follow(&mut port, PowerState::Active)).unwrap();
    assert_eq!(blocking::VehiclePort::mode(port.get_mut(), PortBus::Can), Ok(TransceiverMode::Normal));
    wait(follow(&mut port, PowerState::Sleep)).unwrap();
    assert_eq!(wait(follow(&mut port, PowerState::Listen)), Err(GpioPortError::NoListenOnly));
}

/// Obeys, but for its calls of these numbers.
struct Refuses(MockPin, Vec<u32>, u32);

#[derive(Debug)]
struct Refused;

impl embedded_hal::digital::Error for Refused {
    fn kind(&self) -> embedded_hal::digital::ErrorKind {
        embedded_hal::digital::ErrorKind::Other
    }
}

impl embedded_hal::digital::ErrorType for Refuses {
    type Error = Refused;
}

impl OutputPin for Refuses {
    fn set_low(&mut self) -> Result<(), Refused> {
        self.2 += 1;
        if self.1.contains(&self.2) { Err(Refused) } else { self.0.set_low().map_err(|_| Refused) }
    }

    fn set_high(&mut self) -> Result<(), Refused> {
        self.2 += 1;
        if self.1.contains(&self.2) { Err(Refused) } else { self.0.set_high().map_err(|_| Refused) }
    }
}

#[test]
fn after_a_pin_that_did_not_obey_the_mode_is_unknown_until_it_is_set_anew() {
    use blocking::VehiclePort as _;
    let (standby, silent) = (MockPin::default(), MockPin::default());
    // The silent pin obeys the third mode, the standby pin after it does not.
    let first = Refuses(standby.clone(), vec![3], 0);
    let mut port = GpioPort::new(first, Some(silent.clone())).unwrap();
    port.set_mode(PortBus::Can, TransceiverMode::ListenOnly).unwrap();
    assert_eq!(port.set_mode(PortBus::Can, TransceiverMode::Normal), Err(GpioPortError::Pin));
    assert!(!silent.is_high(), "a pin had been set before");
    assert_eq!(port.mode(PortBus::Can), Err(GpioPortError::Pin));
    let mut port = BlockingAsync::new(port);
    wait(follow(&mut port, PowerState::Listen)).unwrap();
    assert_eq!(port.get_mut().mode(PortBus::Can), Ok(TransceiverMode::ListenOnly));
    assert!(silent.is_high() && !standby.is_high(), "it is set anew");
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    HasEverything,
    StartsDriving,
    NeverSilent,
    HasNothing,
}

struct Bad(MockVehiclePort, Wrong);

impl ErrorType for Bad {
    type Error = MockVehiclePortError;
}

impl blocking::VehiclePort for Bad {
    fn buses(&self) -> &[PortBus] {
        if self.1 == Wrong::HasNothing { &[] } else { self.0.buses() }
    }

    fn mode(&mut self, bus: PortBus) -> Result<TransceiverMode, MockVehiclePortError> {
        let mode = self.0.mode(bus)?;
        let is_first = mode == TransceiverMode::Standby;
        Ok(if self.1 == Wrong::StartsDriving && is_first { TransceiverMode::Normal } else { mode })
    }

    fn set_mode(&mut self, bus: PortBus, mode: TransceiverMode) -> Result<(), MockVehiclePortError> {
        match (self.1, mode) {
            (Wrong::HasEverything, _) => self.0.set_mode(bus, mode).or(Ok(())),
            (Wrong::NeverSilent, TransceiverMode::ListenOnly) => Ok(()),
            (Wrong::HasNothing, _) => Err(MockVehiclePortError(ErrorKind::NoSuchBus)),
            _ => self.0.set_mode(bus, mode),
        }
    }

    fn supply_mv(&mut self) -> Result<Option<u32>, MockVehiclePortError> {
        self.0.supply_mv()
    }
}

#[test]
fn the_suite_of_ports_finds_each_thing_that_is_wrong() {
    let found = |wrong| {
        wait(check_vehicle_port(&mut BlockingAsync::new(Bad(MockVehiclePort::default(), wrong)))).unwrap_err()
    };
    let second = PortBus::SecondCan;
    assert_eq!(found(Wrong::HasEverything), VehiclePortViolation::HasWhatItHasNot { bus: second });
    assert_eq!(found(Wrong::StartsDriving), VehiclePortViolation::DoesNotStandBy { bus: PortBus::Can });
    let mode = TransceiverMode::ListenOnly;
    assert_eq!(found(Wrong::NeverSilent), VehiclePortViolation::DoesNotObey { bus: PortBus::Can, mode });
    assert_eq!(found(Wrong::HasNothing), VehiclePortViolation::NoBus);
}

type Flash = MockFlash<4, 512>;

fn info() -> DeviceInfo {
    let made = Timestamp::from_micros(1_780_000_000_000_000).unwrap();
    DeviceInfo::new("60d4af69-86e8", [2; 16], 3, made, Some([0xff, 0x8f, 0x1a, 5, 0xe4, 0xff])).unwrap()
}

const SECRET: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

#[test]
fn what_the_factory_wrote_is_read_as_it_was() {
    let mut flash = BlockingFlash(Flash::new(1, &Supply::new(0)));
    let blank = wait(FlashFactoryInfo::new(&mut flash).info());
    assert_eq!(blank, Err(FlashFactoryError::Blank));
    wait(write_factory_page(&mut flash, &FactoryPage::new(&info(), &SECRET))).unwrap();
    let mut factory = FlashFactoryInfo::new(&mut flash);
    assert_eq!(wait(factory.info()), Ok(info()));
    assert_eq!(*wait(factory.label_secret()).unwrap(), SECRET);
    wait(check_factory_info(&mut factory)).unwrap();
    wait(check_factory_info(&mut BlockingAsync::new(MockFactoryInfo::new(info(), SECRET)))).unwrap();
    let again = wait(write_factory_page(&mut flash, &FactoryPage::new(&info(), &SECRET)));
    assert_eq!(again, Err(FlashFactoryError::NotBlank));
}

#[test]
fn a_page_whose_writing_was_cut_off_is_whole_or_refused() {
    for model in CutModel::ALL {
        for after in 0..26 {
            let supply = Supply::new(after);
            let mut flash = BlockingFlash(Flash::new(1, &supply));
            supply.cut_after(after, model);
            let _ = wait(write_factory_page(&mut flash, &FactoryPage::new(&info(), &SECRET)));
            supply.restore();
            let read = wait(FlashFactoryInfo::new(&mut flash).info());
            let fine = [Ok(info()), Err(FlashFactoryError::Blank), Err(FlashFactoryError::Damaged)];
            assert!(fine.contains(&read), "{model:?} after {after}: {read:?}");
        }
    }
}

#[test]
fn serial_numbers_are_printable_and_fit() {
    let with = |serial: &str| DeviceInfo::new(serial, [2; 16], 1, Timestamp::EPOCH, None);
    assert_eq!(with("A1").unwrap().serial_str(), "A1");
    for serial in ["", "a b", "é", "0123456789012345678901234567890123456"] {
        assert_eq!(with(serial), None, "{serial}");
    }
}

#[test]
fn the_suite_of_factories_finds_each_thing_that_is_wrong() {
    let found =
        |info, secret| wait(check_factory_info(&mut BlockingAsync::new(MockFactoryInfo::new(info, secret))));
    let mut classless = info();
    classless.class = [0; 16];
    assert_eq!(found(classless, SECRET), Err(FactoryInfoViolation::Nameless));
    assert_eq!(found(info(), [7; 16]), Err(FactoryInfoViolation::KnownSecret));
    let blank = wait(check_factory_info(&mut BlockingAsync::new(MockFactoryInfo::default())));
    assert_eq!(blank, Err(FactoryInfoViolation::Failed(MockBlank)));

    struct Changing(u8);
    impl factory_info::ErrorType for Changing {
        type Error = MockBlank;
    }
    impl blocking::FactoryInfo for Changing {
        fn info(&mut self) -> Result<DeviceInfo, MockBlank> {
            Ok(info())
        }
        fn label_secret(&mut self) -> Result<zeroize::Zeroizing<[u8; 16]>, MockBlank> {
            self.0 += 1;
            let mut secret = SECRET;
            secret[0] = self.0;
            Ok(secret.into())
        }
    }
    let changes = wait(check_factory_info(&mut BlockingAsync::new(Changing(0))));
    assert_eq!(changes, Err(FactoryInfoViolation::Changes));
}

proptest! {
    #[test]
    fn any_page_with_a_bit_flipped_is_refused(place in 0usize..FactoryPage::LEN, bit in 0u8..8) {
        let mut flash = Flash::new(1, &Supply::new(0));
        wait(write_factory_page(&mut BlockingFlash(&mut flash), &FactoryPage::new(&info(), &SECRET))).unwrap();
        flash.cells_mut()[place] ^= 1 << bit;
        let read = wait(FlashFactoryInfo::new(BlockingFlash(&mut flash)).info());
        prop_assert_eq!(read, Err(FlashFactoryError::Damaged));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), FactoryPage::LEN)) {
        let mut flash = Flash::new(1, &Supply::new(0));
        flash.cells_mut()[..FactoryPage::LEN].copy_from_slice(&bytes);
        prop_assert!(wait(FlashFactoryInfo::new(BlockingFlash(&mut flash)).info()).is_err());
    }
}
