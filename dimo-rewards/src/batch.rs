//! [`Batch`]: the close of one month over millions of devices, in columns.

mod amount;
mod bitmap;
mod check;
mod error;
mod part;
#[cfg(feature = "std")]
mod threads;

use core::num::NonZeroU16;

use dimo_types::Wei;

pub use self::amount::Amount;
pub use self::bitmap::{Bitmap, BitmapError};
pub use self::error::BatchError;
use self::part::{Any, Months, TwentyFour, TwentyFourOfSmall};

/// Rows that are settled together: one word of a [`Bitmap`].
const BLOCK: usize = 64;

/// Devices as the close of a month finds them, one row each, in borrowed columns that are read and never copied.
///
/// What [`Settlement::of`](crate::Settlement::of) does for devices one by one, for a backend that holds a hundred million of
/// them in columns: the month counts for a device that is connected and whose provider is in good standing, and pays
/// what [`paid_after`](crate::paid_after) grows by. The columns lie in memory as Apache Arrow has them, so that the
/// values of a `Decimal128Array` (with scale 0), a `UInt16Array` and a `UInt32Array`, and the bits of a
/// `BooleanArray` go in as they are; [`Amount`] tells which types hold an amount.
///
/// Rows are independent of each other and sums are added to, so a batch may be settled in pieces of any size: memory
/// is bounded by the piece that the caller loads. Nothing is allocated; `settle_parallel` (with `std`)
/// alone allocates, one slice of sums for each thread.
///
/// A schedule that has ended is owed nothing and has no row; where rows cannot be left out, give it as many counted
/// months as there are in all, like one that is paid.
///
/// # Example: three devices of two providers, one of them disconnected
///
/// ```
/// use core::num::NonZeroU16;
/// use dimo_rewards::{Batch, Bitmap, Instalments};
/// use dimo_types::Wei;
/// let devices = Batch {
///     months: NonZeroU16::new(24).unwrap(),
///     rebates: &[Wei::new(2_400), Wei::new(2_400), Wei::new(50)],
///     teams: &[Wei::new(480), Wei::new(480), Wei::new(5)],
///     counted: &[0, 7, 23],
///     connected: Bitmap::new(&[0b101], 0, 3)?,
///     providers: &[0, 0, 1],
///     standing: Bitmap::new(&[0b11], 0, 2)?,
/// };
/// let (mut rebates, mut teams, mut counted) = ([Wei::ZERO; 3], [Wei::ZERO; 3], [0; 3]);
/// let mut sums = [Wei::ZERO; 2];
/// let instalments = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
/// let month = devices.settle(instalments, &mut sums)?;
/// // The last of 24 parts of 50 wei brings floor(50 x 24 / 24) - floor(50 x 23 / 24) = 50 - 47.
/// assert_eq!(rebates, [Wei::new(100), Wei::ZERO, Wei::new(3)]);
/// assert_eq!((counted, sums), ([1, 7, 24], [Wei::new(100), Wei::new(3)]));
/// assert_eq!((month.team, month.counted, month.paused), (Wei::new(21), 2, 1));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: a row that cannot be is named, and nothing is written
///
/// ```
/// use core::num::NonZeroU16;
/// use dimo_rewards::{Batch, BatchError, Bitmap, Instalments};
/// use dimo_types::Wei;
/// let devices = Batch {
///     months: NonZeroU16::new(24).unwrap(),
///     rebates: &[Wei::new(2_400)],
///     teams: &[Wei::new(480)],
///     counted: &[25],
///     connected: Bitmap::new(&[1], 0, 1)?,
///     providers: &[0],
///     standing: Bitmap::new(&[1], 0, 1)?,
/// };
/// let (mut rebates, mut teams, mut counted) = ([Wei::ZERO], [Wei::ZERO], [0]);
/// let instalments = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
/// let refused = devices.settle(instalments, &mut [Wei::ZERO]);
/// assert_eq!(refused, Err(BatchError::Counted { row: 0, counted: 25, months: devices.months }));
/// # Ok::<(), dimo_rewards::BitmapError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, A> {
    /// How many months are paid in all: 24 by DIP-4. Other numbers are exact too, and slower.
    pub months: NonZeroU16,
    /// What each provider earns back in all, fixed at sale ([`Split::rebate`](crate::Split::rebate)).
    pub rebates: &'a [A],
    /// What DIMO Integrations earns in all, fixed at sale ([`Split::team`](crate::Split::team)).
    pub teams: &'a [A],
    /// How many months were paid before this one, `months` at most.
    pub counted: &'a [u16],
    /// Whether the device is connected at this close.
    pub connected: Bitmap<'a>,
    /// Which provider bonded the device, as its number in `standing`.
    pub providers: &'a [u32],
    /// Whether each provider is in good standing at this close: one bit for each provider, not for each device.
    pub standing: Bitmap<'a>,
}

