//! The obligations of DIP-4.

use dimo_types::{Obligation, ObligationKind, UnknownName};

#[test]
fn three_must_nots_five_musts_and_four_commitments() {
    let count = |kind| Obligation::DIP4.into_iter().filter(|obligation| obligation.kind() == kind).count();
    assert_eq!(count(ObligationKind::MustNot), 3);
    assert_eq!(count(ObligationKind::Must), 5);
    assert_eq!(count(ObligationKind::Commitment), 4);
}

#[test]
fn every_obligation_has_its_own_clause_and_id() {
    for (i, one) in Obligation::DIP4.into_iter().enumerate() {
        assert_eq!(one.to_string().parse(), Ok(one));
        for other in &Obligation::DIP4[i + 1..] {
            assert_ne!(one.clause(), other.clause());
        }
    }
}

#[test]
fn an_unknown_obligation_is_refused() {
    let refused = "be-nice".parse::<Obligation>();
    assert!(matches!(refused, Err(UnknownName { kind: "an obligation", .. })));
    assert_eq!(refused.unwrap_err().to_string(), "not the id of an obligation");
}
