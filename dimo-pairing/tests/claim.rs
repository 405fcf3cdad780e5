//! A phone and a device over the in-memory link: what goes through, what is refused, who is found out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_crypto::Signature;
use dimo_pairing::{
    Device, Event, Identity, Limits, Link, Mtu, Phone, Presence, Refusal, SigningFailed, VinUnavailable,
};
use util::*;

/// Device and phone, joined, somebody present.
fn link(mtu: u16) -> Link {
    let mut link = Link::new(device(), phone(), Mtu::new(mtu).unwrap());
    link.device.open_window(at(0), Presence::PluggedIn);
    link
}

#[test]
fn a_claim_goes_through_at_every_mtu_with_the_signature_the_registry_wants() {
    let expected: Signature = CLAIM_SIGNATURE.parse().unwrap();
    for (mtu, fragments) in [(23, 5 + 4), (185, 1 + 1), (247, 1 + 1), (517, 1 + 1)] {
        let mut link = link(mtu);
        link.phone.claim(at(1), claim()).unwrap();
        let (ended, event) = link.run(at(1), sign);
        let Some(Event::Claimed(proven, signature)) = event else { panic!("{mtu}: {event:?}") };
        assert_eq!((*proven, proven.signer(), signature), (claim(), device_address(), expected));
        assert_eq!((ended, link.fragments()), (at(1), fragments), "{mtu}");
    }
}

#[test]
fn a_pairing_goes_through_with_the_signature_the_registry_wants() {
    let mut link = link(23);
    link.phone.pair(at(1), pair()).unwrap();
    let (_, event) = link.run(at(1), sign);
    let Some(Event::Paired(proven, signature)) = event else { panic!("{event:?}") };
    assert_eq!((*proven, signature), (pair(), PAIR_SIGNATURE.parse().unwrap()));
}

#[test]
fn a_phone_learns_who_the_device_says_it_is() {
    let mut link = link(23);
    link.phone.identify(at(1)).unwrap();
    assert_eq!(link.run(at(1), sign).1, Some(Event::Identified(identity())));
}

#[test]
fn a_phone_learns_the_vin_or_why_not() {
    let mut link = link(23);
    link.vin = Ok("1HGBH41JXMN109186".parse().unwrap());
    link.phone.read_vin(at(1)).unwrap();
    assert_eq!(link.run(at(1), sign).1, Some(Event::Vin("1HGBH41JXMN109186".parse().unwrap())));
    for (reason, refusal) in [
        (VinUnavailable::NoAnswer, Refusal::VinNoAnswer),
        (VinUnavailable::VehicleOff, Refusal::VinVehicleOff),
        (VinUnavailable::NotSupported, Refusal::VinNotSupported),
    ] {
        link.vin = Err(reason);
        link.phone.read_vin(at(2)).unwrap();
        assert_eq!(link.run(at(2), sign).1, Some(Event::Refused(refusal)));
    }
}

#[test]
fn nobody_present_is_told_or_given_anything() {
    let commands: [fn(&mut Phone); 4] = [
        |phone| phone.identify(at(1)).unwrap(),
        |phone| phone.claim(at(1), claim()).unwrap(),
        |phone| phone.pair(at(1), pair()).unwrap(),
        |phone| phone.read_vin(at(1)).unwrap(),
    ];
    for command in commands {
        let mut link = Link::new(device(), phone(), Mtu::MAX);
        command(&mut link.phone);
        let (_, event) = link.run(at(1), |_| panic!("asked to sign"));
        assert_eq!(event, Some(Event::Refused(Refusal::NotPresent)));
        assert_eq!(link.device.signatures_begun(), 0);
    }
}

#[test]
fn the_window_closes_after_ten_minutes_or_when_told_and_opens_again() {
    let mut link = link(247);
    let claim_at = |secs, link: &mut Link| {
        link.phone.claim(at(secs), claim()).unwrap();
        link.run(at(secs), sign).1.unwrap()
    };
    assert!(matches!(claim_at(599, &mut link), Event::Claimed(..)));
    assert_eq!(claim_at(600, &mut link), Event::Refused(Refusal::NotPresent));
    assert_eq!(link.device.presence(at(600)), None);
    link.device.open_window(at(700), Presence::ButtonPressed);
    assert_eq!(link.device.presence(at(700)), Some(Presence::ButtonPressed));
    assert!(matches!(claim_at(701, &mut link), Event::Claimed(..)));
    link.device.close_window();
    assert_eq!(claim_at(702, &mut link), Event::Refused(Refusal::NotPresent));
}

#[test]
fn a_clock_that_ran_back_closes_the_window() {
    let mut link = Link::new(device(), phone(), Mtu::MAX);
    link.device.open_window(at(100), Presence::PluggedIn);
    assert_eq!(link.device.presence(at(99)), None);
    assert_eq!(link.device.signatures_left(at(99)), 0);
}

#[test]
fn one_window_allows_eight_signatures_failed_ones_included() {
    let mut link = link(247);
    for count in 1..=8 {
        assert_eq!(link.device.signatures_left(at(1)), 9 - count);
        link.phone.claim(at(1), claim()).unwrap();
        assert_eq!(link.run(at(1), |_| Err(SigningFailed)).1, Some(Event::Refused(Refusal::SigningFailed)));
    }
    link.phone.pair(at(1), pair()).unwrap();
    assert_eq!(link.run(at(1), sign).1, Some(Event::Refused(Refusal::RateLimited)));
    link.phone.identify(at(1)).unwrap();
    assert!(matches!(link.run(at(1), sign).1, Some(Event::Identified(_))));
    link.device.open_window(at(2), Presence::PluggedIn);
    link.phone.pair(at(2), pair()).unwrap();
    assert!(matches!(link.run(at(2), sign).1, Some(Event::Paired(..))));
    assert_eq!(link.device.signatures_begun(), 9);
}

#[test]
fn a_device_of_another_address_is_found_out_when_it_says_so() {
    let other = Device::new(Identity { address: stranger_address(), ..identity() }, Limits::SPEC);
    let mut link = Link::new(other, phone(), Mtu::MAX);
    link.device.open_window(at(0), Presence::PluggedIn);
    link.phone.identify(at(1)).unwrap();
    let found_out = Event::Impostor { expected: device_address(), actual: Some(stranger_address()) };
    assert_eq!(link.run(at(1), forge).1, Some(found_out));
}

#[test]
fn a_device_that_only_claims_the_address_is_found_out_by_its_signature() {
    let mut link = link(23);
    link.phone.identify(at(1)).unwrap();
    assert!(matches!(link.run(at(1), forge).1, Some(Event::Identified(_))));
    let found_out = Event::Impostor { expected: device_address(), actual: Some(stranger_address()) };
    link.phone.claim(at(1), claim()).unwrap();
    assert_eq!(link.run(at(1), forge).1, Some(found_out.clone()));
    link.phone.pair(at(1), pair()).unwrap();
    assert_eq!(link.run(at(1), forge).1, Some(found_out));
}

#[test]
fn the_right_devices_signature_over_another_claim_proves_nothing() {
    let mut link = link(247);
    link.phone.claim(at(1), claim()).unwrap();
    let (_, event) = link.run(at(1), |_| Ok(PAIR_SIGNATURE.parse().unwrap()));
    let Some(Event::Impostor { expected, actual }) = event else { panic!("{event:?}") };
    assert_eq!(expected, device_address());
    assert_ne!(actual, Some(device_address()));
}
