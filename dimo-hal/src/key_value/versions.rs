//! Forms of a value: [`load_newest`] and [`forget_older`].

use super::{Key, KeyValue};

/// Reads the newest form of a thing that this firmware knows, and says which it is: `versions` are the known ones, in any order.
///
/// # Errors
///
/// Those of [`KeyValue::get`].
pub async fn load_newest<S: KeyValue>(
    store: &mut S,
    thing: u8,
    versions: &[u8],
    buffer: &mut [u8],
) -> Result<Option<(u8, usize)>, S::Error> {
    for version in (0..=u8::MAX).rev().filter(|version| versions.contains(version)) {
        if let Some(len) = store.get(Key::new(thing, version), buffer).await? {
            return Ok(Some((version, len)));
        }
    }
    Ok(None)
}

/// Removes the forms of a thing that only an older firmware reads, once the update to this one is confirmed.
///
/// # Errors
///
/// Those of [`KeyValue::remove`]; what is left is removed by calling again.
pub async fn forget_older<S: KeyValue>(store: &mut S, thing: u8, version: u8) -> Result<(), S::Error> {
    for older in 0..version {
        store.remove(Key::new(thing, older)).await?;
    }
    Ok(())
}
