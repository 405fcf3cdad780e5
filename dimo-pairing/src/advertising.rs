//! [`Advertisement`]: what a device says of itself to whoever listens, and what only its own phones make of it.

use core::fmt;

use hmac::Mac;
use thiserror::Error;

use crate::{HintKey, gatt};

/// Bytes of the advertising data.
pub const ADVERTISING_LEN: usize = 21;
/// Bytes of the scan response.
pub const SCAN_RESPONSE_LEN: usize = 28;
/// Bytes of the service data behind its UUID.
pub const SERVICE_DATA_LEN: usize = 10;

/// A legacy advertising packet has room for no more (Core, Vol 6 Part B 2.3.1).
const PACKET_MAX: usize = 31;
const _: () = assert!(ADVERTISING_LEN <= PACKET_MAX && SCAN_RESPONSE_LEN <= PACKET_MAX);

/// The AD types used here (Assigned Numbers, 2.3).
const AD_FLAGS: u8 = 0x01;
const AD_SERVICES_128: u8 = 0x07;
const AD_SERVICE_DATA_128: u8 = 0x21;
/// General discoverable, no BR/EDR.
const LE_ONLY: u8 = 0x06;
const FORMAT: u8 = 1;
const HINT_LABEL: &[u8] = b"DIMO-PAIR/1 hint";

/// What a device advertises. No name, no serial number, no address: to a stranger it is some device with this service.
///
/// A device advertises also while its presence window is closed, so that a phone it knows can resume. **The nonce must be fresh and
/// random whenever advertising starts, and at least every 15 minutes**: with an old one a stranger could follow the car. The radio's
/// own address should be a resolvable private one, and change at the same moments.
///
/// # Example: a phone finds its device among those around
///
/// ```
/// use dimo_pairing::{Advertisement, AdvertisingFlags, HintKey, LabelSecret};
/// use dimo_types::Address;
/// # let random_nonce = [1, 2, 3, 4];
/// let secret = LabelSecret::new([0x5A; 16]);
/// let hint_key = secret.hint_key(&Address::new([7; 20]));
/// let sent = Advertisement::with_label(AdvertisingFlags::OPEN, &hint_key, random_nonce);
/// let on_air = sent.scan_response();
///
/// let heard = Advertisement::parse_scan_response(&on_air)?;
/// assert!(heard.flags().contains(AdvertisingFlags::OPEN));
/// assert!(heard.is_of(&hint_key));
/// assert!(!heard.is_of(&HintKey::new([9; 16])));
/// # Ok::<(), dimo_pairing::AdvertisingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Advertisement {
    flags: AdvertisingFlags,
    nonce: [u8; 4],
    hint: [u8; 4],
}

impl Advertisement {
    /// Of a device without a label: nothing in it tells it from another one. [`AdvertisingFlags::LABEL`] is taken out.
    #[must_use]
    pub const fn new(flags: AdvertisingFlags) -> Self {
        let flags = AdvertisingFlags(flags.0 & AdvertisingFlags::KNOWN & !AdvertisingFlags::LABEL.0);
        Self { flags, nonce: [0; 4], hint: [0; 4] }
    }

    /// Of a device with a label, with four random bytes that were used for no other one. [`AdvertisingFlags::LABEL`] is put in.
    #[must_use]
    pub fn with_label(flags: AdvertisingFlags, key: &HintKey, nonce: [u8; 4]) -> Self {
        let flags = AdvertisingFlags((flags.0 & AdvertisingFlags::KNOWN) | AdvertisingFlags::LABEL.0);
        let mut hint = [0; 4];
        if let Some(front) = mac(key, flags, nonce).finalize().into_bytes().first_chunk() {
            hint = *front;
        }
        Self { flags, nonce, hint }
    }

    /// What the device says it can do now.
    #[must_use]
    pub const fn flags(&self) -> AdvertisingFlags {
        self.flags
    }

    /// Whether it is of the device whose hint key this is.
    ///
    /// A reason to connect, and no proof: one in four billion strangers looks the same, and anybody can repeat what the device
    /// has sent. The handshake proves it.
    #[must_use]
    pub fn is_of(&self, key: &HintKey) -> bool {
        let mac = mac(key, self.flags, self.nonce);
        self.flags.contains(AdvertisingFlags::LABEL) && mac.verify_truncated_left(&self.hint).is_ok()
    }

    /// The advertising data, the same for every device: flags, and the pairing service.
    #[must_use]
    pub const fn advertising_data() -> [u8; ADVERTISING_LEN] {
        let mut data = [0; ADVERTISING_LEN];
        if let Some((front, uuid)) = data.split_first_chunk_mut::<5>() {
            *front = [2, AD_FLAGS, LE_ONLY, 17, AD_SERVICES_128];
            uuid.copy_from_slice(&gatt::PAIRING.uuid.to_le_bytes());
        }
        data
    }

