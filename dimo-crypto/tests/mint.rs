//! What the owner of a vehicle signs to have it minted, against the contract's type hashes and vectors computed from it.
#![cfg(feature = "software-key")]

mod util;

use dimo_crypto::{Message, MintVehicle, MintVehicleWithDeviceDefinition, Registry, keccak256};
use dimo_types::TokenId;
use util::{bytes, owner};

const ATTRIBUTES: &[(&str, &str)] = &[("Make", "Toyota"), ("Model", "Camry"), ("Year", "2021")];

fn mint() -> MintVehicleWithDeviceDefinition<'static> {
    MintVehicleWithDeviceDefinition {
        registry: Registry::POLYGON,
        manufacturer_node: TokenId::from(7),
        owner: owner().address(),
        device_definition: "toyota_camry_2021",
        attributes: ATTRIBUTES,
    }
}

#[test]
fn both_type_hashes_are_the_contracts_and_the_hashes_of_their_type_strings() {
    let cases = [
        (
            MintVehicle::TYPE,
            MintVehicle::TYPE_HASH,
            "cfd18b359f1adef30e06ee2a373b6d895b82c4db3f547c5dd574c6d272b79121",
        ),
        (
            MintVehicleWithDeviceDefinition::TYPE,
            MintVehicleWithDeviceDefinition::TYPE_HASH,
            "952a5d30ceb3418e12449faaef4f43b3c8bccb0c129c074cb239455510c8beab",
        ),
    ];
    for (type_string, type_hash, expected) in cases {
        assert_eq!(type_hash, bytes(expected), "{type_string}");
        assert_eq!(type_hash, keccak256(type_string.as_bytes()), "{type_string}");
    }
}

#[test]
fn a_vehicle_is_minted_with_the_hashes_of_the_contract() {
    let struct_hash = bytes("6acac710632920b7e3a4b69c19a16ec7402ac11da1d46900f5b10107b9082a3e");
    assert_eq!(mint().struct_hash(), struct_hash);
    let digest = "0xd8207e7df7191e1b2e0112e8b453c1185a3cad94fa88354b2e82a9552047a2ba";
    assert_eq!(mint().digest().to_string(), digest);
}

#[test]
fn every_field_is_signed_and_no_text_can_slip_into_the_next() {
    let mint = mint();
    let others = [
        MintVehicleWithDeviceDefinition { registry: Registry::AMOY, ..mint },
        MintVehicleWithDeviceDefinition { manufacturer_node: TokenId::from(8), ..mint },
        MintVehicleWithDeviceDefinition { owner: dimo_crypto::Address::ZERO, ..mint },
        MintVehicleWithDeviceDefinition { device_definition: "", ..mint },
        MintVehicleWithDeviceDefinition { attributes: &[], ..mint },
        MintVehicleWithDeviceDefinition { attributes: &ATTRIBUTES[1..], ..mint },
        MintVehicleWithDeviceDefinition {
            attributes: &[("MakeM", "Toyota"), ("odel", "Camry"), ("Year", "2021")],
            ..mint
        },
        MintVehicleWithDeviceDefinition {
            attributes: &[("Model", "Toyota"), ("Make", "Camry"), ("Year", "2021")],
            ..mint
        },
    ];
    for other in others {
        assert_ne!(other.digest(), mint.digest(), "{other:?}");
    }
}
