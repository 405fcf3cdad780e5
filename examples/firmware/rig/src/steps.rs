//! The steps, in their order. Each leaves the world as the next one needs it.

use std::thread;
use std::time::Duration;

use crate::board::set_pin;
use crate::drive::Decoded;
use crate::modem::{ABROAD, AT_HOME, NOWHERE};
use crate::phone_steps;
use crate::release::Release;
use crate::world::{PATIENCE, Running, World};
use backend::Event;
use dimo_dbc::{IdMatching, Plan};

type Show = fn(&mut World) -> Result<String, String>;

/// What is shown.
pub(crate) const ALL: [(&str, Show); 15] = [
    ("pairing", phone_steps::pairing),
    ("claim", phone_steps::claim),
    ("plan-loaded", plan_loaded),
    ("frames-decoded", frames_decoded),
    ("obd-vin", obd_vin),
    ("telemetry-verified", telemetry_verified),
    ("offline-then-delivered", offline_then_delivered),
    ("power-cut-resumed", power_cut_resumed),
    ("update-over-uplink", update_over_uplink),
    ("update-over-ble", phone_steps::update),
    ("bad-update-refused", bad_update_refused),
    ("rollback-refused", rollback_refused),
    ("sleep-and-wake", sleep_and_wake),
    ("flashing-request-refused", flashing_request_refused),
    ("outside-geography-queued", outside_geography_queued),
];

const PLAN: u8 = 16;
const ORDER: u8 = 17;
const CHUNK: u8 = 18;
const QUESTION: u8 = 19;
/// A piece of a plan at a time.
const PIECE: usize = 2048;
/// Frames of the later steps.
pub(crate) const FEW: usize = 200;
/// A release of a quarter of a megabyte goes over a serial line.
const UPDATE: Duration = Duration::from_secs(150);

/// A plan comes from the backend, piece by piece; the device starts anew and has it.
fn plan_loaded(world: &mut World) -> Result<String, String> {
    world.switch_on()?;
    in_session(world)?;
    let (plan, matching) = (world.drive.plan.clone(), world.drive.matching);
    load_plan(world, &plan, matching)?;
    Ok(String::new())
}

/// Sends a plan piece by piece; the device starts anew with it.
pub(crate) fn load_plan(world: &mut World, plan: &[u8], matching: IdMatching) -> Result<(), String> {
    let len = u32::try_from(plan.len()).map_err(|_| "a plan of four gigabytes")?;
    let mut place = 0;
    while place < plan.len() {
        let piece = plan.get(place..(place + PIECE).min(plan.len())).unwrap_or_default();
        let at = u32::try_from(place).map_err(|_| "a plan of four gigabytes")?;
        let matching = u8::from(matching == IdMatching::J1939);
        let command = [&[matching], len.to_le_bytes().as_slice(), &at.to_le_bytes(), piece].concat();
        let report = ask(world, PLAN, &command)?;
        let next = report.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).ok_or("an empty report")?;
        if next as usize != place + piece.len() {
            return Err(format!("the device wants the piece at {next}"));
        }
        place += piece.len();
    }
    let board = &mut world.running()?.board;
    let line = board.wait_for("app\tplan\tN", PATIENCE, |line| {
        line.strip_prefix("app\tplan\t").is_some_and(|count| count.parse::<u32>().is_ok())
    })?;
    in_session(world)?;
    let signals = line.rsplit('\t').next().unwrap_or_default().to_owned();
    let expected = Plan::from_bytes(plan).map_err(|error| error.to_string())?.signal_count();
    if signals == expected.to_string() { Ok(()) } else { Err(format!("{signals} signals of {expected}")) }
}

/// All frames go over the bus, and the device says that it has seen them.
fn frames_decoded(world: &mut World) -> Result<String, String> {
    world.forget();
    let frames = world.drive.frames.clone();
    let running = world.running()?;
    running.vehicle.send(&frames)?;
    wait_for_frames(world)?;
    Ok(format!("\t{}", frames.len()))
}

