//! The ledger: nothing is lost, nothing is half done.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what they expect")]

use dimo_rewards::{Account, Ledger, LedgerError, Name, Purpose, Transfer};
use dimo_types::{Timestamp, Wei};

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

fn provider(name: &str) -> Account {
    Account::Provider(Name::new(name).unwrap())
}

fn transfer(from: &Account, to: &Account, wei: u128) -> Transfer {
    Transfer::new(from.clone(), to.clone(), Wei::new(wei), Purpose::Stake)
}

#[test]
fn a_batch_that_fails_in_its_last_transfer_leaves_no_trace() {
    let (a, b, c) = (provider("a"), provider("b"), provider("c"));
    let mut ledger = Ledger::new();
    ledger.open(at(1), a.clone(), Wei::new(10)).unwrap();
    let outside = Transfer::new(Account::Outside, c.clone(), Wei::new(5), Purpose::Opening);
    let batch = [outside, transfer(&a, &b, 10), transfer(&b, &c, 10), transfer(&a, &c, 1)];
    let refused = ledger.post(at(2), &batch);
    assert_eq!(refused, Err(LedgerError::Funds { account: a.clone(), missing: Wei::new(1) }));
    assert_eq!(ledger.balances(), [(&a, Wei::new(10))]);
    assert_eq!((ledger.supply(), ledger.entries().count()), (Wei::new(10), 1));
    // And the ledger goes on as if nothing had been tried.
    ledger.post(at(2), &[transfer(&a, &c, 4)]).unwrap();
    assert_eq!(ledger.balances(), [(&a, Wei::new(6)), (&c, Wei::new(4))]);
    assert!(ledger.is_conserved());
}

#[test]
fn money_received_in_a_batch_can_be_spent_in_it() {
    let (a, b) = (provider("a"), provider("b"));
    let mut ledger = Ledger::new();
    ledger.open(at(1), a.clone(), Wei::new(1)).unwrap();
    ledger.post(at(1), &[transfer(&a, &b, 1), transfer(&b, &a, 1), transfer(&a, &a, 1)]).unwrap();
    assert_eq!(ledger.balance(&a), Wei::new(1));
}

#[test]
fn time_does_not_fall() {
    let mut ledger = Ledger::new();
    ledger.open(at(5), provider("a"), Wei::new(1)).unwrap();
    let refused = ledger.open(at(4), provider("a"), Wei::new(1));
    assert_eq!(refused, Err(LedgerError::Backdated { last: at(5), at: at(4) }));
    assert_eq!(ledger.supply(), Wei::new(1));
}

#[test]
fn money_neither_leaves_nor_overflows() {
    let mut ledger = Ledger::new();
    ledger.open(at(1), provider("a"), Wei::new(u128::MAX)).unwrap();
    assert_eq!(ledger.open(at(1), provider("b"), Wei::new(1)), Err(LedgerError::Supply));
    let out = [transfer(&provider("a"), &Account::Outside, 1)];
    assert_eq!(ledger.post(at(1), &out), Err(LedgerError::Outside));
    assert_eq!(ledger.balance(&provider("a")), Wei::new(u128::MAX));
}

#[test]
fn balances_are_sorted_by_the_text_of_the_account() {
    let mut ledger = Ledger::new();
    let name = Name::new("z").unwrap();
    for account in [
        Account::Treasury,
        Account::Stake(name.clone()),
        provider("b"),
        provider("a"),
        Account::Integrations,
        Account::Holder(name),
        Account::Escrow,
        Account::Burned,
    ] {
        ledger.open(at(1), account, Wei::new(1)).unwrap();
    }
    let names: Vec<String> = ledger.balances().into_iter().map(|(account, _)| account.to_string()).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(names.len(), 8);
    for name in names {
        assert_eq!(name.parse::<Account>().unwrap().to_string(), name);
    }
}
