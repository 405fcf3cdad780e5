//! [`Lis2dh12`]: the driver of ST's LIS2DH12 and LIS3DH, by their data sheets.

use core::fmt::Debug;
use core::time::Duration;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;
use thiserror::Error;

use super::{Acceleration, Error, ErrorKind, ErrorType, Imu, Motion, MotionThreshold};

/// ST's LIS2DH12 or LIS3DH on I2C, its INT1 pin at the wake line of the board.
///
/// It runs in low-power mode, 10 times a second, ±2 g, some 4 microamperes; its high-pass filter takes gravity out of what counts as motion. A step of the threshold is 16 mg, one of the duration 100 ms.
///
/// A part that lost its power watches no more, and [`take_motion`](Imu::take_motion) says so: [`Lis2dh12Error::NotArmed`]. Arm it again.
#[derive(Debug)]
pub struct Lis2dh12<I, D> {
    bus: I,
    delay: D,
    address: u8,
}

mod register {
    pub(super) const WHO_AM_I: u8 = 0x0F;
    pub(super) const CTRL_REG1: u8 = 0x20;
    pub(super) const CTRL_REG2: u8 = 0x21;
    pub(super) const CTRL_REG3: u8 = 0x22;
    pub(super) const CTRL_REG4: u8 = 0x23;
    pub(super) const CTRL_REG5: u8 = 0x24;
    pub(super) const REFERENCE: u8 = 0x26;
    pub(super) const STATUS: u8 = 0x27;
    pub(super) const OUT_X_L: u8 = 0x28;
    pub(super) const INT1_CFG: u8 = 0x30;
    pub(super) const INT1_SRC: u8 = 0x31;
    pub(super) const INT1_THS: u8 = 0x32;
    pub(super) const INT1_DURATION: u8 = 0x33;
    /// Several registers in one transfer.
    pub(super) const SEQUENCE: u8 = 0x80;
}

const IDENTITY: u8 = 0x33;
/// 10 Hz, low power, all axes.
const RUN: u8 = 0b0010_1111;
/// The high-pass filter for the first interrupt.
const FILTER: u8 = 0b0000_0001;
/// The first interrupt at INT1.
const TO_PIN: u8 = 0b0100_0000;
/// The interrupt stays until it is read.
const LATCHED: u8 = 0b0000_1000;
/// Any axis above the threshold.
const ANY_AXIS: u8 = 0b0010_1010;
/// New values on all axes.
const ALL_NEW: u8 = 0b0000_1000;
const STEP_MG: u16 = 16;
const STEP_MS: u128 = 100;
/// It has new values a tenth of a second after it was woken; it is asked for half a second.
const POLLS: u32 = 50;
const POLL_MS: u32 = 10;

impl<I: I2c, D: DelayNs> Lis2dh12<I, D> {
    /// Over this bus, at 0x18 or 0x19 as its SA0 pin says. The delay is what it waits with for new values. Nothing is sent yet.
    pub const fn new(bus: I, address: u8, delay: D) -> Self {
        Self { bus, delay, address }
    }

    /// Gives the bus back.
    pub fn into_inner(self) -> I {
        self.bus
    }

    async fn read(&mut self, register: u8) -> Result<u8, Lis2dh12Error<I::Error>> {
        let mut value = [0];
        let read = self.bus.write_read(self.address, &[register], &mut value).await;
        read.map_err(Lis2dh12Error::Bus)?;
        let [value] = value;
        Ok(value)
    }

    async fn write(&mut self, register: u8, value: u8) -> Result<(), Lis2dh12Error<I::Error>> {
        self.bus.write(self.address, &[register, value]).await.map_err(Lis2dh12Error::Bus)
    }

    /// Writes and reads back: a part that lost its power in between has its defaults.
    async fn set(&mut self, register: u8, value: u8) -> Result<(), Lis2dh12Error<I::Error>> {
        self.write(register, value).await?;
        let read = self.read(register).await?;
        if read == value { Ok(()) } else { Err(Lis2dh12Error::ReadBack { register, value, read }) }
    }

    async fn run(&mut self) -> Result<(), Lis2dh12Error<I::Error>> {
        let identity = self.read(register::WHO_AM_I).await?;
        if identity != IDENTITY {
            return Err(Lis2dh12Error::OtherPart { identity });
        }
        self.set(register::CTRL_REG1, RUN).await?;
        self.set(register::CTRL_REG4, 0).await
    }

