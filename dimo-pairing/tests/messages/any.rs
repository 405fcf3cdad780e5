//! Any request and any answer there can be.

use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Pair, Registry, Signature, Unpair};
use dimo_pairing::*;
use dimo_types::{Address, TokenId, TroubleCode, VehicleNumber};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::samples::page;

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 20]>().prop_map(Address::new)
}

fn node() -> impl Strategy<Value = TokenId> {
    any::<[u8; 32]>().prop_map(TokenId::from_be_bytes)
}

fn registry() -> impl Strategy<Value = Registry> {
    (any::<u64>(), address()).prop_map(|(chain_id, contract)| Registry { chain_id, contract })
}

/// Valid forms only: r below the order and s in its lower half are what `from_bytes` takes, and most such numbers are.
fn signature() -> impl Strategy<Value = Signature> {
    (any::<[u8; 32]>(), any::<[u8; 32]>(), 27..=28u8).prop_filter_map("no signature", |(r, mut s, v)| {
        s[0] &= 0x3F;
        Signature::from_bytes(&[&r[..], &s[..], &[v]].concat()).ok()
    })
}

fn seconds() -> impl Strategy<Value = UnixSeconds> {
    any::<u64>().prop_map(UnixSeconds::new)
}

fn role() -> impl Strategy<Value = Role> {
    select(Role::ALL.to_vec())
}

fn text<const N: usize>() -> impl Strategy<Value = Text<N>> {
    proptest::string::string_regex(&format!("[ -~]{{0,{N}}}"))
        .unwrap()
        .prop_map(|text| Text::new(&text).unwrap())
}

fn filled<const N: usize>() -> impl Strategy<Value = NonEmptyText<N>> {
    proptest::string::string_regex(&format!("[ -~]{{1,{N}}}"))
        .unwrap()
        .prop_map(|text| NonEmptyText::new(&text).unwrap())
}

fn wifi_name() -> impl Strategy<Value = WifiName> {
    vec(any::<u8>(), 1..=32).prop_map(|name| WifiName::new(&name).unwrap())
}

fn credentials() -> impl Strategy<Value = WifiCredentials> {
    let password = || "[ -~]{8,63}".prop_map(|text| WifiPassword::new(&text).unwrap());
    let key = prop_oneof![
        Just(WifiKey::Open),
        password().prop_map(WifiKey::Wpa2),
        password().prop_map(WifiKey::Wpa3)
    ];
    (wifi_name(), key).prop_map(|(network, key)| WifiCredentials { network, key })
}

fn apn() -> impl Strategy<Value = ApnSettings> {
    (filled(), text(), "[ -~]{0,32}").prop_map(|(name, user, password)| ApnSettings {
        name,
        user,
        password: ApnPassword::new(&password).unwrap(),
    })
}

fn grant() -> impl Strategy<Value = PresentedGrant> {
    (select(GrantForm::ALL), address(), seconds(), role(), signature()).prop_map(
        |(form, owner, expires, role, signature)| PresentedGrant { form, owner, expires, role, signature },
    )
}

fn fieldless_request() -> impl Strategy<Value = Request<'static>> {
    select(vec![
        Request::Identify,
        Request::ReadProtocol,
        Request::ClearTroubleCodes,
        Request::WifiStatus,
        Request::CellularStatus,
        Request::ReadImsi,
        Request::FirmwareStatus,
        Request::FinishUpload,
        Request::ListPhones,
        Request::ForgetMe,
        Request::FactoryReset,
    ])
}

