//! `virtual-dongle verify FILE` as a user runs it: the binary, its exit code, its one line of output, its memory.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::io::Write;
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dimo_crypto::{Attestation, ReceivedTelemetry, SoftwareKey, Verifiable, hazmat};
use serde_json::{Value, json};

/// T1, published by the network (benthos-plugin internal/checksignature/check_signature_test.go).
const T1_DATA: &str = r#"{"timestamp":1709656316768}"#;
const T1_SIGNATURE: &str = "0xed107d9e947ce3208f2a349fe9de841295252ed3157a6a6c3725c5b2fd47ccaf1407ba498f09a872ce409d3434162512f7d0b08fbc0561f407015b39953bb6d61c";
const T1_DEVICE: &str = "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61";
const T1I_SIGNATURE: &str = "5fb985f758c6224ab45630d055c7aca163329b88accfb8fd76a0dbb13b2ebcfe3c5bd8b801851f683f7a288c174a11ed8fc2631d95929c3b3cc85c75fb10ea001a";
const STRANGER: &str = "0xDC1eE274BCA98b421293f3737D1b9E4563c60cb3";

/// T2, published by the network (model-garage pkg/autopi/convert_cloudevent_test.go), with what it recovers to.
const T2: &str = r#"{"data":{"device":{"serial":"60d4af69-86e8-b790-02d3-c0a9dc4d6c8a","softwareVersion":"v1.0.0"},"timestamp":1732224181876,"vehicle":{"make":"MINI","model":"Countryman","signals":[{"name":"batteryVoltage","timestamp":1732224181876,"value":12.95}],"year":2018}},"signature":"0x67bdfbfce03ef7c6577a4a64de037db97d882ef158ee6d1b3adc96e0e58599b2508bb74f8780e102e0c50b7b30385ed6160aa8218c9793cb00fc8f8b355a966c1b","time":"2024-11-21T21:23:01.876617869Z","type":"com.dimo.device.status.v2","vehicleTokenId":1, "deviceTokenId": 2222}"#;
const T2_SIGNER: &str = "0x2A82163EB20f272efEa5cdAE000D87fEf79590eE";

/// T4, published by the network (dis internal/processors/cloudeventconvert/cloudeventconvert_test.go).
const T4_DATA: &str = r#"{"subject":"did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005","insured":true,"provider":"State Farm","coverageStartDate":1744751357,"expirationDate":1807822654,"policyNumber":"SF-12345678"}"#;
const T4_SIGNATURE: &str = "0xa2f41b51853db03749da01976aaef503252c3e240e4edb3c5651856c7b4842fa54be0cb843ee380561f5583ed7b38c99f8db6f3d3aa345856449e85be6e29af91b";
const T4_SOURCE: &str = "0x07B584f6a7125491C991ca2a45ab9e641B1CeE1b";
const T4_SUBJECT: &str = "did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005";

/// What the program says of a file: its exit code and its line.
#[derive(Debug)]
struct Said {
    code: i32,
    line: Value,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = str::from_utf8(&output.stdout).unwrap();
        assert!(text.ends_with('\n') && text.lines().count() == 1, "one line: {text:.200}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let line: Value = serde_json::from_str(text).unwrap();
        let keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 5);
        assert!(["ok", "subject", "type", "signals", "reason"].iter().all(|key| keys.contains(key)));
        let code = output.status.code().unwrap();
        assert_eq!(line["ok"], json!(code == 0), "{line}");
        assert_eq!(line["reason"].is_null(), code == 0, "{line}");
        Self { code, line }
    }

    #[track_caller]
    fn is(&self, code: i32, reason: &str) {
        assert_eq!(self.code, code, "{}", self.line);
        assert!(self.line["reason"].as_str().unwrap().contains(reason), "{}", self.line);
    }

    #[track_caller]
    fn is_verified(&self) {
        assert_eq!(self.code, 0, "{}", self.line);
    }
}

