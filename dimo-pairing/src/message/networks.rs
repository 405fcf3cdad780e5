//! [`WifiNetworks`]: the networks that a device sees, page by page.

use core::fmt;

use super::{PageBuffer, WifiName, WifiSecurity};
use crate::bytes::{Reader, Writer};
use crate::{Field, MessageError};

/// A network that a device sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WifiNetwork {
    /// How it is secured.
    pub security: WifiSecurity,
    /// The strength of its signal, in dBm.
    pub signal: i8,
    /// Its name.
    pub name: WifiName,
}

impl WifiNetwork {
    fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        let security = WifiSecurity::read(body)?;
        let signal = body.byte()?.cast_signed();
        Ok(Self { security, signal, name: WifiName::new(body.prefixed()?)? })
    }
}

/// As many of the networks that a device sees as one answer takes.
///
/// # Example: from the radio to the phone
///
/// ```
/// use dimo_pairing::{PageBuffer, WifiName, WifiNetwork, WifiNetworks, WifiSecurity};
/// let seen = [WifiNetwork { security: WifiSecurity::Wpa2, signal: -61, name: WifiName::new(b"home")? }];
/// let mut buffer: PageBuffer = [0; _];
/// let page = WifiNetworks::page(&seen, 0, &mut buffer);
/// assert_eq!((page.total(), page.iter().next()), (1, Some(seen[0])));
/// # Ok::<(), dimo_pairing::WifiNameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WifiNetworks<'a> {
    total: u8,
    bytes: &'a [u8],
}

impl<'a> WifiNetworks<'a> {
    /// Bytes of the answer before the list.
    const HEAD: usize = 1;

    /// The networks from index `first` on, as many as fit. Of more than 255, the rest is left out.
    pub fn page(networks: &[WifiNetwork], first: u8, buffer: &'a mut PageBuffer) -> Self {
        let total = u8::try_from(networks.len()).unwrap_or(u8::MAX);
        let mut writer = Writer::new(buffer.get_mut(Self::HEAD..).unwrap_or_default());
        for network in networks.iter().take(usize::from(total)).skip(usize::from(first)) {
            let name = network.name.as_bytes();
            if writer.room() < 3 + name.len() {
                break;
            }
            writer.put(&[network.security.number(), network.signal.cast_unsigned()]);
            writer.put_prefixed(name);
        }
        Self { total, bytes: writer.finish() }
    }

    /// How many there are in all.
    #[must_use]
    pub const fn total(&self) -> u8 {
        self.total
    }

    /// Those of this answer.
    pub fn iter(&self) -> impl Iterator<Item = WifiNetwork> + 'a {
        let mut left = Reader::new(self.bytes);
        // All of them were read once already, so the first that cannot be read is the end.
        core::iter::from_fn(move || WifiNetwork::read(&mut left).ok())
    }

    pub(super) fn read(body: &mut Reader<'a>) -> Result<Self, MessageError> {
        let total = body.byte()?;
        let mut list = body.clone();
        let mut count = 0_usize;
        while !list.is_empty() {
            WifiNetwork::read(&mut list)?;
            count += 1;
        }
        if count > usize::from(total) {
            return Err(MessageError::Value { field: Field::Total, value: u16::from(total) });
        }
        Ok(Self { total, bytes: body.rest() })
    }

    pub(super) fn put(&self, writer: &mut Writer<'_>) {
        writer.put(&[self.total]);
        writer.put(self.bytes);
    }
}

impl fmt::Debug for WifiNetworks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in all: ", self.total)?;
        f.debug_list().entries(self.iter()).finish()
    }
}
