//! What a device puts into its GATT server: the table of this protocol, and that of Gen 1 for phones of today.

use core::fmt;

/// A 128-bit UUID.
///
/// # Example: as text, and as the bytes most Bluetooth stacks take
///
/// ```
/// use dimo_pairing::gatt;
/// assert_eq!(gatt::PAIRING.uuid.to_string(), "21700001-9ebc-4b80-85bc-f7c451f9e133");
/// assert_eq!(gatt::PAIRING.uuid.to_le_bytes()[..2], [0x33, 0xe1]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(u128);

impl Uuid {
    /// A UUID from its number.
    #[must_use]
    pub const fn new(uuid: u128) -> Self {
        Self(uuid)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// Its bytes in the order of the air, lowest first.
    #[must_use]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The UUID of `base` with `short` in bits 96 to 111, as both tables number their entries.
    const fn with_short(base: u128, short: u16) -> Self {
        Self(base | ((short as u128) << 96))
    }
}

/// Lower case with hyphens, `21700001-9ebc-4b80-85bc-f7c451f9e133`.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, digits: u32| (self.0 >> shift) & ((1 << (digits * 4)) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 8),
            part(80, 4),
            part(64, 4),
            part(48, 4),
            part(0, 12)
        )
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a phone may do with a characteristic: the bits of the Bluetooth declaration (Core, Vol 3 Part G 3.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Properties(u8);

impl Properties {
    /// It may be read.
    pub const READ: Self = Self(0x02);
    /// It may be written, and the write is confirmed or rejected.
    pub const WRITE: Self = Self(0x08);
    /// It notifies.
    pub const NOTIFY: Self = Self(0x10);

    /// The bits of the declaration.
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

/// What the link must be before a characteristic is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkSecurity {
    /// Anything. What is served protects itself, or is nothing to protect.
    Open,
    /// Encrypted with an authenticated bond: BlueZ `encrypt-authenticated-*`, LE security mode 1 level 3.
    Authenticated,
}

/// One row of a GATT table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Characteristic {
    /// What it is for, in a few words.
    pub name: &'static str,
    /// Its UUID.
    pub uuid: Uuid,
    /// What a phone may do with it.
    pub properties: Properties,
    /// What the link must be.
    pub security: LinkSecurity,
}

/// One service and its characteristics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Service {
    /// What it is for, in a few words.
    pub name: &'static str,
    /// Its UUID.
    pub uuid: Uuid,
    /// Its characteristics, in the order of the table.
    pub characteristics: &'static [Characteristic],
}

/// The base of this protocol's UUIDs, `2170xxxx-9ebc-4b80-85bc-f7c451f9e133`: a random UUID of version 4, drawn once.
const BASE: u128 = 0x2170_0000_9ebc_4b80_85bc_f7c4_51f9_e133;
/// The base of the Gen 1 UUIDs, `5c30xxxx-6859-4d6c-a87b-8d2c98c9f6f0`.
const GEN1_BASE: u128 = 0x5c30_0000_6859_4d6c_a87b_8d2c_98c9_f6f0;

const fn ours(name: &'static str, short: u16, properties: Properties) -> Characteristic {
    // The link is never trusted, so no bond is asked for.
    Characteristic { name, uuid: Uuid::with_short(BASE, short), properties, security: LinkSecurity::Open }
}

const fn gen1(
    name: &'static str,
    short: u16,
    properties: Properties,
    security: LinkSecurity,
) -> Characteristic {
    Characteristic { name, uuid: Uuid::with_short(GEN1_BASE, short), properties, security }
}

/// The phone writes fragments here, each with response.
pub const REQUEST: Characteristic = ours("request", 0x0002, Properties::WRITE);
/// The device notifies fragments here.
pub const ANSWER: Characteristic = ours("answer", 0x0003, Properties::NOTIFY);
/// The service of this protocol, the one to advertise while the presence window is open.
pub const PAIRING: Service =
    Service { name: "pairing", uuid: Uuid::with_short(BASE, 0x0001), characteristics: &[REQUEST, ANSWER] };