fn verify_with(bytes: impl AsRef<[u8]>, more: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message");
    fs::write(&file, bytes).unwrap();
    let binary = env!("CARGO_BIN_EXE_virtual-dongle");
    Said::of(&Command::new(binary).arg("verify").arg(file).args(more).output().unwrap())
}

fn verify(bytes: impl AsRef<[u8]>) -> Said {
    verify_with(bytes, &[])
}

fn t1(signature: &str, subject: &str) -> String {
    format!(r#"{{"subject":"{subject}","data":{T1_DATA},"signature":"{signature}"}}"#)
}

fn device() -> SoftwareKey {
    SoftwareKey::from_bytes([7; 32]).unwrap()
}

/// The signature of a device of ours over bytes that an attacker or an odd device chose.
fn sign(message: &impl Verifiable) -> String {
    hazmat::sign_digest(&device(), &message.signed_digest()).unwrap().to_string()
}

/// A message of our device with this `data`.
fn signed(data: &str) -> String {
    let (signature, device) = (sign(&ReceivedTelemetry(data.as_bytes())), device().address());
    format!(r#"{{"subject":"{device}","type":"t","data":{data},"signature":"{signature}"}}"#)
}

/// An attestation whose `source` is our key.
fn attested(data_field: &str, signature: &str) -> String {
    let source = device().address();
    format!(r#"{{"type":"dimo.attestation","source":"{source}",{data_field},"signature":"{signature}"}}"#)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn packed(json: &[u8]) -> String {
    format!(r#"{{"compressedPayload":"{}"}}"#, STANDARD.encode(gzip(json)))
}

#[test]
fn the_networks_vectors_are_judged_as_the_network_judges_them() {
    verify(t1(T1_SIGNATURE, T1_DEVICE)).is_verified();
    verify(packed(t1(T1_SIGNATURE, T1_DEVICE).as_bytes())).is_verified();
    let refused = verify(t1(T1_SIGNATURE, STRANGER));
    refused.is(1, &format!("signed by {T1_DEVICE}, not by {STRANGER}"));
    assert_eq!(refused.line["subject"], STRANGER);
    verify(t1(T1I_SIGNATURE, T1_DEVICE)).is(1, "not 26");
    verify(T2).is(1, "there is no subject");
    let named = verify_with(T2, &["--address", &T2_SIGNER.to_lowercase()]);
    assert_eq!(
        named.line,
        json!({"ok":true,"subject":null,"type":"com.dimo.device.status.v2","signals":1,"reason":null})
    );
    let mut other = T2.to_owned();
    other = other.replace("12.95", "12.96");
    verify_with(other, &["--address", T2_SIGNER]).is(1, "signed by");
}

#[test]
fn an_attestation_is_checked_against_its_source_under_the_prefix() {
    let event = |source: &str, kind: &str| {
        format!(
            r#"{{"id":"1","type":"{kind}","source":"{source}","subject":"{T4_SUBJECT}","data":{T4_DATA},"signature":"{T4_SIGNATURE}"}}"#
        )
    };
    for source in [T4_SOURCE.to_owned(), T4_SOURCE.to_lowercase(), format!("did:ethr:137:{T4_SOURCE}")] {
        let said = verify(event(&source, "dimo.attestation"));
        assert_eq!(
            said.line,
            json!({"ok":true,"subject":T4_SUBJECT,"type":"dimo.attestation","signals":0,"reason":null})
        );
    }
    verify(event(T1_DEVICE, "dimo.attestation")).is(1, "signed by");
    verify_with(event(T1_DEVICE, "dimo.attestation"), &["--address", T4_SOURCE]).is_verified();
    // The frame is that of the type: the same bytes are no telemetry.
    verify_with(event(T4_SOURCE, "dimo.status"), &["--address", T4_SOURCE]).is(1, "signed by");
}

#[test]
fn an_attestation_in_base64_is_taken_in_both_readings_and_in_no_third() {
    let text = STANDARD.encode(b"\x00insured\xFF>>>???");
    assert!(text.contains('/'), "the vector has a slash to escape");
    for signature in
        [sign(&Attestation::Base64Text(&text)), sign(&Attestation::Base64Decoded(b"\x00insured\xFF>>>???"))]
    {
        for spelling in [text.clone(), text.replace('/', "\\/")] {
            let field = format!(r#""data_base64":"{spelling}""#);
            verify(attested(&field, &signature)).is_verified();
            verify(attested(&format!(r#"{field},"data":null"#), &signature)).is_verified();
            verify(attested(&format!(r#"{field},"data":{{}}"#), &signature))
                .is(1, "data stands beside data_base64");
        }
    }
    let other = sign(&Attestation::Base64Text("AAAA"));
    verify(attested(&format!(r#""data_base64":"{text}""#), &other)).is(1, "signed by");
    verify(attested(r#""data_base64":"*""#, &other)).is(1, "no base64");
}

#[test]
fn the_subject_may_have_lost_its_case_its_prefix_or_be_a_did() {
    for subject in [
        T1_DEVICE.to_lowercase(),
        T1_DEVICE.to_uppercase(),
        T1_DEVICE.replace("0x318F", "0x318f"),
        T1_DEVICE.replace("0x", ""),
        format!("did:ethr:137:{T1_DEVICE}"),
    ] {
        let said = verify(t1(T1_SIGNATURE, &subject));
        said.is_verified();
        assert_eq!(said.line["subject"], json!(subject), "as received");
    }
    verify(t1(T1_SIGNATURE, T4_SUBJECT)).is(1, "--address");
    verify(t1(T1_SIGNATURE, "0x12")).is(1, "subject: ");
    verify_with(t1(T1_SIGNATURE, T4_SUBJECT), &["--address", T1_DEVICE]).is_verified();
}

#[test]
fn a_signature_is_taken_in_every_spelling_of_the_network_and_in_no_other() {
    let digits = T1_SIGNATURE.trim_start_matches("0x");
    let older = T1_SIGNATURE.strip_suffix("1c").unwrap().to_owned() + "01";
    for signature in [digits.to_owned(), digits.to_uppercase(), format!("0X{digits}"), older.clone()] {
        verify(t1(&signature, T1_DEVICE)).is_verified();
    }
    let wrong_v = older.strip_suffix("01").unwrap().to_owned() + "00";
    for (signature, reason) in [
        (String::new(), "there is no signature"),
        ("0x".to_owned(), "130 hexadecimal digits, not 0"),
        (format!("{T1_SIGNATURE}00"), "not 132"),
        (T1_SIGNATURE.replace("0xed", "0xzz"), "hexadecimal digits only"),
        ("0x".to_owned() + &"é".repeat(65), "hexadecimal digits only"),
        (wrong_v, "signed by"),
        ("0x".to_owned() + &"00".repeat(65), "not in 1..n"),
        ("0x".to_owned() + &"ff".repeat(64) + "1b", "not in 1..n"),
    ] {
        verify(t1(&signature, T1_DEVICE)).is(1, reason);
    }
    for field in ["", r#","signature":null"#] {
        let unsigned = format!(r#"{{"subject":"{T1_DEVICE}","data":{T1_DATA}{field}}}"#);
        verify(unsigned).is(1, "there is no signature");
    }
}

#[test]
fn what_real_devices_and_odd_parsers_write_is_verified_byte_for_byte() {
    let deep = "[".repeat(1 << 18) + &"]".repeat(1 << 18);
    for (data, signals) in [
        (r#"{"ssid":"\u003cgarage\u003e \u0026 \ud83d\ude97", "vehicle":{"signals":[1,null,{}]}}"#, 3),
        ("{ \"a\" : 1.0E+2 ,\n\t\"a\" : 1e999 }", 0),
        (r#"{"n":123456789012345678901234567890123456789012345678901234567890,"m":-0.0e-0}"#, 0),
        (r#"{"lone":"\ud800","\udc00":1,"vehicle":{"signals":[{"name":"\ud800"}]}}"#, 1),
        (r#"{"data":{"vehicle":{"signals":[1]}},"signature":"0x"}"#, 0),
        (r#"{"vehicle":{"signals":[1]},"vehicle":{"signals":[1],"signals":[1,2]}}"#, 2),
        (r#"{"vehicle":{"signals":{"a":1}}}"#, 0),
        (r#"{"vehicle":[{"signals":[1]}]}"#, 0),
        (r#"{"vehicle":null}"#, 0),
        (r#"{"veh\u0069cle":{"signals":[[],[]]},"日本":"語"}"#, 2),
        (r#"[{"vehicle":{"signals":[1]}}]"#, 0),
        ("null", 0),
        (r#""text with \"data\":{} inside""#, 0),
        (&format!(r#"{{"vehicle":{{"signals":[{deep},{deep}]}}}}"#), 2),
    ] {
        for message in [signed(data), packed(signed(data).as_bytes())] {
            let said = verify(message);
            said.is_verified();
            assert_eq!(said.line["signals"], signals, "{data:.80}");
        }
    }
}

#[test]
fn the_envelope_may_hold_anything_else_in_any_order() {
    let rest = &t1(T1_SIGNATURE, T1_DEVICE)[1..];
    for before in [
        r#"{"note":{"data":0,"signature":"0x","subject":"no"},"text":"\"data\":3","#,
        r#"{"\ud800":[[["data"]]],"id":null,"vehicleTokenId":42,"vehicleTokenID":42,"huge":1e999,"#,
        "\n { \"unknown\":[],\"unknown\":{}, \"compressedPayload\":null,",
    ] {
        verify(format!("{before}{rest}\n")).is_verified();
    }
    let reordered = format!(
        r#"{{"signature":"{T1_SIGNATURE}","d\u0061ta" : {T1_DATA} ,"subject":"\u0030x{}","type":7}}"#,
        &T1_DEVICE[2..]
    );
    let said = verify(reordered);
    said.is_verified();
    assert_eq!((&said.line["subject"], &said.line["type"]), (&json!(T1_DEVICE), &json!("7")));
}

#[test]
fn a_message_that_contradicts_itself_is_not_verified_whichever_half_is_signed() {
    let rest = &t1(T1_SIGNATURE, T1_DEVICE)[1..];
    for (twice, reason) in [
        (format!(r#"{{"data":{{}},{rest}"#), "data stands there twice"),
        (format!(r#"{{"d\u0061ta":{{}},{rest}"#), "data stands there twice"),
        (format!(r#"{{"subject":"{STRANGER}",{rest}"#), "subject stands there twice"),
        (format!(r#"{{"compressedPayload":"AAAA",{rest}"#), "compressedPayload stands beside data"),
    ] {
        verify(twice).is(1, reason);
    }
}

#[test]
fn what_is_no_message_is_unreadable() {
    let whole = packed(t1(T1_SIGNATURE, T1_DEVICE).as_bytes());
    let half_gzip = STANDARD.encode(&gzip(T2.as_bytes())[..60]);
    let cases: [&[u8]; 13] = [
        b"",
        b"\0\xFF\xFE",
        b"[]",
        b"7",
        b"null",
        b"{}",
        br#"{"subject":"0x","signature":"0x"}"#,
        br#"{"data":{"#,
        b"{\"data\":\"\xFF\"}",
        br#"{"compressedPayload":"*"}"#,
        br#"{"compressedPayload":"AAAA"}"#,
        &whole.as_bytes()[..whole.len() - 1],
        T2.strip_suffix('}').unwrap().as_bytes(),
    ];
    for case in cases {
        verify(case).is(2, "");
    }
    verify(format!(r#"{{"compressedPayload":"{half_gzip}"}}"#)).is(2, "gzip");
    // A payload in a payload is none.
    verify(packed(whole.as_bytes())).is(2, "there is no data");
    let binary = env!("CARGO_BIN_EXE_virtual-dongle");
    Said::of(&Command::new(binary).args(["verify", "/nowhere/message"]).output().unwrap()).is(2, "/nowhere");
}

#[test]
fn a_wrong_use_is_told_before_anything_is_read() {
    let binary = env!("CARGO_BIN_EXE_virtual-dongle");
    for wrong in [
        &["verify"] as &[&str],
        &["verify", "x", "--address", "0x12"],
        &["--interval-ms", "5", "verify", "x"],
        &["verify", "x", "--out", "y"],
    ] {
        let output = Command::new(binary).args(wrong).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{wrong:?}");
    }
}

/// Runs the program with so little address space that it could not go beyond 256 MB if it tried.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;

    const KIBIBYTES: usize = 256_000_000 / 1024;

    fn verify_confined(bytes: &[u8]) -> Said {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("message");
        fs::write(&file, bytes).unwrap();
        let script = format!(r#"ulimit -v {KIBIBYTES} && exec "$0" verify "$1""#);
        let binary = env!("CARGO_BIN_EXE_virtual-dongle");
        let output = Command::new("sh").args(["-c", &script, binary]).arg(file).output().unwrap();
        Said::of(&output)
    }

    #[test]
    fn a_decompression_bomb_ends_at_the_limit() {
        let bomb = packed(&vec![b' '; 1 << 30]);
        verify_confined(bomb.as_bytes()).is(2, "longer than 67108864 bytes");
        let many = gzip(&vec![b'['; 4 << 20]).repeat(1000);
        let members = format!(r#"{{"compressedPayload":"{}"}}"#, STANDARD.encode(many));
        verify_confined(members.as_bytes()).is(2, "longer than 67108864 bytes");
    }

    #[test]
    fn a_file_of_the_greatest_length_is_read_whatever_it_holds() {
        let whole = |text: String| {
            let spaces = " ".repeat((64 << 20) - text.len());
            text + &spaces
        };
        let signed = whole(signed(&format!(r#"{{"a":"{}"}}"#, "x".repeat(60 << 20))));
        verify_confined(signed.as_bytes()).is_verified();
        verify_confined(format!("{signed} ").as_bytes()).is(2, "longer than");
        verify_confined(packed(signed.as_bytes()).as_bytes()).is_verified();

        let nested = whole(format!(r#"{{"data":{}"#, "[".repeat(63 << 20)));
        verify_confined(nested.as_bytes()).is(2, "JSON");
        verify_confined(packed(nested.as_bytes()).as_bytes()).is(2, "JSON");

        let signals = "0,".repeat(30 << 20);
        let counted = format!(r#"{{"data":{{"vehicle":{{"signals":[{signals}0]}}}}}}"#);
        let said = verify_confined(counted.as_bytes());
        said.is(1, "there is no subject");
        assert_eq!(said.line["signals"], (30 << 20) + 1);

        // What an error message would print at three times its length.
        let text = format!("\"{}\"", "\u{ad}".repeat(30 << 20));
        verify_confined(text.as_bytes()).is(2, "object");
        for data in [
            text.clone(),
            format!(r#"{{"vehicle":{text}}}"#),
            format!(r#"{{"vehicle":{{"signals":{text}}}}}"#),
        ] {
            let said = verify_confined(format!(r#"{{"data":{data}}}"#).as_bytes());
            said.is(1, "there is no subject");
            assert_eq!(said.line["signals"], 0);
        }

        for field in ["subject", "signature", "type"] {
            let text = whole(format!(r#"{{"data":0,"{field}":"\n{}"}}"#, "x".repeat(60 << 20)));
            verify_confined(text.as_bytes()).is(1, "");
        }
        let escaped = format!(r#"{{"compressedPayload":"\/AAA{}"}}"#, "A".repeat(60 << 20));
        verify_confined(escaped.as_bytes()).is(2, "gzip");
    }
}
