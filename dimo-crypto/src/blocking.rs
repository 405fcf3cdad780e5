//! The blocking twins of the async traits, under the same names.

use dimo_types::Address;

use crate::{Message, Signature};

/// A wallet that signs typed messages, and nothing else; returns when it is done.
///
/// The contract is that of the async [`DeviceSigner`](crate::DeviceSigner).
///
/// # Example: sign with whatever wallet there is
///
/// ```
/// use dimo_crypto::{LoginChallenge, Signature, blocking::DeviceSigner};
/// fn log_in<S: DeviceSigner>(wallet: &mut S, challenge: LoginChallenge<'_>) -> Result<Signature, S::Error> {
///     wallet.sign(&challenge)
/// }
/// ```
pub trait DeviceSigner {
    /// Why signing failed.
    type Error: core::error::Error;

    /// The account of the wallet.
    fn address(&self) -> Address;

    /// Signs `message`.
    ///
    /// # Errors
    ///
    /// When the key could not be used, or the chip's answer was wrong.
    fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error>;
}

impl<T: DeviceSigner + ?Sized> DeviceSigner for &mut T {
    type Error = T::Error;

    fn address(&self) -> Address {
        (**self).address()
    }

    fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        (**self).sign(message)
    }
}
