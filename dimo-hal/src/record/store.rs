//! [`RecordStore`] itself.

use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

use super::entry::Header;

const HEADER_LEN: u32 = 16;

/// The longest word of a flash that is written to.
const WORD_MAX: usize = 64;

/// One record of at most `N` bytes, over the pages of a flash: three at least.
///
/// # Example: a counter of starts that no power cut confuses
///
/// ```
/// # #[cfg(all(feature = "dev", feature = "alloc"))] {
/// use dimo_hal::flash::BlockingFlash;
/// use dimo_hal::mock::{MockFlash, Supply};
/// use dimo_hal::record::RecordStore;
/// use dimo_hal::wait;
///
/// let mut flash = MockFlash::<4, 4096>::new(3, &Supply::default());
/// for start in 1..=5u8 {
///     let mut store = wait(RecordStore::<_, 64>::open(BlockingFlash(&mut flash)))?;
///     let before = store.get().and_then(|record| record.first().copied()).unwrap_or(0);
///     wait(store.store(&[before + 1]))?;
///     assert_eq!(store.get(), Some(&[start][..]));
/// }
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordStore<F, const N: usize> {
    flash: F,
    record: Option<StoredRecord<N>>,
    /// The number of the next entry. An entry that was cut off has the one after the newest that reads well, so each start leaves that out.
    sequence: u32,
    /// Where the next entry goes, in a page that this start has erased.
    next: Option<u32>,
}

/// A record as it was found: what a part reads that may not write, as a boot loader before it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord<const N: usize> {
    bytes: [u8; N],
    len: usize,
    sequence: u32,
    page: u32,
    /// Whether the second copy reads well, so that the first one was done.
    proven: bool,
}

impl<const N: usize> StoredRecord<N> {
    /// What is in it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<F: NorFlash, const N: usize> RecordStore<F, N> {
    /// Reads the newest record and writes nothing. A record whose storing was cut off may be found now and not the next time.
    ///
    /// # Errors
    ///
    /// [`RecordError::Flash`] and [`RecordError::Layout`].
    pub async fn peek(flash: &mut F) -> Result<Option<StoredRecord<N>>, RecordError<F::Error>> {
        layout::<F, N>(flash.capacity())?;
        Ok(newest(flash).await?.0)
    }

    /// Finds the newest record. Where its storing was cut off, it is stored again first: what is found once stays.
    ///
    /// # Errors
    ///
    /// [`RecordError::Flash`] and [`RecordError::Layout`].
    pub async fn open(mut flash: F) -> Result<Self, RecordError<F::Error>> {
        layout::<F, N>(flash.capacity())?;
        let (record, older) = newest::<F, N>(&mut flash).await?;
        let sequence = record.as_ref().map_or(0, |record| record.sequence.saturating_add(2));
        let mut store = Self { flash, record, sequence, next: None };
        if let Some(unproven) = store.record.clone().filter(|record| !record.proven) {
            let spare = [Some(unproven.page), older];
            store.put(unproven.as_bytes(), spare).await?;
        }
        Ok(store)
    }

    /// The record, if there ever was one.
    #[must_use]
    pub fn get(&self) -> Option<&[u8]> {
        self.record.as_ref().map(StoredRecord::as_bytes)
    }

    /// Stores a record in the place of the one before. After `Ok` it survives any power cut; after an error, or none, the one before or this one
    /// is found at the next start. Until then this store holds on to the one before and may be asked again.
    ///
    /// # Errors
    ///
    /// [`RecordError::TooLong`] above `N` bytes, [`RecordError::WornOut`] after 2^32 records, and [`RecordError::Flash`].
    pub async fn store(&mut self, bytes: &[u8]) -> Result<(), RecordError<F::Error>> {
        let spare = [self.record.as_ref().map(|record| record.page), None];
        self.put(bytes, spare).await
    }

    /// Gives the flash back.
    pub fn into_inner(self) -> F {
        self.flash
    }