/// Where the results of a [`Batch`] go, one row for each device. Every row is written, so what was there before does not
/// matter.
#[derive(Debug)]
pub struct Instalments<'a, A> {
    /// This month's rebate; nothing where the month does not count.
    pub rebates: &'a mut [A],
    /// This month's share of DIMO Integrations; nothing where the month does not count.
    pub teams: &'a mut [A],
    /// How many months are paid after this one.
    pub counted: &'a mut [u16],
}

/// What a month pays over a [`Batch`], beside the sums of the providers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchTotals {
    /// The share of DIMO Integrations.
    pub team: Wei,
    /// Devices for which the month counts.
    pub counted: u64,
    /// Devices that are still owed something and for which it does not count.
    pub paused: u64,
}

impl BatchTotals {
    /// Both together, or `None` beyond 2^128 wei: for a batch that is settled in pieces.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        let Some(team) = self.team.checked_add(other.team) else { return None };
        // No memory holds 2^64 devices.
        Some(Self { team, counted: self.counted + other.counted, paused: self.paused + other.paused })
    }
}

impl<A: Amount> Batch<'_, A> {
    /// Settles one month: writes the instalments, adds the rebates of each provider to `sums` (one for each bit of
    /// `standing`), and returns the rest.
    ///
    /// All columns are checked before the first result is written.
    ///
    /// # Errors
    ///
    /// [`BatchError`], and then nothing was written.
    pub fn settle(
        &self,
        instalments: Instalments<'_, A>,
        sums: &mut [Wei],
    ) -> Result<BatchTotals, BatchError> {
        self.check_lengths(&instalments, sums)?;
        let bits = self.check_rows()?;
        self.check_sums(bits, sums)?;
        Ok(self.write(bits, instalments, sums))
    }

    /// Settles columns that were checked, whose amounts have no other bits than `bits`.
    fn write(&self, bits: u128, instalments: Instalments<'_, A>, sums: &mut [Wei]) -> BatchTotals {
        match self.months.get() {
            24 if TwentyFourOfSmall::suits(bits) => self.write_in(TwentyFourOfSmall, instalments, sums),
            24 => self.write_in(TwentyFour, instalments, sums),
            _ => self.write_in(Any(self.months), instalments, sums),
        }
    }

    fn write_in(&self, months: impl Months, to: Instalments<'_, A>, sums: &mut [Wei]) -> BatchTotals {
        let totals = self.rebates.chunks(BLOCK).zip(self.teams.chunks(BLOCK));
        let devices = self.counted.chunks(BLOCK).zip(self.providers.chunks(BLOCK));
        let paid = to.rebates.chunks_mut(BLOCK).zip(to.teams.chunks_mut(BLOCK));
        let rows = totals.zip(devices).zip(paid).zip(to.counted.chunks_mut(BLOCK));
        let (mut team, mut due_rows, mut owed_rows) = (0, 0, 0);
        for (block, (((totals, devices), paid), counted_now)) in rows.enumerate() {
            let totals = totals.0.iter().zip(totals.1);
            let devices = devices.0.iter().zip(devices.1);
            let paid = paid.0.iter_mut().zip(paid.1);
            let rows = totals.zip(devices).zip(paid).zip(counted_now);
            let mut connected = self.connected.word(block);
            for (((totals, (counted, provider)), paid), counted_now) in rows {
                let provider = *provider as usize;
                let owed = u64::from(*counted < self.months.get());
                let due = owed & self.standing.bit(provider) & connected;
                connected >>= 1;
                owed_rows += owed;
                due_rows += due;
                // A mask and not a branch, which no processor could foresee.
                let mask = u128::from(due).wrapping_neg();
                let rebate = months.instalment(totals.0.bits(), *counted) & mask;
                let share = months.instalment(totals.1.bits(), *counted) & mask;
                *paid.0 = A::from_bits(rebate);
                *paid.1 = A::from_bits(share);
                *counted_now = counted + due as u16;
                // No sum overflows: all totals together do not.
                if let Some(sum) = sums.get_mut(provider) {
                    *sum = Wei::new(sum.get() + rebate);
                }
                team += share;
            }
        }
        BatchTotals { team: Wei::new(team), counted: due_rows, paused: owed_rows - due_rows }
    }
}
