//! [`FlashKeyValue`]: all values in one record.

use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

use super::{Error, ErrorKind, ErrorType, Key, KeyValue};
use crate::record::{RecordError, RecordStore};

/// What stands before a value: thing, version, length (little-endian).
const HEAD: usize = 4;

/// Values in NOR flash: all of them together are one [record](crate::record) of at most `N` bytes, so one change writes all and a power cut leaves the
/// old or the new whole. For a few dozen small values that change seldom.
///
/// # Example: an access point name that survives a restart
///
/// ```
/// # #[cfg(all(feature = "dev", feature = "alloc"))] {
/// use dimo_hal::flash::BlockingFlash;
/// use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue};
/// use dimo_hal::mock::{MockFlash, Supply};
/// use dimo_hal::wait;
///
/// let apn = Key::new(7, 1);
/// let mut flash = MockFlash::<4, 4096>::new(3, &Supply::default());
/// let mut store = wait(FlashKeyValue::<_, 512>::open(BlockingFlash(&mut flash)))?;
/// wait(store.put(apn, b"iot.example"))?;
///
/// let mut store = wait(FlashKeyValue::<_, 512>::open(BlockingFlash(&mut flash)))?;
/// let mut buffer = [0; 64];
/// let len = wait(store.get(apn, &mut buffer))?.unwrap();
/// assert_eq!(&buffer[..len], b"iot.example");
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FlashKeyValue<F, const N: usize> {
    record: RecordStore<F, N>,
}

impl<F: NorFlash, const N: usize> FlashKeyValue<F, N> {
    /// Finds the values. Three pages at least, each of which takes `N` bytes twice.
    ///
    /// # Errors
    ///
    /// [`KeyValueError::Record`].
    pub async fn open(flash: F) -> Result<Self, KeyValueError<F::Error>> {
        Ok(Self { record: RecordStore::open(flash).await? })
    }

    /// Gives the flash back.
    pub fn into_inner(self) -> F {
        self.record.into_inner()
    }

    fn find(&self, key: Key) -> Option<&[u8]> {
        entries(self.record.get().unwrap_or_default())
            .find(|(found, _)| *found == key)
            .map(|(_, value)| value)
    }

    /// Everything but what is under this key, and then this value, if any.
    async fn replace(&mut self, key: Key, value: Option<&[u8]>) -> Result<(), KeyValueError<F::Error>> {
        let mut all = [0; N];
        let mut len = 0;
        let kept = entries(self.record.get().unwrap_or_default()).filter(|(found, _)| *found != key);
        for (key, value) in kept.chain(value.map(|value| (key, value))) {
            len = append(&mut all, len, key, value).ok_or(KeyValueError::Full)?;
        }
        let all = all.get(..len).unwrap_or_default();
        Ok(self.record.store(all).await?)
    }
}

/// Each key and value; damaged lengths end it.
fn entries(mut bytes: &[u8]) -> impl Iterator<Item = (Key, &[u8])> {
    core::iter::from_fn(move || {
        let ([thing, version, l0, l1], rest) = bytes.split_first_chunk::<HEAD>()?;
        let (value, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([*l0, *l1])))?;
        bytes = rest;
        Some((Key::new(*thing, *version), value))
    })
}

fn append(all: &mut [u8], at: usize, key: Key, value: &[u8]) -> Option<usize> {
    let [l0, l1] = u16::try_from(value.len()).ok()?.to_le_bytes();
    let end = at.checked_add(HEAD)?.checked_add(value.len())?;
    let place = all.get_mut(at..end)?;
    let head = [key.thing(), key.version(), l0, l1];
    place.iter_mut().zip(head.iter().chain(value)).for_each(|(to, from)| *to = *from);
    Some(end)
}

impl<F: NorFlash, const N: usize> ErrorType for FlashKeyValue<F, N> {
    type Error = KeyValueError<F::Error>;
}

impl<F: NorFlash, const N: usize> KeyValue for FlashKeyValue<F, N> {
    async fn get(&mut self, key: Key, buffer: &mut [u8]) -> Result<Option<usize>, Self::Error> {
        let Some(value) = self.find(key) else { return Ok(None) };
        let place = buffer.get_mut(..value.len()).ok_or(KeyValueError::Buffer { needs: value.len() })?;
        place.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    async fn put(&mut self, key: Key, value: &[u8]) -> Result<(), Self::Error> {
        if self.find(key) == Some(value) {
            return Ok(());
        }
        self.replace(key, Some(value)).await
    }

    async fn remove(&mut self, key: Key) -> Result<(), Self::Error> {
        if self.find(key).is_none() {
            return Ok(());
        }
        self.replace(key, None).await
    }
}

/// Why values were not read or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyValueError<E: core::fmt::Debug> {
    /// The record under it failed.
    #[error(transparent)]
    Record(#[from] RecordError<E>),
    /// There is no room for the value.
    #[error("there is no room for the value")]
    Full,
    /// The buffer is too short.
    #[error("the value has {needs} bytes")]
    Buffer {
        /// The length of the value.
        needs: usize,
    },
}

impl<E: core::fmt::Debug> Error for KeyValueError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Record(RecordError::Flash(_)) => ErrorKind::Medium,
            Self::Record(RecordError::TooLong { .. }) | Self::Buffer { .. } => ErrorKind::Length,
            Self::Full => ErrorKind::Full,
            Self::Record(_) => ErrorKind::Other,
        }
    }
}
