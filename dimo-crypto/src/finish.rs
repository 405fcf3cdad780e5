//! The one function that turns a chip's answer into a [`Signature`].

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::{MulByGeneratorVartime, Reduce};
use k256::elliptic_curve::point::AffineCoordinates;
use k256::{FieldBytes, ProjectivePoint, Scalar};
use thiserror::Error;

use crate::der::DerError;
use crate::signature::{HALF_ORDER, YParity, in_scalar_range};
use crate::{ChipSignature, Digest, PublicKey, Signature};

/// Finishes what a chip returned: low s, the recovery id, and the proof that it is right.
///
/// Chips return r and s only, half of them with an s that contracts refuse. This computes the point R of the signature
/// from the known public key once, which costs one verification, and reads both from it: whether the signature is
/// right at all, and its v. A signature of another key, over another digest, or with a bit flipped on the bus or by
/// a fault attack never leaves the device.
///
/// # Errors
///
/// See [`FinishError`]; in each case nothing usable was signed, and signing again is safe.
///
/// # Example: the DER answer of a secure element
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::{ChipForm, ChipSignature, Message, SHalf, SoftwareKey, finish_signature, hazmat};
/// let mut key = SoftwareKey::from_bytes([7; 32])?;
/// let message = hazmat::gen1_telemetry(b"{}")?;
/// # let signed = key.sign(&message)?;
/// # let answer = ChipSignature::unfinished(&signed, ChipForm::Der, SHalf::High);
/// // let answer = ChipSignature::der(chip.sign(message.digest().as_bytes())?)?;
/// let signature = finish_signature(&key.public_key(), &message.digest(), &answer)?;
/// assert_eq!(signature, signed);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn finish_signature(
    public_key: &PublicKey,
    digest: &Digest,
    signature: &ChipSignature,
) -> Result<Signature, FinishError> {
    let r_and_s = signature.r_and_s()?;
    let (r_bytes, s_bytes) = halves(&r_and_s);
    let r = scalar(r_bytes).ok_or(FinishError::OutOfRange)?;
    let s = scalar(s_bytes).ok_or(FinishError::OutOfRange)?;
    // With the low s in the equation, R comes out with the parity that belongs to it: nothing to flip afterwards.
    let s = if s_bytes > HALF_ORDER { -s } else { s };

    let inverse = s.invert_vartime().into_option().ok_or(FinishError::OutOfRange)?;
    let u1 = reduce(digest.as_bytes()) * inverse;
    let u2 = r * inverse;
    let point = ProjectivePoint::from(*public_key.as_k256().as_affine());
    let big_r = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&u1, &u2, &point).to_affine();

    // The point at infinity has x = 0 here, which no r equals.
    let x: [u8; 32] = big_r.x().into();
    if reduce(&x) != r {
        return Err(FinishError::NotThisKey);
    }
    if x != r_bytes {
        return Err(FinishError::NoRecoveryId);
    }
    let parity = if bool::from(big_r.y_is_odd()) { YParity::Odd } else { YParity::Even };
    Ok(Signature::from_parts(&join(r_bytes, s.to_bytes().into()), parity))
}

fn halves(r_and_s: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (r, s) = r_and_s.split_at(32);
    (r.try_into().unwrap_or_default(), s.try_into().unwrap_or_default())
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut r_and_s = [0; 64];
    let (r_out, s_out) = r_and_s.split_at_mut(32);
    r_out.copy_from_slice(&r);
    s_out.copy_from_slice(&s);
    r_and_s
}

/// A scalar in `1..n`, or nothing.
fn scalar(bytes: [u8; 32]) -> Option<Scalar> {
    if in_scalar_range(&bytes) { Scalar::from_repr(bytes.into()).into_option() } else { None }
}

fn reduce(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

/// Why a chip's answer is no signature of this key over this digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FinishError {
    /// The answer is no strict DER: a driver that cuts it wrongly, or a damaged transfer.
    #[error("the answer of the chip is no strict DER signature")]
    Der(#[from] DerError),
    /// r or s is zero, or not below the order of the curve: a damaged transfer.
    #[error("r or s is not in 1..n")]
    OutOfRange,
    /// The signature is not of this key over this digest: the wrong slot, a bit flipped on the way, or a faulty part.
    /// Sign again; if it stays, read the public key of the slot again.
    #[error("not a signature of this key over this digest")]
    NotThisKey,
    /// The signature is right, but the x of its point is not below n, for which there is no v of 27 or 28.
    /// One in 2^128 signatures is such; sign again.
    #[error("the signature is right but has no recovery id of 27 or 28")]
    NoRecoveryId,
}
