//! The twin of [`KeyValue`](crate::key_value::KeyValue).

use crate::key_value::Key;
use crate::twin::twin;

twin! {
    /// Small values under names.
    trait KeyValue of key_value {
        /// Reads a value into a buffer and returns its length; `None` when there is none.
        async fn get(&mut self, key: Key, buffer: &mut [u8]) -> Result<Option<usize>, Self::Error>;

        /// Stores a value in the place of the one before.
        async fn put(&mut self, key: Key, value: &[u8]) -> Result<(), Self::Error>;

        /// Removes a value.
        async fn remove(&mut self, key: Key) -> Result<(), Self::Error>;
    }
}
