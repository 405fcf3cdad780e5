//! [`AttMtu`]: how long a packet may be.

use thiserror::Error;

/// The MTU of a connection's attribute protocol, 23 to 517 (Bluetooth Core 5.4, Vol 3, Part F, 3.2.8; 512 bytes are the longest value).
///
/// # Example: what a connection begins with
///
/// ```
/// use dimo_hal::ble_link::AttMtu;
/// assert_eq!(AttMtu::LEAST.packet(), 20);
/// assert_eq!(AttMtu::new(247)?.packet(), 244);
/// # Ok::<(), dimo_hal::ble_link::MtuError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttMtu(u16);

impl AttMtu {
    /// What every connection begins with.
    pub const LEAST: Self = Self(23);
    /// The bytes of the longest packet.
    pub const LONGEST_PACKET: usize = 514;

    /// Of so many bytes.
    ///
    /// # Errors
    ///
    /// [`MtuError`] outside 23 to 517.
    pub const fn new(mtu: u16) -> Result<Self, MtuError> {
        if 23 <= mtu && mtu <= 517 { Ok(Self(mtu)) } else { Err(MtuError { mtu }) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The bytes of a packet: three less.
    #[must_use]
    pub const fn packet(self) -> usize {
        self.0 as usize - 3
    }
}

/// No MTU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an MTU is 23 to 517, not {mtu}")]
#[non_exhaustive]
pub struct MtuError {
    /// The number.
    pub mtu: u16,
}
