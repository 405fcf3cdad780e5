//! A phone and a device that meet, and what they may ask of each other.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_crypto::SoftwareKey;
use dimo_crypto::pairing::Role;
use dimo_pairing::{
    Action, Answer, ApnPassword, ApnSettings, Chunk, Device, Event, Expiry, FRAGMENT_MAX, FirmwareOffer,
    Ignition, Limits, Link, Maker as _, NonEmptyText, Opening, Presence, Refusal, Request, Resumption, Seed,
    Slot, Text, UploadKind, UploadPlan, VinSource, WifiCredentials, WifiKey, WifiName,
};
use sha2::{Digest as _, Sha256};
use util::*;

#[test]
fn a_phone_with_the_label_and_the_owners_word_claims_the_device() {
    let mut link = link();
    pair_up(&mut link, at(0));
    link.phone.request(at(1), &Request::Claim(claim())).unwrap();
    link.run(at(1));
    let Some(Event::Answered(_, Answer::ClaimProof(signature))) = link.phone.poll_event() else { panic!() };
    assert_eq!(signature.to_string(), CLAIM_SIGNATURE);
}

#[test]
fn a_phone_that_was_granted_something_comes_back_without_label_and_wallet() {
    let mut link = link();
    let resumption = pair_up(&mut link, at(0));
    link.disconnect();
    assert!(link.phone.poll_event().is_none());
    link.connect(at(5), Opening::Resume(resumption));
    link.run(at(5));
    assert!(matches!(link.phone.poll_event(), Some(Event::Resumed { .. })));
    let answer = ask(&mut link, at(6), &Request::ReadVin(VinSource::Vehicle));
    assert!(answer.contains(VIN), "{answer}");
}

// ---- who may ask what

/// A connected phone of this role, and what its device's maker does. The presence window is open.
fn granted(role: Role) -> (Link<Workshop>, Resumption) {
    let mut link = link();
    link.connect(at(0), by_label());
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Proven { .. })));
    let presented = grant(&link.phone, role, SOON);
    link.phone.grant(at(0), presented).unwrap();
    link.run(at(0));
    match link.phone.poll_event() {
        Some(Event::Granted(resumption)) => (link, resumption),
        other => panic!("{other:?}"),
    }
}

fn plan(kind: UploadKind, bytes: &[u8]) -> UploadPlan {
    let sha256 = Sha256::digest(bytes).into();
    UploadPlan { kind, length: u32::try_from(bytes.len()).unwrap(), sha256 }
}

#[test]
fn each_role_may_ask_what_the_document_says_and_presence_is_asked_for_where_it_says() {
    let wifi = WifiCredentials { network: WifiName::new(b"home").unwrap(), key: WifiKey::Open };
    let apn = ApnSettings {
        name: NonEmptyText::new("iot").unwrap(),
        user: Text::new("").unwrap(),
        password: ApnPassword::new("").unwrap(),
    };
    let offer =
        FirmwareOffer { version: NonEmptyText::new("2").unwrap(), length: 1, manifest_sha256: [0; 32] };
    let begin = |kind| Request::BeginUpload(plan(kind, b"x"));
    // Who may, and whether a person must be there: the table of SPEC.md, 8, by hand.
    let table = [
        (Request::Identify, "oiv", false),
        (Request::Claim(claim()), "o", true),
        (Request::Pair(pair()), "o", true),
        (Request::Unpair(unpair()), "o", true),
        (Request::ReadVin(VinSource::Stored), "oiv", false),
        (Request::ReadProtocol, "oiv", false),
        (Request::ReadTroubleCodes { first: 0 }, "oiv", false),
        (Request::ClearTroubleCodes, "oi", true),
        (Request::ListWifi { first: 0 }, "oi", false),
        (Request::JoinWifi(wifi), "oi", false),
        (Request::WifiStatus, "oiv", false),
        (Request::SetApn(apn), "oi", false),
        (Request::CellularStatus, "oiv", false),
        (Request::ReadImsi, "oi", false),
        (Request::FirmwareStatus, "oiv", false),
        (Request::OfferFirmware(offer), "oi", false),
        (Request::HoldAwake { seconds: 1 }, "oiv", false),
        (begin(UploadKind::Plan), "oi", false),
        (begin(UploadKind::FirmwareImage), "oi", false),
        (begin(UploadKind::FirmwareManifest), "oi", false),
        (begin(UploadKind::SharingConsent), "o", false),
        (begin(UploadKind::FirmwareDirective), "oi", false),
        (Request::FinishUpload, "oi", false),
        (Request::ReadLog { after: 0 }, "oi", false),
        (Request::ListPhones, "o", false),
        (Request::RevokePhone(Slot::new(3)), "o", false),
        (Request::ForgetMe, "oiv", false),
        (Request::FactoryReset, "o", true),
    ];
    for (role, letter) in [(Role::Owner, 'o'), (Role::Installer, 'i'), (Role::Viewer, 'v')] {
        for (request, who, needs_presence) in &table {
            let (mut link, _) = granted(role);
            link.device.handle_ignition(Ignition::On);
            let answer = ask(&mut link, at(1), request);
            assert_eq!(
                !answer.contains("RoleForbids"),
                who.contains(letter),
                "{letter} {request:?} {answer}"
            );
            if answer.contains("RoleForbids") {
                assert!(link.maker.performed.is_empty() && link.maker.signed.len() == 1);
                continue;
            }
            let (mut link, _) = granted(role);
            link.device.close_window();
            let answer = ask(&mut link, at(1), request);
            assert_eq!(answer == "Refused(NotPresent)", *needs_presence, "{letter} {request:?} {answer}");
        }
    }
}

