//! The twin of [`SecureElement`](crate::SecureElement).

use dimo_crypto::ChipSignature;

use crate::secure_element::{Capabilities, CounterId, Curve, KeyPolicy, KeySlot};
use crate::twin::twin;

twin! {
    /// A chip that generates keys, keeps them, and signs 32 bytes with them.
    trait SecureElement of secure_element {
        getters {
            /// What the element can do.
            fn capabilities(&self) -> Capabilities;
        }

        /// Generates a key inside the element and returns its public half, x‖y, big-endian.
        async fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], Self::Error>;

        /// The public half of a key, x‖y, big-endian.
        async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error>;

        /// Signs 32 bytes with a key on secp256k1, as they are.
        async fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Self::Error>;

        /// Fills `out` from the element's random source.
        async fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error>;

        /// The value of a monotonic counter.
        async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error>;

        /// Raises a counter to `at_least`, unless it is there already, and returns its value.
        async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error>;
    }
}
