//! [`Batch::settle_parallel`]: the same with several threads.

use alloc::vec;
use alloc::vec::Vec;
use core::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use dimo_types::Wei;

use super::{Amount, BLOCK, Batch, BatchError, BatchTotals, Instalments};

/// A run of rows, with its own sums, and what became of it.
struct Part<'a, A> {
    devices: Batch<'a, A>,
    instalments: Instalments<'a, A>,
    sums: Vec<Wei>,
    totals: BatchTotals,
}

impl<A: Amount> Batch<'_, A> {
    /// [`settle`](Self::settle) with `threads` threads, of which the caller's is one. Results and errors are the same, to
    /// the wei, with any number of them.
    ///
    /// Each thread has sums of its own while it runs: 16 bytes for each thread and provider. Where the system grants fewer
    /// threads, those that there are do the work.
    ///
    /// # Errors
    ///
    /// [`BatchError`], and then nothing was written.
    ///
    /// # Example: as many threads as the machine has
    ///
    /// ```
    /// use core::num::{NonZeroU16, NonZeroUsize};
    /// use dimo_rewards::{Batch, Bitmap, Instalments};
    /// use dimo_types::Wei;
    /// let devices = Batch {
    ///     months: NonZeroU16::new(24).unwrap(),
    ///     rebates: &[Wei::new(2_400); 1_000],
    ///     teams: &[Wei::new(480); 1_000],
    ///     counted: &[3; 1_000],
    ///     connected: Bitmap::new(&[0xFF; 125], 0, 1_000)?,
    ///     providers: &[0; 1_000],
    ///     standing: Bitmap::new(&[1], 0, 1)?,
    /// };
    /// let (mut rebates, mut teams, mut counted) = ([Wei::ZERO; 1_000], [Wei::ZERO; 1_000], [0; 1_000]);
    /// let mut sums = [Wei::ZERO];
    /// let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    /// let instalments = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
    /// let month = devices.settle_parallel(threads, instalments, &mut sums)?;
    /// assert_eq!((month.team, sums), (Wei::new(20_000), [Wei::new(100_000)]));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn settle_parallel(
        &self,
        threads: NonZeroUsize,
        instalments: Instalments<'_, A>,
        sums: &mut [Wei],
    ) -> Result<BatchTotals, BatchError> {
        self.check_lengths(&instalments, sums)?;
        let rows = self.rebates.len().div_ceil(threads.get()).next_multiple_of(BLOCK);
        let bits = self.check_parts(threads, rows)?;
        self.check_sums(bits, sums)?;
        let mut parts = self.parts(rows, instalments, sums.len());
        share(threads, &mut parts, |part| {
            let Instalments { rebates, teams, counted } = &mut part.instalments;
            part.totals = part.devices.write(bits, Instalments { rebates, teams, counted }, &mut part.sums);
        });
        // No sum overflows: all totals together do not.
        let (mut team, mut counted, mut paused) = (0, 0, 0);
        for part in &parts {
            sums.iter_mut().zip(&part.sums).for_each(|(sum, more)| *sum = Wei::new(sum.get() + more.get()));
            team += part.totals.team.get();
            counted += part.totals.counted;
            paused += part.totals.paused;
        }
        Ok(BatchTotals { team: Wei::new(team), counted, paused })
    }

    /// [`check_rows`](Self::check_rows) by threads.
    fn check_parts(&self, threads: NonZeroUsize, rows: usize) -> Result<u128, BatchError> {
        let starts = (0..self.rebates.len()).step_by(rows.max(1));
        let mut parts: Vec<_> = starts.map(|from| (self.part(from, rows), Ok(0))).collect();
        share(threads, &mut parts, |(part, checked)| *checked = part.check_rows());
        let bits = parts.iter().try_fold(0, |bits, (_, checked)| checked.map(|more| bits | more));
        // Of several bad rows one thread tells which one is told.
        bits.or_else(|_| self.check_rows())
    }

    /// Runs of `rows` rows each; the last may be shorter.
    fn parts<'b>(&'b self, rows: usize, to: Instalments<'b, A>, providers: usize) -> Vec<Part<'b, A>> {
        let rows = rows.max(1);
        let to = to.rebates.chunks_mut(rows).zip(to.teams.chunks_mut(rows)).zip(to.counted.chunks_mut(rows));
        to.enumerate()
            .map(|(index, ((rebates, teams), counted))| Part {
                devices: self.part(index * rows, rows),
                instalments: Instalments { rebates, teams, counted },
                sums: vec![Wei::ZERO; providers],
                totals: BatchTotals::default(),
            })
            .collect()
    }

    /// The rows from `from` on, at most `rows` of them.
    fn part(&self, from: usize, rows: usize) -> Batch<'_, A> {
        Batch {
            months: self.months,
            rebates: slice(self.rebates, from, rows),
            teams: slice(self.teams, from, rows),
            counted: slice(self.counted, from, rows),
            connected: self.connected.part(from, rows),
            providers: slice(self.providers, from, rows),
            standing: self.standing,
        }
    }
}

fn slice<T>(column: &[T], from: usize, rows: usize) -> &[T] {
    let rest = column.get(from..).unwrap_or_default();
    rest.get(..rows).unwrap_or(rest)
}

/// Gives each piece of work to the next thread that is free.
fn share<W: Send>(threads: NonZeroUsize, work: &mut [W], run: impl Fn(&mut W) + Sync) {
    let helpers = threads.get().min(work.len()).saturating_sub(1);
    let work = Mutex::new(work.iter_mut());
    let next = || work.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        while let Some(piece) = next() {
            run(piece);
        }
    };
    thread::scope(|scope| {
        for _ in 0..helpers {
            if thread::Builder::new().spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        worker();
    });
}
