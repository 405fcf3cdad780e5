//! The Gen 1 profile: what phones of today read and write, and each weakness of Gen 1 that is closed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::time::Duration;

use dimo_crypto::{Claim, LoginChallenge, Message, Pair, Registry, SoftwareKey, recover};
use dimo_pairing::gatt::{Characteristic, LinkSecurity, gen1 as table};
use dimo_pairing::gen1::{
    Action, AttError, DeviceFacts, ENGINE_FRESH, Engine, ExpectError, Expiry, Gen1, NotTold, READ_HOLD, Read,
    SIGNATURES, Signable, Ssid, StaleJob,
};
use dimo_pairing::{JobId, Limits, Presence, SigningFailed, Text};
use dimo_types::{CanProtocol, Timestamp, TroubleCode, Vin};
use proptest::prelude::*;

const VIN: &str = "1HGBH41JXMN109186";

fn wallet() -> SoftwareKey {
    SoftwareKey::from_bytes([7; 32]).unwrap()
}

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_000 + secs).unwrap()
}

fn facts() -> DeviceFacts {
    DeviceFacts {
        address: wallet().address(),
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a").unwrap(),
        secondary_serial: Text::new("f3a2b1c0-0d9e-4f8a-8b7c-6d5e4f3a2b1c").unwrap(),
        hardware_revision: Text::new("7").unwrap(),
        software_version: Text::new("1.22.8").unwrap(),
        application_version: Text::new("2.6.0").unwrap(),
    }
}

fn claim() -> Claim {
    let owner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap();
    Claim { registry: Registry::POLYGON, device_node: 42.into(), owner }
}

