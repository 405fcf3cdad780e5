//! [`SharedElement`] and [`SharedStore`]: parts that several have in common, as a radio and the rest of the device.

use dimo_crypto::ChipSignature;
use dimo_hal::key_value::{self, Key, KeyValue};
use dimo_hal::secure_element::{self, Capabilities, CounterId, Curve, KeyPolicy};
use dimo_hal::{KeySlot, SecureElement};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;

/// A secure element that several have in common: each call waits until the one before is done.
#[derive(Debug)]
pub struct SharedElement<'m, SE> {
    element: &'m Mutex<NoopRawMutex, SE>,
    capabilities: Capabilities,
}

impl<'m, SE: SecureElement> SharedElement<'m, SE> {
    /// One of those who have it.
    pub async fn new(element: &'m Mutex<NoopRawMutex, SE>) -> Self {
        let capabilities = element.lock().await.capabilities();
        Self { element, capabilities }
    }
}

impl<SE> Clone for SharedElement<'_, SE> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<SE> Copy for SharedElement<'_, SE> {}

impl<SE: SecureElement> secure_element::ErrorType for SharedElement<'_, SE> {
    type Error = SE::Error;
}

impl<SE: SecureElement> SecureElement for SharedElement<'_, SE> {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn generate(
        &mut self,
        slot: KeySlot,
        curve: Curve,
        policy: KeyPolicy,
    ) -> Result<[u8; 64], Self::Error> {
        self.element.lock().await.generate(slot, curve, policy).await
    }

    async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error> {
        self.element.lock().await.public_key(slot).await
    }

    async fn sign_prehash(
        &mut self,
        slot: KeySlot,
        prehash: &[u8; 32],
    ) -> Result<ChipSignature, Self::Error> {
        self.element.lock().await.sign_prehash(slot, prehash).await
    }

    async fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        self.element.lock().await.random(out).await
    }

    async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error> {
        self.element.lock().await.read_counter(counter).await
    }

    async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error> {
        self.element.lock().await.advance_counter_to(counter, at_least).await
    }
}

/// A store of values that several have in common, each with its own names.
#[derive(Debug)]
pub struct SharedStore<'m, K>(pub &'m Mutex<NoopRawMutex, K>);

impl<K> Clone for SharedStore<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for SharedStore<'_, K> {}

impl<K: KeyValue> key_value::ErrorType for SharedStore<'_, K> {
    type Error = K::Error;
}

impl<K: KeyValue> KeyValue for SharedStore<'_, K> {
    async fn get(&mut self, key: Key, buffer: &mut [u8]) -> Result<Option<usize>, Self::Error> {
        self.0.lock().await.get(key, buffer).await
    }

    async fn put(&mut self, key: Key, value: &[u8]) -> Result<(), Self::Error> {
        self.0.lock().await.put(key, value).await
    }

    async fn remove(&mut self, key: Key) -> Result<(), Self::Error> {
        self.0.lock().await.remove(key).await
    }
}
