//! What a backend receives as a CloudEvent: read as it came, and held to the rules of the network's ingest server.
#![cfg(feature = "json")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod cloud_event_util;
mod util;

use cloud_event_util::{PRODUCER, SUBJECT, limits};
use dimo_types::wire::{
    CloudEventDataError, CloudEventLimits, CloudEventParseError, IngestFault, ReceivedCloudEvent,
    ReceivedValue, ServerResponse,
};
use dimo_types::{Timestamp, VehicleNumberError};

fn parse(json: &str) -> ReceivedCloudEvent {
    ReceivedCloudEvent::parse(json.as_bytes(), &limits()).unwrap()
}

fn parse_error(json: &str, limits: &CloudEventLimits) -> CloudEventParseError {
    ReceivedCloudEvent::parse(json.as_bytes(), limits).unwrap_err()
}

/// A message of our vehicle and device with more header `fields` (each with a comma behind) and `data`.
fn message(fields: &str, data: &str) -> String {
    format!(r#"{{{fields}"subject":"{SUBJECT}","producer":"{PRODUCER}","data":{data}}}"#)
}

fn now() -> Timestamp {
    "2024-12-01T16:00:00Z".parse().unwrap()
}

fn faults(fields: &str, data: &str) -> Vec<IngestFault> {
    parse(&message(fields, data)).ingest_faults(now())
}

/// The faults of one signal with this name and this value.
fn faults_of(name: &str, value: &str) -> Vec<IngestFault> {
    let entry = format!(r#"{{"name":"{name}","timestamp":"2024-12-01T15:31:12Z","value":{value}}}"#);
    faults("", &format!(r#"{{"signals":[{entry}]}}"#))
}

/// The message of model-garage's own test of the default module (pkg/defaultmodule/module_test.go).
const SAMPLE: &str = r#"{
    "id": "2pcYwspbaBFJ7NPGZ2kivkuJ12a",
    "source": "0x1234567890123456789012345678901234567890",
    "producer": "did:erc721:80003:0x78513c8CB4D6B6079f813850376bc9c7fc8aE67f:12",
    "specversion": "1.0",
    "subject": "did:erc721:80003:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:15",
    "time": "2024-12-01T15:31:12.378075897Z",
    "type": "dimo.status",
    "signature": "0x22cca92bb6a16fed01def56d02541427633ff82552bc8c5c2da2fffd69c4436927b256ab0f1352e584deb5394fff2f979699f206691f73fffee547cee1431c",
    "data": {
        "signals": [
            {"name": "speed", "value": 100, "timestamp": "2024-12-01T15:31:12.378075897Z"}
        ],
        "vin": "HYBRID"
    }
}"#;

#[test]
fn the_network_s_own_sample_is_read_with_data_byte_for_byte() {
    let event = parse(SAMPLE);
    assert_eq!(event.id(), Some("2pcYwspbaBFJ7NPGZ2kivkuJ12a"));
    assert_eq!(event.source(), Some("0x1234567890123456789012345678901234567890"));
    assert_eq!(event.event_type(), Some("dimo.status"));
    assert_eq!(event.spec_version(), Some("1.0"));
    assert_eq!(event.time(), Some("2024-12-01T15:31:12.378075897Z"));
    assert_eq!((event.content_type(), event.data_schema(), event.data_version()), (None, None, None));
    assert!(event.signature().unwrap().starts_with("0x22cca92b"));
    assert!(event.extras().is_empty());
    let start = SAMPLE.find(r#""data": "#).unwrap() + 8;
    assert_eq!(event.data_bytes(), Some(&SAMPLE.as_bytes()[start..SAMPLE.len() - 2]));
    let data = event.data().unwrap();
    assert_eq!(data.vin.as_deref(), Some("HYBRID"));
    assert_eq!((data.signals.len(), data.events.len(), data.extras.len()), (1, 0, 0));
    assert_eq!(data.signals[0].value.as_f64(), Some(100.0));
    assert_eq!(data.signals[0].time(), "2024-12-01T15:31:12.378075Z".parse().ok());
    // Its VIN is none, the rest is as the server wants it.
    let faults = event.ingest_faults(now());
    assert!(matches!(faults[..], [IngestFault::VehicleNumber(VehicleNumberError::Vin(_))]), "{faults:?}");
    assert_eq!(faults[0].response(), ServerResponse::DropsPart);
}

#[test]
fn the_sample_of_the_server_s_readme_has_an_event_that_the_server_does_not_know() {
    let data = r#"{"signals":[
        {"name":"powertrainTransmissionTravelledDistance","timestamp":"2024-12-01T12:00:00Z","value":12345.67},
        {"name":"speed","timestamp":"2024-12-01T12:01:00Z","value":55},
        {"name":"powertrainType","timestamp":"2024-12-01T12:03:00Z","value":"COMBUSTION"}],
        "vin":"1GGCM82633A123456",
        "events":[{"name":"tripStart","timestamp":"2024-12-01T12:00:00Z","metadata":"{\"ignition\":1}"}]}"#;
    let fields = r#""datacontenttype":"application/json","dataversion":"default/v1.0","#;
    assert_eq!(faults(fields, data), [IngestFault::UnknownEvent { position: 0, name: "tripStart".into() }]);
}

#[test]
fn unknown_fields_are_kept_at_every_level_even_when_they_contain_data() {
    let json = format!(
        r#"{{"traceparent":{{"data":[1, 2]}},"producer":"{PRODUCER}","dat\u0061":{{"x":{{"signals":0}},"signals":[{{"name":"speed","quality":"good"}}]}},"subject":"{SUBJECT}"}}"#
    );
    let event = parse(&json);
    assert_eq!(event.extras(), [("traceparent".to_owned(), r#"{"data":[1, 2]}"#.to_owned())]);
    let data = event.data().unwrap();
    assert_eq!((data.extras[0].0.as_ref(), data.extras[0].1), ("x", r#"{"signals":0}"#));
    assert_eq!(data.signals[0].json, r#"{"name":"speed","quality":"good"}"#);
    assert_eq!((&data.signals[0].timestamp, &data.signals[0].value), (&None, &ReceivedValue::Null));
}

#[test]
fn escapes_unicode_and_null_are_read_as_what_they_mean() {
    let event = parse(
        r#"{"id":"\u0061é","subject":null,"signature":null,"data":{"vin":null,"signals":null,"events":[
        {"name":"a\u003cb","timestamp":null,"durationNs":5,"metadata":null,"tags":["x\n"]}]}}"#,
    );
    assert_eq!((event.id(), event.subject(), event.signature()), (Some("aé"), None, None));
    let data = event.data().unwrap();
    assert_eq!((data.vin, data.signals.len()), (None, 0));
    let [event] = &data.events[..] else { panic!("one event") };
    assert_eq!((event.name.as_ref(), event.duration_ns, event.time()), ("a<b", Some(5), None));
    assert_eq!(event.tags, ["x\n"]);
}

#[test]
fn an_attestation_is_read_with_what_its_signature_covers() {
    // The event of dis' own test (internal/processors/cloudeventconvert), its data as signed there.
    let data = concat!(
        r#"{"subject":"did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005","insured":true,"#,
        r#""provider":"State Farm","coverageStartDate":1744751357,"expirationDate":1807822654,"#,
        r#""policyNumber":"SF-12345678"}"#,
    );
    let json = format!(
        r#"{{"type":"dimo.attestation","source":"0x07B584f6a7125491C991ca2a45ab9e641B1CeE1b","data":{data}}}"#
    );
    let event = parse(&json);
    assert_eq!(event.event_type(), Some("dimo.attestation"));
    assert_eq!(event.data_bytes(), Some(data.as_bytes()));
    let document =
        parse(r#"{"type":"dimo.attestation","datacontenttype":"application/pdf","data_base64":"JVBERg=="}"#);
    assert_eq!((document.data_bytes(), document.data_base64()), (None, Some("JVBERg==")));
    assert_eq!(document.data(), Err(CloudEventDataError::Base64));
}

#[test]
fn a_field_that_is_read_must_not_stand_there_twice() {
    for field in ["id", "subject", "data", "signature"] {
        let json = format!(r#"{{"{field}":1,"data":0,"{field}":1}}"#);
        assert_eq!(parse_error(&json, &limits()), CloudEventParseError::Duplicate { field });
    }
    for field in ["vin", "signals", "events"] {
        let event = parse(&format!(r#"{{"data":{{"{field}":[],"{field}":[]}}}}"#));
        assert_eq!(event.data(), Err(CloudEventDataError::Duplicate { field }));
    }
    let twice = parse(r#"{"data":{"signals":[{"name":"speed","name":"speed"}]}}"#);
    assert!(matches!(twice.data(), Err(CloudEventDataError::Shape { part: "data.signals", .. })));
}

#[test]
fn bytes_without_one_json_object_and_one_data_are_refused() {
    for json in ["", "{", "[]", "1", "{\"data\":0}x", "{\"data\":0,}", "null"] {
        assert!(matches!(parse_error(json, &limits()), CloudEventParseError::NotJson { .. }), "{json}");
    }
    let latin = ReceivedCloudEvent::parse(b"{\"data\":\"\xE9\"}", &limits()).unwrap_err();
    assert!(matches!(latin, CloudEventParseError::NotJson { .. }));
    assert_eq!(parse_error("{}", &limits()), CloudEventParseError::NoData);
    let both = r#"{"data":0,"data_base64":""}"#;
    assert_eq!(parse_error(both, &limits()), CloudEventParseError::BothForms);
    assert_eq!(parse(r#"{"data":null}"#).data_bytes(), Some(b"null".as_slice()));
}

#[test]
fn data_of_another_shape_is_an_error_and_a_fault_and_its_bytes_are_there_all_the_same() {
    for (data, part) in [
        ("1", "data"),
        ("[]", "data"),
        (r#""not an object""#, "data"),
        (r#"{"signals":{}}"#, "data.signals"),
        (r#"{"signals":[1]}"#, "data.signals"),
        (r#"{"signals":[null]}"#, "data.signals"),
        (r#"{"signals":[{"name":1}]}"#, "data.signals"),
        (r#"{"signals":[{"timestamp":1709656316768}]}"#, "data.signals"),
        (r#"{"events":[{"durationNs":-1}]}"#, "data.events"),
        (r#"{"events":[{"durationNs":1.5}]}"#, "data.events"),
        (r#"{"events":[{"metadata":{}}]}"#, "data.events"),
        (r#"{"events":[{"tags":"city"}]}"#, "data.events"),
    ] {
        let event = parse(&message("", data));
        assert_eq!(event.data_bytes(), Some(data.as_bytes()));
        let Err(CloudEventDataError::Shape { part: found, .. }) = event.data() else { panic!("{data}") };
        assert_eq!(found, part, "{data}");
        let faults = event.ingest_faults(now());
        assert!(matches!(faults[..], [IngestFault::Shape { .. }]), "{faults:?}");
        assert_eq!(faults[0].response(), ServerResponse::DropsList);
    }
}

#[test]
fn limits_hold_to_the_byte_the_level_the_entry_and_the_field() {
    let json = r#"{"a":1,"b":2,"data":{"c":0,"signals":[{},{}],"events":[{"tags":["x","y","z"]}]}}"#;
    let exact = CloudEventLimits { json_bytes: json.len(), entries: 3, extras: 2, nesting: 5 };
    assert!(ReceivedCloudEvent::parse(json.as_bytes(), &exact).unwrap().data().is_ok());
    let tight = CloudEventLimits { json_bytes: json.len() - 1, ..exact };
    assert_eq!(parse_error(json, &tight), CloudEventParseError::TooLarge { limit: json.len() - 1 });
    let tight = CloudEventLimits { nesting: 4, ..exact };
    assert_eq!(parse_error(json, &tight), CloudEventParseError::TooDeep { limit: 4 });
    let tight = CloudEventLimits { extras: 1, ..exact };
    assert_eq!(parse_error(json, &tight), CloudEventParseError::TooManyExtras { limit: 1 });
    let data = |limits: &CloudEventLimits| {
        ReceivedCloudEvent::parse(json.as_bytes(), limits).unwrap().data().map(|_| ()).unwrap_err()
    };
    let tight = CloudEventLimits { entries: 1, ..exact };
    assert_eq!(data(&tight), CloudEventDataError::TooMany { part: "data.signals", limit: 1 });
    let tight = CloudEventLimits { entries: 2, ..exact };
    assert!(matches!(data(&tight), CloudEventDataError::Shape { part: "data.events", .. }));
}

#[test]
fn hostile_depth_and_numbers_of_fields_and_tags_end_in_an_error() {
    let deep = format!(r#"{{"data":{}0{}}}"#, "[".repeat(500_000), "]".repeat(500_000));
    assert_eq!(parse_error(&deep, &limits()), CloudEventParseError::TooDeep { limit: 32 });
    // Whoever allows the depth gets no stack overflow either.
    let allowed = CloudEventLimits { nesting: usize::MAX, extras: usize::MAX, ..limits() };
    assert!(ReceivedCloudEvent::parse(deep.as_bytes(), &allowed).unwrap().data().is_err());
    let fields: String = (0..5000).map(|field| format!(r#""f{field}":0,"#)).collect();
    let many = format!(r#"{{{fields}"data":0}}"#);
    assert_eq!(parse_error(&many, &limits()), CloudEventParseError::TooManyExtras { limit: 256 });
    assert!(matches!(parse_error(&many, &allowed), CloudEventParseError::TooManyExtras { .. }));
    let many = parse(&format!(r#"{{"data":{{{fields}"vin":"x"}}}}"#));
    assert_eq!(many.data(), Err(CloudEventDataError::TooMany { part: "data", limit: 256 }));
    let tags = parse(&format!(r#"{{"data":{{"events":[{{"tags":["x"{}]}}]}}}}"#, r#","x""#.repeat(1024)));
    assert!(matches!(tags.data(), Err(CloudEventDataError::Shape { part: "data.events", .. })));
}

const SPEED: &str = r#"{"signals":[{"name":"speed","timestamp":"2024-12-01T15:31:12Z","value":1}]}"#;

#[test]
fn a_header_field_outside_the_server_s_characters_costs_the_whole_message() {
    for field in ["id", "specversion", "dataschema", "dataversion"] {
        for (value, wrong) in
            [("a-Z_0/9,. :", false), ("", false), ("a+b", true), ("é", true), ("a\\n", true)]
        {
            let expected: &[_] = if wrong { &[IngestFault::Characters { field }] } else { &[] };
            assert_eq!(faults(&format!(r#""{field}":"{value}","#), SPEED), expected, "{field} {value}");
        }
    }
    assert_eq!(IngestFault::Characters { field: "id" }.response(), ServerResponse::RejectsMessage);
    // The server puts its own values there.
    assert_eq!(faults(r#""source":"?","type":"?","#, SPEED), []);
}

#[test]
fn data_is_json_or_the_whole_message_is_refused() {
    for wrong in ["text/plain", "image/png", "application/json; charset=utf-8", "Application/JSON"] {
        let expected = IngestFault::ContentType { found: wrong.into() };
        assert_eq!(expected.response(), ServerResponse::RejectsMessage);
        assert_eq!(faults(&format!(r#""datacontenttype":"{wrong}","#), SPEED), [expected]);
    }
}

#[test]
fn a_header_of_more_than_8192_bytes_costs_the_whole_message() {
    let found = |len: usize| faults(&format!(r#""comment":"{}","#, "x".repeat(len)), SPEED);
    assert_eq!(found(7900), []);
    let [IngestFault::HeaderTooLarge { bytes }] = found(8192)[..] else { panic!("too large") };
    assert!(bytes > 8192 + 100);
    // The server writes each of these with six bytes.
    let found = faults(&format!(r#""comment":"{}","#, "<".repeat(1500)), SPEED);
    assert!(matches!(found[..], [IngestFault::HeaderTooLarge { .. }]), "{found:?}");
}

#[test]
fn a_time_that_is_none_costs_the_whole_message_and_in_an_entry_its_list() {
    for wrong in ["", "yesterday", "2024-12-01", "2024-12-01 15:31:12Z", "1733067072", "2024-13-01T00:00:00Z"]
    {
        assert_eq!(faults(&format!(r#""time":"{wrong}","#), SPEED), [IngestFault::EventTime], "{wrong}");
        let data = format!(r#"{{"signals":[{{"name":"speed","timestamp":"{wrong}","value":1}}]}}"#);
        let expected = IngestFault::PartTime { list: "signal", position: 0 };
        assert_eq!(expected.response(), ServerResponse::DropsList);
        assert_eq!(faults("", &data), [expected]);
        let data = format!(r#"{{"events":[{{"name":"safety.collision","timestamp":"{wrong}"}}]}}"#);
        assert_eq!(faults("", &data), [IngestFault::PartTime { list: "event", position: 0 }]);
    }
    assert_eq!(faults(r#""time":"2024-12-01T16:31:12+01:00","#, SPEED), []);
}

#[test]
fn an_entry_without_a_time_is_noticed() {
    let signal = IngestFault::NoSignalTime { position: 0 };
    assert_eq!(signal.response(), ServerResponse::Misleads);
    assert_eq!(faults("", r#"{"signals":[{"name":"speed","value":1}]}"#), [signal]);
    let event = IngestFault::NoEventTime { position: 0 };
    assert_eq!(event.response(), ServerResponse::DropsPart);
    assert_eq!(faults("", r#"{"events":[{"name":"safety.collision"}]}"#), [event]);
}

#[test]
fn a_message_that_carries_nothing_is_of_no_type_that_the_server_takes() {
    for data in ["{}", r#"{"signals":[]}"#, r#"{"signals":[],"events":[],"x":1}"#] {
        assert_eq!(faults("", data), [IngestFault::NoContent]);
    }
    assert_eq!(IngestFault::NoContent.response(), ServerResponse::RejectsMessage);
}

#[test]
fn subject_and_producer_are_dids_of_tokens_canonical_or_legacy_in_any_letter_case() {
    let found = |subject: &str, producer: &str| {
        let json = format!(r#"{{"subject":{subject},"producer":{producer},"data":{SPEED}}}"#);
        parse(&json).ingest_faults(now())
    };
    let vehicle = "\"did:nft:137:0xba5738a18d83d41847dffbdc6101d37c69c9b0cf_1337\"";
    let device = format!("\"{PRODUCER}\"");
    assert_eq!(found(vehicle, &device), []);
    let account = "\"did:ethr:137:0x2A82163EB20f272efEa5cdAE000D87fEf79590eE\"";
    for wrong in [account, "\"0x2A82163EB20f272efEa5cdAE000D87fEf79590eE\"", "\"did:erc721:1\""] {
        assert_eq!(found(wrong, &device), [IngestFault::Subject], "{wrong}");
        assert_eq!(found(vehicle, wrong), [IngestFault::Producer], "{wrong}");
    }
    // The same token in two spellings; and no subject at all.
    for subject in [&device, &format!("\"{}\"", PRODUCER.to_lowercase()), "null", "\"\""] {
        assert_eq!(found(subject, &device), [IngestFault::SubjectIsProducer], "{subject}");
    }
    assert_eq!(found("null", "null"), [IngestFault::Producer, IngestFault::Subject]);
    assert_eq!(IngestFault::Producer.response(), ServerResponse::Misleads);
    assert_eq!(IngestFault::Subject.response(), ServerResponse::DropsList);
}

#[test]
fn a_number_signal_takes_numbers_and_texts_that_are_numbers_and_no_states() {
    for value in ["1", "-0.5", "1e3", "\"102\"", "\"1e-3\"", "0"] {
        assert_eq!(faults_of("speed", value), [], "{value}");
    }
    let name = || String::from("speed");
    for value in ["true", "false", "\"fast\"", "\"\"", "{}", "[1]", "{\"latitude\":1}"] {
        assert_eq!(
            faults_of("speed", value),
            [IngestFault::NotANumber { position: 0, name: name() }],
            "{value}"
        );
    }
    assert_eq!(faults_of("speed", "null"), [IngestFault::NoValue { position: 0, name: name() }]);
    let huge = IngestFault::NumberTooLarge { position: 0, name: name() };
    assert_eq!(huge.response(), ServerResponse::DropsList);
    assert_eq!(faults_of("speed", "-1e999"), std::slice::from_ref(&huge));
    assert_eq!(faults_of("speed", &"9".repeat(400)), [huge]);
}

#[test]
fn a_text_signal_takes_texts_and_a_list_signal_a_json_array_of_them() {
    let name = || String::from("powertrainType");
    assert_eq!(faults_of("powertrainType", "\"ELECTRIC\""), []);
    for value in ["1", "true", "{}", "[\"ELECTRIC\"]"] {
        assert_eq!(faults_of("powertrainType", value), [IngestFault::NotAText { position: 0, name: name() }]);
    }
    assert_eq!(faults_of("obdDTCList", r#""[\"P00BD\",\"P0456\",\"P0446\"]""#), []);
    let expected = IngestFault::NotAList { position: 0, name: "obdDTCList".into() };
    assert_eq!(expected.response(), ServerResponse::Misleads);
    assert_eq!(faults_of("obdDTCList", "\"P00BD,P0456\""), [expected]);
}

#[test]
fn a_position_is_an_object_of_numbers_on_the_globe_and_not_its_origin() {
    let name = || String::from("currentLocationCoordinates");
    let found = |value| faults_of("currentLocationCoordinates", value);
    assert_eq!(found(r#"{"latitude":52.5,"longitude":13.25,"hdop":0.9,"heading":90}"#), []);
    assert_eq!(found(r#"{"latitude":52.5}"#), []);
    for value in
        ["1", "\"52.5,13.25\"", "[52.5,13.25]", r#"{"latitude":"52.5"}"#, r#"{"latitude":1,"hdop":true}"#]
    {
        assert_eq!(found(value), [IngestFault::NotALocation { position: 0, name: name() }], "{value}");
    }
    for value in [r#"{"latitude":0,"longitude":-0.0}"#, "{}"] {
        assert_eq!(found(value), [IngestFault::Origin { position: 0, name: name() }], "{value}");
    }
    let off = IngestFault::OffGlobe { position: 0, name: name() };
    assert_eq!(found(r#"{"latitude":91,"longitude":0}"#), [off]);
}

#[test]
fn a_name_outside_the_catalogue_is_dropped() {
    let expected = IngestFault::UnknownSignal { position: 0, name: "currentLocationLatitude".into() };
    assert_eq!(expected.response(), ServerResponse::DropsPart);
    assert_eq!(faults_of("currentLocationLatitude", "52.5"), [expected]);
}

#[test]
fn a_signal_more_than_five_minutes_ahead_of_the_server_is_dropped() {
    let at = |time: &str| {
        faults("", &format!(r#"{{"signals":[{{"name":"speed","timestamp":"{time}","value":1}}]}}"#))
    };
    assert_eq!(at("2024-12-01T16:05:00Z"), []);
    let time = "2024-12-01T16:05:00.000001Z";
    let expected = IngestFault::Future { position: 0, name: "speed".into(), time: time.parse().unwrap() };
    assert_eq!(at(time), [expected]);
}

#[test]
fn one_of_two_values_of_a_signal_at_one_time_is_dropped_to_the_nanosecond_and_in_any_time_zone() {
    let found = |first: &str, second: &str| {
        faults(
            "",
            &format!(
                r#"{{"signals":[{{"name":"speed","timestamp":"{first}","value":1}},{{"name":"speed","timestamp":"{second}","value":2}}]}}"#
            ),
        )
    };
    let twice = [IngestFault::DuplicateSignal { position: 1, name: "speed".into() }];
    assert_eq!(found("2024-12-01T15:31:12.378075897Z", "2024-12-01T15:31:12.378075897Z"), twice);
    assert_eq!(found("2024-12-01T15:31:12Z", "2024-12-01T16:31:12.000+01:00"), twice);
    assert_eq!(found("2024-12-01T15:31:12.378075897Z", "2024-12-01T15:31:12.378075898Z"), []);
}

#[test]
fn an_event_has_a_known_name_metadata_of_json_and_tags_in_lower_case() {
    let found = |fields: &str| {
        faults("", &format!(r#"{{"events":[{{"timestamp":"2024-12-01T15:31:12Z",{fields}}}]}}"#))
    };
    for name in dimo_types::VehicleEventName::ALL {
        assert_eq!(found(&format!(r#""name":"{name}","durationNs":7,"metadata":"{{}}","tags":["a1"]"#)), []);
    }
    let unknown = |name: &str| [IngestFault::UnknownEvent { position: 0, name: name.into() }];
    assert_eq!(found(r#""name":"harsh_braking""#), unknown("harsh_braking"));
    assert_eq!(found(r#""name":"""#), unknown(""));
    let metadata = [IngestFault::Metadata { position: 0 }];
    assert_eq!(found(r#""name":"safety.collision","metadata":"{""#), metadata);
    assert_eq!(found(r#""name":"safety.collision","metadata":"""#), []);
    let tag = [IngestFault::Tag { position: 0, tag: "City".into() }];
    assert_eq!(found(r#""name":"safety.collision","tags":["a","City"]"#), tag);
}

#[test]
fn a_vin_or_a_chassis_number_of_the_japanese_market_makes_a_fingerprint() {
    for good in ["1GGCM82633A123456", "ZVW30-1234567"] {
        assert_eq!(faults("", &format!(r#"{{"vin":"{good}"}}"#)), [], "{good}");
    }
    for wrong in ["\"HYBRID\"", "\"\"", "12345678901234567", "\"00000000000000000\""] {
        let found = faults("", &format!(r#"{{"vin":{wrong}}}"#));
        let numbers_are_vins = wrong.starts_with('1');
        assert_eq!(found.is_empty(), numbers_are_vins, "{wrong}: {found:?}");
    }
}
