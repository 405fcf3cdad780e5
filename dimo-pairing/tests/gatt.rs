//! The GATT tables: ours as SPEC.md has it, Gen 1 as the network's phones know it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use dimo_pairing::gatt::{self, LinkSecurity, Properties, gen1};

#[test]
fn our_table_is_that_of_the_specification() {
    assert_eq!(gatt::PAIRING.uuid.to_string(), "21700001-9ebc-4b80-85bc-f7c451f9e133");
    assert_eq!(gatt::REQUEST.uuid.to_string(), "21700002-9ebc-4b80-85bc-f7c451f9e133");
    assert_eq!(gatt::ANSWER.uuid.to_string(), "21700003-9ebc-4b80-85bc-f7c451f9e133");
    assert_eq!(gatt::PAIRING.characteristics, [gatt::REQUEST, gatt::ANSWER]);
}

#[test]
fn the_gen_1_uuids_are_those_of_the_network() {
    let uuids: Vec<_> = gen1::SERVICES.iter().map(|service| service.uuid.to_string()).collect();
    assert_eq!(
        uuids,
        [
            "5c307fa4-6859-4d6c-a87b-8d2c98c9f6f0",
            "5c30d387-6859-4d6c-a87b-8d2c98c9f6f0",
            "5c30aade-6859-4d6c-a87b-8d2c98c9f6f0"
        ]
    );
    assert_eq!(gen1::SIGN_HASH.uuid.to_string(), "5c30e60f-6859-4d6c-a87b-8d2c98c9f6f0");
}

#[test]
fn what_gen_1_guards_is_guarded_and_what_it_leaves_open_is_open() {
    let guarded: Vec<_> = gen1::SERVICES
        .iter()
        .flat_map(|service| service.characteristics)
        .filter(|row| row.security == LinkSecurity::Authenticated)
        .map(|row| row.name)
        .collect();
    let expected =
        ["wi-fi status", "set wi-fi", "sleep control", "vin", "protocol", "trouble codes", "sign hash"];
    assert_eq!(guarded, expected);
}

#[test]
fn gen_1_notifies_nowhere_and_no_uuid_stands_twice() {
    let rows: Vec<_> = gen1::SERVICES.iter().flat_map(|service| service.characteristics).collect();
    assert_eq!(rows.len(), 15);
    assert!(rows.iter().all(|row| !row.properties.contains(Properties::NOTIFY)));
    let mut uuids: Vec<_> = rows.iter().map(|row| row.uuid).collect();
    uuids.extend(gen1::SERVICES.iter().map(|service| service.uuid));
    uuids.sort();
    uuids.dedup();
    assert_eq!(uuids.len(), 18);
}