    async fn measure(&mut self) -> Result<Acceleration, Lis2dh12Error<I::Error>> {
        for _ in 0..POLLS {
            if self.read(register::STATUS).await? & ALL_NEW != 0 {
                let mut raw = [0; 6];
                let first = register::OUT_X_L | register::SEQUENCE;
                let read = self.bus.write_read(self.address, &[first], &mut raw).await;
                read.map_err(Lis2dh12Error::Bus)?;
                let [_, x, _, y, _, z] = raw;
                // In low-power mode the upper byte is the value, 16 mg a step.
                let mg = |high: u8| i32::from(high.cast_signed()) * i32::from(STEP_MG);
                return Ok(Acceleration { x_mg: mg(x), y_mg: mg(y), z_mg: mg(z) });
            }
            self.delay.delay_ms(POLL_MS).await;
        }
        Err(Lis2dh12Error::Silent)
    }
}

impl<I: I2c, D> ErrorType for Lis2dh12<I, D> {
    type Error = Lis2dh12Error<I::Error>;
}

impl<I: I2c, D: DelayNs> Imu for Lis2dh12<I, D> {
    async fn acceleration(&mut self) -> Result<Acceleration, Self::Error> {
        let before = self.read(register::CTRL_REG1).await?;
        if before == RUN {
            return self.measure().await;
        }
        self.run().await?;
        let measured = self.measure().await;
        // It was off, and is so again.
        self.set(register::CTRL_REG1, before).await?;
        measured
    }

    async fn arm(&mut self, threshold: MotionThreshold) -> Result<MotionThreshold, Self::Error> {
        let steps = threshold.mg().div_ceil(STEP_MG);
        let steps = u8::try_from(steps).ok().filter(|steps| *steps < 128);
        let steps = steps.ok_or(Lis2dh12Error::Range)?;
        let periods = threshold.lasting().as_millis().div_ceil(STEP_MS);
        let periods = u8::try_from(periods).ok().filter(|periods| *periods < 128);
        let periods = periods.ok_or(Lis2dh12Error::Range)?;
        let lasting = Duration::from_millis(u64::from(periods) * 100);
        let has =
            MotionThreshold::new(u16::from(steps) * STEP_MG, lasting).map_err(|_| Lis2dh12Error::Range)?;
        self.run().await?;
        self.set(register::INT1_CFG, 0).await?;
        self.set(register::CTRL_REG2, FILTER).await?;
        self.set(register::CTRL_REG3, TO_PIN).await?;
        self.set(register::CTRL_REG5, LATCHED).await?;
        self.set(register::INT1_THS, steps).await?;
        self.set(register::INT1_DURATION, periods).await?;
        // Reading this makes what is felt now the rest that motion is measured from.
        let _ = self.read(register::REFERENCE).await?;
        let _ = self.read(register::INT1_SRC).await?;
        self.set(register::INT1_CFG, ANY_AXIS).await?;
        Ok(has)
    }

    async fn take_motion(&mut self) -> Result<Motion, Self::Error> {
        // Without power both have their defaults, and disarmed it is switched off, which is none.
        let watches = self.read(register::INT1_CFG).await? == ANY_AXIS;
        if !watches && self.read(register::CTRL_REG1).await? != 0 {
            return Err(Lis2dh12Error::NotArmed);
        }
        let source = self.read(register::INT1_SRC).await?;
        Ok(if source & 0b0100_0000 == 0 { Motion::Still } else { Motion::Moved })
    }

    async fn disarm(&mut self) -> Result<(), Self::Error> {
        self.set(register::INT1_CFG, 0).await?;
        self.set(register::CTRL_REG1, 0).await
    }
}

/// Why a [`Lis2dh12`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Lis2dh12Error<E: Debug> {
    /// The bus failed, or nothing answers at the address.
    #[error("the bus failed: {0:?}")]
    Bus(E),
    /// Another part answers.
    #[error("another part answers, {identity:#04x}")]
    OtherPart {
        /// What it calls itself.
        identity: u8,
    },
    /// A register does not keep what was written.
    #[error("register {register:#04x} reads {read:#04x} and not {value:#04x}")]
    ReadBack {
        /// Which.
        register: u8,
        /// What was written.
        value: u8,
        /// What it reads.
        read: u8,
    },
    /// It measures nothing.
    #[error("it measures nothing")]
    Silent,
    /// Above 2,000 mg, or longer than 9.9 s.
    #[error("the threshold is out of its range")]
    Range,
    /// It watches nothing: it was not armed, or has lost its power since. Arm it.
    #[error("it is not armed")]
    NotArmed,
}

impl<E: Debug> Error for Lis2dh12Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(_) => ErrorKind::Bus,
            Self::OtherPart { .. } | Self::ReadBack { .. } | Self::Silent | Self::NotArmed => ErrorKind::Part,
            Self::Range => ErrorKind::Unsupported,
        }
    }
}
