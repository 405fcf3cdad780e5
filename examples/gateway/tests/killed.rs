//! The program for real: a log, a broker with mutual TLS, an authority for certificates, the backend, and a program that is killed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "../src/bin/show/authority.rs"]
#[allow(dead_code, reason = "another program shows more")]
mod authority;
#[path = "../src/bin/show/broker.rs"]
mod broker;
#[path = "../src/bin/show/cloud.rs"]
#[allow(dead_code, reason = "another program shows more")]
mod cloud;
#[path = "../src/bin/show/own_vehicle.rs"]
mod own_vehicle;
mod world;

use std::collections::BTreeSet;

use backend::Event;
use world::{Pace, World, has_mosquitto};

/// Frames of the log: a minute of the drive.
const FRAMES: usize = 12_000;

#[test]
fn killed_twice_it_delivers_every_batch_that_it_had_queued_and_none_of_them_twice() {
    if !has_mosquitto() {
        eprintln!("not run: needs mosquitto");
        return;
    }
    let world = World::new("killed", FRAMES);
    let full = world.decoded();

    let mut first = world.run(Pace::Recorded, world.broker_port());
    first.wait_for(3, "delivered");
    first.kill();
    assert!(first.count("log") == 0, "it was to be killed in the middle of the log");

    let mut offline = world.run(Pace::Recorded, world.port_of_nobody());
    offline.wait_for(10, "queued");
    offline.kill();
    assert_eq!(offline.count("delivered"), 0, "nobody was there to deliver to");
    assert!(offline.count("log") == 0, "it was to be killed in the middle of the log");

    let mut last = world.run(Pace::Fast, world.broker_port());
    last.wait_for(1, "log");
    let queued_before = first.readings_queued() + offline.readings_queued();
    let all: usize = full.values().map(Vec::len).sum();
    world.wait_until("everything", |came| came.values().map(Vec::len).sum::<usize>() >= queued_before + all);
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
fn settings_that_are_wrong_end_it_with_2_and_those_it_prints_are_settings() {
    let printed = world::gateway().arg("--print-config").output().unwrap();
    assert!(printed.status.success());
    let defaults: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(defaults["power"]["kind"], "always");
    let folder = world::folder("settings");
    let file = folder.join("settings.json");
    for (settings, reason) in [
        (printed.stdout.as_slice(), "country"),
        (br#"{"bus": {"kind": "telepathy"}}"#.as_slice(), "telepathy"),
        (br#"{"contry": "DE"}"#, "contry"),
        (br#"{"country": "DE", "backend": {"server": "00"}}"#, "backend.server"),
        (b"{", "line 1"),
    ] {
        std::fs::write(&file, settings).unwrap();
        let ended = world::gateway().arg("--config").arg(&file).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{reason}");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(said.contains(reason), "{said} does not name {reason}");
    }
    assert_eq!(world::gateway().output().unwrap().status.code(), Some(2));
}
