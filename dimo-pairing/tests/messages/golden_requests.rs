//! The bytes of each request, written from the table of SPEC.md.

use dimo_crypto::pairing::Role;
use dimo_pairing::*;

use crate::samples::*;
use crate::{SIGNATURE, request_bytes, unhex};

const REGISTRY: &str = "0000000000000089 fa8bec73cebb9d88ff88a2f75e7d7312f2fd39ec";
const OWNER: &str = "70997970c51812dc3a010c7d01b50e0d17dc79c8";
const NODE_42: &str = "000000000000000000000000000000000000000000000000000000000000002a";
const NODE_1337: &str = "0000000000000000000000000000000000000000000000000000000000000539";

#[track_caller]
fn is(request: &Request<'_>, hex: &str) {
    let bytes = unhex(hex);
    assert_eq!(request_bytes(0x1234, request), bytes);
    assert_eq!(Request::parse(&bytes).as_ref(), Ok(&(RequestId::new(0x1234), request.clone())));
}

#[test]
fn requests_without_fields_are_a_kind_and_an_id() {
    let bare = [
        (Request::Identify, 0x02),
        (Request::ReadProtocol, 0x07),
        (Request::WifiStatus, 0x0C),
        (Request::CellularStatus, 0x0E),
        (Request::ReadImsi, 0x0F),
        (Request::FirmwareStatus, 0x10),
        (Request::FinishUpload, 0x15),
        (Request::ListPhones, 0x17),
        (Request::ForgetMe, 0x19),
    ];
    for (request, kind) in bare {
        is(&request, &format!("{kind:02x} 1234"));
    }
}

#[test]
fn a_grant_has_form_owner_expiry_role_and_signature() {
    is(&Request::Grant(grant()), &format!("01 1234 01 {OWNER} 000000006b49d200 02 {SIGNATURE}"));
    let verdict = PresentedGrant { form: GrantForm::Verdict, role: Role::Owner, ..grant() };
    is(&Request::Grant(verdict), &format!("01 1234 02 {OWNER} 000000006b49d200 01 {SIGNATURE}"));
}

#[test]
fn claim_pair_and_unpair_name_the_registry_and_the_nodes() {
    is(&Request::Claim(claim()), &format!("03 1234 {REGISTRY} {NODE_42} {OWNER}"));
    is(&Request::Pair(pair()), &format!("04 1234 {REGISTRY} {NODE_42} {NODE_1337}"));
    is(&Request::Unpair(unpair()), &format!("05 1234 {REGISTRY} {NODE_42} {NODE_1337}"));
}

#[test]
fn the_vehicle_is_asked_for_vin_and_trouble_codes() {
    is(&Request::ReadVin(VinSource::Vehicle), "06 1234 00");
    is(&Request::ReadVin(VinSource::Stored), "06 1234 01");
    is(&Request::ReadTroubleCodes { first: 70 }, "08 1234 0046");
    is(&Request::ClearTroubleCodes, "09 1234 434c5221");
}

#[test]
fn a_network_is_joined_by_security_name_and_password() {
    is(&Request::ListWifi { first: 5 }, "0a 1234 05");
    is(&Request::JoinWifi(credentials()), "0b 1234 01 04 686f6d65 08 68756e7465723232");
    let open = WifiCredentials { key: WifiKey::Open, ..credentials() };
    is(&Request::JoinWifi(open), "0b 1234 00 04 686f6d65 00");
    let wpa3 =
        WifiCredentials { key: WifiKey::Wpa3(WifiPassword::new("hunter22").unwrap()), ..credentials() };
    is(&Request::JoinWifi(wpa3), "0b 1234 02 04 686f6d65 08 68756e7465723232");
}

#[test]
fn an_access_point_has_name_user_and_password() {
    is(&Request::SetApn(apn()), "0d 1234 03 696f74 02 6d65 09 73776f726466697368");
}

#[test]
fn a_firmware_is_offered_by_version_length_and_hash() {
    let offer = FirmwareOffer {
        version: NonEmptyText::new("2.0").unwrap(),
        length: 0x0010_0000,
        manifest_sha256: [0xCD; 32],
    };
    is(&Request::OfferFirmware(offer), &format!("11 1234 03 322e30 00100000 {}", "cd".repeat(32)));
    is(&Request::HoldAwake { seconds: 3_600 }, "12 1234 0e10");
}

#[test]
fn an_upload_has_a_plan_and_chunks_at_offsets() {
    for (kind, number) in [
        (UploadKind::Plan, "01"),
        (UploadKind::FirmwareImage, "02"),
        (UploadKind::FirmwareManifest, "03"),
        (UploadKind::SharingConsent, "04"),
        (UploadKind::FirmwareDirective, "05"),
    ] {
        let plan = UploadPlan { kind, ..plan() };
        is(&Request::BeginUpload(plan), &format!("13 1234 {number} 01020304 {}", "ab".repeat(32)));
    }
    let bytes = Chunk::new(b"\x00\xFF").unwrap();
    is(&Request::UploadChunk { offset: 208, bytes }, "14 1234 000000d0 00ff");
}

#[test]
fn the_rest_names_a_line_a_slot_or_confirms() {
    is(&Request::ReadLog { after: 7 }, "16 1234 00000007");
    is(&Request::RevokePhone(Slot::new(3)), "18 1234 03");
    is(&Request::FactoryReset, "1a 1234 52535421");
}