fn pair() -> Pair {
    Pair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

/// Connected, and nothing more.
fn connected() -> Gen1 {
    let mut gen1 = Gen1::new(facts(), Limits::SPEC);
    gen1.handle_connected();
    gen1
}

/// A bonded phone, while somebody is present.
fn bonded() -> Gen1 {
    let mut gen1 = connected();
    gen1.open_window(at(0), Presence::PluggedIn);
    gen1.handle_security(LinkSecurity::Authenticated);
    gen1
}

/// The value, which must be there.
#[track_caller]
fn read(gen1: &mut Gen1, secs: u64, what: &Characteristic) -> Vec<u8> {
    match gen1.read(at(secs), what, 0).unwrap() {
        Read::Value(value) => value.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn text(gen1: &mut Gen1, secs: u64, what: &Characteristic) -> String {
    String::from_utf8(read(gen1, secs, what)).unwrap()
}

#[track_caller]
fn vin_job(gen1: &mut Gen1, secs: u64) -> JobId {
    assert_eq!(gen1.read(at(secs), &table::VIN, 0), Ok(Read::Held));
    match gen1.poll_action() {
        Some(Action::ReadVin(job)) => job,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn codes_job(gen1: &mut Gen1, secs: u64) -> JobId {
    assert_eq!(gen1.read(at(secs), &table::TROUBLE_CODES, 0), Ok(Read::Held));
    match gen1.poll_action() {
        Some(Action::ReadTroubleCodes(job)) => job,
        other => panic!("{other:?}"),
    }
}

fn code(text: &str) -> TroubleCode {
    text.parse().unwrap()
}

/// Writes the digest of `message` and has the wallet sign what it is asked for.
#[track_caller]
fn sign(gen1: &mut Gen1, secs: u64, message: &impl Message) -> Signable {
    gen1.write(at(secs), &table::SIGN_HASH, message.digest().as_bytes()).unwrap();
    let Some(Action::Sign { job, message }) = gen1.poll_action() else { panic!("nothing to sign") };
    assert!(gen1.poll_action().is_none());
    gen1.handle_signature(job, message.sign_blocking(&mut wallet())).unwrap();
    message
}

fn is_idle(gen1: &mut Gen1) -> bool {
    gen1.poll_action().is_none()
}

// ---- encodings

#[test]
fn a_phone_of_today_reads_what_it_always_read() {
    let mut gen1 = bonded();
    gen1.set_signal(Some(-79));
    gen1.set_imsi(Some(Text::new("295050910000000").unwrap()));
    gen1.set_wifi_status(Some(Ssid::new("Café").unwrap()));
    assert_eq!(text(&mut gen1, 0, &table::SERIAL), "60d4af69-86e8-b790-02d3-c0a9dc4d6c8a");
    assert_eq!(text(&mut gen1, 0, &table::SECONDARY_SERIAL), "f3a2b1c0-0d9e-4f8a-8b7c-6d5e4f3a2b1c");
    assert_eq!(text(&mut gen1, 0, &table::HARDWARE_REVISION), "7");
    assert_eq!(text(&mut gen1, 0, &table::SOFTWARE_VERSION), "1.22.8");
    assert_eq!(text(&mut gen1, 0, &table::APPLICATION_VERSION), "2.6.0");
    assert_eq!(text(&mut gen1, 0, &table::SIGNAL_STRENGTH), "-79");
    assert_eq!(text(&mut gen1, 0, &table::IMSI), "295050910000000");
    assert_eq!(text(&mut gen1, 0, &table::WIFI_STATUS), "Café");
    assert_eq!(read(&mut gen1, 0, &table::ADDRESS), wallet().address().as_bytes());
    assert_eq!(gen1.facts().name().as_str(), "autopi-c0a9dc4d6c8a");
    gen1.set_wifi_status(None);
    assert_eq!(text(&mut gen1, 0, &table::WIFI_STATUS), "");
}

#[test]
fn a_phone_of_today_reads_the_vehicle() {
    let mut gen1 = bonded();
    let job = vin_job(&mut gen1, 0);
    gen1.handle_vin(at(2), job, Ok(VIN.parse().unwrap())).unwrap();
    assert_eq!(text(&mut gen1, 2, &table::VIN), VIN);

    assert_eq!(gen1.read(at(3), &table::PROTOCOL, 0), Ok(Read::Held));
    let Some(Action::ReadProtocol(job)) = gen1.poll_action() else { panic!() };
    gen1.handle_protocol(at(3), job, Ok(CanProtocol::Can29Bit500)).unwrap();
    assert_eq!(text(&mut gen1, 3, &table::PROTOCOL), "7");

    let job = codes_job(&mut gen1, 4);
    gen1.handle_trouble_codes(at(4), job, Ok(&[code("P0456"), code("P0446")])).unwrap();
    assert_eq!(text(&mut gen1, 4, &table::TROUBLE_CODES), "P0456,P0446");
}

#[test]
fn a_phone_of_today_sets_the_network_and_keeps_the_device_awake() {
    let mut gen1 = bonded();
    gen1.write(at(0), &table::SET_WIFI, br#"{"network":"home","password":"secret12"}"#).unwrap();
    let Some(Action::SetWifi(credentials)) = gen1.poll_action() else { panic!() };
    assert_eq!((credentials.network().as_str(), credentials.password()), ("home", "secret12"));
    assert!(!format!("{credentials:?}").contains("secret12"));

    gen1.write(at(0), &table::SLEEP_CONTROL, b"any").unwrap();
    assert!(matches!(gen1.poll_action(), Some(Action::HoldAwake(time)) if time == Duration::from_secs(900)));
    assert!(is_idle(&mut gen1));
}

#[test]
fn a_phone_of_today_has_a_claim_a_pair_and_a_login_signed() {
    let mut gen1 = bonded();
    let account = wallet().address();
    let login = format!(
        "auth.dimo.zone wants you to sign in with your Ethereum account:\n{account}\n\n127.0.0.1 is asking you sign in."
    );
    let login = LoginChallenge::new(&login, "auth.dimo.zone", account).unwrap();
    gen1.expect_claim(at(0), claim()).unwrap();
    gen1.expect_pair(at(0), pair()).unwrap();
    gen1.expect_login(at(0), &login).unwrap();

    assert_eq!(sign(&mut gen1, 1, &claim()), Signable::Claim(claim()));
    let signature = read(&mut gen1, 1, &table::SIGN_HASH);
    assert_eq!(signature.len(), 65);
    assert!(matches!(signature[64], 27 | 28));
    let signature = dimo_crypto::Signature::from_bytes(&signature).unwrap();
    assert_eq!(recover(&claim(), &signature).unwrap(), account);

    assert_eq!(sign(&mut gen1, 2, &pair()), Signable::Pair(pair()));
    let Signable::Login(signed) = sign(&mut gen1, 3, &login) else { panic!() };
    assert_eq!(signed.challenge().unwrap(), login);
    let signature = dimo_crypto::Signature::from_bytes(&read(&mut gen1, 3, &table::SIGN_HASH)).unwrap();
    assert_eq!(recover(&login, &signature).unwrap(), account);
}

#[test]
fn what_is_only_read_or_only_written_stays_so() {
    let mut gen1 = bonded();
    let all = table::SERVICES.iter().flat_map(|service| service.characteristics);
    for what in all {
        use dimo_pairing::gatt::Properties;
        let read = gen1.read(at(0), what, 0).err() == Some(AttError::ReadNotPermitted);
        assert_eq!(read, !what.properties.contains(Properties::READ), "{}", what.name);
        let written = gen1.write(at(0), what, b"1").err() == Some(AttError::WriteNotPermitted);
        assert_eq!(written, !what.properties.contains(Properties::WRITE), "{}", what.name);
    }
    let foreign = dimo_pairing::gatt::REQUEST;
    assert_eq!(gen1.read(at(0), &foreign, 0), Err(AttError::UnknownCharacteristic));
    assert_eq!(gen1.write(at(0), &foreign, &[]), Err(AttError::UnknownCharacteristic));
}

// ---- weaknesses of Gen 1, by their numbers

#[test]
fn weakness_01_no_digest_is_signed_that_the_device_cannot_rebuild() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    sign(&mut gen1, 0, &claim());

    let another_owner = Claim { owner: wallet().address(), ..claim() };
    let another_chain = Claim { registry: Registry::AMOY, ..claim() };
    for digest in [another_owner.digest(), another_chain.digest(), pair().digest()] {
        let refused = gen1.write(at(1), &table::SIGN_HASH, digest.as_bytes());
        assert_eq!(refused, Err(AttError::NotExpected));
        assert!(is_idle(&mut gen1));
        // The signature of before is gone.
        assert_eq!(read(&mut gen1, 1, &table::SIGN_HASH), b"");
    }
    for length in [0, 31, 33, 64] {
        let refused = gen1.write(at(1), &table::SIGN_HASH, &vec![0; length]);
        assert_eq!(refused, Err(AttError::InvalidLength));
    }
    // Nor is a login of another account expected to begin with.
    let stranger = SoftwareKey::from_bytes([9; 32]).unwrap().address();
    let text = format!("auth.dimo.zone wants you to sign in with your Ethereum account:\n{stranger}\n");
    let login = LoginChallenge::new(&text, "auth.dimo.zone", stranger).unwrap();
    assert_eq!(gen1.expect_login(at(1), &login), Err(ExpectError::OtherAccount));
}

#[test]
fn weakness_01_signing_needs_presence_and_is_rationed() {
    let mut gen1 = connected();
    gen1.handle_security(LinkSecurity::Authenticated);
    gen1.expect_claim(at(0), claim()).unwrap();
    let digest = claim().digest();
    let ask = |gen1: &mut Gen1, secs| gen1.write(at(secs), &table::SIGN_HASH, digest.as_bytes());
    assert_eq!(ask(&mut gen1, 0), Err(AttError::NotPresent));
    gen1.open_window(at(0), Presence::ButtonPressed);
    for signed in 0..SIGNATURES {
        assert_eq!(gen1.signatures_left(at(1)), SIGNATURES - signed);
        assert_eq!(ask(&mut gen1, 1), Ok(()));
    }
    assert_eq!(ask(&mut gen1, 2), Err(AttError::RateLimited));
    assert_eq!(gen1.signatures_begun(), u32::from(SIGNATURES));
    gen1.open_window(at(3), Presence::ButtonPressed);
    assert_eq!(ask(&mut gen1, 3), Ok(()));
    // What was expected has had its time, though somebody is present.
    gen1.open_window(at(600), Presence::ButtonPressed);
    assert_eq!(ask(&mut gen1, 600), Err(AttError::NotExpected));
    gen1.expect_claim(at(601), claim()).unwrap();
    assert_eq!(ask(&mut gen1, 601), Ok(()));
    assert_eq!(ask(&mut gen1, 1_200), Err(AttError::NotPresent));
}

#[test]
fn weakness_02_a_bond_that_nobody_compared_is_no_bond() {
    let mut gen1 = connected();
    gen1.open_window(at(0), Presence::PluggedIn);
    gen1.expect_claim(at(0), claim()).unwrap();
    // Just Works encrypts, and that is all: the link stays open in the profile's eyes.
    gen1.handle_security(LinkSecurity::Open);
    for what in table::SERVICES.iter().flat_map(|service| service.characteristics) {
        if what.security == LinkSecurity::Authenticated {
            let read = gen1.read(at(0), what, 0).unwrap_err();
            assert!(matches!(read, AttError::InsufficientAuthentication | AttError::ReadNotPermitted));
            let written = gen1.write(at(0), what, claim().digest().as_bytes()).unwrap_err();
            assert!(matches!(written, AttError::InsufficientAuthentication | AttError::WriteNotPermitted));
        }
    }
    assert!(is_idle(&mut gen1));
}

#[test]
fn weakness_03_a_bond_alone_neither_signs_nor_sets_nor_clears() {
    let mut gen1 = connected();
    gen1.handle_security(LinkSecurity::Authenticated);
    gen1.expect_claim(at(0), claim()).unwrap();
    gen1.handle_engine(at(0), Engine::IgnitionOn);
    let wifi = br#"{"network":"home","password":"secret12"}"#;
    assert_eq!(gen1.write(at(0), &table::SET_WIFI, wifi), Err(AttError::NotPresent));
    assert_eq!(gen1.write(at(0), &table::TROUBLE_CODES, b"0"), Err(AttError::NotPresent));
    let digest = claim().digest();
    assert_eq!(gen1.write(at(0), &table::SIGN_HASH, digest.as_bytes()), Err(AttError::NotPresent));
    assert!(is_idle(&mut gen1));
}

#[test]
fn weakness_03_another_owner_ends_every_bond() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    sign(&mut gen1, 0, &claim());
    gen1.handle_owner_changed();
    assert!(matches!(gen1.poll_action(), Some(Action::ForgetBonds)));
    assert!(is_idle(&mut gen1));
    assert!(!gen1.may_bond(at(1)));
    assert_eq!(gen1.read(at(1), &table::SIGN_HASH, 0), Err(AttError::InsufficientAuthentication));
    gen1.handle_security(LinkSecurity::Authenticated);
    gen1.open_window(at(2), Presence::PluggedIn);
    assert_eq!(read(&mut gen1, 2, &table::SIGN_HASH), b"");
    let refused = gen1.write(at(2), &table::SIGN_HASH, claim().digest().as_bytes());
    assert_eq!(refused, Err(AttError::NotExpected));
}

#[test]
fn weakness_03_what_is_withdrawn_while_it_waits_is_not_signed() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    gen1.write(at(0), &table::SIGN_HASH, claim().digest().as_bytes()).unwrap();
    gen1.handle_owner_changed();
    assert!(matches!(gen1.poll_action(), Some(Action::ForgetBonds)));
    assert!(is_idle(&mut gen1));
}

#[test]
fn weakness_04_bonding_closes_with_the_window_and_no_reset_opens_it() {
    let mut gen1 = Gen1::new(facts(), Limits::SPEC);
    assert!(!gen1.may_bond(at(0)));
    gen1.open_window(at(0), Presence::PluggedIn);
    assert!(gen1.may_bond(at(599)));
    assert!(!gen1.may_bond(at(600)));
    assert_eq!(gen1.poll_timeout(), Some(at(600)));
    assert_eq!(gen1.handle_timeout(at(599)), None);
    assert_eq!(gen1.handle_timeout(at(600)), Some(Expiry::Window));
    assert_eq!(gen1.handle_timeout(at(600)), None);
    assert_eq!(gen1.poll_timeout(), None);
    gen1.open_window(at(700), Presence::ButtonPressed);
    gen1.close_window();
    assert!(!gen1.may_bond(at(700)));
}

#[test]
fn weakness_05_a_relay_gets_no_proof_for_a_claim_that_the_device_does_not_expect() {
    // An impostor passes on what its own victim's phone writes: a claim of the impostor's choice, for another owner or device.
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    let relayed = Claim { device_node: 43.into(), ..claim() };
    let refused = gen1.write(at(0), &table::SIGN_HASH, relayed.digest().as_bytes());
    assert_eq!(refused, Err(AttError::NotExpected));
    // And what it says of itself it does not say to an impostor who comes when nobody is there.
    gen1.handle_connected();
    gen1.close_window();
    let refused = gen1.read(at(1), &table::ADDRESS, 0);
    assert_eq!(refused, Err(AttError::InsufficientAuthentication));
}

#[test]
fn weakness_06_a_signature_belongs_to_the_connection_that_asked_for_it() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    sign(&mut gen1, 0, &claim());
    gen1.handle_disconnected();
    gen1.handle_connected();
    gen1.handle_security(LinkSecurity::Authenticated);
    assert_eq!(read(&mut gen1, 1, &table::SIGN_HASH), b"");

    // One that is ready only after its phone has gone is nobody's.
    gen1.write(at(1), &table::SIGN_HASH, claim().digest().as_bytes()).unwrap();
    let Some(Action::Sign { job, message }) = gen1.poll_action() else { panic!() };
    gen1.handle_disconnected();
    gen1.handle_connected();
    gen1.handle_security(LinkSecurity::Authenticated);
    let late = gen1.handle_signature(job, message.sign_blocking(&mut wallet()));
    assert_eq!(late, Err(StaleJob { job }));
    assert_eq!(read(&mut gen1, 2, &table::SIGN_HASH), b"");
}

#[test]
fn weakness_06_the_vehicle_is_asked_anew_at_every_read() {
    let mut gen1 = bonded();
    let job = vin_job(&mut gen1, 0);
    gen1.handle_vin(at(0), job, Ok(VIN.parse().unwrap())).unwrap();
    assert_eq!(text(&mut gen1, 0, &table::VIN), VIN);
    // The device was put into another car.
    let job = vin_job(&mut gen1, 1);
    gen1.handle_vin(at(1), job, Ok("WVWZZZ1KZAW000001".parse().unwrap())).unwrap();
    assert_eq!(text(&mut gen1, 1, &table::VIN), "WVWZZZ1KZAW000001");
    // The next phone is not told what the last one was.
    let job = vin_job(&mut gen1, 2);
    gen1.handle_disconnected();
    gen1.handle_connected();
    gen1.handle_security(LinkSecurity::Authenticated);
    let new = vin_job(&mut gen1, 3);
    assert_eq!(gen1.handle_vin(at(3), job, Ok(VIN.parse().unwrap())), Err(StaleJob { job }));
    gen1.handle_vin(at(3), new, Err(NotTold)).unwrap();
    assert_eq!(text(&mut gen1, 3, &table::VIN), "0".repeat(17));
}

#[test]
fn weakness_06_codes_from_before_they_were_cleared_are_never_told() {
    let mut gen1 = bonded();
    gen1.handle_engine(at(0), Engine::IgnitionOn);
    let before = codes_job(&mut gen1, 0);
    gen1.write(at(0), &table::TROUBLE_CODES, b"0").unwrap();
    assert!(matches!(gen1.poll_action(), Some(Action::ClearTroubleCodes)));
    let late = gen1.handle_trouble_codes(at(1), before, Ok(&[code("P0456")]));
    assert_eq!(late, Err(StaleJob { job: before }));
    let after = codes_job(&mut gen1, 1);
    gen1.handle_trouble_codes(at(1), after, Ok(&[])).unwrap();
    assert_eq!(text(&mut gen1, 1, &table::TROUBLE_CODES), "0");
}

#[test]
fn weakness_06_an_answer_that_came_too_late_serves_the_next_read_and_soon_none() {
    let mut gen1 = bonded();
    let job = vin_job(&mut gen1, 0);
    assert_eq!(gen1.read(at(10), &table::VIN, 0), Err(AttError::TooSlow));
    gen1.handle_vin(at(12), job, Ok(VIN.parse().unwrap())).unwrap();
    assert_eq!(text(&mut gen1, 13, &table::VIN), VIN);

    let job = vin_job(&mut gen1, 14);
    gen1.handle_vin(at(15), job, Ok(VIN.parse().unwrap())).unwrap();
    assert_eq!(gen1.handle_timeout(at(24)), Some(Expiry::HeldRead));
    let anew = vin_job(&mut gen1, 25);
    assert_ne!(anew, job);
}

#[test]
fn weakness_07_to_whom_is_not_present_the_device_is_nobody() {
    let mut gen1 = connected();
    gen1.set_imsi(Some(Text::new("295050910000000").unwrap()));
    let open = table::SERVICES
        .iter()
        .flat_map(|service| service.characteristics)
        .filter(|row| row.security == LinkSecurity::Open);
    for what in open.clone() {
        let refused = gen1.read(at(0), what, 0);
        assert_eq!(refused, Err(AttError::InsufficientAuthentication), "{}", what.name);
    }
    gen1.open_window(at(0), Presence::PluggedIn);
    for what in open.clone() {
        assert!(gen1.read(at(1), what, 0).is_ok(), "{}", what.name);
    }
    for what in open.clone() {
        assert!(gen1.read(at(600), what, 0).is_err(), "{}", what.name);
    }
    gen1.handle_security(LinkSecurity::Authenticated);
    for what in open {
        assert!(gen1.read(at(600), what, 0).is_ok(), "{}", what.name);
    }
}

#[test]
fn weakness_08_a_read_asks_the_vehicle_and_changes_nothing() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    sign(&mut gen1, 0, &claim());
    let signature = read(&mut gen1, 0, &table::SIGN_HASH);
    let job = vin_job(&mut gen1, 0);
    // Nothing else is asked for, and what was there still is.
    assert!(is_idle(&mut gen1));
    gen1.handle_vin(at(1), job, Ok(VIN.parse().unwrap())).unwrap();
    assert!(is_idle(&mut gen1));
    assert_eq!(read(&mut gen1, 1, &table::SIGN_HASH), signature);
    sign(&mut gen1, 1, &claim());
}

#[test]
fn weakness_08_codes_are_cleared_with_the_ignition_on_and_the_engine_off_only() {
    let mut gen1 = bonded();
    let clear = |gen1: &mut Gen1, secs| gen1.write(at(secs), &table::TROUBLE_CODES, b"1");
    assert_eq!(clear(&mut gen1, 0), Err(AttError::WrongEngineState));
    for engine in [Engine::IgnitionOff, Engine::Running] {
        gen1.handle_engine(at(0), engine);
        assert_eq!(clear(&mut gen1, 0), Err(AttError::WrongEngineState));
    }
    gen1.handle_engine(at(1), Engine::IgnitionOn);
    // Told too long ago: the engine may have been started since.
    assert_eq!(clear(&mut gen1, 1 + ENGINE_FRESH.as_secs()), Err(AttError::WrongEngineState));
    assert!(is_idle(&mut gen1));
    assert_eq!(clear(&mut gen1, ENGINE_FRESH.as_secs()), Ok(()));
    assert!(matches!(gen1.poll_action(), Some(Action::ClearTroubleCodes)));
    assert!(is_idle(&mut gen1));
}

#[test]
fn weakness_09_a_failure_is_an_error_and_a_failure_of_the_vehicle_is_no_value_it_could_have() {
    let mut gen1 = bonded();
    // Not a VIN, not a protocol, not a code: no data can look like these.
    assert!("0".repeat(17).parse::<Vin>().is_err());
    assert!("1".parse::<TroubleCode>().is_err() && "0".parse::<TroubleCode>().is_err());
    assert_eq!(CanProtocol::from_network("00"), None);
    let job = codes_job(&mut gen1, 0);
    gen1.handle_trouble_codes(at(0), job, Err(NotTold)).unwrap();
    assert_eq!(text(&mut gen1, 0, &table::TROUBLE_CODES), "1");

    // A signature that failed is not an empty one.
    gen1.expect_claim(at(0), claim()).unwrap();
    gen1.write(at(0), &table::SIGN_HASH, claim().digest().as_bytes()).unwrap();
    let Some(Action::Sign { job, .. }) = gen1.poll_action() else { panic!() };
    gen1.handle_signature(job, Err(SigningFailed)).unwrap();
    assert_eq!(gen1.read(at(0), &table::SIGN_HASH, 0), Err(AttError::SigningFailed));

    // Each error has a code of its own, in the ranges of Bluetooth and of applications.
    let errors = [
        AttError::ReadNotPermitted,
        AttError::WriteNotPermitted,
        AttError::InsufficientAuthentication,
        AttError::InvalidOffset,
        AttError::UnknownCharacteristic,
        AttError::InvalidLength,
        AttError::NotPresent,
        AttError::NotExpected,
        AttError::RateLimited,
        AttError::SigningFailed,
        AttError::TooSlow,
        AttError::MalformedWifi,
        AttError::WrongEngineState,
    ];
    let mut codes = errors.map(AttError::code);
    codes.sort_unstable();
    assert_eq!(codes, [2, 3, 5, 7, 10, 13, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96]);
}

#[test]
fn weakness_10_long_values_are_read_in_parts() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    sign(&mut gen1, 0, &claim());
    let whole = read(&mut gen1, 0, &table::SIGN_HASH);
    let codes = [code("P0456"); 20];
    let job = codes_job(&mut gen1, 0);
    gen1.handle_trouble_codes(at(0), job, Ok(&codes)).unwrap();
    let listed = ["P0456"; 20].join(",").into_bytes();
    let facts = [(table::SERIAL, facts().serial.as_bytes().to_vec()), (table::SIGN_HASH, whole)];
    for (what, whole) in facts.into_iter().chain([(table::TROUBLE_CODES, listed)]) {
        // As a phone at MTU 23 reads: 22 bytes at a time, until less than that comes.
        let mut parts: Vec<u8> = Vec::new();
        loop {
            let offset = u16::try_from(parts.len()).unwrap();
            let Ok(Read::Value(part)) = gen1.read(at(0), &what, offset) else { panic!("{}", what.name) };
            let part = &part[..part.len().min(22)];
            parts.extend_from_slice(part);
            if part.len() < 22 {
                break;
            }
        }
        assert_eq!(parts, whole, "{}", what.name);
        let behind = u16::try_from(whole.len() + 1).unwrap();
        assert_eq!(gen1.read(at(0), &what, behind), Err(AttError::InvalidOffset), "{}", what.name);
    }
    assert!(is_idle(&mut gen1));
    // What was never read from its start has no middle.
    assert_eq!(gen1.read(at(0), &table::VIN, 5), Err(AttError::InvalidOffset));
}

