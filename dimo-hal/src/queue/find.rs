//! Where items are: what [`Queue::open`] and [`Queue::next`] stand on.

use dimo_types::Priority;
use embedded_storage_async::nor_flash::NorFlash;

use super::at_rest::AtRest;
use super::entry::{Content, Read};
use super::error::QueueError;
use super::index::Role;
use super::item::ItemId;
use super::part::{Found, Part};
use super::store::{ID_GAP, Queue};

impl<F: NorFlash, A: AtRest, const PAGES: usize, const ITEM: usize> Queue<F, A, PAGES, ITEM> {
    pub(super) async fn find_page(&mut self, page: u32) -> Result<(), QueueError<F::Error>> {
        let header = match self.part.page_header(page).await.map_err(QueueError::Flash)? {
            Read::Nothing => return Ok(()),
            Read::Foreign => {
                if let Some(entry) = self.index.get_mut(page) {
                    entry.role = Role::Foreign;
                }
                return Ok(());
            }
            Read::Header(header) => header,
        };
        if let Some(entry) = self.index.get_mut(page) {
            (entry.number, entry.replaces) = (header.number, header.replaces);
            entry.is_whole = !header.is_copy();
            entry.role = Role::Holds(header.content);
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

    pub(super) fn note_item(&mut self, page: u32, id: u64, end: u32) {
        if let Some(entry) = self.index.get_mut(page) {
            entry.first_id = entry.first_id.min(id);
            entry.last_id = entry.last_id.max(id);
            entry.end = end;
        }
    }

    /// Every page whose items are acknowledged is free; so is one that was begun and never held an item, unless it is written to.
    pub(super) fn forget_acknowledged(&mut self) {
        self.index.acknowledge(self.acknowledged);
        for slot in 0..4 {
            let open = self.open_pages.get(slot).copied().flatten();
            if let Some((page, _)) = open
                && self.index.get(page).role == Role::Free
            {
                self.open_pages.iter_mut().filter(|place| **place == open).for_each(|place| *place = None);
            }
        }
    }

    /// The item with the least id after this one, wherever it is.
    pub(super) async fn find_after(
        &mut self,
        after: u64,
    ) -> Result<Option<(u32, Found)>, QueueError<F::Error>> {
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

    pub(super) async fn first_in_page(
        &mut self,
        page: u32,
        after: u64,
    ) -> Result<Option<Found>, QueueError<F::Error>> {
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
    pub(super) async fn load(
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
