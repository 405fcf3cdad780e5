//! Leaves: each signal of a batch alone, so that it can be shown without the rest.

use sha3::{Digest, Keccak256};

use super::field::{Full, Message};
use super::part;
use super::seal::{Sealed, list};
use super::varint::zigzag;
use crate::BatchParts;

/// The bytes in front of the leaf of this index: nobody who sees the hashes of other leaves can guess what those hold. The
/// first 16 bytes of keccak256 of the seed and the index in 4 bytes, big-endian.
pub(crate) fn salt(seed: &[u8; 16], index: u32) -> [u8; 16] {
    let hash: [u8; 32] =
        Keccak256::new().chain_update(seed).chain_update(index.to_be_bytes()).finalize().into();
    hash.first_chunk().copied().unwrap_or_default()
}

impl Sealed<'_, '_> {
    /// How many leaves there are: one for each signal, and one for the parts beside the readings, if there are any.
    pub(super) fn leaves(&self, parts: &BatchParts<'_>) -> u32 {
        let mut last = None;
        let signals =
            self.in_order().filter(|column| last.replace(column.signal) != Some(column.signal)).count();
        // As many signals as a dictionary has entries at most.
        signals as u32 + u32::from(!parts.is_empty())
    }

    /// Writes the leaf of this index, or nothing when there is none.
    pub(super) fn leaf(
        &self,
        message: &mut Message<'_>,
        index: u32,
        parts: &BatchParts<'_>,
    ) -> Result<(), Full> {
        if index >= self.leaves(parts) {
            return Ok(());
        }
        if let Some(seed) = &parts.leaf_seed {
            message.raw(&salt(seed, index))?;
        }
        self.header(message)?;
        let (mut last, mut signals) = (None, 0);
        let signal = self.in_order().find_map(|column| {
            if last.replace(column.signal) != Some(column.signal) {
                signals += 1;
            }
            (signals == index + 1).then_some(column.signal)
        });
        match signal {
            Some(signal) => self.signal(message, signal),
            None => part::write(message, parts),
        }
    }

    /// The columns of one signal, each on a timeline of its own.
    fn signal(&self, message: &mut Message<'_>, signal: u16) -> Result<(), Full> {
        let columns = || self.in_order().filter(move |column| column.signal == signal);
        let lines = || columns().filter_map(|column| Some((column, self.line(column)?)));
        list(message, 6, columns().map(|column| column.count.into()))?;
        let after = |time: u64| time.wrapping_sub(self.start_us).cast_signed();
        list(message, 7, lines().map(|(_, line)| zigzag(after(line.first))))?;
        let steps = lines().map(|(column, line)| {
            (line.steps, 0..self.blocks.prefix_len(line.steps, column.count.saturating_sub(1)))
        });
        self.chains(message, 8, steps)?;
        // The distance from the index after the column before: the first counts from 0, the others stay where they are.
        list(
            message,
            9,
            columns().enumerate().map(|(place, _)| zigzag(if place == 0 { signal.into() } else { -1 })),
        )?;
        list(message, 10, columns().enumerate().map(|(place, _)| zigzag(i64::from(place > 0))))?;
        list(message, 11, columns().map(|column| column.kind as u64))?;
        self.all_values(message, columns())
    }
}