#[test]
fn a_chunk_goes_to_an_upload_of_the_own_role_only() {
    let (mut link, _) = granted(Role::Owner);
    ask(&mut link, at(1), &Request::BeginUpload(plan(UploadKind::SharingConsent, b"consent")));
    let device = core::mem::replace(&mut link.device, device());
    drop(link.phone);
    let mut workshop = link.maker;
    let mut device = device;
    let mut session = raw::session(&mut device, at(2), &mut workshop, 20);
    let presented = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Installer, SOON));
    raw::ask(&mut device, at(2), &mut workshop, &mut session, &raw::message(1, &presented));
    let chunk = Request::UploadChunk { offset: 0, bytes: Chunk::new(b"consent").unwrap() };
    for (id, request) in [(2, chunk), (3, Request::FinishUpload)] {
        let answer = raw::say(&mut device, at(2), &mut session, &raw::message(id, &request)).unwrap();
        assert_eq!((answer[0], answer[3]), (0xFF, Refusal::RoleForbids.code()));
    }
}

// ---- grants

/// What a device says to a grant by `wallet`, changed by `change`.
fn presents(
    mut device: Device,
    wallet: &mut SoftwareKey,
    expires: u64,
    change: impl Fn(&mut Vec<u8>),
) -> Vec<u8> {
    let mut workshop = Workshop::default();
    let mut session = raw::session(&mut device, at(1), &mut workshop, 30);
    let presented = Request::Grant(grant_for(wallet, session.hash(), Role::Owner, expires));
    let mut message = raw::message(1, &presented);
    change(&mut message);
    let answer = raw::ask(&mut device, at(1), &mut workshop, &mut session, &message);
    assert_eq!(device.role().is_some(), answer[0] == 0x81);
    answer
}

#[test]
fn each_grant_that_is_not_taken_is_refused_for_its_own_reason() {
    let owned = || {
        let mut device = device();
        device.set_owner(Some(owner()));
        device
    };
    let same = |_: &mut Vec<u8>| {};
    let refused = |answer: Vec<u8>| (answer[0] == 0xFF).then(|| answer[3]);
    assert_eq!(refused(presents(owned(), &mut owner_wallet(), SOON, same)), None);
    // Another role than was signed for, another expiry, and a broken signature.
    for (place, bit) in [(32, 3), (31, 1), (40, 1)] {
        let answer = presents(owned(), &mut owner_wallet(), SOON, |message| message[place] ^= bit);
        assert_eq!(refused(answer), Some(21), "{place}");
    }
    assert_eq!(refused(presents(owned(), &mut owner_wallet(), NOW_UNIX, same)), Some(22));
    assert_eq!(refused(presents(owned(), &mut stranger(), SOON, same)), Some(23));
    for role in [0, 4, 255] {
        let answer = presents(owned(), &mut owner_wallet(), SOON, |message| message[32] = role);
        assert_eq!(refused(answer), Some(24), "{role}");
    }
    // Nobody's word is a verdict when the maker named no backend.
    assert_eq!(refused(presents(owned(), &mut owner_wallet(), SOON, |message| message[3] = 2)), Some(21));
}

