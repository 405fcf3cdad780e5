//! What is checked before a batch is settled: a pass over the columns that reads and writes nothing.

use dimo_types::Wei;

use super::{Amount, Batch, BatchError, Instalments};

impl<A: Amount> Batch<'_, A> {
    /// Whether every device has a row in each column, and every provider a sum.
    pub(super) fn check_lengths(&self, to: &Instalments<'_, A>, sums: &[Wei]) -> Result<(), BatchError> {
        let rows = self.rebates.len();
        let columns = [
            ("teams", self.teams.len(), rows),
            ("counted", self.counted.len(), rows),
            ("connected", self.connected.len(), rows),
            ("providers", self.providers.len(), rows),
            ("instalments.rebates", to.rebates.len(), rows),
            ("instalments.teams", to.teams.len(), rows),
            ("instalments.counted", to.counted.len(), rows),
            ("sums", sums.len(), self.standing.len()),
        ];
        match columns.into_iter().find(|(_, len, expected)| len != expected) {
            Some((column, len, expected)) => Err(BatchError::Length { column, len, expected }),
            None => Ok(()),
        }
    }

    /// Whether every row can be. Returns all bits that are set in any amount: no amount is larger.
    ///
    /// Each column is folded as a whole; only where that tells of a bad row it is looked for.
    pub(super) fn check_rows(&self) -> Result<u128, BatchError> {
        let (months, providers) = (self.months, self.standing.len());
        let is_beyond = |counted: &u16| *counted > months.get();
        if is_beyond(&self.counted.iter().copied().fold(0, u16::max))
            && let Some((row, counted)) = first(self.counted, is_beyond)
        {
            return Err(BatchError::Counted { row, counted, months });
        }
        let is_unknown = |provider: &u32| *provider as usize >= providers;
        // Of no devices the fold is 0, which is unknown where there is no provider; but then no row is found.
        if is_unknown(&self.providers.iter().copied().fold(0, u32::max))
            && let Some((row, provider)) = first(self.providers, is_unknown)
        {
            return Err(BatchError::Provider { row, provider, providers });
        }
        Ok(bits("rebates", self.rebates)? | bits("teams", self.teams)?)
    }

    /// Whether no sum can overflow, where `bits` are those of all amounts.
    pub(super) fn check_sums(&self, bits: u128, sums: &[Wei]) -> Result<(), BatchError> {
        let largest = sums.iter().max().copied().unwrap_or_default();
        let fits = |set_aside: u128| largest.checked_add(Wei::new(set_aside)).is_some();
        // As if every amount were the largest: only where that is too much they are summed.
        let amounts = 2 * self.rebates.len() as u128;
        if bits.checked_mul(amounts).is_some_and(fits) || self.set_aside().is_some_and(fits) {
            Ok(())
        } else {
            Err(BatchError::TooMuch)
        }
    }

    /// All totals together, or `None` beyond 2^128.
    fn set_aside(&self) -> Option<u128> {
        let mut amounts = self.rebates.iter().chain(self.teams);
        amounts.try_fold(0u128, |sum, amount| sum.checked_add(amount.bits()))
    }
}

fn first<T: Copy>(column: &[T], is_bad: impl Fn(&T) -> bool) -> Option<(usize, T)> {
    column.iter().copied().enumerate().find(|(_, value)| is_bad(value))
}

/// All bits that are set in any amount of a column.
fn bits<A: Amount>(column: &'static str, amounts: &[A]) -> Result<u128, BatchError> {
    let bits = amounts.iter().fold(0, |bits, amount| bits | amount.bits());
    // The largest amount has every bit that an amount may have, so all of them together tell of a bad one.
    if bits > A::LARGEST
        && let Some((row, _)) = first(amounts, |amount| amount.bits() > A::LARGEST)
    {
        return Err(BatchError::Negative { column, row });
    }
    Ok(bits)
}
