//! What a device sends to the live network, byte by byte.
#![cfg(feature = "json")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine;
use dimo_types::wire::{
    Gen1CanDump, Gen1Cell, Gen1CellSignal, Gen1Device, Gen1EncodeError, Gen1Envelope, Gen1Fingerprint,
    Gen1Header, Gen1Kind, Gen1Limits, Gen1Log, Gen1Network, Gen1ParseError, Gen1Payload, Gen1Radio,
    Gen1Sender, Gen1State, Gen1Value,
};
use dimo_types::{
    Batch, CanProtocol, Fingerprint, Location, Raw, Scale, SignalIndex, SignalInfo, SignalValue, TokenId,
    TroubleReport, Unit, VehicleEvent, VehicleEventName,
};
use util::{ID, at, batch_of, device, dictionary, position, reading, rpm, speed, tiny};

/// r, s and v of the verified vector T1: hex as in the network's own test.
const SIGNATURE: &str = "ed107d9e947ce3208f2a349fe9de841295252ed3157a6a6c3725c5b2fd47ccaf1407ba498f09a872ce409d3434162512f7d0b08fbc0561f407015b39953bb6d61c";

fn signature() -> [u8; 65] {
    let mut bytes = [0; 65];
    base16ct::lower::decode(SIGNATURE, &mut bytes).unwrap();
    bytes
}

fn speaking_device() -> Gen1Device<'static> {
    Gen1Device {
        uptime_secs: Some(200),
        battery_voltage: Some(13.6),
        software_version: Some("v1.0.0"),
        hardware_version: Some("7"),
        imei: Some("123456789012345"),
        serial: Some("60d4af69"),
        ..Gen1Device::new(at(20_999))
    }
}

#[test]
fn a_status_message_has_the_fields_and_the_order_of_the_network_s_own_devices() {
    let envelope = Gen1Envelope::status(&tiny(), &speaking_device()).unwrap();
    let data = concat!(
        r#"{"timestamp":1700000000020,"device":{"rpiUptimeSecs":200,"batteryVoltage":13.6,"softwareVersion":"v1.0.0","#,
        r#""hwVersion":"7","imei":"123456789012345","serial":"60d4af69"},"vehicle":{"signals":["#,
        r#"{"timestamp":1700000000000,"name":"Engine.Rpm","value":1023.5},"#,
        r#"{"timestamp":1700000000000,"name":"speed","value":50.5},"#,
        r#"{"timestamp":1700000000010,"name":"Engine.Rpm","value":1024.5},"#,
        r#"{"timestamp":1700000000010,"name":"speed","value":50.5},"#,
        r#"{"timestamp":1700000000020,"name":"Engine.Rpm","value":1022.5},"#,
        r#"{"timestamp":1700000000020,"name":"speed","value":-0}]}}"#,
    );
    let head = format!(
        concat!(
            r#"{{"id":"{}","source":"dimo/integration/27qftVRWQYpVDcO5DltO5Ojbjxk","specversion":"1.0","#,
            r#""subject":"0x2A82163EB20f272efEa5cdAE000D87fEf79590eE","time":"2023-11-14T22:13:20.020999Z","#,
            r#""type":"com.dimo.device.status.v2","dataschema":"dimo.zone.status/v2.0","data":"#
        ),
        ID
    );
    assert_eq!(envelope.data_bytes(), data.as_bytes());
    assert_eq!(envelope.as_str(), format!("{head}{data},\"vehicleTokenId\":1337}}"));
    let signed = envelope.sign_with(signature());
    assert_eq!(
        signed.as_str(),
        format!("{head}{data},\"vehicleTokenId\":1337,\"signature\":\"0x{SIGNATURE}\"}}")
    );
    assert_eq!(signed.topic(), "devices/0x2A82163EB20f272efEa5cdAE000D87fEf79590eE/status");
}

#[test]
fn the_compressed_payload_is_base64_of_gzip_of_the_signed_message() {
    let signed = Gen1Envelope::status(&tiny(), &speaking_device()).unwrap().sign_with(signature());
    let payload: serde_json::Value = serde_json::from_slice(&signed.to_payload()).unwrap();
    assert_eq!(payload.as_object().unwrap().len(), 1);
    let packed = base64::engine::general_purpose::STANDARD
        .decode(payload["compressedPayload"].as_str().unwrap())
        .unwrap();
    let mut json = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut json).unwrap();
    assert_eq!(json, signed.as_str());
}

