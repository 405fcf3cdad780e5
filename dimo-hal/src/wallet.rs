//! [`Wallet`]: the bridge from a chip that signs 32 bytes to a signer of typed messages.

use core::fmt;

use dimo_crypto::{
    Address, ChipSignature, DeviceSigner, Digest, FinishError, Message, PublicKey, PublicKeyError, Signature,
    finish_signature,
};
use thiserror::Error;

use crate::blocking;
use crate::secure_element::{Curve, ErrorType, KeyPolicy, KeyProtection, KeySlot, SecureElement};

/// The device's wallet: one key of a secure element, as a [`DeviceSigner`] that signs typed messages only.
///
/// The public key is read once, so the address costs no bus trip. Every answer of the chip is finished and checked
/// against that key before it leaves; a wrong answer is asked for once more, counted, and then reported.
///
/// To keep the element usable beside or after the wallet, hand in `&mut element`.
///
/// # Example: in the factory, then in the field
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::{Claim, Registry, blocking::DeviceSigner, verify};
/// use dimo_hal::{KeyProtection, KeySlot, SoftwareSecureElement, Wallet};
///
/// let mut element = SoftwareSecureElement::new([0x5A; 32]);
/// let address = Wallet::create_blocking(&mut element, KeySlot(0))?.address();
///
/// let mut wallet = Wallet::open_blocking(element, KeySlot(0))?;
/// assert_eq!(wallet.address(), address);
/// assert_eq!(wallet.key_protection(), KeyProtection::Extractable);
///
/// let owner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
/// let claim = Claim { registry: Registry::AMOY, device_node: 42.into(), owner };
/// verify(claim, &wallet.sign(&claim)?, address)?;
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Wallet<SE> {
    element: SE,
    slot: KeySlot,
    public_key: PublicKey,
    address: Address,
    key_protection: KeyProtection,
    refused_answers: u32,
}

/// How often a chip is asked for one signature. The second time heals a bit flipped on the bus; a part that is wrong
/// twice in a row is not to be trusted.
const ATTEMPTS: u32 = 2;

impl<SE: SecureElement> Wallet<SE> {
    /// Generates the permanent wallet key of a new device and opens it. For the factory, once in a device's life.
    ///
    /// # Errors
    ///
    /// [`WalletError::Element`], of kind [`SlotTaken`](crate::secure_element::ErrorKind::SlotTaken) when there is a wallet
    /// already, and [`WalletError::PublicKey`].
    pub async fn create(mut element: SE, slot: KeySlot) -> Result<Self, WalletError<SE::Error>> {
        let key = element.generate(slot, Curve::Secp256k1, KeyPolicy::Permanent).await;
        let key_protection = element.capabilities().key_protection;
        Self::new(element, slot, key.map_err(WalletError::Element)?, key_protection)
    }

    /// Opens the wallet of a device: reads the public key.
    ///
    /// # Errors
    ///
    /// [`WalletError::Element`], of kind [`SlotEmpty`](crate::secure_element::ErrorKind::SlotEmpty) before
    /// [`create`](Self::create), and [`WalletError::PublicKey`].
    pub async fn open(mut element: SE, slot: KeySlot) -> Result<Self, WalletError<SE::Error>> {
        let key = element.public_key(slot).await;
        let key_protection = element.capabilities().key_protection;
        Self::new(element, slot, key.map_err(WalletError::Element)?, key_protection)
    }
}

impl<SE: blocking::SecureElement> Wallet<SE> {
    /// [`create`](Self::create) over a blocking element.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_blocking(mut element: SE, slot: KeySlot) -> Result<Self, WalletError<SE::Error>> {
        let key = element.generate(slot, Curve::Secp256k1, KeyPolicy::Permanent);
        let key_protection = element.capabilities().key_protection;
        Self::new(element, slot, key.map_err(WalletError::Element)?, key_protection)
    }

    /// [`open`](Self::open) over a blocking element.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_blocking(mut element: SE, slot: KeySlot) -> Result<Self, WalletError<SE::Error>> {
        let key = element.public_key(slot);
        let key_protection = element.capabilities().key_protection;
        Self::new(element, slot, key.map_err(WalletError::Element)?, key_protection)
    }
}

