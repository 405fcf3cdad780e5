//! The country of the serving cell against that of the fix.

use super::verdict::{NotMade, TestOutcome, Worst};
use super::{GnssFix, MovementTolerance, ServingCell};
use crate::{Country, Location};

/// Compares the country of each fix with that of the cell which served then.
pub(super) fn cell_country(
    cells: &[ServingCell],
    fixes: &[GnssFix],
    country_of: impl Fn(&Location) -> Option<Country>,
    tolerance: &MovementTolerance,
) -> TestOutcome {
    if cells.is_empty() || fixes.is_empty() {
        return TestOutcome::NotMade(NotMade::Missing);
    }
    let (mut compared, mut foreign, mut at) = (0.0, 0.0, None);
    for fix in fixes {
        let Some(network) = serving(cells, fix).and_then(ServingCell::country) else { continue };
        let Some(country) = country_of(&fix.location) else { continue };
        compared += 1.0;
        at = at.or(Some(fix.time));
        if numbering_of(country) != numbering_of(network) {
            if foreign == 0.0 {
                at = Some(fix.time);
            }
            foreign += 1.0;
        }
    }
    let mut worst = Worst::default();
    if let Some(at) = at {
        worst.note(tolerance.foreign_percent - 100.0 * foreign / compared, at);
    }
    worst.outcome(NotMade::CountryUnknown)
}

/// The cell that served at the time of a fix: the last one reported until then.
fn serving<'a>(cells: &'a [ServingCell], fix: &GnssFix) -> Option<&'a ServingCell> {
    cells.get(..cells.partition_point(|cell| cell.time <= fix.time))?.last()
}

/// The country whose mobile country codes are in use in `country`, where that is another one (ITU-T E.212).
fn numbering_of(country: Country) -> Country {
    let of = match country.as_str() {
        "AS" | "GU" | "MP" | "PR" | "UM" | "VI" => "US",
        "GG" | "IM" | "JE" => "GB",
        "SJ" => "NO",
        "AX" => "FI",
        "VA" => "IT",
        "XK" => "RS",
        "BL" | "GF" | "MF" | "MQ" => "GP",
        "YT" => "RE",
        "BQ" | "SX" => "CW",
        "CC" | "CX" | "NF" => "AU",
        "PS" => "IL",
        "EH" => "MA",
        _ => return country,
    };
    of.parse().unwrap_or(country)
}
