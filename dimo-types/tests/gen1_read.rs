//! What the network's devices send, and what somebody hostile may.
#![cfg(feature = "json")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::io::Write;

use base64::Engine;
use dimo_types::wire::{
    Gen1DataError, Gen1FingerprintError, Gen1Limits, Gen1ParseError, Gen1Payload, Gen1Radio, Gen1State,
    Gen1Value, ReceivedEnvelope, received_json,
};
use dimo_types::{CanProtocol, Timestamp, VehicleNumberError, VinError};
use proptest::prelude::*;

/// The parse vector T2 (model-garage pkg/autopi/convert_cloudevent_test.go), in the order of fields it has there.
const T2: &str = r#"{"data":{"device":{"serial":"60d4af69-86e8-b790-02d3-c0a9dc4d6c8a","softwareVersion":"v1.0.0"},"timestamp":1732224181876,"vehicle":{"make":"MINI","model":"Countryman","signals":[{"name":"batteryVoltage","timestamp":1732224181876,"value":12.95}],"year":2018}},"signature":"0x67bdfbfce03ef7c6577a4a64de037db97d882ef158ee6d1b3adc96e0e58599b2508bb74f8780e102e0c50b7b30385ed6160aa8218c9793cb00fc8f8b355a966c1b","time":"2024-11-21T21:23:01.876617869Z","type":"com.dimo.device.status.v2","vehicleTokenId":1, "deviceTokenId": 2222}"#;

/// gzip and base64 by Python's standard library of `{"data":{"timestamp":1709656316768},"subject":"0x318F…"}` (vector T1).
const T1_PACKED: &str = "H4sIAAAAAAACAwXBSwqAIBAA0LvMuoU6zUd3UXQPGxMKgiCDILp7771QcsuQXmjbsV4tHyckLy4yMXoW1q+D61721RokcA96nQltdCJUS7Ul0oCic8EQdDLifghq7OH7AR9IJjdbAAAA";

fn parse(text: &str) -> Result<Gen1Payload, Gen1ParseError> {
    Gen1Payload::parse(text.as_bytes(), &Gen1Limits::default())
}

fn pack(json: &[u8]) -> String {
    wrap(&gzip_of(json))
}

fn gzip_of(json: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(json).unwrap();
    gzip.finish().unwrap()
}

