//! The program for real: a log, a broker with mutual TLS, an authority for certificates, the backend, and a program that is killed. Needs mosquitto.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "../src/bin/show/authority.rs"]
#[allow(dead_code, reason = "another program shows more")]
mod authority;
#[path = "../src/bin/show/broker.rs"]
mod broker;
#[path = "../src/bin/show/own_vehicle.rs"]
mod own_vehicle;
mod world;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use backend::polls::{POLLS, Poll, polls};
use backend::{Event, NamedReading};
use dimo_crypto::{ReceivedTelemetry, Signature, verify};
use dimo_dbc::{Plan, Selection, compile, import};
use dimo_hal::blocking::CanTransmitter as _;
use dimo_hal::linux::SocketCan;
use dimo_types::wire::{Gen1Limits, Gen1Payload};
use dimo_types::{SignalDictionary as _, SignalIndex};
use serde_json::{Value, json};
use world::adapter::Adapter;
use world::{Pace, World, count};

/// Kinds of commands and of what is reported of them, as the application has them.
const PLAN: u8 = 16;
const ORDER: u8 = 17;
const QUESTION: u8 = 19;
const EXACTLY: u8 = 0;
const ORDER_REFUSED: u8 = 2;
const REFUSED: u8 = 0;
const ANSWERED: u8 = 2;

/// Frames of the log: a minute of the drive.
const FRAMES: usize = 12_000;

