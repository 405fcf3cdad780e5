//! [`Region`] and [`ApprovedGeography`]: where devices may operate.

use thiserror::Error;

use crate::Country;
use crate::named::named;

/// A region in which DIP-4 lets devices operate (Connection Specifications, Approved geography).
///
/// The DIP names three and lists no countries. What we take them to be:
///
/// - **United States**: the states and the five inhabited territories (AS, GU, MP, PR, VI), which share its
///   certification rules and in part its mobile country codes.
/// - **Canada**: CA.
/// - **Europe**: the countries and dependencies of Europe in the United Nations' list M49, without Belarus and Russia,
///   where the CE mark that the DIP asks for is not the one in force; and, beyond that list, Cyprus (a member of the
///   European Union) and Kosovo. That is the EU, the EEA (IS, LI, NO) with Svalbard (SJ), Switzerland, the United
///   Kingdom with GG, GI, IM and JE, the Faroe and Åland islands (FO, AX), AD, MC, SM, VA, the western Balkans (AL, BA,
///   ME, MK, RS, XK), MD and UA. Not in it: Turkey, the Caucasus, Greenland, and overseas territories outside Europe.
///
/// A deployment that differs says so in its [`ApprovedGeography`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Region {
    /// The United States of America.
    UnitedStates,
    /// Canada.
    Canada,
    /// Europe.
    Europe,
}

impl Region {
    /// The regions of DIP-4, in its order.
    pub const DIP4: [Self; 3] = [Self::UnitedStates, Self::Canada, Self::Europe];

    /// Its countries, by code.
    pub fn countries(self) -> impl Iterator<Item = Country> + Clone {
        Country::of_list(match self {
            Self::UnitedStates => "AS GU MP PR US VI ",
            Self::Canada => "CA ",
            Self::Europe => EUROPE,
        })
    }

    /// The region of DIP-4 that a country belongs to.
    #[must_use]
    pub fn of(country: Country) -> Option<Self> {
        Self::DIP4.into_iter().find(|region| region.countries().any(|member| member == country))
    }
}

named!(Region, "a region", {
    UnitedStates => "united-states",
    Canada => "canada",
    Europe => "europe",
});

/// Three bytes each.
const EUROPE: &str = "\
    AD AL AT AX BA BE BG CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT \
    NL NO PL PT RO RS SE SI SJ SK SM UA VA XK ";

/// Where devices may operate: regions, and single countries that a later vote added.
///
/// # Example: before and after a vote for Japan
///
/// ```
/// use dimo_types::{ApprovedGeography, Country, GeographyError};
/// let japan: Country = "JP".parse()?;
/// let today = ApprovedGeography::DIP4;
/// assert_eq!(today.check(Country::CANADA), Ok(()));
/// assert_eq!(today.check(japan), Err(GeographyError::NotApproved { country: japan }));
/// let added = [japan];
/// assert_eq!(today.with(&added).check(japan), Ok(()));
/// # Ok::<(), dimo_types::CountryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovedGeography<'a> {
    regions: &'a [Region],
    added: &'a [Country],
}

impl ApprovedGeography<'static> {
    /// The United States, Canada and Europe.
    pub const DIP4: Self = Self { regions: &Region::DIP4, added: &[] };
}

impl<'a> ApprovedGeography<'a> {
    /// Exactly these regions and countries, for a deployment whose rules differ.
    #[must_use]
    pub const fn new(regions: &'a [Region], countries: &'a [Country]) -> Self {
        Self { regions, added: countries }
    }

    /// The same regions with these countries added ("Support for new regions may be added"). Replaces countries added before.
    #[must_use]
    pub const fn with<'b>(self, added: &'b [Country]) -> ApprovedGeography<'b>
    where
        'a: 'b,
    {
        ApprovedGeography { regions: self.regions, added }
    }

    /// Whether a device may operate in `country`.
    ///
    /// # Errors
    ///
    /// [`GeographyError::NotApproved`] when it may not. A device there keeps its readings and sends nothing.
    pub fn check(&self, country: Country) -> Result<(), GeographyError> {
        let in_region = |region: &Region| region.countries().any(|member| member == country);
        if self.added.contains(&country) || self.regions.iter().any(in_region) {
            Ok(())
        } else {
            Err(GeographyError::NotApproved { country })
        }
    }
}

/// Why a device may not operate where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GeographyError {
    /// The country is in no approved region.
    #[error("{country} is outside the approved geography")]
    NotApproved {
        /// The country.
        country: Country,
    },
}
