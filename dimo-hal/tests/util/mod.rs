//! A secure element with one thing wrong, around one with nothing wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]

use dimo_crypto::ChipSignature;
use dimo_hal::blocking::SecureElement;
use dimo_hal::secure_element::{
    Capabilities, CounterId, Curve, Error, ErrorKind, ErrorType, KeyPolicy, KeySlot,
};
use dimo_hal::{SoftwareElementError, SoftwareSecureElement};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(dead_code, reason = "each test file uses its part of the faults")]
pub(crate) enum Wrong {
    Nothing,
    /// So many prehashes in a row arrive with a bit flipped.
    PrehashBit {
        times: u32,
    },
    /// It signs with another key.
    SigningKey,
    /// The public key has a bit flipped.
    PublicKeyBit,
    /// The public key read belongs to another slot.
    PublicKeySlot,
    /// It gives no keys a second time.
    SameKeyAgain,
    /// Random numbers are always the same.
    ConstantRandom,
    /// Only the first 32 bytes are filled.
    ShortRandom,
    /// The counter goes down when asked.
    CounterGoesDown,
    /// The counter advances by one each time it is asked.
    CounterNotIdempotent,
    /// The counter does not move.
    CounterStuck,
    /// The bus is broken.
    Bus,
}

#[derive(Debug, PartialEq)]
pub(crate) enum ElementError {
    Software(SoftwareElementError),
    Bus,
}

impl Error for ElementError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Software(error) => error.kind(),
            Self::Bus => ErrorKind::Bus,
        }
    }
}

impl From<SoftwareElementError> for ElementError {
    fn from(error: SoftwareElementError) -> Self {
        Self::Software(error)
    }
}

pub(crate) struct Element {
    inner: SoftwareSecureElement,
    wrong: Wrong,
    counter: u64,
    /// How often it was asked for a signature.
    pub(crate) asked: u32,
    first_key: Option<[u8; 64]>,
}

impl Element {
    pub(crate) fn new(wrong: Wrong) -> Self {
        Self { inner: SoftwareSecureElement::new([0x5A; 32]), wrong, counter: 5, asked: 0, first_key: None }
    }
}

impl ErrorType for Element {
    type Error = ElementError;
}

impl SecureElement for Element {
    fn capabilities(&self) -> Capabilities {
        SecureElement::capabilities(&self.inner)
    }

    fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], ElementError> {
        let key = SecureElement::generate(&mut self.inner, slot, curve, policy)?;
        let first = *self.first_key.get_or_insert(key);
        Ok(if self.wrong == Wrong::SameKeyAgain { first } else { key })
    }

    fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], ElementError> {
        let mut key = SecureElement::public_key(&mut self.inner, slot)?;
        match self.wrong {
            Wrong::Bus => return Err(ElementError::Bus),
            Wrong::PublicKeyBit => key[40] ^= 4,
            Wrong::PublicKeySlot => key = self.first_key.unwrap(),
            _ => {}
        }
        Ok(key)
    }

    fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, ElementError> {
        self.asked += 1;
        match self.wrong {
            Wrong::PrehashBit { times } if self.asked <= times => {
                let mut arrived = *prehash;
                arrived[17] ^= 1;
                Ok(SecureElement::sign_prehash(&mut self.inner, slot, &arrived)?)
            }
            Wrong::SigningKey => {
                let mut other = SoftwareSecureElement::new([0xA5; 32]);
                SecureElement::generate(&mut other, slot, Curve::Secp256k1, KeyPolicy::Permanent)?;
                Ok(SecureElement::sign_prehash(&mut other, slot, prehash)?)
            }
            _ => Ok(SecureElement::sign_prehash(&mut self.inner, slot, prehash)?),
        }
    }

    fn random(&mut self, out: &mut [u8]) -> Result<(), ElementError> {
        match self.wrong {
            Wrong::ConstantRandom => out.fill(7),
            Wrong::ShortRandom => {
                let len = out.len().min(32);
                SecureElement::random(&mut self.inner, &mut out[..len])?;
            }
            _ => SecureElement::random(&mut self.inner, out)?,
        }
        Ok(())
    }

    fn read_counter(&mut self, _counter: CounterId) -> Result<u64, ElementError> {
        Ok(self.counter)
    }

    fn advance_counter_to(&mut self, _counter: CounterId, at_least: u64) -> Result<u64, ElementError> {
        match self.wrong {
            Wrong::CounterStuck => {}
            Wrong::CounterGoesDown => self.counter = at_least,
            Wrong::CounterNotIdempotent => self.counter = at_least.max(self.counter + 1),
            _ => self.counter = at_least.max(self.counter),
        }
        Ok(self.counter)
    }
}
