//! [`Index`]: what is in which page, in RAM.

use dimo_types::Priority;

use super::entry::Content;

/// What is in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing that is needed. What it says of itself still counts for numbers.
    Free,
    Holds(Content),
    /// Written by a firmware of a later time: left alone.
    Foreign,
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) r#use: Use,
    /// 0 for a page that never was one of ours.
    pub(super) number: u32,
    pub(super) first_id: u64,
    pub(super) last_id: u64,
    /// Where the last item ends.
    pub(super) end: u32,
}

impl Page {
    const BLANK: Self = Self { r#use: Use::Free, number: 0, first_id: u64::MAX, last_id: 0, end: 0 };

    pub(super) const fn priority(&self) -> Option<Priority> {
        match self.r#use {
            Use::Holds(Content::Items(priority)) => Some(priority),
            _ => None,
        }
    }
}

/// All pages.
#[derive(Debug)]
pub(super) struct Index<const PAGES: usize> {
    pages: [Page; PAGES],
    len: usize,
}

impl<const PAGES: usize> Index<PAGES> {
    pub(super) const fn new(len: usize) -> Self {
        Self { pages: [Page::BLANK; PAGES], len }
    }

    pub(super) fn get(&self, page: u32) -> Page {
        usize::try_from(page).ok().and_then(|page| self.pages.get(page)).copied().unwrap_or(Page::BLANK)
    }

    pub(super) fn get_mut(&mut self, page: u32) -> Option<&mut Page> {
        self.pages.get_mut(usize::try_from(page).ok()?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Page)> {
        (0..).zip(self.pages.iter().take(self.len))
    }

    pub(super) fn free_all_but(&mut self, content: Content, kept: Option<u32>) {
        for (number, page) in (0..).zip(&mut self.pages) {
            if page.r#use == Use::Holds(content) && Some(number) != kept {
                page.r#use = Use::Free;
            }
        }
    }

    /// Pages of items that were all acknowledged are free.
    pub(super) fn acknowledge(&mut self, up_to: u64) {
        for page in &mut self.pages {
            if page.priority().is_some() && page.last_id <= up_to {
                page.r#use = Use::Free;
            }
        }
    }

    pub(super) fn greatest_number(&self) -> u32 {
        self.iter().map(|(_, page)| page.number).max().unwrap_or(0)
    }

    /// How many pages may be erased: not the one with the greatest number, which says how far numbers went.
    pub(super) fn free_count(&self) -> usize {
        self.free().count()
    }

    /// The page that was unused for longest.
    pub(super) fn oldest_free(&self) -> Option<u32> {
        self.free().min_by_key(|(_, page)| page.number).map(|(place, _)| place)
    }

    fn free(&self) -> impl Iterator<Item = (u32, &Page)> {
        let greatest = self.greatest_number();
        self.iter()
            .filter(move |(_, page)| page.r#use == Use::Free && (page.number == 0 || page.number != greatest))
    }

    /// The oldest page of the lowest priority, if that is not above the one given.
    pub(super) fn victim(&self, priority: Priority) -> Option<u32> {
        let pages = self.iter().filter_map(|(place, page)| Some((page.priority()?, page.first_id, place)));
        let (lowest, _, place) = pages.min()?;
        (lowest <= priority).then_some(place)
    }

    /// The page of the same priority that follows a page of items.
    pub(super) fn neighbour(&self, of: u32) -> Option<u32> {
        let page = self.get(of);
        let priority = page.priority()?;
        let later = self.iter().filter(|(place, other)| {
            *place != of
                && other.priority() == Some(priority)
                && (other.first_id, other.number) > (page.first_id, page.number)
        });
        later.min_by_key(|(_, other)| (other.first_id, other.number)).map(|(place, _)| place)
    }
}
