//! [`Identity`]: what a device says of itself.

use dimo_types::Address;

use crate::Text;

/// What a device says of itself. It proves nothing: only a signature does.
///
/// # Example: the identity that a maker sets at the factory
///
/// ```
/// use dimo_pairing::{Identity, Text};
/// let identity = Identity {
///     address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?,
///     serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?,
///     hardware: Text::new("7.0")?,
///     firmware: Text::new("1.22.8")?,
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The account of its wallet.
    pub address: Address,
    /// Its serial number, as printed on it.
    pub serial: Text<36>,
    /// The version of its hardware.
    pub hardware: Text<16>,
    /// The version of its firmware.
    pub firmware: Text<32>,
}
