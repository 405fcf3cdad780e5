//! The blocking twins of the async traits, under the same names and with the same contracts; each call returns when it is done.
//!
//! [`BlockingAsync`](crate::BlockingAsync) turns an implementation into the async one.

use dimo_crypto::ChipSignature;
use dimo_types::Frame;

use crate::can::{self, BusMode, BusStatus, Filter, Filtering};
use crate::secure_element::{self, Capabilities, CounterId, Curve, KeyPolicy, KeySlot};

/// A chip that generates keys, keeps them, and signs 32 bytes with them.
///
/// Contract and errors are those of the async [`SecureElement`](crate::SecureElement).
#[expect(clippy::missing_errors_doc, reason = "the async trait of the same name documents them, once")]
pub trait SecureElement: secure_element::ErrorType {
    /// What the element can do.
    fn capabilities(&self) -> Capabilities;

    /// Generates a key inside the element and returns its public half, x‖y, big-endian.
    fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], Self::Error>;

    /// The public half of a key, x‖y, big-endian.
    fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error>;

    /// Signs 32 bytes with a key on secp256k1, as they are.
    fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Self::Error>;

    /// Fills `out` from the element's random source.
    fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error>;

    /// The value of a monotonic counter.
    fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error>;

    /// Raises a counter to `at_least`, unless it is there already, and returns its value.
    fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error>;
}

/// The receiving half of a CAN controller.
///
/// Contract and errors are those of the async [`CanReceiver`](crate::CanReceiver).
#[expect(clippy::missing_errors_doc, reason = "the async trait of the same name documents them, once")]
pub trait CanReceiver: can::ErrorType {
    /// Waits for the next frame.
    fn receive(&mut self) -> Result<Frame, Self::Error>;

    /// Asks for those frames only that match any of `filters`; none means all frames.
    fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error>;

    /// Listens only, or takes part on the bus.
    fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error>;

    /// The state of the controller.
    fn status(&mut self) -> Result<BusStatus, Self::Error>;
}

/// The transmitting half of a CAN controller.
///
/// Contract and errors are those of the async [`CanTransmitter`](crate::CanTransmitter).
#[expect(clippy::missing_errors_doc, reason = "the async trait of the same name documents them, once")]
pub trait CanTransmitter: can::ErrorType {
    /// Sends a frame and waits until it was acknowledged on the bus.
    fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error>;

    /// Comes back after bus-off.
    fn recover(&mut self) -> Result<(), Self::Error>;
}

impl<T: SecureElement + ?Sized> SecureElement for &mut T {
    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], Self::Error> {
        (**self).generate(slot, curve, policy)
    }

    fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error> {
        (**self).public_key(slot)
    }

    fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Self::Error> {
        (**self).sign_prehash(slot, prehash)
    }

    fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        (**self).random(out)
    }

    fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error> {
        (**self).read_counter(counter)
    }

    fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error> {
        (**self).advance_counter_to(counter, at_least)
    }
}

impl<T: CanReceiver + ?Sized> CanReceiver for &mut T {
    fn receive(&mut self) -> Result<Frame, Self::Error> {
        (**self).receive()
    }

    fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error> {
        (**self).set_filters(filters)
    }

    fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error> {
        (**self).set_mode(mode)
    }

    fn status(&mut self) -> Result<BusStatus, Self::Error> {
        (**self).status()
    }
}

impl<T: CanTransmitter + ?Sized> CanTransmitter for &mut T {
    fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error> {
        (**self).transmit(frame)
    }

    fn recover(&mut self) -> Result<(), Self::Error> {
        (**self).recover()
    }
}
