//! What is run on each board.

use dimo_crypto::SoftwareKey;
use dimo_hal::blocking::SecureElement as _;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{CutModel, MockFlash, Supply};
use dimo_hal::power::{Currents, Line, Millis, PowerConfig, PowerMachine, PowerState};
use dimo_hal::queue::{Plain, Queue};
use dimo_hal::report::{Evidence, Requirement};
use dimo_hal::secure_element::CounterId;
use dimo_hal::{KeyProtection, KeySlot, conformance, wait};
use dimo_types::{Country, Priority};

use crate::board::{Board, OUTSIDE};
use crate::parts::Found;
use crate::{images, updates, uplink, vehicle};

/// What a parked device may draw on average over four weeks, in microampere.
const BUDGET_UA: u128 = 3_000;
const WEEKS_4_MS: u64 = 28 * 86_400_000;

pub(crate) fn run(board: &Board) -> Evidence {
    let mut evidence = Evidence::new();
    power(board, &mut evidence);
    runtime(board, &mut evidence);
    evidence.run(Requirement::SealedSession, uplink::sealed_session);
    evidence.run(Requirement::OfflineQueue, offline_queue);
    evidence.run(Requirement::Country, || country(board));
    if let Some(position) = board.position {
        evidence.find(Requirement::Position, position);
    }
    evidence.run(Requirement::ElementContract, || {
        conformance::check_blocking_secure_element(&mut (board.element)(), KeySlot(3), CounterId(0))
    });
    evidence.run(Requirement::KeyProtected, || key_protected(board));
    evidence.run(Requirement::RuntimePlan, vehicle::plan_at_run_time);
    evidence.find(Requirement::UpdateRun, || updates::ordered(board.loader));
    evidence.find(Requirement::UpdateRefusals, || updates::refusals(board.loader));
    evidence.find(Requirement::UpdateCuts, || images::update_through_cuts(board.loader));
    evidence
}

fn power(board: &Board, evidence: &mut Evidence) {
    evidence.find(Requirement::ParkedAverage, || parked_average(board.power));
    evidence.run(Requirement::CutOut, || cut_out(board.power));
    evidence.find(Requirement::PowerManager, board.power_manager);
    evidence.find(Requirement::VehiclePort, board.vehicle_port);
    if let Some(motion_sensor) = board.motion_sensor {
        evidence.find(Requirement::MotionSensor, motion_sensor);
    }
}

fn runtime(board: &Board, evidence: &mut Evidence) {
    evidence.run(Requirement::SecureBoot, || images::secure_boot(board.loader));
    evidence.run(Requirement::UnsignedImage, || images::unsigned_image(board.loader));
    evidence.run(Requirement::TransmitGuard, || vehicle::flashing_request((board.transmitter)()));
    evidence.find(Requirement::Watchdog, board.watchdog);
    evidence.find(Requirement::FactoryInfo, board.factory_info);
}

/// Driven, then parked at a full battery for four weeks.
fn parked_average(config: PowerConfig) -> Found {
    let mut power = PowerMachine::new(config, Millis(0));
    power.handle_battery(Millis(0), 12_600);
    power.handle_ignition(Millis(0), Line::Active);
    while power.poll(Millis(0)).is_some() {}
    power.handle_ignition(Millis(1_000), Line::Quiet);
    let (mut now, mut sum) = (1_000, 0_u128);
    while now < WEEKS_4_MS {
        while power.poll(Millis(now)).is_some() {}
        let next = power.poll_timeout().map_or(WEEKS_4_MS, |timer| timer.0.min(WEEKS_4_MS));
        sum += u128::from(current(config.currents, power.state())) * u128::from(next - now);
        now = next;
    }
    match sum / u128::from(WEEKS_4_MS) {
        average if average <= BUDGET_UA => Ok(format!("{average} microampere of {BUDGET_UA}")),
        average => Err(format!("{average} microampere on average while parked, {BUDGET_UA} are allowed")),
    }
}

const fn current(currents: Currents, state: PowerState) -> u32 {
    match state {
        PowerState::Active => currents.active,
        PowerState::Listen => currents.listen,
        PowerState::Sleep => currents.sleep,
        PowerState::Hibernate => currents.hibernate,
    }
}

/// A battery at 11.5 V for an hour.
fn cut_out(config: PowerConfig) -> Result<(), String> {
    let mut power = PowerMachine::new(config, Millis(0));
    power.handle_battery(Millis(0), 11_500);
    for second in 0..3_600 {
        while power.poll(Millis(second * 1_000)).is_some() {}
    }
    match power.state() {
        PowerState::Hibernate => Ok(()),
        state => Err(format!("{} after an hour at 11500 mV", state.name())),
    }
}

/// The power goes at each operation of the second push; the first item is there afterwards.
fn offline_queue() -> Result<(), String> {
    for operation in 0..8 {
        let supply = Supply::new(operation);
        let mut flash = MockFlash::<4, 4096>::new(4, &supply);
        let mut queue = open(&mut flash)?;
        wait(queue.push(Priority::Routine, b"first")).map_err(|error| error.to_string())?;
        supply.cut_after(operation, CutModel::TornPrefix);
        // It may fail, and is not looked for.
        let _ = wait(queue.push(Priority::Routine, b"second"));
        supply.restore();
        let mut queue = open(&mut flash)?;
        let found = wait(queue.next(None)).map_err(|error| error.to_string())?;
        if found.is_none_or(|item| item.bytes != b"first") {
            return Err(format!("an item is lost when the power goes at operation {operation}"));
        }
    }
    Ok(())
}

type HostQueue<'a> = Queue<BlockingFlash<&'a mut MockFlash<4, 4096>>, Plain, 4, 64>;

fn open(flash: &mut MockFlash<4, 4096>) -> Result<HostQueue<'_>, String> {
    wait(Queue::open(BlockingFlash(flash), Plain)).map_err(|error| error.to_string())
}

fn country(board: &Board) -> Result<(), String> {
    for approved in [Country::UNITED_STATES, Country::CANADA] {
        board.geography.check(approved).map_err(|error| error.to_string())?;
    }
    let outside = Country::new(OUTSIDE).ok_or("no country")?;
    match board.geography.check(outside) {
        Err(_) => Ok(()),
        Ok(()) => Err(format!("{outside} is unlisted and was accepted")),
    }
}

/// Whoever reads the key signs as the device. What the element says of itself comes second.
fn key_protected(board: &Board) -> Result<(), String> {
    let mut element = (board.element)();
    if let Some(read) = board.debug_port {
        let copy = SoftwareKey::from_bytes(read()).map_err(|error| error.to_string())?.public_key();
        if element.public_key(KeySlot(0)).is_ok_and(|own| own == copy.to_bytes()) {
            return Err(format!("extractable: the key of {} was read", copy.address()));
        }
    }
    match element.capabilities().key_protection {
        KeyProtection::SecureElement => Ok(()),
        extractable => Err(extractable.to_string()),
    }
}
