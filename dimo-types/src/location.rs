//! [`Location`]: where a vehicle is.

use thiserror::Error;

/// A position in WGS 84 with its quality.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Metres above the WGS 84 ellipsoid, when known.
    pub altitude: Option<f64>,
    /// Horizontal dilution of precision, 0 or more, when known; smaller is better.
    pub hdop: Option<f64>,
    /// Degrees clockwise from geographic north, 0 to 360, when known.
    pub heading: Option<f64>,
}

impl Location {
    /// A position without altitude, quality and heading.
    ///
    /// # Errors
    ///
    /// [`LocationError`] for a coordinate that is not on the globe, or not a number.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, LocationError> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(LocationError::Latitude { latitude });
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(LocationError::Longitude { longitude });
        }
        Ok(Self { latitude, longitude, altitude: None, hdop: None, heading: None })
    }
}

/// Why coordinates are no [`Location`].
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LocationError {
    /// Not from -90 to 90 degrees.
    #[error("latitude {latitude} is not from -90 to 90 degrees")]
    Latitude {
        /// The value given, in degrees.
        latitude: f64,
    },
    /// Not from -180 to 180 degrees.
    #[error("longitude {longitude} is not from -180 to 180 degrees")]
    Longitude {
        /// The value given, in degrees.
        longitude: f64,
    },
}
