//! [`PlanStore`]: the plan that is in force lies in one place of flash and is decoded from where it lies; the next one is written to the other. [`provision`] writes the first one.

use core::fmt::Debug;

use dimo_dbc::{IdMatching, Plan};
use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

use crate::memory::SIGNALS;

/// Flash that the core can read as memory.
pub trait PlanFlash: NorFlash<Error: Debug> {
    /// All of it, until it is written again.
    fn memory(&self) -> &[u8];

    /// All of it, for as long as the program runs: from now on nobody can write to it.
    fn into_memory(self) -> &'static [u8];
}

/// In front of a plan, written last: magic and version (4), number (4), length (4), how identifiers are matched (4), each little-endian.
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
pub enum PlanRefusal {
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
    /// What came is no plan, or one with more signals than the device remembers.
    #[error("it is no plan for this device")]
    NoPlan,
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

/// Whether a plan was written to this place. Those that a backend or a phone has sent since the first one are to stay.
pub async fn holds_plan<P: PlanFlash>(place: &mut P) -> bool {
    Head::read(place).await.is_some()
}

/// Writes the first plan of a device to one of its places, before the application runs.
///
/// # Errors
///
/// [`PlanRefusal`]: it is too long, or no plan for a device of so many signals.
pub async fn provision<P: PlanFlash>(place: P, plan: &[u8], matching: IdMatching) -> Result<P, PlanRefusal> {
    let mut store = PlanStore { free: place, next: 1, begun: None };
    let len = u32::try_from(plan.len()).unwrap_or(u32::MAX);
    let matched = match matching {
        IdMatching::Exact => 0,
        IdMatching::J1939 => 1,
        _ => return Err(PlanRefusal::NoPlan),
    };
    store.take(len, matched, 0, plan).await?;
    Ok(store.free)
}

impl<P: PlanFlash> PlanStore<P> {
    /// The newest plan, and the place for the next one. What is no plan counts as none.
    pub(crate) async fn open(places: [P; 2]) -> (Self, Option<Plan<'static>>) {
        let [mut a, mut b] = places;
        let heads = (Head::read(&mut a).await, Head::read(&mut b).await);
        let number = |head: Option<Head>| head.map_or(0, |head| head.number);
        let newest = number(heads.0).max(number(heads.1));
        let (used, found, free) =
            if number(heads.0) >= number(heads.1) { (a, heads.0, b) } else { (b, heads.1, a) };
        let plan = found.and_then(|head| {
            Some(plan_in(used.into_memory(), head.len)?.with_matching(matching(head.matching)?))
        });
        (Self { free, next: newest.saturating_add(1), begun: None }, plan)
    }

    /// Takes a piece of a plan of `len` bytes. The one at 0 begins anew, the others follow one another; all but the last are whole words.
    ///
    /// # Errors
    ///
    /// [`PlanRefusal`]; the plan in force stays.
    pub(crate) async fn take(
        &mut self,
        len: u32,
        matched: u8,
        offset: u32,
        bytes: &[u8],
    ) -> Result<Taken, PlanRefusal> {
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
        // One that cannot be used would hide the one before it.
        if !is_plan(self.free.memory(), len) {
            return Err(PlanRefusal::NoPlan);
        }
        let head = Head { number: self.next, len, matching: matched.into() };
        self.write(0, head.bytes().as_flattened()).await?;
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

/// What stands in front of a plan that was written whole.
#[derive(Clone, Copy)]
struct Head {
    number: u32,
    len: u32,
    matching: u32,
}

impl Head {
    const fn bytes(self) -> [[u8; 4]; HEAD / 4] {
        let Self { number, len, matching } = self;
        [MAGIC.to_le_bytes(), number.to_le_bytes(), len.to_le_bytes(), matching.to_le_bytes()]
    }

    async fn read<P: NorFlash>(place: &mut P) -> Option<Self> {
        let mut bytes = [0; HEAD];
        place.read(0, &mut bytes).await.ok()?;
        let [magic, number, len, matching] = bytes.as_chunks::<4>().0 else { return None };
        let [magic, number, len, matching] = [magic, number, len, matching].map(|it| u32::from_le_bytes(*it));
        (magic == MAGIC && number != u32::MAX).then_some(Self { number, len, matching })
    }
}

/// Whether the first so many bytes behind the head are a plan that a recorder takes.
fn is_plan(place: &[u8], len: u32) -> bool {
    plan_in(place, len).is_some_and(|plan| plan.signal_count() < SIGNALS)
}

fn plan_in(place: &[u8], len: u32) -> Option<Plan<'_>> {
    Plan::from_bytes(place.get(HEAD..)?.get(..usize::try_from(len).ok()?)?).ok()
}

/// How the identifiers of a plan are matched: 0 exactly, 1 by the parameter groups of J1939.
const fn matching(number: u32) -> Option<IdMatching> {
    match number {
        0 => Some(IdMatching::Exact),
        1 => Some(IdMatching::J1939),
        _ => None,
    }
}
