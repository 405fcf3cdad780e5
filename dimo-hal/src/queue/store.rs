//! [`Queue`] itself.

use core::fmt::Debug;

use dimo_types::Priority;
use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

use super::at_rest::AtRest;
use super::entry::{Content, ItemHeader, PageHeader, Read};
use super::index::{Index, Use};
use super::item::{Item, ItemId};
use super::part::{Found, Part};

/// Four priorities that are written to, acknowledgements, one page to copy to, and the one with the greatest number.
const PAGES_MIN: usize = 4;
/// Ids that a writing may have used which was cut off: one in each start.
const ID_GAP: u64 = 2;

/// What could not be sent yet. `PAGES` is how many pages of flash it can use, at least four; `ITEM` the longest stored item in bytes, what
/// [`AtRest`] adds included.
///
/// - Getters: [`statistics`](Self::statistics).
/// - The producer: [`push`](Self::push).
/// - The sender: [`next`](Self::next) as far ahead as it likes, [`acknowledge`](Self::acknowledge) when the other side has.
///
/// Cancel safety: dropping the future of [`push`](Self::push) may leave the item or not, as a power cut does; the queue stays usable.
///
/// # Example: a batch that outlives a restart
///
/// ```
/// # #[cfg(all(feature = "dev", feature = "alloc"))] {
/// use dimo_hal::flash::BlockingFlash;
/// use dimo_hal::mock::{MockFlash, Supply};
/// use dimo_hal::queue::{Plain, Queue};
/// use dimo_hal::wait;
/// use dimo_types::Priority;
///
/// let mut flash = MockFlash::<4, 4096>::new(8, &Supply::default());
/// let mut queue = wait(Queue::<_, _, 8, 1024>::open(BlockingFlash(&mut flash), Plain))?;
/// let id = wait(queue.push(Priority::Routine, b"a batch"))?;
///
/// // The power goes, and comes back.
/// let mut queue = wait(Queue::<_, _, 8, 1024>::open(BlockingFlash(&mut flash), Plain))?;
/// let item = wait(queue.next(None))?.unwrap();
/// assert_eq!((item.id, item.bytes), (id, &b"a batch"[..]));
/// wait(queue.acknowledge(id))?;
/// assert!(wait(queue.next(None))?.is_none());
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Queue<F, A, const PAGES: usize, const ITEM: usize> {
    part: Part<F>,
    at_rest: A,
    index: Index<PAGES>,
    buffer: [u8; ITEM],
    next_id: u64,
    next_number: u32,
    acknowledged: u64,
    /// The page and the offset that items of each priority, by level, and acknowledgements go to in this start.
    open_pages: [Option<(u32, u32)>; 5],
    /// Where the last item was read: page, id, offset behind it.
    cursor: Option<(u32, u64, u32)>,
    dropped: [u32; 4],
    damaged: u32,
}

/// What a queue has counted since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueStatistics {
    /// Items that gave way because the queue was full, by the level of their priority.
    pub dropped: [u32; 4],
    /// Items that were not what had been stored, and were stepped over.
    pub damaged: u32,
    /// Pages without anything that is needed.
    pub free_pages: usize,
    /// Pages of a firmware of a later time.
    pub foreign_pages: usize,
}

impl<F: NorFlash, A: AtRest, const PAGES: usize, const ITEM: usize> Queue<F, A, PAGES, ITEM> {
    /// The longest item, in bytes.
    pub const LONGEST: usize = ITEM - A::OVERHEAD;