#[test]
fn a_device_that_does_not_know_the_time_lets_in_only_who_is_present() {
    let (link, resumption) = granted(Role::Owner);
    let mut device = Device::new(setup(), link.maker.memory(), Limits::SPEC);
    let mut link = Link::new(device, phone(), link.maker, raw::mtu());
    let comes_back = |link: &mut Link<Workshop>| {
        link.connect(at(2), Opening::Resume(resumption.clone()));
        link.run(at(2));
        format!("{:?}", link.phone.poll_event().unwrap())
    };
    assert_eq!(comes_back(&mut link), "Refused(Expired)");
    link.device.open_window(at(2), Presence::ButtonPressed);
    assert!(comes_back(&mut link).contains("Resumed"));
    device = Device::new(setup(), link.maker.memory(), Limits::SPEC);
    device.handle_clock(at(0), unix(NOW_UNIX));
    link.device = device;
    assert!(comes_back(&mut link).contains("Resumed"));
}

#[test]
fn a_session_that_is_granted_late_lasts_as_long_as_any() {
    let mut link = link();
    link.connect(at(0), by_label());
    link.run(at(0));
    assert!(link.phone.poll_event().is_some());
    let presented = grant(&link.phone, Role::Owner, SOON);
    link.phone.grant(at(299), presented).unwrap();
    link.run(at(299));
    assert!(matches!(link.phone.poll_event(), Some(Event::Granted(_))));
    assert!(ask(&mut link, at(299 + 599), &Request::Identify).contains("Identity"));
    link.step(at(299 + 599 + 600));
    assert_eq!(link.device.role(), None);
}

// ---- slots

#[test]
fn the_fifth_phone_takes_the_slot_given_longest_ago_and_the_same_phone_its_own() {
    let mut link = link();
    let mut slots = vec![];
    for number in [10, 11, 12, 13, 10, 14] {
        link.phone = phone_of(number);
        slots.push(pair_up(&mut link, at(0)).to_bytes()[65]);
        link.disconnect();
    }
    assert_eq!(slots, [0, 1, 2, 3, 0, 1]);
}

#[test]
fn a_phone_that_asks_to_be_forgotten_is_told_so_and_is_out_at_once() {
    let (mut link, resumption) = granted(Role::Viewer);
    link.phone.request(at(1), &Request::ForgetMe).unwrap();
    link.run(at(1));
    assert!(matches!(link.phone.poll_event(), Some(Event::Answered(_, Answer::Forgotten))));
    assert_eq!(ask(&mut link, at(2), &Request::Identify), "Failed(WriteRejected { att_error: 134 })");
    link.connect(at(3), Opening::Resume(resumption));
    link.run(at(3));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::HandshakeFailed))));
}

#[test]
fn a_factory_reset_forgets_owner_and_phones_but_not_what_was_signed() {
    let (mut link, _) = granted(Role::Owner);
    link.device.set_owner(Some(owner()));
    ask(&mut link, at(1), &Request::Claim(claim()));
    assert_eq!((link.device.signatures_left(), link.device.signatures_begun()), (7, 1));
    assert!(ask(&mut link, at(1), &Request::FactoryReset).contains("Reset"));
    for device in [&link.device, &started(link.maker.memory())] {
        assert_eq!((device.owner(), device.role()), (None, None));
        assert_eq!((device.signatures_left(), device.signatures_begun()), (7, 1));
    }
    // Nothing of a slot is left in the storage.
    assert!((1..=4).all(|key| link.maker.stored.get(&key).is_none_or(|record| *record == [0])));
}

// ---- once, and in time

