//! [`FlashFactoryInfo`]: a page of flash that the factory writes.

use dimo_types::Timestamp;
use embedded_storage_async::nor_flash::{NorFlash, ReadNorFlash};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{DeviceInfo, Error, ErrorKind, ErrorType, FactoryInfo};
use crate::record::Crc32;

/// Mark and form: the first bytes of a page.
const HEAD: [u8; 4] = *b"DFI1";
/// Without an address, its place holds these.
const NO_ADDRESS: [u8; 6] = [0; 6];

/// What stands in the page, 96 bytes: `DFI1`, serial number (36, zeros behind it), class (16), revision (2), date of making (8, microseconds since 1970), Bluetooth address (6, or
/// zeros), secret of the label (16), zeros (4), and the CRC-32 of all before it (4). Numbers are little-endian.
#[derive(Debug, zeroize::ZeroizeOnDrop)]
pub struct FactoryPage([u8; Self::LEN]);

impl FactoryPage {
    /// The length of its bytes.
    pub const LEN: usize = 96;

    /// What the factory writes.
    #[must_use]
    pub fn new(info: &DeviceInfo, label_secret: &[u8; 16]) -> Self {
        let mut page = Self([0; Self::LEN]);
        let parts: [&[u8]; 7] = [
            &HEAD,
            &info.serial,
            &info.class,
            &info.revision.to_le_bytes(),
            &info.made.as_micros().to_le_bytes(),
            info.bluetooth.as_ref().unwrap_or(&NO_ADDRESS),
            label_secret,
        ];
        page.0.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        let sum = page.sum().to_le_bytes();
        page.0.iter_mut().skip(Self::LEN - 4).zip(sum).for_each(|(to, from)| *to = from);
        page
    }

    /// What is written.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    fn sum(&self) -> u32 {
        let mut crc = Crc32::new();
        crc.update(self.0.get(..Self::LEN - 4).unwrap_or_default());
        crc.finish()
    }

    fn part<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..)?.first_chunk().copied()
    }

    fn is_whole(&self) -> bool {
        let sum = self.part(Self::LEN - 4).map(u32::from_le_bytes);
        self.0.starts_with(&HEAD) && sum == Some(self.sum())
    }

    fn info(&self) -> Option<DeviceInfo> {
        let serial: [u8; 36] = self.part(4)?;
        let end = serial.iter().position(|byte| *byte == 0).unwrap_or(serial.len());
        let bluetooth = self.part(66).filter(|address| *address != NO_ADDRESS);
        let made = Timestamp::from_micros(u64::from_le_bytes(self.part(58)?)).ok()?;
        let serial = str::from_utf8(serial.get(..end)?).ok()?;
        DeviceInfo::new(serial, self.part(40)?, u16::from_le_bytes(self.part(56)?), made, bluetooth)
    }
}

/// What the factory wrote to the first page of a flash, or of a [`Region`](crate::flash::Region) of it: see [`FactoryPage`].
#[derive(Debug)]
pub struct FlashFactoryInfo<F>(F);

impl<F: ReadNorFlash> FlashFactoryInfo<F> {
    /// Over this flash. Nothing is read yet.
    pub const fn new(flash: F) -> Self {
        Self(flash)
    }

    async fn page(&mut self) -> Result<FactoryPage, FlashFactoryError<F::Error>> {
        let mut page = FactoryPage([0; FactoryPage::LEN]);
        self.0.read(0, &mut page.0).await.map_err(FlashFactoryError::Flash)?;
        if page.0.iter().all(|byte| *byte == 0xFF) {
            return Err(FlashFactoryError::Blank);
        }
        if page.is_whole() { Ok(page) } else { Err(FlashFactoryError::Damaged) }
    }
}

/// Writes the page into a blank place, and reads it back. For the tool of the factory: an application has no use for it.
///
/// # Errors
///
/// [`FlashFactoryError::NotBlank`] and then nothing was written; [`FlashFactoryError::Damaged`] when it reads back otherwise; [`FlashFactoryError::Flash`]. After a power cut the
/// place is not blank: the factory erases it first.
pub async fn write_factory_page<F: NorFlash>(
    flash: &mut F,
    page: &FactoryPage,
) -> Result<(), FlashFactoryError<F::Error>> {
    match FlashFactoryInfo::new(&mut *flash).page().await {
        Err(FlashFactoryError::Blank) => {}
        Err(error @ FlashFactoryError::Flash(_)) => return Err(error),
        _ => return Err(FlashFactoryError::NotBlank),
    }
    flash.write(0, page.as_bytes()).await.map_err(FlashFactoryError::Flash)?;
    let read = FlashFactoryInfo::new(flash).page().await?;
    if read.as_bytes() == page.as_bytes() { Ok(()) } else { Err(FlashFactoryError::Damaged) }
}

impl<F: ReadNorFlash> ErrorType for FlashFactoryInfo<F> {
    type Error = FlashFactoryError<F::Error>;
}

impl<F: ReadNorFlash> FactoryInfo for FlashFactoryInfo<F> {
    async fn info(&mut self) -> Result<DeviceInfo, Self::Error> {
        self.page().await?.info().ok_or(FlashFactoryError::Damaged)
    }

    async fn label_secret(&mut self) -> Result<Zeroizing<[u8; 16]>, Self::Error> {
        self.page().await?.part(72).map(Zeroizing::new).ok_or(FlashFactoryError::Damaged)
    }
}

/// Why the page of the factory was not read, or not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FlashFactoryError<E: core::fmt::Debug> {
    /// The flash failed.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// The factory has written nothing yet.
    #[error("the factory has written nothing yet")]
    Blank,
    /// What is there is no page of the factory, or not whole.
    #[error("what is there is no page of the factory")]
    Damaged,
    /// Something is there already.
    #[error("something is there already")]
    NotBlank,
}

impl<E: core::fmt::Debug> Error for FlashFactoryError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Flash(_) => ErrorKind::Medium,
            Self::Blank => ErrorKind::Blank,
            Self::Damaged | Self::NotBlank => ErrorKind::Damaged,
        }
    }
}
