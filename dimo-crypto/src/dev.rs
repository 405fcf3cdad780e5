//! The conformance suite that every signer must pass, for the tests of whoever implements one.
//!
//! # Example: the test of a new wallet
//!
//! ```
//! # #[cfg(feature = "software-key")] {
//! use dimo_crypto::{SoftwareKey, dev};
//! let mut wallet = SoftwareKey::from_bytes([7; 32])?;
//! dev::check_blocking_signer(&mut wallet)?;
//! # }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use dimo_types::{Address, TokenId};
use thiserror::Error;

use crate::{
    BlockingAsync, Claim, ConfigStatus, DeviceSigner, Message, Pair, Registry, TelemetryBatchSeal,
    VerifyError, blocking, hazmat, verify,
};

/// Runs a future to its end by polling it again and again: enough for tests, wasteful anywhere else.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Checks the contract of [`DeviceSigner`]: messages of several kinds and lengths are signed, verify against
/// [`address`](DeviceSigner::address), and the address stays. About 20 signatures.
///
/// # Errors
///
/// The first [`SignerViolation`] found.
pub async fn check_signer<S: DeviceSigner>(signer: &mut S) -> Result<(), SignerViolation<S::Error>> {
    let address = signer.address();
    if address == Address::ZERO {
        return Err(SignerViolation::ZeroAddress);
    }
    let (registry, device_node, vehicle_node) = (Registry::AMOY, TokenId::from(42), TokenId::from(1337));
    let seal = TelemetryBatchSeal { device: address, payload: b"payload" };
    let messages: [&dyn Message; 4] = [
        &Claim { registry, device_node, owner: Address::new([0x11; 20]) },
        &Pair { registry, device_node, vehicle_node },
        &ConfigStatus { pid_url: "p", device_setting_url: "s", dbc_url: None, firmware_version: "1" },
        &seal,
    ];
    for message in messages {
        check_message(signer, address, message).await?;
    }
    // Enough digests to meet both values of v and, on a chip, both halves of s: a wrong signer slips through with 2^-16.
    for round in 0..16u8 {
        check_message(signer, address, &hazmat::AnyPersonal(&[b'0' + round % 10, round])).await?;
    }
    Ok(())
}

/// [`check_signer`] for the blocking twin.
///
/// # Errors
///
/// The first [`SignerViolation`] found.
pub fn check_blocking_signer<S: blocking::DeviceSigner>(
    signer: &mut S,
) -> Result<(), SignerViolation<S::Error>> {
    block_on(check_signer(&mut BlockingAsync::new(signer)))
}

async fn check_message<S: DeviceSigner>(
    signer: &mut S,
    address: Address,
    message: &dyn Message,
) -> Result<(), SignerViolation<S::Error>> {
    let signature = signer.sign(message).await.map_err(SignerViolation::Sign)?;
    verify(message, &signature, address)?;
    if signer.address() == address { Ok(()) } else { Err(SignerViolation::AddressChanged) }
}

/// How a signer breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignerViolation<E> {
    /// The address is zero: the key was never read.
    #[error("the address is zero")]
    ZeroAddress,
    /// The address changed while signing.
    #[error("the address changed while signing")]
    AddressChanged,
    /// It refused to sign an ordinary message.
    #[error("it refused to sign: {0}")]
    Sign(E),
    /// A signature does not verify against the address.
    #[error(transparent)]
    Signature(#[from] VerifyError),
}
