//! The group of RFC 9383's suites over P-256: scalars out of bytes, points in and out of bytes, and the points `M` and `N`.
//!
//! P-256 has prime order, its cofactor is 1: a point on the curve that is not the identity is in the large subgroup, and there is no
//! other check to make.

use p256::elliptic_curve::ff::{FromUniformBytes as _, PrimeField as _};
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::FromSec1Point as _;
use p256::elliptic_curve::{Field as _, Group as _};
use p256::{ProjectivePoint, Scalar, Sec1Point};
use zeroize::Zeroizing;

use super::{SHARE_LEN, Share};

/// A scalar, wiped on drop.
pub(super) type Secret = Zeroizing<Scalar>;

/// A point that gives a secret away, wiped on drop.
pub(super) type SecretPoint = Zeroizing<ProjectivePoint>;

/// A number of `N` bytes, at most 64, big-endian, modulo the order of the group.
pub(super) fn reduce<const N: usize>(number: &[u8; N]) -> Secret {
    const { assert!(N <= 64) };
    let mut wide = Zeroizing::new([0; 64]);
    if let Some(end) = wide.last_chunk_mut() {
        *end = *number;
    }
    Zeroizing::new(Scalar::from_uniform_bytes(&wide))
}

/// A scalar from 32 bytes, big-endian; none for zero and for one that is not below the order of the group.
pub(super) fn scalar(bytes: &[u8; 32]) -> Option<Secret> {
    let scalar = Option::map(Scalar::from_repr((*bytes).into()).into(), Secret::new)?;
    (!bool::from(scalar.is_zero())).then_some(scalar)
}

pub(super) fn scalar_bytes(scalar: &Scalar) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(scalar.to_repr().into())
}

/// A point of the group other than the identity.
pub(super) fn point(share: &Share) -> Option<ProjectivePoint> {
    // Of 65 bytes only the uncompressed form can be, and the identity has no such form.
    let encoded = Sec1Point::from_bytes(share).ok()?;
    Option::from(ProjectivePoint::from_sec1_point(&encoded)).filter(|point| !is_identity(point))
}

/// The uncompressed form; of the identity one that [`point`] refuses.
pub(super) fn encode(point: &ProjectivePoint) -> Share {
    let affine = point.to_affine();
    let mut share = [0; SHARE_LEN];
    let fields = [4].into_iter().chain(affine.x()).chain(affine.y());
    share.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
    share
}

/// The multiple of a point, in constant time. Not inlined, and one at a time, so that the stack holds the table of one point.
#[inline(never)]
pub(super) fn multiple(point: &ProjectivePoint, scalar: &Scalar) -> SecretPoint {
    Zeroizing::new(*point * *scalar)
}

/// A share: `scalar * P + w0 * mask`, where the mask is [`M`] or [`N`].
pub(super) fn share(scalar: &Scalar, mask: &Share, w0: &Scalar) -> Share {
    let blinding = multiple(&constant(mask), w0);
    encode(&(*multiple(&ProjectivePoint::GENERATOR, scalar) + *blinding))
}

/// What was blinded in a share: `share - w0 * mask`. None when the share is no point of the group, or nothing was blinded in it.
pub(super) fn unblind(share: &Share, mask: &Share, w0: &Scalar) -> Option<SecretPoint> {
    let share = point(share)?;
    let blinded = SecretPoint::new(share - *multiple(&constant(mask), w0));
    (!is_identity(&blinded)).then_some(blinded)
}

fn is_identity(point: &ProjectivePoint) -> bool {
    point.is_identity().into()
}

/// The point of a constant, which a test holds to be one.
pub(super) fn constant(share: &Share) -> ProjectivePoint {
    point(share).unwrap_or_default()
}

/// `M` (RFC 9383, section 4), uncompressed.
pub(super) const M: Share = [
    0x04, 0x88, 0x6E, 0x2F, 0x97, 0xAC, 0xE4, 0x6E, 0x55, 0xBA, 0x9D, 0xD7, 0x24, 0x25, 0x79, 0xF2, 0x99,
    0x3B, 0x64, 0xE1, 0x6E, 0xF3, 0xDC, 0xAB, 0x95, 0xAF, 0xD4, 0x97, 0x33, 0x3D, 0x8F, 0xA1, 0x2F, 0x5F,
    0xF3, 0x55, 0x16, 0x3E, 0x43, 0xCE, 0x22, 0x4E, 0x0B, 0x0E, 0x65, 0xFF, 0x02, 0xAC, 0x8E, 0x5C, 0x7B,
    0xE0, 0x94, 0x19, 0xC7, 0x85, 0xE0, 0xCA, 0x54, 0x7D, 0x55, 0xA1, 0x2E, 0x2D, 0x20,
];

/// `N` (RFC 9383, section 4), uncompressed.
pub(super) const N: Share = [
    0x04, 0xD8, 0xBB, 0xD6, 0xC6, 0x39, 0xC6, 0x29, 0x37, 0xB0, 0x4D, 0x99, 0x7F, 0x38, 0xC3, 0x77, 0x07,
    0x19, 0xC6, 0x29, 0xD7, 0x01, 0x4D, 0x49, 0xA2, 0x4B, 0x4F, 0x98, 0xBA, 0xA1, 0x29, 0x2B, 0x49, 0x07,
    0xD6, 0x0A, 0xA6, 0xBF, 0xAD, 0xE4, 0x50, 0x08, 0xA6, 0x36, 0x33, 0x7F, 0x51, 0x68, 0xC6, 0x4D, 0x9B,
    0xD3, 0x60, 0x34, 0x80, 0x8C, 0xD5, 0x64, 0x49, 0x0B, 0x1E, 0x65, 0x6E, 0xDB, 0xE7,
];
