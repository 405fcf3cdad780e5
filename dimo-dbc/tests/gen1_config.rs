//! The network's documents: JSON and protobuf give the same, and what cannot be is refused.
#![cfg(feature = "gen1")]
#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

use dimo_dbc::gen1::{
    ConfigError, ConfigUrls, DeviceSettings, FlowControl, FormulaError, Interval, PidTable, RequestError,
    wire,
};
use dimo_types::CanProtocol;
use proptest::prelude::*;
use prost::Message;

/// Written by Google's protobuf from the network's schema.
const SETTINGS: (&str, &str) = (
    "0a017415000038411d3333434125000061452d0000f0413500c0a8463d0000e14545cdcc4c414dcdcc5441550000003f",
    r#"{"template_name": "t", "battery_critical_level_voltage": 11.5, "safety_cut_out_voltage": 12.2,
    "sleep_timer_event_driven_interval_secs": 3600.0, "sleep_timer_event_driven_period_secs": 30.0,
    "sleep_timer_inactivity_after_sleep_secs": 21600.0, "sleep_timer_inactivity_fallback_interval_secs": 7200.0,
    "wake_trigger_voltage_level": 12.8, "min_voltage_obd_loggers": 13.3, "location_frequency_secs": 0.5}"#,
);
const PIDS: (&str, &str) = (
    "0a0174120676312e302e321a510a086f646f6d6574657210e00f18222081ba032a246462633a2033397c323440302b2028312c3029\
    205b307c323135303030305d20226b6d22303c3a0943414e31315f35303040014a073765302c3765311a160a0376696e180920022a\
    08707974686f6e3a783a0137",
    r#"{"template_name": "t", "version": "v1.0.2", "requests": [{"name": "odometer", "header": 2016, "mode": 34,
    "pid": 56577, "formula": "dbc: 39|24@0+ (1,0) [0|2150000] \"km\"", "interval_seconds": 60,
    "protocol": "CAN11_500", "can_flow_control_clear": true, "can_flow_control_id_pair": "7e0,7e1"},
    {"name": "vin", "mode": 9, "pid": 2, "formula": "python:x", "protocol": "7"}]}"#,
);

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn settings_are_the_same_in_json_and_protobuf() {
    let settings = DeviceSettings::from_protobuf(&bytes(SETTINGS.0)).unwrap();
    assert_eq!(DeviceSettings::from_json(SETTINGS.1.as_bytes()).unwrap(), settings);
    assert_eq!(
        (settings.battery_critical_mv, settings.cut_out_mv, settings.wake_mv, settings.min_request_mv),
        (Some(11_500), Some(12_200), Some(12_800), Some(13_300))
    );
    assert_eq!(
        (settings.event_driven_interval_ms, settings.event_driven_period_ms),
        (Some(3_600_000), Some(30_000))
    );
    assert_eq!(
        (settings.inactivity_after_sleep_ms, settings.inactivity_fallback_ms, settings.location_interval_ms),
        (Some(21_600_000), Some(7_200_000), Some(500))
    );
    assert_eq!(settings.template, "t");
}

#[test]
fn requests_are_the_same_in_json_and_protobuf() {
    let table = PidTable::from_protobuf(&bytes(PIDS.0)).unwrap();
    assert_eq!(PidTable::from_json(PIDS.1.as_bytes()).unwrap(), table);
    assert_eq!((table.template.as_str(), table.version.as_str()), ("t", "v1.0.2"));
    let [odometer] = &table.requests[..] else { unreachable!() };
    assert_eq!((odometer.name.as_str(), odometer.mode, odometer.pid), ("odometer", 0x22, 0xDD01));
    assert_eq!((odometer.request.number(), odometer.response.number()), (0x7E0, 0x7E1));
    assert_eq!(odometer.interval, Interval::Seconds(60.try_into().unwrap()));
    assert_eq!(
        (odometer.protocol, odometer.flow_control),
        (Some(CanProtocol::Can11Bit500), FlowControl::Clear)
    );
    let answer = [0x06, 0x62, 0xDD, 0x01, 0x00, 0x3F, 0x5A, 0xCC];
    assert_eq!(odometer.formula.evaluate(&answer).unwrap().as_f64(), Some(16218.0));
    let [vin] = &table.rejected[..] else { unreachable!() };
    assert_eq!((vin.index, vin.config.name.as_str()), (1, "vin"));
    assert_eq!(vin.reason, RequestError::Formula(FormulaError::Python));
    assert_eq!(
        vin.to_string(),
        "request 1 (vin): python: formulas are programs and are not run; a dbc: formula is needed"
    );
}

