//! What the standard library of a computer can do for a device: [`StdMonotonic`], [`StdClock`] and [`StdDelay`].
//!
//! For gateways, simulations and tests.

mod clock;
mod delay;

pub use clock::{StdClock, StdMonotonic};
pub use delay::StdDelay;
