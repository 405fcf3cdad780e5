//! What a device maker posts to the network's ingest server, byte by byte.
#![cfg(feature = "json")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod cloud_event_util;
mod util;

use cloud_event_util::{PRODUCER, SUBJECT, batch_of, content, header, info, limits};
use dimo_types::wire::{
    CloudEvent, CloudEventContent, CloudEventHeader, IngestFault, ReceivedCloudEvent, ReceivedValue,
    ServerResponse,
};
use dimo_types::{
    Batch, Did, Location, Raw, Scale, SignalValue, Tags, TokenId, Unit, VehicleEvent, VehicleEventName,
    VssKind, VssSignal,
};
use proptest::prelude::*;
use util::{QUARTER, at, position, reading};

fn two_signals() -> Batch<'static> {
    let rpm = SignalValue::Scaled { raw: Raw::Signed(4094), scale: QUARTER };
    let mut dictionary = vec![
        info("powertrainCombustionEngineSpeed", Unit::RevolutionPerMinute),
        info("speed", Unit::KilometrePerHour),
    ];
    dictionary[0].scale = QUARTER;
    batch_of(dictionary, vec![reading(0, 0, rpm), reading(123_456, 1, SignalValue::Float(50.5))])
}

#[test]
fn a_message_has_the_fields_and_the_order_of_the_network_s_event_library() {
    let batch = two_signals();
    let event = CloudEvent::new(&header(), &content(&batch)).unwrap();
    let data = concat!(
        r#"{"signals":[{"name":"powertrainCombustionEngineSpeed","timestamp":"2023-11-14T22:13:20Z","value":1023.5},"#,
        r#"{"name":"speed","timestamp":"2023-11-14T22:13:20.123456Z","value":50.5}]}"#,
    );
    let head = format!(
        concat!(
            r#"{{"specversion":"1.0","type":"dimo.status","source":"0x2A82163EB20f272efEa5cdAE000D87fEf79590eE","#,
            r#""subject":"{}","id":"{}","time":"2023-11-14T22:13:21Z","datacontenttype":"application/json","#,
            r#""dataversion":"default/v1.0","producer":"{}""#,
        ),
        SUBJECT,
        util::ID,
        PRODUCER,
    );
    assert_eq!(event.data().as_str(), data);
    assert_eq!(event.to_json(), format!("{head},\"data\":{data}}}"));
    let signed = event.sign_with([0x1b; 65]).to_json();
    assert_eq!(signed, format!("{head},\"signature\":\"0x{}\",\"data\":{data}}}", "1b".repeat(65)));
}