#[test]
fn killed_twice_it_delivers_every_batch_that_it_had_queued_and_none_of_them_twice() {
    let world = World::new("killed", FRAMES);
    world.share();
    let full = world.decoded();

    let mut first = world.replay(Pace::Recorded, world.broker_port());
    first.wait_for(3, "delivered");
    first.kill();
    assert!(first.count("log") == 0, "it was to be killed in the middle of the log");

    let mut offline = world.replay(Pace::Recorded, world.port_of_nobody());
    offline.wait_for(10, "queued");
    offline.kill();
    assert_eq!(offline.count("delivered"), 0, "nobody was there to deliver to");
    assert!(offline.count("log") == 0, "it was to be killed in the middle of the log");

    let mut last = world.replay(Pace::Fast, world.broker_port());
    last.wait_for(1, "log");
    let queued_before = first.readings_queued() + offline.readings_queued();
    world.wait_until("everything", |came| count(came) >= queued_before + count(&full));
    last.kill();

    let came = world.received();
    let names: BTreeSet<_> = came.keys().chain(full.keys()).collect();
    for name in names {
        let whole = full.get(name).unwrap_or_else(|| panic!("{name} is in no frame"));
        let values = came.get(name).unwrap_or_else(|| panic!("nothing came of {name}"));
        let before = values.strip_suffix(whole.as_slice());
        let before = before.unwrap_or_else(|| panic!("of {name} the last run lost something"));
        // What the two runs before had in batches: both began with the first frame.
        let is_two_beginnings = (0..=before.len())
            .any(|cut| whole.starts_with(&before[..cut]) && whole.starts_with(&before[cut..]));
        assert!(is_two_beginnings, "of {name} something was lost, or came twice");
    }
    let ids: Vec<_> = world.events(|event| match event {
        Event::Batch { id, .. } => Some(*id),
        _ => None,
    });
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a batch was stored twice");
    let refused = world.events(|event| matches!(event, Event::Refused { .. }).then(|| format!("{event:?}")));
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn at_a_serial_port_it_records_what_the_adapter_hears_and_feeds_the_watchdog_meanwhile() {
    let world = World::new("adapter", 3_000);
    world.share();
    let full = world.decoded();
    let adapter = Adapter::new(world.frames());
    let mut settings = world.settings(json!({ "kind": "slcan", "port": adapter.port(), "baud": 115_200 }));
    let file = |name: &str, content: &str| {
        let file = world.folder.join(name);
        std::fs::write(&file, content).unwrap();
        file
    };
    let (voltage, ignition) = (file("voltage", "14100000\n"), file("ignition", "1\n"));
    settings["power"] =
        json!({ "kind": "files", "voltage": voltage, "ignition": ignition, "battery": "12v" });
    let watchdog = file("watchdog", "");
    settings["watchdog"] = json!({ "device": watchdog, "timeout": file("timeout", "60\n") });
    let mut gateway = world.start(&settings);
    gateway.wait_for(1, "power");
    assert!(gateway.said("power\tactive\t"), "the ignition is on");
    world.wait_until("everything", |came| count(came) >= count(&full));
    assert_eq!(world.received(), full);
    assert!(std::fs::metadata(&watchdog).unwrap().len() > 0, "the watchdog was never fed");
    gateway.kill();
}

#[test]
fn beside_sealed_records_the_backend_gets_the_same_readings_in_the_networks_present_form() {
    let world = World::new("gen1", 3_000);
    world.share();
    let log = json!({ "kind": "log", "file": world.folder.join("drive.log"), "pace": "fast" });
    let mut settings = world.settings(log);
    settings["gen1"] = "backend".into();
    let mut gateway = world.start(&settings);
    let all = count(&world.decoded());
    world.wait_until("everything", |came| count(came) >= all);
    gateway.kill();
    assert!(!gateway.said("gen1\trefused"));
    // The present form has milliseconds. What was on its way twice says the same twice.
    let said = |readings: &[NamedReading]| -> BTreeSet<(u64, String, String)> {
        let all = readings.iter();
        all.map(|it| (it.time.as_millis(), it.name.clone(), it.value.to_string())).collect()
    };
    let all_said = |form: fn(&Event) -> Option<&[NamedReading]>| -> BTreeSet<_> {
        world.events(|event| form(event).map(said)).into_iter().flatten().collect()
    };
    let sealed = all_said(|event| match event {
        Event::Batch { readings, .. } => Some(readings),
        _ => None,
    });
    let present = all_said(|event| match event {
        Event::Gen1 { readings, .. } => Some(readings),
        _ => None,
    });
    assert!(!present.is_empty());
    assert_eq!(present.symmetric_difference(&sealed).collect::<Vec<_>>(), Vec::<&_>::new());
    let refused = world.events(|event| matches!(event, Event::Refused { .. }).then(|| format!("{event:?}")));
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn where_the_network_listens_it_publishes_status_messages_that_the_device_has_signed() {
    let world = World::new("status", 1_000);
    world.share();
    let listener = world.listener("devices/#");
    let log = json!({ "kind": "log", "file": world.folder.join("drive.log"), "pace": "fast" });
    let mut settings = world.settings(log);
    settings["gen1"] = "network".into();
    let mut gateway = world.start(&settings);
    let (topic, payload) = listener.hear();
    gateway.kill();
    assert_eq!(topic, format!("devices/{}/status", world.device));
    let payload = Gen1Payload::parse(&payload, &Gen1Limits::default()).unwrap();
    let signature: Signature = payload.signature().unwrap().parse().unwrap();
    verify(ReceivedTelemetry(payload.data_bytes()), &signature, world.device).unwrap();
    assert!(!payload.signals().unwrap().is_empty());
    let sent = world.events(|event| matches!(event, Event::Gen1 { .. }).then_some(()));
    assert_eq!(sent, Vec::new(), "the backend has it in one form only");
}

/// The kernel keeps so many for who is busy.
const FEW: usize = 200;

#[test]
#[ignore = "needs a vcan interface, vcan0"]
fn on_an_interface_of_the_kernel_it_records_what_it_hears() {
    let world = World::new("kernel", FEW);
    world.share();
    let full = world.decoded();
    let mut gateway = world.start(&world.settings(json!({ "kind": "socketcan", "interface": "vcan0" })));
    gateway.wait_for(1, "confirmed");
    let mut vehicle = SocketCan::open("vcan0").unwrap();
    for frame in world.frames() {
        vehicle.transmit(&frame).unwrap();
    }
    world.wait_until("everything", |came| count(came) >= count(&full));
    assert_eq!(world.received(), full);
    gateway.kill();
}

#[test]
fn a_certificate_that_ends_soon_is_renewed_while_it_runs_and_it_connects_anew() {
    let world = World::new("renewed", 3_000);
    let certificate = world.folder.join("device/certificate.json");
    world.authority.set_lifetime(time::Duration::days(3));
    world.share();
    let mut first = world.replay(Pace::Recorded, world.broker_port());
    first.wait_for(1, "delivered");
    first.kill();
    let old = std::fs::read(&certificate).unwrap();
    let mode = std::fs::metadata(&certificate).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    world.authority.set_lifetime(time::Duration::days(30));
    let mut second = world.replay(Pace::Recorded, world.broker_port());
    // Whether it was connected with the old one by then or not: from then on it is with the new one.
    second.wait_for_in_turn(&["certificate", "session", "delivered"]);
    second.kill();
    assert_ne!(std::fs::read(&certificate).unwrap(), old);

    let mut third = world.replay(Pace::Recorded, world.broker_port());
    third.wait_for(1, "delivered");
    third.kill();
    assert_eq!(third.count("certificate"), 0, "a certificate of thirty days is not due");
}

#[test]
fn it_asks_the_vehicle_while_the_ignition_is_on_and_never_where_nothing_tells_of_an_ignition() {
    const SPEED: [u8; 3] = [QUESTION, 0x01, 0x0D];
    let world = World::new("asked", 10);
    let adapter = Adapter::new(Vec::new());
    let mut settings = world.settings(json!({ "kind": "slcan", "port": adapter.port(), "baud": 115_200 }));
    let mut parked = world.start(&settings);
    world.wait_for_sessions(1);
    assert_eq!(world.command(&SPEED), [QUESTION, REFUSED]);
    parked.kill();
    assert_eq!(adapter.sent(), Vec::<String>::new());

    let adapter = Adapter::new(Vec::new());
    settings["bus"]["port"] = adapter.port().into();
    let (voltage, ignition) = (world.folder.join("voltage"), world.folder.join("ignition"));
    std::fs::write(&voltage, "14100000\n").unwrap();
    std::fs::write(&ignition, "1\n").unwrap();
    settings["power"] =
        json!({ "kind": "files", "voltage": voltage, "ignition": ignition, "battery": "12v" });
    let mut driving = world.start(&settings);
    world.wait_for_sessions(2);
    driving.wait_for(1, "power");
    assert_eq!(world.command(&SPEED), [QUESTION, ANSWERED, 0x41, 0x0D, 0x2A]);
    driving.kill();
    assert_eq!(adapter.sent().len(), 1);
}

/// What a control unit tells of its speed, as the plan of a device that polls it has it.
const TOLD: &str = "BU_: X\n\nBO_ 2024 Obd: 8 X\n SG_ Speed : 24|8@1+ (1,0) [0|255] \"km/h\" X\n";

#[test]
fn what_it_polls_while_the_ignition_is_on_is_recorded_and_a_parked_vehicle_is_not_polled() {
    let world = World::new("polled", 10);
    world.share();
    let (voltage, ignition) = (world.folder.join("voltage"), world.folder.join("ignition"));
    std::fs::write(&voltage, "14100000\n").unwrap();
    std::fs::write(&ignition, "1\n").unwrap();
    std::fs::write(world.folder.join("told.dbc"), TOLD).unwrap();
    let adapter = Adapter::new(Vec::new());
    let mut settings = world.settings(json!({ "kind": "slcan", "port": adapter.port(), "baud": 115_200 }));
    settings["dbc"] = json!(world.folder.join("told.dbc"));
    // The bus without frames had the settings' first plan already: this device begins anew with another one.
    for plan in ["plan-a.bin", "plan-b.bin"] {
        std::fs::remove_file(world.folder.join("device").join(plan)).unwrap();
    }
    settings["power"] =
        json!({ "kind": "files", "voltage": voltage, "ignition": ignition, "battery": "12v" });
    let mut driving = world.start(&settings);
    world.wait_for_sessions(2);
    driving.wait_for(1, "power");
    let speed = Poll { header: 0x7DF, service: 0x01, parameter: 0x0D, interval: 1, pair: None };
    let clear = Poll { service: 0x04, ..speed };
    assert_eq!(world.command(&polls(&[speed, clear])), [POLLS, 0], "no list may clear trouble codes");
    assert_eq!(world.command(&polls(&[speed])), [POLLS, 1]);
    world.wait_until("speeds", |came| came.get("Obd.Speed").is_some_and(|speeds| speeds.len() >= 3));
    driving.kill();
    assert!(world.received()["Obd.Speed"].iter().all(|speed| speed == "42"));

    std::fs::write(&ignition, "0\n").unwrap();
    let adapter = Adapter::new(Vec::new());
    settings["bus"]["port"] = adapter.port().into();
    let mut parked = world.start(&settings);
    world.wait_for_sessions(3);
    // A poll is due each second.
    std::thread::sleep(std::time::Duration::from_secs(3));
    parked.kill();
    assert_eq!(adapter.sent(), Vec::<String>::new());
}

#[test]
fn the_polls_of_the_settings_are_the_first_list_of_a_device_and_what_a_backend_sends_stays() {
    let world = World::new("first polls", 10);
    let (voltage, ignition) = (world.folder.join("voltage"), world.folder.join("ignition"));
    std::fs::write(&voltage, "14100000\n").unwrap();
    std::fs::write(&ignition, "1\n").unwrap();
    let adapter = Adapter::new(Vec::new());
    let bus = json!({ "kind": "slcan", "port": adapter.port(), "baud": 115_200, "bit_rate": 250_000 });
    let mut settings = world.settings(bus);
    settings["polls"] = json!([{ "header": 0x7DF, "service": 1, "parameter": 13, "interval": 1 }]);
    settings["power"] =
        json!({ "kind": "files", "voltage": voltage, "ignition": ignition, "battery": "12v" });
    let mut first = world.start(&settings);
    world.wait_for_sessions(1);
    adapter.wait_for_frames(2);
    assert_eq!(adapter.bit_rate(), Some("S5".to_owned()), "250 kbit/s");
    assert_eq!(world.command(&polls(&[])), [POLLS, 1]);
    first.kill();

    let adapter = Adapter::new(Vec::new());
    settings["bus"]["port"] = adapter.port().into();
    let mut second = world.start(&settings);
    world.wait_for_sessions(2);
    // A poll would be due each second.
    std::thread::sleep(std::time::Duration::from_secs(3));
    second.kill();
    assert_eq!(adapter.sent(), Vec::<String>::new(), "the backend has ended all polling");
}

#[test]
fn a_plan_from_the_backend_is_in_force_after_a_start_of_its_own_and_an_order_for_firmware_is_refused() {
    let world = World::new("planned", 3_000);
    let text = std::fs::read(world.folder.join("vehicle.dbc")).unwrap();
    let database = import(&text).unwrap();
    let all = compile(&database, &Selection::all(), None).unwrap();
    let all = Plan::from_bytes(&all).unwrap();
    let first = all.signal(SignalIndex(0)).unwrap().name;
    let plan = compile(&database, &Selection::names([first]), None).unwrap();
    let len = u32::try_from(plan.len()).unwrap().to_le_bytes();
    let mut gateway = world.replay(Pace::Recorded, world.broker_port());
    world.wait_for_sessions(1);
    assert_eq!(world.command(&[ORDER, 0, 0]), [ORDER, ORDER_REFUSED]);
    let command = [[PLAN, EXACTLY].as_slice(), &len, &[0; 4], &plan].concat();
    assert_eq!(world.command(&command), [[PLAN].as_slice(), &len].concat());
    gateway.wait_for_in_turn(&["device", "order", "plan", "device", "plan", "session"]);
    assert!(gateway.said("plan\tstored"));
    assert!(gateway.said("plan\t1"), "the plan has one signal");
    gateway.kill();

    // The plan of the settings is the first one of a device, and no more.
    let mut again = world.replay(Pace::Recorded, world.broker_port());
    again.wait_for(1, "plan");
    again.kill();
    assert!(again.said("plan\t1"));
}

#[test]
fn outside_the_approved_countries_it_records_and_sends_nothing() {
    let world = World::new("outside", 3_000);
    world.share();
    let log = json!({ "kind": "log", "file": world.folder.join("drive.log"), "pace": "recorded" });
    let mut settings = world.settings(log);
    settings["country"] = "BR".into();
    let mut gateway = world.start(&settings);
    gateway.wait_for(5, "queued");
    gateway.kill();
    assert!(gateway.said("uplink\toutside\tBR"));
    let sent = world.events(|event| matches!(event, Event::Batch { .. }).then(|| event.clone()));
    let sessions = world.events(|event| matches!(event, Event::Session { .. }).then_some(()));
    assert_eq!((sent, sessions.len()), (Vec::new(), 1), "it was connected in Germany alone");
}

#[test]
fn a_key_that_others_may_read_is_no_key() {
    let world = World::new("key", 10);
    let key = world.folder.join("device/device.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let mut gateway = world.replay(Pace::Fast, world.port_of_nobody());
    assert_eq!(gateway.end().code(), Some(1));
}

#[test]
fn settings_that_are_wrong_end_it_with_2_and_those_it_prints_are_settings() {
    let printed = world::gateway().arg("--print-config").output().unwrap();
    assert!(printed.status.success());
    let defaults: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(defaults["power"]["kind"], "always");
    let folder = world::folder("settings");
    let file = folder.join("settings.json");
    let signal = |n: usize| format!("BO_ {} M{n}: 8 X\n SG_ S{n} : 0|8@1+ (1,0) [0|255] \"\" X\n\n", n + 1);
    let dbc = folder.join("wide.dbc");
    std::fs::write(&dbc, format!("BU_: X\n\n{}", (0..300).map(signal).collect::<String>())).unwrap();
    let (server, recipient) = ("00".repeat(32), "0xbebebebebebebebebebebebebebebebebebebebe");
    let backend = json!({ "server": server, "recipient": recipient });
    let with = |name: &str, value: Value| {
        let mut settings = json!({ "country": "DE", "backend": backend });
        settings[name] = value;
        settings.to_string()
    };
    let wide_dbc = with("dbc", json!(dbc));
    let clears_codes =
        with("polls", json!([{ "header": 0x7DF, "service": 4, "parameter": 0, "interval": 1 }]));
    let odd_rate =
        with("bus", json!({ "kind": "slcan", "port": "/dev/null", "baud": 9_600, "bit_rate": 83_333 }));
    for (settings, reason) in [
        (printed.stdout.as_slice(), "country"),
        (br#"{"bus": {"kind": "telepathy"}}"#.as_slice(), "telepathy"),
        (br#"{"contry": "DE"}"#, "contry"),
        (br#"{"country": "DE", "backend": {"server": "00"}}"#, "backend.server"),
        (b"{", "line 1"),
        (wide_dbc.as_bytes(), "300 signals"),
        (clears_codes.as_bytes(), "polls"),
        (odd_rate.as_bytes(), "bus.bit_rate"),
    ] {
        std::fs::write(&file, settings).unwrap();
        let ended = world::gateway().arg("--config").arg(&file).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{reason}");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(said.contains(reason), "{said} does not name {reason}");
    }
    assert_eq!(world::gateway().output().unwrap().status.code(), Some(2));
}
