//! [`SoftwareSecureElement`]: the behaviour of a chip without its protection.

use core::fmt;

use dimo_crypto::{ChipForm, ChipSignature, SHalf, SoftwareKey, SoftwareSignError, hazmat, keccak256};
use thiserror::Error;
use zeroize::Zeroize;

use crate::blocking;
use crate::secure_element::{
    Capabilities, CounterId, Curve, Error, ErrorKind, ErrorType, KeyPolicy, KeyProtection, KeySlot,
    SecureElement,
};

/// A secure element in memory. **It protects nothing**: its keys are in the memory of the process, and its counters and
/// keys are gone after a restart. [`Capabilities::key_protection`] says [`KeyProtection::Extractable`], so a factory that
/// prints its certification list prints that DIP-4's secure element is not met.
///
/// It answers as chips do: DER or r‖s, with s in the upper half for about half of the digests, and it counts.
/// Four slots, 0 to 3, and four counters, 0 to 3. Random numbers come from the 32 bytes it was made with.
///
/// # Example: a development board's stand-in for a chip
///
/// ```
/// use dimo_hal::blocking::SecureElement;
/// use dimo_hal::secure_element::{CounterId, Curve, KeyPolicy};
/// use dimo_hal::{KeySlot, SoftwareElementError, SoftwareSecureElement};
///
/// let mut element = SoftwareSecureElement::new([0x5A; 32]); // from a random source, outside examples
/// let slot = KeySlot(0);
/// assert_eq!(element.public_key(slot), Err(SoftwareElementError::SlotEmpty { slot }));
/// let public_key = element.generate(slot, Curve::Secp256k1, KeyPolicy::Permanent)?;
/// assert_eq!(element.public_key(slot), Ok(public_key));
/// assert_eq!(element.advance_counter_to(CounterId(1), 7), Ok(7));
/// # Ok::<(), SoftwareElementError>(())
/// ```
pub struct SoftwareSecureElement {
    keys: [Option<(SoftwareKey, KeyPolicy)>; SoftwareSecureElement::SLOTS],
    counters: [u64; SoftwareSecureElement::COUNTERS],
    pool: [u8; 32],
    form: ChipForm,
}

impl SoftwareSecureElement {
    /// How many key slots there are, numbered from 0.
    pub const SLOTS: usize = 4;
    /// How many counters there are, numbered from 0.
    pub const COUNTERS: usize = 4;

    /// An empty element that answers in DER. Keys and random numbers come from `entropy`: equal entropy, equal keys.
    #[must_use]
    pub fn new(entropy: [u8; 32]) -> Self {
        Self {
            keys: [const { None }; Self::SLOTS],
            counters: [0; Self::COUNTERS],
            pool: entropy,
            form: ChipForm::Der,
        }
    }

    /// Answers in another form.
    #[must_use]
    pub fn with_form(mut self, form: ChipForm) -> Self {
        self.form = form;
        self
    }

    /// With a known, permanent key in a slot: for tests against published vectors and for keys that live in a file.
    ///
    /// # Errors
    ///
    /// [`SoftwareElementError::NoSuchSlot`], [`SoftwareElementError::SlotTaken`].
    pub fn with_key(mut self, slot: KeySlot, key: SoftwareKey) -> Result<Self, SoftwareElementError> {
        self.install(slot, key, KeyPolicy::Permanent)?;
        Ok(self)
    }

    fn install(
        &mut self,
        slot: KeySlot,
        key: SoftwareKey,
        policy: KeyPolicy,
    ) -> Result<(), SoftwareElementError> {
        let place = usize::try_from(slot.0).ok().and_then(|index| self.keys.get_mut(index));
        match place.ok_or(SoftwareElementError::NoSuchSlot { slot })? {
            Some((_, KeyPolicy::Permanent)) => Err(SoftwareElementError::SlotTaken { slot }),
            place => {
                *place = Some((key, policy));
                Ok(())
            }
        }
    }

    fn key(&self, slot: KeySlot) -> Result<&SoftwareKey, SoftwareElementError> {
        let place = usize::try_from(slot.0).ok().and_then(|index| self.keys.get(index));
        match place.ok_or(SoftwareElementError::NoSuchSlot { slot })? {
            Some((key, _)) => Ok(key),
            None => Err(SoftwareElementError::SlotEmpty { slot }),
        }
    }

    fn counter(&mut self, counter: CounterId) -> Result<&mut u64, SoftwareElementError> {
        self.counters.get_mut(usize::from(counter.0)).ok_or(SoftwareElementError::NoSuchCounter { counter })
    }

    /// 32 random bytes; what remains in the pool does not show what was drawn.
    fn draw(&mut self) -> [u8; 32] {
        let mut input = [0; 33];
        if let Some((tag, pool)) = input.split_first_mut() {
            pool.copy_from_slice(&self.pool);
            *tag = 1;
        }
        let drawn = keccak256(&input);
        if let Some(tag) = input.first_mut() {
            *tag = 2;
        }
        self.pool = keccak256(&input);
        input.zeroize();
        drawn
    }
}