#[test]
fn vin_signals_and_events_travel_in_one_message_and_the_type_follows_what_is_there() {
    let batch = two_signals();
    let braking = VehicleEvent {
        duration_ns: Some(1_200_000_000),
        metadata: Some(r#"{"peak":-0.6}"#),
        tags: Tags::from(&["city", "rain"]),
        ..VehicleEvent::new(VehicleEventName::HarshBraking, at(5))
    };
    let events = [braking];
    let vin = Some("1HGBH41JXMN109186".parse().unwrap());
    let all = CloudEventContent { batch: Some(&batch), vehicle_number: vin, events: &events };
    let data = CloudEvent::new(&header(), &all).unwrap();
    let text = data.data().as_str().to_owned();
    assert!(text.starts_with(r#"{"vin":"1HGBH41JXMN109186","signals":[{"#), "{text}");
    assert!(
        text.ends_with(concat!(
            r#"}],"events":[{"name":"behavior.harshBraking","timestamp":"2023-11-14T22:13:20.000005Z","#,
            r#""durationNs":1200000000,"metadata":"{\"peak\":-0.6}","tags":["city","rain"]}]}"#
        )),
        "{text}"
    );
    for (content, name) in [
        (all, "dimo.status"),
        (CloudEventContent { batch: None, ..all }, "dimo.fingerprint"),
        (CloudEventContent { events: &events, ..CloudEventContent::default() }, "dimo.events"),
    ] {
        let json = CloudEvent::new(&header(), &content).unwrap().to_json();
        assert!(json.contains(&format!(r#""type":"{name}""#)), "{json}");
    }
}

#[test]
fn a_state_is_a_number_a_text_number_is_a_number_and_a_unit_is_the_catalogue_s() {
    let dictionary = vec![
        info("isIgnitionOn", Unit::None),
        info("chassisAxleRow1WheelLeftTirePressure", Unit::Bar),
        info("powertrainTransmissionCurrentGear", Unit::Other("gear")),
        info("powertrainType", Unit::None),
        info("obdDTCList", Unit::None),
        info("powertrainTransmissionTravelledDistance", Unit::Kilometre),
    ];
    let readings = vec![
        reading(0, 0, SignalValue::Bool(true)),
        reading(1, 1, SignalValue::Float(2.5)),
        reading(2, 2, SignalValue::Float(-0.0)),
        reading(3, 3, SignalValue::Text("ELECTRIC")),
        reading(4, 4, SignalValue::Text("P00BD, P0456")),
        reading(5, 4, SignalValue::Text(r#"["P0446"]"#)),
        reading(6, 5, SignalValue::Text("123456.7")),
        reading(7, 0, SignalValue::Bool(false)),
        reading(8, 4, SignalValue::Text("")),
    ];
    let batch = batch_of(dictionary, readings);
    let event = CloudEvent::new(&header(), &content(&batch)).unwrap();
    let json = event.to_json();
    let received = ReceivedCloudEvent::parse(json.as_bytes(), &limits()).unwrap();
    let data = received.data().unwrap();
    let values: Vec<&ReceivedValue<'_>> = data.signals.iter().map(|signal| &signal.value).collect();
    let text = |text: &'static str| ReceivedValue::Text(text.into());
    let expected = [
        ReceivedValue::Number("1"),
        ReceivedValue::Number("250"),
        ReceivedValue::Number("-0"),
        text("ELECTRIC"),
        text(r#"["P00BD","P0456"]"#),
        text(r#"["P0446"]"#),
        ReceivedValue::Number("123456.7"),
        ReceivedValue::Number("0"),
        text("[]"),
    ];
    assert!(values.iter().copied().eq(&expected), "{values:?}");
}

#[test]
fn a_position_is_one_object_and_what_the_server_does_not_read_in_it_a_signal_of_its_own() {
    let place =
        Location { hdop: Some(0.9), heading: Some(90.0), altitude: Some(35.5), ..position(52.5, 13.25) };
    let batch = batch_of(
        vec![info("currentLocationCoordinates", Unit::None)],
        vec![
            reading(0, 0, SignalValue::Location(place)),
            reading(1, 0, SignalValue::Location(position(0.0, 9.5))),
        ],
    );
    let event = CloudEvent::new(&header(), &content(&batch)).unwrap();
    let expected = concat!(
        r#"{"signals":[{"name":"currentLocationCoordinates","timestamp":"2023-11-14T22:13:20Z","#,
        r#""value":{"latitude":52.5,"longitude":13.25,"hdop":0.9}},"#,
        r#"{"name":"currentLocationAltitude","timestamp":"2023-11-14T22:13:20Z","value":35.5},"#,
        r#"{"name":"currentLocationHeading","timestamp":"2023-11-14T22:13:20Z","value":90},"#,
        r#"{"name":"currentLocationCoordinates","timestamp":"2023-11-14T22:13:20.000001Z","#,
        r#""value":{"latitude":0,"longitude":9.5}}]}"#,
    );
    assert_eq!(event.data().as_str(), expected);
}

/// The fault of one reading of one signal; with it alone left out, nothing remains to be sent.
#[track_caller]
fn fault_of(name: &'static str, unit: Unit<'static>, value: SignalValue<'_>) -> IngestFault {
    let batch = batch_of(vec![info(name, unit)], vec![reading(0, 0, value)]);
    let fault = CloudEvent::new(&header(), &content(&batch)).unwrap_err();
    assert_eq!(CloudEvent::leaving_out(&header(), &content(&batch)), Err(IngestFault::NoContent));
    fault
}

#[test]
fn a_name_that_the_network_does_not_know_is_refused_in_any_spelling() {
    for name in ["Engine.Rpm", "Vehicle.Speed", "Speed", "vehicleSpeed", "currentLocationLatitude", ""] {
        let fault = fault_of(name, Unit::None, SignalValue::Float(1.0));
        assert_eq!(fault, IngestFault::UnknownSignal { position: 0, name: name.into() });
        assert_eq!(fault.response(), ServerResponse::DropsPart);
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused() {
    let here = SignalValue::Location(position(52.5, 13.25));
    for (name, value) in
        [("speed", here), ("speed", SignalValue::Text("fast")), ("speed", SignalValue::Text(""))]
    {
        let fault = fault_of(name, Unit::KilometrePerHour, value);
        assert_eq!(fault, IngestFault::NotANumber { position: 0, name: name.into() });
    }
    for value in [here, SignalValue::Float(1.0), SignalValue::Bool(true)] {
        let fault = fault_of("powertrainType", Unit::None, value);
        assert_eq!(fault, IngestFault::NotAText { position: 0, name: "powertrainType".into() });
    }
    for value in [SignalValue::Text("52.5,13.25"), SignalValue::Float(1.0)] {
        let fault = fault_of("currentLocationCoordinates", Unit::None, value);
        assert_eq!(
            fault,
            IngestFault::NotALocation { position: 0, name: "currentLocationCoordinates".into() }
        );
    }
}

#[test]
fn a_number_for_which_json_has_no_word_is_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let fault = fault_of("speed", Unit::KilometrePerHour, SignalValue::Float(value));
        assert_eq!(fault, IngestFault::NoValue { position: 0, name: "speed".into() });
    }
    for text in ["NaN", "inf", "1e999"] {
        let fault = fault_of("speed", Unit::KilometrePerHour, SignalValue::Text(text));
        assert_eq!(fault, IngestFault::NoValue { position: 0, name: "speed".into() });
    }
    let nowhere = Location { hdop: Some(f64::NAN), ..position(1.0, 2.0) };
    let fault = fault_of("currentLocationCoordinates", Unit::None, SignalValue::Location(nowhere));
    assert!(matches!(fault, IngestFault::NoValue { .. }));
}

#[test]
fn a_number_in_a_unit_that_does_not_convert_is_refused() {
    for (unit, from) in [(Unit::None, ""), (Unit::Volt, "V"), (Unit::Other("furlong/h"), "furlong/h")] {
        let fault = fault_of("speed", unit, SignalValue::Float(1.0));
        let expected = IngestFault::Unit { position: 0, name: "speed".into(), from: from.into(), to: "km/h" };
        assert_eq!(fault, expected);
        assert_eq!(fault.response(), ServerResponse::Misleads);
    }
}

#[test]
fn a_list_that_is_no_list_of_texts_is_refused() {
    for text in ["[1]", "[\"P0456\"", "[null]", "[[\"P0456\"]]"] {
        let fault = fault_of("obdDTCList", Unit::None, SignalValue::Text(text));
        assert_eq!(fault, IngestFault::NotAList { position: 0, name: "obdDTCList".into() });
    }
}

#[test]
fn a_position_of_a_receiver_without_a_fix_or_off_the_globe_is_refused() {
    let name = "currentLocationCoordinates";
    let origin = fault_of(name, Unit::None, SignalValue::Location(position(0.0, -0.0)));
    assert_eq!(origin, IngestFault::Origin { position: 0, name: name.into() });
    for (latitude, longitude) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0)] {
        let place = Location { latitude, longitude, ..position(1.0, 1.0) };
        let fault = fault_of(name, Unit::None, SignalValue::Location(place));
        assert_eq!(fault, IngestFault::OffGlobe { position: 0, name: name.into() });
    }
}

#[test]
fn a_signal_may_be_five_minutes_ahead_of_the_message_and_not_a_microsecond_more() {
    let dictionary = vec![info("speed", Unit::KilometrePerHour)];
    let at_most = 1_000_000 + 300_000_000;
    let batch = batch_of(dictionary.clone(), vec![reading(at_most, 0, SignalValue::Float(1.0))]);
    assert!(CloudEvent::new(&header(), &content(&batch)).is_ok());
    let batch = batch_of(dictionary, vec![reading(at_most + 1, 0, SignalValue::Float(1.0))]);
    let future = IngestFault::Future { position: 0, name: "speed".into(), time: at(at_most + 1) };
    assert_eq!(CloudEvent::new(&header(), &content(&batch)), Err(future));
}

#[test]
fn a_signal_with_two_values_at_one_time_is_refused_also_under_two_entries_of_the_dictionary() {
    let dictionary = vec![info("speed", Unit::KilometrePerHour), info("speed", Unit::MetrePerSecond)];
    let readings = vec![
        reading(0, 0, SignalValue::Float(1.0)),
        reading(0, 1, SignalValue::Float(2.0)),
        reading(1, 1, SignalValue::Float(3.0)),
    ];
    let batch = batch_of(dictionary, readings);
    let twice = IngestFault::DuplicateSignal { position: 1, name: "speed".into() };
    assert_eq!(CloudEvent::new(&header(), &content(&batch)), Err(twice.clone()));
    let (event, left_out) = CloudEvent::leaving_out(&header(), &content(&batch)).unwrap();
    assert_eq!(left_out, [twice]);
    assert_eq!(event.data().as_str().matches("speed").count(), 2);
}

#[test]
fn a_position_does_not_contradict_the_heading_of_another_signal() {
    let place = Location { heading: Some(90.0), ..position(52.5, 13.25) };
    let batch = batch_of(
        vec![info("currentLocationHeading", Unit::Degree), info("currentLocationCoordinates", Unit::None)],
        vec![reading(0, 0, SignalValue::Float(91.0)), reading(0, 1, SignalValue::Location(place))],
    );
    let twice = IngestFault::DuplicateSignal { position: 1, name: "currentLocationHeading".into() };
    assert_eq!(CloudEvent::new(&header(), &content(&batch)), Err(twice));
}

#[test]
fn an_event_whose_metadata_is_no_json_or_whose_tag_is_not_in_lower_case_is_refused() {
    let plain = VehicleEvent::new(VehicleEventName::Collision, at(0));
    let wrong = [
        VehicleEvent { metadata: Some("{"), ..plain },
        VehicleEvent { metadata: Some(""), ..plain },
        VehicleEvent { tags: Tags::from(&["city", "Rain"]), ..plain },
        plain,
    ];
    let content = CloudEventContent { events: &wrong, ..CloudEventContent::default() };
    assert_eq!(CloudEvent::new(&header(), &content), Err(IngestFault::Metadata { position: 0 }));
    let (event, left_out) = CloudEvent::leaving_out(&header(), &content).unwrap();
    let tag = IngestFault::Tag { position: 2, tag: "Rain".into() };
    assert_eq!(left_out, [IngestFault::Metadata { position: 0 }, IngestFault::Metadata { position: 1 }, tag]);
    assert_eq!(event.data().as_str().matches("safety.collision").count(), 1);
}

#[test]
fn a_message_about_nothing_or_no_vehicle_or_another_vehicle_is_refused_as_a_whole() {
    let batch = two_signals();
    let good = header();
    let account: Did = "did:ethr:137:0x2A82163EB20f272efEa5cdAE000D87fEf79590eE".parse().unwrap();
    for (header, content, expected) in [
        (good, CloudEventContent::default(), IngestFault::NoContent),
        (CloudEventHeader { subject: account, ..good }, content(&batch), IngestFault::Subject),
        (CloudEventHeader { producer: account, ..good }, content(&batch), IngestFault::Producer),
        (
            CloudEventHeader { subject: good.producer, ..good },
            content(&batch),
            IngestFault::SubjectIsProducer,
        ),
    ] {
        assert_eq!(CloudEvent::new(&header, &content), Err(expected.clone()));
        assert_eq!(CloudEvent::leaving_out(&header, &content), Err(expected));
    }
    let other = Batch::new(util::ID, util::device(), Some(TokenId::from(1338)), [], vec![]).unwrap();
    let expected = IngestFault::OtherVehicle { batch: TokenId::from(1338), subject: TokenId::from(1337) };
    assert_eq!(CloudEvent::new(&good, &content(&other)), Err(expected));
}

/// A value that fits the catalogue's signal, and what a reader should find.
fn fitting(
    vss: &'static VssSignal,
    number: f64,
    text: String,
) -> (SignalValue<'static>, ReceivedValue<'static>) {
    match vss.kind {
        VssKind::Number => (
            SignalValue::Float(number),
            ReceivedValue::Number(Box::leak(number.to_string().into_boxed_str())),
        ),
        VssKind::Location => {
            let (latitude, longitude) = (number % 90.0, 9.5);
            let found = ReceivedValue::Position {
                latitude: Some(latitude),
                longitude: Some(longitude),
                hdop: None,
                heading: None,
            };
            (SignalValue::Location(position(latitude, longitude)), found)
        }
        _ => {
            let list = format!("[{}]", serde_json::to_string(&text).unwrap());
            let text = if vss.data_type == dimo_types::VssDataType::StringArray { list } else { text };
            let text: &'static str = Box::leak(text.into_boxed_str());
            (SignalValue::Text(text), ReceivedValue::Text(text.into()))
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_value_for_value_and_keeps_every_rule(
        entries in prop::collection::vec((0..116usize, -1e30..1e30f64, ".{0,12}"), 1..40),
    ) {
        let all = VssSignal::all();
        let dictionary: Vec<_> = all.iter().map(|vss| info(vss.name, vss.unit)).collect();
        let fitted: Vec<_> = entries
            .into_iter()
            .map(|(signal, number, text)| (signal, fitting(&all[signal], number, text)))
            .collect();
        let readings = fitted
            .iter()
            .enumerate()
            .map(|(micros, (signal, (value, _)))| reading(micros as u64, *signal as u16, *value))
            .collect();
        let batch = batch_of(dictionary, readings);
        let event = CloudEvent::new(&header(), &content(&batch)).unwrap().sign_with([7; 65]);
        let json = event.to_json();
        let received = ReceivedCloudEvent::parse(json.as_bytes(), &limits()).unwrap();
        prop_assert_eq!(received.data_bytes(), Some(event.data().as_bytes()));
        prop_assert_eq!(received.ingest_faults(at(1_000_000)), []);
        let data = received.data().unwrap();
        prop_assert_eq!(data.signals.len(), fitted.len());
        for (micros, (found, (signal, (_, expected)))) in data.signals.iter().zip(&fitted).enumerate() {
            prop_assert_eq!(&found.name, all[*signal].name);
            prop_assert_eq!(found.time(), Some(at(micros as u64)));
            match expected {
                ReceivedValue::Number(_) => {
                    prop_assert_eq!(found.value.as_f64().map(f64::to_bits), expected.as_f64().map(f64::to_bits));
                }
                _ => prop_assert_eq!(&found.value, expected),
            }
        }
    }

    #[test]
    fn whatever_a_batch_holds_what_is_left_of_it_keeps_every_rule(
        values in prop::collection::vec((0..120u16, 0..400_000_000u64, any_value()), 1..60),
    ) {
        let mut dictionary: Vec<_> = VssSignal::all().iter().map(|vss| info(vss.name, vss.unit)).collect();
        for (name, unit) in
            [("Engine.Rpm", Unit::None), ("speed", Unit::MilePerHour), ("speed", Unit::Volt), ("", Unit::None)]
        {
            dictionary.push(info(name, unit));
        }
        let count = values.len();
        let readings = values.into_iter().map(|(signal, micros, value)| reading(micros, signal, value)).collect();
        let batch = batch_of(dictionary, readings);
        match CloudEvent::leaving_out(&header(), &content(&batch)) {
            Ok((event, left_out)) => {
                let received = ReceivedCloudEvent::parse(event.to_json().as_bytes(), &limits()).unwrap();
                prop_assert_eq!(received.ingest_faults(at(1_000_000)), []);
                prop_assert!(received.data().unwrap().signals.len() + left_out.len() >= count);
                prop_assert_eq!(CloudEvent::new(&header(), &content(&batch)).is_ok(), left_out.is_empty());
            }
            Err(fault) => prop_assert_eq!(fault, IngestFault::NoContent),
        }
    }
}

fn any_value() -> impl Strategy<Value = SignalValue<'static>> {
    prop_oneof![
        any::<f64>().prop_map(SignalValue::Float),
        any::<i64>().prop_map(|raw| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale::IDENTITY }),
        any::<bool>().prop_map(SignalValue::Bool),
        prop::sample::select(vec!["", "12.5", "inf", "P0456", "[\"P0456\"]", "[1]", "é\"\\\u{1}"])
            .prop_map(SignalValue::Text),
        (any::<f64>(), -200.0..200.0f64, any::<Option<f64>>()).prop_map(|(latitude, longitude, heading)| {
            SignalValue::Location(Location { latitude, longitude, altitude: heading, hdop: None, heading })
        }),
    ]
}