#[test]
fn what_was_done_is_not_done_again_over_links_and_its_answer_is_the_same() {
    let (mut link, resumption) = granted(Role::Owner);
    let id = link.phone.request(at(1), &Request::Claim(claim())).unwrap();
    link.run(at(1));
    drop(link.phone.poll_event());
    for secs in 2..5 {
        link.connect(at(secs), Opening::Resume(resumption.clone()));
        link.run(at(secs));
        assert!(matches!(link.phone.poll_event(), Some(Event::Resumed { .. })));
        link.phone.repeat(at(secs), &Request::Claim(claim()), id).unwrap();
        link.run(at(secs));
        let Some(Event::Answered(_, Answer::ClaimProof(signature))) = link.phone.poll_event() else {
            panic!()
        };
        assert_eq!(signature.to_string(), CLAIM_SIGNATURE);
    }
    assert_eq!((link.maker.signed.len(), link.device.signatures_begun()), (2, 1));
}

#[test]
fn eight_claims_are_signed_at_once_and_restarts_bring_no_more() {
    let (mut link, resumption) = granted(Role::Owner);
    for secs in 0..8 {
        assert!(ask(&mut link, at(1 + secs), &Request::Claim(claim())).contains("ClaimProof"));
        link.disconnect();
        link.device = started(link.maker.memory());
        link.connect(at(1 + secs), Opening::Resume(resumption.clone()));
        link.run(at(1 + secs));
        assert!(link.phone.poll_event().is_some());
    }
    assert_eq!(ask(&mut link, at(20), &Request::Claim(claim())), "Refused(RateLimited)");
    link.device.open_window(at(21), Presence::PluggedIn);
    assert_eq!(ask(&mut link, at(21), &Request::Claim(claim())), "Refused(RateLimited)");
    link.device.open_window(at(609), Presence::PluggedIn);
    assert!(ask(&mut link, at(609), &Request::Claim(claim())).contains("ClaimProof"));
    assert_eq!(ask(&mut link, at(610), &Request::Claim(claim())), "Refused(RateLimited)");
    assert_eq!(link.device.signatures_begun(), 9);
}

#[test]
fn codes_are_cleared_only_with_the_ignition_on_and_the_engine_off() {
    for (ignition, cleared) in
        [(Ignition::Unknown, false), (Ignition::Off, false), (Ignition::Running, false), (Ignition::On, true)]
    {
        let (mut link, _) = granted(Role::Owner);
        link.device.handle_ignition(ignition);
        let answer = ask(&mut link, at(1), &Request::ClearTroubleCodes);
        assert_eq!(answer.contains("TroubleCodesCleared"), cleared, "{answer}");
        assert_eq!(answer == "Refused(EngineState)", !cleared);
        assert_eq!(link.maker.performed.len(), usize::from(cleared));
    }
}

#[test]
fn nothing_is_half_done_when_the_storage_or_the_wallet_fails() {
    // The wallet, at the proof.
    let mut link = link();
    link.maker.wallet_broken = true;
    link.connect(at(0), by_label());
    link.run(at(0));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::SigningFailed))));
    // The storage, at the grant.
    link.maker.wallet_broken = false;
    link.connect(at(1), by_label());
    link.run(at(1));
    assert!(link.phone.poll_event().is_some());
    link.maker.storage_broken = true;
    let presented = grant(&link.phone, Role::Owner, SOON);
    link.phone.grant(at(1), presented).unwrap();
    link.run(at(1));
    assert!(matches!(link.phone.poll_event(), Some(Event::Refused(Refusal::StorageFailed))));
    assert_eq!(link.device.role(), None);
    // The storage, then the wallet, at a claim.
    let (mut link, _) = granted(Role::Owner);
    link.maker.storage_broken = true;
    assert_eq!(ask(&mut link, at(1), &Request::Claim(claim())), "Refused(StorageFailed)");
    assert_eq!(link.maker.signed.len(), 1, "the proof only");
    link.maker.storage_broken = false;
    link.maker.wallet_broken = true;
    assert_eq!(ask(&mut link, at(2), &Request::Claim(claim())), "Refused(SigningFailed)");
    assert_eq!(link.device.signatures_left(), 6);
}

