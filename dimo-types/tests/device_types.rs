//! Device types are DIP-4's six rows, and open to more.

use std::collections::HashMap;

use dimo_types::{DeviceType, DeviceTypeError, DeviceTypeInfo, PricePoint, ProviderKind, Wei};

/// Id, name, price point, initial quantity, cost in $DIMO: read from the tables of DIP-4 by a person.
const TABLES: [(&str, &str, &str, u64, u128); 6] = [
    (
        "software-only",
        "Software Only",
        "No added charge. Vehicle manufacturer (e.g., Ford, BMW) may charge a subscription fee.",
        1_000_000,
        10,
    ),
    ("standard-dongle", "Standard Dongle", "$350", 100_000, 50),
    ("hub", "Hub", "$500", 30_000, 70),
    ("dash-camera", "Dash Camera", "$500", 30_000, 80),
    ("fleet-device", "Fleet Device", "$1,000", 100_000, 120),
    ("ai-device", "AI Device", "$2,000", 30_000, 150),
];

#[test]
fn every_row_of_both_tables_is_there_in_order() {
    assert_eq!(DeviceTypeInfo::DIP4.len(), TABLES.len());
    for (info, (id, name, price, quantity, cost)) in DeviceTypeInfo::DIP4.iter().zip(TABLES) {
        assert_eq!(info.device_type.to_string(), id);
        assert_eq!(info.name, name);
        assert_eq!(info.price_point.to_string(), price);
        assert_eq!(info.initial_quantity, quantity);
        assert_eq!(info.cost, Wei::from_dimo(cost).unwrap());
        assert!(!info.description.is_empty());
    }
    assert!(DeviceTypeInfo::DIP4.iter().map(|info| info.device_type).eq(DeviceType::DIP4));
}

#[test]
fn only_the_software_type_comes_from_software_providers() {
    for info in DeviceTypeInfo::DIP4 {
        let software = info.device_type == DeviceType::SoftwareOnly;
        assert_eq!(info.provider == ProviderKind::Software, software, "{}", info.device_type);
    }
}

#[test]
fn ids_and_types_become_each_other() {
    for device_type in DeviceType::DIP4 {
        assert_eq!(device_type.as_str().parse(), Ok(device_type));
        assert_eq!(device_type.dip4().map(|info| info.device_type), Some(device_type));
    }
}

#[test]
fn a_type_added_later_is_a_type_like_any_other() {
    let embedded: DeviceType = "embedded-hardware".parse().unwrap();
    let mut sold = HashMap::from([(DeviceType::Hub, 3), (embedded, 1)]);
    *sold.entry("embedded-hardware".parse().unwrap()).or_default() += 1;
    assert_eq!(sold[&embedded], 2);
    assert_eq!(embedded.dip4(), None);
    assert!(DeviceType::AiDevice < embedded, "added types sort behind those of the DIP");
}

#[test]
fn what_is_no_id_is_refused() {
    for text in ["Hub", "dash camera", "-hub", "hub-", "1hub", "hüb", "hub\0"] {
        assert_eq!(text.parse::<DeviceType>(), Err(DeviceTypeError::Character), "{text:?}");
    }
    for text in ["", "a-type-with-21-letters"] {
        assert_eq!(text.parse::<DeviceType>(), Err(DeviceTypeError::Length { len: text.len() }), "{text:?}");
    }
}

#[test]
fn dollars_are_written_as_people_write_them() {
    let texts = [(0, "$0"), (999, "$999"), (1_000, "$1,000"), (12_034, "$12,034"), (1_000_002, "$1,000,002")];
    for (dollars, text) in texts {
        assert_eq!(PricePoint::UsDollars(dollars).to_string(), text);
    }
}
