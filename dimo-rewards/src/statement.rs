//! [`Statement`]: what happened to every account in a period.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::{Month, Wei};
use thiserror::Error;

use crate::{Account, Ledger};

/// The months a statement covers, first and last included.
///
/// # Example: a period has a beginning before its end
///
/// ```
/// use dimo_rewards::Period;
/// use dimo_types::Month;
/// let (january, march) = (Month::new(2023, 1)?, Month::new(2023, 3)?);
/// assert_eq!(Period::new(january, march)?.to_string(), "2023-01 to 2023-03");
/// assert!(Period::new(march, january).is_err());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Months"))]
pub struct Period {
    first: Month,
    last: Month,
}

/// A [`Period`] as it was read, not checked yet.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Months {
    first: Month,
    last: Month,
}

#[cfg(feature = "serde")]
impl TryFrom<Months> for Period {
    type Error = PeriodError;

    fn try_from(months: Months) -> Result<Self, Self::Error> {
        Self::new(months.first, months.last)
    }
}

impl Period {
    /// From `first` to `last`.
    ///
    /// # Errors
    ///
    /// [`PeriodError`] when it would end before it begins.
    pub fn new(first: Month, last: Month) -> Result<Self, PeriodError> {
        if last < first { Err(PeriodError { first, last }) } else { Ok(Self { first, last }) }
    }

    /// Its first month.
    #[must_use]
    pub const fn first(&self) -> Month {
        self.first
    }

    /// Its last month.
    #[must_use]
    pub const fn last(&self) -> Month {
        self.last
    }
}

/// One month alone.
impl From<Month> for Period {
    fn from(month: Month) -> Self {
        Self { first: month, last: month }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}

/// A period that ends before it begins. Swap the months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a period from {first} cannot end in {last}")]
#[non_exhaustive]
pub struct PeriodError {
    /// The first month given.
    pub first: Month,
    /// The last month given.
    pub last: Month,
}

/// Every account touched up to the end of a period: what it had, received, gave and has.
///
/// Money counts in the month in which it was posted, so the instalment for January, posted at its close, stands in the
/// statement of February. `Display` writes a table with the decimals that the amounts need; `{:.2}` floors to two.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Statement {
    /// The months it covers.
    pub period: Period,
    /// One line for each account, sorted by name.
    pub lines: Vec<StatementLine>,
    /// The sum of all lines.
    pub sum: Totals,
}

/// The line of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StatementLine {
    /// Whose money it is.
    pub account: Account,
    /// What happened to it.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub totals: Totals,
}

/// `balance = opening + credits - debits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Totals {
    /// What was there before the period.
    pub opening: Wei,
    /// What came in.
    pub credits: Wei,
    /// What went out.
    pub debits: Wei,
    /// What is there after the period.
    pub balance: Wei,
}

impl Statement {
    /// The statement of `period` over everything `ledger` holds.
    ///
    /// # Errors
    ///
    /// [`StatementError`] where so much money went to and fro that its sum is beyond 2^128 wei. Take a shorter period.
    pub fn of(ledger: &Ledger, period: Period) -> Result<Self, StatementError> {
        let mut accounts: BTreeMap<&Account, Totals> = BTreeMap::new();
        for entry in ledger.entries() {
            let month = Month::of(entry.at);
            // Time never falls in a ledger, so nothing behind the first later entry belongs here.
            if month > period.last {
                break;
            }
            let when = if month < period.first { When::Before } else { When::Within };
            if *entry.from != Account::Outside {
                accounts.entry(entry.from).or_default().give(entry.amount, when).ok_or(StatementError)?;
            }
            accounts.entry(entry.to).or_default().receive(entry.amount, when).ok_or(StatementError)?;
        }
        let lines: Vec<_> = accounts
            .into_iter()
            .map(|(account, totals)| StatementLine { account: account.clone(), totals })
            .collect();
        let sum = |part: fn(&Totals) -> Wei| {
            Wei::checked_sum(lines.iter().map(|line| part(&line.totals))).ok_or(StatementError)
        };
        let sum = Totals {
            opening: sum(|totals| totals.opening)?,
            credits: sum(|totals| totals.credits)?,
            debits: sum(|totals| totals.debits)?,
            balance: sum(|totals| totals.balance)?,
        };
        Ok(Self { period, lines, sum })
    }

    /// What happened to one account, or `None` if nothing ever did.
    #[must_use]
    pub fn account(&self, account: &Account) -> Option<&Totals> {
        self.lines.iter().find(|line| line.account == *account).map(|line| &line.totals)
    }
}

/// Where an entry lies: in the period, or before it.
#[derive(Clone, Copy)]
enum When {
    Before,
    Within,
}

impl Totals {
    fn receive(&mut self, amount: Wei, when: When) -> Option<()> {
        let part = match when {
            When::Before => &mut self.opening,
            When::Within => &mut self.credits,
        };
        *part = part.checked_add(amount)?;
        self.balance = self.balance.checked_add(amount)?;
        Some(())
    }

    fn give(&mut self, amount: Wei, when: When) -> Option<()> {
        match when {
            When::Before => self.opening = self.opening.checked_sub(amount)?,
            When::Within => self.debits = self.debits.checked_add(amount)?,
        }
        self.balance = self.balance.checked_sub(amount)?;
        Some(())
    }

    const fn columns(&self) -> [Wei; 4] {
        [self.opening, self.credits, self.debits, self.balance]
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<(String, [Wei; 4])> = self
            .lines
            .iter()
            .map(|line| (format!("{}", line.account), line.totals.columns()))
            .chain([(String::from("sum"), self.sum.columns())])
            .collect();
        // As many decimals for all as one of them needs, so that the points stand below each other.
        let needed = rows.iter().flat_map(|(_, amounts)| amounts).map(|amount| decimals(*amount)).max();
        let places = f.precision().or(needed).unwrap_or(0);
        let name_width =
            rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max("account".len());
        let width =
            rows.iter().flat_map(|(_, amounts)| amounts).map(|amount| format!("{amount:.places$}").len());
        let width = width.max().unwrap_or(0).max("opening".len());
        writeln!(f, "{}, in $DIMO", self.period)?;
        write!(f, "{:name_width$}", "account")?;
        for title in ["opening", "credits", "debits", "balance"] {
            write!(f, "  {title:>width$}")?;
        }
        for (name, amounts) in &rows {
            write!(f, "\n{name:name_width$}")?;
            for amount in amounts {
                write!(f, "  {:>width$}", format!("{amount:.places$}"))?;
            }
        }
        Ok(())
    }
}

/// How many decimals `amount` needs.
fn decimals(amount: Wei) -> usize {
    format!("{amount}").split_once('.').map_or(0, |(_, digits)| digits.len())
}

/// The movements of a period sum to more than 2^128 wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the movements of the period sum to more than 2^128 wei")]
#[non_exhaustive]
pub struct StatementError;
