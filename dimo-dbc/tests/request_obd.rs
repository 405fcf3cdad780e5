//! OBD-II and UDS: the bytes of requests, and what answers mean. Answers are of our own making, after SAE J1979 and ISO 14229-1.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use dimo_dbc::request::obd::{
    ClearCodes, CurrentData, FreezeFrameCode, FreezeFrameData, Ignition, Lamp, Monitor, MonitorState,
    Monitors, ReadCodes, ReadMonitors, ReadSupported, SupportedIn, VehicleInfo,
};
use dimo_dbc::request::uds::{self, CodeStatus, CountCodes, ReadData};
use dimo_dbc::request::{AnswerError, NegativeCode, Request, obd};
use dimo_types::VinError;
use proptest::prelude::*;

const VIN: &[u8; 17] = b"1HGBH41JXMN109186";

fn after(header: &[u8], rest: &[u8]) -> Vec<u8> {
    [header, rest].concat()
}

#[test]
fn requests_are_the_bytes_of_the_standards() {
    let bytes = [
        (CurrentData { pid: 0x0C }.bytes(), &[0x01, 0x0C][..]),
        (ReadMonitors.bytes(), &[0x01, 0x01]),
        (FreezeFrameData { pid: 0x0C, frame: 0 }.bytes(), &[0x02, 0x0C, 0x00]),
        (FreezeFrameCode { frame: 1 }.bytes(), &[0x02, 0x02, 0x01]),
        (ReadCodes::Stored.bytes(), &[0x03]),
        (ClearCodes.bytes(), &[0x04]),
        (ReadCodes::Pending.bytes(), &[0x07]),
        (ReadCodes::Permanent.bytes(), &[0x0A]),
        (obd::ReadVin.bytes(), &[0x09, 0x02]),
        (VehicleInfo { info: 0x0A }.bytes(), &[0x09, 0x0A]),
        (ReadSupported::first(SupportedIn::FreezeFrame(0)).bytes(), &[0x02, 0x00, 0x00]),
        (ReadSupported::first(SupportedIn::VehicleInfo).bytes(), &[0x09, 0x00]),
        (uds::ReadVin.bytes(), &[0x22, 0xF1, 0x90]),
        (ReadData { identifier: 0x0042 }.bytes(), &[0x22, 0x00, 0x42]),
        (CountCodes { mask: CodeStatus::CONFIRMED }.bytes(), &[0x19, 0x01, 0x08]),
        (uds::ReadCodes::Matching(CodeStatus::CONFIRMED | CodeStatus::PENDING).bytes(), &[0x19, 0x02, 0x0C]),
        (uds::ReadCodes::Supported.bytes(), &[0x19, 0x0A]),
    ];
    for (bytes, expected) in bytes {
        assert_eq!(bytes.as_slice(), expected);
    }
}

#[test]
fn the_vin_comes_by_either_way_and_with_padding() {
    for answer in [after(&[0x49, 0x02, 0x01], VIN), after(&[0x49, 0x02, 0x01, 0, 0, 0], VIN)] {
        assert_eq!(obd::ReadVin.answer(&answer).unwrap().as_str().as_bytes(), VIN);
    }
    let padded = [&[0x62, 0xF1, 0x90], &VIN[..], &[0x55; 4]].concat();
    assert_eq!(uds::ReadVin.answer(&padded).unwrap().as_str().as_bytes(), VIN);
}

#[test]
fn a_vin_that_is_none_says_so() {
    let refused = |vin: &[u8]| uds::ReadVin.answer(&after(&[0x62, 0xF1, 0x90], vin)).unwrap_err();
    assert_eq!(refused(&[0xFF; 17]), VinError::Character { place: 1 }.into());
    assert_eq!(refused(&[b'0'; 17]), VinError::Placeholder.into());
    assert_eq!(refused(&[0; 17]), VinError::Length { len: 0 }.into());
    assert_eq!(refused(&VIN[..16]), VinError::Length { len: 16 }.into());
}

