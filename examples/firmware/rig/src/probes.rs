//! What the DIP-4 report wants to know of the board beyond the steps: each is looked at on the device as the steps leave it.

use std::thread;
use std::time::Duration;

use backend::Event;
use backend::polls::{Poll, polls};
use dimo_dbc::{IdMatching, Selection, compile, import};
use dimo_hal::power::PowerConfig;

use crate::board::set_pin;
use crate::consent;
use crate::steps::{FEW, command, delivered, drive_on, in_session, load_plan};
use crate::world::{PATIENCE, World};

type Probe = fn(&mut World) -> Result<String, String>;

/// What is looked at, in this order. Each finds something for the report.
pub(crate) const ALL: [(&str, Probe); 6] = [
    ("position", position),
    ("parked-average", parked_average),
    ("silent-in-sleep", silent_in_sleep),
    ("cut-out", cut_out),
    ("sharing", sharing),
    ("polling", polling),
];

const VOLTAGE: u32 = 0;
const IGNITION_OFF: u32 = 1;
/// After that a batch would have been sent.
const UNSEEN: Duration = Duration::from_secs(6);
/// How long the parked device is watched.
const PARKED: Duration = Duration::from_secs(15);

/// Where the satellites say that the vehicle is comes out at the backend.
fn position(world: &mut World) -> Result<String, String> {
    world.cloud.event("position", PATIENCE, |event| {
        let Event::Batch { readings, .. } = event else { return None };
        let place = readings.iter().find(|reading| reading.name == "currentLocationCoordinates")?;
        Some(format!("the backend was told {}", place.value))
    })
}

/// The ignition goes off; from the moment at which the device sleeps it stays asleep.
fn parked_average(world: &mut World) -> Result<String, String> {
    set_pin(&world.flash, IGNITION_OFF, 1)?;
    set_pin(&world.flash, VOLTAGE, 12_600)?;
    world.running()?.board.expect("app\tpower\tsleep", PATIENCE)?;
    let _ = (world.running()?.board.said(), world.running()?.vehicle.asked());
    thread::sleep(PARKED);
    match world.running()?.board.said().iter().find(|line| line.starts_with("app\tpower")) {
        Some(woken) => Err(format!("it did not stay asleep: {woken}")),
        None => Ok(format!(
            "asleep for {} s of {0}, which is {} microampere by the profile's currents",
            PARKED.as_secs(),
            PowerConfig::TWELVE_VOLT.currents.sleep
        )),
    }
}

/// Nothing went to the vehicle's bus all that time.
fn silent_in_sleep(world: &mut World) -> Result<String, String> {
    match world.running()?.vehicle.asked().first() {
        Some(frame) => Err(format!("it sent {frame} while it slept")),
        None => Ok(format!("nothing was sent to the bus in {} s of sleep", PARKED.as_secs())),
    }
}

/// The vehicle drives for a moment and is parked with a battery that is nearly empty, which is left alone. Once it is charged and the vehicle drives, the
/// device is back.
fn cut_out(world: &mut World) -> Result<String, String> {
    drives(world)?;
    set_pin(&world.flash, IGNITION_OFF, 1)?;
    set_pin(&world.flash, VOLTAGE, 11_000)?;
    let said = world.running()?.board.expect("app\tpower\thibernate", PATIENCE)?;
    drives(world)?;
    Ok(format!("at 11000 mV: {}", said.trim_start_matches("app\t").replace('\t', " ")))
}

/// The owner takes the consent back, and what is driven then is seen by nobody; after the next consent what is driven is seen.
fn sharing(world: &mut World) -> Result<String, String> {
    consent::give(world, 1, &[])?;
    world.running()?.board.expect("app\tsharing\tthrown away", PATIENCE)?;
    world.forget();
    let (frames, count) = (world.drive.frames.clone(), FEW.min(world.drive.frames.len()));
    world.running()?.vehicle.send(frames.get(..count).unwrap_or_default())?;
    thread::sleep(UNSEEN);
    if world.cloud.events().iter().any(|event| matches!(event, Event::Batch { .. })) {
        return Err("the backend has seen what the owner does not share".to_owned());
    }
    consent::give(world, 2, &[consent::everything()])?;
    let expected = drive_on(world)?;
    delivered(world, &expected)?;
    Ok(format!("{count} frames without consent: the backend has seen nothing of them, and all of the next"))
}

/// What a control unit answers about its speed, as a plan has it.
const TOLD: &str = "BU_: X\n\nBO_ 2024 Obd: 8 X\n SG_ Speed : 24|8@1+ (1,0) [0|255] \"km/h\" X\n";

/// A plan that describes answers, and a list of polls: the speed that the control unit in Python tells comes out at the backend, again and again.
fn polling(world: &mut World) -> Result<String, String> {
    let database = import(TOLD.as_bytes()).map_err(|error| error.to_string())?;
    let plan = compile(&database, &Selection::all(), None).map_err(|error| error.to_string())?;
    load_plan(world, &plan, IdMatching::Exact)?;
    let speed = Poll { header: 0x7DF, service: 0x01, parameter: 0x0D, interval: 1, pair: None };
    let vin = Poll { header: 0x7E0, service: 0x22, parameter: 0xF190, interval: 0, pair: None };
    if command(world, &polls(&[speed, vin]))? != [1] {
        return Err("the device does not take the list".to_owned());
    }
    let mut speeds = Vec::new();
    world.forget();
    while speeds.len() < 4 {
        speeds.extend(world.cloud.event("speed", PATIENCE, |event| {
            let Event::Batch { readings, .. } = event else { return None };
            let speeds = readings.iter().filter(|reading| reading.name == "Obd.Speed");
            Some(speeds.map(|reading| reading.value.to_string()).collect::<Vec<_>>())
        })?);
        world.forget();
    }
    let asked = world.running()?.vehicle.asked();
    let (speed, vin) = (asked_for(&asked, "t7DF802010D"), asked_for(&asked, "t7E080322F190"));
    let continued = asked_for(&asked, "t7E0830");
    if speeds.iter().any(|speed| speed != "50") || speed < 4 || (vin, continued) != (1, 1) {
        return Err(format!(
            "{speeds:?} of {speed} requests; {vin} for the VIN, {continued} to go on with it"
        ));
    }
    Ok(format!("the control unit's 50 km/h, asked for {speed} times, and its VIN once"))
}

fn asked_for(asked: &[String], frame: &str) -> usize {
    asked.iter().filter(|line| line.starts_with(frame)).count()
}

fn drives(world: &mut World) -> Result<(), String> {
    set_pin(&world.flash, IGNITION_OFF, 0)?;
    set_pin(&world.flash, VOLTAGE, 14_000)?;
    in_session(world)
}
