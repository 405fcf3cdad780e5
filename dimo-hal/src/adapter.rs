//! The async traits for whatever implements their blocking twins, through [`BlockingAsync`].

use dimo_crypto::{BlockingAsync, ChipSignature};
use dimo_types::Frame;

use crate::blocking;
use crate::can::{self, BusMode, BusStatus, CanReceiver, CanTransmitter, Filter, Filtering};
use crate::secure_element::{self, Capabilities, CounterId, Curve, KeyPolicy, KeySlot, SecureElement};

impl<T: secure_element::ErrorType> secure_element::ErrorType for BlockingAsync<T> {
    type Error = T::Error;
}

impl<T: blocking::SecureElement> SecureElement for BlockingAsync<T> {
    fn capabilities(&self) -> Capabilities {
        self.get_ref().capabilities()
    }

    async fn generate(
        &mut self,
        slot: KeySlot,
        curve: Curve,
        policy: KeyPolicy,
    ) -> Result<[u8; 64], Self::Error> {
        self.get_mut().generate(slot, curve, policy)
    }

    async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error> {
        self.get_mut().public_key(slot)
    }

    async fn sign_prehash(
        &mut self,
        slot: KeySlot,
        prehash: &[u8; 32],
    ) -> Result<ChipSignature, Self::Error> {
        self.get_mut().sign_prehash(slot, prehash)
    }

    async fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        self.get_mut().random(out)
    }

    async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error> {
        self.get_mut().read_counter(counter)
    }

    async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error> {
        self.get_mut().advance_counter_to(counter, at_least)
    }
}

impl<T: can::ErrorType> can::ErrorType for BlockingAsync<T> {
    type Error = T::Error;
}

impl<T: blocking::CanReceiver> CanReceiver for BlockingAsync<T> {
    async fn receive(&mut self) -> Result<Frame, Self::Error> {
        self.get_mut().receive()
    }

    async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, Self::Error> {
        self.get_mut().set_filters(filters)
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), Self::Error> {
        self.get_mut().set_mode(mode)
    }

    async fn status(&mut self) -> Result<BusStatus, Self::Error> {
        self.get_mut().status()
    }
}

impl<T: blocking::CanTransmitter> CanTransmitter for BlockingAsync<T> {
    async fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error> {
        self.get_mut().transmit(frame)
    }

    async fn recover(&mut self) -> Result<(), Self::Error> {
        self.get_mut().recover()
    }
}
