//! [`BootLayout`]: where slots, manifests and the record are.

use core::ops::Range;

use super::state::BootSlot;

/// The longest signed manifest that a slot keeps, in bytes.
pub const MANIFEST_MAX: usize = 1024;

/// Where everything is in one flash, in bytes from its start, all in whole pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a table that a maker fills in")]
pub struct BootLayout {
    /// The images, slot A first.
    pub images: [Range<u32>; 2],
    /// Their signed manifests.
    pub manifests: [Range<u32>; 2],
    /// The record: three pages at least.
    pub record: Range<u32>,
}

impl BootLayout {
    pub(super) fn image(&self, slot: BootSlot) -> Range<u32> {
        let [a, b] = &self.images;
        if slot == BootSlot::A { a.clone() } else { b.clone() }
    }

    pub(super) fn manifest(&self, slot: BootSlot) -> Range<u32> {
        let [a, b] = &self.manifests;
        if slot == BootSlot::A { a.clone() } else { b.clone() }
    }

    /// Whether everything is in whole pages, apart from each other, and within the flash.
    pub(super) fn fits(&self, page: u32, word: u32, capacity: u32) -> bool {
        let [image_a, image_b] = &self.images;
        let [manifest_a, manifest_b] = &self.manifests;
        let all = [image_a, image_b, manifest_a, manifest_b, &self.record];
        let whole = all.iter().all(|range| {
            range.start < range.end
                && range.start % page == 0
                && range.end % page == 0
                && range.end <= capacity
        });
        let apart = all.iter().enumerate().all(|(place, one)| {
            all.iter().skip(place + 1).all(|other| one.end <= other.start || other.end <= one.start)
        });
        let manifest_fits =
            self.manifests.iter().all(|range| range.end - range.start >= 1028_u32.next_multiple_of(word));
        page > 0 && whole && apart && manifest_fits
    }
}
