//! The contract of [`KeyValue`].

use core::fmt::Debug;

use thiserror::Error;

use crate::key_value::{Key, KeyValue};

/// Checks a store in use: values come back as they were put, replaced whole, apart from each other, and are gone when removed. What was under
/// the two keys is lost.
///
/// What power cuts leave is checked by a [`Scenario`](crate::mock::Scenario), since it takes a supply that can be cut.
///
/// # Errors
///
/// The first [`KeyValueViolation`] found.
pub async fn check_key_value<S: KeyValue>(
    store: &mut S,
    keys: [Key; 2],
) -> Result<(), KeyValueViolation<S::Error>> {
    let [one, other] = keys;
    for key in keys {
        store.remove(key).await?;
        expect(store, key, None).await?;
    }
    store.put(one, b"first").await?;
    store.put(other, &[]).await?;
    expect(store, one, Some(b"first")).await?;
    expect(store, other, Some(&[])).await?;
    store.put(one, b"2nd").await?;
    expect(store, one, Some(b"2nd")).await?;
    expect(store, other, Some(&[])).await?;
    if store.get(one, &mut [0; 2]).await.is_ok() {
        return Err(KeyValueViolation::CutShort);
    }
    store.remove(one).await?;
    store.remove(one).await?;
    expect(store, one, None).await?;
    expect(store, other, Some(&[])).await
}

async fn expect<S: KeyValue>(
    store: &mut S,
    key: Key,
    value: Option<&[u8]>,
) -> Result<(), KeyValueViolation<S::Error>> {
    let mut buffer = [0; 16];
    let len = store.get(key, &mut buffer).await?;
    if len.and_then(|len| buffer.get(..len)) == value {
        Ok(())
    } else {
        Err(KeyValueViolation::Value { key })
    }
}

/// How a store breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyValueViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Call(E),
    /// A value is not what was put, or is there although it was removed.
    #[error("the value under {key:?} is not what was put")]
    Value {
        /// Where.
        key: Key,
    },
    /// A value was cut to the length of the buffer.
    #[error("a value was cut to the length of the buffer")]
    CutShort,
}

impl<E: Debug> From<E> for KeyValueViolation<E> {
    fn from(error: E) -> Self {
        Self::Call(error)
    }
}
