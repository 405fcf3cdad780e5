//! [`within`]: a future, or a timeout.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use embedded_hal_async::delay::DelayNs;

/// The time was up first.
pub(super) struct Elapsed;

/// Runs `future` for at most `limit`.
pub(super) async fn within<F: Future>(
    delay: &mut impl DelayNs,
    limit: Duration,
    future: F,
) -> Result<F::Output, Elapsed> {
    let millis = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
    let (mut future, mut timer) = (pin!(future), pin!(delay.delay_ms(millis)));
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        timer.as_mut().poll(context).map(|()| Err(Elapsed))
    })
    .await
}
