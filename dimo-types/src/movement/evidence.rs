//! [`MovementEvidence`]: what four sensors of one device saw of the same drive.

use crate::{Country, Location, Timestamp};

/// What shows that a vehicle moved: positions, the speed that the bus tells, a motion sensor, the cell that served the
/// modem. Who invents one of them has to invent the others to match (DIP-4, Pairing & Connectivity: "Proof of Movement
/// Certification").
///
/// It borrows its parts, so that a device holds it without a heap. Each part is in order of time and may be empty; what
/// that leaves untested, the verdict says. Nothing is checked here: that is
/// [`check_movement`](crate::check_movement).
///
/// # Example: a device with a receiver and a bus, and neither modem nor motion sensor
///
/// ```
/// use dimo_types::{BusSpeed, GnssFix, Location, MovementEvidence, Timestamp};
/// let time = Timestamp::from_secs(1_700_000_000)?;
/// let location = Location::new(52.520, 13.405)?;
/// let fixes = [GnssFix { time, location, speed_m_s: Some(13.9), satellites: Some(9) }];
/// let bus_speeds = [BusSpeed { time, speed_km_h: 50.0 }];
/// let evidence = MovementEvidence { fixes: &fixes, bus_speeds: &bus_speeds, ..MovementEvidence::default() };
/// assert!(!evidence.is_empty());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MovementEvidence<'a> {
    /// Where the receiver saw the device.
    pub fixes: &'a [GnssFix],
    /// How fast the vehicle says it is.
    pub bus_speeds: &'a [BusSpeed],
    /// What the motion sensor felt, span after span.
    pub motion: &'a [MotionSummary],
    /// Which cells served the modem; one entry for each change is enough.
    pub cells: &'a [ServingCell],
}

impl MovementEvidence<'_> {
    /// Whether it holds nothing at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fixes.is_empty() && self.bus_speeds.is_empty() && self.motion.is_empty() && self.cells.is_empty()
    }
}

/// One position of a satellite receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GnssFix {
    /// When the position held.
    pub time: Timestamp,
    /// The position.
    pub location: Location,
    /// Speed over ground in metres a second, 0 or more, when the receiver tells it. It comes from the Doppler shift, not from
    /// the positions.
    pub speed_m_s: Option<f64>,
    /// How many satellites the fix is made of, when known.
    pub satellites: Option<u8>,
}

/// The speed that the vehicle tells on its bus.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BusSpeed {
    /// When the frame was received.
    pub time: Timestamp,
    /// Speed in kilometres an hour, the unit of the network's `speed`; below 0 in reverse, where a vehicle tells that.
    pub speed_km_h: f64,
}

/// What a motion sensor felt over one span of time: the length of the acceleration vector with gravity taken out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MotionSummary {
    /// The time of the first sample.
    pub from: Timestamp,
    /// The time of the last sample.
    pub until: Timestamp,
    /// The mean of all samples in metres a second squared, 0 or more.
    pub mean_m_s2: f64,
    /// The largest sample in metres a second squared, not below the mean.
    pub peak_m_s2: f64,
    /// How many samples there were, at least 1.
    pub samples: u32,
}

/// The cell that served the modem, from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ServingCell {
    /// When the modem reported it.
    pub time: Timestamp,
    /// Mobile country code of the serving network, 0 to 999 (ITU-T E.212).
    pub mcc: u16,
    /// Mobile network code, 0 to 999 (ITU-T E.212).
    pub mnc: u16,
    /// Location area or tracking area: up to 16 bits in 2G to 4G, 24 bits in 5G.
    pub area: u32,
    /// The cell's identity: up to 28 bits in 2G to 4G, 36 bits in 5G.
    pub cell: u64,
}

impl ServingCell {
    /// The country of the serving network; `None` for satellites, ships and codes that no country has.
    ///
    /// # Example: a subscription from anywhere, a network of Germany
    ///
    /// ```
    /// use dimo_types::{ServingCell, Timestamp};
    /// let cell = ServingCell { time: Timestamp::EPOCH, mcc: 262, mnc: 1, area: 0x1A2B, cell: 0x1_2345 };
    /// assert_eq!(cell.country(), Some("DE".parse()?));
    /// # Ok::<(), dimo_types::CountryError>(())
    /// ```
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        Country::from_mobile_country_code(self.mcc)
    }
}
