//! [`Vendor`]: whose connections earn, and how much.

use dimo_types::{Address, TokenId};

/// A connection that earns points, by the source of the network's service. The table in its README is older.
///
/// # Example: by manufacturer and by connection
///
/// ```
/// use dimo_rewards::baseline::Vendor;
/// use dimo_types::TokenId;
/// let autopi = Vendor::of_manufacturer(TokenId::from(137)).unwrap();
/// assert_eq!((autopi.name, autopi.points), ("AutoPi", 6_000));
/// let tesla = Vendor::of_connection("0xc4035Fecb1cc906130423EF05f9C20977F643722".parse()?).unwrap();
/// assert_eq!(tesla.name, "Tesla");
/// assert_eq!(Vendor::of_connection(autopi.connection), None); // it makes devices
/// # Ok::<(), dimo_types::AddressError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vendor {
    /// Its name in the service.
    pub name: &'static str,
    /// Where its signals come from: the address of the connection, which is the source of its events.
    pub connection: Address,
    /// Whether it makes devices.
    pub kind: VendorKind,
    /// Points for each week in which a vehicle is connected through it.
    pub points: u32,
}

/// What a vehicle is connected through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VendorKind {
    /// A device, found by the token of its manufacturer.
    Aftermarket {
        /// The manufacturer's token id.
        manufacturer: u64,
    },
    /// A synthetic device, found by the address of its connection.
    Synthetic,
}

impl Vendor {
    /// Every vendor that earns.
    pub const LIVE: [Self; 5] = [
        Self::maker("AutoPi", 137, 6_000, 0x5e31_bbc7_86d7_bed9_5216_3837, 0x87de_a1ab_0f1c_1897),
        Self::maker("Macaron", 142, 3_000, 0x4c67_4dde_8189_aef6_e3b5_8f5a, 0x36d7_438b_2b1f_6bc2),
        Self::maker("Ruptela", 144, 6_000, 0xf264_2150_9efe_9286_1a58_7482, 0x100c_6d72_8abf_1cd0),
        Self::synthetic("Tesla", 6_000, 0xc403_5fec_b1cc_9061_3042_3ef0, 0x5f9c_2097_7f64_3722),
        Self::synthetic("Kaufmann", 6_000, 0x8d8c_db2b_2642_3c8f_dbb2_7321, 0xaf20_b465_9ce9_19fd),
    ];

    /// The vendor that makes the devices of a manufacturer.
    #[must_use]
    pub fn of_manufacturer(manufacturer: TokenId) -> Option<&'static Self> {
        let makes = |vendor: &Self| match vendor.kind {
            VendorKind::Aftermarket { manufacturer: id } => TokenId::from(id) == manufacturer,
            VendorKind::Synthetic => false,
        };
        const { &Self::LIVE }.iter().find(|vendor| makes(vendor))
    }

    /// The vendor of a synthetic connection.
    #[must_use]
    pub fn of_connection(connection: Address) -> Option<&'static Self> {
        let is = |vendor: &Self| vendor.kind == VendorKind::Synthetic && vendor.connection == connection;
        const { &Self::LIVE }.iter().find(|vendor| is(vendor))
    }

    const fn maker(name: &'static str, manufacturer: u64, points: u32, high: u128, low: u64) -> Self {
        Self { name, connection: address(high, low), kind: VendorKind::Aftermarket { manufacturer }, points }
    }

    const fn synthetic(name: &'static str, points: u32, high: u128, low: u64) -> Self {
        Self { name, connection: address(high, low), kind: VendorKind::Synthetic, points }
    }
}

/// An address from its first 12 bytes and its last 8.
const fn address(high: u128, low: u64) -> Address {
    let [_, _, _, _, a, b, c, d, e, f, g, h, i, j, k, l] = high.to_be_bytes();
    let [m, n, o, p, q, r, s, t] = low.to_be_bytes();
    Address::new([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t])
}