    /// Finds what is there. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`QueueError::Layout`] and [`QueueError::Flash`].
    pub async fn open(flash: F, at_rest: A) -> Result<Self, QueueError<F::Error>> {
        let pages = flash.capacity() / F::ERASE_SIZE;
        let first = Part::<F>::FIRST;
        let fits = Part::<F>::is_known()
            && (PAGES_MIN..=PAGES).contains(&pages)
            && ITEM.is_multiple_of(F::READ_SIZE)
            && ITEM > A::OVERHEAD
            && first.saturating_add(Part::<F>::item_len(ITEM)) <= Part::<F>::PAGE;
        if !fits {
            return Err(QueueError::Layout);
        }
        let mut queue = Self {
            part: Part { flash },
            at_rest,
            index: Index::new(pages),
            buffer: [0; ITEM],
            next_id: 1,
            next_number: 1,
            acknowledged: 0,
            open_pages: [None; 5],
            cursor: None,
            dropped: [0; 4],
            damaged: 0,
        };
        for page in 0..u32::try_from(pages).map_err(|_| QueueError::Layout)? {
            queue.find_page(page).await?;
        }
        queue.index.settle();
        queue.forget_acknowledged();
        let newest = queue.index.newest(Content::Acknowledgements);
        queue.index.free_all_but(Content::Acknowledgements, newest);
        // Whatever was given is among what is there, or was acknowledged.
        queue.next_id = queue.next_id.max(queue.acknowledged.saturating_add(ID_GAP));
        queue.next_number = queue.index.greatest_number().checked_add(1).ok_or(QueueError::WornOut)?;
        Ok(queue)
    }

    /// What was counted since the queue was opened.
    #[must_use]
    pub fn statistics(&self) -> QueueStatistics {
        QueueStatistics {
            dropped: self.dropped,
            damaged: self.damaged,
            free_pages: self.index.free_count(),
            foreign_pages: self.index.iter().filter(|(_, page)| page.r#use == Use::Foreign).count(),
        }
    }

    /// Takes an item. After `Ok` it survives any power cut, until it is acknowledged or gives way to others.
    ///
    /// # Errors
    ///
    /// [`PushError`]; then the item is not in the queue, or may be there as after a power cut when the flash failed.
    pub async fn push(&mut self, priority: Priority, item: &[u8]) -> Result<ItemId, PushError<F::Error>> {
        if item.len() > Self::LONGEST {
            return Err(PushError::TooLong { len: item.len(), longest: Self::LONGEST });
        }
        let stored = item.len() + A::OVERHEAD;
        let (page, offset) = self.room(priority, Part::<F>::item_len(stored)).await?;
        let id = ItemId(self.next_id);
        self.next_id = id.0.checked_add(1).ok_or(PushError::WornOut)?;
        self.buffer.iter_mut().zip(item).for_each(|(to, from)| *to = *from);
        self.at_rest.seal(id, &mut self.buffer, item.len()).ok_or(PushError::Sealing)?;
        // Should it fail half-way, nothing follows in this page.
        self.set_open(Content::Items(priority), None);
        let bytes = self.buffer.get(..stored).unwrap_or_default();
        let header = ItemHeader::new(id.0, bytes).ok_or(PushError::Sealing)?;
        self.part.write_item(page, offset, header, bytes).await.map_err(PushError::Flash)?;
        let end = offset.saturating_add(Part::<F>::item_len(stored));
        self.set_open(Content::Items(priority), Some((page, end)));
        self.note_item(page, id.0, end);
        Ok(id)
    }

    /// The oldest item after an id, or the oldest that is not acknowledged. Items that are not what was stored are stepped over and counted.
    ///
    /// # Errors
    ///
    /// [`QueueError::Flash`]; nothing is lost.
    pub async fn next(&mut self, after: Option<ItemId>) -> Result<Option<Item<'_>>, QueueError<F::Error>> {
        let mut after = after.map_or(self.acknowledged, |id| id.0.max(self.acknowledged));
        loop {
            let Some((page, found)) = self.find_after(after).await? else { return Ok(None) };
            let id = ItemId(found.header.id);
            if let Some((priority, len)) = self.load(page, &found).await? {
                self.cursor = Some((page, id.0, found.next));
                return Ok(Some(Item { id, priority, bytes: self.buffer.get(..len).unwrap_or_default() }));
            }
            self.damaged = self.damaged.saturating_add(1);
            after = id.0;
        }
    }

