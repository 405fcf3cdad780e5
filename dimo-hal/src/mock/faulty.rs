//! [`Faulty`]: faults in front of any implementation of any trait.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use thiserror::Error;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallFault {
    /// It fails before it reached the part.
    Refused,
    /// It was done, and fails: the answer is lost.
    AnswerLost,
    /// Flash only: half of the bytes are written, or one bit is read otherwise. Any other call loses its answer.
    Torn,
    /// It takes so many polls longer, and is not harmed. [`u32::MAX`]: it hangs.
    Delayed {
        /// How many.
        polls: u32,
    },
}

/// Any implementation of any async trait of this crate, or of a NOR flash, some of whose calls go wrong, always the same ones. An injected error is of each kind that the trait has, in turn.
///
/// Calls are counted from 1, those of all methods together. For a blocking implementation wrap it in [`BlockingAsync`](crate::BlockingAsync) first.
///
/// # Example: an answer that is lost
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use dimo_hal::mock::{CallFault, FaultError, Faulty, MockWatchdog};
/// use dimo_hal::watchdog::{ErrorKind, Watchdog};
/// use dimo_hal::{BlockingAsync, wait};
/// use core::time::Duration;
///
/// let mut watchdog = Faulty::new(BlockingAsync::new(MockWatchdog::default())).nth(1, CallFault::AnswerLost);
/// let first = wait(watchdog.start(Duration::from_secs(1)));
/// assert_eq!(first, Err(FaultError::Injected(ErrorKind::Range)));
/// // It runs all the same.
/// assert!(matches!(wait(watchdog.start(Duration::from_secs(1))), Err(FaultError::Inner(_))));
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Faulty<T> {
    inner: T,
    rules: [Option<Rule>; 4],
    calls: u32,
    injected: u32,
}

#[derive(Clone, Copy, Debug)]
struct Rule {
    when: When,
    fault: CallFault,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Nth(u32),
    Every(u32),
    OneIn { calls: u32, seed: u32 },
}

impl<T> Faulty<T> {
    /// Without faults.
    pub const fn new(inner: T) -> Self {
        Self { inner, rules: [None; 4], calls: 0, injected: 0 }
    }

    /// The `n`th call suffers `fault`. At most four rules; a fifth is not taken, and the first that fits counts.
    #[must_use]
    pub fn nth(self, n: u32, fault: CallFault) -> Self {
        self.rule(When::Nth(n), fault)
    }

    /// Every `n`th call suffers `fault`; 0 means none.
    #[must_use]
    pub fn every(self, n: u32, fault: CallFault) -> Self {
        self.rule(When::Every(n), fault)
    }

    /// About one in so many calls suffers `fault`, others for another seed; 0 means none.
    #[must_use]
    pub fn one_in(self, calls: u32, seed: u32, fault: CallFault) -> Self {
        self.rule(When::OneIn { calls, seed }, fault)
    }

    fn rule(mut self, when: When, fault: CallFault) -> Self {
        if let Some(place) = self.rules.iter_mut().find(|rule| rule.is_none()) {
            *place = Some(Rule { when, fault });
        }
        self
    }

    /// How many calls there were.
    #[must_use]
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// How many errors were injected.
    #[must_use]
    pub const fn injected(&self) -> u32 {
        self.injected
    }

    /// What is behind the faults.
    pub const fn get_ref(&self) -> &T {
        &self.inner
    }

    /// What is behind the faults.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Gives it back.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Counts a call, and waits if it is to be late.
    pub(crate) async fn begin(&mut self) -> Option<CallFault> {
        self.calls = self.calls.saturating_add(1);
        match self.rules.iter().flatten().find(|rule| rule.when.fits(self.calls)).map(|rule| rule.fault) {
            Some(CallFault::Delayed { polls }) => {
                Late { polls }.await;
                None
            }
            fault => fault,
        }
    }

    /// The next error to inject.
    pub(crate) fn fault<E, K: Copy>(&mut self, kinds: &[K], other: K) -> FaultError<E, K> {
        let place = usize::try_from(self.injected).unwrap_or(0) % kinds.len().max(1);
        self.injected = self.injected.saturating_add(1);
        FaultError::Injected(kinds.get(place).copied().unwrap_or(other))
    }
}

impl When {
    fn fits(self, call: u32) -> bool {
        match self {
            Self::Nth(n) => call == n,
            Self::Every(n) => n > 0 && call.is_multiple_of(n),
            Self::OneIn { calls, seed } => calls > 0 && mix(call ^ mix(seed)).is_multiple_of(calls),
        }
    }
}

/// A finalizer as hash functions have it: numbers that follow each other come out far apart.
const fn mix(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(0x7FEB_352D);
    let value = (value ^ (value >> 15)).wrapping_mul(0x846C_A68B);
    value ^ (value >> 16)
}

struct Late {
    polls: u32,
}

impl Future for Late {
    type Output = ();

    fn poll(mut self: core::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.polls {
            0 => Poll::Ready(()),
            u32::MAX => Poll::Pending,
            polls => {
                self.polls = polls - 1;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// An error of the part, or one that was put in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum FaultError<E, K> {
    /// It was injected.
    #[error("injected")]
    Injected(K),
    /// It is the part's own.
    #[error("inner")]
    Inner(E),
}

/// Polls a future so many times and drops it, as a timeout or a `select` does; its output when it was done before.
pub fn dropped_after<F: Future>(future: F, polls: u32) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}
