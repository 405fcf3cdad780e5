//! The JSON that a backend publishes.
#![cfg(feature = "serde")]
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

mod util;

use dimo_rewards::{
    Account, BasisPoints, Ledger, Name, NftId, Period, SaleNumber, Standing, Statement, good_standing,
};
use dimo_types::{DeviceType, Month, Timestamp, Wei};
use serde_json::{Value, from_value, json, to_value};
use util::{DEVICE, World, acme, day, month, provider, slash};

/// A ledger with an entry of nearly every purpose, as JSON.
fn written() -> (Ledger, Value) {
    let mut world = World::new();
    world.connected(DeviceType::SoftwareOnly, DEVICE);
    let hub = world.buys(&util::parts(), DeviceType::Hub);
    world.economy.resell(world.now, &util::parts(), &provider(&acme()), hub, Wei::new(999)).unwrap();
    world.on("2023-02-01").economy.close(day("2023-02-01"), month("2023-01")).unwrap();
    world.challenges(&acme(), "c-1");
    world.decides("c-1", slash("1", "2"));
    world.economy.unlink(day("2023-02-02"), &DEVICE).unwrap();
    world.economy.integrations().revoke(day("2023-02-03"), &acme()).unwrap();
    world.economy.release(day("2023-08-03"), &acme()).unwrap();
    let ledger = world.economy.ledger().clone();
    let text = to_value(&ledger).unwrap();
    (ledger, text)
}

#[test]
fn a_ledger_read_back_is_the_same_ledger() {
    let (ledger, text) = written();
    assert_eq!(from_value::<Ledger>(text.clone()).unwrap(), ledger);
    let first = json!({
        "at": day("2023-01-15").as_micros(),
        "from": "outside",
        "to": "provider:acme",
        "amount": "201000",
        "purpose": "opening",
    });
    assert_eq!(text[0], first);
    let rebate =
        text.as_array().unwrap().iter().find(|line| line["purpose"].get("rebate").is_some()).unwrap();
    assert_eq!(rebate["purpose"], json!({ "rebate": ["software-only", "2023-01"] }));
}

#[test]
fn a_ledger_that_was_tampered_with_is_not_read() {
    let (_, text) = written();
    let refusal = |line: usize, field: &str, value: Value| {
        let mut tampered = text.clone();
        tampered[line][field] = value;
        from_value::<Ledger>(tampered).unwrap_err().to_string()
    };
    let lines = text.as_array().unwrap().len();
    // Less came in than was spent.
    assert!(refusal(0, "amount", json!("99999")).starts_with("provider:acme is short by "));
    assert!(refusal(lines - 1, "amount", json!("100000000")).contains("is short by "));
    assert!(refusal(lines - 1, "at", json!(0)).contains("is earlier than the last entry"));
    assert_eq!(refusal(lines - 1, "to", json!("outside")), "money cannot leave the books");
    assert!(refusal(1, "amount", json!("-1")).contains("an amount of $DIMO is written like 12.5"));
    assert!(refusal(1, "purpose", json!("gift")).contains("unknown variant"));
}

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