#[test]
fn a_grant_whose_storing_takes_too_long_is_none() {
    let (mut device, mut workshop) = (device(), Workshop::default());
    let mut session = raw::session(&mut device, at(0), &mut workshop, 20);
    let presented = Request::Grant(grant_for(&mut owner_wallet(), session.hash(), Role::Owner, SOON));
    assert_eq!(raw::say(&mut device, at(0), &mut session, &raw::message(1, &presented)), None);
    assert!(matches!(device.poll_action(), Some(Action::Store { .. })));
    while device.handle_timeout(at(30)).is_some() {}
    let answer = raw::open(&mut session, &raw::read(&mut device).unwrap());
    assert_eq!((answer[0], answer[3]), (0xFF, Refusal::TimedOut.code()));
    assert_eq!(device.role(), None);
}

// ---- uploads

#[test]
fn an_upload_goes_on_over_links_and_another_makes_it_begin_anew() {
    let (mut link, resumption) = granted(Role::Owner);
    let file = [7; 300];
    let (first, other) = (plan(UploadKind::Plan, &file), plan(UploadKind::Plan, b"other"));
    let chunk = |offset: u32| {
        let bytes = Chunk::first_of(&file[usize::try_from(offset).unwrap()..]).unwrap();
        Request::UploadChunk { offset, bytes }
    };
    assert_eq!(ask(&mut link, at(1), &Request::FinishUpload), "Refused(WrongOffset { next: 0 })");
    assert!(ask(&mut link, at(1), &Request::BeginUpload(first)).contains("UploadBegun { next: 0 }"));
    assert!(ask(&mut link, at(1), &chunk(0)).contains("next: 208"));
    assert_eq!(ask(&mut link, at(1), &chunk(1)), "Refused(WrongOffset { next: 208 })");
    assert_eq!(ask(&mut link, at(1), &Request::FinishUpload), "Refused(WrongOffset { next: 208 })");
    link.connect(at(2), Opening::Resume(resumption));
    link.run(at(2));
    assert!(link.phone.poll_event().is_some());
    assert!(ask(&mut link, at(2), &Request::BeginUpload(first)).contains("UploadBegun { next: 208 }"));
    assert!(ask(&mut link, at(2), &chunk(208)).contains("next: 300"));
    assert!(ask(&mut link, at(2), &Request::FinishUpload).contains("Uploaded"));
    assert_eq!(ask(&mut link, at(2), &Request::FinishUpload), "Refused(WrongOffset { next: 0 })");
    assert_eq!(link.maker.uploaded, file);

    // Begun anew: also when the maker refuses the other one, of which it may have dropped the first for.
    ask(&mut link, at(3), &Request::BeginUpload(first));
    ask(&mut link, at(3), &chunk(0));
    link.maker.refuses = Some(Refusal::NotNow);
    assert_eq!(ask(&mut link, at(3), &Request::BeginUpload(other)), "Refused(NotNow)");
    assert_eq!(link.device.upload(), None);
    link.maker.refuses = None;
    // A wrong hash, and too much.
    ask(&mut link, at(4), &Request::BeginUpload(UploadPlan { sha256: [0; 32], length: 208, ..first }));
    assert!(ask(&mut link, at(4), &chunk(0)).contains("next: 208"));
    assert_eq!(ask(&mut link, at(4), &Request::FinishUpload), "Refused(WrongHash)");
    assert_eq!(link.device.upload(), None);
    for (kind, length) in
        [(UploadKind::Plan, 64 * 1024 + 1), (UploadKind::FirmwareImage, 16 * 1024 * 1024 + 1)]
    {
        let long = UploadPlan { kind, length, sha256: [0; 32] };
        assert_eq!(ask(&mut link, at(5), &Request::BeginUpload(long)), "Refused(TooLong)");
    }
}

#[test]
fn the_hold_is_at_most_a_quarter_of_an_hour() {
    let (mut link, _) = granted(Role::Viewer);
    for (asked, held) in [(0, 0), (60, 60), (900, 900), (901, 900), (u16::MAX, 900)] {
        let answer = ask(&mut link, at(1), &Request::HoldAwake { seconds: asked });
        assert!(answer.contains(&format!("SleepHold({held})")), "{answer}");
    }
}

// ---- what a link may not do

