//! Acceptance filters: what is wanted always passes, and little else.
#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

use dimo_dbc::logger::{AcceptanceFilter, Coverage, accept};
use dimo_types::CanId;
use proptest::prelude::*;

fn standard(id: u16) -> CanId {
    CanId::standard(id).unwrap()
}

fn extended(id: u32) -> CanId {
    CanId::extended(id).unwrap()
}

/// The registers in use, and what else passes.
#[track_caller]
fn plan(wanted: &[CanId], registers: usize) -> (Vec<AcceptanceFilter>, Coverage) {
    let mut registers = vec![AcceptanceFilter::exact(standard(0)); registers];
    let (used, coverage) = accept(wanted, &mut registers).unwrap();
    (used.to_vec(), coverage)
}

/// How many standard identifiers pass.
fn passing(used: &[AcceptanceFilter]) -> usize {
    (0..0x800).filter(|id| used.iter().any(|filter| filter.matches(standard(*id)))).count()
}

#[test]
fn with_enough_registers_each_identifier_has_its_own() {
    let wanted = [standard(1), extended(1), standard(0x7FF)];
    assert_eq!(plan(&wanted, 5), (wanted.map(AcceptanceFilter::exact).to_vec(), Coverage::Exact));
}

#[test]
fn one_that_is_wanted_twice_needs_one_register() {
    assert_eq!(plan(&[standard(1), standard(1)], 2).0, [AcceptanceFilter::exact(standard(1))]);
}

#[test]
fn blocks_are_exact_with_few_registers() {
    let wanted: Vec<_> = (0x100..0x108).chain(0x7E8..0x7F0).map(standard).collect();
    let (used, coverage) = plan(&wanted, 2);
    assert_eq!((used.len(), passing(&used), coverage), (2, 16, Coverage::Exact));
}

#[test]
fn too_few_registers_let_more_pass_and_say_so() {
    let (used, coverage) = plan(&[standard(0x100), standard(0x101), standard(0x102)], 1);
    assert_eq!((used, coverage), (vec![AcceptanceFilter::new(standard(0x100), 0x7FC)], Coverage::Superset));
}

#[test]
fn those_that_are_close_share_a_register() {
    let (used, _) = plan(&[standard(0x100), standard(0x103), standard(0x700)], 2);
    assert_eq!(passing(&used), 5);
}

#[test]
fn each_kind_needs_a_register() {
    let mut one = [AcceptanceFilter::exact(standard(0))];
    assert_eq!(accept(&[standard(1), extended(1)], &mut one).unwrap_err().registers, 1);
    assert_eq!(accept(&[standard(1)], &mut []).unwrap_err().registers, 0);
    assert_eq!(accept(&[], &mut []).unwrap(), (&[][..], Coverage::Exact));
    // A kind that comes late makes those of the other kind share.
    let (used, coverage) = plan(&[standard(1), standard(6), extended(1)], 2);
    assert_eq!((used.len(), coverage), (2, Coverage::Superset));
}

#[test]
fn a_filter_counts_what_it_passes() {
    assert_eq!(AcceptanceFilter::exact(extended(5)).count(), 1);
    assert_eq!(AcceptanceFilter::new(standard(0), 0).count(), 0x800);
    assert_eq!(AcceptanceFilter::new(extended(0), 0).count(), 0x2000_0000);
    assert!(!AcceptanceFilter::new(extended(0), 0).matches(standard(0)));
}

/// Identifiers of both kinds, some close to each other.
fn identifiers() -> impl Strategy<Value = Vec<CanId>> {
    let number = prop_oneof![0..0x20u32, 0x7E0..0x7F0u32, 0x18DA_F100..0x18DA_F110u32, 0..0x2000_0000u32];
    let id = (number, any::<bool>()).prop_map(|(number, is_extended)| {
        let short = u16::try_from(number & 0x7FF).ok().and_then(CanId::standard);
        if is_extended { CanId::extended(number) } else { short }.unwrap()
    });
    prop::collection::vec(id, 0..40)
}

proptest! {
    #[test]
    fn what_is_wanted_always_passes(wanted in identifiers(), registers in 2..16usize) {
        let (used, coverage) = plan(&wanted, registers);
        for id in &wanted {
            prop_assert!(used.iter().any(|filter| filter.matches(*id)), "{id}");
        }
        let mut different = wanted.clone();
        different.sort();
        different.dedup();
        if different.len() <= registers {
            prop_assert_eq!(coverage, Coverage::Exact);
        }
        prop_assert!(used.len() <= registers.min(different.len()));
    }

    /// Against the count of all standard identifiers, one by one.
    #[test]
    fn exact_means_that_nothing_else_passes(
        wanted in prop::collection::btree_set(0..0x40u16, 1..30), registers in 1..6usize,
    ) {
        let ids: Vec<_> = wanted.iter().copied().map(standard).collect();
        let (used, coverage) = plan(&ids, registers);
        prop_assert_eq!(coverage == Coverage::Exact, passing(&used) == wanted.len());
    }
}
