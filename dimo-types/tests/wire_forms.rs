//! Which form two sides use: devices of today and of later, backends of today and of later.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use dimo_types::wire::{NoCommonForm, WireForm, WireForms, WireFormsError};
use proptest::prelude::*;

#[test]
fn every_form_has_a_name_that_stays_and_is_its_own() {
    let names = WireForm::ALL.map(WireForm::name);
    assert_eq!(names, ["dimo.gen1+json", "dimo.cloudevent.v1+json", "dimo.v1+avro", "dimo.v1+protobuf"]);
    for form in WireForm::ALL {
        assert_eq!(WireForm::from_name(form.name()), Some(form));
        assert_eq!(WireForm::from_name(&form.name().to_uppercase()), Some(form));
        assert_eq!(WireForms::parse(form.name()), Ok(WireForms::of(&[form])));
    }
    assert!(WireForm::ALL.is_sorted());
    for other in ["", "dimo.v1", "dimo.v2+protobuf", "dimo.v1+protobuf "] {
        assert_eq!(WireForm::from_name(other), None, "{other:?}");
    }
}

#[test]
fn a_device_that_says_nothing_writes_gen_1() {
    for nothing in ["", " ", "\t\r\n"] {
        assert_eq!(
            WireForms::parse(nothing).unwrap().choose(WireForms::of(&WireForm::ALL)),
            Ok(WireForm::Gen1Json)
        );
    }
}

#[test]
fn later_forms_are_passed_over() {
    let offer = WireForms::parse("dimo.v9+protobuf, dimo.v1+avro,x-maker/other;q=0.5").unwrap();
    assert_eq!(offer, WireForms::of(&[WireForm::DimoV1Avro]));
    let later = WireForms::parse("dimo.v9+protobuf").unwrap();
    assert_eq!(later, WireForms::NONE, "not Gen 1: this device spoke");
    let theirs = WireForms::of(&WireForm::ALL);
    assert_eq!(later.choose(theirs), Err(NoCommonForm { ours: WireForms::NONE, theirs }));
}

#[test]
fn a_list_that_was_damaged_is_no_shorter_list() {
    for (text, place) in
        [(",", 0), ("dimo.v1+avro,", 1), ("dimo.v1+avro,dimo.v1 +protobuf", 1), ("dimo.v1+avro;\u{e9}", 0)]
    {
        assert_eq!(WireForms::parse(text), Err(WireFormsError::NoName { place }), "{text}");
    }
    let longest = format!("{},{}", WireForm::DimoV1Avro, "x".repeat(WireForms::MAX_TEXT - 13));
    assert_eq!(WireForms::parse(&longest), Ok(WireForms::of(&[WireForm::DimoV1Avro])));
    let len = WireForms::MAX_TEXT + 1;
    assert_eq!(WireForms::parse(&" ".repeat(len)), Err(WireFormsError::TooLong { len }));
}

#[test]
fn what_all_devices_write_fits_into_a_list() {
    let all = WireForms::of(&WireForm::ALL);
    assert!(all.to_string().len() < WireForms::MAX_TEXT);
    assert_eq!(format!("{all:?}"), "{DimoV1Protobuf, DimoV1Avro, CloudEvent, Gen1Json}");
}

fn any_forms() -> impl Strategy<Value = WireForms> {
    proptest::sample::subsequence(WireForm::ALL.to_vec(), 0..=4).prop_map(|forms| WireForms::of(&forms))
}

proptest! {
    #[test]
    fn both_sides_choose_the_same_and_nothing_better_was_there(ours in any_forms(), theirs in any_forms()) {
        let (here, there) = (ours.choose(theirs), theirs.choose(ours));
        prop_assert_eq!(here.ok(), there.ok());
        let common: Vec<_> = WireForm::ALL.into_iter().filter(|form| ours.contains(*form) && theirs.contains(*form)).collect();
        prop_assert_eq!(here.ok(), common.into_iter().max());
    }

    #[test]
    fn a_form_more_never_makes_the_choice_worse(ours in any_forms(), theirs in any_forms(), more in any_forms()) {
        let forms: Vec<_> = ours.iter().chain(more.iter()).collect();
        let before = ours.choose(theirs).ok();
        prop_assert!(WireForms::of(&forms).choose(theirs).ok() >= before);
    }

    #[test]
    fn neither_order_nor_repeats_nor_later_names_matter(
        names in proptest::collection::vec(proptest::sample::select(WireForm::ALL.to_vec()), 1..6),
        later in "[a-z.+]{1,12}",
    ) {
        let list: Vec<_> = names.iter().map(|form| form.name()).collect();
        let mut other: Vec<_> = list.iter().rev().chain(&list).copied().collect();
        other.push(&later);
        prop_assert_eq!(WireForms::parse(&list.join(",")), Ok(WireForms::of(&names)));
        prop_assert_eq!(WireForms::parse(&other.join(" , ")), Ok(WireForms::of(&names)));
    }

    #[test]
    fn a_list_reads_back(forms in any_forms()) {
        let expected = if forms == WireForms::NONE { WireForms::of(&[WireForm::Gen1Json]) } else { forms };
        prop_assert_eq!(WireForms::parse(&forms.to_string()), Ok(expected));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = WireForms::parse(&text);
    }
}
