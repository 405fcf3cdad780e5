//! What the application keeps in its store, each thing with its form.

use dimo_hal::key_value::Key;

/// The counter of session openings, 8 bytes, little-endian: of an element that has no counter of its own.
pub(crate) const OPENINGS: Key = Key::new(0x20, 1);
/// The numbers that sessions have reserved: `dimo_crypto::session::Reservation`.
pub(crate) const NUMBERS: Key = Key::new(0x21, 1);
/// The country in which the device was last: two letters.
pub(crate) const COUNTRY: Key = Key::new(0x22, 1);