impl Drop for SoftwareSecureElement {
    fn drop(&mut self) {
        // The keys wipe themselves.
        self.pool.zeroize();
    }
}

/// The addresses and the counters, never a key.
impl fmt::Debug for SoftwareSecureElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareSecureElement")
            .field("keys", &self.keys)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

impl ErrorType for SoftwareSecureElement {
    type Error = SoftwareElementError;
}

impl blocking::SecureElement for SoftwareSecureElement {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(KeyProtection::Extractable).with_counters(Self::COUNTERS as u8)
    }

    fn generate(&mut self, slot: KeySlot, curve: Curve, policy: KeyPolicy) -> Result<[u8; 64], Self::Error> {
        if curve != Curve::Secp256k1 {
            return Err(SoftwareElementError::CurveUnsupported { curve });
        }
        let key = loop {
            // One draw in 2^128 is no key.
            if let Ok(key) = SoftwareKey::from_bytes(self.draw()) {
                break key;
            }
        };
        let public_key = key.public_key().to_bytes();
        self.install(slot, key, policy)?;
        Ok(public_key)
    }

    fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error> {
        self.key(slot).map(|key| key.public_key().to_bytes())
    }

    fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Self::Error> {
        let signature = hazmat::sign_digest(self.key(slot)?, &hazmat::digest(*prehash))?;
        // A chip does not know which half contracts want; the last bit of r is as good as a coin.
        let half =
            if signature.r().last().is_some_and(|byte| byte % 2 == 0) { SHalf::Low } else { SHalf::High };
        Ok(ChipSignature::unfinished(&signature, self.form, half))
    }

    fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in out.chunks_mut(32) {
            let drawn = self.draw();
            chunk.iter_mut().zip(drawn).for_each(|(place, byte)| *place = byte);
        }
        Ok(())
    }

    fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error> {
        self.counter(counter).map(|value| *value)
    }

    fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error> {
        let value = self.counter(counter)?;
        *value = at_least.max(*value);
        Ok(*value)
    }
}

/// As the blocking twin, which never waits for anything.
impl SecureElement for SoftwareSecureElement {
    fn capabilities(&self) -> Capabilities {
        blocking::SecureElement::capabilities(self)
    }

    async fn generate(
        &mut self,
        slot: KeySlot,
        curve: Curve,
        policy: KeyPolicy,
    ) -> Result<[u8; 64], Self::Error> {
        blocking::SecureElement::generate(self, slot, curve, policy)
    }

    async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error> {
        blocking::SecureElement::public_key(self, slot)
    }

    async fn sign_prehash(
        &mut self,
        slot: KeySlot,
        prehash: &[u8; 32],
    ) -> Result<ChipSignature, Self::Error> {
        blocking::SecureElement::sign_prehash(self, slot, prehash)
    }

    async fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        blocking::SecureElement::random(self, out)
    }

    async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error> {
        blocking::SecureElement::read_counter(self, counter)
    }

    async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error> {
        blocking::SecureElement::advance_counter_to(self, counter, at_least)
    }
}

/// Why a [`SoftwareSecureElement`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SoftwareElementError {
    /// There is no key in this slot. Generate one.
    #[error("no key in slot {}", slot.0)]
    SlotEmpty {
        /// The slot asked for.
        slot: KeySlot,
    },
    /// The slot holds a permanent key. Take another slot.
    #[error("slot {} holds a permanent key", slot.0)]
    SlotTaken {
        /// The slot asked for.
        slot: KeySlot,
    },
    /// There are slots 0 to 3.
    #[error("there is no slot {}", slot.0)]
    NoSuchSlot {
        /// The slot asked for.
        slot: KeySlot,
    },
    /// There are counters 0 to 3.
    #[error("there is no counter {}", counter.0)]
    NoSuchCounter {
        /// The counter asked for.
        counter: CounterId,
    },
    /// Only secp256k1 is there.
    #[error("the curve {curve:?} is not there")]
    CurveUnsupported {
        /// The curve asked for.
        curve: Curve,
    },
    /// This digest has no usable signature, one in 2^128 has none. Sign something else.
    #[error(transparent)]
    Sign(#[from] SoftwareSignError),
}

impl Error for SoftwareElementError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::SlotEmpty { .. } => ErrorKind::SlotEmpty,
            Self::SlotTaken { .. } => ErrorKind::SlotTaken,
            Self::NoSuchSlot { .. } => ErrorKind::NoSuchSlot,
            Self::NoSuchCounter { .. } => ErrorKind::NoSuchCounter,
            Self::CurveUnsupported { .. } => ErrorKind::CurveUnsupported,
            Self::Sign(_) => ErrorKind::Other,
        }
    }
}
