//! [`Geography`]: where devices may operate, as a policy holds it.

use alloc::vec::Vec;

use dimo_types::{ApprovedGeography, Country, GeographyError, Region};

/// Where devices may operate (DIP-4, Connection Specifications, Approved geography): "within the United States of America,
/// Canada, and Europe. Support for new regions may be added by the DIMO community in future DIPs."
///
/// Which countries a region has is said at [`Region`]. Adding is all there is: what is approved stays so.
///
/// # Example: before and after a vote for Japan
///
/// ```
/// use dimo_rewards::Geography;
/// use dimo_types::{Country, GeographyError};
/// let japan: Country = "JP".parse()?;
/// let mut geography = Geography::dip4();
/// assert_eq!(geography.check(Country::CANADA), Ok(()));
/// assert_eq!(geography.check(japan), Err(GeographyError::NotApproved { country: japan }));
/// geography.add_country(japan);
/// assert_eq!(geography.check(japan), Ok(()));
/// # Ok::<(), dimo_types::CountryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Geography {
    regions: Vec<Region>,
    countries: Vec<Country>,
}

impl Geography {
    /// The three regions of DIP-4.
    #[must_use]
    pub fn dip4() -> Self {
        Self::new(Region::DIP4, [])
    }

    /// Exactly these regions and countries, for a deployment whose rules differ.
    #[must_use]
    pub fn new(
        regions: impl IntoIterator<Item = Region>,
        countries: impl IntoIterator<Item = Country>,
    ) -> Self {
        Self { regions: regions.into_iter().collect(), countries: countries.into_iter().collect() }
    }

    /// The regions, as they were given.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The countries named beyond the regions, oldest first.
    #[must_use]
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// Adds a country. One that is approved already changes nothing.
    pub fn add_country(&mut self, country: Country) {
        if self.check(country).is_err() {
            self.countries.push(country);
        }
    }

    /// Whether a device may operate in `country`.
    ///
    /// # Errors
    ///
    /// [`GeographyError::NotApproved`] when it may not.
    pub fn check(&self, country: Country) -> Result<(), GeographyError> {
        self.approved().check(country)
    }

    /// The same, borrowed, in the form that devices take it.
    #[must_use]
    pub fn approved(&self) -> ApprovedGeography<'_> {
        ApprovedGeography::new(&self.regions, &self.countries)
    }
}
