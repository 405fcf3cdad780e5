//! [`Schedule`]: what was set aside at sale, paid out over the months that count.

use core::num::NonZeroU16;

use dimo_types::Wei;
use thiserror::Error;

use crate::Split;

/// What has been paid of `total` after `counted` of `months`: `floor(total x counted / months)`, all of it at the end.
///
/// Cumulative, so that the instalments sum to the total and differ by one wei at most.
///
/// # Example: 35 $DIMO in 24 parts
///
/// ```
/// use core::num::NonZeroU16;
/// use dimo_rewards::paid_after;
/// use dimo_types::Wei;
/// let (total, months) = (Wei::from_dimo(35).unwrap(), NonZeroU16::new(24).unwrap());
/// assert_eq!(paid_after(total, 1, months).to_string(), "1.458333333333333333");
/// assert_eq!(paid_after(total, 2, months).to_string(), "2.916666666666666666");
/// assert_eq!(paid_after(total, 3, months).to_string(), "4.375");
/// assert_eq!(paid_after(total, 24, months), total);
/// ```
#[must_use]
pub fn paid_after(total: Wei, counted: u16, months: NonZeroU16) -> Wei {
    let (months, counted) = (u128::from(months.get()), u128::from(counted.min(months.get())));
    // Quotient and remainder apart: neither product exceeds `total` or 2^32, so nothing overflows.
    Wei::new(total.get() / months * counted + total.get() % months * counted / months)
}

/// The rebate and the team share of one device minting NFT, paid in step over the months that count
/// (DIP-4, Device Minting NFTs: "for twenty four months").
///
/// Call [`pay_month`](Self::pay_month) when a month counts and [`pause`](Self::pause) when it does not;
/// [`resume`](Self::resume) before the next payment. [`end`](Self::end) gives back what will never be paid.
///
/// # Example: a month missed is not a month lost
///
/// ```
/// use dimo_rewards::{BasisPoints, Policy, SaleNumber, Schedule, ScheduleError, ScheduleState};
/// use dimo_types::Wei;
/// let policy = Policy::dip4(BasisPoints::ZERO);
/// let split = policy.split(SaleNumber::FIRST, Wei::from_dimo(50).unwrap())?;
/// let mut schedule = Schedule::new(&split, policy.months);
/// schedule.pay_month()?;
/// schedule.pause()?;
/// assert_eq!(schedule.pay_month(), Err(ScheduleError { state: ScheduleState::Paused }));
/// schedule.resume()?;
/// while schedule.state() == ScheduleState::Running {
///     schedule.pay_month()?;
/// }
/// assert_eq!((schedule.counted(), schedule.paid().rebate), (24, split.rebate()));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    rebate: Wei,
    team: Wei,
    months: NonZeroU16,
    counted: u16,
    state: ScheduleState,
}

/// Where a [`Schedule`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ScheduleState {
    /// The next month that counts is paid.
    Running,
    /// The last month did not count. It can be resumed.
    Paused,
    /// Every month is paid.
    Paid,
    /// Ended before its time; the rest went back.
    Ended,
}

/// The payment of one month, or the sum of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Instalment {
    /// For the provider.
    pub rebate: Wei,
    /// For DIMO Integrations.
    pub team: Wei,
}

impl Schedule {
    /// The schedule of an NFT just sold: nothing paid, running.
    #[must_use]
    pub const fn new(split: &Split, months: NonZeroU16) -> Self {
        Self { rebate: split.rebate(), team: split.team(), months, counted: 0, state: ScheduleState::Running }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> ScheduleState {
        self.state
    }

    /// How many months were paid.
    #[must_use]
    pub const fn counted(&self) -> u16 {
        self.counted
    }

    /// How many months are to be paid in all.
    #[must_use]
    pub const fn months(&self) -> NonZeroU16 {
        self.months
    }

    /// What was paid up to now.
    #[must_use]
    pub fn paid(&self) -> Instalment {
        self.paid_up_to(self.counted)
    }

    /// What is still set aside: nothing once it is paid or ended.
    #[must_use]
    pub fn rest(&self) -> Wei {
        if !self.is_owed() {
            return Wei::ZERO;
        }
        let paid = self.paid();
        // Both parts come from one price, so their sum does not overflow.
        Wei::new((self.rebate.get() - paid.rebate.get()) + (self.team.get() - paid.team.get()))
    }

    /// Whether months are still to be paid, now or after a pause.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        matches!(self.state, ScheduleState::Running | ScheduleState::Paused)
    }

    fn paid_up_to(&self, counted: u16) -> Instalment {
        let part = |total| paid_after(total, counted, self.months);
        Instalment { rebate: part(self.rebate), team: part(self.team) }
    }

    /// Counts a month and returns its payment.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`] unless it is running.
    pub fn pay_month(&mut self) -> Result<Instalment, ScheduleError> {
        self.require(ScheduleState::Running)?;
        let (before, after) = (self.paid(), self.paid_up_to(self.counted + 1));
        self.counted += 1;
        if self.counted == self.months.get() {
            self.state = ScheduleState::Paid;
        }
        // A cumulative floor never falls.
        Ok(Instalment {
            rebate: Wei::new(after.rebate.get() - before.rebate.get()),
            team: Wei::new(after.team.get() - before.team.get()),
        })
    }

    /// Stops counting until it is resumed.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`] unless it is running.
    pub fn pause(&mut self) -> Result<(), ScheduleError> {
        self.require(ScheduleState::Running)?;
        self.state = ScheduleState::Paused;
        Ok(())
    }

    /// Goes on counting.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`] unless it is paused.
    pub fn resume(&mut self) -> Result<(), ScheduleError> {
        self.require(ScheduleState::Paused)?;
        self.state = ScheduleState::Running;
        Ok(())
    }

    /// Ends it for good and returns what was still set aside, which goes to the treasury.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`] when it is paid or ended already.
    pub fn end(&mut self) -> Result<Wei, ScheduleError> {
        if !self.is_owed() {
            return Err(ScheduleError { state: self.state });
        }
        let rest = self.rest();
        self.state = ScheduleState::Ended;
        Ok(rest)
    }

    fn require(&self, state: ScheduleState) -> Result<(), ScheduleError> {
        if self.state == state { Ok(()) } else { Err(ScheduleError { state: self.state }) }
    }
}

/// The state of a [`Schedule`] does not allow this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the schedule is {state:?}")]
pub struct ScheduleError {
    /// Where the schedule stands. Resume a paused one; one that is paid or ended stays so.
    pub state: ScheduleState,
}