/// The device asks the control unit for its VIN, which answers in several frames.
fn obd_vin(world: &mut World) -> Result<String, String> {
    let report = ask(world, QUESTION, &[0x09, 0x02])?;
    let vin = String::from_utf8_lossy(&report).into_owned();
    if !vin.contains("1HGBH41JXMN109186") {
        return Err(format!("the device was told {report:?}"));
    }
    Ok(String::new())
}

/// What the backend has decoded is what this host decodes of the same frames, signal by signal, value by value.
fn telemetry_verified(world: &mut World) -> Result<String, String> {
    let expected = world.drive.decoded(world.drive.frames.len())?;
    delivered(world, &expected)?;
    Ok(String::new())
}

/// Without a network batches wait; with one they arrive, in order and none twice.
fn offline_then_delivered(world: &mut World) -> Result<String, String> {
    world.set_network(NOWHERE);
    world.running()?.board.expect("app\tuplink\tclosed", PATIENCE)?;
    world.forget();
    let expected = drive_on(world)?;
    if world.cloud.events().iter().any(|event| matches!(event, Event::Batch { .. })) {
        return Err("something arrived without a network".to_owned());
    }
    world.set_network(AT_HOME);
    delivered(world, &expected)?;
    Ok(String::new())
}

/// The power goes while batches wait; what the device had taken arrives after the next start.
fn power_cut_resumed(world: &mut World) -> Result<String, String> {
    world.set_network(NOWHERE);
    world.running()?.board.expect("app\tuplink\tclosed", PATIENCE)?;
    world.forget();
    let expected = drive_on(world)?;
    world.cut_power();
    world.set_network(AT_HOME);
    world.switch_on()?;
    in_session(world)?;
    delivered(world, &expected)?;
    Ok(String::new())
}

/// A release for the other slot is ordered, fetched chunk by chunk, tried, and confirmed once it has reached the backend.
fn update_over_uplink(world: &mut World) -> Result<String, String> {
    world.release(1, 6, "second", None)?;
    order(world, 1, "second")?;
    serve_chunks(world, "second", None)?;
    world.running()?.board.expect("boot-loader\tstarts\tB\ttrial\t0x6", PATIENCE)?;
    in_session(world)?;
    world.running()?.board.expect("app\tconfirmed", PATIENCE)?;
    Ok(String::new())
}

/// A release whose bytes were changed on the way is refused at the chunk where they were, and one that somebody else signed at once.
fn bad_update_refused(world: &mut World) -> Result<String, String> {
    world.release(1, 8, "third", None)?;
    order(world, 3, "third")?;
    serve_chunks(world, "third", Some(3))?;
    world.running()?.board.expect("app\tchunk\trefused", PATIENCE)?;
    world.release(1, 9, "stranger", Some("stranger"))?;
    order(world, 4, "stranger")?;
    world.running()?.board.expect("app\torder\trefused", PATIENCE)?;
    Ok(String::new())
}

/// A release that is older than the confirmed one is refused, however well it is signed.
fn rollback_refused(world: &mut World) -> Result<String, String> {
    world.release(1, 6, "older", None)?;
    order(world, 5, "older")?;
    let said = world.running()?.board.expect("app\torder\trefused", PATIENCE)?;
    world.cut_power();
    world.switch_on()?.board.expect("boot-loader\tstarts\tA\tconfirmed\t0x7", PATIENCE)?;
    in_session(world)?;
    if said.contains("old") || said.contains("seq") || said.contains("number") {
        Ok(String::new())
    } else {
        Err(format!("it was refused for another reason: {said}"))
    }
}