#[test]
fn weakness_12_a_slow_vehicle_ends_the_read_long_before_the_connection() {
    assert!(READ_HOLD < Duration::from_secs(30));
    let mut gen1 = bonded();
    let job = vin_job(&mut gen1, 0);
    // Asking again and again does not hold it longer, and does not ask the vehicle twice.
    for secs in 1..10 {
        assert_eq!(gen1.read(at(secs), &table::VIN, 0), Ok(Read::Held));
        assert!(is_idle(&mut gen1));
    }
    assert_eq!(gen1.poll_timeout(), Some(at(10)));
    assert_eq!(gen1.handle_timeout(at(9)), None);
    assert_eq!(gen1.handle_timeout(at(10)), Some(Expiry::HeldRead));
    // The next read waits for the same answer.
    assert_eq!(gen1.read(at(11), &table::VIN, 0), Ok(Read::Held));
    assert!(is_idle(&mut gen1));
    gen1.handle_vin(at(12), job, Ok(VIN.parse().unwrap())).unwrap();
    assert_eq!(text(&mut gen1, 12, &table::VIN), VIN);
}

#[test]
fn weakness_12_a_vehicle_that_never_answers_is_asked_anew_after_a_while() {
    let mut gen1 = bonded();
    let job = vin_job(&mut gen1, 0);
    assert_eq!(gen1.handle_timeout(at(10)), Some(Expiry::HeldRead));
    let again = vin_job(&mut gen1, 30);
    assert_eq!(gen1.handle_vin(at(30), job, Err(NotTold)), Err(StaleJob { job }));
    gen1.handle_vin(at(30), again, Err(NotTold)).unwrap();
}

