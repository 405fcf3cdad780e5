//! What the factory wrote into a device, once: [`FactoryInfo`].

mod flash;

use dimo_types::Timestamp;
use zeroize::Zeroizing;

use crate::twin::error_type;

pub use flash::{FactoryPage, FlashFactoryError, FlashFactoryInfo, write_factory_page};

error_type!("what the factory wrote");

/// Why it could not be read, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The factory has written nothing yet.
    Blank,
    /// What is there is damaged, or of another form. The device goes back to the factory.
    Damaged,
    /// The medium failed.
    Medium,
    /// Something else; the implementation's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Blank, Self::Damaged, Self::Medium, Self::Other];
}

/// What the device is called and what it is. Nothing here is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DeviceInfo {
    /// The serial number on the label, the unused end filled with zeros; see [`serial_str`](Self::serial_str).
    pub serial: [u8; 36],
    /// The class of the hardware, as signed firmware names it.
    pub class: [u8; 16],
    /// The revision of the hardware.
    pub revision: u16,
    /// When it was made; microseconds, but nobody reads more than the day.
    pub made: Timestamp,
    /// The static Bluetooth address, most significant byte first.
    pub bluetooth: Option<[u8; 6]>,
}

impl DeviceInfo {
    /// What is known of a device with a serial number of 1 to 36 printable ASCII characters; `None` for any other.
    ///
    /// # Example: a device of the second revision
    ///
    /// ```
    /// use dimo_hal::factory_info::DeviceInfo;
    /// use dimo_types::Timestamp;
    /// let info = DeviceInfo::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a", [2; 16], 2, Timestamp::EPOCH, None).unwrap();
    /// assert_eq!(info.serial_str().len(), 36);
    /// ```
    #[must_use]
    pub fn new(
        serial: &str,
        class: [u8; 16],
        revision: u16,
        made: Timestamp,
        bluetooth: Option<[u8; 6]>,
    ) -> Option<Self> {
        let mut bytes = [0; 36];
        bytes.get_mut(..serial.len())?.copy_from_slice(serial.as_bytes());
        let is_printable = !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_graphic());
        is_printable.then_some(Self { serial: bytes, class, revision, made, bluetooth })
    }

    /// The serial number.
    #[must_use]
    pub fn serial_str(&self) -> &str {
        let end = self.serial.iter().position(|byte| *byte == 0).unwrap_or(self.serial.len());
        self.serial.get(..end).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// What the factory wrote.
///
/// # Contract for makers
///
/// - It is the same for as long as the device lives; no update and no reset to factory settings changes it.
/// - The secret of the label is in memory that a debugger does not read, where the board has such memory, and is another one for each device.
///
/// # Contract for callers
///
/// - Cancel safety: nothing is written here, so a dropped future does no harm.
/// - Hold the secret for as long as it takes to derive keys from it, and no longer: it is cleared when it is dropped.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait FactoryInfo: ErrorType {
    /// What the device is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Blank`], [`ErrorKind::Damaged`], [`ErrorKind::Medium`].
    async fn info(&mut self) -> Result<DeviceInfo, Self::Error>;

    /// The secret on the label of the device, 16 bytes, that a phone shows it was near: see `LabelSecret` of `dimo-pairing`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Blank`], [`ErrorKind::Damaged`], [`ErrorKind::Medium`].
    async fn label_secret(&mut self) -> Result<Zeroizing<[u8; 16]>, Self::Error>;
}
