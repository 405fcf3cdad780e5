//! [`StdDelay`]: waiting without an executor's timer.

use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;
use std::time::Instant;

use embedded_hal_async::delay::DelayNs;

/// A delay that looks at the clock each time it is polled, and asks to be polled again at once. Right under any executor and under
/// [`wait`](crate::wait), at the price of a busy core: a gateway brings the timer of its executor.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdDelay;

impl DelayNs for StdDelay {
    async fn delay_ns(&mut self, ns: u32) {
        let (start, length) = (Instant::now(), Duration::from_nanos(ns.into()));
        poll_fn(|context| {
            if start.elapsed() >= length {
                return Poll::Ready(());
            }
            std::thread::yield_now();
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
