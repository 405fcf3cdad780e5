//! [`BatchError`]: why a month is not settled.

use core::num::NonZeroU16;

use thiserror::Error;

/// Why a [`Batch`](crate::Batch) was not settled. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A column is shorter or longer than the others. Give each device a row in every column, and each provider a sum.
    #[error("{column} has {len} rows, not {expected}")]
    Length {
        /// The column: a field of [`Batch`](crate::Batch), one of [`Instalments`](crate::Instalments) behind
        /// `instalments.`, or `sums`.
        column: &'static str,
        /// Its length.
        len: usize,
        /// The length of `rebates`, or of `standing` for the sums.
        expected: usize,
    },
    /// More months were paid than there are. The column belongs to another policy, or is damaged.
    #[error("row {row}: {counted} months were counted, of {months}")]
    Counted {
        /// The first such row.
        row: usize,
        /// Its counted months.
        counted: u16,
        /// How many there are in all.
        months: NonZeroU16,
    },
    /// A provider of whom nothing is known. Its number must be below the length of `standing`.
    #[error("row {row}: no provider {provider}, there are {providers}")]
    Provider {
        /// The first such row.
        row: usize,
        /// The number of the provider.
        provider: u32,
        /// How many there are.
        providers: usize,
    },
    /// An amount below nothing, which no sale sets aside.
    #[error("row {row}: a negative amount in {column}")]
    Negative {
        /// The column.
        column: &'static str,
        /// The first such row.
        row: usize,
    },
    /// All totals together, or they and the sums so far, exceed 2^128 wei: they are not of one ledger, which sets aside
    /// no more than there is.
    #[error("the totals and the sums so far exceed 2^128 wei")]
    TooMuch,
}