fn wrap(bytes: &[u8]) -> String {
    format!(r#"{{"compressedPayload":"{}"}}"#, base64::engine::general_purpose::STANDARD.encode(bytes))
}

#[test]
fn a_real_status_message_gives_its_signals_and_the_signed_bytes() {
    for text in [T2.to_owned(), pack(T2.as_bytes())] {
        let payload = parse(&text).unwrap();
        let data = T2.split_once(r#","signature""#).unwrap().0.strip_prefix(r#"{"data":"#).unwrap();
        assert_eq!(payload.data_bytes(), data.as_bytes());
        assert_eq!(payload.subject(), None);
        assert_eq!(payload.vehicle(), Some("1"));
        assert_eq!(payload.time(), Some("2024-11-21T21:23:01.876617869Z"));
        assert!(payload.signature().unwrap().starts_with("0x67bdfbfc"));
        let signals = payload.signals().unwrap();
        assert_eq!(signals.len(), 1);
        assert_eq!(signals[0].name, "batteryVoltage");
        assert_eq!(signals[0].time, Timestamp::from_millis(1_732_224_181_876).ok());
        assert_eq!(signals[0].value, Gen1Value::Number("12.95"));
    }
}

#[test]
fn a_payload_packed_by_another_gzip_is_read() {
    let payload = parse(&format!(r#"{{"compressedPayload":"{T1_PACKED}"}}"#)).unwrap();
    assert_eq!(payload.data_bytes(), br#"{"timestamp":1709656316768}"#);
    assert_eq!(payload.subject(), Some("0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61"));
    assert_eq!(payload.signals(), Ok(vec![]));
}

#[test]
fn base64_with_escaped_slashes_is_read() {
    let text = pack(T2.as_bytes());
    assert!(text.contains('/'), "the vector has a slash to escape");
    assert_eq!(parse(&text.replace('/', "\\/")), parse(&text));
}

#[test]
fn base64_with_line_breaks_is_read_as_go_reads_it() {
    let text = pack(T2.as_bytes());
    let (start, end) = text.split_at(100);
    assert_eq!(parse(&format!("{start}\\r\\n{end}")), parse(&text));
    assert_eq!(parse(&format!("{start}\\t{end}")), Err(Gen1ParseError::NotBase64));
}

#[test]
fn a_key_with_half_of_a_surrogate_pair_is_unknown_not_wrong() {
    let payload = parse(r#"{"\ud800":1,"data":{"\udc00":2}}"#).unwrap();
    assert_eq!(payload.data_bytes(), br#"{"\udc00":2}"#);
}

#[test]
fn an_event_is_borrowed_with_its_source_and_both_kinds_of_data() {
    let json = br#"{"source":"0xAb","data_base64":"QQ\u003d=","x":{"data":1},"type":null,"subject":"s"}"#;
    let event = ReceivedEnvelope::parse(json).unwrap();
    assert_eq!((event.source().as_deref(), event.subject().as_deref()), (Some("0xAb"), Some("s")));
    assert_eq!((event.event_type(), event.signature(), event.data_bytes()), (None, None, None));
    assert_eq!(event.data_base64().as_deref(), Some("QQ=="));
    assert_eq!(event.data_base64_decoded().as_deref(), Some(b"A".as_slice()));
    assert_eq!(event.signal_count(), 0);
    let event = ReceivedEnvelope::parse(br#"{"data":null,"data_base64":"*"}"#).unwrap();
    assert_eq!((event.data_bytes(), event.data_base64_decoded()), (Some(b"null".as_slice()), None));
    for none in [b"{}".as_slice(), br#"{"data_base64":null}"#] {
        assert_eq!(ReceivedEnvelope::parse(none).err(), Some(Gen1ParseError::NoData));
    }
}

#[test]
fn an_event_has_as_many_signals_as_a_status_message() {
    for bytes in [T2.to_owned(), pack(T2.as_bytes())] {
        let json = received_json(bytes.as_bytes(), &Gen1Limits::default()).unwrap();
        let event = ReceivedEnvelope::parse(&json).unwrap();
        assert_eq!(event.signal_count(), parse(T2).unwrap().signals().unwrap().len());
        assert_eq!(event.data_bytes(), Some(parse(T2).unwrap().data_bytes()));
    }
    let twice = br#"{"data":{"vehicle":1,"vehicle":{"signals":[1],"signals":[{},2,null]}}}"#;
    assert_eq!(ReceivedEnvelope::parse(twice).unwrap().signal_count(), 3);
}

#[test]
fn data_is_kept_as_received_with_escapes_and_spaces() {
    let data = r#"{ "a" : "\u003ctag\u003e \u00e9 \ud83d\ude97" ,"b":1.0E+2 }"#;
    let payload = parse(&format!(r#"{{"subject":"\u0030xAb", "data" :  {data}  }}"#)).unwrap();
    assert_eq!(payload.data_bytes(), data.as_bytes());
    assert_eq!(payload.subject(), Some("0xAb"), "escapes in the envelope are resolved");
}

#[test]
fn a_nested_data_field_is_not_taken_for_the_signed_one() {
    let text = r#"{"x":{"data":1,"subject":"no"},"list":[{"data":2}],"text":"\"data\":3","data":4,"y":{"signature":"no"}}"#;
    let payload = parse(text).unwrap();
    assert_eq!(payload.data_bytes(), b"4");
    assert_eq!((payload.subject(), payload.signature()), (None, None));
}

#[test]
fn a_field_that_counts_must_not_stand_there_twice() {
    for field in
        ["data", "data_base64", "subject", "source", "signature", "type", "id", "time", "compressedPayload"]
    {
        let twice = format!(r#"{{"{field}":"a","{field}":"a"}}"#);
        assert_eq!(parse(&twice), Err(Gen1ParseError::Duplicate { field }), "{twice}");
    }
    let hidden = r#"{"data":1,"d\u0061ta":2}"#;
    assert_eq!(parse(hidden), Err(Gen1ParseError::Duplicate { field: "data" }));
    assert!(parse(r#"{"data":1,"other":1,"other":2}"#).is_ok(), "unknown fields do not count");
}

#[test]
fn the_vehicle_may_be_spelt_in_two_ways_but_not_contradict_itself() {
    for spelling in ["vehicleTokenId", "vehicleTokenID"] {
        let payload = parse(&format!(r#"{{"data":1,"{spelling}":"42"}}"#)).unwrap();
        assert_eq!(payload.vehicle(), Some("42"));
    }
    assert!(parse(r#"{"data":1,"vehicleTokenId":42,"vehicleTokenID":42}"#).is_ok());
    let contradiction = parse(r#"{"data":1,"vehicleTokenId":42,"vehicleTokenID":43}"#);
    assert_eq!(contradiction, Err(Gen1ParseError::Duplicate { field: "vehicleTokenId" }));
}

#[test]
fn null_is_absent_except_as_data() {
    let payload = parse(r#"{"subject":null,"signature":null,"compressedPayload":null,"data":null}"#).unwrap();
    assert_eq!(
        (payload.subject(), payload.signature(), payload.data_bytes()),
        (None, None, b"null".as_slice())
    );
    assert_eq!(payload.signals(), Ok(vec![]));
    assert_eq!(parse("{}"), Err(Gen1ParseError::NoData));
}

#[test]
fn a_field_of_another_type_is_handed_out_as_it_stands() {
    let payload = parse(r#"{"data":{},"signature":17,"subject":{"a":[1]}}"#).unwrap();
    assert_eq!((payload.signature(), payload.subject()), (Some("17"), Some(r#"{"a":[1]}"#)));
}

#[test]
fn every_kind_of_value_is_told_apart() {
    let signals = r#"[
        {"name":"n","timestamp":1700000000123,"value":1e400},
        {"name":"t","timestamp":null,"value":"\u003cé"},
        {"value":false,"timestamp":-1},
        {"name":null,"value":null,"timestamp":"1700000000123"},
        {"name":"o","value":{"latitude":1},"unknown":[[[]]]},
        {"name":"a","value":[1]},
        {}
    ]"#;
    let payload = parse(&format!(r#"{{"data":{{"vehicle":{{"signals":{signals}}}}}}}"#)).unwrap();
    let read = payload.signals().unwrap();
    let values: Vec<_> = read.iter().map(|signal| signal.value.clone()).collect();
    assert_eq!(
        values,
        [
            Gen1Value::Number("1e400"),
            Gen1Value::Text("<é".into()),
            Gen1Value::Bool(false),
            Gen1Value::Null,
            Gen1Value::Other(r#"{"latitude":1}"#),
            Gen1Value::Other("[1]"),
            Gen1Value::Null,
        ]
    );
    assert_eq!(values[0].as_f64(), Some(f64::INFINITY));
    assert_eq!(read[0].time.unwrap().as_millis(), 1_700_000_000_123);
    assert!(read[1..].iter().all(|signal| signal.time.is_none()));
    assert_eq!((read[2].name.as_ref(), read[3].name.as_ref()), ("", ""));
}

#[test]
fn data_of_another_shape_is_signed_all_the_same_but_has_no_signals() {
    for data in [r#"{"vehicle":{"signals":{}}}"#, r#"{"vehicle":7}"#, r#"{"vehicle":{"signals":[1]}}"#, "7"] {
        let payload = parse(&format!(r#"{{"data":{data}}}"#)).unwrap();
        assert_eq!(payload.data_bytes(), data.as_bytes());
        assert!(matches!(payload.signals(), Err(Gen1DataError::Shape { .. })), "{data}");
    }
}

#[test]
fn a_decompression_bomb_ends_at_the_limit() {
    let bomb = pack(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let limit = Gen1Limits::default().json_bytes;
    assert_eq!(parse(&bomb), Err(Gen1ParseError::TooLarge { limit }));
}

#[test]
fn the_limit_is_the_longest_payload_that_is_read() {
    let limits = |json_bytes| Gen1Limits { json_bytes, ..Gen1Limits::default() };
    let text = format!(r#"{{"data":"{}"}}"#, "a".repeat(10_000));
    for bytes in [text.clone(), pack(text.as_bytes())] {
        assert!(Gen1Payload::parse(bytes.as_bytes(), &limits(text.len())).is_ok());
        let limit = text.len() - 1;
        let refused = Gen1Payload::parse(bytes.as_bytes(), &limits(limit));
        assert_eq!(refused, Err(Gen1ParseError::TooLarge { limit }));
    }
}

#[test]
fn more_signals_than_the_limit_are_refused() {
    let text = r#"{"data":{"vehicle":{"signals":[{},{},{}]}}}"#;
    let read = |signals| {
        let limits = Gen1Limits { signals, ..Gen1Limits::default() };
        Gen1Payload::parse(text.as_bytes(), &limits).unwrap().signals().map(|list| list.len())
    };
    assert_eq!(read(3), Ok(3));
    assert_eq!(read(2), Err(Gen1DataError::TooMany { limit: 2 }));
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let deep = "[".repeat(1 << 20) + &"]".repeat(1 << 20);
    let payload = parse(&format!(r#"{{"data":{{"vehicle":{{"signals":[{{"value":{deep}}}]}}}}}}"#)).unwrap();
    assert_eq!(payload.signals().unwrap()[0].value, Gen1Value::Other(&deep));
}

#[test]
fn every_kind_of_damage_has_its_name() {
    for (text, error) in [
        (r#"{"compressedPayload":"*"}"#, Gen1ParseError::NotBase64),
        (r#"{"compressedPayload":5}"#, Gen1ParseError::NotBase64),
        (r#"{"compressedPayload":"\ud800"}"#, Gen1ParseError::NotBase64),
        (r#"{"compressedPayload":"AAAA"}"#, Gen1ParseError::NotGzip),
        (r#"{"compressedPayload":"AAAA","data":1}"#, Gen1ParseError::MixedForms { field: "data" }),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    for text in ["", "[]", "7", r#"{"data":"#, r#"{"data":1}x"#, "{\"data\":\"\u{1}\"}"] {
        assert!(matches!(parse(text), Err(Gen1ParseError::NotJson { .. })), "{text}");
    }
    let not_utf8 = Gen1Payload::parse(b"{\"data\":\"\xFF\"}", &Gen1Limits::default());
    assert!(matches!(not_utf8, Err(Gen1ParseError::NotJson { .. })));
    let trailing = [gzip_of(T2.as_bytes()), b"garbage".to_vec()].concat();
    assert_eq!(parse(&wrap(&trailing)), Err(Gen1ParseError::NotGzip));
    let cut = &gzip_of(T2.as_bytes())[..50];
    assert_eq!(parse(&wrap(cut)), Err(Gen1ParseError::NotGzip));
}

proptest! {
    #[test]
    fn no_bytes_panic_and_a_changed_message_never_keeps_other_data(
        position in 0..T2.len(),
        byte in any::<u8>(),
    ) {
        let mut bytes = T2.as_bytes().to_vec();
        bytes[position] = byte;
        if let Ok(payload) = Gen1Payload::parse(&bytes, &Gen1Limits::default()) {
            let found = bytes.windows(payload.data_bytes().len()).any(|window| window == payload.data_bytes());
            prop_assert!(found, "data is a piece of what was received");
            let event = ReceivedEnvelope::parse(&bytes).unwrap();
            prop_assert_eq!(event.data_bytes(), Some(payload.data_bytes()));
            if let Ok(signals) = payload.signals() {
                prop_assert_eq!(event.signal_count(), signals.len());
            }
            let _ = payload.signals();
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = parse(&text);
        let _ = parse(&pack(text.as_bytes()));
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused_wherever_it_stands() {
    let whole = br#"{"subject":"a","data":{"x":"b"},"y":"c","\u0064":1}"#;
    assert!(Gen1Payload::parse(whole, &Gen1Limits::default()).is_ok());
    for position in 0..=whole.len() {
        for bytes in [&b"\xFF"[..], b"\xC3", b"\xED\xA0\x80", b"\xF4\x90\x80\x80"] {
            let broken = [&whole[..position], bytes, &whole[position..]].concat();
            for sent in [broken.clone(), pack(&broken).into_bytes()] {
                let read = Gen1Payload::parse(&sent, &Gen1Limits::default());
                assert!(matches!(read, Err(Gen1ParseError::NotJson { .. })), "{position}");
            }
        }
    }
}

#[test]
fn huge_numbers_keep_their_digits_and_do_no_harm() {
    let digits = "9".repeat(100_000);
    let text = format!(
        r#"{{"vehicleTokenId":{digits},"x":-{digits}e-{digits},"data":{{"timestamp":{digits},"vehicle":{{"signals":[{{"name":"speed","timestamp":{digits},"value":-{digits}}}]}}}}}}"#
    );
    let payload = parse(&text).unwrap();
    assert_eq!(payload.vehicle(), Some(digits.as_str()));
    assert_eq!(payload.status().unwrap().time, None);
    let signals = payload.signals().unwrap();
    assert_eq!((signals[0].time, signals[0].value.as_f64()), (None, Some(f64::NEG_INFINITY)));
    assert!(signals[0].to_vss().all(|signal| signal.is_err()));
}

#[test]
fn a_name_that_stands_twice_inside_data_gives_no_signals_but_stays_signed() {
    for data in [
        r#"{"vehicle":{"signals":[]},"vehicle":{"signals":[{}]}}"#,
        r#"{"vehicle":{"signals":[],"signals":[{}]}}"#,
        r#"{"vehicle":{"signals":[{"name":"speed","value":1,"value":2}]}}"#,
        r#"{"vehicle":{"signals":[{"name":"speed","na\u006de":"rpm"}]}}"#,
    ] {
        let payload = parse(&format!(r#"{{"data":{data}}}"#)).unwrap();
        assert_eq!(payload.data_bytes(), data.as_bytes());
        assert!(matches!(payload.signals(), Err(Gen1DataError::Shape { .. })), "{data}");
    }
}

#[test]
fn fields_in_any_order_say_the_same() {
    let mut fields = [
        r#""id":"0o5Fs0EELR0fUjHjbCnEtdUwQe3""#,
        r#""subject":"0xAb""#,
        r#""time":"2024-11-21T21:23:01.876617869Z""#,
        r#""type":"com.dimo.device.status.v2""#,
        r#""vehicleTokenID":7"#,
        r#""data":{"a":"\u003c\u003e\u0026"}"#,
        r#""signature":"0x1b""#,
    ];
    let first = parse(&format!("{{{}}}", fields.join(","))).unwrap();
    assert_eq!(first.data_bytes(), br#"{"a":"\u003c\u003e\u0026"}"#, "as Go escapes them");
    for turn in 0..fields.len() {
        fields.rotate_left(1);
        fields.swap(turn, (3 * turn + 1) % 7);
        assert_eq!(parse(&format!("{{{}}}", fields.join(" , "))).unwrap(), first);
    }
}

/// The sample in the network's own test (edge-network internal/network/data_sender_test.go): an older status, without signals.
#[test]
fn a_status_of_an_older_device_is_read() {
    let text = r#"{"subject":"0x694C9A19e3644A9BFe1008857aeEd155F27b078e","signature":"","source":"aftermarket/device/status","data":{"rpiUptimeSecs":200,"batteryVoltage":13.6,"timestamp":1709140771210}}"#;
    let payload = parse(text).unwrap();
    let data = r#"{"rpiUptimeSecs":200,"batteryVoltage":13.6,"timestamp":1709140771210}"#;
    assert_eq!((payload.data_bytes(), payload.signature()), (data.as_bytes(), Some("")));
    assert_eq!(payload.subject(), Some("0x694C9A19e3644A9BFe1008857aeEd155F27b078e"));
    let status = payload.status().unwrap();
    assert_eq!(status.time, Timestamp::from_millis(1_709_140_771_210).ok());
    assert_eq!((status.device, payload.signals()), (Gen1State::default(), Ok(vec![])));
}

#[test]
fn trouble_codes_come_without_a_time() {
    let text = r#"{"data":{"vehicle":{"signals":[{"name":"obdDTCList","value":"P00BD,P0456"}]}}}"#;
    let payload = parse(text).unwrap();
    assert_eq!(payload.status().unwrap().time, None);
    let signals = payload.signals().unwrap();
    assert_eq!((signals[0].name.as_ref(), signals[0].time), ("obdDTCList", None));
    assert_eq!(signals[0].value, Gen1Value::Text("P00BD,P0456".into()));
}

#[test]
fn the_data_of_every_kind_may_have_nulls_and_unknown_fields_in_any_order() {
    let read = |data: &str| parse(&format!(r#"{{"data":{data}}}"#)).unwrap();
    let payload = read(r#"{"cell":null,"hdop":null,"data":{"timestamp":1},"timestamp":1700000000000}"#);
    let network = payload.network().unwrap();
    assert_eq!((network.location(), network.radio), (None, Gen1Radio::default()));
    let payload = read(
        r#"{"vin":"\u0031HGBH41JXMN109186","protocol":"06","device":null,"odometer":null,"softwareVersion":null,"timestamp":1700000000000}"#,
    );
    let fingerprint = payload.fingerprint().unwrap();
    let found = fingerprint.fingerprint().unwrap();
    assert_eq!(
        (found.vehicle.as_str(), found.protocol),
        ("1HGBH41JXMN109186", Some(CanProtocol::Can11Bit500))
    );
    assert_eq!((found.odometer_km, found.software_version), (None, ""));
    let payload =
        read(r#"{"errors":null,"message":"\u003cnil\u003e","vehicleTokenId":7,"timestamp":1700000000000}"#);
    let log = payload.log().unwrap();
    assert_eq!(
        (log.errors.len(), log.message.as_ref(), log.vehicle, log.level.as_ref()),
        (0, "<nil>", 7, "")
    );
    let payload = read(r#"{"payloadBase64":null,"timestamp":1700000000000}"#);
    assert_eq!(payload.can_dump().unwrap().payload, "");
}

#[test]
fn data_of_another_shape_is_refused_by_name() {
    let later_than_any_time = r#"{"timestamp":1e400}"#;
    for data in
        ["7", "null", "{}", r#"{"timestamp":"now"}"#, r#"{"timestamp":1,"timestamp":2}"#, later_than_any_time]
    {
        let payload = parse(&format!(r#"{{"data":{data}}}"#)).unwrap();
        let shape = |reason: Option<Gen1DataError>| {
            assert!(matches!(reason, Some(Gen1DataError::Shape { .. })), "{data}");
        };
        shape(payload.network().err());
        shape(payload.fingerprint().err());
        shape(payload.log().err());
        shape(payload.can_dump().err());
    }
}

#[test]
fn a_vehicle_that_did_not_tell_its_number_has_no_fingerprint() {
    for (vin, protocol, error) in [
        (
            "00000000000000000",
            "6",
            Gen1FingerprintError::Vehicle(VehicleNumberError::Vin(VinError::Placeholder)),
        ),
        ("1HGBH41JXMN109186", "K", Gen1FingerprintError::Protocol),
    ] {
        let text = format!(r#"{{"data":{{"timestamp":1,"vin":"{vin}","protocol":"{protocol}"}}}}"#);
        assert_eq!(parse(&text).unwrap().fingerprint().unwrap().fingerprint(), Err(error));
    }
}

#[test]
fn a_log_of_a_million_errors_gives_a_thousand() {
    let errors = vec!["\"\""; 1_000_000].join(",");
    let payload = parse(&format!(r#"{{"data":{{"timestamp":1,"errors":[{errors}]}}}}"#)).unwrap();
    assert_eq!(payload.log().unwrap().errors.len(), 1000);
}