    /// The other side has every item up to this one: they are not needed any more. Should the power go before the flash knows, they are delivered again.
    ///
    /// # Errors
    ///
    /// [`QueueError::Flash`]; the items are still not delivered again in this start.
    pub async fn acknowledge(&mut self, up_to: ItemId) -> Result<(), QueueError<F::Error>> {
        let up_to = up_to.0.min(self.next_id.saturating_sub(1));
        if up_to <= self.acknowledged {
            return Ok(());
        }
        self.acknowledged = up_to;
        self.forget_acknowledged();
        let len = Part::<F>::item_len(0);
        let place = self
            .open_page(Content::Acknowledgements)
            .filter(|(_, end)| end.saturating_add(len) <= Part::<F>::PAGE);
        let Some((page, offset)) = place else {
            // The header of the page says it.
            return match self.index.oldest_free().filter(|_| self.index.free_count() >= 2) {
                Some(page) => self.begin(page, Content::Acknowledgements).await,
                None => Ok(()),
            };
        };
        let header = ItemHeader::new(up_to, &[]).ok_or(QueueError::Layout)?;
        self.set_open(Content::Acknowledgements, None);
        self.part.write_item(page, offset, header, &[]).await.map_err(QueueError::Flash)?;
        self.set_open(Content::Acknowledgements, Some((page, offset.saturating_add(len))));
        Ok(())
    }

    /// Gives the flash back.
    pub fn into_inner(self) -> F {
        self.part.flash
    }
}

// ---- finding
impl<F: NorFlash, A: AtRest, const PAGES: usize, const ITEM: usize> Queue<F, A, PAGES, ITEM> {
    async fn find_page(&mut self, page: u32) -> Result<(), QueueError<F::Error>> {
        let header = match self.part.page_header(page).await.map_err(QueueError::Flash)? {
            Read::Nothing => return Ok(()),
            Read::Foreign => {
                if let Some(entry) = self.index.get_mut(page) {
                    entry.r#use = Use::Foreign;
                }
                return Ok(());
            }
            Read::Header(header) => header,
        };
        if let Some(entry) = self.index.get_mut(page) {
            (entry.number, entry.replaces) = (header.number, header.replaces);
            entry.is_whole = !header.is_copy();
            entry.r#use = Use::Holds(header.content);
        }
        self.acknowledged = self.acknowledged.max(header.acknowledged);
        self.next_id = self.next_id.max(header.next_id.saturating_add(ID_GAP));
        let mut offset = Part::<F>::FIRST;
        let mut before = None;
        while let Some(found) = self.part.item_at(page, offset).await.map_err(QueueError::Flash)? {
            offset = found.next;
            // The mark behind a copy that is whole.
            if before.replace(found.header.id) == Some(found.header.id)
                && let Some(entry) = self.index.get_mut(page)
            {
                entry.is_whole = true;
            }
            match header.content {
                Content::Items(_) => {
                    self.next_id = self.next_id.max(found.header.id.saturating_add(ID_GAP));
                    self.note_item(page, found.header.id, offset);
                }
                Content::Acknowledgements => {
                    if self.part.is_well(&found).await.map_err(QueueError::Flash)? {
                        self.acknowledged = self.acknowledged.max(found.header.id);
                    }
                }
            }
        }
        Ok(())
    }

    fn note_item(&mut self, page: u32, id: u64, end: u32) {
        if let Some(entry) = self.index.get_mut(page) {
            entry.first_id = entry.first_id.min(id);
            entry.last_id = entry.last_id.max(id);
            entry.end = end;
        }
    }

    /// Every page whose items are acknowledged is free; so is one that was begun and never held an item, unless it is written to.
    fn forget_acknowledged(&mut self) {
        self.index.acknowledge(self.acknowledged);
        for slot in 0..4 {
            let open = self.open_pages.get(slot).copied().flatten();
            if let Some((page, _)) = open
                && self.index.get(page).r#use == Use::Free
            {
                self.open_pages.iter_mut().filter(|place| **place == open).for_each(|place| *place = None);
            }
        }
    }

    /// The item with the least id after this one, wherever it is.
    async fn find_after(&mut self, after: u64) -> Result<Option<(u32, Found)>, QueueError<F::Error>> {
        let mut best: Option<(u32, Found)> = None;
        for page in 0..u32::try_from(PAGES).unwrap_or(u32::MAX) {
            let entry = self.index.get(page);
            let in_reach = best.is_none_or(|(_, found)| entry.first_id < found.header.id);
            if entry.priority().is_none() || entry.last_id <= after || !in_reach {
                continue;
            }
            let found = self.first_in_page(page, after).await?;
            if let Some(found) = found
                && best.is_none_or(|(_, best)| found.header.id < best.header.id)
            {
                best = Some((page, found));
            }
        }
        Ok(best)
    }

