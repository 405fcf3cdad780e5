//! Sharing is denied unless the owner granted it.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{
    Address, Grant, Privilege, PrivilegeSet, SharingPolicy, SharingPolicyError, Timestamp, TokenId,
};
use proptest::prelude::*;

const INSURER: Address = Address::new([1; 20]);
const GARAGE: Address = Address::new([2; 20]);

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs).unwrap()
}

fn grant(recipient: Address, privilege: Privilege, from: u64, until: u64) -> Grant {
    Grant { recipient, privileges: PrivilegeSet::EMPTY.with(privilege), from: at(from), until: at(until) }
}

fn vehicle() -> TokenId {
    1337.into()
}

#[test]
fn nothing_is_shared_by_default() {
    let policy = SharingPolicy::deny_all(vehicle());
    for privilege in Privilege::ALL {
        assert!(!policy.permits(INSURER, privilege, at(5)));
    }
}

#[test]
fn a_grant_holds_for_its_recipient_privilege_and_time_only() {
    let grants = [grant(INSURER, Privilege::NonLocationData, 10, 20)];
    let policy = SharingPolicy::new(vehicle(), 1, &grants).unwrap();
    let permits = |who, what, when| policy.permits(who, what, at(when));
    assert!(!permits(INSURER, Privilege::NonLocationData, 9));
    assert!(permits(INSURER, Privilege::NonLocationData, 10));
    assert!(permits(INSURER, Privilege::NonLocationData, 19));
    assert!(!permits(INSURER, Privilege::NonLocationData, 20), "equal is expired");
    assert!(!permits(INSURER, Privilege::VinCredential, 15));
    assert!(!permits(GARAGE, Privilege::NonLocationData, 15));
}

#[test]
fn several_grants_of_one_recipient_add_up() {
    let grants = [
        grant(GARAGE, Privilege::NonLocationData, 0, 100),
        grant(INSURER, Privilege::Commands, 0, 100),
        grant(GARAGE, Privilege::CurrentLocation, 0, 50),
    ];
    let policy = SharingPolicy::new(vehicle(), 1, &grants).unwrap();
    let both = PrivilegeSet::from_iter([Privilege::NonLocationData, Privilege::CurrentLocation]);
    assert_eq!(policy.privileges(GARAGE, at(40)), both);
    assert_eq!(policy.privileges(GARAGE, at(60)), PrivilegeSet::EMPTY.with(Privilege::NonLocationData));
}

#[test]
fn a_grant_to_no_one_or_for_no_time_makes_no_policy() {
    let to_zero = [grant(GARAGE, Privilege::Commands, 0, 1), grant(Address::ZERO, Privilege::Commands, 0, 1)];
    let refused = SharingPolicy::new(vehicle(), 1, &to_zero);
    assert_eq!(refused, Err(SharingPolicyError::ZeroRecipient { index: 1 }));
    let for_no_time = [grant(GARAGE, Privilege::Commands, 7, 7)];
    let refused = SharingPolicy::new(vehicle(), 1, &for_no_time);
    assert_eq!(refused, Err(SharingPolicyError::NeverValid { index: 0 }));
}

#[test]
fn only_a_newer_policy_of_the_same_vehicle_supersedes() {
    let held = SharingPolicy::new(vehicle(), 7, &[]).unwrap();
    let policy = |vehicle, version| SharingPolicy::new(vehicle, version, &[]).unwrap();
    assert!(policy(vehicle(), 8).supersedes(&held));
    assert!(!policy(vehicle(), 7).supersedes(&held), "the same again is not newer");
    assert!(!policy(vehicle(), 6).supersedes(&held));
    assert!(!policy(1.into(), 8).supersedes(&held), "another vehicle's");
}

#[test]
fn the_access_contracts_word_grants_what_it_says_and_nothing_else() {
    let granted = PrivilegeSet::from_sacd(0x3cc);
    for privilege in Privilege::ALL {
        assert_eq!(granted.contains(privilege), [1, 3, 4].contains(&privilege.index()), "{privilege}");
    }
    assert_eq!(granted.to_sacd(), 0x3cc);
}

#[test]
fn half_a_permission_is_none_and_unknown_ones_are_dropped() {
    assert!(PrivilegeSet::from_sacd(0b01_00).is_empty());
    assert!(PrivilegeSet::from_sacd(0b10_00).is_empty());
    assert!(PrivilegeSet::from_sacd(0b11).is_empty(), "index 0 is no privilege");
    assert!(PrivilegeSet::from_sacd(0b11 << 18).is_empty(), "index 9 is no privilege yet");
}

#[test]
fn indices_and_ids_name_the_privileges() {
    for (index, privilege) in (1..=8).zip(Privilege::ALL) {
        assert_eq!(privilege.index(), index);
        assert_eq!(Privilege::from_index(index), Some(privilege));
        assert_eq!(privilege.id().parse(), Ok(privilege));
    }
    assert_eq!(Privilege::from_index(0), None);
    assert_eq!(Privilege::from_index(9), None);
}

proptest! {
    #[test]
    fn every_set_survives_the_contracts_word(held in proptest::collection::vec(0usize..8, 0..8)) {
        let set: PrivilegeSet = held.iter().map(|i| Privilege::ALL[*i]).collect();
        prop_assert_eq!(PrivilegeSet::from_sacd(set.to_sacd()), set);
        for (i, privilege) in Privilege::ALL.into_iter().enumerate() {
            prop_assert_eq!(set.contains(privilege), held.contains(&i));
        }
    }

    #[test]
    fn the_word_is_read_as_the_contract_reads_it(word: u32) {
        let set = PrivilegeSet::from_sacd(word);
        for privilege in Privilege::ALL {
            let held = (word >> (2 * u32::from(privilege.index()))) & 3 == 3;
            prop_assert_eq!(set.contains(privilege), held);
        }
    }
}
