//! What is secret is not shown, and wiped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use core::fmt::Debug;

use dimo_pairing::{
    Action, ApnPassword, ApnSettings, Event, NonEmptyText, Opening, Request, Seed, Text, WifiCredentials,
    WifiKey, WifiName, WifiPassword,
};
use util::*;

/// Fails when any four bytes of `secret` in a row are in what `value` shows: as decimal or hexadecimal list, as digits, or as text.
#[track_caller]
fn hides(value: &impl Debug, secret: &[u8]) {
    for shown in [format!("{value:?}"), format!("{value:#?}"), format!("{value:x?}"), format!("{value:02X?}")]
    {
        let dense: String = shown.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        for part in secret.windows(4) {
            let list = |each: &dyn Fn(&u8) -> String| part.iter().map(each).collect::<Vec<_>>();
            let forms = [
                list(&|byte| byte.to_string()).join(","),
                list(&|byte| format!("{byte:x}")).join(","),
                list(&|byte| format!("{byte:02x}")).join(","),
                list(&|byte| format!("{byte:02x}")).concat(),
                String::from_utf8_lossy(part).to_lowercase(),
            ];
            let found = forms.iter().find(|form| dense.contains(form.as_str()));
            assert_eq!(found, None, "{shown}");
        }
    }
}

#[test]
fn the_check_itself_finds_what_is_shown() {
    for shown in ["[210, 211, 212, 213]", "d2d3d4d5", "[d2, d3, d4, d5]"] {
        assert!(std::panic::catch_unwind(|| hides(&shown, &[210, 211, 212, 213])).is_err(), "{shown}");
    }
}

#[test]
fn a_device_and_a_phone_show_no_secret_at_any_moment_of_a_session() {
    let mut link = link();
    let label = label().pre_shared_key(&device_address());
    link.connect(at(0), by_label());
    let keys: [&[u8]; 4] = [&[3; 32], &[7; 32], &[0x5A; 16], label.as_bytes()];
    keys.into_iter().for_each(|key| hides(&link, key));
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Proven { .. })));
    let presented = grant(&link.phone, dimo_crypto::pairing::Role::Owner, SOON);
    link.phone.grant(at(0), presented).unwrap();
    link.run(at(0));
    // The welcome stands in the phone, and in the device for when it is asked for again.
    let before = [format!("{:?}", link.device), format!("{:?}", link.phone)];
    let Some(Event::Granted(resumption)) = link.phone.poll_event() else { panic!() };
    let bytes = resumption.to_bytes();
    let secret = &bytes[33..65];
    before.iter().for_each(|shown| hides(&shown, secret));
    hides(&link.device, secret);
    hides(&link.phone, secret);
    hides(&resumption, secret);
    hides(&link.maker.memory(), secret);
    hides(&Opening::Resume(resumption.clone()), secret);
    hides(&Event::Granted(resumption.clone()), secret);
    keys.into_iter().for_each(|key| hides(&link, key));

    // A password on its way, in the device and in the action.
    let password = "Zq7#kV9!xW2@mJ4$";
    let join = Request::JoinWifi(WifiCredentials {
        network: WifiName::new(b"home").unwrap(),
        key: WifiKey::Wpa2(WifiPassword::new(password).unwrap()),
    });
    hides(&join, password.as_bytes());
    let mut session = raw::session(&mut link.device, at(1), &mut link.maker, 20);
    let presented = Request::Grant(grant_for(
        &mut owner_wallet(),
        session.hash(),
        dimo_crypto::pairing::Role::Owner,
        SOON,
    ));
    let packet = raw::seal(&mut session, &raw::message(1, &presented));
    raw::write(&mut link.device, at(1), &packet).unwrap();
    let Some(Action::Store { job, record }) = link.device.poll_action() else { panic!() };
    hides(&record, &record.bytes()[41..73]);
    link.device.handle_stored(at(1), job, Ok(())).unwrap();
    assert_eq!(raw::open(&mut session, &raw::read(&mut link.device).unwrap())[0], 0x81);
    assert_eq!(raw::say(&mut link.device, at(1), &mut session, &raw::message(2, &join)), None);
    hides(&link.device, password.as_bytes());
    let action = link.device.poll_action().unwrap();
    assert!(matches!(action, Action::Perform { .. }));
    hides(&action, password.as_bytes());
}

#[test]
fn a_phone_does_not_show_the_password_that_it_sends() {
    let mut link = link();
    pair_up(&mut link, at(0));
    let apn = Request::SetApn(ApnSettings {
        name: NonEmptyText::new("iot").unwrap(),
        user: Text::new("me").unwrap(),
        password: ApnPassword::new("xyzzy-plugh").unwrap(),
    });
    hides(&apn, b"xyzzy-plugh");
    link.phone.request(at(1), &apn).unwrap();
    hides(&link.phone, b"xyzzy-plugh");
}

#[test]
fn setups_seeds_and_keys_show_nothing() {
    let secret: [u8; 32] = core::array::from_fn(|at| 200 + u8::try_from(at).unwrap());
    hides(&Seed::from_bytes(secret), &secret);
    hides(&dimo_pairing::NoiseKey::from_bytes(secret), &secret);
    hides(&dimo_pairing::PreSharedKey::from_bytes(secret), &secret);
    hides(&dimo_pairing::SlotSecret::from_bytes(secret), &secret);
    let setup =
        dimo_pairing::Setup::new(identity(), dimo_pairing::NoiseKey::from_bytes(secret)).with_label(&label());
    hides(&setup, &secret);
    hides(&setup, by_label_key().as_bytes());
}

#[test]
fn what_holds_secrets_has_something_to_do_when_it_is_dropped() {
    const {
        assert!(core::mem::needs_drop::<dimo_pairing::SlotSecret>());
        assert!(core::mem::needs_drop::<dimo_pairing::PreSharedKey>());
        assert!(core::mem::needs_drop::<dimo_pairing::NoiseKey>());
        assert!(core::mem::needs_drop::<dimo_pairing::LabelSecret>());
        assert!(core::mem::needs_drop::<dimo_pairing::HintKey>());
        assert!(core::mem::needs_drop::<Seed>());
        assert!(core::mem::needs_drop::<dimo_pairing::Record>());
        assert!(core::mem::needs_drop::<dimo_pairing::Resumption>());
        assert!(core::mem::needs_drop::<WifiPassword>());
        assert!(core::mem::needs_drop::<ApnPassword>());
        assert!(core::mem::needs_drop::<dimo_pairing::Transport>());
    }
}