#[test]
fn weakness_12_a_wallet_that_never_answers_has_failed() {
    let mut gen1 = bonded();
    gen1.expect_claim(at(0), claim()).unwrap();
    gen1.write(at(0), &table::SIGN_HASH, claim().digest().as_bytes()).unwrap();
    assert_eq!(gen1.read(at(1), &table::SIGN_HASH, 0), Ok(Read::Held));
    assert_eq!(gen1.read(at(11), &table::SIGN_HASH, 0), Err(AttError::TooSlow));
    assert_eq!(gen1.read(at(30), &table::SIGN_HASH, 0), Err(AttError::SigningFailed));
}

// ---- lists and forms

#[test]
fn a_few_messages_are_expected_at_once_and_the_same_one_counts_once() {
    let mut gen1 = bonded();
    let nth = |n: u64| Claim { device_node: n.into(), ..claim() };
    for n in 0..4 {
        gen1.expect_claim(at(0), nth(n)).unwrap();
        gen1.expect_claim(at(1), nth(n)).unwrap();
    }
    assert_eq!(gen1.expect_claim(at(2), nth(4)), Err(ExpectError::Full { limit: 4 }));
    sign(&mut gen1, 2, &nth(3));
    // Those that have had their time make room.
    gen1.expect_claim(at(601), nth(4)).unwrap();
}

