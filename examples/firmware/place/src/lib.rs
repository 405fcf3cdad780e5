//! Futures that are made where they stay, and polled in frames of their own.
//!
//! A future of a whole device has kilobytes. Made as a value and then moved, as `join(run())` does, it lies on the stack of whoever polls for as long as
//! that polls, beside the place where it lives; and polled where it was made, what each of its parts needs adds up. [`begin`] makes a future in a call of its
//! own, and [`live`] polls it in one: of several parts the stack takes the largest.
//!
//! ```text
//! let mut bus = pin!(None);
//! begin(bus.as_mut(), || bus::run(&world));
//! join(live(bus), …).await
//! ```
#![no_std]
#![forbid(unsafe_code)]

use core::pin::Pin;
use core::task::{Context, Poll};

/// Makes a future in its place.
#[inline(never)]
pub fn begin<F>(mut place: Pin<&mut Option<F>>, make: impl FnOnce() -> F) {
    place.set(Some(make()));
}

/// Runs what was made in a place; for ever where nothing was.
pub const fn live<F: Future>(place: Pin<&mut Option<F>>) -> Live<'_, F> {
    Live(place)
}

/// See [`live`].
#[derive(Debug)]
pub struct Live<'p, F>(Pin<&'p mut Option<F>>);

impl<F: Future> Future for Live<'_, F> {
    type Output = F::Output;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Pending,
        }
    }
}
