//! Movement: what shows that a vehicle moved as its device says, and whether it agrees with itself (DIP-4, Pairing &
//! Connectivity: "Proof of Movement Certification").

mod cell;
mod check;
mod compare;
mod course;
mod distance;
mod evidence;
mod motion;
mod tolerance;
mod verdict;

pub use check::check_movement;
pub(crate) use distance::EARTH_RADIUS_M;
pub use evidence::{BusSpeed, GnssFix, MotionSummary, MovementEvidence, ServingCell};
pub use tolerance::MovementTolerance;
pub use verdict::{Margin, MovementConclusion, MovementTest, MovementVerdict, NotMade, TestOutcome};