    /// Writes an entry without touching the pages to spare, unless they are of this start.
    async fn put(&mut self, bytes: &[u8], spare: [Option<u32>; 2]) -> Result<(), RecordError<F::Error>> {
        if bytes.len() > N {
            return Err(RecordError::TooLong { len: bytes.len() });
        }
        let sequence = self.sequence;
        self.sequence = sequence.checked_add(1).ok_or(RecordError::WornOut)?;
        let header = Header::new(sequence, bytes).ok_or(RecordError::TooLong { len: bytes.len() })?;
        let offset = self.room(bytes.len(), spare).await?;
        let entry = u32::try_from(entry_len::<F>(bytes.len())).map_err(|_| RecordError::Layout)?;
        // Should it fail half-way, the rest of the page is not to be trusted.
        self.next = None;
        self.write(offset, header, bytes).await?;
        self.write(offset.saturating_add(entry), header, bytes).await?;
        self.next = Some(offset.saturating_add(entry).saturating_add(entry));
        self.record = Some(stored(header, bytes, offset / page_len::<F>()));
        Ok(())
    }

    /// Where two entries of so many bytes fit.
    async fn room(&mut self, len: usize, spare: [Option<u32>; 2]) -> Result<u32, RecordError<F::Error>> {
        let page = page_len::<F>();
        let needed = u32::try_from(entry_len::<F>(len) * 2).map_err(|_| RecordError::Layout)?;
        if let Some(next) = self.next
            && next % page != 0
            && next % page + needed <= page
        {
            return Ok(next);
        }
        let pages = u32::try_from(self.flash.capacity()).map_err(|_| RecordError::Layout)? / page;
        let last = self.record.as_ref().map_or(pages - 1, |record| record.page);
        let free = (1..=pages).map(|step| (last + step) % pages).find(|page| !spare.contains(&Some(*page)));
        let start = free.ok_or(RecordError::Layout)? * page;
        self.flash.erase(start, start + page).await.map_err(RecordError::Flash)?;
        Ok(start)
    }

    async fn write(
        &mut self,
        offset: u32,
        header: Header,
        bytes: &[u8],
    ) -> Result<(), RecordError<F::Error>> {
        let mut word = [0xFF; WORD_MAX];
        let (mut filled, mut at) = (0, offset);
        for byte in header.to_bytes().iter().chain(bytes) {
            if let Some(place) = word.get_mut(filled) {
                *place = *byte;
            }
            filled += 1;
            if filled == F::WRITE_SIZE {
                at = self.write_word(at, &word).await?;
                (word, filled) = ([0xFF; WORD_MAX], 0);
            }
        }
        if filled > 0 {
            self.write_word(at, &word).await?;
        }
        Ok(())
    }

    async fn write_word(&mut self, at: u32, word: &[u8; WORD_MAX]) -> Result<u32, RecordError<F::Error>> {
        let word = word.get(..F::WRITE_SIZE).unwrap_or_default();
        self.flash.write(at, word).await.map_err(RecordError::Flash)?;
        Ok(at.saturating_add(u32::try_from(F::WRITE_SIZE).unwrap_or(u32::MAX)))
    }
}

fn stored<const N: usize>(header: Header, bytes: &[u8], page: u32) -> StoredRecord<N> {
    let mut record =
        StoredRecord { bytes: [0; N], len: bytes.len(), sequence: header.sequence, page, proven: true };
    record.bytes.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    record
}

fn page_len<F: NorFlash>() -> u32 {
    u32::try_from(F::ERASE_SIZE).unwrap_or(u32::MAX)
}

/// With its header, padded to the word.
const fn entry_len<F: NorFlash>(len: usize) -> usize {
    (Header::LEN + len).next_multiple_of(F::WRITE_SIZE)
}

