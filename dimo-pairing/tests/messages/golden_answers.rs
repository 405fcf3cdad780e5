//! The bytes of each answer, written from the table of SPEC.md.

use dimo_pairing::*;

use crate::samples::*;
use crate::{SIGNATURE, answer_bytes, signature, unhex};

const DEVICE: &str = "f39fd6e51aad88f6f4ce6ab8827279cfffb92266";

#[track_caller]
fn is(answer: &Answer<'_>, hex: &str) {
    let bytes = unhex(hex);
    assert_eq!(answer_bytes(0x1234, answer), bytes);
    assert_eq!(Answer::parse(&bytes).as_ref(), Ok(&(RequestId::new(0x1234), answer.clone())));
}

#[test]
fn answers_without_fields_are_a_kind_and_an_id() {
    let bare = [
        (Answer::TroubleCodesCleared, 0x89),
        (Answer::ApnSet, 0x8D),
        (Answer::Uploaded, 0x95),
        (Answer::Revoked, 0x98),
        (Answer::Forgotten, 0x99),
        (Answer::Reset, 0x9A),
    ];
    for (answer, kind) in bare {
        is(&answer, &format!("{kind:02x} 1234"));
    }
}

#[test]
fn a_device_proof_has_the_id_0_whatever_it_is_sent_under() {
    let proof = Answer::Proof { address: identity().address, signature: signature() };
    let bytes = unhex(&format!("80 0000 {DEVICE} {SIGNATURE}"));
    assert_eq!(answer_bytes(0x1234, &proof), bytes);
    assert_eq!(Answer::parse(&bytes), Ok((RequestId::NONE, proof)));
}

#[test]
fn welcome_and_identity_introduce_the_device() {
    is(&Answer::Welcome(welcome()), &format!("81 1234 03 000000006b49d200 02 {}", "77".repeat(32)));
    is(&Answer::Identity(identity()), &format!("82 1234 {DEVICE} 04 36306434 03 372e30 00"));
}

#[test]
fn proofs_are_a_signature() {
    is(&Answer::ClaimProof(signature()), &format!("83 1234 {SIGNATURE}"));
    is(&Answer::PairProof(signature()), &format!("84 1234 {SIGNATURE}"));
    is(&Answer::UnpairProof(signature()), &format!("85 1234 {SIGNATURE}"));
}

#[test]
fn a_vin_has_its_source_and_its_age() {
    let vin = |source, age, text: &str| Answer::Vin { source, age, number: text.parse().unwrap() };
    is(
        &vin(VinSource::Vehicle, VinAge::NOW, "1HGBH41JXMN109186"),
        "86 1234 00 00000000 11 3148474248343 14a584d4e313039313836",
    );
    is(
        &vin(VinSource::Stored, VinAge::UNKNOWN, "NHW20-0012345"),
        "86 1234 01 ffffffff 0d 4e485732302d30303132333435",
    );
}

#[test]
fn protocols_have_the_numbers_of_obd_adapters() {
    is(&Answer::Protocol(VehicleProtocol::J1850Pwm), "87 1234 01");
    is(&Answer::Protocol(VehicleProtocol::J1850Vpw), "87 1234 02");
    is(&Answer::Protocol(VehicleProtocol::Iso9141), "87 1234 03");
    is(&Answer::Protocol(VehicleProtocol::Iso14230Slow), "87 1234 04");
    is(&Answer::Protocol(VehicleProtocol::Iso14230Fast), "87 1234 05");
    is(&Answer::Protocol(VehicleProtocol::Can11Bit500), "87 1234 06");
    is(&Answer::Protocol(VehicleProtocol::Can29Bit500), "87 1234 07");
    is(&Answer::Protocol(VehicleProtocol::Can11Bit250), "87 1234 08");
    is(&Answer::Protocol(VehicleProtocol::Can29Bit250), "87 1234 09");
    is(&Answer::Protocol(VehicleProtocol::J1939), "87 1234 0a");
}

