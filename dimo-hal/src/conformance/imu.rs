//! The contract of [`Imu`].

use core::fmt::Debug;

use thiserror::Error;

use crate::imu::{Imu, Motion, MotionThreshold};

/// Checks an accelerometer that lies still until `push` moves it by more than 250 mg. It is disarmed in the end.
///
/// # Errors
///
/// The first [`ImuViolation`] found.
pub async fn check_imu<I: Imu>(imu: &mut I, push: impl FnOnce(&mut I)) -> Result<(), ImuViolation<I::Error>> {
    use ImuViolation as V;
    let rest = imu.acceleration().await?;
    // A tenth off one g, which is what parts of this kind are off at the most.
    if !(900 * 900..=1_100 * 1_100).contains(&rest.square()) {
        return Err(V::NoGravity { square: rest.square() });
    }
    let wanted = MotionThreshold::PARKED;
    let threshold = imu.arm(wanted).await?;
    if threshold.mg() < wanted.mg() || threshold.lasting() < wanted.lasting() || threshold.mg() > 250 {
        return Err(V::Threshold { threshold });
    }
    if imu.take_motion().await? == Motion::Moved {
        return Err(V::MovesByItself);
    }
    push(imu);
    if imu.take_motion().await? == Motion::Still {
        return Err(V::FeelsNothing);
    }
    imu.disarm().await?;
    if imu.take_motion().await? == Motion::Moved { Err(V::NeverForgets) } else { Ok(()) }
}

/// How an accelerometer breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImuViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// At rest it does not feel one g.
    #[error("at rest it feels the root of {square} mg")]
    NoGravity {
        /// The square of what it feels, in mg².
        square: u64,
    },
    /// It has a lower threshold than it was asked for, or a much higher one.
    #[error("it has a threshold of {threshold:?}")]
    Threshold {
        /// Which it has.
        threshold: MotionThreshold,
    },
    /// It reports a motion that was none.
    #[error("it moves by itself")]
    MovesByItself,
    /// It does not report a motion.
    #[error("it feels nothing")]
    FeelsNothing,
    /// A motion that was reported is reported again.
    #[error("it never forgets a motion")]
    NeverForgets,
}

impl<E: crate::imu::Error> From<E> for ImuViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
