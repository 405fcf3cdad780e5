//! [`Queue`] itself.

use dimo_types::Priority;
use embedded_storage_async::nor_flash::NorFlash;

use super::at_rest::AtRest;
use super::entry::{Content, ItemHeader};
use super::error::{PushError, QueueError};
use super::index::{Index, Role};
use super::item::{Item, ItemId};
use super::part::Part;

/// Four priorities that are written to, acknowledgements, one page to copy to, and the one with the greatest number.
const PAGES_MIN: usize = 4;
/// Ids that a writing may have used which was cut off: one in each start.
pub(super) const ID_GAP: u64 = 2;

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
    pub(super) part: Part<F>,
    pub(super) at_rest: A,
    pub(super) index: Index<PAGES>,
    pub(super) buffer: [u8; ITEM],
    pub(super) next_id: u64,
    pub(super) next_number: u32,
    pub(super) acknowledged: u64,
    /// The page and the offset that items of each priority, by level, and acknowledgements go to in this start.
    pub(super) open_pages: [Option<(u32, u32)>; 5],
    /// Where the last item was read: page, id, offset behind it.
    pub(super) cursor: Option<(u32, u64, u32)>,
    pub(super) dropped: [u32; 4],
    pub(super) damaged: u32,
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
            foreign_pages: self.index.iter().filter(|(_, page)| page.role == Role::Foreign).count(),
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