#[test]
fn a_link_that_says_nothing_is_to_be_taken_down_and_one_with_a_session_is_not() {
    let mut device = device();
    device.handle_connected(at(0), raw::mtu(), Seed::from_bytes([1; 32]));
    assert_eq!(device.poll_timeout(), Some(at(30)));
    assert_eq!(device.handle_timeout(at(30)), Some(Expiry::Link));
    assert_eq!(device.handle_timeout(at(60)), None);

    let (mut link, _) = granted(Role::Owner);
    assert_eq!(link.device.handle_timeout(at(300)), None);
    assert_eq!(link.device.handle_timeout(at(700)), Some(Expiry::Session));
    assert_eq!(link.device.handle_timeout(at(700)), Some(Expiry::Window));
    // Counted from the end of the session.
    assert_eq!(link.device.handle_timeout(at(700)), None);
    assert_eq!(link.device.handle_timeout(at(731)), Some(Expiry::Link));
}

#[test]
fn a_phone_that_comes_back_hears_nothing_that_it_has_not_asked_for_again() {
    let (mut link, resumption) = granted(Role::Owner);
    let request = Request::ReadVin(VinSource::Vehicle);
    let id = link.phone.request(at(1), &request).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    while let Some(fragment) = link.phone.poll_transmit(&mut buffer) {
        link.device.handle_fragment(at(1), fragment).unwrap();
    }
    let Some(Action::Perform { job, .. }) = link.device.poll_action() else { panic!() };
    link.disconnect();
    assert!(matches!(link.phone.poll_event(), Some(Event::Failed(_))));
    link.connect(at(2), Opening::Resume(resumption));
    while let Some(fragment) = link.phone.poll_transmit(&mut buffer) {
        link.device.handle_fragment(at(2), fragment).unwrap();
    }
    // The vehicle answers while the device's part of the handshake is not out yet.
    let answer = link.maker.perform(&request);
    link.device.handle_answer(job, &answer).unwrap();
    link.run(at(2));
    assert!(matches!(link.phone.poll_event(), Some(Event::Resumed { .. })));
    link.phone.repeat(at(3), &request, id).unwrap();
    link.run(at(3));
    assert!(matches!(link.phone.poll_event(), Some(Event::Answered(_, Answer::Vin { .. }))));
    assert_eq!(link.maker.performed.len(), 1);
}

#[test]
fn what_a_former_owner_uploaded_is_not_there_for_the_next() {
    let (mut link, _) = granted(Role::Owner);
    link.device.set_owner(Some(owner()));
    let plan = UploadPlan { kind: UploadKind::Plan, length: 4, sha256: [0; 32] };
    assert!(ask(&mut link, at(1), &Request::BeginUpload(plan)).contains("UploadBegun"));
    assert!(link.device.upload().is_some());
    link.device.set_owner(Some(stranger().address()));
    assert!(link.device.upload().is_none());
}

#[test]
fn a_factory_reset_by_a_phone_reaches_the_maker() {
    let (mut link, _) = granted(Role::Owner);
    assert!(ask(&mut link, at(1), &Request::FactoryReset).contains("Reset"));
    assert_eq!(link.maker.performed, [Request::FactoryReset.kind()]);
}

#[test]
fn a_revocation_that_was_not_stored_is_not_called_unknown_when_it_is_asked_for_again() {
    let mut link = link();
    pair_up(&mut link, at(0));
    link.disconnect();
    let _ = link.phone.poll_event();
    link.phone = phone_of(8);
    pair_up(&mut link, at(1));
    link.maker.storage_broken = true;
    assert_eq!(ask(&mut link, at(2), &Request::RevokePhone(Slot::new(0))), "Refused(StorageFailed)");
    assert_eq!(ask(&mut link, at(3), &Request::RevokePhone(Slot::new(0))), "Refused(StorageFailed)");
    link.maker.storage_broken = false;
    link.run(at(60));
    assert!(ask(&mut link, at(61), &Request::RevokePhone(Slot::new(0))).contains("NoSuchSlot"));
    assert_eq!(link.maker.stored.get(&1).map(Vec::as_slice), Some(&[0][..]));
    for slot in [4, 7, 8, 254, 255] {
        let answer = ask(&mut link, at(62), &Request::RevokePhone(Slot::new(slot)));
        assert!(answer.contains("NoSuchSlot"), "{answer}");
    }
}
