//! [`Fix`]: a place, and how far it is to be trusted.

use dimo_types::{Location, LocationError, Timestamp};

/// How a position came about, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FixQuality {
    /// From wheels and turns since the last real one.
    DeadReckoning,
    /// From satellites, at an assumed altitude.
    TwoD,
    /// From satellites.
    ThreeD,
    /// From satellites and a correction.
    Corrected,
}

/// What a receiver reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GnssReport {
    /// It does not know where it is.
    Searching {
        /// The satellites that it uses, when it says.
        satellites: Option<u8>,
    },
    /// It is here.
    Fix(Fix),
}

/// A position in WGS 84 and what belongs to it. Whole numbers: a microcontroller needs no floating point to store and send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "what a driver fills in")]
pub struct Fix {
    /// When; `None` while the receiver does not know the date.
    pub time: Option<Timestamp>,
    /// Degrees north in 1e-7, -900,000,000 to 900,000,000.
    pub latitude_e7: i32,
    /// Degrees east in 1e-7, -1,800,000,000 to 1,800,000,000.
    pub longitude_e7: i32,
    /// Above the WGS 84 ellipsoid, in mm.
    pub altitude_mm: Option<i32>,
    /// Over ground, in mm/s.
    pub speed_mm_s: Option<u32>,
    /// Over ground, in hundredths of a degree from geographic north, 0 to 35,999.
    pub course_cdeg: Option<u16>,
    /// Horizontal dilution of precision in hundredths; smaller is better.
    pub hdop_x100: Option<u16>,
    /// The satellites used.
    pub satellites: Option<u8>,
    /// How it came about.
    pub quality: FixQuality,
}

impl Fix {
    /// In the form of telemetry.
    ///
    /// # Errors
    ///
    /// [`LocationError`] for coordinates that are not on the globe.
    pub fn location(&self) -> Result<Location, LocationError> {
        let degrees = |e7: i32| f64::from(e7) / 1e7;
        Ok(Location {
            altitude: self.altitude_mm.map(|mm| f64::from(mm) / 1e3),
            hdop: self.hdop_x100.map(|hdop| f64::from(hdop) / 1e2),
            heading: self.course_cdeg.map(|course| f64::from(course) / 1e2),
            ..Location::new(degrees(self.latitude_e7), degrees(self.longitude_e7))?
        })
    }
}
