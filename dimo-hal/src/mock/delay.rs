//! [`MockDelay`]: waiting that takes no time.

use core::time::Duration;

use embedded_hal_async::delay::DelayNs;

/// A delay that returns at once and adds up what it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MockDelay {
    waited: Duration,
}

impl MockDelay {
    /// What it was asked for, in all.
    #[must_use]
    pub const fn waited(&self) -> Duration {
        self.waited
    }
}

impl DelayNs for MockDelay {
    async fn delay_ns(&mut self, ns: u32) {
        self.waited = self.waited.saturating_add(Duration::from_nanos(u64::from(ns)));
    }
}