#[test]
fn trouble_codes_come_in_order_without_padding() {
    let text = |question: ReadCodes, answer: &[u8]| {
        question.answer(answer).map(|codes| codes.map(|code| code.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(text(ReadCodes::Stored, &[0x43, 0]), Ok(vec![]));
    assert_eq!(text(ReadCodes::Pending, &[0x47, 1, 0x41, 0x23, 0xAA, 0xAA]), Ok(vec!["C0123".into()]));
    let three = [0x4A, 3, 0x01, 0x33, 0x00, 0x00, 0x92, 0x34];
    assert_eq!(text(ReadCodes::Permanent, &three), Ok(vec!["P0133".into(), "B1234".into()]));
    let cut_off = text(ReadCodes::Stored, &[0x43, 2, 0x01, 0x33, 0x02]);
    assert_eq!(cut_off, Err(AnswerError::TooShort { len: 5, needed: 6 }));
}

#[test]
fn freeze_frames_name_the_code_that_made_them() {
    let code = FreezeFrameCode { frame: 0 }.answer(&[0x42, 0x02, 0x00, 0x01, 0x33]).unwrap().unwrap();
    assert_eq!(code.to_string(), "P0133");
    assert_eq!(FreezeFrameCode { frame: 0 }.answer(&[0x42, 0x02, 0x00, 0, 0]), Ok(None));
    let other_frame = FreezeFrameData { pid: 0x0C, frame: 0 }.answer(&[0x42, 0x0C, 0x01, 0x1A, 0xF8]);
    assert_eq!(other_frame, Err(AnswerError::OtherParameter { expected: 0, found: 1 }));
    let data = FreezeFrameData { pid: 0x0C, frame: 0 }.answer(&[0x42, 0x0C, 0x00, 0x1A, 0xF8]);
    assert_eq!(data, Ok(&[0x1A, 0xF8][..]));
}

#[test]
fn petrol_and_diesel_have_different_monitors() {
    let petrol = Monitors::from_bytes([0x00, 0x77, 0xFF, 0x00]);
    assert_eq!((petrol.lamp(), petrol.code_count(), petrol.ignition()), (Lamp::Off, 0, Ignition::Spark));
    assert_eq!(petrol.iter().count(), 11);
    assert_eq!(petrol.state(Monitor::Misfire), MonitorState::Incomplete);
    assert_eq!(petrol.state(Monitor::OxygenSensorHeater), MonitorState::Complete);
    assert_eq!(petrol.state(Monitor::ParticulateFilter), MonitorState::Absent);

    let diesel = Monitors::from_bytes([0xFF, 0x0A, 0x41, 0x40]);
    assert_eq!(
        (diesel.lamp(), diesel.code_count(), diesel.ignition()),
        (Lamp::On, 127, Ignition::Compression)
    );
    let there: Vec<_> = diesel.iter().collect();
    assert_eq!(
        there,
        [
            (Monitor::FuelSystem, MonitorState::Complete),
            (Monitor::HydrocarbonCatalyst, MonitorState::Complete),
            (Monitor::ParticulateFilter, MonitorState::Incomplete),
        ]
    );
}

#[test]
fn supported_parameters_are_walked_to_the_end() {
    let mut known = Vec::new();
    let mut next = Some(ReadSupported::first(SupportedIn::VehicleInfo));
    while let Some(request) = next {
        let [_, base] = *request.bytes().as_slice() else { panic!("two bytes") };
        // Every group says that there is another one, also the last one, E1 to 100.
        let group = request.answer(&[0x49, base, 0x80, 0, 0, 0x01]).unwrap();
        known.extend(group.iter());
        next = group.next_request();
    }
    assert_eq!(known[..4], [0x01, 0x20, 0x21, 0x40]);
    assert_eq!(known.len(), 16);
    let group =
        ReadSupported::first(SupportedIn::CurrentData).answer(&[0x41, 0, 0xFF, 0xFF, 0xFF, 0xFE]).unwrap();
    assert!(group.contains(0x01) && group.contains(0x1F) && !group.contains(0x20) && !group.contains(0));
    assert_eq!(group.next_request(), None);
}

#[test]
fn faults_of_uds_keep_type_and_status() {
    let counted =
        CountCodes { mask: CodeStatus::CONFIRMED }.answer(&[0x59, 0x01, 0xFF, 0x01, 0x01, 0x02]).unwrap();
    assert_eq!((counted.count, counted.format, counted.available.to_byte()), (258, 1, 0xFF));

    let question = uds::ReadCodes::Matching(CodeStatus::CONFIRMED);
    let faults = question.answer(&[0x59, 0x02, 0x7F, 0xC1, 0x00, 0x87, 0x08, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(faults.available().to_byte(), 0x7F);
    let faults: Vec<_> =
        faults.map(|fault| (fault.code.to_string(), fault.failure_type, fault.status.to_byte())).collect();
    assert_eq!(faults, [("U0100".into(), 0x87, 0x08)]);
    assert_eq!(question.answer(&[0x59, 0x02, 0x7F]).unwrap().count(), 0);
    let cut_off = question.answer(&[0x59, 0x02, 0x7F, 0xC1, 0x00, 0x87]).unwrap_err();
    assert_eq!(cut_off, AnswerError::TooShort { len: 6, needed: 7 });
}

#[test]
fn refusals_and_answers_to_others_are_told_apart() {
    let vin = uds::ReadVin;
    assert_eq!(vin.answer(&[0x7F, 0x22, 0x78]), Err(AnswerError::Pending));
    let refused = AnswerError::Negative { service: 0x22, code: NegativeCode::RequestOutOfRange };
    assert_eq!(vin.answer(&[0x7F, 0x22, 0x31]), Err(refused));
    assert_eq!(refused.to_string(), "service 22 refused: parameter unknown");
    let other = |found| Err(AnswerError::OtherService { expected: 0x22, found });
    assert_eq!(vin.answer(&[0x7F, 0x19, 0x78]), other(0x19));
    assert_eq!(vin.answer(&[0x41, 0x0C]), other(0x01));
    assert_eq!(vin.answer(&[0x22, 0xF1, 0x90]), other(0x22));
    assert_eq!(vin.answer(&[]), Err(AnswerError::TooShort { len: 0, needed: 1 }));
    assert_eq!(vin.answer(&[0x7F, 0x22]), Err(AnswerError::TooShort { len: 2, needed: 3 }));
    assert_eq!(vin.answer(&[0x62, 0xF1]), Err(AnswerError::TooShort { len: 2, needed: 3 }));
    let parameter = AnswerError::OtherParameter { expected: 0xF190, found: 0xF18C };
    assert_eq!(vin.answer(&[0x62, 0xF1, 0x8C, 1]), Err(parameter));
}

#[test]
fn codes_of_refusals_keep_their_byte() {
    for byte in 0..=0xFF {
        assert_eq!(NegativeCode::from_byte(byte).to_byte(), byte);
    }
}

#[test]
fn clearing_is_confirmed_or_refused() {
    assert_eq!(ClearCodes.answer(&[0x44]), Ok(()));
    let refused = AnswerError::Negative { service: 0x04, code: NegativeCode::ConditionsNotCorrect };
    assert_eq!(ClearCodes.answer(&[0x7F, 0x04, 0x22]), Err(refused));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_is_too_strange(
        service in proptest::sample::select(vec![0x41_u8, 0x42, 0x43, 0x44, 0x47, 0x49, 0x4A, 0x59, 0x62, 0x7F]),
        parameter in 0_u8..4,
        rest in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let answer = [&[service, parameter], &rest[..]].concat();
        for message in [&answer[..], &answer[..1]] {
            let _ = (CurrentData { pid: parameter }.answer(message), ReadMonitors.answer(message));
            let _ = (FreezeFrameData { pid: parameter, frame: 0 }.answer(message), ClearCodes.answer(message));
            let _ = FreezeFrameCode { frame: 0 }.answer(message);
            for kind in [ReadCodes::Stored, ReadCodes::Pending, ReadCodes::Permanent] {
                let _ = kind.answer(message).map(Iterator::count);
            }
            for of in [SupportedIn::CurrentData, SupportedIn::FreezeFrame(0), SupportedIn::VehicleInfo] {
                let _ = ReadSupported::first(of).answer(message).map(|pids| pids.iter().count());
            }
            let _ = (obd::ReadVin.answer(message), uds::ReadVin.answer(message));
            let _ = uds::ReadCodes::Matching(CodeStatus::default()).answer(message).map(Iterator::count);
            let _ = (uds::ReadCodes::Supported.answer(message).map(Iterator::count), CountCodes { mask: CodeStatus::default() }.answer(message));
        }
    }
}