    async fn first_in_page(&mut self, page: u32, after: u64) -> Result<Option<Found>, QueueError<F::Error>> {
        let mut offset = match self.cursor {
            Some((read, id, next)) if read == page && id <= after => next,
            _ => Part::<F>::FIRST,
        };
        while let Some(found) = self.part.item_at(page, offset).await.map_err(QueueError::Flash)? {
            if found.header.id > after {
                return Ok(Some(found));
            }
            offset = found.next;
        }
        Ok(None)
    }

    /// Brings an item into the buffer, if it is what was stored.
    async fn load(
        &mut self,
        page: u32,
        found: &Found,
    ) -> Result<Option<(Priority, usize)>, QueueError<F::Error>> {
        let Some(priority) = self.index.get(page).priority() else { return Ok(None) };
        let len = self.part.read_item(found, &mut self.buffer).await.map_err(QueueError::Flash)?;
        let Some(bytes) = len.and_then(|len| self.buffer.get_mut(..len)) else { return Ok(None) };
        if !found.header.is_of(bytes) {
            return Ok(None);
        }
        Ok(self.at_rest.open(ItemId(found.header.id), bytes).ok().map(|len| (priority, len)))
    }
}

// ---- making room
impl<F: NorFlash, A: AtRest, const PAGES: usize, const ITEM: usize> Queue<F, A, PAGES, ITEM> {
    fn open_page(&self, content: Content) -> Option<(u32, u32)> {
        self.open_pages.get(slot(content)).copied().flatten()
    }

    fn set_open(&mut self, content: Content, place: Option<(u32, u32)>) {
        if let Some(slot) = self.open_pages.get_mut(slot(content)) {
            *slot = place;
        }
    }

    /// Where an item of this length goes.
    async fn room(&mut self, priority: Priority, len: u32) -> Result<(u32, u32), PushError<F::Error>> {
        let content = Content::Items(priority);
        loop {
            if let Some((page, offset)) = self.open_page(content)
                && offset.saturating_add(len) <= Part::<F>::PAGE
            {
                return Ok((page, offset));
            }
            self.set_open(content, None);
            // One page stays free, to copy to.
            if self.index.free_count() >= 2
                && let Some(page) = self.index.oldest_free()
            {
                self.begin(page, content).await?;
            } else if !self.merge().await? {
                let victim = self.give_way(priority).await?.ok_or(PushError::Full)?;
                let page = self.index.oldest_free().ok_or(PushError::Full)?;
                self.begin_for(page, content, [self.index.get(victim).number, 0]).await?;
                self.index.free(victim);
            }
        }
    }

    /// Begins a page, which says how far ids and acknowledgements went.
    async fn begin(&mut self, page: u32, content: Content) -> Result<(), QueueError<F::Error>> {
        self.begin_for(page, content, [0; 2]).await
    }

    async fn begin_for(
        &mut self,
        page: u32,
        content: Content,
        replaces: [u32; 2],
    ) -> Result<(), QueueError<F::Error>> {
        let number = self.next_number;
        self.next_number = number.checked_add(1).ok_or(QueueError::WornOut)?;
        let (next_id, acknowledged) = (self.next_id, self.acknowledged);
        let header = PageHeader { content, number, next_id, acknowledged, replaces };
        self.part.begin(page, header).await.map_err(QueueError::Flash)?;
        let first = Part::<F>::FIRST;
        if let Some(entry) = self.index.get_mut(page) {
            entry.r#use = Use::Holds(content);
            (entry.number, entry.first_id, entry.last_id, entry.end) = (number, u64::MAX, 0, first);
            (entry.replaces, entry.is_whole) = ([0; 2], false);
        }
        if self.cursor.is_some_and(|(read, ..)| read == page) {
            self.cursor = None;
        }
        self.set_open(content, Some((page, first)));
        if content == Content::Acknowledgements {
            self.index.free_all_but(content, Some(page));
        }
        Ok(())
    }

