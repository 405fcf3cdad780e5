//! How far apart two positions are.

use crate::Location;

/// The mean radius of the earth in metres (IUGG, R1).
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Location {
    /// The great-circle distance in metres, on a sphere of the earth's mean radius: within 0.6 % of that on the WGS 84
    /// ellipsoid. Altitudes do not count. Not a number when a coordinate is none.
    ///
    /// # Example: across the antimeridian it is not far
    ///
    /// ```
    /// use dimo_types::Location;
    /// let (west, east) = (Location::new(0.0, 179.5)?, Location::new(0.0, -179.5)?);
    /// assert!((west.distance_m(&east) - 111_195.0).abs() < 1.0); // one degree of the equator
    /// # Ok::<(), dimo_types::LocationError>(())
    /// ```
    #[must_use]
    pub fn distance_m(&self, other: &Self) -> f64 {
        // The haversine formula: well conditioned for small distances, and periodic in the longitude.
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_north = libm::sin((to - from) / 2.0);
        let half_east = libm::sin((other.longitude - self.longitude).to_radians() / 2.0);
        let chord = half_north * half_north + libm::cos(from) * libm::cos(to) * half_east * half_east;
        // Rounding may take opposite points a bit beyond 1; a NaN stays one.
        let chord = if chord > 1.0 { 1.0 } else { chord };
        2.0 * EARTH_RADIUS_M * libm::asin(libm::sqrt(chord))
    }
}
