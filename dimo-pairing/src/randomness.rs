//! [`Seed`]: the randomness of one connection, from outside.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// 32 random bytes for one connection, from which its side draws its ephemeral keys and the secrets it gives away.
///
/// They must come from a generator fit for keys, such as that of the secure element, and must never be used for two
/// connections. Nothing here has a generator of its own, so that a protocol run can be repeated byte for byte in a test. Wiped on
/// drop, and not shown.
///
/// # Example: fresh for every connection
///
/// ```
/// use dimo_pairing::Seed;
/// # let random = [0x77; 32];
/// let seed = Seed::from_bytes(random);
/// assert!(!format!("{seed:?}").contains("77"));
/// ```
pub struct Seed {
    secret: Zeroizing<[u8; 32]>,
    drawn: u32,
}

impl Seed {
    /// A seed of 32 random bytes.
    #[must_use]
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self { secret: Zeroizing::new(random), drawn: 0 }
    }

    /// The next 32 bytes: HMAC-SHA256 of how many were drawn before.
    pub(crate) fn draw(&mut self) -> Zeroizing<[u8; 32]> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        if let Some(front) = block.first_chunk_mut() {
            *front = *self.secret;
        }
        let number = self.drawn.to_be_bytes();
        self.drawn = self.drawn.wrapping_add(1);
        let mac = Hmac::<Sha256>::new(&block).chain_update(b"DIMO-PAIR/1 draw").chain_update(number);
        zeroize::Zeroize::zeroize(block.as_mut_slice());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// A scalar for an exchange over P-256.
    #[cfg(feature = "pin")]
    pub(crate) fn draw_scalar(&mut self) -> Option<crate::spake2plus::Ephemeral> {
        let draws = [self.draw(), self.draw()];
        let mut random = Zeroizing::new([0; crate::spake2plus::RANDOM_LEN]);
        for (place, byte) in random.iter_mut().zip(draws.iter().flat_map(|draw| draw.iter())) {
            *place = *byte;
        }
        crate::spake2plus::Ephemeral::from_random(*random).ok()
    }
}

impl core::fmt::Debug for Seed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Seed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_draws_are_alike() {
        let mut seed = Seed::from_bytes([7; 32]);
        let draws = [(); 3].map(|()| seed.draw());
        assert!(draws[0] != draws[1] && draws[1] != draws[2] && draws[0] != draws[2]);
        assert_eq!(Seed::from_bytes([7; 32]).draw(), draws[0]);
        assert_ne!(Seed::from_bytes([8; 32]).draw(), draws[0]);
    }
}