/// Two entries of the longest record fit into a page, and there are three pages: one that is written, one to fall back on, and one to spare.
fn layout<F: NorFlash, const N: usize>(capacity: usize) -> Result<(), RecordError<F::Error>> {
    let fits = F::WRITE_SIZE <= WORD_MAX
        && [F::WRITE_SIZE, Header::LEN, N].iter().all(|size| size.is_multiple_of(F::READ_SIZE))
        && N <= usize::from(u16::MAX)
        && entry_len::<F>(N) * 2 <= F::ERASE_SIZE
        && capacity / F::ERASE_SIZE >= 3;
    if fits { Ok(()) } else { Err(RecordError::Layout) }
}

/// The newest record, and the page of the newest one elsewhere.
async fn newest<F: NorFlash, const N: usize>(
    flash: &mut F,
) -> Result<(Option<StoredRecord<N>>, Option<u32>), RecordError<F::Error>> {
    let pages = u32::try_from(flash.capacity()).map_err(|_| RecordError::Layout)? / page_len::<F>();
    let mut best: Option<StoredRecord<N>> = None;
    let mut older: Option<(u32, u32)> = None;
    for page in 0..pages {
        let Some(found) = last_of_page(flash, page).await? else { continue };
        let is_newer = best.as_ref().is_none_or(|best| best.sequence < found.sequence);
        let other = if is_newer { best.replace(found) } else { Some(found) };
        if let Some(other) = other
            && older.is_none_or(|(_, sequence)| sequence < other.sequence)
        {
            older = Some((other.page, other.sequence));
        }
    }
    Ok((best, older.map(|(page, _)| page)))
}

/// The last entry of a page that reads well. Nothing good stands behind a bad one: after a failure the page is given up.
async fn last_of_page<F: NorFlash, const N: usize>(
    flash: &mut F,
    page: u32,
) -> Result<Option<StoredRecord<N>>, RecordError<F::Error>> {
    let mut last: Option<StoredRecord<N>> = None;
    let (start, mut offset) = (page.saturating_mul(page_len::<F>()), 0u32);
    while let Some((header, bytes)) = read_entry::<F, N>(flash, start, offset).await? {
        let len = usize::from(header.len);
        offset = offset.saturating_add(u32::try_from(entry_len::<F>(len)).unwrap_or(u32::MAX));
        let proven = last.as_ref().is_some_and(|last| last.sequence == header.sequence);
        last = Some(StoredRecord { bytes, len, sequence: header.sequence, page, proven });
    }
    Ok(last)
}

async fn read_entry<F: NorFlash, const N: usize>(
    flash: &mut F,
    start: u32,
    offset: u32,
) -> Result<Option<(Header, [u8; N])>, RecordError<F::Error>> {
    let left = page_len::<F>().saturating_sub(offset);
    let mut head = [0; Header::LEN];
    let mut bytes = [0; N];
    if usize::try_from(left).is_ok_and(|left| left < Header::LEN) {
        return Ok(None);
    }
    read(flash, start + offset, &mut head).await?;
    let Some(header) = Header::parse(&head) else { return Ok(None) };
    let len = usize::from(header.len);
    if len > N || usize::try_from(left).is_ok_and(|left| left < entry_len::<F>(len)) {
        return Ok(None);
    }
    let Some(body) = bytes.get_mut(..len.next_multiple_of(F::READ_SIZE)) else { return Ok(None) };
    read(flash, start + offset + HEADER_LEN, body).await?;
    let body = body.get(..len).unwrap_or_default();
    Ok(header.is_of(body).then_some((header, bytes)))
}

async fn read<F: NorFlash>(
    flash: &mut F,
    offset: u32,
    bytes: &mut [u8],
) -> Result<(), RecordError<F::Error>> {
    flash.read(offset, bytes).await.map_err(RecordError::Flash)
}

/// Why a record was not read or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError<E: core::fmt::Debug> {
    /// The flash failed. Try again; what was stored before is still there.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// The record is longer than the store takes.
    #[error("a record of {len} bytes does not fit")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The flash has less than three pages, a page does not take the longest record twice, a word is above 64 bytes, or `N` is no
    /// multiple of what is read at once.
    #[error("this flash is not laid out for the record")]
    Layout,
    /// All sequence numbers are used.
    #[error("2^32 records were stored")]
    WornOut,
}
