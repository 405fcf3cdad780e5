//! [`wait`]: an async call without an executor, where everything under it blocks.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

/// Runs a future to its end on the spot. For boot loaders, tests and threads: with [`BlockingAsync`](crate::BlockingAsync) and
/// [`BlockingFlash`](crate::flash::BlockingFlash) below, the first poll is the last; a future that waits for an interrupt keeps the core busy.
pub fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => core::hint::spin_loop(),
        }
    }
}
