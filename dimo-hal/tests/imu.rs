//! Accelerometers: the mock, and the driver of the LIS2DH12 over a simulator of its registers.
#![cfg(feature = "dev")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

use core::time::Duration;

use dimo_hal::conformance::{ImuViolation, check_imu};
use dimo_hal::imu::{
    Acceleration, Error as _, ErrorKind, ErrorType, Imu as _, Lis2dh12, Lis2dh12Error, Motion,
    MotionThreshold,
};
use dimo_hal::mock::{MockDelay, MockImu};
use dimo_hal::{BlockingAsync, blocking, wait};
use embedded_hal_async::i2c::{self, I2c, Operation};

const ADDRESS: u8 = 0x19;

/// What the data sheet says of the registers that the driver uses.
struct Chip {
    registers: [u8; 64],
    feels: [i8; 3],
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    NoAnswer,
    OtherPart,
    StuckBits,
    NeverNew,
}

#[derive(Debug, PartialEq)]
struct Nack;

impl i2c::Error for Nack {
    fn kind(&self) -> i2c::ErrorKind {
        i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Address)
    }
}

impl i2c::ErrorType for Chip {
    type Error = Nack;
}

impl Chip {
    fn new(fault: Fault) -> Self {
        let mut registers = [0; 64];
        registers[0x0F] = if fault == Fault::OtherPart { 0x41 } else { 0x33 };
        // Its default: switched off.
        registers[0x20] = 0b111;
        Self { registers, feels: [0, 0, 62], fault }
    }

    /// A push along x, by so many steps of 16 mg.
    fn push(&mut self, steps: i8) {
        self.feels[0] = steps;
        let runs = self.registers[0x20] >> 4 != 0;
        if runs && self.registers[0x30] & 0b10 != 0 && steps.unsigned_abs() >= self.registers[0x32] {
            self.registers[0x31] = 0b0100_0010;
        }
    }

    fn loses_power(&mut self) {
        self.registers = Self::new(self.fault).registers;
    }

    fn read(&mut self, register: u8) -> u8 {
        let place = usize::from(register);
        match register {
            0x27 if self.fault != Fault::NeverNew => 0b1000,
            0x28..=0x2D if register % 2 == 1 => self.feels[(place - 0x29) / 2].cast_unsigned(),
            0x31 => std::mem::take(&mut self.registers[0x31]),
            _ => self.registers[place],
        }
    }
}

impl I2c for Chip {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Nack> {
        if address != ADDRESS || self.fault == Fault::NoAnswer {
            return Err(Nack);
        }
        let mut pointer = 0;
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    pointer = bytes[0];
                    for value in &bytes[1..] {
                        let stuck = self.fault == Fault::StuckBits && pointer == 0x32;
                        self.registers[usize::from(pointer & 0x3F)] = if stuck { 0 } else { *value };
                    }
                }
                Operation::Read(bytes) => {
                    for byte in bytes.iter_mut() {
                        *byte = self.read(pointer & 0x3F);
                        if pointer & 0x80 != 0 {
                            pointer += 1;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

#[test]
fn the_mock_and_the_lis2dh12_keep_the_contract() {
    wait(check_imu(&mut BlockingAsync::new(MockImu::default()), |imu| imu.get_mut().push(300))).unwrap();
    // The chip is pushed behind the driver's back, so the driver borrows it anew.
    let mut chip = Chip::new(Fault::None);
    let mut imu = Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default());
    let rest = wait(imu.acceleration()).unwrap();
    assert_eq!(rest, Acceleration { x_mg: 0, y_mg: 0, z_mg: 992 });
    let threshold = wait(imu.arm(MotionThreshold::new(70, Duration::from_millis(150)).unwrap())).unwrap();
    assert_eq!((threshold.mg(), threshold.lasting()), (80, Duration::from_millis(200)));
    assert_eq!(wait(imu.take_motion()), Ok(Motion::Still));
    chip.push(4);
    assert_eq!(
        wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).take_motion()),
        Ok(Motion::Still),
        "64 mg are not 80"
    );
    chip.push(5);
    let mut imu = Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default());
    assert_eq!(wait(imu.take_motion()), Ok(Motion::Moved));
    assert_eq!(wait(imu.take_motion()), Ok(Motion::Still), "it is reported once");
    wait(imu.disarm()).unwrap();
    chip.push(100);
    assert_eq!(
        wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).take_motion()),
        Ok(Motion::Still)
    );
}

#[test]
fn faults_of_bus_and_part_are_told_apart() {
    let armed = |fault| {
        wait(Lis2dh12::new(Chip::new(fault), ADDRESS, MockDelay::default()).arm(MotionThreshold::PARKED))
            .unwrap_err()
    };
    assert_eq!(armed(Fault::NoAnswer), Lis2dh12Error::Bus(Nack));
    assert_eq!(armed(Fault::OtherPart), Lis2dh12Error::OtherPart { identity: 0x41 });
    assert_eq!(armed(Fault::StuckBits), Lis2dh12Error::ReadBack { register: 0x32, value: 4, read: 0 });
    let silent =
        wait(Lis2dh12::new(Chip::new(Fault::NeverNew), ADDRESS, MockDelay::default()).acceleration())
            .unwrap_err();
    assert_eq!((silent.kind(), armed(Fault::NoAnswer).kind()), (ErrorKind::Part, ErrorKind::Bus));
    let nobody = wait(Lis2dh12::new(Chip::new(Fault::None), 0x18, MockDelay::default()).disarm());
    assert_eq!(nobody, Err(Lis2dh12Error::Bus(Nack)));
}