    /// Copies two neighbours into one page. Whether there were such.
    async fn merge(&mut self) -> Result<bool, QueueError<F::Error>> {
        for page in 0..u32::try_from(PAGES).unwrap_or(u32::MAX) {
            let Some(neighbour) = self.index.neighbour(page) else { continue };
            let both = [page, neighbour];
            let is_open = |page: &u32| self.open_pages.iter().flatten().any(|(open, _)| open == page);
            let used = both
                .iter()
                .map(|page| self.index.get(*page).end.saturating_sub(Part::<F>::FIRST))
                .sum::<u32>();
            let whole = used.saturating_add(Part::<F>::FIRST).saturating_add(Part::<F>::item_len(0));
            if both.iter().any(is_open) || whole > Part::<F>::PAGE {
                continue;
            }
            let Some(target) = self.index.oldest_free() else { return Ok(false) };
            self.copy(both, target).await?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn copy(&mut self, from: [u32; 2], target: u32) -> Result<(), QueueError<F::Error>> {
        let Some(priority) = from.first().and_then(|page| self.index.get(*page).priority()) else {
            return Ok(());
        };
        let content = Content::Items(priority);
        let kept = self.open_page(content);
        self.begin_for(target, content, from.map(|page| self.index.get(page).number)).await?;
        self.set_open(content, kept);
        let (mut offset, mut last, mut copied) = (Part::<F>::FIRST, self.acknowledged, None);
        for page in from {
            while let Some(found) = self.first_in_page(page, last).await? {
                last = found.header.id;
                let Some(len) =
                    self.part.read_item(&found, &mut self.buffer).await.map_err(QueueError::Flash)?
                else {
                    continue;
                };
                let bytes = self.buffer.get(..len).unwrap_or_default();
                if found.header.is_of(bytes) {
                    self.part
                        .write_item(target, offset, found.header, bytes)
                        .await
                        .map_err(QueueError::Flash)?;
                    offset = offset.saturating_add(Part::<F>::item_len(len));
                    self.note_item(target, last, offset);
                    copied = Some(last);
                }
            }
        }
        // A second entry with the id of the last one says that the copy is whole: from here on its sources are not needed.
        if let Some(mark) = copied.and_then(|last| ItemHeader::new(last, &[])) {
            self.part.write_item(target, offset, mark, &[]).await.map_err(QueueError::Flash)?;
        }
        for page in from {
            self.index.free(page);
        }
        Ok(())
    }

    /// The oldest page of the lowest priority is to give way, if there is one not above this.
    async fn give_way(&mut self, priority: Priority) -> Result<Option<u32>, QueueError<F::Error>> {
        let Some(page) = self.index.victim(priority) else { return Ok(None) };
        let mut count = 0u32;
        let mut after = self.acknowledged;
        while let Some(found) = self.first_in_page(page, after).await? {
            after = found.header.id;
            count += u32::from(self.part.is_well(&found).await.map_err(QueueError::Flash)?);
        }
        if let Some(lost) = self.index.get(page).priority()
            && let Some(dropped) = self.dropped.get_mut(usize::from(lost.level()))
        {
            *dropped = dropped.saturating_add(count);
        }
        self.open_pages
            .iter_mut()
            .filter(|open| open.is_some_and(|(open, _)| open == page))
            .for_each(|open| *open = None);
        Ok(Some(page))
    }
}

fn slot(content: Content) -> usize {
    match content {
        Content::Items(priority) => usize::from(priority.level()),
        Content::Acknowledgements => 4,
    }
}

/// Why a queue was not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueueError<E: Debug> {
    /// The flash failed. Try again; what was taken is still there.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// Less than four pages or more than `PAGES`, a page that does not take the longest item, or a word above 64 bytes.
    #[error("this flash is not laid out for the queue")]
    Layout,
    /// All numbers are used.
    #[error("2^32 pages were written")]
    WornOut,
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError<E: Debug> {
    /// The item is too long. Send it in parts, or do without.
    #[error("an item of {len} bytes, where {longest} fit")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The longest.
        longest: usize,
    },
    /// All pages hold items of a higher priority.
    #[error("the queue is full of items of a higher priority")]
    Full,
    /// The flash failed.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// The item could not be sealed.
    #[error("the item could not be sealed")]
    Sealing,
    /// All numbers are used.
    #[error("all numbers are used")]
    WornOut,
}

impl<E: Debug> From<QueueError<E>> for PushError<E> {
    fn from(error: QueueError<E>) -> Self {
        match error {
            QueueError::Flash(error) => Self::Flash(error),
            QueueError::Layout => Self::Full,
            QueueError::WornOut => Self::WornOut,
        }
    }
}
