//! Motion: [`Imu`], an accelerometer that wakes the device.
//!
//! [`Lis2dh12`] is one, of ST.

mod lis2dh12;

use core::time::Duration;

use crate::twin::error_type;

pub use lis2dh12::{Lis2dh12, Lis2dh12Error};

error_type!("an accelerometer");

/// Why an accelerometer failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bus to it failed, or it does not answer.
    Bus,
    /// Another part answers, or what was written does not read back.
    Part,
    /// It cannot do this.
    Unsupported,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Bus, Self::Part, Self::Unsupported, Self::Other];
}

/// Acceleration in thousandths of standard gravity (mg) along each axis of the part. At rest, gravity alone: about 1,000 in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "space has three axes")]
pub struct Acceleration {
    /// Along x.
    pub x_mg: i32,
    /// Along y.
    pub y_mg: i32,
    /// Along z.
    pub z_mg: i32,
}

impl Acceleration {
    /// The square of its length, in mg².
    #[must_use]
    pub const fn square(self) -> u64 {
        let (x, y, z) = (
            self.x_mg.unsigned_abs() as u64,
            self.y_mg.unsigned_abs() as u64,
            self.z_mg.unsigned_abs() as u64,
        );
        (x * x).saturating_add(y * y).saturating_add(z * z)
    }
}

/// What counts as motion: a change of acceleration of at least this much, for at least this long. Gravity does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MotionThreshold {
    mg: u16,
    lasting: Duration,
}

impl MotionThreshold {
    /// A vehicle that is pushed or drives off, and not a lorry that passes by: 64 mg, at once.
    pub const PARKED: Self = Self { mg: 64, lasting: Duration::ZERO };

    /// At least `mg` for `lasting`.
    ///
    /// # Errors
    ///
    /// [`ThresholdError`] outside 16 to 2,000 mg, and from 10 s on.
    pub const fn new(mg: u16, lasting: Duration) -> Result<Self, ThresholdError> {
        if mg < 16 || mg > 2_000 || lasting.as_secs() >= 10 {
            return Err(ThresholdError { mg, lasting });
        }
        Ok(Self { mg, lasting })
    }

    /// The change, in mg.
    #[must_use]
    pub const fn mg(self) -> u16 {
        self.mg
    }

    /// For how long.
    #[must_use]
    pub const fn lasting(self) -> Duration {
        self.lasting
    }
}

/// No threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a threshold is 16 to 2,000 mg for less than 10 s, not {mg} mg for {lasting:?}")]
#[non_exhaustive]
pub struct ThresholdError {
    /// The change, in mg.
    pub mg: u16,
    /// For how long.
    pub lasting: Duration,
}

/// Whether the vehicle was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum Motion {
    /// Not since it was asked last.
    Still,
    /// It was.
    Moved,
}

/// An accelerometer that watches while everything else sleeps.
///
/// # Contract for makers
///
/// - Armed, it draws less than 50 microamperes, and raises its wake line at a motion and keeps it up until [`take_motion`](Self::take_motion).
/// - [`arm`](Self::arm) says the threshold that it really has, which is the one asked for or the next one above it.
/// - It reads at least ±2 g.
///
/// # Contract for callers
///
/// - Arm it on a vehicle that stands: what the part feels then is what it takes for rest.
/// - Cancel safety: a dropped `acceleration` may leave it running; disarm it, or arm it again. A dropped `arm` leaves it armed, not armed, or in between; arm again. A dropped `take_motion` may have forgotten a motion.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait Imu: ErrorType {
    /// What it feels now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`], [`ErrorKind::Part`].
    async fn acceleration(&mut self) -> Result<Acceleration, Self::Error>;

    /// Watches for motion from now on, and says the threshold that it has. What it felt before is forgotten.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`], [`ErrorKind::Part`], [`ErrorKind::Unsupported`] above what it can measure.
    async fn arm(&mut self, threshold: MotionThreshold) -> Result<MotionThreshold, Self::Error>;

    /// Whether it was moved since it was armed or asked last. The wake line goes down.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`]; [`ErrorKind::Part`] when the part has lost its power since it was armed: arm it again.
    async fn take_motion(&mut self) -> Result<Motion, Self::Error>;

    /// Watches no more, and draws the least it can.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bus`].
    async fn disarm(&mut self) -> Result<(), Self::Error>;
}