pub fn request() -> impl Strategy<Value = Request<'static>> {
    let hash = any::<[u8; 32]>;
    prop_oneof![
        fieldless_request(),
        grant().prop_map(Request::Grant),
        (registry(), node(), address()).prop_map(|(registry, device_node, owner)| {
            Request::Claim(Claim { registry, device_node, owner })
        }),
        (registry(), node(), node()).prop_map(|(registry, device_node, vehicle_node)| {
            Request::Pair(Pair { registry, device_node, vehicle_node })
        }),
        (registry(), node(), node()).prop_map(|(registry, device_node, vehicle_node)| {
            Request::Unpair(Unpair { registry, device_node, vehicle_node })
        }),
        select(VinSource::ALL).prop_map(Request::ReadVin),
        any::<u16>().prop_map(|first| Request::ReadTroubleCodes { first }),
        any::<u8>().prop_map(|first| Request::ListWifi { first }),
        credentials().prop_map(Request::JoinWifi),
        apn().prop_map(Request::SetApn),
        (filled(), any::<u32>(), hash()).prop_map(|(version, length, manifest_sha256)| {
            Request::OfferFirmware(FirmwareOffer { version, length, manifest_sha256 })
        }),
        any::<u16>().prop_map(|seconds| Request::HoldAwake { seconds }),
        (select(UploadKind::ALL), any::<u32>(), hash())
            .prop_map(|(kind, length, sha256)| Request::BeginUpload(UploadPlan { kind, length, sha256 })),
        (any::<u32>(), vec(any::<u8>(), 1..=Chunk::MAX)).prop_map(|(offset, bytes)| {
            Request::UploadChunk { offset, bytes: Chunk::new(bytes.leak()).unwrap() }
        }),
        any::<u32>().prop_map(|after| Request::ReadLog { after }),
        any::<u8>().prop_map(|slot| Request::RevokePhone(Slot::new(slot))),
    ]
}

fn number() -> impl Strategy<Value = VehicleNumber> {
    // The check digit is not verified; twice the same character 17 times is a placeholder, and rare.
    prop_oneof!["[A-HJ-NPR-Z0-9]{17}", "[A-Z0-9]{2,7}-?[0-9]{5,7}"]
        .prop_filter_map("a placeholder", |text| VehicleNumber::as_reported(&text).ok())
}

fn trouble_codes() -> impl Strategy<Value = TroubleCodes<'static>> {
    let code = any::<[u8; 2]>().prop_filter_map("no code", TroubleCode::from_bytes);
    let entry = (select(TroubleStatus::ALL), code).prop_map(|(status, code)| TroubleEntry { status, code });
    (vec(entry, 0..200), any::<u8>())
        .prop_map(|(codes, first)| TroubleCodes::page(&codes, u16::from(first), page()))
}

fn networks() -> impl Strategy<Value = WifiNetworks<'static>> {
    let network = (select(WifiSecurity::ALL), any::<i8>(), wifi_name())
        .prop_map(|(security, signal, name)| WifiNetwork { security, signal, name });
    (vec(network, 0..60), 0..60u8).prop_map(|(networks, first)| WifiNetworks::page(&networks, first, page()))
}

fn log_lines() -> impl Strategy<Value = LogLines<'static>> {
    (vec(vec(any::<u8>(), 0..300), 0..9), 0..9u32)
        .prop_map(|(lines, after)| LogLines::page((1..).zip(lines.iter().map(Vec::as_slice)), after, page()))
}

fn phones() -> impl Strategy<Value = PhoneEntries<'static>> {
    let phone = (any::<u8>(), role(), seconds(), any::<[u8; 8]>()).prop_map(|(slot, role, expires, key)| {
        PhoneEntry { slot: Slot::new(slot), role, expires, key: KeyFingerprint::from_bytes(key) }
    });
    vec(phone, 0..15).prop_map(|phones| PhoneEntries::of(phones, page()))
}

fn wifi_status() -> impl Strategy<Value = WifiStatus> {
    let state = prop_oneof![
        select(vec![
            WifiState::Off,
            WifiState::Searching,
            WifiState::Joining,
            WifiState::WrongPassword,
            WifiState::NotFound,
            WifiState::NoAddress
        ]),
        any::<i8>().prop_map(|signal| WifiState::Joined { signal }),
    ];
    (state, proptest::option::of(wifi_name())).prop_map(|(state, network)| WifiStatus { state, network })
}

