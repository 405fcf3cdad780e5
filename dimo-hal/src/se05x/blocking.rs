//! [`BlockingSe05x`]: the driver where the bus blocks.

use core::fmt;

use dimo_crypto::ChipSignature;
use embedded_hal::i2c::{ErrorType as I2cErrorType, I2c, Operation};

use super::{AppletVersion, KeyAttributes, Se05x, Se05xError};
use crate::secure_element::{Capabilities, CounterId, Curve, ErrorType, KeyPolicy, KeySlot, SecureElement};
use crate::{blocking, wait};

/// [`Se05x`] over the blocking traits of `embedded-hal`.
pub struct BlockingSe05x<I2C, D>(Se05x<Blocking<I2C>, Blocking<D>>);

impl<I2C: I2c, D: embedded_hal::delay::DelayNs> BlockingSe05x<I2C, D> {
    /// A driver of the element on `bus`, at its usual address and without counters. Nothing is sent yet.
    pub fn new(bus: I2C, delay: D) -> Self {
        Self(Se05x::new(Blocking(bus), Blocking(delay)))
    }

    /// As [`Se05x::with_address`].
    #[must_use]
    pub fn with_address(self, address: u8) -> Self {
        Self(self.0.with_address(address))
    }

    /// As [`Se05x::with_counters`].
    #[must_use]
    pub fn with_counters(self, first_object: u32, counters: u8) -> Self {
        Self(self.0.with_counters(first_object, counters))
    }

    /// As [`Se05x::start`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn start(&mut self) -> Result<AppletVersion, Se05xError> {
        wait(self.0.start())
    }

    /// As [`Se05x::attributes`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn attributes(&mut self, slot: KeySlot) -> Result<KeyAttributes, Se05xError> {
        wait(self.0.attributes(slot))
    }

    /// Gives the bus and the delay back.
    pub fn release(self) -> (I2C, D) {
        let (bus, delay) = self.0.release();
        (bus.0, delay.0)
    }
}

impl<I2C, D> ErrorType for BlockingSe05x<I2C, D> {
    type Error = Se05xError;
}

impl<I2C: I2c, D: embedded_hal::delay::DelayNs> blocking::SecureElement for BlockingSe05x<I2C, D> {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], Se05xError> {
        wait(self.0.generate(slot, curve, policy))
    }

    fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Se05xError> {
        wait(self.0.public_key(slot))
    }

    fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Se05xError> {
        wait(self.0.sign_prehash(slot, prehash))
    }

    fn random(&mut self, out: &mut [u8]) -> Result<(), Se05xError> {
        wait(self.0.random(out))
    }

    fn read_counter(&mut self, counter: CounterId) -> Result<u64, Se05xError> {
        wait(self.0.read_counter(counter))
    }

    fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Se05xError> {
        wait(self.0.advance_counter_to(counter, at_least))
    }
}

impl<I2C, D> fmt::Debug for BlockingSe05x<I2C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlockingSe05x").field(&self.0).finish()
    }
}

/// A blocking bus or delay under the async traits: each future is ready at once.
struct Blocking<T>(T);

impl<T: I2cErrorType> I2cErrorType for Blocking<T> {
    type Error = T::Error;
}

impl<T: I2c> embedded_hal_async::i2c::I2c for Blocking<T> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Self::Error> {
        self.0.transaction(address, operations)
    }
}

impl<T: embedded_hal::delay::DelayNs> embedded_hal_async::delay::DelayNs for Blocking<T> {
    async fn delay_ns(&mut self, ns: u32) {
        self.0.delay_ns(ns);
    }

    async fn delay_us(&mut self, us: u32) {
        self.0.delay_us(us);
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.0.delay_ms(ms);
    }
}
