//! [`Fetch`]: one value of the vehicle, asked for anew at every read and never cached longer than one.

use core::time::Duration;

use dimo_types::Timestamp;

use super::value::{Value, from_offset};
use super::{AttError, StaleJob};
use crate::JobId;
use crate::limits::after;

/// How long an answer that came too late for its read waits for the next one.
const LATE_ANSWER: Duration = Duration::from_secs(10);

/// Numbers jobs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jobs(u32);

impl Jobs {
    pub(super) const fn new() -> Self {
        Self(0)
    }

    pub(super) const fn next(&mut self) -> JobId {
        let id = JobId(self.0);
        self.0 = self.0.wrapping_add(1);
        id
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fetch<const N: usize> {
    /// Nobody wants it.
    Idle,
    /// The vehicle is being asked.
    Asked { job: JobId, until: Timestamp, handed_out: bool },
    /// The vehicle has answered, nobody has read it yet.
    Answered { value: Value<N>, until: Timestamp },
    /// It was read from its start; the rest of it may be read too.
    Told(Value<N>),
}

impl<const N: usize> Fetch<N> {
    /// The value from `offset`, or `None` while the vehicle is being asked.
    pub(super) fn read(
        &mut self,
        now: Timestamp,
        offset: u16,
        jobs: &mut Jobs,
        limit: Duration,
    ) -> Result<Option<&[u8]>, AttError> {
        if offset == 0 {
            match *self {
                Self::Answered { value, until } if now < until => *self = Self::Told(value),
                Self::Asked { until, .. } if now < until => {}
                _ => *self = Self::Asked { job: jobs.next(), until: after(now, limit), handed_out: false },
            }
        }
        match self {
            Self::Told(value) => from_offset(value.as_bytes(), offset).map(Some),
            Self::Asked { .. } if offset == 0 => Ok(None),
            _ => Err(AttError::InvalidOffset),
        }
    }

    pub(super) fn answer(
        &mut self,
        now: Timestamp,
        answered: JobId,
        value: Value<N>,
    ) -> Result<(), StaleJob> {
        match *self {
            Self::Asked { job, .. } if job == answered => {
                *self = Self::Answered { value, until: after(now, LATE_ANSWER) };
                Ok(())
            }
            _ => Err(StaleJob { job: answered }),
        }
    }

    /// The job, once.
    pub(super) const fn poll(&mut self) -> Option<JobId> {
        match self {
            Self::Asked { job, handed_out, .. } if !*handed_out => {
                *handed_out = true;
                Some(*job)
            }
            _ => None,
        }
    }
}
