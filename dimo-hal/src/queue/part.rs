//! [`Part`]: the flash of a queue, page by page.

use embedded_storage_async::nor_flash::NorFlash;

use super::entry::{ItemHeader, PageHeader, Read};

/// The longest word of a flash that is written to.
const WORD_MAX: usize = 64;
/// How much is read at once where bytes are only summed up.
const PIECE: usize = 64;

/// The flash.
#[derive(Debug)]
pub(super) struct Part<F> {
    pub(super) flash: F,
}

/// An item where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) header: ItemHeader,
    /// Where its bytes begin.
    pub(super) bytes_at: u32,
    /// Where the next item begins, from the start of the page.
    pub(super) next: u32,
}

impl<F: NorFlash> Part<F> {
    pub(super) const PAGE: u32 = as_u32(F::ERASE_SIZE);
    /// Where the first item of a page begins.
    pub(super) const FIRST: u32 = as_u32(PageHeader::LEN.next_multiple_of(F::WRITE_SIZE));

    /// With its header, padded to the word.
    pub(super) const fn item_len(len: usize) -> u32 {
        as_u32((ItemHeader::LEN + len).next_multiple_of(F::WRITE_SIZE))
    }

    /// Whether words and pages are of a kind that is known here.
    pub(super) const fn is_known() -> bool {
        F::WRITE_SIZE <= WORD_MAX
            && F::ERASE_SIZE.is_multiple_of(F::WRITE_SIZE)
            // What is read begins and ends where it was written.
            && F::WRITE_SIZE.is_multiple_of(F::READ_SIZE)
            && PIECE.is_multiple_of(F::READ_SIZE)
            && PageHeader::LEN.is_multiple_of(F::READ_SIZE)
            && ItemHeader::LEN.is_multiple_of(F::READ_SIZE)
    }

    pub(super) async fn page_header(&mut self, page: u32) -> Result<Read, F::Error> {
        let mut bytes = [0; PageHeader::LEN];
        self.flash.read(page * Self::PAGE, &mut bytes).await?;
        Ok(PageHeader::parse(&bytes))
    }

    /// Erases the page and writes its header.
    pub(super) async fn begin(&mut self, page: u32, header: PageHeader) -> Result<(), F::Error> {
        let start = page * Self::PAGE;
        self.flash.erase(start, start + Self::PAGE).await?;
        self.write(start, header.to_bytes().iter()).await
    }

    /// The item at an offset of a page, whether its bytes are well or not; `None` at the end.
    pub(super) async fn item_at(&mut self, page: u32, offset: u32) -> Result<Option<Found>, F::Error> {
        if offset.saturating_add(as_u32(ItemHeader::LEN)) > Self::PAGE {
            return Ok(None);
        }
        let at = page * Self::PAGE + offset;
        let mut bytes = [0; ItemHeader::LEN];
        self.flash.read(at, &mut bytes).await?;
        let found = ItemHeader::parse(&bytes).map(|header| Found {
            header,
            bytes_at: at + as_u32(ItemHeader::LEN),
            next: offset.saturating_add(Self::item_len(usize::from(header.len))),
        });
        Ok(found.filter(|found| found.next <= Self::PAGE))
    }

    /// Whether the bytes of an item are those that were stored.
    pub(super) async fn is_well(&mut self, found: &Found) -> Result<bool, F::Error> {
        let mut sum = found.header.sum();
        let mut piece = [0; PIECE];
        let (mut at, mut left) = (found.bytes_at, usize::from(found.header.len));
        while left > 0 {
            let take = left.min(PIECE);
            let read = take.next_multiple_of(F::READ_SIZE);
            self.flash.read(at, piece.get_mut(..read).unwrap_or_default()).await?;
            sum.update(piece.get(..take).unwrap_or_default());
            at = at.saturating_add(as_u32(take));
            left -= take;
        }
        Ok(sum.finish() == found.header.crc)
    }

    /// Reads the bytes of an item; `None` when the buffer is too short for them.
    pub(super) async fn read_item(
        &mut self,
        found: &Found,
        buffer: &mut [u8],
    ) -> Result<Option<usize>, F::Error> {
        let len = usize::from(found.header.len);
        let Some(place) = buffer.get_mut(..len.next_multiple_of(F::READ_SIZE)) else { return Ok(None) };
        self.flash.read(found.bytes_at, place).await?;
        Ok(Some(len))
    }

    pub(super) async fn write_item(
        &mut self,
        page: u32,
        offset: u32,
        header: ItemHeader,
        bytes: &[u8],
    ) -> Result<(), F::Error> {
        self.write(page * Self::PAGE + offset, header.to_bytes().iter().chain(bytes)).await
    }

    /// Word by word, the last one filled up with what erased flash reads as.
    async fn write(&mut self, mut at: u32, bytes: impl Iterator<Item = &u8>) -> Result<(), F::Error> {
        let mut word = [0xFF; WORD_MAX];
        let mut filled = 0;
        for byte in bytes {
            if let Some(place) = word.get_mut(filled) {
                *place = *byte;
            }
            filled += 1;
            if filled == F::WRITE_SIZE {
                self.flash.write(at, word.get(..F::WRITE_SIZE).unwrap_or_default()).await?;
                at = at.saturating_add(as_u32(F::WRITE_SIZE));
                (word, filled) = ([0xFF; WORD_MAX], 0);
            }
        }
        if filled > 0 {
            self.flash.write(at, word.get(..F::WRITE_SIZE).unwrap_or_default()).await?;
        }
        Ok(())
    }
}

/// Sizes of flash fit into 32 bits: its offsets are such.
#[expect(clippy::cast_possible_truncation, reason = "checked by the comparison")]
const fn as_u32(size: usize) -> u32 {
    if size > u32::MAX as usize { u32::MAX } else { size as u32 }
}
