//! [`Setup`]: what a device is from the factory.

use dimo_types::Address;

use crate::{Identity, LabelSecret, NoiseKey, PreSharedKey};

/// What a device is from the factory: who it is, its key, and the ways in which a phone may meet it first.
///
/// # Example: a device with a label
///
/// ```
/// use dimo_pairing::{Identity, LabelSecret, NoiseKey, Setup, Text};
/// # let (address, random, printed) = ("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?, [7; 32], [8; 16]);
/// let identity = Identity {
///     address,
///     serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?,
///     hardware: Text::new("7.0")?,
///     firmware: Text::new("1.22.8")?,
/// };
/// let setup = Setup::new(identity, NoiseKey::from_bytes(random)).with_label(&LabelSecret::new(printed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Setup {
    pub(crate) identity: Identity,
    pub(crate) key: NoiseKey,
    pub(crate) label: Option<PreSharedKey>,
    pub(crate) verdicts: Option<Address>,
    #[cfg(feature = "pin")]
    pub(crate) pin: Option<crate::PinRecord>,
}

impl Setup {
    /// A device of this identity and this static key, which nobody can meet first: it has neither label nor PIN yet.
    ///
    /// The key is made once, at the factory, of 32 random bytes, and stored for the life of the device.
    #[must_use]
    pub const fn new(identity: Identity, key: NoiseKey) -> Self {
        Self {
            identity,
            key,
            label: None,
            verdicts: None,
            #[cfg(feature = "pin")]
            pin: None,
        }
    }

    /// With a label that bears this secret.
    #[must_use]
    pub fn with_label(mut self, secret: &LabelSecret) -> Self {
        self.label = Some(secret.pre_shared_key(&self.identity.address));
        self
    }

    /// With a PIN.
    #[cfg(feature = "pin")]
    #[must_use]
    pub fn with_pin(mut self, pin: crate::PinRecord) -> Self {
        self.pin = Some(pin);
        self
    }

    /// With a backend whose word it takes for owners whose account is a contract (SPEC.md, Proofs, grants and slots).
    #[must_use]
    pub const fn with_verdicts_of(mut self, backend: Address) -> Self {
        self.verdicts = Some(backend);
        self
    }
}
