//! [`Index`]: what is in which page, in RAM.

use dimo_types::Priority;

use super::entry::Content;

/// What is in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing that is needed. What it says of itself still counts for numbers.
    Free,
    Holds(Content),
    /// Written by a firmware of a later time: left alone.
    Foreign,
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) role: Role,
    /// 0 for a page that never was one of ours.
    pub(super) number: u32,
    pub(super) first_id: u64,
    pub(super) last_id: u64,
    /// Where the last item ends.
    pub(super) end: u32,
    /// The numbers of the pages that are not needed since this one is there; 0 for none.
    pub(super) replaces: [u32; 2],
    /// Whether it stands for all that they held: a page that others gave way to does, a copy once it is whole.
    pub(super) is_whole: bool,
}

impl Page {
    const BLANK: Self = Self {
        role: Role::Free,
        number: 0,
        first_id: u64::MAX,
        last_id: 0,
        end: 0,
        replaces: [0; 2],
        is_whole: false,
    };

    pub(super) const fn priority(&self) -> Option<Priority> {
        match self.role {
            Role::Holds(Content::Items(priority)) => Some(priority),
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

    pub(super) fn free(&mut self, page: u32) {
        if let Some(page) = self.get_mut(page) {
            page.role = Role::Free;
        }
    }

    pub(super) fn newest(&self, content: Content) -> Option<u32> {
        let pages = self.iter().filter(|(_, page)| page.role == Role::Holds(content));
        pages.max_by_key(|(_, page)| page.number).map(|(place, _)| place)
    }

    pub(super) fn free_all_but(&mut self, content: Content, kept: Option<u32>) {
        for (number, page) in (0..).zip(&mut self.pages) {
            if page.role == Role::Holds(content) && Some(number) != kept {
                page.role = Role::Free;
            }
        }
    }

    /// What was replaced is free; a copy that is not whole is, as long as what it copies is there.
    pub(super) fn settle(&mut self) {
        for place in 0..self.pages.len() {
            let Some(page) = self.pages.get(place).copied().filter(|page| page.replaces != [0; 2]) else {
                continue;
            };
            let stands =
                |number| self.pages.iter().any(|page| page.number == number && page.priority().is_some());
            let not_needed = if page.is_whole {
                page.replaces
            } else if page.replaces.into_iter().all(stands) {
                [page.number; 2]
            } else {
                continue;
            };
            for page in
                self.pages.iter_mut().filter(|page| page.number != 0 && not_needed.contains(&page.number))
            {
                page.role = Role::Free;
            }
        }
    }

    /// Pages of items that were all acknowledged are free.
    pub(super) fn acknowledge(&mut self, up_to: u64) {
        for page in &mut self.pages {
            if page.priority().is_some() && page.last_id <= up_to {
                page.role = Role::Free;
            }
        }
    }

    pub(super) fn greatest_number(&self) -> u32 {
        self.iter().map(|(_, page)| page.number).max().unwrap_or(0)
    }

    pub(super) fn free_count(&self) -> usize {
        self.all_free().count()
    }

    /// The page that was begun before all others: what a copy or a successor stands for is erased before it.
    pub(super) fn oldest_free(&self) -> Option<u32> {
        self.all_free().min_by_key(|(_, page)| page.number).map(|(place, _)| place)
    }

    fn all_free(&self) -> impl Iterator<Item = (u32, &Page)> {
        self.iter().filter(|(_, page)| page.role == Role::Free)
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
