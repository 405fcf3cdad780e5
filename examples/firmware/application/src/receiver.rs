//! [`run`]: where the vehicle is, and what time.

use dimo_hal::Gnss;
use dimo_hal::clock::Monotonic as _;
use dimo_hal::gnss::{Locator, LocatorPolicy, NmeaReceiver};
use embassy_time::{Duration, Timer};

use crate::hardware::Hardware;
use crate::world::{Ticks, World};

/// A position is recorded so often.
const EVERY: core::time::Duration = core::time::Duration::from_secs(10);
/// A receiver that fails is asked again after this time.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs for ever.
pub(crate) async fn run<H: Hardware>(world: &World<H>, line: H::Receiver) {
    let mut receiver = NmeaReceiver::new(line);
    let mut told = None;
    let mut locator = Locator::new(LocatorPolicy::USUAL);
    loop {
        match receiver.next_report().await {
            Ok(report) => {
                locator.handle(&report, &mut *world.clock.borrow_mut());
                let now = Ticks.uptime();
                if told.is_none_or(|told| now.since(told) >= EVERY)
                    && let Some(position) = locator.position(now).and_then(|fix| fix.location().ok())
                {
                    world.position.set(Some(position));
                    told = Some(now);
                }
            }
            Err(_) => Timer::after(PAUSE).await,
        }
    }
}
