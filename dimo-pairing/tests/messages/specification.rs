//! The tables of SPEC.md, read and held against the code.

use dimo_pairing::*;

use crate::samples::*;
use crate::{answer_bytes, request_bytes};

const SPEC: &str = include_str!("../../SPEC.md");

/// The cells of each row of the tables in section `number`.
fn rows(number: u8) -> Vec<Vec<&'static str>> {
    let (_, section) = SPEC.split_once(&format!("\n## {number}. ")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|row| row.split('|').map(str::trim).collect())
        .collect()
}

/// The kinds that a row of section 8 is about: `0x83` and the like in its first cell.
fn kinds(cell: &str) -> Vec<u8> {
    cell.split(['`', ' '])
        .filter_map(|word| word.strip_prefix("0x"))
        .map(|digits| u8::from_str_radix(digits, 16).unwrap())
        .collect()
}

fn kinds_of_table(is_answer: bool) -> Vec<u8> {
    rows(8).iter().flat_map(|row| kinds(row[0])).filter(|kind| (kind & 0x80 != 0) == is_answer).collect()
}

fn is_unknown<T>(result: Result<T, MessageError>) -> bool {
    matches!(result, Err(MessageError::UnknownKind { .. }))
}

#[test]
fn each_kind_of_the_specification_is_known_and_no_other() {
    let (requests, answers) = (kinds_of_table(false), kinds_of_table(true));
    assert_eq!((requests.len(), answers.len()), (26, 29));
    for kind in 0..=u8::MAX {
        assert_eq!(is_unknown(Request::parse(&[kind, 0, 1])), !requests.contains(&kind), "{kind:#04x}");
        assert_eq!(is_unknown(Answer::parse(&[kind, 0, 1])), !answers.contains(&kind), "{kind:#04x}");
    }
}

#[test]
fn the_samples_have_the_kinds_of_the_specification() {
    let request_kinds: Vec<_> = requests().iter().map(|request| request_bytes(1, request)[0]).collect();
    assert_eq!(request_kinds, kinds_of_table(false));
    let answer_kinds: Vec<_> = answers().iter().map(|answer| answer_bytes(1, answer)[0]).collect();
    assert_eq!(answer_kinds, kinds_of_table(true));
}

#[test]
fn who_may_ask_and_who_must_be_there_is_as_specified() {
    for (request, row) in
        requests().iter().zip(rows(8).iter().filter(|row| row.len() == 5 && row[0] != "kind"))
    {
        assert_eq!(vec![request.kind()], kinds(row[0]));
        let name = row[1];
        assert_eq!(request.needs_presence(), row[4] == "yes", "{name}");
        let who = match row[3] {
            "anybody" => Who::Anybody,
            "all" => Who::All,
            "owner, installer" => Who::OwnerOrInstaller,
            "owner" => Who::Owner,
            "owner; installer but for 4" | "as begin upload" => continue,
            other => panic!("{name}: {other}"),
        };
        assert_eq!(request.who(None), who, "{name}");
    }
}

#[test]
fn only_the_owner_uploads_a_sharing_consent() {
    for kind in UploadKind::ALL {
        let expected = if *kind == UploadKind::SharingConsent { Who::Owner } else { Who::OwnerOrInstaller };
        let begin = Request::BeginUpload(UploadPlan { kind: *kind, ..plan() });
        assert_eq!(begin.who(None), expected);
        let chunk = Request::UploadChunk { offset: 0, bytes: Chunk::new(&[1]).unwrap() };
        assert_eq!(chunk.who(Some(*kind)), expected);
        assert_eq!(Request::FinishUpload.who(Some(*kind)), expected);
    }
}

#[test]
fn a_request_is_answered_by_its_own_answer_by_working_and_by_a_refusal() {
    for request in requests() {
        for answer in answers() {
            let of_its_kind = answer.kind() == request.kind() + 0x80;
            let of_any = matches!(answer, Answer::Working { .. } | Answer::Refused(_));
            assert_eq!(request.answered_by(&answer), of_its_kind || of_any, "{request:?} {answer:?}");
        }
    }
}

#[test]
fn each_reason_of_the_specification_is_known_and_no_other() {
    let listed: Vec<u8> = rows(10).iter().filter_map(|row| row[0].parse().ok()).collect();
    assert_eq!(listed.len(), 28);
    for code in 0..=u8::MAX {
        let next: &[u8] = if code == 13 { &[0, 0, 0, 1] } else { &[] };
        let message = [&[0xFF, 0, 1, code], next].concat();
        let Ok((_, Answer::Refused(refusal))) = Answer::parse(&message) else { panic!("{code}") };
        assert_eq!(refusal.code(), code);
        assert_eq!(matches!(refusal, Refusal::Unrecognised(_)), !listed.contains(&code), "{code}");
    }
}

#[test]
fn the_lengths_of_the_specification_are_the_constants() {
    assert!(SPEC.contains(&format!("A message has 3 to {MESSAGE_MAX} bytes")));
    assert!(SPEC.contains(&format!("A **packet** of 1 to {PACKET_MAX} bytes")));
    assert!(SPEC.contains(&format!("offset 4, rest of 1 to {}", Chunk::MAX)));
    assert!(SPEC.contains(&format!("at most {}, and at most what was asked for", SleepHold::MAX.seconds())));
    assert!(SPEC.contains(&format!("Versions here: {VERSION}.")));
}
