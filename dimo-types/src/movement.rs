//! Movement: what shows that a vehicle moved as its device says, and whether it agrees with itself (DIP-4, Pairing &
//! Connectivity: "Proof of Movement Certification").

mod evidence;

pub use evidence::{BusSpeed, GnssFix, MotionSummary, MovementEvidence, ServingCell};