#[test]
fn what_is_sent_reads_back_with_the_bytes_that_were_signed() {
    let envelope = Gen1Envelope::status(&tiny(), &speaking_device()).unwrap();
    let data = envelope.data_bytes().to_vec();
    let payload = envelope.sign_with(signature()).to_payload();
    let read = Gen1Payload::parse(&payload, &Gen1Limits::default()).unwrap();
    assert_eq!(read.data_bytes(), data);
    assert_eq!(read.subject(), Some(util::DEVICE));
    assert_eq!(read.kind(), Some(Gen1Kind::Status));
    assert_eq!(read.vehicle(), Some("1337"));
    assert_eq!(read.signature(), Some(format!("0x{SIGNATURE}").as_str()));
    let signals = read.signals().unwrap();
    assert_eq!(signals.len(), 6);
    assert_eq!((signals[4].name.as_ref(), signals[4].time), ("Engine.Rpm", Some(at(20_000))));
    assert_eq!(signals[4].value.as_f64(), Some(1022.5));
}

#[test]
fn texts_states_whole_integers_and_positions_have_their_json() {
    let mut dictionary = dictionary();
    dictionary.push(SignalInfo { name: "vin <&> \"é\"", unit: Unit::None, scale: Scale::IDENTITY });
    let place = Location { hdop: Some(0.9), heading: Some(90.0), ..position(52.5, 13.25) };
    let largest = SignalValue::Scaled { raw: Raw::Unsigned(u64::MAX), scale: Scale::IDENTITY };
    let readings = vec![
        reading(0, 2, SignalValue::Text("tab\t\\")),
        reading(0, 2, SignalValue::Bool(true)),
        reading(0, 2, largest),
        reading(0, 2, SignalValue::Location(place)),
    ];
    let batch = Batch::new(ID, device(), None, dictionary, readings).unwrap();
    let envelope = Gen1Envelope::status(&batch, &Gen1Device::new(at(0))).unwrap();
    let named = r#"{"timestamp":1700000000000,"name":"vin <&> \"é\"","value""#;
    let plain = r#"{"timestamp":1700000000000,"name""#;
    let expected = [
        format!(r#"{named}:"tab\t\\"}}"#),
        format!("{named}:true}}"),
        format!("{named}:18446744073709551615}}"),
        format!(r#"{plain}:"longitude","value":13.25}}"#),
        format!(r#"{plain}:"latitude","value":52.5}}"#),
        format!(r#"{plain}:"hdop","value":0.9}}"#),
        format!(r#"{plain}:"currentLocationHeading","value":90}}"#),
    ]
    .join(",");
    let data = String::from_utf8(envelope.data_bytes().to_vec()).unwrap();
    assert_eq!(
        data,
        format!(r#"{{"timestamp":1700000000000,"device":{{}},"vehicle":{{"signals":[{expected}]}}}}"#)
    );
    assert!(envelope.as_str().ends_with(r#","vehicleTokenId":0}"#), "not paired is zero in a status message");

    let payload = envelope.sign_with(signature()).to_payload();
    let read = Gen1Payload::parse(&payload, &Gen1Limits::default()).unwrap();
    let signals = read.signals().unwrap();
    assert_eq!(signals[0].name, "vin <&> \"é\"");
    assert_eq!(signals[0].value, Gen1Value::Text("tab\t\\".into()));
    assert_eq!(signals[1].value, Gen1Value::Bool(true));
    assert_eq!(signals[2].value, Gen1Value::Number("18446744073709551615"));
}

#[test]
fn a_reading_that_json_cannot_say_is_named_and_nothing_is_sent() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = Gen1Envelope::status(&batch_of(vec![rpm(0, 1), speed(7, value)]), &speaking_device());
        assert_eq!(refused, Err(Gen1EncodeError::NotFinite { signal: SignalIndex(1), time: at(7) }));
    }
    let device = Gen1Device { battery_voltage: Some(f64::NAN), ..speaking_device() };
    assert_eq!(Gen1Envelope::status(&tiny(), &device), Err(Gen1EncodeError::BatteryVoltage));
}

fn no_fields() -> BTreeMap<&'static str, u8> {
    BTreeMap::new()
}

fn header(kind: Gen1Kind, vehicle: u64) -> Gen1Header {
    Gen1Header { kind, id: ID, subject: device(), time: at(0), vehicle: Some(TokenId::from(vehicle)) }
}

#[test]
fn the_vehicle_stands_where_each_kind_has_it() {
    let tail = |kind, vehicle| {
        let envelope = Gen1Envelope::new(&header(kind, vehicle), &BTreeMap::from([("x", 1)])).unwrap();
        let start = envelope.as_str().find(r#","dataschema""#).unwrap();
        envelope.as_str()[start..].to_owned()
    };
    let schema = r#","dataschema":"dimo.zone.status/v2.0""#;
    assert_eq!(tail(Gen1Kind::Status, 9), format!(r#"{schema},"data":{{"x":1}},"vehicleTokenId":9}}"#));
    assert_eq!(tail(Gen1Kind::Logs, 9), format!(r#"{schema},"data":{{"x":1}}}}"#));
    assert_eq!(tail(Gen1Kind::Network, 0), format!(r#"{schema},"data":{{"x":1}}}}"#));
    for kind in [Gen1Kind::Network, Gen1Kind::Fingerprint] {
        assert_eq!(tail(kind, 9), format!(r#"{schema},"vehicleTokenId":9,"data":{{"x":1}}}}"#));
    }
    assert_eq!(
        tail(Gen1Kind::CanDump, 9),
        r#","dataschema":"dimo.zone.dump/v1.0","vehicleTokenId":9,"data":{"x":1}}"#
    );
}

#[test]
fn a_vehicle_that_the_field_cannot_hold_is_refused() {
    let large = 1 << 32;
    let refused = Gen1Envelope::new(&header(Gen1Kind::Network, large), &no_fields()).unwrap_err();
    assert_eq!(refused, Gen1EncodeError::VehicleTooLarge { vehicle: TokenId::from(large) });
    assert!(Gen1Envelope::new(&header(Gen1Kind::Status, large), &no_fields()).is_ok());
    let vehicle = TokenId::from_be_bytes([0xFF; 32]);
    let huge = Gen1Header { vehicle: Some(vehicle), ..header(Gen1Kind::Status, 0) };
    assert_eq!(Gen1Envelope::new(&huge, &no_fields()), Err(Gen1EncodeError::VehicleTooLarge { vehicle }));
}

#[test]
fn what_can_be_signed_was_written_here_and_is_an_object() {
    let envelope = Gen1Envelope::new(&header(Gen1Kind::Logs, 0), &BTreeMap::from([("a", 12.0)])).unwrap();
    assert_eq!(envelope.data().as_str(), r#"{"a":12}"#);
    assert_eq!(envelope.data_bytes(), envelope.data().as_bytes());
    let refused = |data: &dyn Fn() -> Result<Gen1Envelope, Gen1EncodeError>| {
        assert_eq!(data(), Err(Gen1EncodeError::Data))
    };
    refused(&|| Gen1Envelope::new(&header(Gen1Kind::Logs, 0), r#"{"forged":1}"#));
    refused(&|| Gen1Envelope::new(&header(Gen1Kind::Logs, 0), "\u{19}\u{1}"));
    refused(&|| Gen1Envelope::new(&header(Gen1Kind::Logs, 0), &4));
    refused(&|| Gen1Envelope::new(&header(Gen1Kind::Logs, 0), &[4]));
    refused(&|| Gen1Envelope::new(&header(Gen1Kind::Logs, 0), &()));
}

#[test]
fn only_fingerprints_travel_as_they_are() {
    for kind in Gen1Kind::ALL {
        let signed = Gen1Envelope::new(&header(kind, 1), &no_fields()).unwrap().sign_with(signature());
        let plain = signed.to_payload() == signed.as_str().as_bytes();
        assert_eq!(plain, kind == Gen1Kind::Fingerprint, "{kind:?}");
        let read = Gen1Payload::parse(&signed.to_payload(), &Gen1Limits::default()).unwrap();
        assert_eq!((read.kind(), read.data_bytes()), (Some(kind), b"{}".as_slice()));
    }
}

fn sender() -> Gen1Sender {
    Gen1Sender { id: ID, device: device(), vehicle: Some(TokenId::from(1337)) }
}

fn state() -> Gen1State<'static> {
    Gen1State::from(&speaking_device())
}

const STATE: &str = concat!(
    r#"{"rpiUptimeSecs":200,"batteryVoltage":13.6,"softwareVersion":"v1.0.0","hwVersion":"7","#,
    r#""imei":"123456789012345","serial":"60d4af69"}"#
);

/// Topic, type, source and schema as the network's own devices have them (edge-network internal/network/data_sender.go), the
/// order of fields that of their structs (internal/models/network.go), and whether the payload is packed.
#[track_caller]
fn travels(
    envelope: Gen1Envelope,
    constants: [&str; 4],
    vehicle: &str,
    data: &str,
    packed: bool,
) -> Gen1Payload {
    let [topic, event_type, source, schema] = constants;
    let head = format!(
        concat!(
            r#"{{"id":"{}","source":"{}","specversion":"1.0","subject":"{}","#,
            r#""time":"2023-11-14T22:13:20.000001Z","type":"{}","dataschema":"{}"{},"data":"#
        ),
        ID,
        source,
        util::DEVICE,
        event_type,
        schema,
        vehicle
    );
    assert_eq!(envelope.data().as_str(), data);
    assert_eq!(envelope.as_str(), format!("{head}{data}}}"));
    let signed = envelope.sign_with(signature());
    assert_eq!(signed.topic(), format!("devices/{}/{topic}", util::DEVICE));
    let payload = signed.to_payload();
    assert_eq!(payload.starts_with(br#"{"compressedPayload":"H4sI"#), packed);
    let read = Gen1Payload::parse(&payload, &Gen1Limits::default()).unwrap();
    assert_eq!(read.data_bytes(), data.as_bytes(), "what is verified is what was signed");
    assert_eq!(read.signature(), Some(format!("0x{SIGNATURE}").as_str()));
    assert_eq!((read.id(), read.subject()), (Some(ID.to_string().as_str()), Some(util::DEVICE)));
    assert_eq!(read.time(), Some("2023-11-14T22:13:20.000001Z"));
    read
}

const STATUS_SCHEMA: &str = "dimo.zone.status/v2.0";

#[test]
fn a_network_message_travels_with_position_and_cell() {
    let signal =
        Gen1CellSignal { physical_cell_id: Some(17), rssi: Some("-61.0 dBm".into()), ..Default::default() };
    let details = Gen1Cell {
        network: Some(26201),
        global_cell_id: Some(1 << 33),
        tracking_area_code: Some(48),
        serving_cell_id: Some(17),
        channel: Some("1300 (E-UTRA band 3)".into()),
        idle: Some("yes".into()),
        first: Some(signal),
        ..Gen1Cell::default()
    };
    let place = Location { hdop: Some(0.9), altitude: Some(35.5), ..position(52.5, 13.25) };
    let mut network = Gen1Network::new(at(1)).at(&place);
    network.satellites = Some(11);
    network.radio = Gen1Radio { details, ip: Some("10.0.0.7".into()) };
    let read = travels(
        Gen1Envelope::network(&sender(), &network).unwrap(),
        ["network", "com.dimo.device.network", "aftermarket/device/network", STATUS_SCHEMA],
        r#","vehicleTokenId":1337"#,
        concat!(
            r#"{"timestamp":1700000000000,"hdop":0.9,"latitude":52.5,"longitude":13.25,"nsat":11,"altitude":35.5,"#,
            r#""cell":{"details":{"plmn":26201,"global_cell_id":8589934592,"tracking_area_code":48,"serving_cell_id":17,"#,
            r#""eutra_absolute_rf_channel_number":"1300 (E-UTRA band 3)","ue_in_idle":"yes","#,
            r#""cell_[0]":{"physical_cell_id":17,"rssi":"-61.0 dBm"}},"ip":"10.0.0.7"}}"#
        ),
        true,
    );
    let received = read.network().unwrap();
    assert_eq!(received, Gen1Network { time: at(0), ..network });
    assert_eq!(received.location(), Some(place));
}

#[test]
fn a_fingerprint_travels_as_it_is() {
    let found = Fingerprint {
        time: at(1),
        vehicle: "1HGBH41JXMN109186".parse().unwrap(),
        protocol: Some(CanProtocol::Can29Bit500),
        odometer_km: Some(56_992.2),
        software_version: "v1.0.0",
    };
    let read = travels(
        Gen1Envelope::fingerprint(&sender(), &Gen1Fingerprint::new(&found, state())).unwrap(),
        [
            "fingerprint",
            "zone.dimo.aftermarket.device.fingerprint",
            "aftermarket/device/fingerprint",
            STATUS_SCHEMA,
        ],
        r#","vehicleTokenId":1337"#,
        &format!(
            r#"{{"timestamp":1700000000000,"device":{STATE},"vin":"1HGBH41JXMN109186","protocol":"7","odometer":56992.2,"softwareVersion":"v1.0.0"}}"#
        ),
        false,
    );
    let received = read.fingerprint().unwrap();
    assert_eq!(received.device, state());
    assert_eq!(received.fingerprint(), Ok(Fingerprint { time: at(0), ..found }));
}

#[test]
fn a_log_names_the_vehicle_in_its_data() {
    let log = Gen1Log {
        device: state(),
        model: "id-3".into(),
        errors: vec!["no VIN".into()],
        message: "no answer".into(),
        level: "error".into(),
        vehicle: 5,
        ..Gen1Log::new(at(1))
    };
    let read = travels(
        Gen1Envelope::log(&sender(), &log).unwrap(),
        ["logs", "zone.dimo.aftermarket.device.logs", "aftermarket/device/logs", STATUS_SCHEMA],
        "",
        &format!(
            r#"{{"timestamp":1700000000000,"device":{STATE},"vehicleTokenId":1337,"modelSlug":"id-3","errors":["no VIN"],"message":"no answer","level":"error"}}"#
        ),
        true,
    );
    assert_eq!(read.vehicle(), None);
    assert_eq!(read.log().unwrap(), Gen1Log { time: at(0), vehicle: 1337, ..log });
}

#[test]
fn a_can_dump_travels_packed_twice() {
    let recording = b"(1700000000.000000) can0 7E8#0441A60008B24200\n".repeat(40);
    let dump = Gen1CanDump::new(at(1), &recording);
    let read = travels(
        Gen1Envelope::can_dump(&sender(), &dump).unwrap(),
        [
            "protocol/canbus/dump",
            "com.dimo.aftermarket.canbus.dump",
            "aftermarket/device/canbus/dump",
            "dimo.zone.dump/v1.0",
        ],
        r#","vehicleTokenId":1337"#,
        &format!(r#"{{"timestamp":1700000000000,"payloadBase64":"{}"}}"#, dump.payload),
        true,
    );
    let received = read.can_dump().unwrap();
    assert_eq!(received.recording(recording.len()).unwrap(), recording);
    let limit = recording.len() - 1;
    assert_eq!(received.recording(limit), Err(Gen1ParseError::TooLarge { limit }));
    let empty = Gen1CanDump { time: at(0), payload: "".into() };
    let envelope = Gen1Envelope::can_dump(&sender(), &empty).unwrap();
    assert_eq!(envelope.data().as_str(), r#"{"timestamp":1700000000000}"#);
}

#[test]
fn a_status_read_back_has_the_device_that_spoke() {
    let signed = Gen1Envelope::status(&tiny(), &speaking_device()).unwrap().sign_with(signature());
    let read = Gen1Payload::parse(&signed.to_payload(), &Gen1Limits::default()).unwrap();
    let status = read.status().unwrap();
    assert_eq!((status.time, status.device), (Some(at(20_000)), state()));
}

#[test]
fn trouble_codes_are_one_signal_a_report_and_events_are_refused() {
    let codes = ["P00BD".parse().unwrap(), "P0456".parse().unwrap()];
    let reports =
        [TroubleReport { time: at(5_000), codes: &codes }, TroubleReport { time: at(9_000), codes: &[] }];
    let batch = batch_of(vec![]).with_trouble_codes(reports);
    let envelope = Gen1Envelope::status(&batch, &Gen1Device::new(at(0))).unwrap();
    assert_eq!(
        envelope.data().as_str(),
        concat!(
            r#"{"timestamp":1700000000000,"device":{},"vehicle":{"signals":["#,
            r#"{"timestamp":1700000000005,"name":"obdDTCList","value":"P00BD,P0456"}]}}"#
        )
    );
    let events = [VehicleEvent::new(VehicleEventName::Collision, at(1)); 2];
    let refused = Gen1Envelope::status(&batch.with_events(events), &Gen1Device::new(at(0)));
    assert_eq!(refused, Err(Gen1EncodeError::Events { count: 2 }));
}

#[test]
fn a_number_that_json_cannot_say_is_refused_in_every_message() {
    let nan = f64::NAN;
    let field = |refused: Result<Gen1Envelope, Gen1EncodeError>, field| {
        assert_eq!(refused, Err(Gen1EncodeError::Number { field }));
    };
    let network = Gen1Network { altitude: Some(nan), ..Gen1Network::new(at(0)) };
    field(Gen1Envelope::network(&sender(), &network), "altitude");
    let found = Fingerprint {
        time: at(1),
        vehicle: "1HGBH41JXMN109186".parse().unwrap(),
        protocol: None,
        odometer_km: Some(nan),
        software_version: "",
    };
    let fingerprint = Gen1Fingerprint::new(&found, Gen1State::default());
    field(Gen1Envelope::fingerprint(&sender(), &fingerprint), "odometer");
    let device = Gen1State { battery_voltage: Some(nan), ..state() };
    let log = Gen1Log { device, ..Gen1Log::new(at(0)) };
    assert_eq!(Gen1Envelope::log(&sender(), &log), Err(Gen1EncodeError::BatteryVoltage));
    let vehicle = TokenId::from_be_bytes([0xFF; 32]);
    let huge = Gen1Sender { vehicle: Some(vehicle), ..sender() };
    let refused = Gen1Envelope::log(&huge, &Gen1Log::new(at(0)));
    assert_eq!(refused, Err(Gen1EncodeError::VehicleTooLarge { vehicle }));
}