/// The ignition goes off and the bus is quiet: the device sleeps. The bus talks: it wakes.
fn sleep_and_wake(world: &mut World) -> Result<String, String> {
    set_pin(&world.flash, 1, 1)?;
    set_pin(&world.flash, 0, 12_600)?;
    world.running()?.board.expect("app\tpower\tsleep", PATIENCE)?;
    thread::sleep(Duration::from_secs(2));
    if world.running()?.board.said().iter().any(|line| line.starts_with("app\tpower")) {
        return Err("it woke by itself".to_owned());
    }
    world.forget();
    let (frames, count) = (world.drive.frames.clone(), FEW.min(world.drive.frames.len()));
    world.running()?.vehicle.send(frames.get(..count).unwrap_or_default())?;
    world.running()?.board.wait_for("app\tpower\tlisten or active", PATIENCE, |line| {
        line.starts_with("app\tpower\tlisten") || line.starts_with("app\tpower\tactive")
    })?;
    set_pin(&world.flash, 1, 0)?;
    set_pin(&world.flash, 0, 14_000)?;
    in_session(world)?;
    let expected = world.drive.decoded(count)?;
    delivered(world, &expected)?;
    Ok(String::new())
}

/// A request to download into a control unit never reaches the bus, whoever asks for it.
fn flashing_request_refused(world: &mut World) -> Result<String, String> {
    let _ = world.running()?.vehicle.asked();
    let report = ask(world, QUESTION, &[0x34, 0x00, 0x12, 0x00, 0x00])?;
    if report != [0] {
        return Err(format!("the device was told {report:?}"));
    }
    world.running()?.board.expect("app\tguard\trefused", PATIENCE)?;
    match world.running()?.vehicle.asked().as_slice() {
        [] => Ok(String::new()),
        sent => Err(format!("the device sent {sent:?}")),
    }
}

/// In a country where it may not operate the device keeps what it records, says so, and sends it when it is back.
fn outside_geography_queued(world: &mut World) -> Result<String, String> {
    world.set_network(ABROAD);
    world.running()?.board.expect("app\tuplink\toutside\tJP", PATIENCE)?;
    world.forget();
    let expected = drive_on(world)?;
    if world.cloud.events().iter().any(|event| matches!(event, Event::Batch { .. })) {
        return Err("something was sent from there".to_owned());
    }
    world.set_network(AT_HOME);
    delivered(world, &expected)?;
    Ok(String::new())
}

/// Sends some frames; what a host decodes of them. All of them are in the queue then.
pub(crate) fn drive_on(world: &mut World) -> Result<Decoded, String> {
    let count = FEW.min(world.drive.frames.len());
    let frames = world.drive.frames.clone();
    let _ = world.running()?.board.said();
    world.running()?.vehicle.send(frames.get(..count).unwrap_or_default())?;
    wait_for_frames(world)?;
    world.drive.decoded(count)
}

/// Waits until the device has opened a session, and the backend has it.
pub(crate) fn in_session(world: &mut World) -> Result<(), String> {
    let line = world.running()?.board.expect("app\tsession\topened", PATIENCE)?;
    let number = line.rsplit('\t').next().and_then(|number| number.parse::<u16>().ok());
    world.cloud.event("session", PATIENCE, |event| match event {
        Event::Session { session, .. } if Some(*session) == number => Some(()),
        _ => None,
    })
}

/// Waits until all frames that were sent since the board was started are in the queue.
fn wait_for_frames(world: &mut World) -> Result<(), String> {
    let Running { board, vehicle } = world.running()?;
    let count = vehicle.frames_sent();
    let patience = PATIENCE + Duration::from_millis(20) * u32::try_from(count).unwrap_or(u32::MAX);
    let seen = board.wait_for("app\tqueued, all frames", patience, |line| {
        let mut words = line.split('\t');
        words.next() == Some("app")
            && words.next() == Some("queued")
            && words
                .nth(1)
                .and_then(|frames| frames.parse::<usize>().ok())
                .is_some_and(|frames| frames >= count)
    });
    seen.map(drop)
}