/// The table of Gen 1, as the network's phones know it. Values are ASCII where nothing else is said.
///
/// These are names only; [`Gen1`](crate::gen1::Gen1) serves them. Have the Bluetooth stack demand the security of each row as well.
/// Whoever serves them otherwise must answer [`SIGN_HASH`](gen1::SIGN_HASH) with an error, since it asks for a signature over any
/// 32 bytes.
pub mod gen1 {
    use super::{Characteristic, GEN1_BASE, LinkSecurity, Properties, Service, Uuid, gen1};
    use LinkSecurity::{Authenticated, Open};

    const READ: Properties = Properties::READ;
    const WRITE: Properties = Properties::WRITE;

    /// The unit id: a UUID in lower case, 36 characters.
    pub const SERIAL: Characteristic = gen1("serial", 0x5a11, READ, Open);
    /// The device id of the maker: a UUID in lower case, 36 characters.
    pub const SECONDARY_SERIAL: Characteristic = gen1("secondary serial", 0x5a12, READ, Open);
    /// The hardware revision, `7` or `5.2`.
    pub const HARDWARE_REVISION: Characteristic = gen1("hardware revision", 0x5a13, READ, Open);
    /// The cellular signal in dBm, `-79`.
    pub const SIGNAL_STRENGTH: Characteristic = gen1("signal strength", 0x5a14, READ, Open);
    /// The SSID of the connected network, or nothing.
    pub const WIFI_STATUS: Characteristic = gen1("wi-fi status", 0x5a15, READ, Authenticated);
    /// JSON `{"network":"..","password":".."}`, both not empty.
    pub const SET_WIFI: Characteristic = gen1("set wi-fi", 0x5a16, WRITE, Authenticated);
    /// The version of the operating system.
    pub const SOFTWARE_VERSION: Characteristic = gen1("software version", 0x5a18, READ, Open);
    /// The version of the Bluetooth application.
    pub const APPLICATION_VERSION: Characteristic = gen1("application version", 0x5a19, READ, Open);
    /// Any write keeps the device awake for 900 s.
    pub const SLEEP_CONTROL: Characteristic = gen1("sleep control", 0x5a20, WRITE, Authenticated);
    /// The IMSI, digits.
    pub const IMSI: Characteristic = gen1("imsi", 0x5a21, READ, Open);
    /// The device service, the one Gen 1 advertises.
    pub const DEVICE: Service = Service {
        name: "device",
        uuid: Uuid::with_short(GEN1_BASE, 0x7fa4),
        characteristics: &[
            SERIAL,
            SECONDARY_SERIAL,
            HARDWARE_REVISION,
            SIGNAL_STRENGTH,
            WIFI_STATUS,
            SET_WIFI,
            SOFTWARE_VERSION,
            APPLICATION_VERSION,
            SLEEP_CONTROL,
            IMSI,
        ],
    };

    /// 17 characters; 17 zeros mean a failure.
    pub const VIN: Characteristic = gen1("vin", 0x0acc, READ, Authenticated);
    /// The number of the CAN protocol, `6` or `7`; `00` means a failure.
    pub const PROTOCOL: Characteristic = gen1("protocol", 0x0adc, READ, Authenticated);
    /// Trouble codes with commas, `0` for none, `1` for a failure. Any write clears them.
    pub const TROUBLE_CODES: Characteristic = gen1("trouble codes", 0x0add, READ.and(WRITE), Authenticated);
    /// The vehicle service.
    pub const VEHICLE: Service = Service {
        name: "vehicle",
        uuid: Uuid::with_short(GEN1_BASE, 0xd387),
        characteristics: &[VIN, PROTOCOL, TROUBLE_CODES],
    };

    /// The address of the device, 20 bytes.
    pub const ADDRESS: Characteristic = gen1("address", 0x1dd2, READ, Open);
    /// 32 bytes to sign are written, then the 65 bytes of the signature are read.
    pub const SIGN_HASH: Characteristic = gen1("sign hash", 0xe60f, READ.and(WRITE), Authenticated);
    /// The transactions service.
    pub const TRANSACTIONS: Service = Service {
        name: "transactions",
        uuid: Uuid::with_short(GEN1_BASE, 0xaade),
        characteristics: &[ADDRESS, SIGN_HASH],
    };

    /// The three services of Gen 1.
    pub const SERVICES: [Service; 3] = [DEVICE, VEHICLE, TRANSACTIONS];
}
