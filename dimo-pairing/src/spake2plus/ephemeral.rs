//! [`Ephemeral`]: the randomness of one exchange.

use core::fmt;

use p256::Scalar;
use p256::elliptic_curve::Field as _;
use thiserror::Error;
use zeroize::Zeroizing;

use super::group::{Secret, reduce};

/// Bytes of randomness that one side needs for one exchange: so many more than a scalar has that the reduction leaves no bias to see.
pub const RANDOM_LEN: usize = 48;

/// The random scalar of one side, for one exchange: `x` or `y` of RFC 9383, 3.3. It is taken by value and cannot be copied, for the same
/// one in two exchanges gives the password away. Wipes itself on drop and does not show itself.
///
/// # Example: a generator that has not started
///
/// ```
/// use dimo_pairing::spake2plus::{BadRandomness, Ephemeral};
/// assert_eq!(Ephemeral::from_random([0; 48]).unwrap_err(), BadRandomness);
/// ```
pub struct Ephemeral(Secret);

impl Ephemeral {
    /// The scalar that 48 random bytes, big-endian, leave modulo the order of the group. They must come from a generator fit for keys.
    ///
    /// # Errors
    ///
    /// [`BadRandomness`] when it is zero, which is what a generator says that has not started, and never what one says that has.
    pub fn from_random(random: [u8; RANDOM_LEN]) -> Result<Self, BadRandomness> {
        let scalar = reduce(&Zeroizing::new(random));
        if bool::from(scalar.is_zero()) { Err(BadRandomness) } else { Ok(Self(scalar)) }
    }

    pub(super) fn scalar(&self) -> &Scalar {
        &self.0
    }
}

impl fmt::Debug for Ephemeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ephemeral")
    }
}

/// The random bytes are not random: they are zero. Wait for the generator to start, and look at what it said when it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the random bytes are zero")]
#[expect(clippy::exhaustive_structs, reason = "there is one reason")]
pub struct BadRandomness;
