//! Grants as the live network's access contract keeps them: never more, never longer.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail the test")]

use dimo_types::{Address, Grant, Privilege, PrivilegeSet, SacdError, SacdRecord, SharingPolicy, Timestamp};
use proptest::prelude::*;

const INSURER: Address = Address::new([1; 20]);
const GARAGE: Address = Address::new([2; 20]);

fn at(micros: u64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn grant(recipient: Address, privilege: Privilege, from: u64, until: u64) -> Grant {
    Grant { recipient, privileges: PrivilegeSet::EMPTY.with(privilege), from: at(from), until: at(until) }
}

fn record(grants: &[Grant], recipient: Address, now: u64) -> Result<SacdRecord, SacdError> {
    SacdRecord::of(&SharingPolicy::new(1337.into(), 1, grants).unwrap(), recipient, at(now))
}

#[test]
fn the_networks_own_vector_grants_1_3_and_4() {
    let record = SacdRecord::new(INSURER, 0x3cc, 10);
    let granted: Vec<_> = record.privileges().iter().map(Privilege::index).collect();
    assert_eq!(granted, [1, 3, 4]);
}

#[test]
fn equal_is_expired() {
    let record = SacdRecord::new(INSURER, 0x3cc, 10);
    assert!(record.is_valid_at(at(9_999_999)));
    assert!(!record.is_valid_at(at(10_000_000)));
    assert_eq!(record.to_grant(at(10_000_000)), Err(SacdError::Expired { until: at(10_000_000) }));
    let grant = record.to_grant(at(9_000_000)).unwrap();
    assert_eq!((grant.recipient, grant.from, grant.until), (INSURER, at(9_000_000), at(10_000_000)));
}

#[test]
fn words_beyond_64_bits_are_read_whole() {
    let mut forever = SacdRecord::new(INSURER, 0x3cc, 10);
    forever.expiration = [0xFF; 32];
    assert_eq!(forever.until(), Timestamp::MAX);
    forever.expiration = [0; 32];
    forever.expiration[0] = 1;
    assert_eq!(forever.until(), Timestamp::MAX, "the low 64 bits alone would say 1970");
    forever.permissions = [0; 32];
    forever.permissions[0] = 0xFF;
    assert!(forever.privileges().is_empty(), "a permission without a name is none of ours");
}

#[test]
fn one_record_says_what_all_grants_of_a_recipient_say_together() {
    let grants = [
        grant(INSURER, Privilege::NonLocationData, 0, 20_000_000),
        grant(GARAGE, Privilege::Commands, 0, 30_000_000),
        grant(INSURER, Privilege::CurrentLocation, 5, 20_000_000),
        grant(INSURER, Privilege::VinCredential, 0, 5), // expired
    ];
    assert_eq!(record(&grants, INSURER, 10), Ok(SacdRecord::new(INSURER, 0b1100_1100, 20)));
    assert_eq!(record(&grants, GARAGE, 10), Ok(SacdRecord::new(GARAGE, 0b11_0000, 30)));
}

#[test]
fn a_recipient_without_grants_loses_what_the_contract_still_has() {
    let nobody = Address::new([3; 20]);
    assert_eq!(record(&[], nobody, 10), Ok(SacdRecord::new(nobody, 0, 0)));
    let expired = [grant(INSURER, Privilege::Commands, 0, 10)];
    assert_eq!(record(&expired, INSURER, 10), Ok(SacdRecord::new(INSURER, 0, 0)));
}

#[test]
fn what_the_contract_cannot_say_is_refused() {
    let later = [grant(INSURER, Privilege::Commands, 11, 20)];
    assert_eq!(record(&later, INSURER, 10), Err(SacdError::BeginsLater { from: at(11) }));
    assert!(record(&later, INSURER, 11).is_ok());
    let apart = [grant(INSURER, Privilege::Commands, 0, 20), grant(INSURER, Privilege::RawData, 0, 21)];
    assert_eq!(record(&apart, INSURER, 10), Err(SacdError::SeveralEnds));
    assert!(record(&apart, INSURER, 20).is_ok(), "one of them has ended");
}

proptest! {
    #[test]
    fn a_record_never_grants_more_or_longer_than_the_policy(
        grants in prop::collection::vec((0usize..8, 0u64..3_000_000, 1u64..3_000_000, 1u8..3), 0..4),
        now in 0u64..5_000_000, asked in 0u64..7_000_000,
    ) {
        let grants: Vec<_> = grants.into_iter().map(|(privilege, from, length, who)| {
            grant(Address::new([who; 20]), Privilege::ALL[privilege], from, from + length)
        }).collect();
        let policy = SharingPolicy::new(7.into(), 1, &grants).unwrap();
        if let Ok(record) = SacdRecord::of(&policy, INSURER, at(now)) && asked >= now && record.is_valid_at(at(asked)) {
            let allowed = policy.privileges(INSURER, at(asked));
            prop_assert!(record.privileges().iter().all(|privilege| allowed.contains(privilege)));
        }
    }

    #[test]
    fn a_policy_of_whole_seconds_survives_the_contract(privileges in 1u8..=255, from in 0u64..1000, length in 1u64..1000) {
        let held = (0..8).filter(|i| privileges >> i & 1 == 1).map(|i| Privilege::ALL[i]);
        let (from, until) = (at(from * 1_000_000), at((from + length) * 1_000_000));
        let grants = [Grant { recipient: GARAGE, privileges: held.collect(), from, until }];
        let policy = SharingPolicy::new(7.into(), 1, &grants).unwrap();
        let record = SacdRecord::of(&policy, GARAGE, from).unwrap();
        prop_assert_eq!(record.to_grant(from), Ok(grants[0]));
    }
}