#[test]
fn the_wire_forms_write_what_they_read() {
    let setting = wire::DeviceSetting::decode(&bytes(SETTINGS.0)[..]).unwrap();
    assert_eq!(setting.encode_to_vec(), bytes(SETTINGS.0));
    let json: serde_json::Value = serde_json::from_str(SETTINGS.1).unwrap();
    let written: serde_json::Value = serde_json::from_str(&serde_json::to_string(&setting).unwrap()).unwrap();
    assert_eq!(written["location_frequency_secs"], json["location_frequency_secs"]);
    let pids = wire::PidRequests::decode(&bytes(PIDS.0)[..]).unwrap();
    assert_eq!(pids.encode_to_vec(), bytes(PIDS.0));
    let json: serde_json::Value = serde_json::from_str(PIDS.1).unwrap();
    assert_eq!(serde_json::to_value(&pids).unwrap(), json); // the same fields, and zeros left out
}

#[test]
fn both_spellings_of_the_sleep_field_are_read() {
    let after_sleep =
        |json: &str| DeviceSettings::from_json(json.as_bytes()).unwrap().inactivity_after_sleep_ms;
    assert_eq!(after_sleep(r#"{"sleep_timer_inactivity_after_sleep_secs":21600}"#), Some(21_600_000));
    assert_eq!(
        after_sleep(r#"{"sleep_timer_inactivity_after_sleep_interval_secs":21600}"#),
        Some(21_600_000)
    );
    let both = r#"{"sleep_timer_inactivity_after_sleep_interval_secs":1,"sleep_timer_inactivity_after_sleep_secs":2}"#;
    assert_eq!(after_sleep(both), Some(2_000));
    assert_eq!(after_sleep("{}"), None);
}

#[test]
fn absent_and_unknown_fields_are_fine() {
    assert_eq!(DeviceSettings::from_json(br#"{"new_field":[1]}"#), Ok(DeviceSettings::default()));
    assert_eq!(DeviceSettings::from_protobuf(&[]), Ok(DeviceSettings::default()));
    assert_eq!(PidTable::from_json(b"{}"), Ok(PidTable::default()));
    assert_eq!(PidTable::from_protobuf(&[0xA2, 0x06, 0x01, b'x']), Ok(PidTable::default())); // field 100
}

#[test]
fn a_value_that_cannot_be_true_names_its_field() {
    for value in [-1.0, f32::NAN, f32::INFINITY, 1e-6, 1e9] {
        let wrong = wire::DeviceSetting { wake_trigger_voltage_level: value, ..Default::default() };
        match DeviceSettings::from_protobuf(&wrong.encode_to_vec()) {
            Err(ConfigError::Setting { field: "wake_trigger_voltage_level", value: named }) => {
                assert_eq!(named.to_bits(), value.to_bits());
            }
            other => unreachable!("{value}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_document_is_refused() {
    // Serde alone would read lists as fields in order, and an empty list as a document without any.
    assert!(matches!(PidTable::from_json(b"[]"), Err(ConfigError::Json { .. })));
    assert!(matches!(DeviceSettings::from_json(b" []"), Err(ConfigError::Json { .. })));
    assert!(matches!(ConfigUrls::from_json(br#"["p","s","d"]"#), Err(ConfigError::Json { .. })));
    assert!(matches!(
        PidTable::from_json(br#"{"requests":[{"header":"7df"}]}"#),
        Err(ConfigError::Json { .. })
    ));
    assert!(matches!(DeviceSettings::from_json(b""), Err(ConfigError::Json { .. })));
    assert!(matches!(PidTable::from_protobuf(&[0x0A, 0x05]), Err(ConfigError::Protobuf { .. })));
    assert!(matches!(DeviceSettings::from_protobuf(&[0xFF]), Err(ConfigError::Protobuf { .. })));
}

#[test]
fn an_entry_that_cannot_be_done_says_why_and_the_others_stay() {
    let good = || wire::PidConfig {
        mode: 1,
        pid: 13,
        formula: "31|8@0+ (1,0) [0|255]".into(),
        ..Default::default()
    };
    let with = |change: fn(&mut wire::PidConfig)| {
        let mut config = good();
        change(&mut config);
        config
    };
    let table = PidTable::from_wire(wire::PidRequests {
        requests: vec![
            with(|c| c.protocol = "5".into()),
            good(),
            with(|c| c.header = 0x2000_0000),
            with(|c| c.mode = 0),
            with(|c| c.mode = 256),
            with(|c| c.pid = 0x1_0000),
            with(|c| c.formula.clear()),
            with(|c| c.can_flow_control_id_pair = "7e0".into()),
        ],
        ..Default::default()
    });
    assert_eq!(table.requests.len(), 1);
    let reasons: Vec<_> =
        table.rejected.iter().map(|entry| (entry.index, entry.reason.to_string())).collect();
    let expected = [
        (0, "the protocol is not known"),
        (2, "header 536870912 is no CAN identifier"),
        (3, "mode 0 is no service"),
        (4, "mode 256 is no service"),
        (5, "pid 65536 has more than two bytes"),
        (6, "the formula is empty"),
        (7, "the flow control pair is not two hexadecimal identifiers like 7e0,7e8"),
    ];
    assert_eq!(reasons, expected.map(|(index, reason)| (index, reason.to_string())));
}

#[test]
fn a_request_without_header_goes_to_all_control_units_of_its_protocol() {
    for (protocol, request) in [("", 0x7DF), ("6", 0x7DF), ("CAN29_500", 0x18DB_33F1), ("9", 0x18DB_33F1)] {
        let config = wire::PidConfig {
            mode: 1,
            protocol: protocol.into(),
            formula: "31|8@0+ (1,0) [0|255]".into(),
            ..Default::default()
        };
        let table = PidTable::from_wire(wire::PidRequests { requests: vec![config], ..Default::default() });
        assert_eq!(table.requests[0].request.number(), request, "{protocol}");
        assert_eq!(table.requests[0].interval, Interval::OncePerBoot);
    }
}

#[test]
fn urls_are_read_and_reported_as_applied() {
    let urls = ConfigUrls::from_json(br#"{"pidUrl":"p@1","deviceSettingUrl":"s@2","dbcUrl":""}"#).unwrap();
    assert_eq!(urls, ConfigUrls { pids: "p@1".into(), settings: "s@2".into(), dbc: None });
    assert_eq!(
        urls.applied_json("v1.2.3").unwrap(),
        r#"{"pidUrl":"p@1","deviceSettingUrl":"s@2","firmwareVersionApplied":"v1.2.3"}"#
    );
    let urls = ConfigUrls { dbc: Some("d@3".into()), ..urls };
    assert_eq!(
        urls.applied_json("v1").unwrap(),
        r#"{"pidUrl":"p@1","deviceSettingUrl":"s@2","dbcUrl":"d@3","firmwareVersionApplied":"v1"}"#
    );
    assert!(ConfigUrls::from_json(br#"{"pidUrl":"p@1"}"#).is_err());
}

proptest! {
    #[test]
    fn no_bytes_are_fatal(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = PidTable::from_json(&bytes);
        let _ = PidTable::from_protobuf(&bytes);
        let _ = DeviceSettings::from_json(&bytes);
        let _ = DeviceSettings::from_protobuf(&bytes);
        let _ = ConfigUrls::from_json(&bytes);
    }

    #[test]
    fn either_form_says_the_same_of_any_request(
        (name, formula, protocol, pair) in (".{0,5}", "31[|]8@0[+] [(]1,0[)] [\\[]0[|]9]|x", "[5-9]?|CAN29_250", "7e0,7e[0-9]|"),
        (header, mode, pid, interval_seconds, can_flow_control_clear) in
            (0..0x3000_0000u32, 0..300u32, 0..70_000u32, 0..100u32, any::<bool>()),
    ) {
        let config = wire::PidConfig {
            name, header, mode, pid, formula, interval_seconds, protocol, can_flow_control_clear,
            can_flow_control_id_pair: pair,
        };
        let wire = wire::PidRequests { requests: vec![config], ..Default::default() };
        let json = PidTable::from_json(&serde_json::to_vec(&wire).unwrap());
        prop_assert_eq!(json, PidTable::from_protobuf(&wire.encode_to_vec()));
    }

    #[test]
    fn either_form_says_the_same_of_any_settings(volts in 0..100_000u32, secs in 0..1_000_000u32) {
        let wire = wire::DeviceSetting {
            wake_trigger_voltage_level: volts as f32 / 1000.0,
            location_frequency_secs: secs as f32 / 1000.0,
            ..Default::default()
        };
        let settings = DeviceSettings::from_json(&serde_json::to_vec(&wire).unwrap()).unwrap();
        prop_assert_eq!(settings.wake_mv.unwrap_or(0), volts);
        prop_assert_eq!(settings.location_interval_ms.unwrap_or(0), secs);
        prop_assert_eq!(Ok(settings), DeviceSettings::from_protobuf(&wire.encode_to_vec()));
    }
}
