//! The two patterns of the protocol, written out: clatter's own way to them brings panics and their texts.

use clatter::handshakepattern::{HandshakePattern, Token};

use super::HandshakeError;

use Token::{E, EE, ES, Psk, S, SE, SS};

/// `XXpsk0`: both tell their static keys, under a secret that they had before.
///
/// ```text
/// -> psk, e
/// <- e, ee, s, es
/// -> s, se
/// ```
pub(super) fn xx_psk0() -> Result<HandshakePattern, HandshakeError> {
    of("XXpsk0", &[], &[&[Psk, E], &[S, SE]], &[&[E, EE, S, ES]])
}

/// `KKpsk0`: both know each other's static key, and a secret.
///
/// ```text
/// -> s
/// <- s
/// ...
/// -> psk, e, es, ss
/// <- e, ee, se
/// ```
pub(super) fn kk_psk0() -> Result<HandshakePattern, HandshakeError> {
    of("KKpsk0", &[S], &[&[Psk, E, ES, SS]], &[&[E, EE, SE]])
}

/// `known` is what each has of the other before.
fn of(
    name: &'static str,
    known: &[Token],
    phone: &[&[Token]],
    device: &[&[Token]],
) -> Result<HandshakePattern, HandshakeError> {
    HandshakePattern::try_new(name, known, known, phone, device).map_err(|_| HandshakeError::Over)
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::format;

    use clatter::handshakepattern::{noise_kk_psk0, noise_xx};

    use super::*;

    #[test]
    fn the_patterns_are_those_that_clatter_makes() {
        let shown = |pattern: &HandshakePattern| format!("{pattern:?}");
        assert_eq!(shown(&xx_psk0().unwrap()), shown(&noise_xx().add_psks(&[0], "XXpsk0")));
        assert_eq!(shown(&kk_psk0().unwrap()), shown(&noise_kk_psk0()));
    }
}
