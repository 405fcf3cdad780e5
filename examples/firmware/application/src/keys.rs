//! What the application keeps in its store, each thing with its form.

use dimo_hal::key_value::Key;

/// The counter of session openings, 8 bytes, little-endian: of an element that has no counter of its own.
pub(crate) const OPENINGS: Key = Key::new(0x20, 1);
/// The numbers that sessions have reserved: `dimo_crypto::session::Reservation`.
pub(crate) const NUMBERS: Key = Key::new(0x21, 1);
/// The country in which the device was last: two letters.
pub(crate) const COUNTRY: Key = Key::new(0x22, 1);
/// Whose vehicle the device is in, 80 bytes.
pub(crate) const BELONGING: Key = Key::new(0x23, 1);
/// What the owner has consented to: whether something is to be thrown away, the version, and the consent.
pub(crate) const CONSENT: Key = Key::new(0x24, 1);
/// What the vehicle is asked in the background, 17 bytes for each poll.
pub(crate) const POLLS: Key = Key::new(0x25, 1);
