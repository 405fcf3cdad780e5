//! One request and one answer of each kind.

use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Pair, Registry, Unpair};
use dimo_pairing::*;
use dimo_types::Address;

use crate::signature;

pub fn owner() -> Address {
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap()
}

pub fn claim() -> Claim {
    Claim { registry: Registry::POLYGON, device_node: 42.into(), owner: owner() }
}

pub fn pair() -> Pair {
    Pair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

pub fn unpair() -> Unpair {
    Unpair { registry: Registry::POLYGON, device_node: 42.into(), vehicle_node: 1337.into() }
}

pub fn grant() -> PresentedGrant {
    PresentedGrant {
        form: GrantForm::Owner,
        owner: owner(),
        expires: UnixSeconds::new(1_800_000_000),
        role: Role::Installer,
        signature: signature(),
    }
}

pub fn credentials() -> WifiCredentials {
    WifiCredentials {
        network: WifiName::new(b"home").unwrap(),
        key: WifiKey::Wpa2(WifiPassword::new("hunter22").unwrap()),
    }
}

pub fn apn() -> ApnSettings {
    ApnSettings {
        name: NonEmptyText::new("iot").unwrap(),
        user: Text::new("me").unwrap(),
        password: ApnPassword::new("swordfish").unwrap(),
    }
}

pub fn plan() -> UploadPlan {
    UploadPlan { kind: UploadKind::SharingConsent, length: 0x0102_0304, sha256: [0xAB; 32] }
}

/// Each kind of request once, by kind.
pub fn requests() -> Vec<Request<'static>> {
    vec![
        Request::Grant(grant()),
        Request::Identify,
        Request::Claim(claim()),
        Request::Pair(pair()),
        Request::Unpair(unpair()),
        Request::ReadVin(VinSource::Stored),
        Request::ReadProtocol,
        Request::ReadTroubleCodes { first: 70 },
        Request::ClearTroubleCodes,
        Request::ListWifi { first: 5 },
        Request::JoinWifi(credentials()),
        Request::WifiStatus,
        Request::SetApn(apn()),
        Request::CellularStatus,
        Request::ReadImsi,
        Request::FirmwareStatus,
        Request::OfferFirmware(FirmwareOffer {
            version: NonEmptyText::new("2.0").unwrap(),
            length: 0x0010_0000,
            manifest_sha256: [0xCD; 32],
        }),
        Request::HoldAwake { seconds: 3_600 },
        Request::BeginUpload(plan()),
        Request::UploadChunk { offset: 208, bytes: Chunk::new(b"\x00\xFF").unwrap() },
        Request::FinishUpload,
        Request::ReadLog { after: 7 },
        Request::ListPhones,
        Request::RevokePhone(Slot::new(3)),
        Request::ForgetMe,
        Request::FactoryReset,
    ]
}

pub fn identity() -> Identity {
    Identity {
        address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse().unwrap(),
        serial: Text::new("60d4").unwrap(),
        hardware: Text::new("7.0").unwrap(),
        firmware: Text::new("").unwrap(),
    }
}

pub fn welcome() -> Welcome {
    Welcome {
        role: Role::Viewer,
        expires: UnixSeconds::new(1_800_000_000),
        slot: Slot::new(2),
        secret: SlotSecret::from_bytes([0x77; 32]),
    }
}

/// A buffer for a list that lives as long as the tests do.
pub fn page() -> &'static mut PageBuffer {
    Box::leak(Box::new([0; _]))
}

pub fn trouble_codes() -> TroubleCodes<'static> {
    let codes = [
        TroubleEntry { status: TroubleStatus::Stored, code: "P0456".parse().unwrap() },
        TroubleEntry { status: TroubleStatus::Permanent, code: "U0100".parse().unwrap() },
    ];
    TroubleCodes::page(&codes, 0, page())
}

pub fn networks() -> WifiNetworks<'static> {
    let networks = [
        WifiNetwork {
            security: WifiSecurity::Open,
            signal: -1,
            name: WifiName::new(b"caf\xC3\xA9").unwrap(),
        },
        WifiNetwork { security: WifiSecurity::Other, signal: -90, name: WifiName::new(b"x").unwrap() },
    ];
    WifiNetworks::page(&networks, 1, page())
}

pub fn log_lines() -> LogLines<'static> {
    let lines: [(u32, &[u8]); 2] = [(8, b"a\tb"), (9, b"")];
    LogLines::page(lines, 7, page())
}

pub fn phones() -> PhoneEntries<'static> {
    let phone = PhoneEntry {
        slot: Slot::new(1),
        role: Role::Owner,
        expires: UnixSeconds::new(1_800_000_000),
        key: KeyFingerprint::from_bytes(*b"\x01\x02\x03\x04\x05\x06\x07\x08"),
    };
    PhoneEntries::of([phone], page())
}

/// Each kind of answer once, by kind.
pub fn answers() -> Vec<Answer<'static>> {
    vec![
        Answer::Proof { address: identity().address, signature: signature() },
        Answer::Welcome(welcome()),
        Answer::Identity(identity()),
        Answer::ClaimProof(signature()),
        Answer::PairProof(signature()),
        Answer::UnpairProof(signature()),
        Answer::Vin {
            source: VinSource::Stored,
            age: VinAge::seconds(60),
            number: "1HGBH41JXMN109186".parse().unwrap(),
        },
        Answer::Protocol(VehicleProtocol::J1939),
        Answer::TroubleCodes(trouble_codes()),
        Answer::TroubleCodesCleared,
        Answer::WifiNetworks(networks()),
        Answer::WifiJoin(WifiStatus {
            state: WifiState::WrongPassword,
            network: Some(WifiName::new(b"home").unwrap()),
        }),
        Answer::WifiStatus(WifiStatus { state: WifiState::Joined { signal: -61 }, network: None }),
        Answer::ApnSet,
        Answer::CellularStatus(CellularStatus {
            state: CellularState::Roaming,
            signal: Some((-105).try_into().unwrap()),
            operator: Text::new("op").unwrap(),
        }),
        Answer::Imsi(PrivateImsi::new("310150123456789".parse().unwrap())),
        Answer::FirmwareStatus(FirmwareStatus {
            state: FirmwareState::OnTrial,
            percent: Percent::new(100).unwrap(),
            running: NonEmptyText::new("2.0").unwrap(),
            next: Text::new("").unwrap(),
        }),
        Answer::OfferTaken(FirmwareWanted::Both),
        Answer::HeldAwake(SleepHold::MAX),
        Answer::UploadBegun { next: 416 },
        Answer::ChunkTaken { next: 624 },
        Answer::Uploaded,
        Answer::LogLines(log_lines()),
        Answer::Phones(phones()),
        Answer::Revoked,
        Answer::Forgotten,
        Answer::Reset,
        Answer::Working { percent: None, seconds: 300 },
        Answer::Refused(Refusal::NotPresent),
    ]
}