#[test]
fn credentials_are_read_as_json_is_written_and_nothing_else_is() {
    let mut gen1 = bonded();
    let good: [(&[u8], &str, &str); 4] = [
        (br#"{"network":"n","password":"p"}"#, "n", "p"),
        (
            b" { \"password\" :\t\"p\\u0041\\/\" ,\r\n\"net\\u0077ork\": \"\\ud83d\\ude97\" } ",
            "\u{1F697}",
            "pA/",
        ),
        (br#"{"network":"a\"b\\c","password":"\"\\"}"#, "a\"b\\c", "\"\\"),
        ("{\"network\":\"Größe\",\"password\":\"ü\"}".as_bytes(), "Größe", "ü"),
    ];
    for (json, network, password) in good {
        gen1.write(at(0), &table::SET_WIFI, json).unwrap();
        let Some(Action::SetWifi(read)) = gen1.poll_action() else { panic!() };
        assert_eq!((read.network().as_str(), read.password()), (network, password));
    }
    let long = |name: usize, word: usize| {
        format!("{{\"network\":\"{}\",\"password\":\"{}\"}}", "n".repeat(name), "p".repeat(word))
    };
    assert!(gen1.write(at(0), &table::SET_WIFI, long(32, 64).as_bytes()).is_ok());
    let _ = gen1.poll_action();
    let bad = [
        "",
        "{}",
        "[]",
        "null",
        "{",
        "{\"network\":\"n\"}",
        "{\"password\":\"p\"}",
        r#"{"network":"","password":"p"}"#,
        r#"{"network":"n","password":""}"#,
        r#"{"network":"n","password":"p"}x"#,
        r#"{"network":"n","password":"p",}"#,
        r#"{,"network":"n","password":"p"}"#,
        r#"{"network":"n" "password":"p"}"#,
        r#"{"network":"n","network":"m","password":"p"}"#,
        r#"{"network":"n","password":"p","x":"y"}"#,
        r#"{"network":"n","password":1}"#,
        r#"{"network":"n","password":null}"#,
        r#"{"Network":"n","password":"p"}"#,
        r#"{network:"n","password":"p"}"#,
        r#"{"network":"\ud83d","password":"p"}"#,
        r#"{"network":"\ude97\ud83d","password":"p"}"#,
        r#"{"network":"\u12","password":"p"}"#,
        r#"{"network":"\x41","password":"p"}"#,
        r#"{"network":"a\nb","password":"p"}"#,
        r#"{"network":"n","password":"a\u0000"}"#,
        "{\"network\":\"a\nb\",\"password\":\"p\"}",
        r#"{"network":"n","password":"p"#,
        &long(33, 8),
        &long(8, 65),
    ];
    for json in bad {
        assert_eq!(
            gen1.write(at(0), &table::SET_WIFI, json.as_bytes()),
            Err(AttError::MalformedWifi),
            "{json}"
        );
        assert!(is_idle(&mut gen1), "{json}");
    }
    assert!(gen1.write(at(0), &table::SET_WIFI, b"{\"network\":\"\xFF\",\"password\":\"p\"}").is_err());
}

proptest! {
    #[test]
    fn credentials_written_by_a_json_library_of_any_kind_come_back(
        network in "[^\\p{Cc}]{1,8}",
        password in "[^\\p{Cc}]{1,16}",
        escape_all in any::<bool>(),
    ) {
        let quoted = |text: &str| -> String {
            let escape = |c: char| match c {
                _ if escape_all => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect(),
                '"' | '\\' => format!("\\{c}"),
                c => c.to_string(),
            };
            text.chars().map(escape).collect()
        };
        let json = format!("{{\"network\":\"{}\",\"password\":\"{}\"}}", quoted(&network), quoted(&password));
        let mut gen1 = bonded();
        prop_assert_eq!(gen1.write(at(0), &table::SET_WIFI, json.as_bytes()), Ok(()));
        let Some(Action::SetWifi(read)) = gen1.poll_action() else { panic!() };
        prop_assert_eq!((read.network().as_str(), read.password()), (network.as_str(), password.as_str()));
    }

    #[test]
    fn no_bytes_and_no_order_make_it_sign_what_was_not_expected(
        events in prop::collection::vec((0..12u8, 0..15usize, prop::collection::vec(any::<u8>(), 0..40), 0..40u64), 0..40),
    ) {
        let rows: Vec<_> = table::SERVICES.iter().flat_map(|service| service.characteristics).collect();
        let mut gen1 = bonded();
        gen1.expect_claim(at(0), claim()).unwrap();
        let mut now = 0;
        for (event, row, bytes, wait) in events {
            now += wait;
            let what = rows[row];
            match event {
                0..=3 => drop(gen1.write(at(now), what, &bytes)),
                4 => drop(gen1.write(at(now), &table::SIGN_HASH, claim().digest().as_bytes())),
                5..=7 => drop(gen1.read(at(now), what, u16::try_from(bytes.len()).unwrap() & 1)),
                8 => gen1.handle_connected(),
                9 => gen1.handle_security(LinkSecurity::Authenticated),
                10 => gen1.handle_engine(at(now), Engine::IgnitionOn),
                _ => gen1.open_window(at(now), Presence::ButtonPressed),
            }
            while let Some(action) = gen1.poll_action() {
                if let Action::Sign { message, .. } = action {
                    prop_assert_eq!(message, Signable::Claim(claim()));
                    prop_assert!(gen1.may_bond(at(now)));
                }
            }
            while gen1.handle_timeout(at(now)).is_some() {}
            prop_assert!(gen1.poll_timeout().is_none_or(|time| time > at(now)));
        }
    }
}