#[test]
fn lists_tell_how_many_there_are_in_all() {
    is(&Answer::TroubleCodes(trouble_codes()), "88 1234 0002 00 0456 02 c100");
    is(&Answer::WifiNetworks(networks()), "8a 1234 02 03 a6 01 78");
    is(&Answer::Phones(phones()), "97 1234 01 01 000000006b49d200 0102030405060708");
    is(&Answer::LogLines(log_lines()), "96 1234 00000009 6109620a 0a");
}

#[test]
fn wifi_has_a_state_a_signal_when_joined_and_a_name() {
    let network = Some(WifiName::new(b"home").unwrap());
    for (state, bytes) in [
        (WifiState::Off, "00 00"),
        (WifiState::Searching, "01 00"),
        (WifiState::Joining, "02 00"),
        (WifiState::Joined { signal: -61 }, "03 c3"),
        (WifiState::WrongPassword, "04 00"),
        (WifiState::NotFound, "05 00"),
        (WifiState::NoAddress, "06 00"),
    ] {
        is(&Answer::WifiJoin(WifiStatus { state, network }), &format!("8b 1234 {bytes} 04 686f6d65"));
        is(&Answer::WifiStatus(WifiStatus { state, network: None }), &format!("8c 1234 {bytes} 00"));
    }
}

#[test]
fn the_modem_has_a_state_a_signal_and_an_operator() {
    let (signal, operator) = (Some((-105).try_into().unwrap()), Text::new("op").unwrap());
    for (state, number) in [
        (CellularState::Off, "00"),
        (CellularState::Searching, "01"),
        (CellularState::Home, "02"),
        (CellularState::Roaming, "03"),
        (CellularState::Denied, "04"),
        (CellularState::NoSim, "05"),
    ] {
        let status = CellularStatus { state, signal, operator };
        is(&Answer::CellularStatus(status), &format!("8e 1234 {number} ff97 02 6f70"));
        is(
            &Answer::CellularStatus(CellularStatus { signal: None, ..status }),
            &format!("8e 1234 {number} 0000 02 6f70"),
        );
    }
    let imsi = PrivateImsi::new("310150123456789".parse().unwrap());
    is(&Answer::Imsi(imsi), "8f 1234 0f 333130313530313233343536373839");
}

#[test]
fn a_firmware_has_a_state_and_two_versions() {
    for (state, number) in [
        (FirmwareState::Idle, "00"),
        (FirmwareState::Downloading, "01"),
        (FirmwareState::Verifying, "02"),
        (FirmwareState::Ready, "03"),
        (FirmwareState::OnTrial, "04"),
        (FirmwareState::RolledBack, "05"),
    ] {
        let status = FirmwareStatus {
            state,
            percent: Percent::new(66).unwrap(),
            running: NonEmptyText::new("1.9").unwrap(),
            next: Text::new("2.0").unwrap(),
        };
        is(&Answer::FirmwareStatus(status), &format!("90 1234 {number} 42 03 312e39 03 322e30"));
    }
    is(&Answer::OfferTaken(FirmwareWanted::Nothing), "91 1234 00");
    is(&Answer::OfferTaken(FirmwareWanted::Manifest), "91 1234 01");
    is(&Answer::OfferTaken(FirmwareWanted::Image), "91 1234 02");
    is(&Answer::OfferTaken(FirmwareWanted::Both), "91 1234 03");
}

#[test]
fn the_rest_tells_seconds_and_offsets() {
    is(&Answer::HeldAwake(SleepHold::MAX), "92 1234 0384");
    is(&Answer::UploadBegun { next: 416 }, "93 1234 000001a0");
    is(&Answer::ChunkTaken { next: 624 }, "94 1234 00000270");
    is(&Answer::Working { percent: Percent::new(7), seconds: 300 }, "fe 1234 07 012c");
    is(&Answer::Working { percent: None, seconds: 0 }, "fe 1234 ff 0000");
}

#[test]
fn a_refusal_is_its_reason_and_a_wrong_offset_tells_the_right_one() {
    is(&Answer::Refused(Refusal::NotPresent), "ff 1234 01");
    is(&Answer::Refused(Refusal::NoCommonVersion), "ff 1234 06");
    is(&Answer::Refused(Refusal::WrongOffset { next: 416 }), "ff 1234 0d 000001a0");
    is(&Answer::Refused(Refusal::PinLocked), "ff 1234 20");
}
