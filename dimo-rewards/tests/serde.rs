//! The JSON that a backend publishes.
#![cfg(feature = "serde")]

use dimo_rewards::{
    Account, BasisPoints, Ledger, Name, NftId, Period, SaleNumber, Standing, Statement, good_standing,
};
use dimo_types::{DeviceType, Month, Timestamp, Wei};
use serde_json::{from_value, json, to_value};

#[test]
fn a_statement_is_published_with_amounts_as_text() {
    let mut ledger = Ledger::new();
    let at: Timestamp = "2023-01-31T23:59:59Z".parse().unwrap();
    ledger.open(at, Account::Holder(Name::new("ann").unwrap()), Wei::new(1)).unwrap();
    let statement = Statement::of(&ledger, Period::from(Month::new(2023, 1).unwrap())).unwrap();
    let totals = json!({
        "opening": "0",
        "credits": "0.000000000000000001",
        "debits": "0",
        "balance": "0.000000000000000001",
    });
    let mut line = totals.clone();
    line["account"] = json!("holder:ann");
    let period = json!({ "first": "2023-01", "last": "2023-01" });
    assert_eq!(to_value(&statement).unwrap(), json!({ "period": period, "lines": [line], "sum": totals }));
}

#[test]
fn what_is_read_is_checked() {
    assert!(from_value::<BasisPoints>(json!(10_001)).is_err());
    assert!(from_value::<Name>(json!("")).is_err());
    assert!(from_value::<Account>(json!("vault")).is_err());
    assert!(from_value::<SaleNumber>(json!(0)).is_err());
    let nft = NftId { device_type: DeviceType::Hub, number: SaleNumber::FIRST };
    assert_eq!(to_value(nft).unwrap(), json!({ "device_type": "hub", "number": 1 }));
    assert_eq!(from_value::<NftId>(to_value(nft).unwrap()).unwrap(), nft);
}

#[test]
fn a_standing_says_why() {
    let standing = good_standing(None, Wei::ZERO, Wei::ZERO);
    assert_eq!(to_value(standing).unwrap(), json!({ "refused": "no-licence" }));
    assert_eq!(from_value::<Standing>(json!("good")).unwrap(), Standing::Good);
}
