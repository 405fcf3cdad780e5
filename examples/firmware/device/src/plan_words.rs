//! [`PlanWords`]: a plan comes in pieces of any length, and goes to the flash in whole words.

use application::{Desk, Hardware};
use dimo_crypto::manifest::SignatureScheme;
use dimo_pairing::Refusal;

/// What flash takes at once, in bytes.
const WORD: usize = 4;
/// The longest piece, and what may be left of the one before.
const ROOM: usize = 208 + WORD;

/// The plan that comes.
pub(crate) struct PlanWords {
    len: u32,
    /// How much of it the flash has.
    written: u32,
    /// What has come and is no whole word yet; the last word stays here until the plan is finished.
    rest: [u8; ROOM],
    filled: usize,
}

impl PlanWords {
    pub(crate) const fn of(len: u32) -> Self {
        Self { len, written: 0, rest: [0; ROOM], filled: 0 }
    }

    pub(crate) async fn piece<H: Hardware, S: SignatureScheme>(
        &mut self,
        desk: &Desk<'_, '_, H, S>,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let end = self.filled + bytes.len();
        self.rest.get_mut(self.filled..end).ok_or(Refusal::TooLong)?.copy_from_slice(bytes);
        // At least one byte is kept back: the last piece puts the plan in force.
        let whole = end.saturating_sub(1) / WORD * WORD;
        let (words, rest) = self.rest.split_at_checked(whole).unwrap_or_default();
        if !words.is_empty() && !desk.plan(self.len, self.written, words).await {
            return Err(Refusal::StorageFailed);
        }
        self.written += u32::try_from(whole).unwrap_or(0);
        let mut kept = [0; WORD];
        kept.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.filled = end - whole;
        self.rest.iter_mut().zip(kept).for_each(|(to, from)| *to = from);
        Ok(())
    }

    /// Writes the last word, which puts the plan in force with the next start.
    pub(crate) async fn finish<H: Hardware, S: SignatureScheme>(
        &mut self,
        desk: &Desk<'_, '_, H, S>,
    ) -> Result<(), Refusal> {
        let rest = self.rest.get(..self.filled).unwrap_or_default();
        let is_taken = desk.plan(self.len, self.written, rest).await;
        *self = Self::of(0);
        if is_taken { Ok(()) } else { Err(Refusal::Rejected) }
    }
}
