//! [`DeviceSigner`]: whoever holds a wallet key and signs typed messages with it.

use dimo_types::Address;

use crate::{Message, Signature, blocking};

/// A wallet that signs typed messages, and nothing else.
///
/// The trait is async because a secure element takes 50 to 500 ms a signature behind a bus. The twin for those who can wait
/// is [`blocking::DeviceSigner`]; [`BlockingAsync`] turns one of those into this.
///
/// # Contract for makers
///
/// - The signature is finished ([`finish_signature`](crate::finish_signature)): low s, v of 27 or 28, of [`address`](Self::address).
/// - The address never changes during the life of the value, and asking for it costs no bus trip.
/// - Equal messages may have different signatures, but every one of them verifies.
///
/// [`dev::check_signer`](https://docs.rs/dimo-crypto/latest/dimo_crypto/dev/fn.check_signer.html) checks this.
///
/// # Contract for callers
///
/// - Cancel safety: dropping the future of [`sign`](Self::sign) loses the signature and nothing else; sign again.
/// - An error means that nothing was signed that could be used. What to do is the error's business.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
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
    async fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error>;
}

impl<T: DeviceSigner + ?Sized> DeviceSigner for &mut T {
    type Error = T::Error;

    fn address(&self) -> Address {
        (**self).address()
    }

    async fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        (**self).sign(message).await
    }
}

/// Something blocking as the async thing of the same name: it blocks the executor while it works.
///
/// # Example: a key in memory where an async signer is asked for
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::{BlockingAsync, DeviceSigner, SoftwareKey};
/// fn takes_async(_: impl DeviceSigner) {}
/// takes_async(BlockingAsync::new(SoftwareKey::from_bytes([7; 32])?));
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockingAsync<T>(T);

impl<T> BlockingAsync<T> {
    /// Wraps `blocking`.
    pub const fn new(blocking: T) -> Self {
        Self(blocking)
    }

    /// The wrapped value.
    pub const fn get_ref(&self) -> &T {
        &self.0
    }

    /// The wrapped value.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// Unwraps.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: blocking::DeviceSigner> DeviceSigner for BlockingAsync<T> {
    type Error = T::Error;

    fn address(&self) -> Address {
        self.0.address()
    }

    async fn sign<M: Message + ?Sized>(&mut self, message: &M) -> Result<Signature, Self::Error> {
        self.0.sign(message)
    }
}