#[test]
fn a_threshold_that_is_refused_arms_nothing() {
    let mut chip = Chip::new(Fault::None);
    for millis in [9_901, 9_999] {
        let long = MotionThreshold::new(64, Duration::from_millis(millis)).unwrap();
        let refused = wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).arm(long));
        assert_eq!(refused, Err(Lis2dh12Error::Range));
    }
    assert_eq!(chip.registers, Chip::new(Fault::None).registers, "nothing was written");
    let longest = MotionThreshold::new(2_000, Duration::from_millis(9_900)).unwrap();
    assert_eq!(wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).arm(longest)), Ok(longest));
}

#[test]
fn a_part_that_lost_its_power_says_that_it_watches_no_more() {
    let mut chip = Chip::new(Fault::None);
    wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).arm(MotionThreshold::PARKED)).unwrap();
    chip.loses_power();
    let mut imu = Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default());
    assert_eq!(wait(imu.take_motion()), Err(Lis2dh12Error::NotArmed));
    wait(imu.acceleration()).unwrap();
    assert_eq!(wait(imu.take_motion()), Err(Lis2dh12Error::NotArmed), "a measurement does not hide it");
    wait(imu.arm(MotionThreshold::PARKED)).unwrap();
    assert_eq!(wait(imu.take_motion()), Ok(Motion::Still));
}

#[test]
fn a_measurement_leaves_the_part_as_it_was() {
    let mut chip = Chip::new(Fault::None);
    let mut imu = Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default());
    wait(imu.arm(MotionThreshold::PARKED)).unwrap();
    wait(imu.acceleration()).unwrap();
    assert_eq!(wait(imu.take_motion()), Ok(Motion::Still), "it is still armed");
    wait(imu.disarm()).unwrap();
    wait(imu.acceleration()).unwrap();
    assert_eq!(chip.registers[0x20], 0, "it is still off");
    chip.fault = Fault::NeverNew;
    let silent = wait(Lis2dh12::new(&mut chip, ADDRESS, MockDelay::default()).acceleration());
    assert_eq!((silent, chip.registers[0x20]), (Err(Lis2dh12Error::Silent), 0));
}

#[test]
fn thresholds_that_no_part_measures_are_refused() {
    for (mg, lasting) in [(15, 0), (2_001, 0), (64, 10_000)] {
        assert!(MotionThreshold::new(mg, Duration::from_millis(lasting)).is_err());
    }
    assert!(MotionThreshold::new(16, Duration::from_millis(9_999)).is_ok());
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    Floats,
    IsTooFine,
    MovesByItself,
    FeelsNothing,
    NeverForgets,
}

struct Bad(MockImu, Wrong);

impl ErrorType for Bad {
    type Error = core::convert::Infallible;
}

impl blocking::Imu for Bad {
    fn acceleration(&mut self) -> Result<Acceleration, Self::Error> {
        if self.1 == Wrong::Floats { Ok(Acceleration::default()) } else { self.0.acceleration() }
    }

    fn arm(&mut self, threshold: MotionThreshold) -> Result<MotionThreshold, Self::Error> {
        let has = self.0.arm(threshold)?;
        let finer = MotionThreshold::new(16, Duration::ZERO).unwrap();
        Ok(if self.1 == Wrong::IsTooFine { finer } else { has })
    }

    fn take_motion(&mut self) -> Result<Motion, Self::Error> {
        let motion = self.0.take_motion()?;
        Ok(match self.1 {
            Wrong::MovesByItself => Motion::Moved,
            Wrong::FeelsNothing => Motion::Still,
            Wrong::NeverForgets if self.0.acceleration()?.x_mg != 0 => Motion::Moved,
            _ => motion,
        })
    }

    fn disarm(&mut self) -> Result<(), Self::Error> {
        self.0.disarm()
    }
}

#[test]
fn the_suite_finds_each_thing_that_is_wrong() {
    let found = |wrong| {
        let mut bad = BlockingAsync::new(Bad(MockImu::default(), wrong));
        wait(check_imu(&mut bad, |imu| imu.get_mut().0.push(300))).unwrap_err()
    };
    assert_eq!(found(Wrong::Floats), ImuViolation::NoGravity { square: 0 });
    assert!(matches!(found(Wrong::IsTooFine), ImuViolation::Threshold { .. }));
    assert_eq!(found(Wrong::MovesByItself), ImuViolation::MovesByItself);
    assert_eq!(found(Wrong::FeelsNothing), ImuViolation::FeelsNothing);
    assert_eq!(found(Wrong::NeverForgets), ImuViolation::NeverForgets);
}
