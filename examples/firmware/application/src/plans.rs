//! [`PlanStore`]: the plan that is in force lies in one place of flash and is decoded from where it lies; the next one is written to the other.

use core::fmt::Debug;

use dimo_dbc::Plan;
use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

/// Flash that the core can read as memory.
pub trait PlanFlash: NorFlash<Error: Debug> {
    /// All of it, for as long as the program runs: from now on nobody can write to it.
    fn into_memory(self) -> &'static [u8];
}

/// In front of a plan, written last: magic and version (4), number (4), length (4), each little-endian, and what is left of 16 bytes as zeros.
const HEAD: usize = 16;
const MAGIC: u32 = u32::from_le_bytes(*b"PLN\x01");

/// The place for the next plan, and the number that it will have.
#[derive(Debug)]
pub(crate) struct PlanStore<P> {
    free: P,
    next: u32,
    /// What was begun: its length, and how much of it is there.
    begun: Option<(u32, u32)>,
}

/// Why a piece of a plan was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub(crate) enum PlanRefusal {
    /// It is longer than its place.
    #[error("a plan of {len} bytes, and room for {room}")]
    TooLong {
        /// Its length.
        len: u32,
        /// How much there is room for.
        room: u32,
    },
    /// Another piece is awaited.
    #[error("the piece at {wanted} is wanted")]
    OtherPiece {
        /// Where it begins.
        wanted: u32,
    },
    /// The flash failed.
    #[error("the flash failed")]
    Flash,
}

/// What a piece came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The piece at this place is next.
    More(u32),
    /// The plan is whole, and in force from the next start on.
    Whole,
}

impl<P: PlanFlash> PlanStore<P> {
    /// The newest plan, and the place for the next one. What is no plan counts as none.
    pub(crate) async fn open(places: [P; 2]) -> (Self, Option<Plan<'static>>) {
        let [mut a, mut b] = places;
        let heads = (head(&mut a).await, head(&mut b).await);
        let number = |head: Option<(u32, u32)>| head.map_or(0, |(number, _)| number);
        let newest = number(heads.0).max(number(heads.1));
        let (used, found, free) =
            if number(heads.0) >= number(heads.1) { (a, heads.0, b) } else { (b, heads.1, a) };
        let plan = found.and_then(|(_, len)| {
            let bytes = used.into_memory().get(HEAD..)?.get(..usize::try_from(len).ok()?)?;
            Plan::from_bytes(bytes).ok()
        });
        (Self { free, next: newest.saturating_add(1), begun: None }, plan)
    }

    /// Takes a piece of a plan of `len` bytes. The one at 0 begins anew, the others follow one another; all but the last are whole words.
    ///
    /// # Errors
    ///
    /// [`PlanRefusal`]; the plan in force stays.
    pub(crate) async fn take(&mut self, len: u32, offset: u32, bytes: &[u8]) -> Result<Taken, PlanRefusal> {
        let room = u32::try_from(self.free.capacity().saturating_sub(HEAD)).unwrap_or(u32::MAX);
        if len > room {
            return Err(PlanRefusal::TooLong { len, room });
        }
        if offset == 0 {
            self.erase().await?;
            self.begun = Some((len, 0));
        }
        let wanted = self.begun.filter(|(begun, _)| *begun == len).map_or(0, |(_, there)| there);
        let piece = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let end = offset.saturating_add(piece);
        let is_last = end == len;
        let is_aligned = is_last || bytes.len().is_multiple_of(P::WRITE_SIZE);
        if offset != wanted || end > len || !is_aligned || self.begun.is_none() {
            return Err(PlanRefusal::OtherPiece { wanted });
        }
        // Until it is written whole, the flash is in between.
        self.begun = None;
        self.write(HEAD as u32 + offset, bytes).await?;
        if !is_last {
            self.begun = Some((len, end));
            return Ok(Taken::More(end));
        }
        let mut head = [0; HEAD];
        let fields = [MAGIC, self.next, len].map(u32::to_le_bytes);
        head.iter_mut().zip(fields.as_flattened()).for_each(|(to, from)| *to = *from);
        self.write(0, &head).await?;
        Ok(Taken::Whole)
    }

    async fn erase(&mut self) -> Result<(), PlanRefusal> {
        let all = u32::try_from(self.free.capacity()).map_err(|_| PlanRefusal::Flash)?;
        self.free.erase(0, all).await.map_err(|_| PlanRefusal::Flash)
    }

    /// Whole words; the last one is filled up.
    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PlanRefusal> {
        let whole = bytes.len() - bytes.len() % P::WRITE_SIZE;
        let (words, rest) = bytes.split_at_checked(whole).unwrap_or((bytes, &[]));
        self.free.write(offset, words).await.map_err(|_| PlanRefusal::Flash)?;
        if rest.is_empty() {
            return Ok(());
        }
        let mut last = [0xFF; 16];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let word = last.get(..P::WRITE_SIZE).ok_or(PlanRefusal::Flash)?;
        let behind = offset.saturating_add(u32::try_from(whole).unwrap_or(u32::MAX));
        self.free.write(behind, word).await.map_err(|_| PlanRefusal::Flash)
    }
}

/// Number and length of a plan that was written whole.
async fn head<P: NorFlash>(place: &mut P) -> Option<(u32, u32)> {
    let mut bytes = [0; HEAD];
    place.read(0, &mut bytes).await.ok()?;
    let [magic, number, len, _] = bytes.as_chunks::<4>().0 else { return None };
    let number = u32::from_le_bytes(*number);
    (u32::from_le_bytes(*magic) == MAGIC && number != u32::MAX).then_some((number, u32::from_le_bytes(*len)))
}
