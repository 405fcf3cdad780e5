//! The chip that holds the wallet key: [`SecureElement`] and its vocabulary.
//!
//! The trait is what secure elements have in common: they sign 32 bytes, answer r‖s or DER with any s, and know nothing
//! of Ethereum. [`Wallet`](crate::Wallet) turns one into a [`DeviceSigner`](dimo_crypto::DeviceSigner), which signs typed
//! messages only. Firmware hands out the wallet, never the element.

use core::fmt;

use dimo_crypto::ChipSignature;

use crate::twin::error_type;

error_type!("a secure element");

/// Why a secure element failed, as far as generic code cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bus to the element failed. Try again; then reset the element.
    Bus,
    /// The element did not answer in time. Try again; then reset the element.
    Timeout,
    /// The element is at work for somebody else. Try again later.
    Busy,
    /// There is no key in this slot. In the factory: generate one.
    SlotEmpty,
    /// The slot holds a key that may not be replaced.
    SlotTaken,
    /// The element has no such slot.
    NoSuchSlot,
    /// The element has no such counter.
    NoSuchCounter,
    /// The element does not have this curve: it cannot hold an Ethereum wallet when the curve is secp256k1.
    CurveUnsupported,
    /// The element cannot do this at all.
    Unsupported,
    /// The policy of the key or of the element forbids it.
    PolicyDenied,
    /// The key has no signatures left.
    KeyExhausted,
    /// The counter has reached its end.
    CounterExhausted,
    /// The answer was damaged on the way. Try again.
    Integrity,
    /// The element reports an attack. Do not use it any more.
    Tampered,
    /// Something else; the driver's error says what.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Bus,
        Self::Timeout,
        Self::Busy,
        Self::SlotEmpty,
        Self::SlotTaken,
        Self::NoSuchSlot,
        Self::NoSuchCounter,
        Self::CurveUnsupported,
        Self::Unsupported,
        Self::PolicyDenied,
        Self::KeyExhausted,
        Self::CounterExhausted,
        Self::Integrity,
        Self::Tampered,
        Self::Other,
    ];
}

/// The number under which an element knows a key: an object id, a slot or a key index. Its meaning is the element's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number with a meaning, nothing to add")]
pub struct KeySlot(pub u32);

/// The number of a monotonic counter, `0 .. Capabilities::counters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number with a meaning, nothing to add")]
pub struct CounterId(pub u8);

/// The curve of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// Ethereum's curve: the one a wallet needs.
    Secp256k1,
    /// NIST P-256, for transport certificates.
    P256,
}

/// What may become of a key after it was generated. No policy lets a private key be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyPolicy {
    /// It signs, and is never replaced or deleted: the wallet of a device.
    Permanent,
    /// It signs, and generating again replaces it: test slots, keys of a development board.
    Replaceable,
}

/// Where the private key lives. A factory prints it: DIP-4 asks for a wallet in a secure element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyProtection {
    /// In a tamper-resistant part of its own that generates keys and never gives one out.
    SecureElement,
    /// In memory that software can read. Enough for tests and development boards, never for a DIP-4 device.
    Extractable,
}

/// `secure element` or `software key`.
impl fmt::Display for KeyProtection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SecureElement => "secure element",
            Self::Extractable => "software key",
        })
    }
}

/// What an element can do. Constant during the life of the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Capabilities {
    /// Where the private keys live.
    pub key_protection: KeyProtection,
    /// How many monotonic counters there are.
    pub counters: u8,
    /// How many signatures a key can make in its life; `None` without a limit.
    pub signature_limit: Option<u32>,
}

impl Capabilities {
    /// An element without counters and without a limit on signatures.
    #[must_use]
    pub const fn new(key_protection: KeyProtection) -> Self {
        Self { key_protection, counters: 0, signature_limit: None }
    }

    /// With so many monotonic counters.
    #[must_use]
    pub const fn with_counters(self, counters: u8) -> Self {
        Self { counters, ..self }
    }

    /// With so many signatures in the life of a key.
    #[must_use]
    pub const fn with_signature_limit(self, signatures: u32) -> Self {
        Self { signature_limit: Some(signatures), ..self }
    }
}

/// A chip that generates keys, keeps them, and signs 32 bytes with them.
///
/// The blocking twin is [`blocking::SecureElement`](crate::blocking::SecureElement);
/// [`BlockingAsync`](crate::BlockingAsync) turns one of those into this.
///
/// # Contract for makers
///
/// - Answer exactly what the chip answered. Do not normalise s, do not compute a recovery id, do not retry a signature:
///   [`Wallet`](crate::Wallet) does all of it, once, and checks the result.
/// - A counter never goes down and survives power loss at any moment: it holds the old value or the new one.
/// - A key of [`KeyPolicy::Permanent`] survives everything except the chip's own factory reset.
/// - [`conformance::check_secure_element`](https://docs.rs/dimo-hal/latest/dimo_hal/conformance/fn.check_secure_element.html) passes.
///
/// # Contract for callers
///
/// - Cancel safety: a dropped future leaves the chip usable; the driver finishes or aborts the transfer before the next call.
///   A signature may have been spent, a key may have been generated, a counter may have advanced.
/// - Power loss: after a restart ask again; [`generate`](Self::generate) either happened or did not.
/// - Nothing a radio, a phone or a server sends may reach [`sign_prehash`](Self::sign_prehash) as 32 chosen bytes.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait SecureElement: ErrorType {
    /// What the element can do.
    fn capabilities(&self) -> Capabilities;

    /// Generates a key inside the element and returns its public half, x‖y, big-endian.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SlotTaken`] over a permanent key, [`ErrorKind::NoSuchSlot`], [`ErrorKind::CurveUnsupported`].
    async fn generate(
        &mut self,
        slot: KeySlot,
        curve: Curve,
        policy: KeyPolicy,
    ) -> Result<[u8; 64], Self::Error>;

    /// The public half of a key, x‖y, big-endian. Not checked here; [`Wallet`](crate::Wallet) checks it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SlotEmpty`] without a key, [`ErrorKind::NoSuchSlot`].
    async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Self::Error>;

    /// Signs 32 bytes with a key on secp256k1, as they are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SlotEmpty`], [`ErrorKind::KeyExhausted`], [`ErrorKind::PolicyDenied`].
    async fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32])
    -> Result<ChipSignature, Self::Error>;

    /// Fills `out` from the element's random source.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] without one; then nothing of `out` is to be used.
    async fn random(&mut self, out: &mut [u8]) -> Result<(), Self::Error>;

    /// The value of a monotonic counter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchCounter`].
    async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Self::Error>;

    /// Raises a counter to `at_least`, unless it is there already, and returns its value.
    ///
    /// Calling it again with the same value changes nothing, so a power cut in the middle is healed by repeating it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchCounter`], [`ErrorKind::CounterExhausted`] when it cannot go so far.
    async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Self::Error>;
}
