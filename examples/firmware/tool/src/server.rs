//! The test key of the backend.

use dimo_crypto::session::ServerKey;

/// The secret is known to anybody.
const SECRET: [u8; 32] = *b"DIMO crates demo backend, secret";

/// As `blueprint/src/server.bin` has it.
pub(crate) fn public_key() -> [u8; 32] {
    *ServerKey::from_bytes(SECRET).public_key().as_bytes()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_key_that_devices_have_is_that_of_the_test_backend() {
        assert_eq!(&super::public_key(), include_bytes!("../../blueprint/src/server.bin"));
    }
}