    /// The scan response: service data of the pairing service.
    #[must_use]
    pub fn scan_response(&self) -> [u8; SCAN_RESPONSE_LEN] {
        let mut data = [0; SCAN_RESPONSE_LEN];
        if let Some((front, rest)) = data.split_first_chunk_mut::<2>()
            && let Some((uuid, body)) = rest.split_first_chunk_mut::<16>()
        {
            // The length counts all but itself.
            *front = [27, AD_SERVICE_DATA_128];
            *uuid = gatt::PAIRING.uuid.to_le_bytes();
            body.copy_from_slice(&self.service_data());
        }
        data
    }

    /// The service data without its UUID, for stacks that write the rest themselves.
    #[must_use]
    pub const fn service_data(&self) -> [u8; SERVICE_DATA_LEN] {
        let ([n0, n1, n2, n3], [h0, h1, h2, h3]) = (self.nonce, self.hint);
        [FORMAT, self.flags.0, n0, n1, n2, n3, h0, h1, h2, h3]
    }

    /// Reads the service data behind the UUID, as the interfaces of phones hand it out under that UUID.
    ///
    /// # Errors
    ///
    /// [`AdvertisingError::Format`] and [`AdvertisingError::Length`]. Flags of a later version are no error.
    pub fn parse_service_data(data: &[u8]) -> Result<Self, AdvertisingError> {
        if let Some(&format) = data.first()
            && format != FORMAT
        {
            return Err(AdvertisingError::Format { format });
        }
        let len = data.len();
        let data: [u8; SERVICE_DATA_LEN] = data.try_into().map_err(|_| AdvertisingError::Length { len })?;
        let [_format, flags, n0, n1, n2, n3, h0, h1, h2, h3] = data;
        // All flags are kept: the hint is over all of them.
        Ok(Self { flags: AdvertisingFlags(flags), nonce: [n0, n1, n2, n3], hint: [h0, h1, h2, h3] })
    }

    /// Finds the service data in a whole scan response, or in advertising data and scan response one behind the other.
    ///
    /// # Errors
    ///
    /// See [`AdvertisingError`].
    pub fn parse_scan_response(mut data: &[u8]) -> Result<Self, AdvertisingError> {
        // A length of zero ends it early (Core, Vol 3 Part C 11).
        while let Some((&len @ 1.., rest)) = data.split_first() {
            let structure = rest.split_at_checked(usize::from(len)).ok_or(AdvertisingError::Truncated)?;
            let (structure, behind) = structure;
            if let Some((&AD_SERVICE_DATA_128, body)) = structure.split_first()
                && let Some(body) = body.strip_prefix(&gatt::PAIRING.uuid.to_le_bytes())
            {
                return Self::parse_service_data(body);
            }
            data = behind;
        }
        Err(AdvertisingError::Absent)
    }
}

fn mac(key: &HintKey, flags: AdvertisingFlags, nonce: [u8; 4]) -> impl Mac {
    key.mac().chain_update(HINT_LABEL).chain_update([flags.0]).chain_update(nonce)
}

/// What a device says it can do now. Flags of a later version are kept, and mean nothing here.
///
/// # Example: what a device with a PIN says while somebody is there
///
/// ```
/// use dimo_pairing::AdvertisingFlags;
/// let flags = AdvertisingFlags::OPEN.and(AdvertisingFlags::PIN);
/// assert_eq!(flags.bits(), 0b101);
/// assert!(!flags.contains(AdvertisingFlags::GEN1));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AdvertisingFlags(u8);

impl AdvertisingFlags {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// The presence window is open: a phone that it does not know may pair.
    pub const OPEN: Self = Self(1);
    /// It has a label, so nonce and hint mean something. [`Advertisement`] sees to it.
    pub const LABEL: Self = Self(1 << 1);
    /// It takes a PIN.
    pub const PIN: Self = Self(1 << 2);
    /// It serves the Gen 1 profile too.
    pub const GEN1: Self = Self(1 << 3);

    const KNOWN: u8 = Self::OPEN.0 | Self::LABEL.0 | Self::PIN.0 | Self::GEN1.0;

    /// The byte on air.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These and those of `other`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for AdvertisingFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdvertisingFlags({:#010b})", self.0)
    }
}

/// Why bytes are no [`Advertisement`]. What is around a phone is anybody's: leave that device alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AdvertisingError {
    /// There is no service data of the pairing service in it: another kind of device, or the scan response is still to come.
    #[error("there is no service data of the pairing service")]
    Absent,
    /// A structure announces more bytes than there are.
    #[error("the data end within a structure")]
    Truncated,
    /// Service data of another format, of a later version of the protocol perhaps.
    #[error("format {format} of the service data is not known")]
    Format {
        /// The format named.
        format: u8,
    },
    /// Cut off, or with something behind it.
    #[error("service data have 10 bytes, not {len}")]
    Length {
        /// How many there are.
        len: usize,
    },
}
