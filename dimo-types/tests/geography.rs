//! Countries, mobile country codes, and where devices may operate.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{ApprovedGeography, Country, CountryError, GeographyError, Region};
use proptest::prelude::*;

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

#[test]
fn iso_has_assigned_249_codes_and_kosovo_makes_250() {
    let all: Vec<_> = Country::all().collect();
    assert_eq!(all.len(), 250);
    assert!(all.is_sorted_by(|one, next| one < next), "sorted and without repeats");
    assert!(all.iter().all(|country| country.to_string().parse() == Ok(*country)));
}

#[test]
fn codes_that_no_country_has_are_refused() {
    for code in ["UK", "EU", "EL", "SU", "YU", "AN", "ZZ", "AA", "XX", "QM"] {
        let code_bytes = code.as_bytes().try_into().unwrap();
        assert_eq!(code.parse::<Country>(), Err(CountryError::NotAssigned { code: code_bytes }), "{code}");
    }
    for form in ["", "D", "DEU", "de", "D1", "é"] {
        assert_eq!(form.parse::<Country>(), Err(CountryError::Form), "{form:?}");
    }
}

#[test]
fn a_modem_in_a_known_network_knows_its_country() {
    // From operators' published network codes.
    let networks = [
        (202, "GR"),
        (208, "FR"),
        (221, "XK"),
        (222, "IT"),
        (228, "CH"),
        (234, "GB"),
        (235, "GB"),
        (240, "SE"),
        (255, "UA"),
        (262, "DE"),
        (272, "IE"),
        (284, "BG"),
        (286, "TR"),
        (290, "GL"),
        (297, "ME"),
        (302, "CA"),
        (310, "US"),
        (316, "US"),
        (334, "MX"),
        (405, "IN"),
        (440, "JP"),
        (441, "JP"),
        (460, "CN"),
        (505, "AU"),
        (530, "NZ"),
        (602, "EG"),
        (655, "ZA"),
        (659, "SS"),
        (724, "BR"),
        (750, "FK"),
    ];
    for (mcc, code) in networks {
        assert_eq!(Country::from_mobile_country_code(mcc), Some(country(code)), "{mcc}");
    }
}

#[test]
fn codes_without_a_country_have_none() {
    for mcc in [0, 1, 100, 201, 203, 300, 399, 500, 700, 751, 900, 901, 999, 1000, u16::MAX] {
        assert_eq!(Country::from_mobile_country_code(mcc), None, "{mcc}");
    }
}

#[test]
fn every_mobile_country_code_names_an_assigned_country() {
    let named: Vec<_> = (0..=999).filter_map(Country::from_mobile_country_code).collect();
    assert_eq!(named.len(), 237);
    for country in named {
        assert_eq!(country.as_str().parse(), Ok(country));
    }
}

#[test]
fn every_european_country_with_a_network_of_its_own_is_reached_by_a_code() {
    // Served under a neighbour's or their own state's code: Guernsey, Isle of Man, Jersey, Åland, Svalbard.
    let guests = ["AX", "GG", "IM", "JE", "SJ"];
    for european in Region::Europe.countries() {
        let reached = (200..300).any(|mcc| Country::from_mobile_country_code(mcc) == Some(european));
        assert_eq!(reached, !guests.contains(&european.as_str()), "{european}");
    }
}

#[test]
fn regions_are_lists_of_assigned_countries_without_overlap() {
    for region in Region::DIP4 {
        let members: Vec<_> = region.countries().collect();
        assert!(members.is_sorted_by(|one, next| one < next), "{region}");
        for member in members {
            assert_eq!(member.as_str().parse(), Ok(member));
            assert_eq!(Region::of(member), Some(region), "{member} is in one region only");
        }
    }
}

#[test]
fn europe_is_the_union_the_economic_area_switzerland_the_kingdom_and_the_balkans() {
    let union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
    let area_and_neighbours = "IS LI NO CH GB AL BA ME MK RS XK MD UA AD MC SM VA";
    for code in union.split(' ').chain(area_and_neighbours.split(' ')) {
        assert_eq!(Region::of(country(code)), Some(Region::Europe), "{code}");
    }
    assert_eq!(Region::Europe.countries().count(), 27 + 17 + 7, "and seven dependencies");
}

#[test]
fn what_is_not_in_the_dips_regions_is_not_approved() {
    for code in ["RU", "BY", "TR", "GE", "KZ", "GL", "MX", "JP", "GP", "RE", "AU"] {
        let country = country(code);
        assert_eq!(Region::of(country), None, "{code}");
        assert_eq!(ApprovedGeography::DIP4.check(country), Err(GeographyError::NotApproved { country }));
    }
}

#[test]
fn territories_of_the_united_states_count_as_theirs() {
    for code in ["PR", "VI", "GU", "MP", "AS"] {
        assert_eq!(ApprovedGeography::DIP4.check(country(code)), Ok(()), "{code}");
    }
}

#[test]
fn a_deployment_may_add_countries_and_may_have_other_rules() {
    let added = [country("JP"), country("TR")];
    let wider = ApprovedGeography::DIP4.with(&added);
    assert!(added.iter().all(|country| wider.check(*country) == Ok(())));
    assert_eq!(wider.check(Country::CANADA), Ok(()), "what was approved stays so");
    let pilot = [country("NO")];
    let narrow = ApprovedGeography::new(&[Region::Canada], &pilot);
    assert_eq!(narrow.check(country("NO")), Ok(()));
    assert!(narrow.check(Country::UNITED_STATES).is_err());
}

proptest! {
    #[test]
    fn a_code_is_a_country_exactly_when_it_is_in_the_list(code in proptest::array::uniform2(any::<u8>())) {
        let listed = Country::all().any(|country| country.as_str().as_bytes() == code);
        prop_assert_eq!(Country::new(code).is_some(), listed);
    }
}
