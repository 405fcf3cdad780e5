//! Bytes that are no message, and why; values that cannot be made; secrets that do not show themselves.

use dimo_pairing::*;

use crate::samples::*;
use crate::{SIGNATURE, answer_bytes, request_bytes, unhex};

#[track_caller]
fn no_request(hex: &str, why: MessageError) {
    assert_eq!(Request::parse(&unhex(hex)), Err(why));
}

#[track_caller]
fn no_answer(hex: &str, why: MessageError) {
    assert_eq!(Answer::parse(&unhex(hex)), Err(why));
}

const fn value(field: Field, value: u16) -> MessageError {
    MessageError::Value { field, value }
}

#[test]
fn requests_are_no_answers_and_answers_are_no_requests() {
    for request in requests() {
        let kind = request.kind();
        let unknown = MessageError::UnknownKind { kind };
        assert_eq!(Answer::parse(&request_bytes(1, &request)), Err(unknown));
    }
    for answer in answers() {
        let kind = answer.kind();
        let unknown = MessageError::UnknownKind { kind };
        assert_eq!(Request::parse(&answer_bytes(1, &answer)), Err(unknown));
    }
}

#[test]
fn what_must_be_confirmed_is_confirmed_by_the_right_four_bytes() {
    no_request("09 0001 434c5220", MessageError::Confirmation);
    no_request("09 0001 52535421", MessageError::Confirmation);
    no_request("09 0001", MessageError::Truncated);
    no_request("1a 0001 434c5221", MessageError::Confirmation);
    no_request("1a 0001", MessageError::Truncated);
}

#[test]
fn numbers_that_nothing_has_are_not_taken() {
    no_request("06 0001 02", value(Field::VinSource, 2));
    no_request(&format!("13 0001 00 00000000 {}", "00".repeat(32)), value(Field::UploadKind, 0));
    no_request(&format!("13 0001 06 00000000 {}", "00".repeat(32)), value(Field::UploadKind, 6));
    no_answer("87 0001 00", value(Field::VehicleProtocol, 0));
    no_answer("87 0001 0b", value(Field::VehicleProtocol, 11));
    no_answer("88 0001 0001 03 0456", value(Field::TroubleStatus, 3));
    no_answer("88 0001 0001 00 0000", value(Field::TroubleCode, 0));
    no_answer("8a 0001 01 04 00 01 78", value(Field::WifiSecurity, 4));
    no_answer("8c 0001 07 00 00", value(Field::WifiState, 7));
    no_answer("8c 0001 01 c3 00", value(Field::WifiSignal, 0xC3));
    no_answer("8e 0001 06 0000 00", value(Field::CellularState, 6));
    no_answer("90 0001 06 00 01 78 00", value(Field::FirmwareState, 6));
    no_answer("90 0001 00 65 01 78 00", value(Field::Percent, 101));
    no_answer("91 0001 04", value(Field::FirmwareWanted, 4));
    no_answer("92 0001 0385", value(Field::SleepHold, 901));
    no_answer("97 0001 01 04 0000000000000000 0102030405060708", value(Field::Role, 4));
    no_answer("fe 0001 65 0000", value(Field::Percent, 101));
}

#[test]
fn no_more_is_listed_than_there_is() {
    no_answer("88 0001 0000 00 0456", value(Field::Total, 0));
    no_answer("8a 0001 00 00 00 01 78", value(Field::Total, 0));
}

#[test]
fn passwords_fit_their_networks() {
    let short = MessageError::Text(TextError::TooShort { len: 7, limit: 8 });
    no_request("0b 0001 01 04 686f6d65 07 68756e74657232", short);
    let open = MessageError::Text(TextError::TooLong { len: 8, limit: 0 });
    no_request("0b 0001 00 04 686f6d65 08 68756e7465723232", open);
    let none = MessageError::Text(TextError::TooShort { len: 0, limit: 8 });
    no_request("0b 0001 02 04 686f6d65 00", none);
    no_request("0b 0001 03 04 686f6d65 08 68756e7465723232", value(Field::WifiSecurity, 3));
    let long = MessageError::Text(TextError::TooLong { len: 64, limit: 63 });
    no_request(&format!("0b 0001 01 04 686f6d65 40 {}", "61".repeat(64)), long);
    let control = MessageError::Text(TextError::NotPrintable { at: 0 });
    no_request("0b 0001 01 04 686f6d65 08 0a756e7465723232", control);
}

#[test]
fn names_have_their_lengths() {
    no_request("0b 0001 00 00 00", WifiNameError { len: 0 }.into());
    no_request(&format!("0b 0001 00 21 {} 00", "61".repeat(33)), WifiNameError { len: 33 }.into());
    no_request("0d 0001 00 00 00", TextError::TooShort { len: 0, limit: 1 }.into());
    let name = "61".repeat(64);
    no_request(&format!("0d 0001 40 {name} 00 00"), TextError::TooLong { len: 64, limit: 63 }.into());
    let user = "61".repeat(33);
    no_request(&format!("0d 0001 01 61 21 {user} 00"), TextError::TooLong { len: 33, limit: 32 }.into());
    no_request(&format!("0d 0001 01 61 00 21 {user}"), TextError::TooLong { len: 33, limit: 32 }.into());
    no_request("14 0001 00000000", MessageError::Chunk { len: 0 });
    no_request(&format!("14 0001 00000000 {}", "00".repeat(209)), MessageError::Chunk { len: 209 });
    no_request(&format!("14 0001 00000000 {}", "00".repeat(210)), MessageError::TooLong { len: 217 });
}

