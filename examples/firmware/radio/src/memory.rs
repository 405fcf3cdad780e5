//! What the protocol keeps over a restart, in the device's store of values.

use core::ops::Range;

use dimo_hal::key_value::{Key, KeyValue};
use dimo_pairing::{Memory, RECORD_MAX, Record, RecordError, RecordKey, StorageFailed};
use thiserror::Error;
use zeroize::Zeroizing;

/// The things in the store that are the radio's: nobody else names one so.
pub const THINGS: Range<u8> = 0x50..0x50 + RecordKey::ALL.len() as u8;
/// The form of their values.
const VERSION: u8 = 1;

fn name(key: RecordKey) -> Key {
    Key::new(THINGS.start + key.number(), VERSION)
}

/// What was stored before the start. A damaged record of a phone counts as none: that phone has to pair anew.
///
/// # Errors
///
/// [`LoadError::Storage`]; [`LoadError::State`] where the record that names the owner is lost.
pub async fn load<K: KeyValue>(storage: &mut K) -> Result<Memory, LoadError<K::Error>> {
    let mut memory = Memory::new();
    let mut buffer = Zeroizing::new([0; RECORD_MAX]);
    for key in RecordKey::ALL {
        let len = storage.get(name(key), &mut *buffer).await.map_err(LoadError::Storage)?;
        let Some(record) = len.and_then(|len| buffer.get(..len)) else { continue };
        match memory.load(key, record) {
            Err(lost) if key == RecordKey::State => return Err(LoadError::State(lost)),
            _ => {}
        }
    }
    Ok(memory)
}

/// Why what was stored could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoadError<E: core::fmt::Debug> {
    /// The store failed. Try again.
    #[error("the store failed: {0:?}")]
    Storage(E),
    /// Whose the device is and how often it signed is lost: damaged, or of a newer firmware. To go on with an empty memory makes it a device
    /// that nobody owns, which is for a person at it to decide.
    #[error(transparent)]
    State(RecordError),
}

/// Stores a record so that it is there after a reset.
pub(crate) async fn store<K: KeyValue>(storage: &mut K, record: &Record) -> Result<(), StorageFailed> {
    storage.put(name(record.key()), record.bytes()).await.map_err(|_| StorageFailed)
}
