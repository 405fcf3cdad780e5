//! Where the next item goes: what [`Queue::push`] stands on.

use dimo_types::Priority;
use embedded_storage_async::nor_flash::NorFlash;

use super::at_rest::AtRest;
use super::entry::{Content, ItemHeader, PageHeader};
use super::error::{PushError, QueueError};
use super::index::Role;
use super::part::Part;
use super::store::Queue;

impl<F: NorFlash, A: AtRest, const PAGES: usize, const ITEM: usize> Queue<F, A, PAGES, ITEM> {
    pub(super) fn open_page(&self, content: Content) -> Option<(u32, u32)> {
        self.open_pages.get(slot(content)).copied().flatten()
    }

    pub(super) fn set_open(&mut self, content: Content, place: Option<(u32, u32)>) {
        if let Some(slot) = self.open_pages.get_mut(slot(content)) {
            *slot = place;
        }
    }

    /// Where an item of this length goes.
    pub(super) async fn room(
        &mut self,
        priority: Priority,
        len: u32,
    ) -> Result<(u32, u32), PushError<F::Error>> {
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
    pub(super) async fn begin(&mut self, page: u32, content: Content) -> Result<(), QueueError<F::Error>> {
        self.begin_for(page, content, [0; 2]).await
    }

    pub(super) async fn begin_for(
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
            entry.role = Role::Holds(content);
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
    pub(super) async fn merge(&mut self) -> Result<bool, QueueError<F::Error>> {
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

    pub(super) async fn copy(&mut self, from: [u32; 2], target: u32) -> Result<(), QueueError<F::Error>> {
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
    pub(super) async fn give_way(&mut self, priority: Priority) -> Result<Option<u32>, QueueError<F::Error>> {
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