#[test]
fn numbers_of_vehicles_and_subscriptions_have_their_forms() {
    no_answer("86 0001 00 00000000 11 31686762683431 6a786d6e313039313836", MessageError::Vin);
    no_answer("86 0001 00 00000000 00", MessageError::Vin);
    no_answer("86 0001 00 00000000 02 c3a9", MessageError::Vin);
    no_answer("8f 0001 05 3331303135", MessageError::Imsi);
    no_answer("8f 0001 06 33313031352d", MessageError::Imsi);
    no_answer("8f 0001 10 33313031353031323334353637383930", MessageError::Imsi);
}

#[test]
fn lines_of_a_log_are_printable_and_end() {
    no_answer("96 0001 00000001 61", MessageError::LogLines);
    no_answer("96 0001 00000001 610d0a", MessageError::LogLines);
    no_answer("96 0001 00000001 c3a90a", MessageError::LogLines);
}

#[test]
fn a_signature_in_another_form_is_not_taken() {
    let other_v = format!("83 0001 {}00", &SIGNATURE[..128]);
    no_answer(&other_v, MessageError::Signature);
    let high_s = format!("83 0001 {}{}1b", &SIGNATURE[..64], "ee".repeat(32));
    no_answer(&high_s, MessageError::Signature);
    no_answer(&format!("83 0001 {}", "00".repeat(65)), MessageError::Signature);
}

#[test]
fn a_device_proof_under_a_request_id_is_not_taken() {
    let proof = format!("80 0007 f39fd6e51aad88f6f4ce6ab8827279cfffb92266 {SIGNATURE}");
    no_answer(&proof, MessageError::ProofId { id: 7 });
}

#[test]
fn what_cannot_be_read_is_refused_for_the_reason_of_the_specification() {
    let grant = |form: &str, role: &str, signature: &str| {
        unhex(&format!("01 0001 {form} {} 000000006b49d200 {role} {signature}", "70".repeat(20)))
    };
    let refusal = |message: &[u8]| Request::parse(message).unwrap_err().refusal();
    assert_eq!(refusal(&grant("01", "04", SIGNATURE)), Refusal::RoleForbids);
    assert_eq!(refusal(&grant("01", "01", &"00".repeat(65))), Refusal::GrantSignature);
    assert_eq!(refusal(&grant("03", "01", SIGNATURE)), Refusal::Malformed);
    assert_eq!(refusal(&[0x1B, 0, 1]), Refusal::UnknownRequest);
    assert_eq!(refusal(&[0x02, 0, 1, 0]), Refusal::Malformed);
    assert_eq!(refusal(&[]), Refusal::Malformed);
}

#[test]
fn a_refusal_from_a_later_version_is_still_a_refusal() {
    let (_, answer) = Answer::parse(&[0xFF, 0, 1, 200, 9, 9, 9]).unwrap();
    let Answer::Refused(Refusal::Unrecognised(code)) = answer else { panic!("{answer:?}") };
    assert_eq!(code.get(), 200);
}

#[test]
fn a_refusal_outside_a_session_tells_the_versions_of_the_device() {
    let mut buffer = [0; 3];
    let versions = Versions::new(2, 3).unwrap();
    assert_eq!(Refusal::NoCommonVersion.emit_open(versions, &mut buffer), [6, 2, 3]);
    assert_eq!(Refusal::HandshakeFailed.emit_open(versions, &mut buffer), [30]);
    assert_eq!(Refusal::parse_open(&[6, 2, 3]), Ok((Refusal::NoCommonVersion, Some(versions))));
    assert_eq!(Refusal::parse_open(&[6, 3, 2]), Err(MessageError::Versions { lowest: 3, highest: 2 }));
    assert_eq!(Refusal::parse_open(&[6, 2]), Err(MessageError::Truncated));
    assert_eq!(Refusal::parse_open(&[1, 0]), Err(MessageError::Trailing { extra: 1 }));
    assert_eq!(Refusal::parse_open(&[]), Err(MessageError::Truncated));
}

#[test]
fn secrets_do_not_show_themselves() {
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        Request::JoinWifi(credentials()),
        Request::SetApn(apn()),
        Answer::Welcome(welcome()),
        Answer::Imsi(PrivateImsi::new("310150123456789".parse().unwrap())),
    );
    for secret in ["hunter22", "swordfish", "119, 119", "7777", "310150123456789"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("home") && shown.contains("iot"), "what is no secret is shown: {shown}");
}

#[test]
fn secrets_are_equal_when_all_of_them_is() {
    let password = |text| WifiPassword::new(text).unwrap();
    assert_eq!(password("hunter22"), password("hunter22"));
    assert_ne!(password("hunter22"), password("hunter23"));
    assert_ne!(password("hunter22"), password("hunter222"));
    assert_ne!(SlotSecret::from_bytes([7; 32]), SlotSecret::from_bytes([8; 32]));
    assert_ne!(ApnPassword::new("a").unwrap(), ApnPassword::new("").unwrap());
}
