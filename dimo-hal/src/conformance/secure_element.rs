//! The suite of [`SecureElement`].

use core::fmt::Debug;

use dimo_crypto::dev::block_on;
use dimo_crypto::hazmat::AnyPersonal;
use dimo_crypto::{FinishError, Message, PublicKey, PublicKeyError, finish_signature};
use thiserror::Error;

use crate::secure_element::{CounterId, Curve, Error as _, ErrorKind, KeyPolicy, KeySlot, SecureElement};
use crate::{BlockingAsync, blocking};

/// How many signatures are checked: enough to meet both halves of s and both parities.
const SIGNATURES: u8 = 16;

/// Checks the contract of [`SecureElement`] on one key slot and one counter.
///
/// `slot` must be empty or hold a replaceable key; it holds a replaceable key afterwards. The counter goes up by 2.
///
/// # Errors
///
/// The first [`SecureElementViolation`] found.
///
/// # Example: the test of a new driver
///
/// ```
/// use dimo_hal::secure_element::CounterId;
/// use dimo_hal::{KeySlot, SoftwareSecureElement, conformance};
/// let mut element = SoftwareSecureElement::new([0x5A; 32]);
/// conformance::check_blocking_secure_element(&mut element, KeySlot(3), CounterId(0))?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub async fn check_secure_element<SE: SecureElement>(
    element: &mut SE,
    slot: KeySlot,
    counter: CounterId,
) -> Result<(), SecureElementViolation<SE::Error>> {
    let key = check_generation(element, slot).await?;
    check_signatures(element, slot, &key).await?;
    check_random(element).await?;
    check_counter(element, counter).await
}

/// [`check_secure_element`] for the blocking twin.
///
/// # Errors
///
/// The first [`SecureElementViolation`] found.
pub fn check_blocking_secure_element<SE: blocking::SecureElement>(
    element: &mut SE,
    slot: KeySlot,
    counter: CounterId,
) -> Result<(), SecureElementViolation<SE::Error>> {
    block_on(check_secure_element(&mut BlockingAsync::new(element), slot, counter))
}

async fn check_generation<SE: SecureElement>(
    element: &mut SE,
    slot: KeySlot,
) -> Result<PublicKey, SecureElementViolation<SE::Error>> {
    use SecureElementViolation as V;
    let first =
        element.generate(slot, Curve::Secp256k1, KeyPolicy::Replaceable).await.map_err(V::Generate)?;
    let second =
        element.generate(slot, Curve::Secp256k1, KeyPolicy::Replaceable).await.map_err(V::Generate)?;
    if first == second {
        return Err(V::KeyNotReplaced);
    }
    if element.public_key(slot).await.map_err(V::PublicKey)? != second {
        return Err(V::PublicKeyDiffers);
    }
    Ok(PublicKey::from_bytes(&second)?)
}

async fn check_signatures<SE: SecureElement>(
    element: &mut SE,
    slot: KeySlot,
    key: &PublicKey,
) -> Result<(), SecureElementViolation<SE::Error>> {
    for round in 0..SIGNATURES {
        let digest = AnyPersonal(&[round]).digest();
        let answer = element.sign_prehash(slot, digest.as_bytes()).await;
        finish_signature(key, &digest, &answer.map_err(SecureElementViolation::Sign)?)?;
    }
    Ok(())
}

async fn check_random<SE: SecureElement>(element: &mut SE) -> Result<(), SecureElementViolation<SE::Error>> {
    use SecureElementViolation as V;
    let (mut first, mut second) = ([0; 65], [0; 65]);
    element.random(&mut first).await.map_err(V::Random)?;
    element.random(&mut second).await.map_err(V::Random)?;
    // Whole buffers, and their last 16 bytes, which a driver that stops at a block leaves as they were.
    if first == second || first.last_chunk::<16>() == second.last_chunk::<16>() {
        return Err(V::RandomRepeats);
    }
    element.random(&mut []).await.map_err(V::Random)
}

async fn check_counter<SE: SecureElement>(
    element: &mut SE,
    counter: CounterId,
) -> Result<(), SecureElementViolation<SE::Error>> {
    use SecureElementViolation as V;
    let counters = element.capabilities().counters;
    if counter.0 >= counters {
        let kind = element.read_counter(counter).await.err().map(|error| error.kind());
        return if matches!(kind, Some(ErrorKind::NoSuchCounter | ErrorKind::Unsupported)) {
            Ok(())
        } else {
            Err(V::UnlistedCounter)
        };
    }
    let start = element.read_counter(counter).await.map_err(V::Counter)?;
    let expected = start.saturating_add(2);
    // Forward, again to the same value, and to lower ones: only the first may move it.
    for at_least in [expected, expected, start, 0] {
        let advanced = element.advance_counter_to(counter, at_least).await.map_err(V::Counter)?;
        let read = element.read_counter(counter).await.map_err(V::Counter)?;
        if advanced != expected || read != expected {
            return Err(V::CounterValue { expected, advanced, read });
        }
    }
    Ok(())
}

/// How a secure element breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SecureElementViolation<E: Debug> {
    /// It could not generate a key on secp256k1 in the slot.
    #[error("no key was generated: {0:?}")]
    Generate(E),
    /// It generated the same key twice.
    #[error("the same key was generated twice")]
    KeyNotReplaced,
    /// It could not read the public key of a key just generated.
    #[error("the public key could not be read: {0:?}")]
    PublicKey(E),
    /// The public key read is not the one generated.
    #[error("the public key read is not the one generated")]
    PublicKeyDiffers,
    /// What it gave out is no public key.
    #[error(transparent)]
    NoPublicKey(#[from] PublicKeyError),
    /// It refused to sign.
    #[error("it refused to sign: {0:?}")]
    Sign(E),
    /// A signature is wrong.
    #[error(transparent)]
    Signature(#[from] FinishError),
    /// It gave no random numbers.
    #[error("it gave no random numbers: {0:?}")]
    Random(E),
    /// Random numbers repeat, or the end of the buffer was not filled.
    #[error("random numbers repeat")]
    RandomRepeats,
    /// A counter it says it has failed.
    #[error("the counter failed: {0:?}")]
    Counter(E),
    /// A counter it says it has not answered, or failed with another kind than `NoSuchCounter` or `Unsupported`.
    #[error("a counter that is not there answered")]
    UnlistedCounter,
    /// A counter has not the value it must have.
    #[error("the counter must be {expected}, advancing said {advanced}, reading {read}")]
    CounterValue {
        /// What it must be.
        expected: u64,
        /// What advancing returned.
        advanced: u64,
        /// What reading returned.
        read: u64,
    },
}