impl<SE: ErrorType> Wallet<SE> {
    fn new(
        element: SE,
        slot: KeySlot,
        public_key: [u8; 64],
        key_protection: KeyProtection,
    ) -> Result<Self, WalletError<SE::Error>> {
        let public_key = PublicKey::from_bytes(&public_key)?;
        let address = public_key.address();
        Ok(Self { element, slot, public_key, address, key_protection, refused_answers: 0 })
    }

    /// The signature from a chip's answer; `None` when the answer is wrong and may be asked for again.
    fn finish(
        &mut self,
        digest: &Digest,
        answer: &ChipSignature,
        attempt: u32,
    ) -> Result<Option<Signature>, WalletError<SE::Error>> {
        match finish_signature(&self.public_key, digest, answer) {
            Ok(signature) => Ok(Some(signature)),
            Err(wrong) => {
                self.refused_answers = self.refused_answers.saturating_add(1);
                if attempt < ATTEMPTS { Ok(None) } else { Err(wrong.into()) }
            }
        }
    }
}

impl<SE> Wallet<SE> {
    /// The account of the device.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The public half of the wallet key.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// Where the private half lives, for the factory's certification list (DIP-4 asks for a secure element).
    #[must_use]
    pub const fn key_protection(&self) -> KeyProtection {
        self.key_protection
    }

    /// How many answers of the chip were wrong since the wallet was opened. Anything but a rare one deserves a look:
    /// a failing bus, a failing part, or somebody at the pins.
    #[must_use]
    pub const fn refused_answers(&self) -> u32 {
        self.refused_answers
    }

    /// The element, for random numbers and counters.
    pub const fn element_mut(&mut self) -> &mut SE {
        &mut self.element
    }

    /// Gives the element back.
    pub fn into_element(self) -> SE {
        self.element
    }
}

impl<SE: SecureElement> DeviceSigner for Wallet<SE> {
    type Error = WalletError<SE::Error>;

    fn address(&self) -> Address {
        self.address
    }

    async fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        let digest = message.digest();
        let mut attempt = 1;
        loop {
            let answer = self.element.sign_prehash(self.slot, digest.as_bytes()).await;
            let answer = answer.map_err(WalletError::Element)?;
            if let Some(signature) = self.finish(&digest, &answer, attempt)? {
                return Ok(signature);
            }
            attempt += 1;
        }
    }
}

impl<SE: blocking::SecureElement> dimo_crypto::blocking::DeviceSigner for Wallet<SE> {
    type Error = WalletError<SE::Error>;

    fn address(&self) -> Address {
        self.address
    }

    fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        let digest = message.digest();
        let mut attempt = 1;
        loop {
            let answer = self.element.sign_prehash(self.slot, digest.as_bytes());
            let answer = answer.map_err(WalletError::Element)?;
            if let Some(signature) = self.finish(&digest, &answer, attempt)? {
                return Ok(signature);
            }
            attempt += 1;
        }
    }
}

/// The address and the slot, nothing of the element.
impl<SE> fmt::Debug for Wallet<SE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet")
            .field("address", &self.address)
            .field("slot", &self.slot)
            .field("key_protection", &self.key_protection)
            .finish_non_exhaustive()
    }
}

/// Why a wallet could not be opened or did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WalletError<E: fmt::Debug> {
    /// The element failed; its error says whether to try again.
    #[error("the secure element failed: {0:?}")]
    Element(E),
    /// What the element gave out is no key of secp256k1: the wrong slot, the wrong curve, or a damaged transfer.
    #[error(transparent)]
    PublicKey(#[from] PublicKeyError),
    /// The chip's answer was wrong twice in a row. Nothing was signed; do not trust the part until it is known why.
    #[error(transparent)]
    Finish(#[from] FinishError),
}