/// Waits until the backend has these readings, and looks whether it has others.
pub(crate) fn delivered(world: &World, expected: &Decoded) -> Result<(), String> {
    let total: usize = expected.values().map(Vec::len).sum();
    let mut arrived = 0;
    let enough = world.cloud.event("readings", PATIENCE * 2, |event| {
        if let Event::Batch { readings, .. } = event {
            arrived += readings.iter().filter(|reading| is_of_bus(&reading.name)).count();
        }
        (arrived >= total).then_some(())
    });
    let got = of_events(&world.cloud.events());
    for (name, values) in expected {
        match got.get(name) {
            Some(came) if came == values => {}
            Some(came) => return Err(difference(name, came, values)),
            None => return Err(format!("{name} did not come")),
        }
    }
    enough?;
    match got.keys().find(|name| !expected.contains_key(*name)) {
        None => Ok(()),
        Some(name) => Err(format!("{name} came, which nobody sent")),
    }
}

fn difference(name: &str, came: &[String], sent: &[String]) -> String {
    let place = came.iter().zip(sent).take_while(|(came, sent)| came == sent).count();
    let (came, sent) = (came.get(place..).unwrap_or_default(), sent.get(place..).unwrap_or_default());
    format!(
        "{name}, value {place}: {:?} came and {:?} was sent; {} and {} follow",
        came.first(),
        sent.first(),
        came.len(),
        sent.len()
    )
}

fn is_of_bus(name: &str) -> bool {
    name != "currentLocationCoordinates"
}

/// The values of each signal, in the order in which their batches arrived.
fn of_events(events: &[Event]) -> Decoded {
    let mut decoded = Decoded::new();
    for event in events {
        let Event::Batch { readings, .. } = event else { continue };
        for reading in readings.iter().filter(|reading| is_of_bus(&reading.name)) {
            decoded.entry(reading.name.clone()).or_default().push(reading.value.to_string());
        }
    }
    decoded
}

/// Sends a command and waits for its report, without the kind.
pub(crate) fn ask(world: &World, kind: u8, body: &[u8]) -> Result<Vec<u8>, String> {
    command(world, &[&[kind], body].concat())
}

/// Has the device do something, and reads what it reports of it.
pub(crate) fn command(world: &World, command: &[u8]) -> Result<Vec<u8>, String> {
    world.forget_reports();
    world.cloud.command(world.device, command)?;
    let kind = command.first().copied().unwrap_or_default();
    world.cloud.event("report", PATIENCE, |event| report_of(event, kind))
}

fn report_of(event: &Event, kind: u8) -> Option<Vec<u8>> {
    let Event::Report { bytes, .. } = event else { return None };
    bytes.split_first().filter(|(first, _)| **first == kind).map(|(_, body)| body.to_vec())
}

/// Has a directive of the director's taken to the device.
fn order(world: &World, number: u32, release: &str) -> Result<(), String> {
    let (device, number) = (world.device.to_string(), number.to_string());
    world.tool(&["order", &device, &number, "order.bin", release])?;
    let file = world.args.folder.join("order.bin");
    let order = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    world.forget_reports();
    world.cloud.command(world.device, &[&[ORDER], order.as_slice()].concat())
}

/// Hands out chunks as they are wanted, until one is not followed by the next. One of them can be damaged.
fn serve_chunks(world: &World, name: &str, damaged: Option<u32>) -> Result<(), String> {
    let release = Release::read(&world.args.folder, name)?;
    let until = std::time::Instant::now() + UPDATE;
    let mut served = None;
    while std::time::Instant::now() < until {
        let report = world.cloud.event("report", PATIENCE, |event| {
            report_of(event, CHUNK).or_else(|| report_of(event, ORDER).map(|_| Vec::new()))
        })?;
        world.forget_reports();
        let Some((hash, index)) = report.split_first_chunk::<32>() else { return Ok(()) };
        let index = index.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).ok_or("a short report")?;
        if *hash != release.hash.0 {
            return Err("another release is wanted".to_owned());
        }
        if damaged.is_some() && served == Some(index) {
            return Ok(());
        }
        let mut chunk = release.chunk(index).ok_or("a chunk that is not there is wanted")?;
        if damaged == Some(index)
            && let Some(byte) = chunk.last_mut()
        {
            *byte ^= 1;
        }
        served = Some(index);
        world.cloud.command(world.device, &chunk)?;
    }
    Err("it took too long".to_owned())
}
