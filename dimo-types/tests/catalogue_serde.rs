//! The catalogue travels through serde as people write it.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{
    ChassisNumber, Country, Design, DeviceType, DeviceTypeInfo, Did, Grant, Iccid, Obligation, Privilege,
    PrivilegeSet, SharingPolicy, Timestamp, TroubleCode, VehicleNumber, Vin, VssSignal,
};
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn travels<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(value: T, json: &str) {
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
}

#[test]
fn what_has_one_text_form_is_that_text() {
    travels(DeviceType::DashCamera, "\"dash-camera\"");
    travels("micro-dongle".parse::<DeviceType>().unwrap(), "\"micro-dongle\"");
    travels(Obligation::NoDamage, "\"no-damage\"");
    travels("XK".parse::<Country>().unwrap(), "\"XK\"");
    travels("1M8GDM9AXKP042788".parse::<Vin>().unwrap(), "\"1M8GDM9AXKP042788\"");
    travels("ZVW30-1234567".parse::<ChassisNumber>().unwrap(), "\"ZVW30-1234567\"");
    travels("ZVW30-1234567".parse::<VehicleNumber>().unwrap(), "\"ZVW30-1234567\"");
    travels("P0456".parse::<TroubleCode>().unwrap(), "\"P0456\"");
    travels("8991101200003204514".parse::<Iccid>().unwrap(), "\"8991101200003204514\"");
    let did = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:123";
    travels(did.parse::<Did>().unwrap(), &format!("\"{did}\""));
}

#[test]
fn what_is_wrong_in_text_is_wrong_in_serde() {
    assert!(serde_json::from_str::<Vin>("\"1M8GDM9A5KP042788\"").is_err());
    assert!(serde_json::from_str::<Country>("\"UK\"").is_err());
    assert!(serde_json::from_str::<TroubleCode>("1110").is_err());
}

#[test]
fn a_set_of_privileges_is_a_list_of_ids() {
    let set = PrivilegeSet::from_iter([Privilege::CurrentLocation, Privilege::NonLocationData]);
    travels(set, "[\"non-location-data\",\"current-location\"]");
}

#[test]
fn a_policy_is_written_with_all_that_an_owner_signs() {
    let grants = [Grant {
        recipient: [1; 20].into(),
        privileges: PrivilegeSet::EMPTY.with(Privilege::Commands),
        from: Timestamp::EPOCH,
        until: Timestamp::MAX,
    }];
    let policy = SharingPolicy::new(7.into(), 2, &grants).unwrap();
    assert_eq!(
        serde_json::to_value(policy).unwrap(),
        serde_json::json!({
            "vehicle": "7", "version": 2,
            "grants": [{
                "recipient": "0x0101010101010101010101010101010101010101", "privileges": ["commands"],
                "from": 0, "until": 253_402_300_799_999_999_u64,
            }],
        })
    );
}

#[test]
fn a_design_survives_and_a_signal_is_written() {
    let design = Design { name: "One".into(), device_type: DeviceType::Hub, specification: "x".into() };
    travels(design, r#"{"name":"One","device_type":"hub","specification":"x"}"#);
    let speed = serde_json::to_value(VssSignal::by_name("speed").unwrap()).unwrap();
    assert_eq!(
        (speed["unit"].as_str(), speed["privilege"].as_str()),
        (Some("km/h"), Some("non-location-data"))
    );
    let hub = serde_json::to_value(DeviceType::Hub.dip4().unwrap()).unwrap();
    assert_eq!((hub["cost"].as_str(), hub["initial_quantity"].as_u64()), (Some("70"), Some(30_000)));
    assert_eq!(serde_json::to_value(DeviceTypeInfo::DIP4).unwrap().as_array().unwrap().len(), 6);
}
