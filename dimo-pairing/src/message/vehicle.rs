//! What a vehicle tells: where its VIN comes from, and how its diagnostic bus speaks.

use dimo_types::CanProtocol;

use super::number::numbered;

numbered! {
    /// Where a VIN comes from: what a phone asks for, and what it was told.
    VinSource {
        /// The vehicle, now.
        Vehicle = 0,
        /// The device's memory.
        Stored = 1,
    }
}

/// How long ago a vehicle told its VIN.
///
/// # Example: from yesterday, and from nobody knows when
///
/// ```
/// use dimo_pairing::VinAge;
/// assert_eq!(VinAge::seconds(86_400).get(), Some(86_400));
/// assert_eq!(VinAge::UNKNOWN.get(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VinAge(u32);

impl VinAge {
    /// Nobody knows.
    pub const UNKNOWN: Self = Self(u32::MAX);
    /// It was just now.
    pub const NOW: Self = Self(0);

    /// That many seconds; at most 4,294,967,294, which is 136 years.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        if seconds < u32::MAX as u64 { Self(seconds as u32) } else { Self(u32::MAX - 1) }
    }

    /// The seconds; `None` where nobody knows.
    #[must_use]
    pub const fn get(self) -> Option<u32> {
        if self.0 == u32::MAX { None } else { Some(self.0) }
    }

    pub(super) const fn from_wire(age: u32) -> Self {
        Self(age)
    }

    pub(super) const fn to_wire(self) -> u32 {
        self.0
    }
}

numbered! {
    /// How a vehicle's diagnostic bus speaks, numbered as OBD adapters do.
    VehicleProtocol {
        /// SAE J1850 PWM.
        J1850Pwm = 1,
        /// SAE J1850 VPW.
        J1850Vpw = 2,
        /// ISO 9141-2.
        Iso9141 = 3,
        /// ISO 14230-4 (KWP 2000), slow start at 5 baud.
        Iso14230Slow = 4,
        /// ISO 14230-4 (KWP 2000), fast start.
        Iso14230Fast = 5,
        /// ISO 15765-4, 11-bit identifiers at 500 kbit/s.
        Can11Bit500 = 6,
        /// ISO 15765-4, 29-bit identifiers at 500 kbit/s.
        Can29Bit500 = 7,
        /// ISO 15765-4, 11-bit identifiers at 250 kbit/s.
        Can11Bit250 = 8,
        /// ISO 15765-4, 29-bit identifiers at 250 kbit/s.
        Can29Bit250 = 9,
        /// SAE J1939.
        J1939 = 10,
    }
}

impl VehicleProtocol {
    /// The protocol of a CAN bus; `None` for one that the messages of this version have no number for.
    ///
    /// # Example: what the bus turned out to be
    ///
    /// ```
    /// use dimo_pairing::VehicleProtocol;
    /// use dimo_types::CanProtocol;
    /// let found = VehicleProtocol::of_can(CanProtocol::Can29Bit500);
    /// assert_eq!(found, Some(VehicleProtocol::Can29Bit500));
    /// ```
    #[must_use]
    pub const fn of_can(protocol: CanProtocol) -> Option<Self> {
        Self::from_number(protocol.number())
    }
}