fn percent() -> impl Strategy<Value = Percent> {
    (0..=100u8).prop_map(|percent| Percent::new(percent).unwrap())
}

/// Those with a meaning here, and those of a later version.
pub fn refusal() -> impl Strategy<Value = Refusal> {
    (any::<u8>(), any::<u32>()).prop_map(|(code, next)| {
        let message = match code {
            13 => [&[0xFF, 0, 1, code][..], &next.to_be_bytes()].concat(),
            _ => vec![0xFF, 0, 1, code],
        };
        let Ok((_, Answer::Refused(refusal))) = Answer::parse(&message) else { panic!("{message:?}") };
        refusal
    })
}

fn fieldless_answer() -> impl Strategy<Value = Answer<'static>> {
    select(vec![
        Answer::TroubleCodesCleared,
        Answer::ApnSet,
        Answer::Uploaded,
        Answer::Revoked,
        Answer::Forgotten,
        Answer::Reset,
    ])
}

fn introduction() -> impl Strategy<Value = Answer<'static>> {
    prop_oneof![
        (address(), signature()).prop_map(|(address, signature)| Answer::Proof { address, signature }),
        (role(), seconds(), any::<u8>(), any::<[u8; 32]>()).prop_map(|(role, expires, slot, secret)| {
            let (slot, secret) = (Slot::new(slot), SlotSecret::from_bytes(secret));
            Answer::Welcome(Welcome { role, expires, slot, secret })
        }),
        (address(), text(), text(), text()).prop_map(|(address, serial, hardware, firmware)| {
            Answer::Identity(Identity { address, serial, hardware, firmware })
        }),
    ]
}

pub fn answer() -> impl Strategy<Value = Answer<'static>> {
    prop_oneof![
        fieldless_answer(),
        introduction(),
        signature().prop_map(Answer::ClaimProof),
        signature().prop_map(Answer::PairProof),
        signature().prop_map(Answer::UnpairProof),
        (select(VinSource::ALL), proptest::option::of(any::<u64>()), number()).prop_map(
            |(source, age, number)| {
                Answer::Vin { source, age: age.map_or(VinAge::UNKNOWN, VinAge::seconds), number }
            }
        ),
        select(VehicleProtocol::ALL).prop_map(Answer::Protocol),
        trouble_codes().prop_map(Answer::TroubleCodes),
        networks().prop_map(Answer::WifiNetworks),
        wifi_status().prop_map(Answer::WifiJoin),
        wifi_status().prop_map(Answer::WifiStatus),
        (select(CellularState::ALL), any::<i16>(), text()).prop_map(|(state, signal, operator)| {
            Answer::CellularStatus(CellularStatus { state, signal: signal.try_into().ok(), operator })
        }),
        "[0-9]{6,15}".prop_map(|imsi| Answer::Imsi(PrivateImsi::new(imsi.parse().unwrap()))),
        (select(FirmwareState::ALL), percent(), filled(), text()).prop_map(
            |(state, percent, running, next)| {
                Answer::FirmwareStatus(FirmwareStatus { state, percent, running, next })
            }
        ),
        select(FirmwareWanted::ALL).prop_map(Answer::OfferTaken),
        any::<u16>().prop_map(|asked| Answer::HeldAwake(SleepHold::for_request(asked))),
        any::<u32>().prop_map(|next| Answer::UploadBegun { next }),
        any::<u32>().prop_map(|next| Answer::ChunkTaken { next }),
        log_lines().prop_map(Answer::LogLines),
        phones().prop_map(Answer::Phones),
        (proptest::option::of(percent()), any::<u16>())
            .prop_map(|(percent, seconds)| Answer::Working { percent, seconds }),
        refusal().prop_map(Answer::Refused),
    ]
}
